"""Which entries name which others: every name that an entry uses, by the section that declares it."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from sim.scenario.fields import Names
from sim.scenario.quantities import HOLDERS, Path
from sim.scenario.schema import Entry, Quantity, Scenario


class Use(NamedTuple):
    """A name that stands somewhere in a scenario, the section that has it, and the words that may stand there instead."""

    path: Path
    section: str
    name: str
    words: tuple[str, ...] = ()


def uses(scenario: Scenario) -> Iterator[Use]:
    """Find every name that the sound parts of a scenario use.

    Names are those of actors, actions, facts, dates and parameters.

    An action's name, actor.action, uses its actor's too. Sections that are None are passed over.
    """
    for section, annotation in _named_fields(Scenario):
        yield from _within(getattr(scenario, section), annotation, (section,))


def names_within(entry: Entry, path: Path) -> Iterator[Use]:
    """Find every name that one entry uses; path: where it stands."""
    yield from _within(entry, type(entry), path)


def _within(value: Any, annotation: Any, path: Path) -> Iterator[Use]:
    if isinstance(value, Quantity):
        if value.parameter is not None and path[0] != "parameters":
            yield Use(path, "parameters", value.parameter)
    elif isinstance(value, Entry):
        for name, inner in _named_fields(type(value)):
            if (there := getattr(value, name)) is not None:
                yield from _within(there, inner, (*path, name))
    elif isinstance(value, str):
        names = names_of(annotation)
        if names is not None and value not in names.words:
            yield Use(path, names.section, value, names.words)
            if names.section == "actions":
                yield Use(path, "actors", value.partition(".")[0])
    elif isinstance(value, dict | list):
        yield from _within_many(value, plain_type(annotation), path)


def _within_many(value: dict[Any, Any] | list[Any], annotation: Any, path: Path) -> Iterator[Use]:
    arguments = get_args(annotation)
    names = names_of(arguments[0]) if isinstance(value, dict) else None
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if names is not None:
            yield Use((*path, step), names.section, str(step))
        if isinstance(inner, (*HOLDERS, str)):
            yield from _within(inner, arguments[-1], (*path, step))


@cache
def _named_fields(entry: type[Entry]) -> list[tuple[str, Any]]:
    """Return the fields of a class of entries that may hold a name, with their types."""
    hints = get_type_hints(entry, include_extras=True)
    return [(name, hints[name]) for name in entry.model_fields if _may_name(hints[name], (entry,))]


def _may_name(annotation: Any, above: tuple[type, ...]) -> bool:
    """Tell whether something of a type may name an entry: as a name, a number, or a holder of them."""
    if names_of(annotation) is not None:
        return True
    plain = plain_type(annotation)
    if isinstance(plain, type) and issubclass(plain, Entry):
        hints = get_type_hints(plain, include_extras=True)
        # what holds entries of its own class, as `any` of a requirement does, may name whatever they do
        return (
            plain is Quantity
            or plain in above
            or any(_may_name(hints[name], (*above, plain)) for name in plain.model_fields)
        )
    return any(_may_name(inner, above) for inner in get_args(plain)) if get_origin(plain) in (dict, list) else False


@cache
def names_of(annotation: Any) -> Names | None:
    """Return what a text of a type names, if anything."""
    marks = [mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, Names)]
    if marks:
        return marks[0]
    return next((mark for inner in _optional(annotation) if (mark := names_of(inner))), None)


@cache
def plain_type(annotation: Any) -> Any:
    """Strip a type of its marks and of `| None`."""
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    inner = _optional(annotation)
    return plain_type(inner[0]) if inner else annotation


def _optional(annotation: Any) -> list[Any]:
    """Return the types that `X | None` may be beside None; nothing for another type."""
    if hasattr(annotation, "__metadata__"):
        return _optional(annotation.__origin__)
    arguments = get_args(annotation)
    return [inner for inner in arguments if inner is not type(None)] if type(None) in arguments else []
