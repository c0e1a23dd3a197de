"""The numbers that cases share: where their common posterior is highest, how far it bends, and who pulls it where.

    ln posterior = Σ over cases ln L(case | shared numbers) - ½·z·z

Nothing of a case is assumed but its backing and its dates: its bases and mixes are learned within it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from sim.evidence.case import Case, Density
from sim.evidence.laplace import WIDE_STEP, around, check_possible, climb, covariance_of, curvature_of
from sim.evidence.parts import Part
from sim.evidence.pool_cases import Pool, holding
from sim.evidence.priors import Priors
from sim.results.intervals import NORMAL

NEAR = 0.01  # of log density: how near the peak a fit without a case or an idea must come
Row = dict[str, Any]


class Together:
    """The log-posterior density of numbers that cases share, over standard normal deviates z of these.

    Parameters: each, called with the number of points as they are weighed.
    """

    def __init__(self, cases: Sequence[Case], threads: int, each: Callable[[int], object] = lambda points: None):
        self.densities = [Density(case, threads) for case in cases]
        self.each = each

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Compute the density, float64 (points,), at z, float64 (points, numbers)."""
        return np.asarray(self.by_case(z).sum(axis=0) - 0.5 * (z * z).sum(axis=1))

    def by_case(self, z: np.ndarray) -> np.ndarray:
        """Compute ln L of each case at each point: float64 (cases, points)."""
        ln_l = np.array([density.log_likelihood(z) for density in self.densities])
        self.each(len(z))
        return ln_l


@dataclass(frozen=True)
class SharedFit:
    """The peak of all cases together, and what each case says there; N cases, K numbers."""

    z: np.ndarray  # float64 (K,)
    log_likelihoods: np.ndarray  # float64 (N,)
    slopes: np.ndarray  # float64 (N, K), of each ln L
    curvatures: np.ndarray  # float64 (N, K, K), of each -ln L

    @property
    def covariance(self) -> np.ndarray:
        """Return the covariance of the deviates of the numbers: float64 (K, K)."""
        return covariance_of(self.curvatures.sum(axis=0) + np.eye(len(self.z)))


def fit_part(cases: Sequence[Case], threads: int, each: Callable[[int], object] = lambda points: None) -> Part:
    """Find the peak of all cases together, as a part.

    Parameters: each, called with how many points were weighed. Raises UserError where a record is impossible.
    """
    together = Together(cases, threads, each)
    for case, density in zip(cases, together.densities, strict=True):
        check_possible(case, density)
    size = len(cases[0].keys)
    z, _ = climb(cases[0], together, np.zeros(size), np.eye(size))
    here = together.by_case(z[None])
    heights = together.by_case(around(z)) - here
    slopes = (heights[:, :size] - heights[:, size : 2 * size]) / (2.0 * WIDE_STEP)
    return {"z": z, "log_likelihoods": here[:, 0], "slopes": slopes, "curvatures": curvature_of(heights, size)}


@dataclass(frozen=True)
class Refit:
    """A fit that is wanted: of some of the cases, with some numbers at 0."""

    cases: list[Case]
    fixed: list[str]  # keys of numbers that are 0
    without: int | None  # the case that is left out
    whole: SharedFit


def refit_part(task: Refit) -> Part:
    """Fit the numbers anew without a case or some of the numbers, as a part.

    The search starts where the peak of all cases points to; of the spread, what the other cases say there is kept.
    """
    keys = task.cases[0].keys
    free = [index for index, key in enumerate(keys) if key not in task.fixed]
    others = [place for place in range(len(task.cases)) if place != task.without]
    curvature = task.whole.curvatures[others].sum(axis=0)[np.ix_(free, free)] + np.eye(len(free))
    covariance = covariance_of(curvature)
    z = task.whole.z[free]
    if task.without is not None:
        z = z - covariance @ task.whole.slopes[task.without][free]
    cases = [holding(task.cases[place], dict.fromkeys(task.fixed, 0.0)) for place in others]
    z, _ = climb(cases[0], Together(cases, 1), z, covariance, NEAR)
    return {"z": z, "covariance": covariance}


@dataclass(frozen=True)
class Believed:
    """What a fit believes of the shared numbers: a normal distribution of deviates; numbers that are fixed are 0."""

    priors: Priors  # of all shared numbers
    free: list[int]  # places of those that are not fixed
    z: np.ndarray  # float64 (free,)
    covariance: np.ndarray  # float64 (free, free)

    @property
    def values(self) -> np.ndarray:
        """Return the likeliest values: float64 (numbers,)."""
        return self._whole(self.z[None])[0]

    def draws(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw values: float64 (count, numbers)."""
        root = np.linalg.cholesky(self.covariance)
        return self._whole(self.z + rng.standard_normal((count, len(self.z))) @ root.T)

    def _whole(self, z: np.ndarray) -> np.ndarray:
        values = np.zeros((len(z), len(self.priors.keys)))
        values[:, self.free] = Priors([self.priors.priors[index] for index in self.free]).values(z)
        return values


def believed(priors: Priors, part: Part | SharedFit, fixed: Sequence[str] = ()) -> Believed:
    """Return what a fit believes, from what it found."""
    free = [index for index, key in enumerate(priors.keys) if key not in fixed]
    if isinstance(part, SharedFit):
        return Believed(priors, free, part.z, part.covariance)
    return Believed(priors, free, part["z"], part["covariance"])


def number_rows(pool: Pool, fit: SharedFit) -> list[Row]:
    """Return a row for each shared number: its prior, its likeliest value with a 95 % interval, and what was learned."""
    priors = pool.members[0].case.priors
    sd = np.sqrt(np.diag(fit.covariance))
    ends = priors.values(np.array([fit.z - NORMAL * sd, fit.z, fit.z + NORMAL * sd]))
    before = priors.values(np.tile(special.ndtri([0.025, 0.5, 0.975])[:, None], (1, len(sd))))
    return [
        {
            "number": prior.key,
            "unit": prior.unit,
            "prior": prior.text(),
            "prior_low": float(before[0, index]),
            "prior_median": float(before[1, index]),
            "prior_high": float(before[2, index]),
            "default": prior.default,
            "value": float(ends[1, index]),
            "low": float(ends[0, index]),
            "high": float(ends[2, index]),
            "learned": float(1.0 - sd[index]),
        }
        for index, prior in enumerate(priors.priors)
    ]


def pull_rows(pool: Pool, fit: SharedFit, without: Sequence[Part]) -> list[Row]:
    """Return a row for each shared number and case: its value without the case, and how far the case pulls it.

    Parameters: without, the fits without each case. pull: in standard deviations of the number after all cases.
    knows: the case's share of what all cases say of the number, the others as they are.
    """
    priors = pool.members[0].case.priors
    sd = np.sqrt(np.diag(fit.covariance))
    knows = np.maximum(np.diagonal(fit.curvatures, axis1=1, axis2=2), 0.0)
    share = knows / np.maximum(knows.sum(axis=0), 1e-12)
    rows = []
    for place, (member, part) in enumerate(zip(pool.members, without, strict=True)):
        values, pulls = priors.values(part["z"]), (fit.z - part["z"]) / sd
        rows += [
            {
                "number": key,
                "case": member.name,
                "value_without": float(values[index]),
                "pull": float(pulls[index]),
                "knows": float(share[place, index]),
            }
            for index, key in enumerate(pool.keys)
        ]
    return rows


def case_rows(pool: Pool, fit: SharedFit) -> list[Row]:
    """Return a row for each case: which of its days are scored, how many acts, its shield, and its ln L at the peak."""
    values = pool.members[0].case.priors.values(fit.z).tolist()
    rows = []
    for member, ln_l in zip(pool.members, fit.log_likelihoods, strict=True):
        scored = member.case.score(values)
        of_actor = [act.actor == member.actor for act in scored.compiled.acts]
        rows.append(
            {
                "case": member.name,
                "title": member.case.loaded.scenario.name,
                "record_from": member.truth.first,
                "scored_from": member.case.first,
                "until": member.case.last,
                "days": scored.days,
                "acts": int(scored.acts.sum()),
                "acts_of_actor": int(scored.acts[of_actor].sum()),
                "impossible": int(scored.impossible.sum()),
                "shield": member.shield.value,
                "shield_low": member.shield.low,
                "shield_high": member.shield.high,
                "has_shield": member.shield.is_given,
                "ln_l": float(ln_l),
            }
        )
    return rows


def plain(case: Case) -> Case:
    """Return a case without what it has computed so far, which cannot be sent to a process."""
    return replace(case)
