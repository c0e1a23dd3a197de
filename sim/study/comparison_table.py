"""A comparison as a table and sentences that a person reads, or as data that a machine does."""

import math
from typing import Any

from tabulate import tabulate

from sim.results.estimates import intervals_are
from sim.study.compare import Comparison
from sim.study.differences import Difference

PAIRED = "Runs are paired by their luck; days are compared over the pairs in which they came on both sides. "
HEADERS = ["outcome", "here", "there", "difference", "95 % interval", "effect", "runs that differ", "pairing saves"]
MOST_ACTS = 6


def comparison_text(found: Comparison, everything: bool = False) -> str:
    """Return the headline differences, or all of them, and where the runs part, as text."""
    here, there = (side.loaded.scenario for side in (found.here, found.there))
    head = f"{there.name} (there) against {here.name} (here): {found.runs:,} pairs of runs, seed {found.seed}. {intervals_of(found)}"
    rows = [cells(found, one) for one in found.differences if everything or one.headline]
    parts = [head, tabulate(rows, headers=HEADERS, disable_numparse=True), "\n".join(parting_lines(found))]
    if found.asked_once:
        parts.append("Asked by one of them only, and not compared: " + ", ".join(found.asked_once) + ".")
    caveats = dict.fromkeys([*here.caveats, *there.caveats])
    if caveats:
        parts.append("\n".join(["To be read beside it:", *(f"- {caveat}" for caveat in caveats)]))
    return "\n\n".join(parts)


def intervals_of(found: Comparison) -> str:
    """Return what must be said of a comparison's intervals."""
    return PAIRED + intervals_are(found.drawn, "simulation error only (paired bootstrap)")


def cells(found: Comparison, one: Difference) -> list[str]:
    """Return one outcome under HEADERS."""
    if one.pairs == 0:
        return [one.name, "–", "–", "–", "", "", "in no pair did it come on both sides", ""]
    if one.differing == 0:
        return [one.name, *_levels(found, one), "none", "", "", "none", ""]
    kind = "h" if one.unit.kind == "share" else "SD"
    return [
        one.name,
        *_levels(found, one),
        one.unit.gap_text(one.difference),
        f"{one.unit.gap_text(one.low)} to {one.unit.gap_text(one.high)}",
        "–" if math.isnan(one.effect) else f"{one.effect:+.2f} {kind}{_p(one.p_value)}",
        f"{one.differing:,} of {one.pairs:,}",
        "–" if math.isnan(one.pairing_saves) else f"{one.pairing_saves:.1f} ×",
    ]


def _levels(found: Comparison, one: Difference) -> list[str]:
    return [one.unit.mean_text(level, found.here.start) for level in (one.here, one.there)]


def _p(p_value: float) -> str:
    """The exact McNemar test beside a share's effect."""
    if math.isnan(p_value):
        return ""
    return ", p < 0.001" if p_value < 0.001 else f", p = {p_value:.3f}"


def parting_lines(found: Comparison) -> list[str]:
    """Return, in sentences, how many pairs of runs part, when, and by which acts."""
    parting = found.parting
    if parting.parted == 0:
        return [f"What is left to luck is the same in all {parting.runs:,} pairs of runs."]
    lines = [
        f"In {parting.parted:,} of {parting.runs:,} pairs what is left to luck parts, in half of these by {parting.median_day}. "
        "Of the pairs that part, on the day on which they do:"
    ]
    labels = {"here": found.here.loaded.scenario.name, "there": found.there.loaded.scenario.name}
    for (side, act), count in _most_common(found):
        lines.append(f"- in {count / parting.parted:.0%} {act} is done under “{labels[side]}” only")
    return lines


def _most_common(found: Comparison) -> list[tuple[tuple[str, str], int]]:
    """The acts by which most pairs part; of as many, in the order of names."""
    ranked = sorted(found.parting.acts.items(), key=lambda one: (-one[1], one[0]))
    return [((side, act), count) for (side, act), count in ranked[:MOST_ACTS]]


def comparison_data(found: Comparison) -> dict[str, Any]:
    """Return the comparison for a machine: what has no number is null."""

    def plain(number: float) -> float | None:
        return number if math.isfinite(number) else None

    numbers = ("here", "there", "difference", "low", "high", "effect", "p_value", "pairing_saves")
    return {
        "here": found.here.loaded.file,
        "there": found.there.loaded.file,
        "runs": found.runs,
        "seed": found.seed,
        "intervals": intervals_of(found),
        "differences": [
            {
                "outcome": one.name,
                "unit": one.unit.name,
                "pairs": one.pairs,
                "differing": one.differing,
                **{name: plain(getattr(one, name)) for name in numbers},
                "meaning": one.meaning,
            }
            for one in found.differences
        ],
        "pairs_that_part": found.parting.parted,
        "first_days": {str(day): count for day, count in sorted(found.parting.days.items())},
        "first_acts": [
            {"done_only": side, "act": act, "pairs": count} for (side, act), count in sorted(found.parting.acts.items())
        ],
        "asked_once": found.asked_once,
    }
