"""A comparison as a table and sentences that a person reads, or as data that a machine does."""

import math
from typing import Any

from sim.layout import Headline, Page, Table, capital
from sim.results.estimates import intervals_are
from sim.study.compare import Comparison
from sim.study.differences import Difference

PAIRED = "Runs are paired by their luck; days are compared over the pairs in which they came on both sides. "
HEADERS = [  # after those of the outcome and of both sides
    "what\nhappened",
    "difference",
    "95 % interval",
    "effect",
    "runs that\ndiffer",
    "pairing\nsaves",
]
MOST_ACTS = 6
LONGEST_HEADING, LONGEST_WORD = 48, 16  # signs of a scenario's name that can head a narrow column
LEAVES = ("pairing saves", "runs that differ", "effect", "what happened")  # on a narrow terminal


def side_names(comparison: Comparison) -> dict[str, str]:
    """Return what the two sides are called, here and there: their names, with their files where both have one name."""
    sides = {"here": comparison.here.loaded, "there": comparison.there.loaded}
    names = {side: loaded.scenario.name for side, loaded in sides.items()}
    if len(set(names.values())) == len(names):
        return names
    return {side: f"{loaded.scenario.name} ({loaded.file})" for side, loaded in sides.items()}


def headings(comparison: Comparison) -> list[str]:
    """Return the headings of the table: those of the sides are their names, or here and there where a name is too long."""
    names = list(side_names(comparison).values())
    fit = all(len(name) <= LONGEST_HEADING and max(map(len, name.split())) <= LONGEST_WORD for name in names)
    return ["outcome", *(names if fit else ("here", "there")), *HEADERS]


def comparison_text(comparison: Comparison, everything: bool = False) -> Page:
    """Write the differences, and where the runs part, as text.

    Parameters: everything, all outcomes, not only the headline ones.
    """
    names, heads = side_names(comparison), headings(comparison)
    marks = {side: f"{name} ({side})" if side in heads else name for side, name in names.items()}
    pairs = f"{comparison.runs:,} pairs of runs, seed {comparison.seed}"
    head = f"{marks['there']} against {marks['here']}: {pairs}. {intervals_of(comparison)}"
    rows = [cells(comparison, difference) for difference in comparison.differences if everything or difference.headline]
    parts = [comparison.happened.note(), "\n".join(parting_lines(comparison))]
    if comparison.asked_once:
        parts.append("In only one of the two, so not compared: " + ", ".join(comparison.asked_once) + ".")
    sides = (comparison.here.loaded.scenario, comparison.there.loaded.scenario)
    caveats = dict.fromkeys(caveat for side in sides for caveat in side.caveats)
    if caveats:
        parts.append("\n".join(["Caveats:", *(f"- {caveat}" for caveat in caveats)]))
    return Page(Headline(answer(comparison)), head, Table(heads, rows, leaves=LEAVES), *parts)


def answer(comparison: Comparison) -> str:
    """Say in a sentence by how much the first headline outcome differs, one that comes in a share of the runs first."""
    headlines = [difference for difference in comparison.differences if difference.headline] or comparison.differences
    if not headlines:
        return ""
    shares = [difference for difference in headlines if difference.unit.kind == "share" and "." not in difference.name]
    first = (shares or headlines)[0]
    if first.pairs == 0:
        return f"{capital(first.meaning)}: in no pair of runs on both sides."
    names, unit = side_names(comparison), first.unit
    here, there = (unit.mean_text(level, comparison.here.start) for level in (first.here, first.there))
    gap = "no difference"
    if first.differing:
        interval = f"{unit.gap_number(first.low)} to {unit.gap_number(first.high)}"
        gap = f"{unit.gap_text(first.difference)} (95 % interval {interval})"
    return f"{capital(first.meaning)}: {there} under “{names['there']}”, {here} under “{names['here']}”, {gap}."


def intervals_of(comparison: Comparison) -> str:
    """Return the sentence that explains a comparison's intervals."""
    return PAIRED + intervals_are(comparison.here, comparison.drawn, "simulation error only (paired bootstrap)")


def cells(comparison: Comparison, difference: Difference) -> list[str]:
    """Lay out one outcome's difference under the headings."""
    happened = comparison.happened.answer(difference.name)
    if difference.pairs == 0:
        return [difference.name, "–", "–", happened, "–", "", "", "in no pair did it happen on both sides", ""]
    if difference.differing == 0:
        return [difference.name, *_levels(comparison, difference), happened, "none", "", "", "none", ""]
    kind = "h" if difference.unit.kind == "share" else "SD"
    return [
        difference.name,
        *_levels(comparison, difference),
        happened,
        difference.unit.gap_text(difference.difference),
        f"{difference.unit.gap_number(difference.low)} to {difference.unit.gap_number(difference.high)}",
        "–" if math.isnan(difference.effect) else f"{difference.effect:+.2f} {kind}{_p(difference.p_value)}",
        f"{difference.differing:,} of {difference.pairs:,}",
        "–" if math.isnan(difference.pairing_saves) else f"{difference.pairing_saves:.1f} ×",
    ]


def _levels(comparison: Comparison, difference: Difference) -> list[str]:
    return [difference.unit.mean_text(level, comparison.here.start) for level in (difference.here, difference.there)]


def _p(p_value: float) -> str:
    """Write the exact McNemar test beside a share's effect."""
    if math.isnan(p_value):
        return ""
    return ", p < 0.001" if p_value < 0.001 else f", p = {p_value:.3f}"


def parting_lines(comparison: Comparison) -> list[str]:
    """List in sentences how many pairs of runs part, when, and by which acts."""
    parting = comparison.parting
    if parting.parted == 0:
        return [f"What is left to luck is the same in all {parting.runs:,} pairs of runs."]
    lines = [
        f"In {parting.parted:,} of {parting.runs:,} pairs what is left to luck parts, in half of these by {parting.median_day}. "
        "Of the pairs that part, on the day on which they do:"
    ]
    labels = side_names(comparison)
    for (side, act), count in _most_common(comparison):
        lines.append(f"- in {count / parting.parted:.0%} {act} is done under “{labels[side]}” only")
    return lines


def _most_common(comparison: Comparison) -> list[tuple[tuple[str, str], int]]:
    """Return the acts by which most pairs part; of as many, in the order of names."""
    ranked = sorted(comparison.parting.acts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [((side, act), count) for (side, act), count in ranked[:MOST_ACTS]]


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison for a machine: what has no number is null."""

    def finite(number: float) -> float | None:
        """Return a number, or None where it is not finite."""
        return number if math.isfinite(number) else None

    numbers = ("here", "there", "difference", "low", "high", "effect", "p_value", "pairing_saves")
    return {
        "here": comparison.here.loaded.file,
        "there": comparison.there.loaded.file,
        "runs": comparison.runs,
        "seed": comparison.seed,
        "intervals": intervals_of(comparison),
        "differences": [
            {
                "outcome": difference.name,
                "unit": difference.unit.name,
                "pairs": difference.pairs,
                "differing": difference.differing,
                **{name: finite(getattr(difference, name)) for name in numbers},
                **comparison.happened.data(difference.name),
                "meaning": difference.meaning,
            }
            for difference in comparison.differences
        ],
        "pairs_that_part": comparison.parting.parted,
        "first_days": {str(day): count for day, count in sorted(comparison.parting.days.items())},
        "first_acts": [
            {"done_only": side, "act": act, "pairs": count}
            for (side, act), count in sorted(comparison.parting.acts.items())
        ],
        "asked_once": comparison.asked_once,
    }
