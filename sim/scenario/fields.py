"""What the fields of a schema are made of: names, texts, units, and marks of what cross-checks must know of a field.

A mark stands in a field's type: the section that it names an entry of, whether a rule reads it, whether one divides
by it.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field, StringConstraints


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a text, or the keys of a mapping, that name entries of a section; or one of a few words instead."""

    section: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Marks a field for the cross-checks."""

    meaning: str


READ = Mark("read by the drive or metric that the entry names, if that needs it")
DIVISOR = Mark("a rule divides by it")

PARTS = Mark("keys are parts of an entry, not names of entries of their own")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
FullName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=121)]
ActionName = Annotated[FullName, Names("actions")]  # actor.action
ActorName = Annotated[Name, Names("actors")]
FactName = Annotated[Name, Names("facts")]
DateName = Annotated[Name, Names("dates")]
PartName = Annotated[str, PARTS]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
RungNumber = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]?)$")]  # keys of YAML are read as text
ClassName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9 -]*$", max_length=60)]
Role = Literal["none", "threat", "demand", "imposition", "support"]
PairKind = Literal["state_to_state", "state_to_society", "society_to_state"]
PAIR_KINDS: tuple[str, ...] = get_args(PairKind)
Tone = Literal["hostile", "cooperative", "neutral"]
TONES: tuple[str, ...] = get_args(Tone)
STATES = ("threats_open", "hostility", "goodwill")  # what requirements may ask beside facts
Unit = Literal[
    "share",
    "ratio",
    "acts per day",
    "acts per act",
    "days",
    "log-hazard",
    "marks",
    "count",
    "acts",
    "Goldstein points",
    "per Goldstein point",
]
# what each unit allows: lowest, highest, whether the lowest itself is allowed
BOUNDS: dict[str, tuple[float, float, bool]] = {
    "share": (0.0, 1.0, True),
    "ratio": (0.0, math.inf, True),
    "acts per day": (0.0, math.inf, True),
    "acts per act": (0.0, math.inf, True),
    "days": (0.0, math.inf, False),
    "log-hazard": (-math.inf, math.inf, False),
    "marks": (0.0, math.inf, True),
    "count": (0.0, math.inf, True),
    "acts": (0.0, math.inf, False),
    "Goldstein points": (0.0, math.inf, True),
    "per Goldstein point": (0.0, math.inf, True),
}


def number(unit: str, text: str, **kwargs: Any) -> Any:
    """Return a field that takes a quantity of one unit.

    unit: one of `Unit`. text: what the number says. kwargs: of pydantic's Field.
    """
    return Field(description=f"{unit}; {text}", json_schema_extra={"unit": unit}, **kwargs)


def marked(entry: type[BaseModel], mark: Mark) -> tuple[str, ...]:
    """Select the fields of a class of entries that have a mark."""
    return tuple(name for name, field in entry.model_fields.items() if mark in field.metadata)
