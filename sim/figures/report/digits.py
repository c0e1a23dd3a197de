"""Write numbers with the digits that so many runs deserve: counts where there are few, and no digit finer than chance."""

import math

from sim.figures.scale import FEW, digits_of
from sim.figures.style import spelled
from sim.results.estimates import Estimate
from sim.results.run_folder import RunFolder
from sim.results.units import UNITS

SPACE = "\u00a0"  # a number and its sign stay on one line


def share_text(share: float, low: float, high: float, runs: int) -> str:
    """Write a share (0 to 1) of so many runs: `35 %`, `3 of 20`, `none of 300`, `all 300`; low and high, its interval."""
    hits = round(share * runs)
    if hits == 0:
        return f"none of {runs:,}"
    if hits == runs:
        return f"all {runs:,}"
    if runs < FEW:
        return f"{hits} of {runs}"
    return _percent(100 * share, digits_of(100 * (high - low))) + f"{SPACE}%"


def _percent(percent: float, digits: int) -> str:
    """Write a number of percent; what only rounds to none or all is under the least, or over the most, that is written."""
    least = 10.0**-digits
    if 0.0 < percent < least / 2:
        return f"under {least:.{digits}f}"
    if 100.0 - least / 2 <= percent < 100.0:
        return f"over {100.0 - least:.{digits}f}"
    return f"{percent:.{digits}f}"


def runs_text(share: float, low: float, high: float, runs: int) -> str:
    """Write a share with its noun: `35 % of runs`, `3 of 20 runs`; of one run, that it is so in `the only run` or in `no run`."""
    if runs == 1:
        return "the only run" if share else "no run"
    text = share_text(share, low, high, runs)
    return f"{text} of runs" if text.endswith("%") else f"{text} runs"


def interval_text(low: float, high: float) -> str:
    """Write both ends of the interval of a share: `30 to 41 %`."""
    digits = digits_of(100 * (high - low))
    return f"{100 * low:.{digits}f} to {100 * high:.{digits}f}{SPACE}%"


def points_text(difference: float, low: float, high: float, pairs: int) -> str:
    """Write a difference of two shares: `32 points fewer, 28 to 37`, of few pairs in runs; where 0 lies inside, that nothing is sure."""
    whole, unit = (pairs, "runs") if pairs < FEW else (100, "points")
    digits = 0 if pairs < FEW else digits_of(whole * (high - low))
    if low <= 0.0 <= high:
        return f"no sure difference: {signed(whole * low, digits)} to {signed(whole * high, digits)} {unit}"
    direction = "more" if difference > 0 else "fewer"
    near, far = sorted(abs(whole * end) for end in (low, high))
    return f"{abs(whole * difference):.{digits}f} {unit} {direction}, {near:.{digits}f} to {far:.{digits}f}"


def signed(number: float, digits: int) -> str:
    """Write a number with its sign, and none where it rounds to 0."""
    text = f"{number:+,.{digits}f}"
    return text[1:] if float(text.replace(",", "")) == 0.0 else text.replace("-", "−")


def estimate_text(estimate: Estimate, folder: RunFolder) -> str:
    """Write an estimate in the digits that its interval leaves it: a share, a day, a number with its unit."""
    if estimate.kind == "share":
        return share_text(estimate.value, estimate.low, estimate.high, estimate.runs)
    if math.isnan(estimate.value):
        return "never"
    if estimate.unit is UNITS["rung"]:
        return rung_text(estimate.value, folder)
    if estimate.unit.may_never_come:
        return f"half by {estimate.unit.number(estimate.value, folder.start, spelled)}"
    return f"{estimate.value:,.{digits_of(estimate.high - estimate.low)}f} {estimate.unit.name}"


def rung_text(rung: float, folder: RunFolder) -> str:
    """Write a rung of a scenario's ladder by its number and name."""
    return f"{rung:.0f}, {folder.compiled.loaded.scenario.ladder[int(rung)]}"


def ends_text(estimate: Estimate, folder: RunFolder) -> str:
    """Write both ends of an estimate's interval; nothing where there is none, or where counts say it."""
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return ""
    if estimate.kind == "share":
        return "" if estimate.runs < FEW else interval_text(estimate.low, estimate.high)
    if estimate.unit.may_never_come or estimate.unit is UNITS["rung"]:
        low, high = (estimate.unit.number(end, folder.start, spelled) for end in (estimate.low, estimate.high))
        return f"{low} to {high}"
    digits = digits_of(estimate.high - estimate.low)
    return f"{estimate.low:,.{digits}f} to {estimate.high:,.{digits}f}"
