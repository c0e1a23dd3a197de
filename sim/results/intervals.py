"""95 % intervals, all in one place: of shares, means and medians of runs, and of whatever is drawn again.

Everything here is of numbers alone and takes whole arrays where it can. An interval is a lower and an upper end.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

NORMAL = 1.959963984540054  # half a 95 % interval in standard errors
ENDS = (0.025, 0.975)  # what lies below either end
Ends = tuple[np.ndarray, np.ndarray]


# --- shares


def wilson(hits: ArrayLike, runs: ArrayLike) -> Ends:
    """Return Wilson's intervals of shares (Wilson 1927), in closed form.

    Parameters: hits, int64 of any shape, in how many runs something is so; runs, int64, of how many.
    Returns float64 of their common shape; an end at which nothing is left open is 0 or 1 exactly.
    Raises ValueError for no runs, or for hits that are fewer than none or more than the runs.
    """
    hits, runs = np.asarray(hits), np.asarray(runs)
    if (runs < 1).any() or (hits < 0).any() or (hits > runs).any():
        raise ValueError("a share needs one run or more, and from none to all of them as hits")
    share, squared = hits / runs, NORMAL**2 / runs
    middle = (share + squared / 2) / (1 + squared)
    half = NORMAL * np.sqrt(share * (1 - share) / runs + squared / (4 * runs)) / (1 + squared)
    return np.where(hits == 0, 0.0, middle - half), np.where(hits == runs, 1.0, middle + half)


def rule_of_three(runs: int) -> float:
    """Return the upper end of a share that was never seen in so many runs (Hanley & Lippman-Hand 1983)."""
    return 3.0 / runs


# --- means


def mean_of_counts(values: np.ndarray, counts: np.ndarray) -> tuple[float, float, float]:
    """Return the mean of counted values, and its normal interval.

    Parameters: values, float64 (V,), may be infinite; counts, int64 (V,), how often each came.
    Returns mean, low and high; NaN ends for fewer than two, or where the mean is infinite; all NaN for none.
    """
    occurring = counts > 0
    counts, values, total = counts[occurring], values[occurring], int(counts.sum())
    if total == 0:
        return math.nan, math.nan, math.nan
    mean = float(counts @ values) / total
    spread = float(counts @ (values - mean) ** 2) if math.isfinite(mean) else math.nan
    reach = NORMAL * math.sqrt(spread / (total - 1) / total) if total > 1 else math.nan
    return mean, mean - reach, mean + reach


def mean_of_runs(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return means over the first axis, and their normal intervals.

    values: float64 (runs, ...), two runs or more.
    """
    mean = values.mean(axis=0)
    reach = NORMAL * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return mean, mean - reach, mean + reach


# --- counts and medians


def binomial_quantile(below: float, count: ArrayLike, chance: ArrayLike) -> np.ndarray:
    """Return the least number of hits not exceeded with a probability of `below` or more.

    Parameters: below, 0 to 1; count, int64 of any shape, one try or more; chance, float64, of each try.
    Returns int64 of their common shape: what SciPy's `binom.ppf` does, which takes a second to load. `bdtrik` turns the
    distribution round; it may miss by one in many million tries, and `betainc` has the last word.
    """
    tries, chance = np.broadcast_arrays(np.asarray(count, float), np.asarray(chance, float))
    hits = np.clip(np.nan_to_num(np.ceil(special.bdtrik(below, tries, chance))), 0, tries)
    hits = np.where((hits > 0) & (_at_most(hits - 1, tries, chance) >= below), hits - 1, hits)
    return np.asarray(np.where(_at_most(hits, tries, chance) < below, hits + 1, hits)).astype(np.int64)


def _at_most(hits: np.ndarray, tries: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return how likely at most so many hits are, float64."""
    inside = np.clip(hits, 0, tries - 1)
    return np.where(hits >= tries, 1.0, special.betainc(tries - inside, inside + 1.0, 1.0 - chance))


def binomial_middle(count: ArrayLike, chance: ArrayLike) -> Ends:
    """Return the numbers of hits between which so many tries lie with 95 %.

    Returns int64 of the common shape.
    """
    return binomial_quantile(ENDS[0], count, chance), binomial_quantile(ENDS[1], count, chance)


def median_ranks(counts: ArrayLike) -> Ends:
    """Return the ranks between which a median lies with at least 95 %, whatever the distribution.

    Parameters: counts, int64 of any shape, how many numbers each median is of.
    Returns int64 of the same shape, ranks from 0; both -1 for fewer than six, whose whole span holds it with less.
    They are order statistics (Conover 1999): as many lie below the median as heads come in so many throws of a coin.
    """
    counts = np.asarray(counts, np.int64)
    below = binomial_quantile(ENDS[0], np.maximum(counts, 1), 0.5) - 1
    has_ends = (below >= 0) & (counts > 0)
    return np.where(has_ends, below, -1), np.where(has_ends, counts - 1 - below, -1)


def medians_of_counts(tallies: Sequence[np.ndarray]) -> list[tuple[float, float, float]]:
    """Return the medians of counted whole numbers, and the intervals of their order statistics.

    Parameters: tallies, each int64 (V,), how often 0, 1, 2, … came. Of an even number of them the lower middle one is taken.
    Returns median, low and high of each; NaN where there is none.
    """
    ranks = [np.cumsum(counts) for counts in tallies]  # how many lie at or below each value
    totals = np.array([int(running[-1]) for running in ranks], np.int64)
    lows, highs = median_ranks(totals)
    return [
        (_at_rank(running, (total - 1) // 2) if total else math.nan, _at_rank(running, low), _at_rank(running, high))
        for running, total, low, high in zip(ranks, totals.tolist(), lows.tolist(), highs.tolist(), strict=True)
    ]


def _at_rank(running: np.ndarray, rank: int) -> float:
    """Return the number of that rank, from 0; NaN for -1."""
    return float(np.searchsorted(running, rank, side="right")) if rank >= 0 else math.nan


# --- what is drawn again


def middle(draws: np.ndarray, axis: int = 0, at_once: int = 1) -> Ends:
    """Return the ends of the middle 95 % of draws; NaN, which has no such number, is left out.

    Parameters: draws, float64; axis, along which they lie; at_once, how many intervals are to hold together in 95 %
    of cases (Bonferroni).
    """
    low, high = np.nanquantile(draws, (ENDS[0] / at_once, 1.0 - ENDS[0] / at_once), axis=axis)
    return low, high


def middle_ranked(draws: np.ndarray) -> tuple[float, float]:
    """Return the draws at either end of the middle 95 %; they may be infinite.

    draws: float64 (draws,).
    """
    low, high = np.sort(draws)[[round(end * (len(draws) - 1)) for end in ENDS]]
    return float(low), float(high)


def at_once(count: int) -> float:
    """Return the factor by which an interval widens if so many are to hold at once (Bonferroni)."""
    return float(special.ndtri(1 - ENDS[0] / count)) / NORMAL


def drawn_again(rng: np.random.Generator, count: int, draws: int | None = None) -> np.ndarray:
    """Return the weights of `count` things drawn again with replacement (Efron 1979).

    Returns float64 (count,), or (draws, count), each row adding up to 1.
    """
    return np.asarray(rng.multinomial(count, np.full(count, 1 / count), draws) / count)


def mean_drawn_again(
    values: np.ndarray, counts: np.ndarray, rng: np.random.Generator, draws: int
) -> tuple[float, float]:
    """Bootstrap the mean of counted values, and return its interval (Efron 1979).

    Parameters: values, float64 (V,), the same one may stand there several times; counts, int64 (V,), how often each came.
    """
    values, place = np.unique(values, return_inverse=True)
    weights = np.bincount(place, weights=counts).astype(np.int64)
    total = int(weights.sum())
    low, high = middle(rng.multinomial(total, weights / total, draws) @ values / total)
    return float(low), float(high)


def blocks_drawn_again(rng: np.random.Generator, count: int, length: int, draws: int) -> np.ndarray:
    """Draw places in a series again, in blocks that wrap round (Künsch 1989; Politis & Romano 1992).

    Returns int64 (draws, count), each from 0 to count - 1.
    """
    starts = rng.integers(0, count, (draws, -(-count // length)))
    return ((starts[:, :, None] + np.arange(length)) % count).reshape(draws, -1)[:, :count]


def student_reach(error: float, freedom: float) -> float:
    """Return half an interval from a standard error and its degrees of freedom (Student 1908)."""
    return float(special.stdtrit(freedom, ENDS[1])) * error


def jackknife(whole: float, parts: ArrayLike) -> tuple[float, float]:
    """Return the interval of a number by leaving out one group of runs after another (Tukey 1958).

    Parameters: whole, the number of all runs; parts, float64 (groups,), that of all but one group each.
    """
    parts = np.asarray(parts, float)
    groups = len(parts)
    reach = NORMAL * math.sqrt((groups - 1) / groups * float(((parts - np.mean(parts)) ** 2).sum()))
    return whole - reach, whole + reach
