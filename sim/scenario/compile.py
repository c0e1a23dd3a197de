"""Names to arrays: a loaded scenario as the tables that rules read.

Everything is put in the order of names, so the order of entries in a file can change nothing.
"""

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

import numpy as np

from sim.rules import arrays as t
from sim.rules.registry import DRIVES, STRATEGIES
from sim.scenario.bases import base_source
from sim.scenario.branching import answers
from sim.scenario.fields import STATES, TONES
from sim.scenario.load import Loaded
from sim.scenario.numbers import Columns, Numbers
from sim.scenario.outline import outline
from sim.scenario.questions import Question, questions
from sim.scenario.schema import Condition, Drive
from sim.scenario.selection import NamedAction, moved, pairs_of

STATE_CODES = dict(zip(STATES, (t.OPEN_THREATS, t.REMEMBERED_HOSTILITY, t.REMEMBERED_GOODWILL), strict=True))
KEPT_IN = {"hostility": t.IN_HOSTILITY, "goodwill": t.IN_GOODWILL, "threats": t.IN_THREATS, "support": t.IN_SUPPORT}
TESTS = (("at_least", t.AT_LEAST), ("at_most", t.AT_MOST), ("days_since", t.DAYS_SINCE))


Bases = Literal["draw", "mean"]


@dataclass(frozen=True)
class Compiled:
    """A scenario's tables, and the names behind their numbers."""

    loaded: Loaded
    tables: t.Tables
    actors: list[str]
    acts: list[NamedAction]
    channels: list[tuple[str, str, str]]
    facts: list[str]
    drives: list[str]
    pairs: list[tuple[str, str]]
    columns: Columns  # the quantities of `tables.numbers`, in its order
    teaching: t.Teaching | None = None  # what the record has taught; None before the engine has asked it
    bases: Bases = "draw"  # whether a run draws its learned bases, or has their means

    def __repr__(self) -> str:
        parts = (
            f"{len(self.actors)} actors, {len(self.channels)} channels, {len(self.acts)} actions, {self.days} days, "
        )
        return outline(self, self.loaded.scenario.name, f"{parts}{len(self.questions)} outcomes", self.loaded.file)

    @property
    def start(self) -> dt.date:
        """Return the first day of the clock."""
        return self.loaded.scenario.clock.start

    @property
    def days(self) -> int:
        """Return how many days the clock has."""
        return len(self.tables.clock)

    @property
    def free_from(self) -> int:
        """Return the index of the first day that is not replayed."""
        return (self.loaded.scenario.clock.replay_until - self.start).days + 1

    def date(self, day: int) -> dt.date:
        """Return the date of a day's index."""
        return self.start + timedelta(int(day))

    def day(self, when: dt.date) -> int:
        """Return the index of a date."""
        return (when - self.start).days

    @cached_property
    def questions(self) -> list[Question]:
        """Return every outcome of the scenario, spelt out."""
        return questions(self.loaded.scenario)

    @cached_property
    def pair_codes(self) -> np.ndarray:
        """Return the actors of each pair whose tension is recorded: int64 (pairs, 2)."""
        codes = [[self.actors.index(first), self.actors.index(second)] for first, second in self.pairs]
        return np.array(codes, np.int64).reshape(-1, 2)


def compile_tables(loaded: Loaded) -> Compiled:
    """Turn a loaded scenario into the tables that rules read, and the names behind their numbers."""
    compiler = _Compiler(loaded)
    return Compiled(
        loaded,
        compiler.tables(),
        compiler.actors,
        compiler.acts,
        compiler.channels,
        compiler.facts,
        compiler.drives,
        pairs_of(loaded.scenario, compiler.acts),
        compiler.numbers.columns,
    )


def address(*parts: str) -> int:
    """Return a stable 64-bit number for a name."""
    return int.from_bytes(hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest(), "little")


def padded(rows: Sequence[Sequence[Any]], width: int = 0) -> np.ndarray:
    """Pad lists of unequal length with -1: one int64 array, of at least one column."""
    longest = max([len(row) for row in rows] + [1])
    shape = (len(rows), longest, width) if width else (len(rows), longest)
    array = np.full(shape, -1, np.int64)
    for index, row in enumerate(rows):
        if row:
            array[index, : len(row)] = row
    return array


class _Compiler:
    """Turns each section into its tables: who may do what, and what leads to what; the numbers are in `Numbers`."""

    def __init__(self, loaded: Loaded):
        self.loaded = loaded
        self.scenario = loaded.scenario
        self.numbers = Numbers(self.scenario)
        self.actors, self.acts, self.channels = self.numbers.actors, self.numbers.acts, self.numbers.channels
        self.facts = sorted(self.scenario.facts)
        self.drives = self.numbers.drives

    def tables(self) -> t.Tables:
        """Build every table of the scenario."""
        requires = self._requires()
        additions, sympathies = self._additions(), self._sympathies()
        pressures, losses = self._pressures(), self._losses()
        actions = np.array([self._action(act) for act in self.acts], np.int64).reshape(-1, 5)
        return t.Tables(
            clock=self._clock(),
            schedule=self._schedule(),
            actor_channels=padded(
                [[c for c, key in enumerate(self.channels) if key[0] == actor] for actor in self.actors]
            ),
            channels=np.array(
                [[self.actors.index(a), self.actors.index(b), TONES.index(tone)] for a, b, tone in self.channels],
                np.int64,
            ).reshape(-1, 3),
            strategies=np.array(
                [STRATEGIES[self.scenario.actors[actor].strategy].code for actor in self.actors], np.int64
            ),
            learns=np.array([base_source(self.scenario, key).is_learned for key in self.channels], np.uint8),
            answers=padded(
                [
                    [[KEPT_IN[memory.memory], self.actors.index(memory.of)] for memory in answers(key, self.scenario)]
                    for key in self.channels
                ],
                2,
            ),
            channel_actions=padded(
                [[a for a, act in enumerate(self.acts) if act.channel == key] for key in self.channels]
            ),
            channel_drives=padded([self._drives_on_channel(key) for key in self.channels]),
            actions=actions,
            action_drives=padded([self._drives_on_action(act) for act in self.acts]),
            drives=np.array([self._drive(self.scenario.drives[name]) for name in self.drives], np.int64).reshape(-1, 6),
            requires=requires,
            fact_changes=padded([self._fact_changes(act) for act in self.acts], 2),
            lowers_first=padded([[self.facts.index(fact) for fact in act.entry.lowers_first] for act in self.acts]),
            additions=additions,
            sympathies=sympathies,
            pressures=pressures,
            patrons=self._patrons(),
            threatened_by=self._threatened_by(),
            losses=losses,
            at_start=np.array([self.scenario.facts[fact].at_start for fact in self.facts], np.int64),
            action_address=np.array([address(act.actor, act.action) for act in self.acts], np.uint64),
            channel_address=np.array([address(*key) for key in self.channels], np.uint64),
            actor_address=np.array([address(actor) for actor in self.actors], np.uint64),
            **self.numbers.tables(),
        )

    def _clock(self) -> np.ndarray:
        clock = self.scenario.clock
        days = [clock.start + timedelta(day) for day in range((clock.end - clock.start).days + 1)]
        return np.array([[day.toordinal(), bisect_right(self.numbers.era_days, day) - 1] for day in days], np.int64)

    def _schedule(self) -> np.ndarray:
        clock = self.scenario.clock
        table = np.full(((clock.end - clock.start).days + 1, len(self.acts)), t.FREE, np.int8)
        table[: (clock.replay_until - clock.start).days + 1] = t.WITHHELD
        names = [act.name for act in self.acts]
        for order in self.loaded.ordered:
            code = t.FORCED if order.do == "force" else t.WITHHELD
            table[(order.day - clock.start).days, names.index(order.name)] = code
        return table

    def _action(self, act: NamedAction) -> list[int]:
        return [
            self.actors.index(act.actor),
            self.actors.index(act.target),
            self.channels.index(act.channel),
            t.ROLES.index(act.entry.role),
            act.entry.rung,
        ]

    def _drive(self, drive: Drive) -> list[int]:
        entry = DRIVES[drive.drive]
        return [
            self.actors.index(drive.actor),
            entry.code,
            t.STAGES.index(entry.stage),
            self.actors.index(drive.rival) if drive.rival else -1,
            self.actors.index(drive.client) if drive.client else -1,
            self.facts.index(drive.fact) if drive.fact else -1,
        ]

    def _drives_on(self, act: NamedAction, on_action: bool) -> set[int]:
        indices = set()
        for index, name in enumerate(self.drives):
            drive = self.scenario.drives[name]
            if (DRIVES[drive.drive].stage == "action") == on_action and act in moved([act], drive):
                indices.add(index)
        return indices

    def _drives_on_action(self, act: NamedAction) -> list[int]:
        return sorted(self._drives_on(act, on_action=True))

    def _drives_on_channel(self, key: tuple[str, str, str]) -> list[int]:
        members = [act for act in self.acts if act.channel == key]
        return sorted(set().union(*(self._drives_on(act, on_action=False) for act in members)))

    def _requires(self) -> np.ndarray:
        rows = []
        for act in self.acts:
            tests = []
            for group, condition in enumerate(act.entry.requires):
                tests += [[group, *self._test(inner)] for inner in condition.any or [condition]]
            rows.append(tests)
        return padded(rows, 5)

    def _test(self, condition: Condition) -> list[int]:
        name = str(condition.quantity)
        kind = STATE_CODES.get(name, t.FACT_COUNT)
        fact = self.facts.index(name) if kind == t.FACT_COUNT else 0
        key, code = next((key, code) for key, code in TESTS if getattr(condition, key) is not None)
        return [kind, fact, code, self.numbers.column(getattr(condition, key))]

    def _fact_changes(self, act: NamedAction) -> list[list[int]]:
        raised = [[self.facts.index(fact), by] for fact, by in sorted(act.entry.raises.items())]
        return raised + [[self.facts.index(fact), -by] for fact, by in sorted(act.entry.lowers.items())]

    def _additions(self) -> np.ndarray:
        rows = [
            [
                [
                    KEPT_IN[add.to],
                    self.actors.index(add.holder),
                    self.actors.index(add.about),
                    self.numbers.column(add.amount),
                ]
                for add in act.entry.adds
            ]
            for act in self.acts
        ]
        return padded(rows, 4)

    def _sympathies(self) -> np.ndarray:
        rows = [
            [
                self.actors.index(sympathy.actor),
                self.actors.index(sympathy.feels_for),
                self.actors.index(sympathy.against),
                self.numbers.column(sympathy.share),
            ]
            for sympathy in self.scenario.sympathies.values()
        ]
        return np.array(sorted(rows), np.int64).reshape(-1, 4)

    def _pressures(self) -> np.ndarray:
        rows = [
            [
                self.actors.index(actor),
                self.facts.index(fact),
                self.numbers.column(measure.weight),
                self.numbers.column(measure.cap),
            ]
            for actor, pressure in sorted(self.scenario.pressures.items())
            for fact, measure in sorted(pressure.measures.items())
        ]
        return np.array(rows, np.int64).reshape(-1, 4)

    def _patrons(self) -> np.ndarray:
        patrons = np.zeros((len(self.actors), len(self.actors)), np.uint8)
        for entry in self.scenario.patrons.values():
            patrons[self.actors.index(entry.client), self.actors.index(entry.patron)] = 1
        return patrons

    def _threatened_by(self) -> np.ndarray:
        table = np.zeros((len(self.actors), len(self.actors)), np.int64)
        for actor, pressure in self.scenario.pressures.items():
            for threatener in pressure.threats_from:
                table[self.actors.index(actor), self.actors.index(threatener)] = 1
        return table

    def _losses(self) -> np.ndarray:
        rows = [
            [
                self.actors.index(actor),
                self.facts.index(fact),
                self.numbers.column(loss.share),
                self.numbers.column(loss.full_at),
            ]
            for actor, losses in sorted(self.scenario.strengths.items())
            for fact, loss in sorted(losses.items())
        ]
        return np.array(rows, np.int64).reshape(-1, 4)
