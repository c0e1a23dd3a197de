"""Ensembles of a scenario at settings of its levers, and their paired differences from the scenario as it is."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.explorer.levers import Settings, checked_settings, levers_of
from sim.results.estimates import Estimate, estimates
from sim.results.intervals import mean_of_runs
from sim.results.simulate import Results, simulate
from sim.results.units import SHARE, unit_of
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded, load, varied
from sim.scenario.nodes import Node
from sim.scenario.problems import Place
from sim.scenario.variants import FOLDER, split_variants
from sim.scenario.yaml_text import write_yaml

CACHED_SETTINGS = 24  # settings whose ensembles stay in memory: going back to one is immediate
LEVER = Place("lever", 0)  # where messages say that a setting was made


@dataclass(frozen=True)
class PairedDifference:
    """What the levers do to one share: mean and 95 % interval (normal) over pairs of runs, in percentage points."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class LeverEnsemble:
    """An ensemble at some settings, reduced to what the page shows: kilobytes, where the results of its runs take megabytes.

    settings: what differs from the scenario as it is.
    estimates, base: every outcome at these settings, and of the scenario as it is.
    differences: by name of the estimate, for shares and path classes.
    tension: by share of runs, float64 (days, pairs) in marks: the quantiles of each day.
    waiting: by name of a headline question that asks for a first day, float64 (days,): the share of runs in which that
        day has not come by the end of each day.
    """

    settings: Settings
    runs: int
    estimates: list[Estimate]
    base: list[Estimate]
    differences: dict[str, PairedDifference]
    tension: dict[float, np.ndarray]
    waiting: dict[str, np.ndarray]


class Explorer:
    """Plays a scenario at any setting of its levers, with the same runs, by their luck, at each. Safe to call from threads.

    Parameters: file, a scenario file or the name of one that ships; runs of each ensemble; seed of their luck.
    Raises UserError for a scenario that is not sound, ArithmeticError if a hazard is not a number.
    """

    def __init__(self, file: str, runs: int, seed: int):
        self.file, self.runs, self.seed = file, runs, seed
        self.loaded = load(file)
        self.levers = levers_of(self.loaded)
        self._ensembles: OrderedDict[tuple[tuple[str, float | str], ...], LeverEnsemble] = OrderedDict()
        self._lock = threading.Lock()
        results = self._simulated(self.loaded)
        self.compiled: Compiled = results.compiled
        self._base_outcomes = _outcomes(results)
        self.base = self._reduced({}, results, estimates(results.totals.tally))

    def play(self, settings: Settings) -> LeverEnsemble:
        """Play the ensemble at some settings, or return it if it is still in memory.

        Raises UserError for settings that no lever can take, or that do not go together.
        """
        settings = checked_settings(self.levers, settings)
        if not settings:
            return self.base
        key = tuple(settings.items())
        with self._lock:
            if key not in self._ensembles:
                results = self._simulated(self.scenario_at(settings))
                self._ensembles[key] = self._reduced(settings, results, self.base.estimates)
            self._ensembles.move_to_end(key)
            while len(self._ensembles) > CACHED_SETTINGS:
                self._ensembles.popitem(last=False)
            return self._ensembles[key]

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

    def _simulated(self, loaded: Loaded) -> Results:
        return simulate(loaded, self.runs, self.seed, keep_acts_of=1)

    def _reduced(self, settings: Settings, results: Results, base: list[Estimate]) -> LeverEnsemble:
        return LeverEnsemble(
            settings,
            results.runs,
            estimates(results.totals.tally),
            base,
            paired_differences(self.compiled, self._base_outcomes, _outcomes(results)),
            results.totals.daily.quantiles(),
            waiting_shares(results),
        )


def paired_differences(compiled: Compiled, before: np.ndarray, after: np.ndarray) -> dict[str, PairedDifference]:
    """Compare shares and path classes over pairs of runs with the same luck.

    Parameters: before and after, float64 (runs, questions), outcomes of the same questions of the same runs.
    Returns differences by name of the estimate, after less before.
    """
    differences = {}
    for column, question in enumerate(compiled.questions):
        unit = unit_of(question)
        sides = (unit.split(side[:, column], question) for side in (before, after))
        for component, old, new in zip(unit.components(question), *sides, strict=True):
            if component.unit.kind == "share":
                gap = (SHARE.gap(float(number)) for number in mean_of_runs(new - old))
                differences[component.name] = PairedDifference(*gap)
    return differences


def waiting_shares(results: Results) -> dict[str, np.ndarray]:
    """Count the runs in which each headline first day has not come.

    Returns by question float64 (days,): the share of runs at the end of each day.
    """
    shares = {}
    for number, question in enumerate(results.compiled.questions):
        if question.metric == "first_day" and question.headline:
            came = results.totals.tally.counts_of(number)[:-1]
            shares[question.name] = 1.0 - np.cumsum(came) / results.runs
    return shares


def _file_name(named: str) -> str:
    """Return the name of the file of a scenario or variant that has a path or a bare name."""
    name = named if named.endswith((".yaml", ".yml")) else f"{named}.yaml"
    return name.replace("\\", "/").rpartition("/")[2]


def _outcomes(results: Results) -> np.ndarray:
    assert results.outcomes is not None  # `simulate` keeps them unless another takes the blocks
    return results.outcomes
