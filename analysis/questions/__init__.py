"""Questions about a regime crisis, each a script of its own that prints its answer and draws it.

python -m analysis.questions.backing
python -m analysis.questions.backing my_case.yaml
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

from matplotlib.figure import Figure

from sim.evidence.truth import month_starts
from sim.figures.style import save
from sim.scenario.library import shipped_default
from sim.scenario.load import Loaded

GOVERNMENT, OPPOSITION, OUTSIDE, PATRONS = "government", "opposition", "outside_powers", "patrons"


def question_options(about: str | None, runs: int) -> argparse.Namespace:
    """Parse the command line that these scripts share: the case, --runs and --out.

    Parameters: about, the script's docstring; runs, how many pairs of runs it plays by default.
    """
    parser = argparse.ArgumentParser(description=(about or "").split("\n\n")[0])
    case = shipped_default("scenario")  # whatever the working folder holds
    parser.add_argument("case", nargs="?", default=case, help="a case of a regime crisis; the baseline by default")
    parser.add_argument("--runs", type=int, default=runs, help="pairs of runs of each comparison")
    parser.add_argument("--out", type=Path, default=Path("outputs/questions"), help="where the figure goes")
    return parser.parse_args()


def players(case: Loaded, role: str) -> list[str]:
    """Return the actors that play a role. Exits where nobody plays it."""
    names = (case.scenario.roles or {}).get(role, [])
    if not names:
        raise SystemExit(f"error: {case.file}: nobody plays the role '{role}', of which this question is")
    return names


def in_words(case: Loaded, role: str) -> str:
    """Return the labels of the actors that play a role."""
    return " and ".join(case.scenario.actors[name].label for name in players(case, role))


def repression(case: Loaded) -> str:
    """Return the outcome that counts what the government does to the opposition."""
    return f"hostile_acts_of.{players(case, GOVERNMENT)[0]}.{players(case, OPPOSITION)[0]}"


def free_months(case: Loaded) -> list[date]:
    """Return the first of every month from the first free day up to the vote."""
    free = case.scenario.clock.replay_until + timedelta(1)
    return month_starts(free, case.scenario.dates["vote"].date)


def answer(sentence: str, figure: Figure, out: Path, name: str) -> None:
    """Print the answer, and save its figure in the folder `out` under a name."""
    out.mkdir(parents=True, exist_ok=True)
    save(figure, out / f"{name}.png")
    print(sentence)
    print(f"Figure: {out / name}.png")
