"""Write names as people say them, for titles and keys."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sim.results.run_folder import RunFolder
from sim.scenario.compile import Compiled
from sim.scenario.labels import NO_LABELS, labelled


def in_words(name: str, labels: Mapping[str, str]) -> str:
    """Write the name of an outcome: `measures.north.cut_aid` is `measures: North, cut aid`; labels, by actor."""
    first, *rest = name.split(".")
    rest_words = ", ".join(labels.get(part, part.replace("_", " ").replace("-", "‑")) for part in rest)
    return first.replace("_", " ") + (f": {rest_words}" if rest_words else "")


def names_apart(folders: Sequence[RunFolder]) -> list[str]:
    """Name runs so that no two share a name: by their scenarios, and where these are alike by their folders too."""
    alike = Counter(folder.name for folder in folders)
    return [
        folder.name if alike[folder.name] == 1 else f"{folder.name} ({folder.path.resolve().name})"
        for folder in folders
    ]


def lever_in_words(key: str, labels: Mapping[str, str] = NO_LABELS) -> str:
    """Write a dotted key by its label, or without the parts that a reader does not need.

    labels: by the keys of the numbers that have one.
    """
    if (words := labelled(key, labels)) != key:
        return words
    parts = [part for part in key.split(".") if part not in ("parameters", "actors", "value")]
    return " ".join(parts).replace("_", " ")


def value_in_words(value: Any) -> str:
    """Write the value of a lever: a number as short as can be, a name with spaces."""
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def capitalised(text: str) -> str:
    """Write the first letter large, and leave the others."""
    return text[:1].upper() + text[1:]


def act_in_words(compiled: Compiled, code: int) -> str:
    """Write an act, by its code, as `North: closes the border`."""
    act = compiled.acts[code]
    return f"{compiled.loaded.scenario.actors[act.actor].label}: {act.entry.meaning}"


def percent(share: float) -> str:
    """Write a share (0 to 1) as `51 %`; what only rounds to none or all is under 1 %, or over 99 %."""
    if 0.0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return f"{100 * share:.0f}\u00a0%"  # the two stay on one line
