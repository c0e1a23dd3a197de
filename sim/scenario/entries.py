"""What every entry of a scenario file is made of: the common ground of all entries, and a number with its range and source."""

import datetime as dt
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.scenario.fields import Name, Text, Unit


class Entry(BaseModel):
    """The common ground of all entries: strict types, no unknown key, never changed once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Prior(Entry):
    """What a fit believes of a number beforehand, where that is not its value and range: log-normal, by its quantiles."""

    median: float = Field(description="as likely above as below")
    low: float = Field(description="below it lies one in forty")
    high: float = Field(description="above it lies one in forty")
    source: Text = Field(description="where it comes from")

    @model_validator(mode="after")
    def _in_order(self) -> "Prior":
        if not 0.0 < self.low < self.median < self.high:
            raise ValueError("must satisfy 0 < low < median < high")
        return self


class Quantity(Entry):
    """A number: bare, or an entry with its unit, range and source, or the name of an entry of `parameters`."""

    value: float | None = Field(None, description="the number; with steps, the number before the first of them")
    steps: dict[dt.date, float] | None = Field(
        None, description="dated changes: from each date on, its number; a date may be relative: vote - 30 days"
    )
    low: float | None = Field(None, description="lower end of the range that a study sweeps by default")
    high: float | None = Field(None, description="upper end of that range")
    unit: Unit | None = Field(None, description="unit; it decides which numbers are possible")
    meaning: Text | None = Field(None, description="what the number says, in words")
    source: Text | None = Field(None, description="where it comes from; judgement is called judgement")
    label: Text | None = Field(None, description="what readers see in place of its name, in a case's own words")
    prior: Prior | None = Field(None, description="what a fit believes beforehand, if not the value and its range")
    parameter: Name | None = Field(None, description="the entry of `parameters` to use instead of a number")

    EXPLANATION: ClassVar[tuple[str, ...]] = ("low", "high", "unit", "meaning", "source")

    @model_validator(mode="before")
    @classmethod
    def _normal_form(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"parameter": value}
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"value": value}
        if isinstance(value, dict) and isinstance(value.get("steps"), dict):
            return {**value, "steps": {_day(key): number for key, number in value["steps"].items()}}
        return value

    @model_validator(mode="after")
    def _one_form(self) -> "Quantity":
        if self.value is None and self.parameter is None:
            raise ValueError("gives neither a number (value) nor the name of a parameter (parameter)")
        if self.value is not None and self.parameter is not None:
            raise ValueError("gives both a number (value) and the name of a parameter (parameter)")
        if self.steps is not None and self.value is None:
            raise ValueError("gives steps without the value that holds before the first of them")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("has a low above its high")
        return self


def _day(key: Any) -> Any:
    """Read a date written as a key; what is not a date is left for the schema to refuse."""
    try:
        return dt.date.fromisoformat(key) if isinstance(key, str) and len(key) == 10 else key
    except ValueError:
        return key
