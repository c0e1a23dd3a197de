"""The numbers of a scenario as tables, era by era: all of them that a fit, a sweep or a draw may change.

What stands where (who acts toward whom, what requires what) is not in here, so that another set of numbers needs
only this to be made again.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Collection
from copy import copy
from datetime import timedelta

import numpy as np

from sim.rules import arrays as t
from sim.rules.drives import proximity
from sim.rules.marks import cooperative_mark, frequency, hostile_mark, kept_overnight, severity
from sim.scenario.bases import base_source
from sim.scenario.branching import answers
from sim.scenario.quantities import Path, at_path, dotted, eras, on_day, quantities, settled
from sim.scenario.schema import Drive, Quantity, Scenario
from sim.scenario.selection import NamedAction, acts_of, channels_of

MEMORY_TONES = {"hostility": "hostile", "goodwill": "cooperative"}  # the channel whose half-life a memory has
Columns = dict[str, Path]  # where each number stands, by its dotted key


class Numbers:
    """Every number of a scenario. What a list of another table refers to is given a column when it is asked for."""

    def __init__(self, scenario: Scenario):
        self.scenario = scenario
        self.actors = sorted(scenario.actors)
        self.acts: list[NamedAction] = acts_of(scenario)
        self.channels = channels_of(self.acts)
        self.channel_codes = np.array([self.channels.index(act.channel) for act in self.acts], np.int64)
        self.members = [np.flatnonzero(self.channel_codes == code) for code in range(len(self.channels))]
        self.drives = sorted(scenario.drives)
        self.era_days = eras(scenario)
        self.columns: Columns = {}
        self.paths = {id(located.quantity): located.path for located in quantities(scenario)}

    def with_scenario(self, scenario: Scenario) -> "Numbers":
        """Return the numbers of a scenario that differs in values only, not in dates."""
        others = copy(self)  # threads make tables at the same time: nothing of theirs is shared
        others.scenario = scenario
        return others

    def tables(self, names: Collection[str] | None = None) -> dict[str, np.ndarray]:
        """Return the tables by name.

        Parameters: names, of those that are wanted, by default all; `signals` take longest.
        """
        return {name: make(self) for name, make in TABLES.items() if names is None or name in names}

    def _numbers(self) -> np.ndarray:
        columns = [self.per_era(at_path(self.scenario, path)) for path in self.columns.values()]
        return np.array(columns, float).T.reshape(len(self.era_days), -1).copy()

    def per_era(self, quantity: Quantity | None) -> list[float]:
        """Return the number of each era; 1, which changes nothing, for an absent factor."""
        if quantity is None:
            return [1.0] * len(self.era_days)
        entry = settled(quantity, self.scenario.parameters)
        if entry.steps is None and entry.value is not None:  # nearly all: and this is asked for every step of a fit
            return [float(entry.value)] * len(self.era_days)
        return [on_day(entry, day, self.scenario.parameters) for day in self.era_days]

    def column(self, quantity: Quantity) -> int:
        """Return the column of `numbers` that holds a quantity of the scenario.

        It is the quantity's own, or that of the parameter it names.
        """
        named = quantity.parameter
        path: Path = self.paths[id(quantity)] if named is None else ("parameters", named)
        self.columns.setdefault(dotted(path), path)
        return list(self.columns).index(dotted(path))

    def _signals(self) -> np.ndarray:
        clock = self.scenario.clock
        days = [clock.start + timedelta(day) for day in range((clock.end - clock.start).days + 1)]
        era = [bisect_right(self.era_days, day) - 1 for day in days]
        signals = [self._signal(self.scenario.drives[name], days, era) for name in self.drives]
        return np.array(signals, float).reshape(len(self.drives), len(days)).T.copy()

    def _signal(self, drive: Drive, days: list[dt.date], era: list[int]) -> list[float]:
        """Return what a drive reads on each day."""
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
        numbers = np.zeros((len(self.era_days), len(self.actors), 3))
        for index, name in enumerate(self.actors):
            actor = self.scenario.actors[name]
            numbers[:, index, t.FORGIVENESS] = self.per_era(actor.forgiveness)
            standing = [patron.standing for patron in self.scenario.patrons.values() if patron.client == name]
            numbers[:, index, t.STANDING] = self.per_era(standing[0]) if standing else 0.0
            if name in self.scenario.pressures:
                numbers[:, index, t.THREAT_PRESSURE] = self.per_era(self.scenario.pressures[name].threat_weight)
        return numbers

    def _channel_numbers(self) -> np.ndarray:
        numbers = np.zeros((len(self.era_days), len(self.channels), 5))
        is_free = [day > self.scenario.clock.replay_until for day in self.era_days]
        for index, key in enumerate(self.channels):
            entry, pair = self.scenario.channel(key), self.scenario.pair(*key[:2])
            numbers[:, index, t.RECIPROCITY] = self.per_era(entry.reciprocity or pair.reciprocity)
            numbers[:, index, t.OWN_MOMENTUM] = self.per_era(entry.momentum or pair.momentum)
            numbers[:, index, t.KEEP_MEMORY] = self._memory_kept(key)
            numbers[:, index, t.KEEP_MOMENTUM] = self._nightly_shares_kept(
                entry.momentum_half_life_days or pair.momentum_half_life_days
            )
            numbers[:, index, t.BASE_TIMES] = np.where(is_free, self.per_era(entry.base_times), 1.0)
        return numbers

    def _memory_kept(self, key: tuple[str, str, str]) -> list[float]:
        """Return what one night leaves of the memory that the first actor has of the second's acts of one tone, era by era."""
        entry, pair = self.scenario.channel(key), self.scenario.pair(*key[:2])
        return self._nightly_shares_kept(entry.memory_half_life_days or pair.memory_half_life_days)

    def _answer_weights(self) -> np.ndarray:
        """float64 (E, C, .): share of each memory, scaled so that an act draws as many answers whatever its half-life."""
        rows = []
        for key in self.channels:
            own_kept, weights = self._memory_kept(key), []
            for memory in answers(key, self.scenario):
                memory_kept = self._memory_kept((key[0], memory.of, MEMORY_TONES[memory.memory]))
                share = self.per_era(memory.share)
                weights.append(
                    [s * (1.0 - k) / (1.0 - o) for s, k, o in zip(share, memory_kept, own_kept, strict=True)]
                )
            rows.append(weights)
        longest = max([len(row) for row in rows] + [1])
        table = np.zeros((len(self.era_days), len(rows), longest))
        for index, weights in enumerate(rows):
            for place, weight in enumerate(weights):
                table[:, index, place] = weight
        return table

    def _nightly_shares_kept(self, half_life_days: Quantity) -> list[float]:
        return [kept_overnight(days) for days in self.per_era(half_life_days)]

    def _keeps(self) -> np.ndarray:
        memories = np.zeros((len(self.era_days), 2, len(self.actors), len(self.actors)))
        for i, actor in enumerate(self.actors):
            for j, target in enumerate(self.actors):
                for tone, name in enumerate(MEMORY_TONES.values()):
                    if i != j:
                        memories[:, tone, i, j] = self._memory_kept((actor, target, name))
        actors = [self.scenario.actors[name] for name in self.actors]
        commitments = np.array([self._nightly_shares_kept(actor.commitment_half_life_days) for actor in actors]).T
        campaigns = self._channel_numbers()[:, :, t.KEEP_MOMENTUM]
        return np.array([t.kept_each_night(*row) for row in zip(memories, commitments, campaigns, strict=True)])

    def _bases(self) -> np.ndarray:
        return np.array([self._base(key) for key in self.channels], float).T.reshape(len(self.era_days), -1).copy()

    def _base(self, key: tuple[str, str, str]) -> list[float]:
        """Return the fixed base of a channel, era by era; 0 where it is learned."""
        source = base_source(self.scenario, key)
        if source.is_learned:
            return [0.0] * len(self.era_days)
        return [ratio * base for ratio, base in zip(self.per_era(source.ratio), self.per_era(source.base), strict=True)]

    def _prior(self) -> np.ndarray:
        """float64 (C, 2): shape and days of what is believed of each learned base before the record, else 1 and 1."""
        prior = np.ones((len(self.channels), 2))
        for index, key in enumerate(self.channels):
            source = base_source(self.scenario, key)
            if source.shape is not None:
                mean = self.per_era(source.base)[0] * self.per_era(source.ratio)[0]
                shape = self.per_era(source.shape)[0]
                prior[index] = shape, shape / mean if mean > 0.0 else np.inf
        return prior

    def _action_numbers(self) -> np.ndarray:
        rules = self.scenario.rules
        rarity, rarity_from = self.per_era(rules.rarity), self.per_era(rules.rarity_from)
        weighed: dict[tuple[float, ...], tuple[float, float, float, float]] = {}
        rows = []
        for act in self.acts:
            saliences, commonness = self.per_era(act.entry.salience), self.per_era(act.entry.commonness)
            keys = [
                (act.goldstein, *numbers) for numbers in zip(saliences, commonness, rarity, rarity_from, strict=True)
            ]
            for key in keys:
                if key not in weighed:  # most actions weigh what others weigh, and in every era the same
                    weighed[key] = _weighed(*key)
            rows.append([weighed[key] for key in keys])
        numbers = np.zeros((len(self.era_days), len(self.acts), 5))
        numbers[:, :, : t.MIX_WEIGHT] = np.array(rows, float).reshape(len(self.acts), -1, 4).transpose(1, 0, 2)
        sums = [numbers[:, members, t.FREQUENCY].sum(axis=1) for members in self.members]
        totals = np.array(sums).reshape(len(self.channels), len(self.era_days)).T
        numbers[:, :, t.FREQUENCY] /= np.where(totals > 0.0, totals, 1.0)[:, self.channel_codes]
        weights = [self.per_era(self.scenario.pair(*channel[:2]).mix_weight) for channel in self.channels]
        numbers[:, :, t.MIX_WEIGHT] = np.array(weights).reshape(totals.T.shape).T[:, self.channel_codes]
        return numbers

    def _drive_numbers(self) -> np.ndarray:
        numbers = np.zeros((len(self.era_days), len(self.drives), 2))
        for index, name in enumerate(self.drives):
            drive = self.scenario.drives[name]
            numbers[:, index, t.WEIGHT] = self.per_era(drive.weight)
            numbers[:, index, t.CONSTANT] = self.per_era(drive.constant) if drive.constant else 0.0
        return numbers


TABLES: dict[str, Callable[[Numbers], np.ndarray]] = {
    "rulebook": Numbers._rulebook,
    "actor_numbers": Numbers._actor_numbers,
    "keeps": Numbers._keeps,
    "channel_numbers": Numbers._channel_numbers,
    "answer_weights": Numbers._answer_weights,
    "bases": Numbers._bases,
    "prior": Numbers._prior,
    "action_numbers": Numbers._action_numbers,
    "drive_numbers": Numbers._drive_numbers,
    "numbers": Numbers._numbers,
    "signals": Numbers._signals,
}


def _weighed(
    goldstein: float, salience: float, commonness: float, rarity: float, rarity_from: float
) -> tuple[float, float, float, float]:
    """Return the columns of `action_numbers`."""
    return (
        hostile_mark(goldstein, salience),
        cooperative_mark(goldstein, salience),
        severity(goldstein, salience),
        frequency(goldstein, salience, commonness, rarity, rarity_from),
    )
