"""What a study file may say: a scenario, what is varied in it, how, and what is asked."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sim.scenario.fields import Text
from sim.scenario.schema import Entry

Design = Literal["grid", "lhs", "sobol", "morris", "saltelli", "listed"]


class Range(Entry):
    """A range of one number; an end that is not given is that of the number's own entry."""

    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] = Field("linear", description="log: spread evenly over the logarithm")
    integer: bool = Field(False, description="whole numbers alone, both ends included")


class Study(Entry):
    """A sweep: every combination of the levers, at every point of a design over the ranges."""

    name: Text
    description: Text = Field(description="the question that it asks")
    scenario: Text = Field(description="a scenario file beside the study or in the folder above, or one that ships")
    levers: dict[str, Annotated[list[Any], Field(min_length=1)]] = Field(
        {}, description="dotted keys of the scenario, each with a list of values; all combinations are played"
    )
    vary: dict[str, Range] = Field(
        {},
        description="dotted keys of numbers, each with a range; {} is its own range; all, or all: true among them, is "
        "every number that has one",
    )
    vary_all: bool = Field(False, description="what `vary: all` is written out to")
    leave_out: list[Text] = Field([], description="of all: keys that are not varied, * for any letters")
    constraints: list[Text] = Field(
        [], description="comparisons between numbers that every point must meet: parameters.a < 2 * parameters.b"
    )
    design: Design = Field("grid", description="how points are spread over the ranges: see points")
    point_list: list[dict[str, float]] = Field(
        [], description="what points are written out to that are a list or a CSV: each a number for each key"
    )
    points: Annotated[int, Field(ge=1)] = Field(
        5,
        description="grid: levels of each number; lhs, sobol (a power of two): points in all; morris: trajectories; "
        "saltelli: base samples (a power of two). Or the points themselves: a list of mappings, or a CSV beside the study",
    )
    runs: Annotated[int, Field(ge=1, lt=2**31)] = Field(
        description="how many runs each point gets, a whole number; all points have the same luck"
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    outcomes: list[str] = Field([], description="outcomes to report; all if none is named")
