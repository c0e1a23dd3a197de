"""Ensembles as measures of stylised facts see them: every act of every run, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sim.engine.learning import compile_scenario
from sim.engine.loop import scene_of
from sim.results.blocks import Worker
from sim.results.outcomes import questionnaire
from sim.results.posterior import Draws, Posterior, thinned
from sim.scenario.branching import spectral_radius
from sim.scenario.compile import Compiled
from sim.scenario.load import load
from sim.scenario.schema import Selection
from sim.scenario.selection import selected

DRAWS = 200  # of a fit: more say little more, and each takes a while to make ready
RADII = 100  # runs whose branching is reckoned


@dataclass(frozen=True)
class Played:
    """R runs of one scenario over D days; A actions."""

    compiled: Compiled
    acts: np.ndarray  # bool (R, D, A), replayed days included
    radii: tuple[float, ...] = ()  # spectral radius of the branching matrix of each set of numbers that was played

    @property
    def free_from(self) -> int:
        """Return the index of the first day that is not replayed."""
        return self.compiled.free_from

    def some(self, runs: np.ndarray) -> "Played":
        """Return only some of the runs, by their indices."""
        radii = self.radii if len(self.radii) == 1 else tuple(self.radii[run] for run in runs if run < len(self.radii))
        return replace(self, acts=self.acts[runs], radii=radii)

    def any_of(self, selection: Selection) -> np.ndarray:
        """Tell on which days any selected act is done: bool (R, D)."""
        return np.asarray(self.acts[:, :, self.mask(selection)].any(axis=2))

    def count_of(self, selection: Selection) -> np.ndarray:
        """Count the selected acts of each day: int64 (R, D)."""
        return np.asarray(self.acts[:, :, self.mask(selection)].sum(axis=2))

    def goldstein(self, actor: str, target: str) -> np.ndarray:
        """Sum the Goldstein weights of one actor's acts toward another: float64 (R, D)."""
        weights = [act.goldstein if (act.actor, act.target) == (actor, target) else 0.0 for act in self.compiled.acts]
        return np.asarray(self.acts @ np.array(weights))

    def mask(self, selection: Selection) -> np.ndarray:
        """Tell which acts are selected: bool (A,)."""
        names = {act.name for act in selected(self.compiled.acts, selection)}
        return np.array([act.name in names for act in self.compiled.acts])

    def day(self, name: str) -> int:
        """Return the index of a dated event of the scenario."""
        when: date = self.compiled.loaded.scenario.dates[name].date
        return self.compiled.day(when)


def play(file: str, settings: Iterable[str], runs: int, seed: int, draws: Draws | None = None) -> Played:
    """Play an ensemble and keep every act of every run.

    Parameters: draws, of a fit: each run is played with one of at most DRAWS of them.
    Raises UserError for a scenario or draws that are not sound, ArithmeticError for a hazard that is not a number.
    """
    compiled = compile_scenario(load(file, settings))
    posterior = None if draws is None else Posterior(compiled, thinned(draws, DRAWS))
    worker = Worker(compiled, scene_of(compiled), questionnaire(compiled), with_daily=False, posterior=posterior)
    run, day, action = worker.play(seed, range(runs), keep_to=runs).acts.T
    acts = np.zeros((runs, compiled.days, len(compiled.acts)), bool)
    acts[run, day, action] = True
    scenarios = (
        [compiled] if posterior is None else [posterior.drawn_scenario(seed, run)[0] for run in range(min(runs, RADII))]
    )
    return Played(compiled, acts, tuple(spectral_radius(scenario.loaded.scenario) for scenario in scenarios))
