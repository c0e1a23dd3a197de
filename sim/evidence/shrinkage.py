"""The spread of what draws of the numbers come to, without the noise of having played each of them only so often.

An average over n runs lies off what it would be over all runs by an error whose variance is that of a run over n. So
averages spread more than what they stand for. Each is drawn towards the mean of all, as far as its noise asks for, so
that they spread as their variance less that of the noise: constrained empirical Bayes (Louis 1984; Ghosh 1992 [recalled]).
What a draw's noise is hangs on where it lies (an outcome that never comes has none), so it is read off a smooth curve.
"""

import numpy as np

from sim.results.intervals import ENDS, middle

NEIGHBOURS = 20  # the curve of noise averages over a twentieth of the draws on either side
AGAIN = 400  # times that draws are drawn again


def without_noise(means: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Draw averages towards their mean until they spread as what they are averages of.

    Parameters: means, float64 (draws,), averages of runs; noise, float64 (draws,), the estimated variance of the error of
    each. Returns float64 (draws,): all alike where averages spread no more than their noise does.
    """
    middle_of_all, whole = means.mean(), means.var(ddof=1)
    between = whole - noise.mean()
    if between <= 0.0:
        return np.full(len(means), middle_of_all)
    likely = middle_of_all + between / whole * (means - middle_of_all)  # the best guess of where each lies
    own_noise = np.interp(likely, *_curve(means, noise))
    return np.asarray(middle_of_all + np.sqrt(between / (between + own_noise)) * (means - middle_of_all))


def _curve(means: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Averages over neighbours, of the means in order and of their noise."""
    order, count = np.argsort(means, kind="stable"), len(means)
    reach = max(3, count // NEIGHBOURS)
    first = np.maximum(np.arange(count) - reach, 0)
    last = np.minimum(np.arange(count) + reach + 1, count)
    sums = [np.concatenate([[0.0], np.cumsum(values[order])]) for values in (means, noise)]
    return (sums[0][last] - sums[0][first]) / (last - first), (sums[1][last] - sums[1][first]) / (last - first)


def ends_without_noise(means: np.ndarray, noise: np.ndarray, seed: int) -> np.ndarray:
    """Find between which numbers 95 % of draws lie, noise taken out, and how sure either end is.

    Parameters: means, noise, as `without_noise` takes them; seed, of drawing draws again.
    Returns float64 (2, 3): the lower and the upper end, each with the ends of its own 95 % interval.
    """
    rng, count = np.random.default_rng([seed, len(means)]), len(means)
    again = np.array(
        [_ends(without_noise(means[rows], noise[rows])) for rows in rng.integers(0, count, (AGAIN, count))]
    )
    low, high = middle(again)
    return np.stack([_ends(without_noise(means, noise)), low, high], axis=1)


def _ends(values: np.ndarray) -> np.ndarray:
    """Ends between which 95 % of further values lie on average: of so few, a little outside those of the values."""
    return np.asarray(np.quantile(values, ENDS, method="weibull"))
