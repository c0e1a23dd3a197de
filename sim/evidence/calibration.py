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
from sim.evidence.parallel import mapped
from sim.results.intervals import NORMAL
from sim.rules.arrays import FORCED, FREE, WITHHELD
from sim.scenario.problems import Place, Problem, UserError

RANKS = 19  # draws that a truth is ranked among: twenty places


@dataclass(frozen=True)
class Calibration:
    """N simulated cases of a case's length; z are standard normal deviates of the numbers."""

    case: Case
    truth: np.ndarray  # float64 (N, numbers), z
    found: np.ndarray  # float64 (N, numbers): peak of the posterior, z
    spread: np.ndarray  # float64 (N, numbers): its standard deviation
    ranks: np.ndarray  # int64 (N, numbers): 0 to RANKS
    acts: np.ndarray  # int64 (N,): acts of each case
    failed: int  # cases that could not be fitted

    @property
    def covered(self) -> np.ndarray:
        """float64 (numbers,): share of cases whose 95 % interval holds the truth."""
        return np.asarray((np.abs(self.truth - self.found) < NORMAL * self.spread).mean(axis=0))

    @property
    def recovered(self) -> np.ndarray:
        """float64 (numbers,): correlation of truth and peak over cases; 0 where nothing is learned."""
        both = zip(self.truth.T, self.found.T, strict=True)
        return np.array([np.corrcoef(one, other)[0, 1] if other.std() > 0.0 else 0.0 for one, other in both])

    @property
    def uniformity(self) -> np.ndarray:
        """float64 (numbers,): p of a χ² test that ranks are uniform."""
        bins = min(RANKS + 1, max(2, len(self.ranks) // 10))
        edges = np.linspace(0, RANKS + 1, bins + 1)
        counts = [np.histogram(column, edges)[0] for column in self.ranks.T]
        expected = np.diff(np.ceil(edges))
        return np.array([_uniform_p(one, expected / expected.sum() * one.sum()) for one in counts])


def _uniform_p(counts: np.ndarray, expected: np.ndarray) -> float:
    """Return how likely counts that stray so far from what is expected are (Pearson 1900)."""
    return float(special.chdtrc(len(counts) - 1, ((counts - expected) ** 2 / expected).sum()))


def simulated(case: Case, z: np.ndarray, seed: int, run: int) -> Case:
    """A case that never happened: as long, played at numbers of which z are the deviates."""
    compiled = case.revaluer().at(case.priors.values(z).tolist())
    free = replace(compiled, tables=compiled.tables._replace(schedule=np.full_like(compiled.tables.schedule, FREE)))
    acts = next(acts.copy() for _, acts, _ in play_runs(free, seed, range(run, run + 1)))
    return replace(case, schedule=np.where(acts > 0, FORCED, WITHHELD).astype(np.int8))


def _one(case: Case, seed: int, run: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int] | None:
    """Truth, peak, spread, ranks and acts of one case; None where the search for its peak did not end."""
    rng = np.random.default_rng([seed, run])
    truth = rng.standard_normal(len(case.keys))
    made = simulated(case, truth, seed, run)
    try:
        peak = peak_of(made, density=Density(made, threads=1))  # cases are shared out, not parts of one
    except UserError:  # counted, and told
        return None
    draws = peak.draws(RANKS, rng)
    acts = int(made.scored(made.priors.values(truth).tolist()).done.sum())
    return truth, peak.z, np.sqrt(np.diag(peak.covariance)), (draws < truth).sum(axis=0), acts


def calibrate(
    case: Case, cases: int, seed: int, workers: int, each: Callable[[int], object] = lambda cases: None
) -> Calibration:
    """Simulate and fit so many cases. The same for the same seed, whatever the number of workers."""
    found = []
    case = replace(case)  # without what it has reckoned so far, which no process can be handed
    for one in mapped(partial(_one, case, seed), range(cases), workers):
        found += [] if one is None else [one]
        each(1)
    if len(found) < 2:
        text = f"of {cases} simulated cases {len(found)} could be fitted"
        raise UserError([Problem(Place(case.loaded.file, 0), "", text, "other --free numbers, or another --until")])
    truth, peaks, spreads, ranks, acts = (np.array(part) for part in zip(*found, strict=True))
    return Calibration(case, truth, peaks, spreads, ranks, acts, cases - len(found))


def calibration_rows(result: Calibration) -> list[dict[str, Any]]:
    """A row a number."""
    columns = zip(result.case.keys, result.recovered, result.covered, result.uniformity, strict=True)
    of = {
        "cases": len(result.acts),
        "failed": result.failed,
        "fewest_acts": int(np.min(result.acts)),
        "middle_acts": int(np.median(result.acts)),
        "most_acts": int(np.max(result.acts)),
    }
    return [
        {"number": key, "recovered": float(recovered), "covered": float(covered), "uniform_p": float(p), **of}
        for key, recovered, covered, p in columns
    ]
