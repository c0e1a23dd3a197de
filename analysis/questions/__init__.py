"""Questions that the article raises, each a script of its own that prints its answer and draws it.

python -m analysis.questions.backing
"""

import argparse
from pathlib import Path

from matplotlib.figure import Figure

from sim.figures.style import save
from sim.scenario.library import shipped_default

BASELINE = shipped_default("scenario")  # whatever the working folder holds


def question_options(about: str | None, runs: int) -> argparse.Namespace:
    """Parse the command line that these scripts share: --runs and --out.

    Parameters: about, the script's docstring; runs, how many pairs of runs it plays by default.
    """
    parser = argparse.ArgumentParser(description=(about or "").split("\n\n")[0])
    parser.add_argument("--runs", type=int, default=runs, help="pairs of runs of each comparison")
    parser.add_argument("--out", type=Path, default=Path("outputs/questions"), help="where the figure goes")
    return parser.parse_args()


def answer(sentence: str, figure: Figure, out: Path, name: str) -> None:
    """Print the answer, and save its figure in the folder `out` under a name."""
    out.mkdir(parents=True, exist_ok=True)
    save(figure, out / f"{name}.png")
    print(sentence)
    print(f"Figure: {out / name}.png")
