"""Every number of a scenario: where it stands, what unit is wanted there, what it is on each day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sim.scenario.schema import Entry, Quantity, Scenario

Path = tuple[str | int, ...]
HOLDERS = (Entry, dict, list)


@dataclass(frozen=True, slots=True)
class Located:
    """A quantity, its path in the scenario and the unit that its place asks for ('' where any will do)."""

    path: Path
    quantity: Quantity
    unit: str


def dotted(path: Path) -> str:
    """Write a path with dots, as a dotted key is."""
    return ".".join(str(step) for step in path)


def at_path(scenario: Scenario, path: Path) -> Quantity:
    """Return the quantity that stands at a path which `quantities` gave."""
    value: Any = scenario
    for step in path:
        value = getattr(value, str(step)) if isinstance(value, Entry) else value[step]
    assert isinstance(value, Quantity)
    return value


def quantities(scenario: Scenario) -> Iterator[Located]:
    """Return every quantity of a scenario, in the order of the file.

    Sections that are None are passed over.
    """
    for section in type(scenario).model_fields:
        yield from _within(getattr(scenario, section), (section,), "")


def _within(value: Any, path: Path, unit: str) -> Iterator[Located]:
    if isinstance(value, Quantity):
        yield Located(path, value, unit)
        return
    inner: Iterable[tuple[str | int, Any, str]] = ()
    if isinstance(value, Entry):
        inner = ((name, getattr(value, name), wanted) for name, wanted in _fields(type(value)))
    elif isinstance(value, dict):
        inner = ((name, inside, unit) for name, inside in value.items())
    elif isinstance(value, list):
        inner = ((index, inside, unit) for index, inside in enumerate(value))
    for step, inside, wanted in inner:
        if isinstance(inside, HOLDERS):  # most are text, and this is asked for every point of a sweep
            yield from _within(inside, (*path, step), wanted)


@cache
def _fields(entry: type[Entry]) -> list[tuple[str, str]]:
    """Return the names of an entry's fields, each with the unit that it wants."""
    extras = {name: field.json_schema_extra for name, field in entry.model_fields.items()}
    return [(name, str(extra.get("unit", "")) if isinstance(extra, dict) else "") for name, extra in extras.items()]


def key_of(located: Located) -> str:
    """Return the dotted key of a quantity's value: its own, or that of its parameter."""
    name = located.quantity.parameter
    return dotted(located.path) if name is None else f"parameters.{name}"


def settled(quantity: Quantity, parameters: dict[str, Quantity]) -> Quantity:
    """Return the quantity itself, or the parameter that it names."""
    return parameters[quantity.parameter] if quantity.parameter is not None else quantity


def on_day(quantity: Quantity, day: date, parameters: dict[str, Quantity]) -> float:
    """Return the number that holds on one day."""
    entry = settled(quantity, parameters)
    number = entry.value
    for since in sorted(entry.steps or {}):
        if since <= day:
            number = (entry.steps or {})[since]
    assert number is not None
    return float(number)


def eras(scenario: Scenario) -> list[date]:
    """Return the first day of each stretch on which no number changes, the clock's start first.

    A factor on a base holds from the first day that is not replayed: what the record teaches never sees it.
    """
    start, end = scenario.clock.start, scenario.clock.end
    days = {start}
    channels = [
        entry for targets in scenario.channels.values() for tones in targets.values() for entry in tones.values()
    ]
    free_from = scenario.clock.replay_until + timedelta(1)
    if start < free_from <= end and any(entry.base_times is not None for entry in channels):
        days.add(free_from)
    for located in quantities(scenario):
        days.update(day for day in located.quantity.steps or {} if start < day <= end)
    return sorted(days)
