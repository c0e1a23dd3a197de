"""Would a fit find the truth? Cases that are simulated at numbers drawn from the priors, and fitted like any other.

Recovery: how near the fit comes to the numbers that made a case. Calibration: over many cases the rank of the truth
among the draws of its posterior is uniform, if fit, likelihood and priors are right (Talts et al. 2018).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from scipy import special

from sim.engine.loop import play_runs
from sim.evidence.case import Case, Density
from sim.evidence.laplace import peak_of
from sim.evidence.parts import NOT_KEPT, Part, Parts
from sim.results.intervals import NORMAL
from sim.rules.arrays import FORCED, FREE, WITHHELD
from sim.scenario.problems import Place, Problem, UserError
from sim.scenario.taught import unlearned

RANKS = 19  # draws that a truth is ranked among: twenty places


@dataclass(frozen=True)
class Calibration:
    """N simulated cases of a case's length; z are standard normal deviates of the numbers."""

    case: Case
    truth: np.ndarray  # float64 (N, numbers), z
    peaks: np.ndarray  # float64 (N, numbers): peak of the posterior, z
    spread: np.ndarray  # float64 (N, numbers): its standard deviation
    ranks: np.ndarray  # int64 (N, numbers): 0 to RANKS
    acts: np.ndarray  # int64 (N,): acts of each case
    failed: int  # cases that could not be fitted

    @property
    def covered(self) -> np.ndarray:
        """Return the share of cases whose 95 % interval holds the truth: float64 (numbers,)."""
        return np.asarray((np.abs(self.truth - self.peaks) < NORMAL * self.spread).mean(axis=0))

    @property
    def recovered(self) -> np.ndarray:
        """Return the correlation of truth and peak over cases, 0 where nothing is learned: float64 (numbers,)."""
        both = zip(self.truth.T, self.peaks.T, strict=True)
        return np.array([np.corrcoef(truth, peak)[0, 1] if peak.std() > 0.0 else 0.0 for truth, peak in both])

    @property
    def uniformity(self) -> np.ndarray:
        """Return p of a χ² test that ranks are uniform: float64 (numbers,)."""
        bins = min(RANKS + 1, max(2, len(self.ranks) // 10))
        edges = np.linspace(0, RANKS + 1, bins + 1)
        counts = [np.histogram(column, edges)[0] for column in self.ranks.T]
        expected = np.diff(np.ceil(edges))
        return np.array([_uniform_p(observed, expected / expected.sum() * observed.sum()) for observed in counts])


def _uniform_p(counts: np.ndarray, expected: np.ndarray) -> float:
    """Return how likely counts that stray so far from what is expected are (Pearson 1900)."""
    return float(special.chdtrc(len(counts) - 1, ((counts - expected) ** 2 / expected).sum()))


def simulate_case(case: Case, z: np.ndarray, seed: int, run: int) -> Case:
    """Simulate a case that never happened, as long as another. z: float64 (numbers,), deviates of its numbers."""
    compiled = case.revaluer().with_values(case.priors.values(z).tolist())
    tables = compiled.tables._replace(schedule=np.full_like(compiled.tables.schedule, FREE))
    free = replace(compiled, tables=tables, teaching=unlearned(compiled))
    acts = next(acts.copy() for _, acts, _ in play_runs(free, seed, range(run, run + 1)))
    return replace(case, schedule=np.where(acts > 0, FORCED, WITHHELD).astype(np.int8))


def _fit_case(case: Case, seed: int, run: int) -> Part:
    """Truth, peak, spread, ranks and acts of one case, as a part; nothing where the search for its peak did not end."""
    rng = np.random.default_rng([seed, run])
    truth = rng.standard_normal(len(case.keys))
    simulated = simulate_case(case, truth, seed, run)
    try:
        # one thread: processes share out whole cases
        peak = peak_of(simulated, density=Density(simulated, threads=1))
    except UserError:  # counted, and reported
        return {}
    draws = peak.draws(RANKS, rng)
    acts = int(simulated.score(simulated.priors.values(truth).tolist()).acts.sum())
    spread, ranks = np.sqrt(np.diag(peak.covariance)), (draws < truth).sum(axis=0)
    return {"truth": truth, "peak": peak.z, "spread": spread, "ranks": ranks, "acts": acts}


def calibrate(
    case: Case,
    cases: int,
    seed: int,
    workers: int,
    each: Callable[[int], object] = lambda cases: None,
    parts: Parts = NOT_KEPT,
) -> Calibration:
    """Simulate and fit so many cases.

    The result is the same for the same seed, whatever the number of workers.
    Parameters: workers, how many processes; each, called with 1 after each case; parts, where finished cases are kept.
    Raises UserError where fewer than two cases could be fitted.
    """
    fits = []
    case = replace(case)  # without what it has computed so far, which cannot be sent to a process
    tasks = {f"case {run}": run for run in range(cases)}
    for fitted in parts.collect(partial(_fit_case, case, seed), tasks, workers, each):
        fits += [fitted] if fitted else []
    if len(fits) < 2:
        text = f"of {cases} simulated cases {len(fits)} could be fitted"
        raise UserError([Problem(Place(case.loaded.file, 0), "", text, "other --free numbers, or another --until")])
    names = ("truth", "peak", "spread", "ranks", "acts")
    truth, peaks, spreads, ranks, acts = (np.array([fitted[name] for fitted in fits]) for name in names)
    return Calibration(case, truth, peaks, spreads, ranks, acts, cases - len(fits))


def calibration_rows(result: Calibration) -> list[dict[str, Any]]:
    """Return the table of a calibration: a row for each number."""
    columns = zip(result.case.keys, result.recovered, result.covered, result.uniformity, strict=True)
    counts = {
        "cases": len(result.acts),
        "failed": result.failed,
        "fewest_acts": int(np.min(result.acts)),
        "middle_acts": int(np.median(result.acts)),
        "most_acts": int(np.max(result.acts)),
    }
    return [
        {"number": key, "recovered": float(recovered), "covered": float(covered), "uniform_p": float(p), **counts}
        for key, recovered, covered, p in columns
    ]
