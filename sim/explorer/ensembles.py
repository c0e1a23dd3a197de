"""Ensembles of a scenario at settings of its levers, and their paired differences from a reference."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.explorer.levers import Settings, checked_settings, levers_of
from sim.results.blocks import Totals, empty_totals, play_blocks
from sim.results.estimates import Estimate, estimates
from sim.results.units import SHARE, Component, unit_of
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded, load, varied
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, UserError
from sim.scenario.variants import FOLDER, split_variants
from sim.scenario.yaml_text import write_yaml
from sim.study.compare import pairing_problems
from sim.study.differences import Pairs, difference

CACHED_SETTINGS = 24  # settings whose ensembles stay in memory: going back to one is immediate
CACHED_REFERENCES = 2  # of a scenario, with the outcomes of their runs
IN_BLOCK = 64  # runs: so that all processors play, however few the runs, and that what is not wanted any more ends soon
MOST_DAYS = 700  # that a picture can draw apart
MOST_FEW, LEAST_FEW = 250, 50  # runs of a picture that is drawn while a lever is dragged
FEW_DECISIONS = 25_000_000  # that may be drawn for it: some 0.1 s on two processors
Key = tuple[tuple[str, float | str], ...]  # settings that can be looked up
Cached = TypeVar("Cached")
LEVER = Place("lever", 0)  # where messages say that a setting was made


class NotWanted(Exception):  # noqa: N818 - it is no error
    """Says that other settings are wanted by now, so that an ensemble was not played to its end."""


def always() -> bool:
    """Say that an ensemble is wanted, come what may."""
    return True


@dataclass(frozen=True)
class PairedDifference:
    """What parts two settings in one share: mean and 95 % interval (paired bootstrap), in percentage points."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Played:
    """Runs as they were played.

    outcomes: float64 (runs, questions).
    """

    compiled: Compiled
    runs: int
    totals: Totals
    outcomes: np.ndarray


@dataclass(frozen=True, eq=False)
class Reference:
    """What settings are compared with: an ensemble, with the outcomes of its runs.

    outcomes: float64 (runs, questions). estimates: every outcome. waiting: as of a LeverEnsemble.
    """

    compiled: Compiled
    seed: int
    settings: Settings
    outcomes: np.ndarray
    estimates: list[Estimate]
    waiting: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class LeverEnsemble:
    """An ensemble at some settings, reduced to what the page shows: kilobytes, where its runs take megabytes.

    settings: what differs from the scenario as it is.
    estimates, base: every outcome at these settings, and of the reference.
    differences: by name of the estimate, for shares and path classes; empty where the reference is the same setting.
    tension: by share of runs, float64 (drawn days, pairs) in marks: the quantiles of every `day_step`th day.
    waiting, base_waiting: by name of a headline question that asks for a first day, float64 (days,): the share of runs
        in which that day has not come by the end of each day, at these settings and of the reference.
    """

    settings: Settings
    runs: int
    estimates: list[Estimate]
    base: list[Estimate]
    differences: dict[str, PairedDifference]
    tension: dict[float, np.ndarray]
    waiting: dict[str, np.ndarray]
    base_waiting: dict[str, np.ndarray]


class Explorer:
    """Plays a scenario at any setting of its levers, with the same runs, by their luck, at each. Safe to call from threads.

    Parameters: file, a scenario file or the name of one that ships; runs of each ensemble; seed of their luck.
    Raises UserError for a scenario that is not sound, ArithmeticError if a hazard is not a number.
    """

    def __init__(self, file: str, runs: int, seed: int):
        self.file, self.runs, self.seed = file, runs, seed
        self.loaded = load(file)
        self.levers = levers_of(self.loaded)
        self._ensembles: OrderedDict[tuple[Key, Reference], LeverEnsemble] = OrderedDict()
        self._references: OrderedDict[Key, Reference] = OrderedDict()
        self._lock = threading.Lock()
        played = self._simulated(self.loaded, runs)
        self.compiled: Compiled = played.compiled
        self.as_it_is = self._reference({}, played)
        self.base = _reduced({}, played, self.as_it_is)

    @property
    def few(self) -> int:
        """Return how many runs a picture has that is drawn while a lever is dragged."""
        decisions = self.compiled.days * len(self.compiled.acts)
        return min(self.runs, max(LEAST_FEW, min(MOST_FEW, FEW_DECISIONS // decisions)))

    def play(
        self,
        settings: Settings,
        reference: Reference | None = None,
        few: bool = False,
        is_wanted: Callable[[], bool] = always,
    ) -> LeverEnsemble:
        """Play the ensemble at some settings, or return it if it is still in memory.

        Parameters: reference, to compare with; None for the scenario as it is; few, whether the first few runs will
        do; is_wanted, asked now and then whether to go on.

        Raises UserError for settings that no lever can take, that do not go together, or that share no action with
        the reference; NotWanted if it was not played to its end.
        """
        settings, reference = checked_settings(self.levers, settings), reference or self.as_it_is
        if not settings and reference is self.as_it_is:
            return self.base
        key = (tuple(settings.items()), reference)
        with self._lock:
            if few and key not in self._ensembles:
                return self._played(settings, reference, self.few, is_wanted)
            play = partial(self._played, settings, reference, self.runs, is_wanted)
            return _cached(self._ensembles, key, CACHED_SETTINGS, play)

    def reference(self, settings: Settings, is_wanted: Callable[[], bool] = always) -> Reference:
        """Play some settings as what others are compared with, or return them if they are still in memory.

        is_wanted: as of `play`.

        Raises UserError for settings that no lever can take, or that do not go together; NotWanted as `play`.
        """
        settings = checked_settings(self.levers, settings)
        if not settings:
            return self.as_it_is

        def play() -> Reference:
            """Play the reference."""
            return self._reference(settings, self._simulated(self.scenario_at(settings), self.runs, is_wanted))

        with self._lock:
            return _cached(self._references, tuple(settings.items()), CACHED_REFERENCES, play)

    def scenario_at(self, settings: Settings) -> Loaded:
        """Lay some settings over the scenario as it was read at the start.

        Whatever its file says by now.

        Raises UserError if they do not go together.
        """
        return varied(self.loaded, {key: Node(value, LEVER) for key, value in settings.items()})

    def play_run(self, settings: Settings, number: int) -> Crisis:
        """Play one run of the ensemble at some settings, with every reason in the model.

        Raises ValueError for a number outside the ensemble, UserError for settings that no lever can take.
        """
        if not 0 <= number < self.runs:
            raise ValueError(f"there is no run {number}; allowed: 0 to {self.runs - 1}")
        scenario = self.scenario_at(checked_settings(self.levers, settings))
        model = Crisis(compile_scenario(scenario), run=number, seed=self.seed)
        model.run_model()
        return model

    def patch_text(self, settings: Settings) -> str:
        """Write the settings as a scenario file that extends the one that is explored."""
        case, variants = split_variants(self.file)
        files = [_file_name(case), *(f"{FOLDER}/{_file_name(variant)}" for variant in variants)]
        changes = ", ".join(f"{key} is {value}" for key, value in settings.items()) or "all is as it was"
        patch = {
            "extends": files if variants else files[0],
            "name": f"{self.loaded.scenario.name}, explored",
            "description": f"What if {changes}?",
            **settings,
        }
        head = "# Put this beside the scenario that it extends (escalate init DIR copies those that ship).\n"
        return head + write_yaml(patch)

    def _simulated(self, loaded: Loaded, runs: int, is_wanted: Callable[[], bool] = always) -> Played:
        compiled = compile_scenario(loaded)
        totals = empty_totals(compiled, day_step(compiled))
        outcomes = []
        for block in play_blocks(compiled, self.seed, range(runs), totals, block_runs=IN_BLOCK):
            if not is_wanted():
                raise NotWanted
            outcomes.append(block.outcomes)
        return Played(compiled, runs, totals, np.concatenate(outcomes))

    def _played(
        self, settings: Settings, reference: Reference, runs: int, is_wanted: Callable[[], bool]
    ) -> LeverEnsemble:
        played = self._simulated(self.scenario_at(settings), runs, is_wanted)
        errors = [problem for problem in pairing_problems(reference.compiled, played.compiled) if not problem.warning]
        if errors:
            raise UserError(errors)
        return _reduced(settings, played, reference)

    def _reference(self, settings: Settings, played: Played) -> Reference:
        table, waiting = estimates(played.totals.tally), waiting_shares(played)
        return Reference(played.compiled, self.seed, settings, played.outcomes, table, waiting)


def day_step(compiled: Compiled) -> int:
    """Return how many days lie between two that are drawn: one, unless a picture has no room for every day."""
    return -(-compiled.days // MOST_DAYS)


def _cached(cache: "OrderedDict[Any, Cached]", key: Hashable, most: int, play: Callable[[], Cached]) -> Cached:
    """Return what is in memory under a key, or play it; the least recently used leaves beyond so many."""
    if key not in cache:
        cache[key] = play()
    cache.move_to_end(key)
    while len(cache) > most:
        cache.popitem(last=False)
    return cache[key]


def _reduced(settings: Settings, played: Played, reference: Reference) -> LeverEnsemble:
    same_file = played.compiled.loaded.file == reference.compiled.loaded.file
    is_itself = same_file and settings == reference.settings
    return LeverEnsemble(
        settings,
        played.runs,
        estimates(played.totals.tally),
        reference.estimates,
        {} if is_itself else paired_differences(reference, played, headline_only=played.runs < len(reference.outcomes)),
        played.totals.daily.quantiles(),
        waiting_shares(played),
        reference.waiting if _have_the_same_days(played.compiled, reference.compiled) else {},
    )


def _have_the_same_days(one_side: Compiled, other_side: Compiled) -> bool:
    return (one_side.start, one_side.days) == (other_side.start, other_side.days)


def paired_differences(
    reference: Reference, played: Played, headline_only: bool = False
) -> dict[str, PairedDifference]:
    """Compare shares and path classes over pairs of runs with the same luck, as `compare` does.

    Parameters: reference, of at least as many runs, whose first are the pairs' other halves; headline_only, for what
    has no time for the others.
    Returns differences by name of the estimate, of what both have, what was played less the reference.
    """
    before, after = _shares(reference.compiled, reference.outcomes), _shares(played.compiled, played.outcomes)
    differences = {}
    for name, (component, values) in after.items():
        if name in before and (component.headline or not headline_only):
            pairs = Pairs(component)
            pairs.add(before[name][1][: played.runs], values)
            gap = difference(pairs, reference.seed)
            points = (SHARE.gap(number) for number in (gap.difference, gap.low, gap.high))
            differences[name] = PairedDifference(*points)
    return differences


def _shares(compiled: Compiled, outcomes: np.ndarray) -> dict[str, tuple[Component, np.ndarray]]:
    """Split outcomes into shares, by their names: each with its float64 (runs,)."""
    shares = {}
    for column, question in enumerate(compiled.questions):
        unit = unit_of(question)
        parts = unit.split(outcomes[:, column], question)
        for component, values in zip(unit.components(question), parts, strict=True):
            if component.unit.kind == "share":
                shares[component.name] = component, values
    return shares


def waiting_shares(played: Played) -> dict[str, np.ndarray]:
    """Count the runs in which each headline first day has not come.

    Returns by question float64 (days,): the share of runs at the end of each day.
    """
    shares = {}
    for number, question in enumerate(played.compiled.questions):
        if question.metric == "first_day" and question.headline:
            came = played.totals.tally.counts_of(number)[:-1]
            shares[question.name] = 1.0 - np.cumsum(came) / played.runs
    return shares


def _file_name(named: str) -> str:
    """Return the name of the file of a scenario or variant that has a path or a bare name."""
    name = named if named.endswith((".yaml", ".yml")) else f"{named}.yaml"
    return name.replace("\\", "/").rpartition("/")[2]
