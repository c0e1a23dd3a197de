"""A case to fit: a scenario with its record replayed up to a day, which of its numbers are free, and their priors."""

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
from sim.scenario.questions import is_asked
from sim.scenario.recorded import nothing_recorded
from sim.scenario.revalue import Revaluer, as_known_on
from sim.scenario.schema import Quantity, Scenario

# Of the numbers of a pair or channel, those that a fit frees by default: what is believed of bases and mixes is not fitted.
PAIR_NUMBERS = ("reciprocity", "momentum", "memory_half_life_days", "momentum_half_life_days")

ANY_BASE = (0.01, 1.53)  # median in acts per day, log standard deviation
BASE_TIMES = ".base_times"
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
        """Return the dotted keys of the free numbers, in the order of every array."""
        return self.priors.keys

    def score(self, values: Sequence[float]) -> Scored:
        """Score the acts at values of the free numbers, in the order of `keys`."""
        compiled = self.revaluer().with_values(values)
        return Scorer(compiled).score(compiled, self.first, self.last)

    def revaluer(self) -> Revaluer:
        """Return what makes the case at other values of its free numbers."""
        revaluer = Revaluer(self.loaded, self.keys)
        if self.schedule is not None:
            tables = revaluer.compiled.tables._replace(schedule=self.schedule)
            revaluer.compiled = replace(revaluer.compiled, tables=tables)
        return revaluer

    @cached_property
    def density(self) -> "Density":
        """Return the log-posterior density of the case, made once."""
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
        """Compute the density, float64 (points,), at z, float64 (points, numbers).

        It is -inf where the record is impossible or a hazard is not a number.
        """
        return self.log_likelihood(z) - 0.5 * (z * z).sum(axis=1)

    def log_likelihood(self, z: np.ndarray) -> np.ndarray:
        """Compute ln L at each point, float64 (points, numbers): the same with any number of threads."""
        values = self.case.priors.values(z)
        parts = np.array_split(values, self.threads)
        ln_l = np.concatenate(list(self.pool.map(self._part, parts)))
        return np.where(np.isnan(ln_l), -np.inf, ln_l)

    def _part(self, values: np.ndarray) -> np.ndarray:
        revaluer, scorer = self.idle.get()
        try:
            return np.array([self._point(revaluer, scorer, row) for row in values])
        finally:
            self.idle.put((revaluer, scorer))

    def _point(self, revaluer: Revaluer, scorer: Scorer, row: np.ndarray) -> float:
        if not np.isfinite(row).all():
            return -np.inf
        return scorer.score(revaluer.tables_at(row.tolist()), self.case.first, self.case.last).penalised


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
    """Return the case of a scenario's record up to a day, that day included.

    Parameters: since, the first day that is scored, by default that of the record's first row; month_only, where acts
    stand of which only the month is known; free, dotted keys of the numbers to fit, by default every one that says how
    strongly something acts; without, keys that are not.
    Raises UserError for a scenario without a record, days outside it, or a number without a prior.
    """
    settings = list(settings)
    plain = load(file, settings)
    days = [row.day for row in plain.rows if row.day is not None]
    if not days:
        raise UserError([nothing_recorded(plain.scenario, plain.tree, "a fit")])
    first = min(days)
    end = plain.scenario.clock.end
    if not first < until < end:
        raise _outside(
            "--until", until, f"a day after {first}, the first of the record, and before {end}, where the scenario ends"
        )
    if since is not None and not first <= since <= until:
        raise _outside("--since", since, f"{first} to {until}")
    replaying = [f"clock.start={first}", f"clock.replay_until={until}", "record.replay=all"]
    replaying += [f"record.month_only={month_only}", *not_asked(plain, first, until)]
    loaded = as_known_on(load(file, [*settings, *replaying]), until)
    check_only_record(loaded, until)
    keys = [key for key in (free_keys(loaded.scenario) if free is None else free) if key not in without]
    return Case(loaded, priors_of(loaded, keys), since or first, until)


def not_asked(loaded: Loaded, first: date, until: date) -> list[str]:
    """Return the settings that take out the outcomes which have no days to ask about where a record is replayed.

    Parameters: first, until, the first and the last day that is replayed. An outcome whose window ends before there
    are free days, or is shorter than it needs, is not asked there; it is no reason to stop.
    """
    clock = loaded.scenario.clock.model_copy(update={"start": first, "replay_until": until})
    scenario = loaded.scenario.model_copy(update={"clock": clock})
    return [f"outcomes.{name}=null" for name, outcome in scenario.outcomes.items() if not is_asked(outcome, scenario)]


def priors_of(loaded: Loaded, keys: Sequence[str]) -> Priors:
    """Return the priors of some numbers, before the record is looked at.

    The prior of a base is that of any channel: a scenario's own bases come from the record that is fitted. Raises
    UserError for a key that does not exist, that the record never sees, or that comes to no distribution.
    """
    Revaluer(loaded, keys)  # refuses a key that does not exist
    _check_seen(keys)
    entries = {dotted(entry.path): entry.quantity for entry in quantities(loaded.scenario)}
    bases = base_keys(loaded.scenario)
    places = {key: loaded.tree.node_at(tuple(key.split("."))).place for key in keys}
    return Priors(
        [
            _any_channel_prior(key, entries[key])
            if key in bases and entries[key].prior is None
            else prior_of(key, entries[key], places[key])
            for key in keys
        ]
    )


def _check_seen(keys: Sequence[str]) -> None:
    """Refuse factors on bases, which hold on free days alone: no act of a record says anything of them. Raises UserError."""
    problems = []
    for key in keys:
        if key.endswith(BASE_TIMES):
            text = f"{key} multiplies a base on free days alone, so that no record says anything of it"
            base = key.removesuffix(BASE_TIMES) + ".base"
            problems.append(Problem(Place("--free", 0), "", text, f"{base}, or a study that varies the factor"))
    if problems:
        raise UserError(problems)


def _any_channel_prior(key: str, entry: Quantity) -> Prior:
    source = "judgement: any channel acts about once in a hundred days, give or take a factor of twenty"
    return Prior(key, "log-normal", *ANY_BASE, entry.unit or "", float(entry.value or 0.0), source)


def _outside(option: str, day: date, allowed: str) -> UserError:
    return UserError([Problem(Place(option, 0), "", f"{day} lies outside the record", allowed)])


def check_only_record(loaded: Loaded, until: date) -> None:
    """Check that a scenario forces and withholds no act up to a day: a fit is made on what happened.

    Raises UserError with every such act.
    """
    problems = [
        Problem(
            act.place, "acts", f"{act.name} on {act.day} is {DONE[act.do]} by the scenario", "only acts of the record"
        )
        for act in loaded.ordered
        if not act.replayed and act.day <= until
    ]
    if problems:
        raise UserError(problems)


def free_keys(scenario: Scenario) -> list[str]:
    """List the dotted keys of the numbers that a fit frees by default.

    They say how strongly something acts, and are one number with a range.
    """
    keys = {}
    for place in quantities(scenario):
        if not _is_strength(place.path):
            continue
        entry = settled(place.quantity, scenario.parameters)
        if entry.value is not None and not entry.steps and entry.low is not None:
            keys[key_of(place)] = entry
    return sorted(keys)


def base_keys(scenario: Scenario) -> set[str]:
    """Return the dotted keys to which the bases of the channels come."""
    entries = quantities(scenario)
    return {key_of(entry) for entry in entries if entry.path[0] == "channels" and entry.path[-1] == "base"}


def keys_of(scenario: Scenario, number: str) -> list[str]:
    """List the dotted keys to which the entries of one name come, of kinds of pairs and of channels."""
    entries = quantities(scenario)
    return sorted(
        {key_of(entry) for entry in entries if entry.path[0] in ("pairs", "channels") and entry.path[-1] == number}
    )


def _is_strength(path: tuple[str | int, ...]) -> bool:
    """Bases, answers, memories, sympathies, drives and rarity."""
    match path:
        case ("channels", _, _, _, "answers_to", *_):  # a share of a memory is a hypothesis, set and not fitted
            return False
        case ("channels", _, _, _, "base_times"):  # the record never sees it
            return False
        case ("channels", *_) | ("sympathies", _, "share") | ("drives", _, "weight") | ("rules", "rarity"):
            return True
        case ("actors", _, "commitment_half_life_days"):
            return True
        case ("pairs", _, name):
            return name in PAIR_NUMBERS
    return False
