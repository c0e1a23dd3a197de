"""Do answers and momentum that were learned from other dyads help with this one?

    python -m analysis.transfer [SCENARIO] [--origin 2017-09-15]

The acts of the record after a day, scored by numbers that know nothing of them: with bases alone; with answers and
momentum as other dyads have them, unchanged (the priors' medians), and bases fitted before; and with everything fitted
before, from those priors. The gap is what numbers fitted in hindsight gain on bases alone. Series are held at their
last known value, in hindsight too.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tabulate import tabulate

from sim.evidence.case import ACTOR_NUMBERS, Case, case_of, free_keys, keys_of
from sim.evidence.laplace import peak_of
from sim.evidence.likelihood import Scored
from sim.scenario.library import shipped_default
from sim.scenario.load import load
from sim.scenario.quantities import dotted, quantities
from sim.scenario.revalue import as_known_on


@dataclass(frozen=True)
class TransferScore:
    """One way to set the numbers, and how likely it makes what followed."""

    name: str
    scored: Scored


def transfer_scores(file: str, origin: date) -> list[TransferScore]:
    """Score the record after a day with numbers set in four ways.

    Parameters: file, a scenario; origin, the last day that the first three know.
    Raises UserError for a scenario without a record or a day outside it.
    """
    scenario = load(file).scenario
    last = max(row.day for row in load(file).rows_inside if row.day is not None)
    answers = sorted({key for name in ("reciprocity", "momentum") for key in keys_of(scenario, name)})
    memories = {key for name in ACTOR_NUMBERS for key in keys_of(scenario, name)}
    known = {dotted(number.path): number.quantity for number in quantities(scenario)}
    bases = [key for key in free_keys(scenario) if key.startswith("channels.")]
    medians = []
    for key in answers:
        entry = known[key]
        medians.append(f"{key}={entry.prior.median if entry.prior else entry.value!r}")
    return [
        TransferScore("bases alone", _after(file, origin, last, [f"{key}=0" for key in answers], bases)),
        TransferScore("other dyads, unchanged", _after(file, origin, last, medians, bases)),
        TransferScore(
            "other dyads, then this one's own acts", _after(file, origin, last, [], [*bases, *sorted(memories)])
        ),
        TransferScore("in hindsight", _after(file, last, last, [], [*bases, *sorted(memories)], since=origin)),
    ]


def _after(
    file: str, known: date, last: date, settings: Iterable[str], free: list[str], since: date | None = None
) -> Scored:
    """Fit to the record up to a day; score from the day after the origin to the last."""
    settings = list(settings)
    fitted = case_of(file, known, settings=settings, free=free)
    fitted = replace(fitted, loaded=as_known_on(fitted.loaded, since or known))
    origin = since or known
    to_score: Case = case_of(file, last, since=date.fromordinal(origin.toordinal() + 1), settings=settings, free=free)
    to_score = replace(to_score, loaded=as_known_on(to_score.loaded, origin))
    return to_score.score(peak_of(fitted).values.tolist())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=shipped_default("scenario"))
    parser.add_argument("--origin", type=date.fromisoformat, default=date(2017, 9, 15))
    options = parser.parse_args()
    scores = transfer_scores(options.scenario, options.origin)
    low, high = scores[0].scored.penalised, scores[-1].scored.penalised
    rows = [
        [score.name, f"{score.scored.penalised:.1f}", f"{100 * (score.scored.penalised - low) / (high - low):.0f} %"]
        for score in scores
    ]
    acts = int(scores[0].scored.done.sum())
    print(f"{acts} acts in the {scores[0].scored.days} days after {options.origin}\n")
    print(tabulate(rows, ["numbers", "ln L", "of the gap"], disable_numparse=True, colalign=("left", "right", "right")))


if __name__ == "__main__":
    main()
