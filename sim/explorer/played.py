"""One setting of the levers, played: an ensemble, and its paired differences from the scenario's own."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from sim.engine.crisis import Crisis
from sim.explorer.levers import Settings, checked, levers_of
from sim.results.estimates import Estimate, estimates
from sim.results.intervals import mean_of_runs
from sim.results.simulate import Results, simulate
from sim.results.units import SHARE, unit_of
from sim.scenario.compile import compile_scenario
from sim.scenario.load import Loaded, load
from sim.scenario.yaml_text import write_yaml

KEPT = 24  # settings whose ensembles are kept: going back is at once
Key = tuple[tuple[str, float | str], ...]


@dataclass(frozen=True)
class Gap:
    """What the levers do to one share: the paired difference in points, and its 95 % interval (normal)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Played:
    """An ensemble at some settings, beside that of the scenario as it is."""

    settings: Settings
    results: Results
    estimates: list[Estimate]
    own: list[Estimate]
    gaps: dict[str, Gap]  # by estimate


class Explorer:
    """Plays a scenario at any setting of its levers; the same runs, by their luck, at each. Safe to call from threads."""

    def __init__(self, file: str, runs: int, seed: int):
        self.file, self.runs, self.seed = file, runs, seed
        self.loaded = load(file)
        self.levers = levers_of(self.loaded)
        self.kept: OrderedDict[Key, Played] = OrderedDict()
        self.lock = threading.Lock()
        self.own = self._simulated(self.loaded)
        self.own_estimates = estimates(self.own.totals.tally)

    def play(self, settings: Settings) -> Played:
        """The ensemble at some settings. Raises UserError for settings that no lever can take, or that do not go together."""
        wanted = checked(self.levers, settings)
        key = tuple(wanted.items())
        with self.lock:
            if key not in self.kept:
                results = self._simulated(self.at(wanted)) if wanted else self.own
                found = estimates(results.totals.tally) if wanted else self.own_estimates
                self.kept[key] = Played(wanted, results, found, self.own_estimates, _gaps(self.own, results))
            self.kept.move_to_end(key)
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
            return self.kept[key]

    def at(self, settings: Settings) -> Loaded:
        """The scenario at some settings."""
        return load(self.file, [f"{key}={value}" for key, value in settings.items()])

    def one_run(self, settings: Settings, number: int) -> Crisis:
        """One run of these settings, with every reason kept. Raises ValueError for a run that is not one of the ensemble."""
        if not 0 <= number < self.runs:
            raise ValueError(f"there is no run {number}; allowed: 0 to {self.runs - 1}")
        model = Crisis(compile_scenario(self.at(checked(self.levers, settings))), run=number, seed=self.seed)
        model.run_model()
        return model

    def patch(self, settings: Settings) -> str:
        """The settings as a scenario file that extends the one that is explored."""
        name = self.file if self.file.endswith((".yaml", ".yml")) else f"{self.file}.yaml"
        told = {
            "extends": name.replace("\\", "/").rpartition("/")[2],
            "name": f"{self.loaded.scenario.name}, explored",
            "description": f"What if {', '.join(f'{key} is {value}' for key, value in settings.items()) or 'all is as it was'}?",
            **settings,
        }
        head = "# Put this beside the scenario that it extends (escalate init DIR copies those that ship).\n"
        return head + write_yaml(told)

    def _simulated(self, loaded: Loaded) -> Results:
        return simulate(loaded, self.runs, self.seed, keep_acts_of=1)


def _gaps(own: Results, other: Results) -> dict[str, Gap]:
    """Of every share that both report: pairs of runs with the same luck."""
    here, there = _shares(own), _shares(other)
    return {
        name: Gap(*(SHARE.gap(float(number)) for number in mean_of_runs(there[name] - shares)))
        for name, shares in here.items()
        if name in there
    }


def _shares(results: Results) -> dict[str, np.ndarray]:
    """By estimate: 1 for each run in which it is so, float64 (runs,)."""
    assert results.outcomes is not None
    found: dict[str, np.ndarray] = {}
    for column, question in enumerate(results.compiled.questions):
        unit = unit_of(question)
        parts = zip(unit.components(question), unit.split(results.outcomes[:, column], question), strict=True)
        found |= {component.name: values for component, values in parts if component.unit.kind == "share"}
    return found


def first_days(results: Results) -> dict[str, np.ndarray]:
    """By question: float64 (days,), the share of runs in which it has not come by the end of each day."""
    found = {}
    for number, question in enumerate(results.compiled.questions):
        if question.metric == "first_day" and question.headline:
            came = results.totals.tally.of(number)[:-1]
            found[question.name] = 1.0 - np.cumsum(came) / results.runs
    return found
