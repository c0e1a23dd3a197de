"""Ensembles as measures of stylised facts see them: every act of a block of runs, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.engine.learning import compile_scenario
from sim.engine.loop import scene_of
from sim.results.blocks import Worker
from sim.results.outcomes import questionnaire
from sim.results.posterior import Draws, Posterior, thinned
from sim.scenario.branching import spectral_radius
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded
from sim.scenario.schema import Selection
from sim.scenario.selection import selected

DRAWS = 200  # of a fit: more say little more, and each takes a while to make ready


@dataclass(frozen=True)
class Played:
    """R runs of one scenario over D days; A actions."""

    compiled: Compiled
    runs: int
    acts: np.ndarray  # int (acts, 3): run from 0, day, action; replayed days included
    radii_of: Callable[[], np.ndarray] | None = None  # float64 (R,), the spectral radius of each run's branching matrix

    @classmethod
    def dense(cls, compiled: Compiled, acts: np.ndarray) -> "Played":
        """Make it of bool (R, D, A)."""
        return cls(compiled, len(acts), np.argwhere(acts))

    @property
    def free_from(self) -> int:
        """Return the index of the first day that is not replayed."""
        return self.compiled.free_from

    def upto(self, runs: int) -> "Played":
        """Return only the first runs."""
        if runs >= self.runs:
            return self
        radii_of = self.radii_of
        first = None if radii_of is None else lambda: radii_of()[:runs]
        return Played(self.compiled, runs, self.acts[self.acts[:, 0] < runs], first)

    def any_of(self, selection: Selection) -> np.ndarray:
        """Tell on which days any selected act is done: bool (R, D)."""
        days = np.zeros((self.runs, self.compiled.days), bool)
        run, day = self._where(self.mask(selection))
        days[run, day] = True
        return days

    def count_of(self, selection: Selection) -> np.ndarray:
        """Count the selected acts of each day: float64 (R, D)."""
        return self._summed(self.mask(selection).astype(float))

    def goldstein(self, actor: str, target: str) -> np.ndarray:
        """Sum the Goldstein weights of one actor's acts toward another: float64 (R, D)."""
        weights = [act.goldstein if (act.actor, act.target) == (actor, target) else 0.0 for act in self.compiled.acts]
        return self._summed(np.array(weights))

    def mask(self, selection: Selection) -> np.ndarray:
        """Tell which acts are selected: bool (A,)."""
        names = {act.name for act in selected(self.compiled.acts, selection)}
        return np.array([act.name in names for act in self.compiled.acts])

    def day(self, name: str) -> int:
        """Return the index of a dated event of the scenario."""
        when: date = self.compiled.loaded.scenario.dates[name].date
        return self.compiled.day(when)

    def radii(self) -> np.ndarray:
        """Compute the spectral radius of the branching matrix of the numbers of each run: float64 (R,)."""
        if self.radii_of is not None:
            return self.radii_of()
        return np.full(self.runs, spectral_radius(self.compiled.loaded.scenario))

    def _where(self, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        chosen = self.acts[mask[self.acts[:, 2]]]
        return chosen[:, 0], chosen[:, 1]

    def _summed(self, weights: np.ndarray) -> np.ndarray:
        """Sum the weights of the acts of each run and day: float64 (R, D)."""
        run, day = self._where(weights != 0.0)
        of_acts = weights[self.acts[:, 2]]
        size = self.runs * self.compiled.days
        summed = np.bincount(run * self.compiled.days + day, of_acts[of_acts != 0.0], size)
        return summed.reshape(self.runs, self.compiled.days)


class Ensemble:
    """A scenario made ready, to be played a block of runs at a time.

    Every run has the means of the bases that the record taught: that the record leaves them open makes runs differ, and is
    no property of the model's acts and answers.
    Parameters: draws, of a fit: each run is played with one of at most DRAWS of them.
    Raises UserError for draws that do not fit the scenario.
    """

    def __init__(self, loaded: Loaded, draws: Draws | None = None):
        self.compiled = compile_scenario(loaded, "mean")
        self.posterior = None if draws is None else Posterior(self.compiled, thinned(draws, DRAWS))
        questions = questionnaire(self.compiled)
        self.worker = Worker(self.compiled, scene_of(self.compiled), questions, daily_step=0, posterior=self.posterior)
        self.radii: dict[int, float] = {}  # by draw

    def play(self, seed: int, runs: range) -> Played:
        """Play runs and keep every act. Raises ArithmeticError for a hazard that is not a number."""
        acts = self.worker.play(seed, runs, keep_to=runs.stop).acts.astype(np.int64)
        acts[:, 0] -= runs.start
        return Played(self.compiled, len(runs), acts, lambda: self._radii(seed, runs))

    def draws_of(self, seed: int, runs: range) -> np.ndarray:
        """Return which draw each run is played with, int64 (runs,): 0 for all where the numbers are known."""
        if self.posterior is None:
            return np.zeros(len(runs), np.int64)
        return np.array([self.posterior.draw_of(seed, run) for run in runs], np.int64)

    def _radii(self, seed: int, runs: range) -> np.ndarray:
        draws = self.draws_of(seed, runs).tolist()
        for draw, run in zip(draws, runs, strict=True):
            if draw not in self.radii:
                compiled = self.compiled if self.posterior is None else self.posterior.drawn_scenario(seed, run)[0]
                self.radii[draw] = spectral_radius(compiled.loaded.scenario)
        return np.array([self.radii[draw] for draw in draws])
