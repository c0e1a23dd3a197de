"""How often each action is done: by the record and by the runs, over the days that both cover."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sim.layout import Page, Table
from sim.results.intervals import ENDS
from sim.results.run_folder import RunFolder
from sim.scenario.compile import Compiled
from sim.scenario.record import Row, placed

DAYS_A_YEAR = 365.25
HEADERS = ["action", "recorded", "a year", "simulated\na year", "middle 95 %\nof runs", "the record\nhas"]


@dataclass(frozen=True)
class ActCount:
    """How often one action is done on the days compared. low, high: the middle 95 % of runs, in acts; mean: over runs."""

    action: str
    recorded: int
    mean: float
    low: float
    high: float

    @property
    def differs(self) -> str:
        """Say whether the record has more or fewer than the middle 95 % of runs; nothing if it lies among them."""
        return "more" if self.recorded > self.high else "fewer" if self.recorded < self.low else ""


@dataclass(frozen=True)
class ActCounts:
    """The counts of all actions from one day to another, both included, over so many runs."""

    first: date
    last: date
    runs: int
    counts: list[ActCount]

    @property
    def years(self) -> float:
        """Return how long the days compared are."""
        return ((self.last - self.first).days + 1) / DAYS_A_YEAR

    def page(self) -> Page:
        """Write the counts as a table under a sentence that says what they are."""
        rows = [
            [
                count.action,
                f"{count.recorded}",
                f"{count.recorded / self.years:.1f}",
                f"{count.mean / self.years:.1f}",
                f"{count.low / self.years:.1f} to {count.high / self.years:.1f}",
                count.differs,
            ]
            for count in self.counts
        ]
        head = (
            f"Acts of the record and of {self.runs:,} runs, {self.first} to {self.last}. `more` and `fewer` mark what lies "
            f"outside the middle 95 % of runs; of {len(rows)} actions one in twenty may do so by chance."
        )
        return Page(head, Table(HEADERS, rows, "<>>>><"))

    def data(self) -> dict[str, Any]:
        """Return the counts for a machine: acts on the days compared, and a year."""
        return {
            "first_day": str(self.first),
            "last_day": str(self.last),
            "runs": self.runs,
            "actions": [
                {
                    "action": count.action,
                    "recorded": count.recorded,
                    "recorded_a_year": count.recorded / self.years,
                    "simulated_a_year": count.mean / self.years,
                    "low_a_year": count.low / self.years,
                    "high_a_year": count.high / self.years,
                    "the_record_has": count.differs or None,
                }
                for count in self.counts
            ],
        }


def act_counts(folder: RunFolder) -> ActCounts | None:
    """Count each action in the record and in every run that is kept whole.

    The days are those from the first that is left to luck to the last of the record, or of the clock. An act of which
    only the month is known counts if all of the month is among them, whatever day `record.month_only` gives it.
    Returns None where there is no record of such days, or no run is kept whole.
    """
    compiled = folder.compiled
    loaded = compiled.loaded
    days = [row.day for row in loaded.rows if row.day is not None]
    first = compiled.free_from
    last = min(compiled.day(max(days)), compiled.days - 1) if days else -1
    if loaded.scenario.record is None or last < first or folder.kept_whole == 0 or not compiled.acts:
        return None
    recorded = _recorded(loaded.rows_inside, compiled, first, last)
    run, day, code = folder.acts.T
    within = (first <= day) & (day <= last)
    by_run = np.zeros((folder.kept_whole, len(compiled.acts)), np.int64)
    np.add.at(by_run, (run[within], code[within]), 1)
    low, high = np.quantile(by_run, ENDS, axis=0, method="inverted_cdf")
    counts = [
        ActCount(act.name, recorded[act.name], float(by_run[:, place].mean()), float(low[place]), float(high[place]))
        for place, act in enumerate(compiled.acts)
    ]
    return ActCounts(compiled.date(first), compiled.date(last), folder.kept_whole, counts)


def _recorded(rows: Sequence[Row], compiled: Compiled, first: int, last: int) -> Counter[str]:
    """Count the acts of a record from one day to another; the same act twice on a day is one, as in a run."""
    dated: set[tuple[date, str]] = set()
    counts: Counter[str] = Counter()
    for row in rows:
        if row.day is not None:
            dated.add((row.day, row.name))
            continue
        start, end = placed(row, "first"), placed(row, "last")
        if start is not None and end is not None and first <= compiled.day(start) and compiled.day(end) <= last:
            counts[row.name] += 1
    counts.update(name for day, name in dated if first <= compiled.day(day) <= last)
    return counts
