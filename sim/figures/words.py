"""Names as people say them, in titles and keys."""

from collections.abc import Mapping
from typing import Any

from sim.scenario.compile import Compiled


def in_words(name: str, labels: Mapping[str, str]) -> str:
    """`measures.north.cut_aid` is `measures: North, cut aid`; actors by their labels."""
    first, *rest = name.split(".")
    told = ", ".join(labels.get(part, part.replace("_", " ").replace("-", "‑")) for part in rest)
    return first.replace("_", " ") + (f": {told}" if told else "")


def lever_in_words(key: str) -> str:
    """The words of a dotted key that a reader needs."""
    parts = [part for part in key.split(".") if part not in ("parameters", "actors", "value")]
    return " ".join(parts).replace("_", " ")


def value_in_words(value: Any) -> str:
    """Write the value of a lever."""
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def capitalised(text: str) -> str:
    """Return the text with a capital at its start."""
    return text[:1].upper() + text[1:]


def act_in_words(compiled: Compiled, code: int) -> str:
    """`North: closes the border`"""
    act = compiled.acts[code]
    return f"{compiled.loaded.scenario.actors[act.actor].label}: {act.entry.meaning}"


def percent(share: float) -> str:
    """`51 %`; what rounds to none or all without being it is told as less than one, or more than ninety-nine."""
    if 0.0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return f"{100 * share:.0f}\u00a0%"  # the two stay on one line
