"""Ensembles as measures of stylised facts see them: every act of every run, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sim.engine.ensemble import play_runs
from sim.results.posterior import Draws, Posterior
from sim.scenario.compile import Compiled, compile_scenario
from sim.scenario.load import load
from sim.scenario.schema import Selection
from sim.scenario.selection import selected

Window = slice


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
    """Play an ensemble; with draws of a fit, each run has its own."""
    from sim.scenario.branching import spectral_radius

    compiled = compile_scenario(load(file, settings))
    acts = np.zeros((runs, compiled.days, len(compiled.acts)), bool)
    if draws is None:
        for run, done, _ in play_runs(compiled, seed, range(runs)):
            acts[run] = done
        return Played(compiled, acts, (spectral_radius(compiled.loaded.scenario),))
    posterior = Posterior(compiled, draws)
    radii = []
    for run in range(runs):
        own, _ = posterior.of(seed, run)
        for _, done, _ in play_runs(own, seed, range(run, run + 1)):
            acts[run] = done
        if run < 100:
            radii.append(spectral_radius(own.loaded.scenario))
    return Played(compiled, acts, tuple(radii))
