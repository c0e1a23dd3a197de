"""Proper scores of forecasts of counts, and how sure a difference between two forecasters is.

A forecast is how likely each count is: float64 (..., COUNTS), the last cell standing for that many and more.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from sim.results.intervals import blocks_drawn_again, student_reach

COUNTS = 80  # acts of one class in one window; no window of the case comes near it
BLOCK = 3  # origins in a block of the bootstrap: windows of 90 days that start monthly overlap by two
RESAMPLES = 4000


def ensemble_forecast(counts: np.ndarray) -> np.ndarray:
    """Return the forecast of an ensemble: float64 (..., COUNTS), of counts int64 (runs, ...)."""
    return np.asarray([(np.minimum(counts, COUNTS - 1) == k).mean(axis=0) for k in range(COUNTS)]).transpose(
        *range(1, counts.ndim), 0
    )


def poisson(mean: np.ndarray) -> np.ndarray:
    """Return the forecast of a constant rate, from the mean count: float64 (..., COUNTS)."""
    counts, means = np.arange(COUNTS), np.asarray(mean)[..., None]
    chances = np.asarray(np.exp(special.xlogy(counts, means) - special.gammaln(counts + 1) - means))
    chances[..., -1] += 1.0 - chances.sum(axis=-1)
    return chances


def negative_binomial(shape: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return the forecast of a rate that is known up to a gamma distribution: float64 (..., COUNTS).

    Parameters: shape, of the gamma distribution, above 0; mean, of the count, both of the same shape.
    """
    counts = np.arange(COUNTS)
    shapes, means = np.asarray(shape, float)[..., None], np.asarray(mean, float)[..., None]
    ways = special.gammaln(counts + shapes) - special.gammaln(shapes) - special.gammaln(counts + 1)
    none = shapes / (shapes + means)
    chances = np.asarray(np.exp(ways + shapes * np.log(none) + special.xlogy(counts, 1.0 - none)))
    chances[..., -1] += 1.0 - chances.sum(axis=-1)
    return chances


def sum_of_counts(forecasts: np.ndarray) -> np.ndarray:
    """Return the forecast of the sum of independent counts: float64 (COUNTS,), of forecasts (counts, COUNTS)."""
    total = forecasts[0]
    for forecast in forecasts[1:]:
        total = np.convolve(total[:-1], forecast[:-1])[:COUNTS]
        total[-1] = 1.0 - total[:-1].sum()
    return np.asarray(total)


def normal(mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return a normal forecast of a count, rounded, 0 below one half: float64 (..., COUNTS)."""
    edges = np.arange(COUNTS - 1) + 0.5
    below = special.ndtr((edges - np.asarray(mean)[..., None]) / np.asarray(sd)[..., None])
    whole = np.concatenate([np.zeros((*below.shape[:-1], 1)), below, np.ones((*below.shape[:-1], 1))], axis=-1)
    return np.diff(whole, axis=-1)


def chance_of_any(forecast: np.ndarray, floor: float) -> np.ndarray:
    """Compute how likely one act or more is.

    The result lies between `floor` and 1 - `floor`: an ensemble cannot tell smaller chances.
    """
    return np.clip(1.0 - forecast[..., 0], floor, 1.0 - floor)


def brier(chance: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Compute the squared error of a chance (Brier 1950)."""
    return np.asarray((chance - happened) ** 2)


def log_score(chance: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Compute -ln of the chance that was given to what happened (Good 1952)."""
    return np.asarray(-np.log(np.where(happened, chance, 1.0 - chance)))


def ranked_score(forecast: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Compute Σ over k of (F(k) - 1{observed ≤ k})².

    It is the CRPS of counts, and of ordered classes the ranked probability score (Epstein 1969).
    """
    steps = np.arange(forecast.shape[-1]) >= np.asarray(observed)[..., None]
    return np.asarray(((forecast.cumsum(axis=-1) - steps) ** 2).sum(axis=-1))


def skill(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Compute 1 - score / score of the other: above 0 where ours is better, NaN where the other is perfect."""
    return 1.0 - float(ours.sum()) / float(theirs.sum()) if theirs.sum() > 0.0 else float("nan")


@dataclass(frozen=True)
class Compared:
    """How sure a number is that compares two forecasters: above 0 where ours is better.

    low, high: its 95 % interval. p: how often chance alone would put it as far from 0, on either side. All are NaN with
    too few blocks.
    """

    estimate: float
    low: float
    high: float
    p: float


def compared(estimate: float, error: float, freedom: float) -> Compared:
    """Compare a number with 0, from its standard error and its degrees of freedom (Student 1908)."""
    if math.isnan(error) or math.isnan(estimate):
        return Compared(estimate, math.nan, math.nan, math.nan)
    reach = student_reach(error, freedom)
    if error == 0.0:
        return Compared(estimate, estimate, estimate, 1.0 if estimate == 0.0 else 0.0)
    return Compared(
        estimate, estimate - reach, estimate + reach, 2.0 * float(special.stdtr(freedom, -abs(estimate) / error))
    )


def holm(p: np.ndarray) -> np.ndarray:
    """Return each p once all comparisons are taken together (Holm 1979): float64 (comparisons,).

    Where nothing differs, the chance that any of them falls to 5 % or less is 5 % at most, however they hang together.
    One that is NaN is not a comparison, and stays NaN.
    """
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(p, kind="stable")[: int(np.isfinite(p).sum())]  # NaN come last
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def difference(values: np.ndarray, block: int, seed: int) -> Compared:
    """Compare the sum of a series of differences with 0, by blocks of so many days or origins.

    Parameters: values, float64 (days,).
    The standard error is that of `skill_of`: widened for the length of a block.
    """
    count = len(values)
    if count < 2 * block:
        return compared(float(values.sum()), math.nan, math.nan)
    picked = blocks_drawn_again(np.random.default_rng(seed), count, block, RESAMPLES)
    error = float(values[picked].sum(axis=1).std()) * math.sqrt(count / (count - block))
    return compared(float(values.sum()), error, count / block - 1.0)


def skill_of(ours: np.ndarray, theirs: np.ndarray, seed: int, block: int = BLOCK) -> Compared:
    """Compute the skill, with how sure it is.

    Parameters: ours, theirs, float64 (origins,), or of whatever is drawn; seed, of the draws; block, how many hang
    together: 1 for cases, which do not.
    Blocks of origins are drawn anew, both sides with the same ones (Künsch 1989; circular, Politis & Romano 1992).
    Few blocks vary too little, and quantiles of their draws would be far too near: the standard error of the draws is
    widened for the length of a block, and taken times Student's quantile for as many degrees of freedom as blocks less
    one. Where nothing differs, thirteen origins then exclude 0 about one time in twenty (a test).
    """
    count = len(ours)
    if count < 2 * block:
        return compared(skill(ours, theirs), math.nan, math.nan)
    picked = blocks_drawn_again(np.random.default_rng(seed), count, block, RESAMPLES)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = 1.0 - ours[picked].sum(axis=1) / theirs[picked].sum(axis=1)
    error = float(np.nanstd(drawn)) * math.sqrt(count / (count - block))
    return compared(skill(ours, theirs), error, count / block - 1.0)


def randomised_pit(chances: np.ndarray, acted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return where what happened lies in the forecast of each yes-or-no choice: uniform if forecasts are right.

    Drawn evenly from the step of the distribution at what happened (Smith 1985; Czado, Gneiting & Held 2009).
    """
    within = rng.random(chances.shape)
    return np.where(acted, 1.0 - chances + within * chances, within * (1.0 - chances))
