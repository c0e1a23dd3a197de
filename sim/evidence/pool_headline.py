"""The result of a pool in one sentence, whatever it is, and the pooled numbers as a patch of the kind."""

import math
from collections.abc import Sequence
from typing import Any

from sim.evidence.pool_kind import Term
from sim.evidence.pool_power import calibrated, seen_in_nine_of_ten
from sim.scenario.yaml_text import write_yaml

Row = dict[str, Any]
SURE = 0.05


def headline(term: Term, cases: int, everyone: Row, permutation: Row, power: Sequence[Row]) -> str:
    """Say in one sentence what the cases say of the term.

    Parameters: everyone, the row of all cases together; permutation, that of the shields as they are; power, a row for
    each weight at which the cases were simulated, in order.
    """
    name = term.weight.rpartition(".")[2].replace("_", " ")
    interval = f"{name} {interval_text(everyone)}, where 0 is none{calibrated_text(everyone['value'], power)}"
    over = f"Over {cases} cases" if cases > 1 else "In one case"
    if cases == 1 or permutation["different"] == 1:
        shuffled = "whose is whose cannot be tested"
    else:
        shuffled = f"shuffled among the cases it does as well in {100 * permutation['p']:.0f} % of assignments"
    whose = whose_text(power) if permutation["different"] > 1 else ""
    sure_weight = everyone["low"] > 0.0
    sure_shield = permutation["different"] > 1 and permutation["p"] <= SURE
    if is_opposite(everyone, power):
        verdict = f"does the opposite of what the model says to {term.effect_words}"
    elif sure_weight and sure_shield:
        verdict = f"changes {term.effect_words}"
    elif sure_weight:
        verdict = f"cannot be told to change {term.effect_words}, though pressure does restrain"
    elif sure_shield:
        verdict = f"may change {term.effect_words}, but the interval holds none"
    else:
        verdict = f"makes no difference that can be seen to {term.effect_words}"
    return f"{over}, {term.shield_words} {verdict} ({interval}; {shuffled}); {power_text(name, power)}{whose}."


def is_opposite(everyone: Row, power: Sequence[Row]) -> bool:
    """Tell whether the estimate lies below what a weight of 0 gives; without simulations, whether its interval does."""
    if not power:
        return bool(everyone["high"] < 0.0)
    return math.isnan(calibrated(everyone["value"], power).high)


def calibrated_text(observed: float, power: Sequence[Row]) -> str:
    """Write which true weights simulated galleries leave; nothing without simulations."""
    if not power or math.isnan(observed):
        return ""
    left = calibrated(observed, power)
    if math.isnan(left.high):
        return "; simulated galleries give so low an estimate at no weight"
    return (
        f"; {left.low:.1f} to {left.high:.1f}{' or more' if left.high_is_open else ''} by what simulated galleries give"
    )


def power_text(name: str, power: Sequence[Row]) -> str:
    """Say how large the weight must be to be seen in nine of ten simulated galleries."""
    if not power:
        return "how large it would have to be was not simulated"
    value, low, high = seen_in_nine_of_ten(power, "interval")
    if math.isinf(value):
        return f"no {name} up to {power[-1]['weight']:.3g} would be seen to be above 0 in nine of ten such galleries"
    end = f"{low:.2g} to {high:.2g}" if math.isfinite(high) else f"{low:.2g} or more"
    return f"a {name} of {value:.2g} ({end}) would be seen to be above 0 in nine of ten such galleries"


def whose_text(power: Sequence[Row]) -> str:
    """Say how large the weight must be for shuffling to show it, which is the weaker test; nothing without simulations."""
    if not power:
        return ""
    value = seen_in_nine_of_ten(power, "permutation")[0]
    reach = f"at none up to {power[-1]['weight']:.3g}" if math.isinf(value) else f"from {value:.2g} on"
    return f"; that it matters whose is whose, {reach}"


def interval_text(row: Row) -> str:
    """Write a likeliest weight and its interval; an end at which the grid ends is told as such."""
    low = f"{row['low']:.1f}{' or less' if row['low_is_open'] else ''}"
    high = f"{row['high']:.1f}{' or more' if row['high_is_open'] else ''}"
    value = row["value"]
    if value is None or math.isnan(value):
        return "not known at all"
    return f"{value:.1f} (95 % {low} to {high})"


def patch_text(rows: Sequence[Row], source: str) -> str:
    """Write the pooled numbers as a patch that is laid over the kind: extends: [kinds/…, this file].

    Parameters: rows, of the shared numbers. source: of each of them.
    """
    tree: dict[str, Any] = {}
    for row in rows:
        *path, name = row["number"].split(".")
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        entry = {key: float(f"{row[key]:.6g}") for key in ("value", "low", "high")}
        branch[name] = entry | {"source": source}
    head = "# Numbers that cases share, after their records. Lay this over the kind: extends: [kinds/NAME.yaml, THIS_FILE].\n"
    return head + write_yaml(tree)
