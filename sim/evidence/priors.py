"""What is believed of each number before the record is looked at: its value and range, as a distribution.

    unit                distribution         given by
    log-hazard          half-normal          95 % below `high`: no push at all is the likeliest
    share               beta                 mean at the value, 95 % inside the range (Beta with a + b = 4 if that is 0 to 1)
    any other           log-normal           median at the value, 95 % inside the range

An entry that carries a `prior` of its own (median, low, high: 95 %) is log-normal by that: so do estimates from other
dyads come in. Every number is fitted as a standard normal deviate z, which these distributions turn into its value: a
prior is then a standard normal, whatever the number, and a step in z is as long for one as for another.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special
from scipy.optimize import brentq

from sim.scenario.problems import Place, Problem, UserError
from sim.scenario.schema import Quantity

Family = Literal["log-normal", "beta", "half-normal"]
INSIDE = 0.95
VAGUE = 4.0  # a + b of a beta whose range says nothing; judgement: (1/2, 4) is an arch over 0 to 1


@dataclass(frozen=True)
class Prior:
    """One number's distribution.

    first, second: median and log standard deviation; a and b; scale and 0. default: the scenario's own value.
    """

    key: str
    family: Family
    first: float
    second: float
    unit: str
    default: float
    source: str

    def quantile(self, share: float) -> float:
        """Return the value below which the number lies with a probability."""
        return float(Priors([self]).values(np.array([special.ndtri(share)]))[0])

    def text(self) -> str:
        """Return the distribution in words."""
        if self.family == "beta":
            return f"Beta({self.first:.3g}, {self.second:.3g})"
        if self.family == "half-normal":
            return f"half-normal, scale {self.first:.3g}"
        return f"log-normal, median {self.first:.3g}, log sd {self.second:.3g}"


class Priors:
    """The distributions of several numbers, as one map between standard normal deviates and values."""

    def __init__(self, priors: Sequence[Prior]):
        self.priors = list(priors)
        self.first = np.array([prior.first for prior in self.priors])
        self.second = np.array([prior.second for prior in self.priors])
        self.is_beta, self.is_half = (
            np.array([prior.family == family for prior in self.priors], bool) for family in ("beta", "half-normal")
        )

    @property
    def keys(self) -> list[str]:
        """Return the dotted keys of the numbers, in order."""
        return [prior.key for prior in self.priors]

    def values(self, z: np.ndarray) -> np.ndarray:
        """Turn standard normal deviates into values: float64 (numbers,) or (draws, numbers), the same shape."""
        values = self.first * np.exp(np.where(self.is_half | self.is_beta, 0.0, self.second * z))
        below = special.ndtr(z)
        beta, half = self.is_beta, self.is_half
        values[..., beta] = special.betaincinv(self.first[beta], self.second[beta], below[..., beta])
        # by the upper tail, which keeps its digits where z is large
        values[..., half] = -self.first[half] * special.ndtri(0.5 * special.ndtr(-z[..., half]))
        return values

    def deviates(self, values: np.ndarray) -> np.ndarray:
        """Turn values into standard normal deviates, the inverse of `values`: float64 of the same shape."""
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.log(values / self.first) / np.where(self.is_half | self.is_beta, 1.0, self.second)
        beta, half = self.is_beta, self.is_half
        z[..., beta] = special.ndtri(special.betainc(self.first[beta], self.second[beta], values[..., beta]))
        z[..., half] = -special.ndtri(2.0 * special.ndtr(-values[..., half] / self.first[half]))
        return z


def prior_of(key: str, entry: Quantity, place: Place) -> Prior:
    """Return the distribution that an entry's value, range and unit come to.

    Parameters: key, place, of the entry, for errors. Raises UserError for an entry that comes to no distribution.
    """
    unit, value, source = entry.unit or "", float(entry.value or 0.0), entry.source or ""
    if entry.prior is not None:
        interval = entry.prior
        log_sd = _log_sd(interval.median, interval.low, interval.high)
        return Prior(key, "log-normal", interval.median, log_sd, unit, value, interval.source)
    if entry.low is None or entry.high is None:
        raise _no_prior(key, place, "has no range, so it has no prior", "low and high beside the value")
    if not entry.low <= value <= entry.high:
        raise _no_prior(key, place, f"{value:g} lies outside its own range", f"{entry.low:g} to {entry.high:g}")
    if unit == "log-hazard" and entry.low >= 0.0:
        return Prior(key, "half-normal", entry.high / float(special.ndtri(0.5 + INSIDE / 2)), 0.0, unit, value, source)
    if unit == "share":
        return Prior(key, "beta", *_beta(value, entry.low, entry.high, key, place), unit, value, source)
    if value <= 0.0:
        raise _no_prior(key, place, f"found {value:g}, and a log-normal has no such median", "a value above 0")
    if not entry.low < value < entry.high:
        raise _no_prior(
            key, place, f"{value:g} is an end of its own range, which leaves no room", "a value within its range"
        )
    return Prior(key, "log-normal", value, _log_sd(value, entry.low, entry.high), unit, value, source)


def _no_prior(key: str, place: Place, text: str, allowed: str) -> UserError:
    return UserError([Problem(place, key, text, allowed)])


def _log_sd(median: float, low: float, high: float) -> float:
    """Return the log standard deviation with which 95 % lie between low and high."""
    down = math.log(median / low) if low > 0.0 else math.inf
    up = math.log(high / median)

    def excess(sd: float) -> float:
        """Return by how much more than 95 % lies between both ends."""
        return float(special.ndtr(up / sd) - special.ndtr(-down / sd)) - INSIDE

    return float(brentq(excess, 1e-6, 100.0))


def _beta(mean: float, low: float, high: float, key: str, place: Place) -> tuple[float, float]:
    """a and b of the beta with this mean that has 95 % between low and high."""
    if not 0.0 < mean < 1.0:
        raise _no_prior(key, place, f"found {mean:g}, and a beta has no such mean", "a value between 0 and 1")
    if (low, high) == (0.0, 1.0):
        return VAGUE * mean, VAGUE * (1.0 - mean)

    def excess(log_size: float) -> float:
        """Return by how much more than 95 % lies between both ends, for a log of a + b."""
        a, b = math.exp(log_size) * mean, math.exp(log_size) * (1.0 - mean)
        return float(special.betainc(a, b, high) - special.betainc(a, b, low)) - INSIDE

    ends = math.log(0.1), math.log(1e7)
    if excess(ends[0]) * excess(ends[1]) > 0.0:
        raise _no_prior(
            key, place, f"no beta of mean {mean:g} has 95 % from {low:g} to {high:g}", "a value well within its range"
        )
    size = math.exp(brentq(excess, *ends))
    return size * mean, size * (1.0 - mean)
