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
from typing import Any

import numpy as np

from sim.rules import tables as t
from sim.rules.drives import proximity
from sim.rules.marks import cooperative_mark, frequency, hostile_mark, kept_overnight, severity
from sim.rules.registry import DRIVES, STRATEGIES
from sim.scenario.branching import answers
from sim.scenario.load import Loaded
from sim.scenario.quantities import eras, on_day
from sim.scenario.questions import Question, questions
from sim.scenario.schema import Condition, Drive, Quantity
from sim.scenario.selection import Act, acts_of, channels_of, moved, pairs_of

TONES = ("hostile", "cooperative", "neutral")
STATE_CODES = {"threats_open": t.OPEN_THREATS, "hostility": t.REMEMBERED_HOSTILITY, "goodwill": t.REMEMBERED_GOODWILL}
KEPT_IN = {"hostility": t.IN_HOSTILITY, "goodwill": t.IN_GOODWILL, "threats": t.IN_THREATS, "support": t.IN_SUPPORT}
TESTS = (("at_least", t.AT_LEAST), ("at_most", t.AT_MOST), ("days_since", t.DAYS_SINCE))


@dataclass(frozen=True)
class Compiled:
    """A scenario's tables, and the names behind their numbers."""

    loaded: Loaded
    tables: t.Tables
    actors: list[str]
    acts: list[Act]
    channels: list[tuple[str, str, str]]
    facts: list[str]
    drives: list[str]
    pairs: list[tuple[str, str]]

    @property
    def start(self) -> dt.date:
        return self.loaded.scenario.clock.start

    @property
    def days(self) -> int:
        return len(self.tables.clock)

    @property
    def free_from(self) -> int:
        """Index of the first day that is not replayed."""
        return (self.loaded.scenario.clock.replay_until - self.start).days + 1

    def date(self, day: int) -> dt.date:
        """The date of a day's index."""
        return self.start + timedelta(int(day))

    def day(self, when: dt.date) -> int:
        """The index of a date."""
        return (when - self.start).days

    @cached_property
    def questions(self) -> list[Question]:
        return questions(self.loaded.scenario)

    @cached_property
    def pair_codes(self) -> np.ndarray:
        """int64 (pairs, 2): the actors of each pair whose tension is recorded."""
        codes = [[self.actors.index(one), self.actors.index(other)] for one, other in self.pairs]
        return np.array(codes, np.int64).reshape(-1, 2)


def compile_scenario(loaded: Loaded) -> Compiled:
    """The tables of a loaded scenario."""
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
    )


def address(*parts: str) -> int:
    """A stable 64-bit number for a name."""
    return int.from_bytes(hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest(), "little")


def padded(rows: Sequence[Sequence[Any]], width: int = 0) -> np.ndarray:
    """Lists of unequal length as one int64 array, filled up with -1; at least one column."""
    longest = max([len(row) for row in rows] + [1])
    shape = (len(rows), longest, width) if width else (len(rows), longest)
    array = np.full(shape, -1, np.int64)
    for index, row in enumerate(rows):
        if row:
            array[index, : len(row)] = row
    return array


class _Compiler:
    """Collects every number under a column, and turns each section into its tables."""

    def __init__(self, loaded: Loaded):
        self.loaded = loaded
        self.scenario = loaded.scenario
        self.actors = sorted(self.scenario.actors)
        self.acts = acts_of(self.scenario)
        self.channels = channels_of(self.acts)
        self.facts = sorted(self.scenario.facts)
        self.drives = sorted(self.scenario.drives)
        self.era_days = eras(self.scenario)
        self.columns: list[list[float]] = []

    def per_era(self, quantity: Quantity | None) -> list[float]:
        """The number of each era; 1, which changes nothing, where an optional factor is not given."""
        if quantity is None:
            return [1.0] * len(self.era_days)
        return [on_day(quantity, day, self.scenario.parameters) for day in self.era_days]

    def column(self, quantity: Quantity) -> int:
        """The column of `numbers` that holds a quantity."""
        values = self.per_era(quantity)
        if values not in self.columns:
            self.columns.append(values)
        return self.columns.index(values)

    def tables(self) -> t.Tables:
        requires = self._requires()
        additions, sympathies = self._additions(), self._sympathies()
        pressures, losses = self._pressures(), self._losses()
        actions = np.array([self._action(act) for act in self.acts], np.int64).reshape(-1, 5)
        return t.Tables(
            clock=self._clock(),
            schedule=self._schedule(),
            signals=self._signals(),
            rulebook=self._rulebook(),
            actor_numbers=self._actor_numbers(),
            keeps=self._keeps(),
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
            bases=self._bases(),
            answers=padded(
                [
                    [[KEPT_IN[m], self.actors.index(of)] for m, of in answers(key, self.scenario)]
                    for key in self.channels
                ],
                2,
            ),
            channel_actions=padded(
                [[a for a, act in enumerate(self.acts) if act.channel == key] for key in self.channels]
            ),
            channel_drives=padded([self._drives_on_channel(key) for key in self.channels]),
            actions=actions,
            action_numbers=self._action_numbers(),
            action_drives=padded([self._drives_on_action(act) for act in self.acts]),
            drives=np.array([self._drive(self.scenario.drives[name]) for name in self.drives], np.int64).reshape(-1, 6),
            drive_numbers=self._drive_numbers(),
            requires=requires,
            fact_changes=padded([self._fact_changes(act) for act in self.acts], 2),
            lowers_first=padded([[self.facts.index(fact) for fact in act.entry.lowers_first] for act in self.acts]),
            additions=additions,
            sympathies=sympathies,
            pressures=pressures,
            patrons=self._patrons(),
            threatened_by=self._threatened_by(),
            losses=losses,
            action_address=np.array([address(act.actor, act.action) for act in self.acts], np.uint64),
            actor_address=np.array([address(actor) for actor in self.actors], np.uint64),
            numbers=np.array(self.columns, float).T.reshape(len(self.era_days), -1).copy(),
        )

    def _clock(self) -> np.ndarray:
        clock = self.scenario.clock
        days = [clock.start + timedelta(day) for day in range((clock.end - clock.start).days + 1)]
        return np.array([[day.toordinal(), bisect_right(self.era_days, day) - 1] for day in days], np.int64)

    def _schedule(self) -> np.ndarray:
        clock = self.scenario.clock
        table = np.full(((clock.end - clock.start).days + 1, len(self.acts)), t.FREE, np.int8)
        table[: (clock.replay_until - clock.start).days + 1] = t.WITHHELD
        names = [act.name for act in self.acts]
        for order in self.loaded.ordered:
            code = t.FORCED if order.do == "force" else t.WITHHELD
            table[(order.day - clock.start).days, names.index(order.name)] = code
        return table

    def _signals(self) -> np.ndarray:
        clock = self.scenario.clock
        days = [clock.start + timedelta(day) for day in range((clock.end - clock.start).days + 1)]
        signals = [self._signal(self.scenario.drives[name], days) for name in self.drives]
        return np.array(signals, float).reshape(len(self.drives), len(days)).T.copy()

    def _signal(self, drive: Drive, days: list[dt.date]) -> list[float]:
        """What a drive reads on each day."""
        era = [bisect_right(self.era_days, day) - 1 for day in days]
        if drive.signal is not None:
            values = self.per_era(drive.signal)
            return [values[now] for now in era]
        if drive.deadline is None or drive.horizon_days is None or drive.constant is None:
            return [0.0] * len(days)
        deadline = self.scenario.dates[drive.deadline].date
        horizon, relief = self.per_era(drive.horizon_days), self.per_era(drive.constant)
        return [proximity((deadline - day).days, horizon[now], relief[now]) for day, now in zip(days, era, strict=True)]

    def _rulebook(self) -> np.ndarray:
        rules = self.scenario.rules
        order = (
            rules.average_mark,
            rules.cooperation_heals,
            rules.threat_opens,
            rules.demand_opens,
            rules.imposition_leaves,
            rules.misperception_sd,
            rules.misperception_bias,
        )
        return np.array([self.per_era(quantity) for quantity in order]).T.copy()

    def _actor_numbers(self) -> np.ndarray:
        numbers = np.zeros((len(self.era_days), len(self.actors), 7))
        for index, name in enumerate(self.actors):
            actor = self.scenario.actors[name]
            numbers[:, index, t.RECIPROCITY] = self.per_era(actor.reciprocity)
            numbers[:, index, t.OWN_MOMENTUM] = self.per_era(actor.momentum)
            numbers[:, index, t.FORGIVENESS] = self.per_era(actor.forgiveness)
            numbers[:, index, t.KEEP_MEMORY] = self._kept(actor.memory_half_life_days)
            numbers[:, index, t.KEEP_MOMENTUM] = self._kept(actor.momentum_half_life_days)
            standing = [patron.standing for patron in self.scenario.patrons.values() if patron.client == name]
            numbers[:, index, t.STANDING] = self.per_era(standing[0]) if standing else 0.0
            if name in self.scenario.pressures:
                numbers[:, index, t.THREAT_PRESSURE] = self.per_era(self.scenario.pressures[name].threat_weight)
        return numbers

    def _kept(self, half_life_days: Quantity) -> list[float]:
        return [kept_overnight(days) for days in self.per_era(half_life_days)]

    def _keeps(self) -> np.ndarray:
        actors = [self.scenario.actors[name] for name in self.actors]
        memories = np.array([self._kept(actor.memory_half_life_days) for actor in actors]).T
        commitments = np.array([self._kept(actor.commitment_half_life_days) for actor in actors]).T
        owners = [self.scenario.actors[actor] for actor, _, _ in self.channels]
        campaigns = np.array([self._kept(owner.momentum_half_life_days) for owner in owners]).T
        campaigns = campaigns.reshape(len(self.era_days), len(self.channels))
        return np.array([t.kept_each_night(*row) for row in zip(memories, commitments, campaigns, strict=True)])

    def _bases(self) -> np.ndarray:
        return np.array([self._base(key) for key in self.channels], float).T.reshape(len(self.era_days), -1).copy()

    def _base(self, key: tuple[str, str, str]) -> list[float]:
        actor, target, _ = key
        channel = self.scenario.channel(key)
        if channel.generosity is None:
            return self.per_era(channel.base)
        twin = self.per_era(self.scenario.channels[actor][target]["hostile"].base)
        return [ratio * base for ratio, base in zip(self.per_era(channel.generosity), twin, strict=True)]

    def _action(self, act: Act) -> list[int]:
        return [
            self.actors.index(act.actor),
            self.actors.index(act.target),
            self.channels.index(act.channel),
            t.ROLES.index(act.entry.role),
            act.entry.rung,
        ]

    def _action_numbers(self) -> np.ndarray:
        numbers = np.zeros((len(self.era_days), len(self.acts), 4))
        rarity, rarity_from = self.per_era(self.scenario.rules.rarity), self.per_era(self.scenario.rules.rarity_from)
        for a, act in enumerate(self.acts):
            saliences, commonness = self.per_era(act.entry.salience), self.per_era(act.entry.commonness)
            for e, salience in enumerate(saliences):
                numbers[e, a] = (
                    hostile_mark(act.goldstein, salience),
                    cooperative_mark(act.goldstein, salience),
                    severity(act.goldstein, salience),
                    frequency(act.goldstein, salience, commonness[e], rarity[e], rarity_from[e]),
                )
        return numbers

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

    def _drive_numbers(self) -> np.ndarray:
        numbers = np.zeros((len(self.era_days), len(self.drives), 2))
        for index, name in enumerate(self.drives):
            drive = self.scenario.drives[name]
            numbers[:, index, t.WEIGHT] = self.per_era(drive.weight)
            numbers[:, index, t.CONSTANT] = self.per_era(drive.constant) if drive.constant else 0.0
        return numbers

    def _drives_on(self, act: Act, on_action: bool) -> set[int]:
        found = set()
        for index, name in enumerate(self.drives):
            drive = self.scenario.drives[name]
            if (DRIVES[drive.drive].stage == "action") == on_action and act in moved([act], drive):
                found.add(index)
        return found

    def _drives_on_action(self, act: Act) -> list[int]:
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
        which = self.facts.index(name) if kind == t.FACT_COUNT else 0
        key, code = next((key, code) for key, code in TESTS if getattr(condition, key) is not None)
        return [kind, which, code, self.column(getattr(condition, key))]

    def _fact_changes(self, act: Act) -> list[list[int]]:
        raised = [[self.facts.index(fact), by] for fact, by in sorted(act.entry.raises.items())]
        return raised + [[self.facts.index(fact), -by] for fact, by in sorted(act.entry.lowers.items())]

    def _additions(self) -> np.ndarray:
        rows = [
            [
                [KEPT_IN[add.to], self.actors.index(add.holder), self.actors.index(add.about), self.column(add.amount)]
                for add in act.entry.adds
            ]
            for act in self.acts
        ]
        return padded(rows, 4)

    def _sympathies(self) -> np.ndarray:
        rows = [
            [
                self.actors.index(one.actor),
                self.actors.index(one.feels_for),
                self.actors.index(one.against),
                self.column(one.share),
            ]
            for one in self.scenario.sympathies.values()
        ]
        return np.array(sorted(rows), np.int64).reshape(-1, 4)

    def _pressures(self) -> np.ndarray:
        rows = [
            [self.actors.index(actor), self.facts.index(fact), self.column(measure.weight), self.column(measure.cap)]
            for actor, pressure in sorted(self.scenario.pressures.items())
            for fact, measure in sorted(pressure.measures.items())
        ]
        return np.array(rows, np.int64).reshape(-1, 4)

    def _patrons(self) -> np.ndarray:
        patrons = {one.client: self.actors.index(one.patron) for one in self.scenario.patrons.values()}
        return np.array([patrons.get(actor, -1) for actor in self.actors], np.int64)

    def _threatened_by(self) -> np.ndarray:
        table = np.zeros((len(self.actors), len(self.actors)), np.int64)
        for actor, pressure in self.scenario.pressures.items():
            for other in pressure.threats_from:
                table[self.actors.index(actor), self.actors.index(other)] = 1
        return table

    def _losses(self) -> np.ndarray:
        rows = [
            [self.actors.index(actor), self.facts.index(fact), self.column(loss.share), self.column(loss.full_at)]
            for actor, losses in sorted(self.scenario.strengths.items())
            for fact, loss in sorted(losses.items())
        ]
        return np.array(rows, np.int64).reshape(-1, 4)
