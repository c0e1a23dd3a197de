"""Ensembles as measures of stylised facts see them: every act of every run, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sim.engine.ceilings import ceilings
from sim.results.blocks import Worker
from sim.results.outcomes import questionnaire
from sim.results.posterior import Draws, Posterior, thinned
from sim.scenario.branching import spectral_radius
from sim.scenario.compile import Compiled, compile_scenario
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
        """Index of the first day that is not replayed."""
        return self.compiled.free_from

    def some(self, runs: np.ndarray) -> "Played":
        """Only some of the runs."""
        own = self.radii if len(self.radii) == 1 else tuple(self.radii[run] for run in runs if run < len(self.radii))
        return replace(self, acts=self.acts[runs], radii=own)

    def any_of(self, selection: Selection) -> np.ndarray:
        """bool (R, D): days on which any selected act is done."""
        return np.asarray(self.acts[:, :, self.mask(selection)].any(axis=2))

    def count_of(self, selection: Selection) -> np.ndarray:
        """int64 (R, D): how many selected acts are done on each day."""
        return np.asarray(self.acts[:, :, self.mask(selection)].sum(axis=2))

    def goldstein(self, actor: str, target: str) -> np.ndarray:
        """float64 (R, D): the sum of the Goldstein weights of one actor's acts toward another."""
        weights = [act.goldstein if (act.actor, act.target) == (actor, target) else 0.0 for act in self.compiled.acts]
        return np.asarray(self.acts @ np.array(weights))

    def mask(self, selection: Selection) -> np.ndarray:
        """bool (A,): the selected acts."""
        names = {act.name for act in selected(self.compiled.acts, selection)}
        return np.array([act.name in names for act in self.compiled.acts])

    def day(self, name: str) -> int:
        """The index of a dated event of the scenario."""
        when: date = self.compiled.loaded.scenario.dates[name].date
        return self.compiled.day(when)


def play(file: str, settings: Iterable[str], runs: int, seed: int, draws: Draws | None = None) -> Played:
    """Play an ensemble; with draws of a fit, each run has one of so many of them."""
    compiled = compile_scenario(load(file, settings))
    posterior = None if draws is None else Posterior(compiled, thinned(draws, DRAWS))
    worker = Worker(compiled, ceilings(compiled), questionnaire(compiled), with_daily=False, posterior=posterior)
    run, day, action = worker.play(seed, range(runs), keep_to=runs).acts.T
    acts = np.zeros((runs, compiled.days, len(compiled.acts)), bool)
    acts[run, day, action] = True
    own = [compiled] if posterior is None else [posterior.of(seed, run)[0] for run in range(min(runs, RADII))]
    return Played(compiled, acts, tuple(spectral_radius(one.loaded.scenario) for one in own))
