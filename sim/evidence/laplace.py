"""The likeliest numbers of a case, and how far the record bends around them: the posterior as a normal distribution.

Quick where a chain is slow: it starts the chains of `sampling`, and stands in for them where a fit is made over and
over, at every origin of a back-test. A skewed posterior is not normal: the draws say so by their weights.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.evidence.case import Case
from sim.scenario.problems import Place, Problem, UserError

STEP = 1e-5  # in standard deviations of the prior, for slopes
WIDE_STEP = 2e-2  # for curvature
AROUND = 0.1  # how far away a better point is looked for
WORTH = 0.02  # of log density: what another climb is worth
LEFT = 1e-5  # of log density: what a climb may leave, by its own reckoning
LONGEST = 2.0  # step of a climb, in standard deviations of the prior
SHORTEST = 1e-4
STEPS = 500  # of one climb
CLIMBS = 30
LogDensity = Callable[[np.ndarray], np.ndarray]  # float64 (points,), of float64 (points, numbers)


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


def peak_of(case: Case, density: LogDensity | None = None) -> Peak:
    """Find the peak of the posterior, from the middle of the priors.

    A search that starts at the peak of a month before takes a fifth fewer likelihoods in all, but then a forecast would
    hang on which others are asked for.
    Parameters: density, what computes the log-posterior density, by default the case's own.
    Raises UserError where the record is impossible, or the search does not end.
    """
    density = density or case.density
    z, inverse = np.zeros(len(case.keys)), np.eye(len(case.keys))
    check_possible(case, density)
    z, reached = climb(case, density, z, inverse)
    points = around(z)
    return Peak(case, z, covariance_of(curvature_of(density(points) - reached, len(z))), reached)


def check_possible(case: Case, density: LogDensity) -> None:
    """Check that the middle of the priors gives the record a chance. Raises UserError, with the acts that have none."""
    z = np.zeros(len(case.keys))
    if not np.isfinite(density(z[None])[0]):
        scored = case.score(case.priors.values(z).tolist())
        never = [
            act.name for act, term in zip(scored.compiled.acts, scored.terms, strict=True) if not np.isfinite(term)
        ]
        text = f"the record has acts that the model gives no chance: {', '.join(never) or 'a hazard is not a number'}"
        place = Place(case.loaded.file, 0)
        raise UserError([Problem(place, "channels", text, "a base above 0 for every channel that acts")])


def climb(
    case: Case, density: LogDensity, z: np.ndarray, inverse: np.ndarray, left: float = LEFT
) -> tuple[np.ndarray, float]:
    """Climb from a point to the peak of a log density.

    Parameters: inverse, float64 (numbers, numbers), a guess at the inverse of the curvature; left, what a climb may
    leave of the log density, by its own reckoning.
    Returns the peak and the log density there. Raises UserError where the search does not end.
    """
    for _ in range(CLIMBS):
        z, reached, inverse = _climb(density, z, inverse, left)
        better, best = _best_around(density, z)
        if best <= reached + WORTH:
            return z, reached
        z = better
    text = "the search for the likeliest numbers did not end"
    raise UserError([Problem(Place(case.loaded.file, 0), "", text, "other --free numbers, or another --until")])


def _climb(
    density: LogDensity, z: np.ndarray, inverse: np.ndarray, left: float
) -> tuple[np.ndarray, float, np.ndarray]:
    """Climb to where no slope is left (Broyden, Fletcher, Goldfarb & Shanno 1970).

    Parameters: inverse, float64 (numbers, numbers), a guess at the inverse of the curvature.
    Returns the point, its log density, and the guess as it is then. A step that climbs too little is halved, so that
    what cannot be computed is stepped back from; where none climbs, the density has a step that no slope sees.
    """
    value = float(density(z[None])[0])
    slope = _slope(density, z, value)
    for _ in range(STEPS):
        way = inverse @ slope
        if slope @ way <= 2.0 * left:
            break
        way *= min(1.0, LONGEST / float(np.linalg.norm(way)))
        size, climbed = 1.0, -np.inf
        while size > SHORTEST:
            climbed = float(density((z + size * way)[None])[0])
            if climbed >= value + 1e-4 * size * float(slope @ way):
                break
            size /= 2.0
        else:
            break
        step, z, value = size * way, z + size * way, climbed
        bent = slope - (slope := _slope(density, z, value))
        inverse = _updated(inverse, step, bent)
    return z, value, inverse


def _updated(inverse: np.ndarray, step: np.ndarray, bent: np.ndarray) -> np.ndarray:
    """Return the inverse of the curvature after a step along which the slope fell by `bent`; as it was where it did not."""
    along = float(step @ bent)
    if along <= 1e-10 * float(step @ step):
        return inverse
    side = np.eye(len(step)) - np.outer(step, bent) / along
    return np.asarray(side @ inverse @ side.T + np.outer(step, step) / along)


def _best_around(density: LogDensity, z: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the best of the points around another: where a requirement turns, the density has steps that no slope sees."""
    steps = AROUND * np.eye(len(z))
    points = np.concatenate([z + steps, z - steps])
    heights = density(points)
    best = int(np.argmax(heights))
    return points[best], float(heights[best])


def _slope(density: LogDensity, z: np.ndarray, value: float) -> np.ndarray:
    """float64 (numbers,): forward differences; the density's digits are enough for so short a step."""
    return np.asarray((density(z + STEP * np.eye(len(z))) - value) / STEP)


def around(z: np.ndarray) -> np.ndarray:
    """List the points around another that `curvature_of` wants the log densities of: float64 (n² + n, n)."""
    size = len(z)
    steps = WIDE_STEP * np.eye(size)
    ones, others = np.triu_indices(size, 1)
    single, double = np.concatenate([steps, -steps]), steps[ones] + steps[others]
    return z + np.concatenate([single, double, -double])


def curvature_of(heights: np.ndarray, size: int) -> np.ndarray:
    """Compute how a log density bends down at a point, by second differences: float64 (..., size, size).

    Parameters: heights, float64 (..., n² + n), above the point itself, of the points `around` it.
    """
    ones, others = np.triu_indices(size, 1)
    up, down, both_up, both_down = np.split(heights, [size, 2 * size, 2 * size + len(ones)], axis=-1)
    bends = up + down
    curvature = np.zeros((*heights.shape[:-1], size, size))
    curvature[..., range(size), range(size)] = -bends
    curvature[..., ones, others] = -(both_up + both_down - bends[..., ones] - bends[..., others]) / 2.0
    curvature[..., others, ones] = curvature[..., ones, others]
    return curvature / WIDE_STEP**2


def covariance_of(curvature: np.ndarray) -> np.ndarray:
    """Return the inverse of the curvature of a log-posterior density.

    No direction is wider than the prior's own tails allow: where the posterior is flatter than that, its differences
    are noise.
    """
    values, vectors = np.linalg.eigh(curvature)
    widest = 1.0 / np.maximum(values, 0.25)
    return np.asarray((vectors * widest) @ vectors.T)
