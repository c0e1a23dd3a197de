"""Tension day by day over an ensemble: counts in fixed bins, so that no order or batch of runs can change a byte."""

from dataclasses import dataclass

import numpy as np

BIN_WIDTH = 0.02  # marks; a quantile is a whole number of them, so it is off by 0.01 at most
BINS = 1500  # the last one is open: 30 marks and more
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass
class DailyTension:
    """Counts of tension per bin, day and pair.

    Bins come first, so that those that no run reaches take no memory: nothing ever touches their pages.
    """

    counts: np.ndarray  # int64 or int32 (bins, counted days, pairs)
    step: int = 1  # days from one that is counted to the next; the first day is counted

    def add(self, tension: np.ndarray) -> None:
        """Count one run: float64 (days, pairs), in marks."""
        bins = np.minimum((tension / BIN_WIDTH + 0.5).astype(np.int64), BINS - 1)
        day, pair = np.indices(bins.shape)
        self.counts[bins, day, pair] += 1  # one run touches each day and pair once

    @property
    def used_bins(self) -> int:
        """Return how many bins there are up to the highest that a run lies in; one if there is no run."""
        reached = np.flatnonzero(self.counts.any(axis=(1, 2)))
        return int(reached[-1]) + 1 if len(reached) else 1

    def add_counts(self, more: "DailyTension") -> None:
        """Add what was counted of other runs; the bins that they do not reach are not touched."""
        used = more.used_bins
        self.counts[:used] += more.counts[:used]

    def quantiles(self) -> dict[float, np.ndarray]:
        """Return the tension below which so many runs lie, for each of QUANTILES.

        Returns float64 (counted days, pairs) for each, in marks.

        It is the first bin at which the quantile is reached; infinite where that is the open bin.
        """
        running = self.counts[: self.used_bins].cumsum(axis=0, dtype=self.counts.dtype)  # no run lies above
        quantiles = {}
        for share in QUANTILES:
            bins = (running >= np.ceil(share * running[-1])).argmax(axis=0)
            quantiles[share] = np.where(bins == BINS - 1, np.inf, bins * BIN_WIDTH)
        return quantiles


def empty_daily(days: int, pairs: int, step: int = 1) -> DailyTension:
    """Return counts of no run.

    days, pairs: how many there are. step: one day in so many is counted; 0 for none.
    """
    counted_days = len(range(0, days, step)) if step else 0
    return DailyTension(np.zeros((BINS, counted_days, pairs), np.int32), step)
