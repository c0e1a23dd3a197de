"""Do answers and momentum that were learned from other dyads help with this one?

    python -m analysis.transfer [SCENARIO] [--origin 2017-09-15]

The acts of the record after a day, scored by numbers that know nothing of them: with learned bases alone; with answers
and momentum as other dyads have them, which is the scenario's own; and with all of these numbers fitted before. Bases go
on being learned from day to day in all three. Each difference from bases alone has an interval over months, since one
ensemble of acts is all there is. Series are held at their last known value.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from scipy import special

from sim.evidence.case import PAIR_NUMBERS, case_of, keys_of
from sim.evidence.laplace import peak_of
from sim.evidence.truth import month_starts
from sim.layout import Table
from sim.scenario.library import shipped_default
from sim.scenario.load import load
from sim.scenario.revalue import as_known_on


@dataclass(frozen=True)
class TransferScore:
    """One way to set the numbers, and how likely it makes what followed: ln L of each month, impossible acts penalised."""

    name: str
    months: np.ndarray  # float64 (months,)
    acts: int

    @property
    def total(self) -> float:
        """Return ln L of all months."""
        return float(self.months.sum())

    def gain_on(self, other: "TransferScore") -> tuple[float, float]:
        """Return the gain in ln L on another way, and half the width of its 95 % interval over months (Student 1908)."""
        gains = self.months - other.months
        spread = float(gains.std(ddof=1) * np.sqrt(len(gains)))
        return float(gains.sum()), spread * float(special.stdtrit(len(gains) - 1, 0.975))


def transfer_scores(file: str, origin: date) -> list[TransferScore]:
    """Score the record after a day with numbers set in three ways.

    Parameters: file, a scenario; origin, the last day that the numbers know.
    Raises UserError for a scenario without a record or a day outside it.
    """
    scenario = load(file).scenario
    answers = sorted({key for name in ("reciprocity", "momentum") for key in keys_of(scenario, name)})
    numbers = sorted({key for name in PAIR_NUMBERS for key in keys_of(scenario, name)})
    return [
        _scored("bases alone", file, origin, [f"{key}=0" for key in answers], []),
        _scored("other dyads, unchanged", file, origin, [], []),
        _scored("other dyads, then this one's own acts", file, origin, [], numbers),
    ]


def _scored(name: str, file: str, origin: date, settings: Sequence[str], free: list[str]) -> TransferScore:
    """Fit to the record up to a day, if any numbers are free; score every month after it."""
    last = max(row.day for row in load(file).rows_inside if row.day is not None)
    values = peak_of(case_of(file, origin, settings=settings, free=free)).values.tolist() if free else []
    case = case_of(file, last, since=origin + timedelta(1), settings=settings, free=free)
    case = replace(case, loaded=as_known_on(case.loaded, origin))
    starts = sorted({origin + timedelta(1), *month_starts(origin + timedelta(1), last)})
    ends = [day - timedelta(1) for day in starts[1:]] + [last]
    scores = [replace(case, first=first, last=end).score(values) for first, end in zip(starts, ends, strict=True)]
    return TransferScore(name, np.array([score.penalised for score in scores]), sum(int(s.acts.sum()) for s in scores))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=shipped_default("scenario"))
    parser.add_argument("--origin", type=date.fromisoformat, help="the last day replayed if it is not given")
    options = parser.parse_args()
    origin = options.origin or load(options.scenario).scenario.clock.replay_until
    alone, *others = scores = transfer_scores(options.scenario, origin)
    rows = [[alone.name, f"{alone.total:.1f}", ""]]
    for score in others:
        gain, half = score.gain_on(alone)
        rows.append([score.name, f"{score.total:.1f}", f"{gain:+.1f} ({gain - half:+.1f} to {gain + half:+.1f})"])
    print(f"{scores[0].acts} acts in {len(alone.months)} months after {origin}\n")
    headers = ["numbers", "ln L", "gain on bases alone, 95 % over months"]
    print(Table(headers, rows, "<><").text())


if __name__ == "__main__":
    main()
