"""Write and scale shares of runs: in percent, or as counts where so few runs make percentages look surer than they are."""

import math
from dataclasses import dataclass

from sim.figures.words import percent

FEW = 30  # runs; with fewer of them shares are written as counts


@dataclass(frozen=True)
class RunScale:
    """How shares of so many runs are written and drawn. noun: of what they are shares."""

    runs: int
    noun: str = "runs"

    @property
    def is_counted(self) -> bool:
        """Tell whether shares are counts of runs."""
        return self.runs < FEW

    @property
    def whole(self) -> float:
        """Return what all of the runs are on an axis: 100, or how many they are."""
        return float(self.runs) if self.is_counted else 100.0

    @property
    def label(self) -> str:
        """Return the name of an axis."""
        return f"{self.noun}, of {self.runs}" if self.is_counted else f"% of {self.noun}"

    def short(self, share: float) -> str:
        """Write a share (0 to 1) as `34 %`, or as `12 of 25`."""
        return f"{round(share * self.runs)} of {self.runs}" if self.is_counted else percent(share)

    def text(self, share: float) -> str:
        """Write a share (0 to 1) as `34 % of runs`, or as `12 of 25 runs`."""
        noun = self.noun[:-1] if self.is_counted and self.runs == 1 else self.noun
        return f"{self.short(share)} {noun}" if self.is_counted else f"{percent(share)} of {noun}"

    def estimate(self, share: float, low: float, high: float) -> str:
        """Write a share with its 95 % interval, in the digits that this leaves it; counts need no interval.

        `34 % of runs (95 %: 31 to 37 %)`, `0.6 % of runs (95 %: 0.3 to 1.2 %)`, `12 of 25 runs`.
        """
        digits = digits_of(100 * (high - low))
        if self.is_counted:
            return self.text(share)
        whole = f"{100 * share:.{digits}f}\u00a0% of {self.noun}" if digits else self.text(share)
        return f"{whole} (95\u00a0%: {100 * low:.{digits}f} to {100 * high:.{digits}f}\u00a0%)"


def digits_of(width: float) -> int:
    """Return how many decimals a number deserves whose 95 % interval is so wide, 0 to 2: its ends differ by two or more."""
    return 0 if not math.isfinite(width) or width >= 2.0 else 1 if width >= 0.2 else 2
