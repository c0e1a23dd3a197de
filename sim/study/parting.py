"""Where two scenarios part: in each run the first day on which what is left to luck differs, and the acts of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

from sim.results.blocks import Block
from sim.rules.arrays import FREE
from sim.scenario.compile import Compiled
from sim.scenario.outline import outline
from sim.scenario.problems import shown

Side = Literal["here", "there"]


@dataclass
class Parting:
    """First differences over some pairs of runs, but for acts that either scenario orders: they differ on purpose."""

    here: Compiled
    there: Compiled
    runs: int = 0
    parted: int = 0
    days: Counter[date] = field(default_factory=Counter)  # the day on which a pair of runs parts
    acts: Counter[tuple[Side, str]] = field(default_factory=Counter)  # done on that day on one side only

    def __repr__(self) -> str:
        names = [shown(side.loaded.scenario.name, 26) for side in (self.there, self.here)]
        return outline(self, " against ".join(names), f"{self.parted:,} of {self.runs:,} pairs of runs part")

    def add(self, here: Block, there: Block) -> None:
        """Compare two blocks of the same runs, with all of their acts."""
        self.runs += len(here.outcomes)
        names = sorted({act.name for scenario in (self.here, self.there) for act in scenario.acts})
        ordered = _ordered(self.here) | _ordered(self.there)
        mine, theirs = (_keys(*side, names, ordered) for side in ((self.here, here), (self.there, there)))
        alone = {"here": np.setdiff1d(mine, theirs), "there": np.setdiff1d(theirs, mine)}
        both = np.sort(np.concatenate(list(alone.values())))
        runs_and_days = both // len(names)
        runs, first = np.unique(runs_and_days // _DAYS, return_index=True)
        partings = runs_and_days[first]
        self.parted += len(runs)
        self.days.update(date.fromordinal(int(day)) for day in partings % _DAYS)
        for side, keys in alone.items():
            codes = keys[np.isin(keys // len(names), partings)] % len(names)
            self.acts.update((side, names[code]) for code in codes)  # type: ignore[misc]

    @property
    def median_day(self) -> date | None:
        """Return the day by which half of the parting pairs have parted, or None."""
        passed = 0
        for day in sorted(self.days):
            passed += self.days[day]
            if 2 * passed >= self.parted:
                return day
        return None


_DAYS = 4_000_000  # more than there are in the calendar


def _ordered(scenario: Compiled) -> set[tuple[int, str]]:
    """List (ordinal of the date, action) of every act that is replayed, or forced or withheld on a free day."""
    days, codes = (scenario.tables.schedule != FREE).nonzero()
    start = scenario.start.toordinal()
    return {(start + int(day), scenario.acts[code].name) for day, code in zip(days, codes, strict=True)}


def _keys(scenario: Compiled, block: Block, names: list[str], ordered: set[tuple[int, str]]) -> np.ndarray:
    """Number each act left to luck on both sides, by its run, date and name: int64."""
    places = np.array([names.index(act.name) for act in scenario.acts], np.int64)
    run, day, code = block.acts.astype(np.int64).T
    ordinal, name = day + scenario.start.toordinal(), places[code]
    passed_over = np.array([when * len(names) + names.index(act) for when, act in ordered], np.int64)
    free = ~np.isin(ordinal * len(names) + name, passed_over)
    return ((run * _DAYS + ordinal) * len(names) + name)[free]
