"""A case to fit: a scenario with its whole record replayed up to a day, which of its numbers are free, and their priors."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from queue import SimpleQueue

import numpy as np

from sim.evidence.likelihood import Scored, Scorer
from sim.evidence.priors import Prior, Priors, prior_of
from sim.scenario.load import Loaded, load
from sim.scenario.problems import Place, Problem, UserError
from sim.scenario.quantities import dotted, key_of, quantities, settled
from sim.scenario.revalue import Revaluer, as_known_on
from sim.scenario.schema import Quantity, Scenario

# Of an actor's numbers, those that a fit frees unless it is told otherwise; forgiveness is of one strategy.
ACTOR_NUMBERS = (
    "reciprocity",
    "momentum",
    "memory_half_life_days",
    "momentum_half_life_days",
    "commitment_half_life_days",
)

ANY_BASE = (0.01, 1.53)  # median in acts per day, log standard deviation
DONE = {"force": "forced", "withhold": "withheld"}


@dataclass(frozen=True)
class Case:
    """What a fit is made on: acts from `first` to `last` are scored, those before only enter memory."""

    loaded: Loaded  # with the record replayed to `last`
    priors: Priors
    first: date
    last: date
    schedule: np.ndarray | None = None  # int8 (D, A): acts in place of the record's, for a history that was simulated

    @property
    def keys(self) -> list[str]:
        """Dotted keys of the free numbers, in the order of every array of this fit."""
        return self.priors.keys

    def scored(self, values: Sequence[float]) -> Scored:
        """The acts, scored at values of the free numbers."""
        compiled = self.revaluer().at(values)
        return Scorer(compiled).score(compiled, self.first, self.last)

    def revaluer(self) -> Revaluer:
        """The case at other values of its free numbers."""
        made = Revaluer(self.loaded, self.keys)
        if self.schedule is not None:
            made.compiled = replace(made.compiled, tables=made.compiled.tables._replace(schedule=self.schedule))
        return made

    @cached_property
    def density(self) -> "Density":
        return Density(self)


class Density:
    """The log-posterior density of a case over standard normal deviates z of its numbers: ln L - ½·z·z.

    An act that its requirements do not allow costs what `Scored.penalised` says.
    """

    def __init__(self, case: Case, threads: int | None = None):
        self.case = case
        self.threads = threads or os.cpu_count() or 1
        self.idle: SimpleQueue[tuple[Revaluer, Scorer]] = SimpleQueue()
        for _ in range(self.threads):
            revaluer = case.revaluer()
            self.idle.put((revaluer, Scorer(revaluer.compiled)))
        self.pool = ThreadPoolExecutor(self.threads)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """float64 (points,), of float64 (points, numbers); -inf where the record is impossible or a hazard no number."""
        return self.log_likelihood(z) - 0.5 * (z * z).sum(axis=1)

    def log_likelihood(self, z: np.ndarray) -> np.ndarray:
        """ln L at each point, the same whatever the number of threads."""
        values = self.case.priors.values(z)
        parts = np.array_split(values, self.threads)
        found = np.concatenate(list(self.pool.map(self._of, parts)))
        return np.where(np.isnan(found), -np.inf, found)

    def _of(self, values: np.ndarray) -> np.ndarray:
        revaluer, scorer = self.idle.get()
        try:
            return np.array([self._one(revaluer, scorer, row) for row in values])
        finally:
            self.idle.put((revaluer, scorer))

    def _one(self, revaluer: Revaluer, scorer: Scorer, row: np.ndarray) -> float:
        if not np.isfinite(row).all():
            return -np.inf
        return scorer.score(revaluer.at(row.tolist()), self.case.first, self.case.last).penalised


def case_of(
    file: str,
    until: date,
    *,
    settings: Iterable[str] = (),
    since: date | None = None,
    month_only: str = "middle",
    free: Sequence[str] | None = None,
    without: Sequence[str] = (),
) -> Case:
    """The case of a scenario's record up to a day, that day included.

    since: the first day that is scored; by default that of the record's first row. month_only: where acts stand of
    which only the month is known. free: dotted keys of the numbers to fit; by default every one that says how strongly
    something acts, but those in `without`. Raises UserError for a scenario without a record, days outside it, or a number without a prior.
    """
    settings = list(settings)
    plain = load(file, settings)
    days = [row.day for row in plain.rows if row.day is not None]
    if not days:
        text, allowed = "names no record of dated acts, and a fit is made on one", "record: {file: …, replay: all}"
        raise UserError([Problem(plain.tree.place, "record", text, allowed)])
    first = min(days)
    end = plain.scenario.clock.end
    if not first < until < end:
        raise _outside(
            "--until", until, f"a day after {first}, the first of the record, and before {end}, where the scenario ends"
        )
    if since is not None and not first <= since <= until:
        raise _outside("--since", since, f"{first} to {until}")
    replaying = [f"clock.start={first}", f"clock.replay_until={until}", "record.replay=all"]
    loaded = as_known_on(load(file, [*settings, *replaying, f"record.month_only={month_only}"]), until)
    only_what_happened(loaded, until)
    keys = [key for key in (free_keys(loaded.scenario) if free is None else free) if key not in without]
    return Case(loaded, believed(loaded, keys), since or first, until)


def believed(loaded: Loaded, keys: Sequence[str]) -> Priors:
    """What is believed of numbers before the record of a scenario is looked at. Raises UserError for a key that is none.

    Of a base, that of any channel: a scenario's own come from the record that is fitted.
    """
    Revaluer(loaded, keys)  # says which key is none
    given = {dotted(found.path): found.quantity for found in quantities(loaded.scenario)}
    bases = base_keys(loaded.scenario)
    places = {key: loaded.tree.at(tuple(key.split("."))).place for key in keys}
    return Priors(
        [
            _of_any_channel(key, given[key])
            if key in bases and given[key].prior is None
            else prior_of(key, given[key], places[key])
            for key in keys
        ]
    )


def _of_any_channel(key: str, entry: Quantity) -> Prior:
    source = "judgement: any channel acts about once in a hundred days, give or take a factor of twenty"
    return Prior(key, "log-normal", *ANY_BASE, entry.unit or "", float(entry.value or 0.0), source)


def _outside(option: str, day: date, allowed: str) -> UserError:
    return UserError([Problem(Place(option, 0), "", f"{day} lies outside the record", allowed)])


def only_what_happened(loaded: Loaded, until: date) -> None:
    """A fit is made on what happened: what a scenario forces or withholds before its end is no data."""
    problems = [
        Problem(
            one.place, "acts", f"{one.name} on {one.day} is {DONE[one.do]} by the scenario", "only acts of the record"
        )
        for one in loaded.ordered
        if not one.replayed and one.day <= until
    ]
    if problems:
        raise UserError(problems)


def free_keys(scenario: Scenario) -> list[str]:
    """Dotted keys of the numbers that say how strongly something acts, as far as they are one number with a range."""
    keys = {}
    for found in quantities(scenario):
        if not _is_strength(found.path):
            continue
        entry = settled(found.quantity, scenario.parameters)
        if entry.value is not None and not entry.steps and entry.low is not None:
            keys[key_of(found)] = entry
    return sorted(keys)


def base_keys(scenario: Scenario) -> set[str]:
    """Dotted keys of what every channel's base comes to."""
    found = quantities(scenario)
    return {key_of(one) for one in found if one.path[0] == "channels" and one.path[-1] == "base"}


def keys_of(scenario: Scenario, number: str) -> list[str]:
    """Dotted keys of what every actor's entry for one of its numbers comes to."""
    paths = {("actors", actor, number) for actor in scenario.actors}
    return sorted({key_of(found) for found in quantities(scenario) if found.path in paths})


def _is_strength(path: tuple[str | int, ...]) -> bool:
    """Bases, answers, memories, sympathies, drives and rarity."""
    match path:
        case ("channels", *_) | ("sympathies", _, "share") | ("drives", _, "weight") | ("rules", "rarity"):
            return True
        case ("actors", _, name):
            return name in ACTOR_NUMBERS
    return False
