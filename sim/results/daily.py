"""Tension day by day over an ensemble: counts in fixed bins, so that no order or batch of runs can change a byte."""

import numpy as np

BIN_WIDTH = 0.02  # marks; a quantile is the middle of its bin, so it is off by 0.01 at most
BINS = 1500  # the last one is open: 30 marks and more
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class DailyTension:
    """Counts of tension per day, pair and bin, run by run."""

    def __init__(self, days: int, pairs: int):
        self.counts = np.zeros((days, pairs, BINS), np.int32)
        self._day, self._pair = np.indices((days, pairs))

    def add(self, tension: np.ndarray) -> None:
        """Count one run: float64 (days, pairs), in marks."""
        bins = np.minimum((tension / BIN_WIDTH).astype(np.int64), BINS - 1)
        self.counts[self._day, self._pair, bins] += 1  # one run touches each day and pair once

    def quantiles(self) -> dict[float, np.ndarray]:
        """float64 (days, pairs) in marks for each of QUANTILES: the middle of the first bin at which it is reached.

        Infinite where that is the open bin.
        """
        running = self.counts.cumsum(axis=2)
        found = {}
        for share in QUANTILES:
            bins = (running >= np.ceil(share * running[:, :, -1:])).argmax(axis=2)
            found[share] = np.where(bins == BINS - 1, np.inf, (bins + 0.5) * BIN_WIDTH)
        return found
