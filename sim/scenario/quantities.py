"""Every number of a scenario: where it stands, what unit is wanted there, what it is on each day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.scenario.schema import Entry, Quantity, Scenario

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity, its path in the scenario and the unit that its place asks for ('' where any will do)."""

    path: Path
    quantity: Quantity
    unit: str


def quantities(scenario: Scenario) -> Iterator[Found]:
    """Every quantity of a scenario, in the order of the file. Sections that are None are passed over."""
    for section in type(scenario).model_fields:
        yield from _within(getattr(scenario, section), (section,), "")


def _within(value: Any, path: Path, unit: str) -> Iterator[Found]:
    if isinstance(value, Quantity):
        yield Found(path, value, unit)
    elif isinstance(value, Entry):
        for name, field in type(value).model_fields.items():
            extra = field.json_schema_extra
            wanted = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            yield from _within(getattr(value, name), (*path, name), wanted)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _within(inner, (*path, name), unit)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _within(inner, (*path, index), unit)


def settled(quantity: Quantity, parameters: dict[str, Quantity]) -> Quantity:
    """The quantity itself, or the parameter that it names."""
    return parameters[quantity.parameter] if quantity.parameter is not None else quantity


def on_day(quantity: Quantity, day: date, parameters: dict[str, Quantity]) -> float:
    """The number that holds on one day."""
    entry = settled(quantity, parameters)
    number = entry.value
    for since in sorted(entry.steps or {}):
        if since <= day:
            number = (entry.steps or {})[since]
    assert number is not None
    return float(number)


def eras(scenario: Scenario) -> list[date]:
    """The first day of each stretch on which no number changes; the clock's start is the first."""
    start, end = scenario.clock.start, scenario.clock.end
    days = {start}
    for found in quantities(scenario):
        days.update(day for day in found.quantity.steps or {} if start < day <= end)
    return sorted(days)
