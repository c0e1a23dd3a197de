"""Numbers of an ensemble as functions of sums over its runs: what is added up block by block, and drawn again.

A measure says what it needs of each run (counts, products, how often each number of days came), and what number the
sums of that give. So memory does not grow with runs, and an interval draws whole runs again: acts of one run
hang together, and runs of several ensembles that share their luck stay paired.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Number = Callable[[np.ndarray], np.ndarray]  # sums, float64 (..., K) → float64 (...); NaN where they say nothing


@dataclass(frozen=True)
class Sums:
    """What a measure takes of R runs. is_share: each run is one trial of a share, hits before trials."""

    of_runs: np.ndarray  # float64 (R, K)
    number: Number
    is_share: bool = False

    @property
    def value(self) -> float:
        """Return the number of all the runs."""
        return float(number_of(self.number, self.of_runs.sum(axis=0)))


def number_of(number: Number, sums: np.ndarray) -> np.ndarray:
    """Return the numbers that sums give: NaN, and no warning, where they divide by nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(number(sums))


def of_runs(*columns: np.ndarray) -> np.ndarray:
    """Put side by side what is taken of each run: each (R,) or (R, some). Returns float64 (R, K)."""
    runs = len(columns[0])
    return np.concatenate([np.asarray(column, float).reshape(runs, -1) for column in columns], axis=1)


# --- numbers of sums


def ratio(sums: np.ndarray) -> np.ndarray:
    """Divide the first sum by the second; NaN where the second is 0. sums: float64 (..., 2)."""
    return _over(sums[..., 0], sums[..., 1])


def ratio_of_ratios(sums: np.ndarray) -> np.ndarray:
    """Divide the ratio of the first two sums by that of the next two. sums: float64 (..., 4)."""
    above, below = ratio(sums[..., :2]), ratio(sums[..., 2:])
    return np.where(below > 0.0, above / below, np.nan)


def difference_of_ratios(sums: np.ndarray) -> np.ndarray:
    """Subtract the ratio of the next two sums from that of the first two. sums: float64 (..., 4)."""
    return ratio(sums[..., :2]) - ratio(sums[..., 2:])


def ratio_less_one(sums: np.ndarray) -> np.ndarray:
    """Compute by what share the first sum is above the second. sums: float64 (..., 2)."""
    return ratio(sums) - 1.0


def dispersion(sums: np.ndarray) -> np.ndarray:
    """Divide the variance of counts by their mean. sums: float64 (..., 3), of ones, of counts and of their squares."""
    runs, counts, squares = (sums[..., index] for index in range(3))
    mean = counts / runs
    return np.where(mean > 0.0, (squares / runs - mean**2) * runs / (runs - 1.0) / mean, np.nan)


def correlation(sums: np.ndarray) -> np.ndarray:
    """Correlate one series with another. sums: float64 (..., 6), of ones, x, y, xx, yy and xy."""
    count, x, y, xx, yy, xy = (sums[..., index] for index in range(6))
    return _correlation(xy - x * y / count, xx - x * x / count, yy - y * y / count)


def median(first: int, sums: np.ndarray) -> np.ndarray:
    """Find the median of whole numbers. sums: float64 (..., K), how often each came, from `first` on.

    Each is spread evenly over the unit around it, the median of grouped data, so that it moves as soon as shares do:
    one that can only jump from one whole number to the next has an interval of no width or of a whole unit.
    """
    return first - 0.5 + half_way(sums)


def half_way(sums: np.ndarray) -> np.ndarray:
    """Find after how many steps half of what the sums come to is reached, part of a step included.

    Parameters: sums, float64 (..., K), one a step. Returns float64 (...): NaN where they come to none.
    """
    upto = np.cumsum(sums, axis=-1)
    half = upto[..., -1:] / 2.0
    place = np.argmax(upto >= half, axis=-1)[..., None]
    there = np.take_along_axis(sums, place, axis=-1)
    before = np.take_along_axis(upto, place, axis=-1) - there
    return np.where(upto[..., -1] > 0.0, (place + (half - before) / there)[..., 0], np.nan)


def log_odds(hits: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Compute the log odds of a share, which half a run on either side keeps finite. hits, runs: of one shape."""
    return np.log((hits + 0.5) / (runs - hits + 0.5))


def least_step(sums: np.ndarray) -> np.ndarray:
    """Find the smallest step in log odds from one share to the next. sums: float64 (..., 2·shares), hits before trials."""
    return np.diff(log_odds(sums[..., ::2], sums[..., 1::2]), axis=-1).min(axis=-1)


def part_of_rise(sums: np.ndarray) -> np.ndarray:
    """Compute what the second share is above the first, as a share of what the third is.

    Parameters: sums, float64 (..., 6), hits before trials. Returns float64 (...): NaN where the third is the first.
    """
    first, second, third = (ratio(sums[..., start : start + 2]) for start in (0, 2, 4))
    return np.where(third != first, (second - first) / (third - first), np.nan)


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.where(below != 0.0, above / below, np.nan)


def _correlation(shared: np.ndarray, of_x: np.ndarray, of_y: np.ndarray) -> np.ndarray:
    """Divide a sum of products by the root of the sums of squares, all about their means; NaN where either is 0."""
    both = of_x * of_y
    return np.where((of_x > 1e-9) & (of_y > 1e-9), shared / np.sqrt(np.where(both > 0.0, both, 1.0)), np.nan)


# --- correlations of weeks, the average course over runs taken off


def lagged(x: np.ndarray, y: np.ndarray, lags: Sequence[int]) -> np.ndarray:
    """Return what `at_lags` needs of each run.

    Parameters: x, y, float64 (R, weeks), two series; lags, by how many weeks the second is later.
    Returns float64 (R, K): 1, both series, then sums of squares and products at each lag.
    """
    weeks = x.shape[1]
    parts = [np.ones(len(x)), x, y]
    for lag in lags:
        early, late = x[:, : weeks - lag], y[:, lag:]
        parts += [(early**2).sum(axis=1), (late**2).sum(axis=1), (early * late).sum(axis=1)]
    return of_runs(*parts)


def at_lags(weeks: int, lags: Sequence[int], sums: np.ndarray) -> list[np.ndarray]:
    """Return the correlation of one series with another so many weeks later, for each lag, over all runs.

    The mean of each week over runs is taken off first: what all runs share, such as an election that comes nearer, is no
    answer of one to the other.
    Parameters: weeks, how many there are; lags, in weeks; sums, float64 (..., K), of what `lagged` returns.
    Returns float64 (...) of each lag.
    """
    runs, x, y = sums[..., 0:1], sums[..., 1 : weeks + 1], sums[..., weeks + 1 : 2 * weeks + 1]
    correlations = []
    for index, lag in enumerate(lags):
        early, late = x[..., : weeks - lag], y[..., lag:]
        squares_x, squares_y, products = (sums[..., 2 * weeks + 1 + 3 * index + k] for k in range(3))
        correlations.append(
            _correlation(
                products - (early * late / runs).sum(axis=-1),
                squares_x - (early**2 / runs).sum(axis=-1),
                squares_y - (late**2 / runs).sum(axis=-1),
            )
        )
    return correlations


def average_at_lags(weeks: int, lags: Sequence[int], sums: np.ndarray) -> np.ndarray:
    """Average the correlations at some lags. Parameters: those of `at_lags`."""
    return np.asarray(np.mean(at_lags(weeks, lags, sums), axis=0))


def share_at_lag(weeks: int, lags: Sequence[int], sums: np.ndarray) -> np.ndarray:
    """Divide the correlation at the second of two lags by that at the first. Parameters: those of `at_lags`."""
    first, second = at_lags(weeks, lags, sums)
    return second / first


def in_cells(x: np.ndarray, y: np.ndarray, is_in: np.ndarray) -> np.ndarray:
    """Return what `within_cells` needs of each run: of those weeks that are in.

    Parameters: x, y, float64 (R, weeks), two series; is_in, bool (R, weeks). Returns float64 (R, 3·weeks + 3).
    """
    x, y, inside = x * is_in, y * is_in, is_in.astype(float)
    whole = [(x**2).sum(axis=1), (y**2).sum(axis=1), (x * y).sum(axis=1)]
    return of_runs(inside, x, y, *whole)


def within_cells(weeks: int, sums: np.ndarray) -> np.ndarray:
    """Correlate two series within weeks: each week's mean, over the runs in which it counts, is taken off.

    Parameters: weeks, how many there are; sums, float64 (..., 3·weeks + 3), of what `in_cells` returns.
    """
    count, x, y = (sums[..., k * weeks : (k + 1) * weeks] for k in range(3))
    count = np.where(count > 0.0, count, 1.0)
    squares_x, squares_y, products = (sums[..., 3 * weeks + k] for k in range(3))
    return _correlation(
        products - (x * y / count).sum(axis=-1),
        squares_x - (x**2 / count).sum(axis=-1),
        squares_y - (y**2 / count).sum(axis=-1),
    )


def difference_within_cells(weeks: int, sums: np.ndarray) -> np.ndarray:
    """Subtract `within_cells` of a second kind of weeks from that of a first. sums: of the first kind, then the second."""
    size = 3 * weeks + 3
    return within_cells(weeks, sums[..., :size]) - within_cells(weeks, sums[..., size:])
