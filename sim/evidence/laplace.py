"""The likeliest numbers of a case, and how far the record bends around them: the posterior as a normal distribution.

Quick where a chain is slow: it starts the chains of `sampling`, and stands in for them where a fit is made over and
over, at every origin of a back-test. A skewed posterior is not normal: the draws say so by their weights.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from sim.evidence.case import Case, Density
from sim.scenario.problems import Place, Problem, UserError

STEP = 1e-4  # in standard deviations of the prior, for slopes
WIDE_STEP = 2e-2  # for curvature
AROUND = 0.1  # how far away a better point is looked for
WORTH = 0.02  # of log density: what another climb is worth
CLIMBS = 30


@dataclass(frozen=True)
class Peak:
    """The mode of a posterior and the normal distribution around it, in standard normal deviates of the numbers."""

    case: Case
    z: np.ndarray  # float64 (numbers,)
    covariance: np.ndarray  # float64 (numbers, numbers)
    log_density: float

    @property
    def values(self) -> np.ndarray:
        """Return the likeliest numbers, given record and priors: float64 (numbers,)."""
        return self.case.priors.values(self.z)

    def draws(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw deviates from the normal distribution around the peak: float64 (count, numbers)."""
        root = np.linalg.cholesky(self.covariance)
        return self.z + rng.standard_normal((count, len(self.z))) @ root.T


def peak_of(case: Case, start: np.ndarray | None = None, density: Density | None = None) -> Peak:
    """Find the peak of the posterior.

    Parameters: start, float64 (numbers,), deviates to search from, by default the middle of the priors; density, what
    computes the log-posterior density, by default the case's own.
    Raises UserError where the record is impossible, or the search does not end.
    """
    density = density or case.density
    z = np.zeros(len(case.keys)) if start is None else start
    if not np.isfinite(density(z[None])[0]):
        scored = case.score(case.priors.values(z).tolist())
        never = [
            act.name for act, term in zip(scored.compiled.acts, scored.terms, strict=True) if not np.isfinite(term)
        ]
        text = f"the record has acts that the model gives no chance: {', '.join(never) or 'a hazard is not a number'}"
        place = Place(case.loaded.file, 0)
        raise UserError([Problem(place, "channels", text, "a base above 0 for every channel that acts")])
    for _ in range(CLIMBS):
        result = minimize(
            lambda point: -float(density(point[None])[0]),
            z,
            jac=lambda point: -_slope(density, point, STEP),
            method="L-BFGS-B",
            bounds=[(-6.0, 6.0)] * len(z),
            options={"maxiter": 500, "ftol": 1e-10, "gtol": 1e-3},
        )
        z = _best_around(density, result.x)
        if float(density(z[None])[0]) <= -float(result.fun) + WORTH:
            break
    else:
        text = "the search for the likeliest numbers did not end"
        raise UserError([Problem(Place(case.loaded.file, 0), "", text, "other --free numbers, or another --until")])
    return Peak(case, result.x, _covariance(density, result.x), -float(result.fun))


def _best_around(density: Density, z: np.ndarray) -> np.ndarray:
    """The best of some points around another: where a requirement turns, the density has steps that no slope sees."""
    steps = AROUND * np.eye(len(z))
    points = np.concatenate([z[None], z + steps, z - steps])
    return np.asarray(points[int(np.argmax(density(points)))])


def _slope(density: Density, z: np.ndarray, step: float) -> np.ndarray:
    steps = step * np.eye(len(z))
    up, down = np.split(density(np.concatenate([z + steps, z - steps])), 2)
    return (up - down) / (2.0 * step)


def _covariance(density: Density, z: np.ndarray) -> np.ndarray:
    """The inverse of the curvature at the peak, by differences of slopes. No direction is wider than the prior's own
    tails allow: where the posterior is flatter than that, its differences are noise."""
    size = len(z)
    steps = WIDE_STEP * np.eye(size)
    rows = [(_slope(density, z + step, WIDE_STEP) - _slope(density, z - step, WIDE_STEP)) for step in steps]
    curvature = -np.array(rows) / (2.0 * WIDE_STEP)
    values, vectors = np.linalg.eigh(0.5 * (curvature + curvature.T))
    widest = 1.0 / np.maximum(values, 0.25)
    return np.asarray((vectors * widest) @ vectors.T)
