"""From a tree of nodes to a typed scenario: every problem found, in words, at the place that set the value."""

import re
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, first_of, key_path, listed, nearest, shown
from sim.scenario.schema import Entry, Quantity, Scenario

# where the name of an entry stands in a path, per section; 1 where the section is one entry
ENTRY_DEPTH = {"actions": 3, "channels": 4, "strengths": 3}
DATE_KEY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")  # how pydantic tells where a dated step stands

NAME = "a name of lower-case letters, digits and _, starting with a letter, at most 60"
DATE = "a date, year-month-day without quotes"
QUANTITY = "a number, the name of a parameter, or {value: …}"
KINDS = {str: "text", int: "a whole number", date: DATE, dict: "a mapping, `key: value`", list: "a list, `[…]`"}
PATTERNS = {
    "^[a-z][a-z0-9_]*$": NAME,
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": "actor.action",
    "^(0|[1-9][0-9]?)$": "the number of a rung, 0 to 99",
    "^[A-Za-z][A-Za-z0-9 -]*$": "letters, digits, spaces and hyphens, starting with a letter, at most 60",
    "^[0-9]{2,4}$": "a CAMEO code of 2 to 4 digits, in quotes",
}
WANTED = {
    "string_type": "text (in quotes if it looks like something else)",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "date_type": DATE,
    "dict_type": "a mapping, `key: value`",
    "model_type": "a mapping, `key: value`",
    "list_type": "a list, `[…]`",
    "string_too_short": "text that is not empty",
    "string_too_long": "at most {max_length} letters",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
}


def validated(tree: Node) -> tuple[Scenario, list[Problem]]:
    """The scenario, and what is wrong with its form.

    Where something is, unsound entries are left out and unsound sections are None, so that the cross-checks
    can still run on the rest.
    """
    plain = tree.plain()
    try:
        return Scenario.model_validate(plain), []
    except ValidationError as error:
        problems = first_of(in_words(detail, tree, Scenario) for detail in error.errors())
    sound: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        if name in plain:
            sound[name] = _sound_part(name, field.annotation, plain[name])
        else:
            sound[name] = None if field.is_required() else field.get_default(call_default_factory=True)
    return Scenario.model_construct(**sound), problems


def _sound_part(section: str, annotation: Any, given: Any) -> Any:
    """A section without its unsound entries; None if it cannot be mended so."""
    adapter = TypeAdapter(annotation)
    try:
        return adapter.validate_python(given, strict=True)
    except ValidationError as error:
        if get_origin(annotation) is not dict:
            return None
        depth = ENTRY_DEPTH.get(section, 2) - 1
        unsound = {_entry(detail["loc"], depth) for detail in error.errors()}
    try:
        return adapter.validate_python(_without(given, unsound, ()), strict=True)
    except ValidationError:
        return None


def _without(given: Any, unsound: set[tuple[int | str, ...]], path: tuple[int | str, ...]) -> Any:
    if not isinstance(given, dict):
        return given
    return {key: _without(value, unsound, (*path, key)) for key, value in given.items() if (*path, key) not in unsound}


def _entry(path: tuple[int | str, ...], depth: int) -> tuple[int | str, ...]:
    """The entry that an error is in, or the mapping of entries if its own name is wrong."""
    steps = path[:depth]
    return steps[: steps.index("[key]")] if "[key]" in steps else steps


def in_words(detail: ErrorDetails, tree: Node, model: type[Entry]) -> Problem:
    """One pydantic error as a problem at its place."""
    path = [_step(step) for step in detail["loc"] if step != "[key]"]
    kind, context, found = detail["type"], detail.get("ctx", {}), detail["input"]
    quantity = _quantity(path, tree, model)
    if quantity is not None:
        path = quantity
    place, key = tree.at(path).place, key_path(path)
    if kind == "extra_forbidden":
        allowed = _fields(model, path[:-1])
        return Problem(place, key, "unknown key", listed(allowed, 20), nearest(str(path[-1]), allowed))
    if kind == "missing":
        return Problem(place, key, "is missing", _describe(model, path))
    if kind == "value_error":
        return Problem(tree.at(path).laid_over, key, str(context["error"]))
    if kind == "literal_error":
        allowed = re.findall("'([^']*)'", context["expected"])
        said = f"'{shown(found)}' cannot be a key here" if detail["loc"][-1] == "[key]" else f"found {_kind_of(found)}"
        return Problem(place, key, said, listed(allowed, 20), nearest(str(found), allowed))
    if quantity is not None:
        return Problem(place, key, f"found {_kind_of(found)}", QUANTITY)
    if detail["loc"][-1] == "[key]":
        return Problem(place, key, f"'{shown(path[-1])}' cannot be a key here", _wanted(detail))
    return Problem(place, key, f"found {_kind_of(found)}", _wanted(detail))


def _step(step: int | str) -> int | str:
    dated = DATE_KEY.fullmatch(str(step))
    return date(*map(int, dated.groups())).isoformat() if dated else step


def _quantity(path: list[int | str], tree: Node, model: type[Entry]) -> list[int | str] | None:
    """The path of a quantity whose whole is wrong: no form of it at all, or a bare text or number."""
    if _model_at(model, path) is Quantity:
        return path
    bare = path[-1] in ("value", "parameter") and not tree.at(path[:-1]).is_mapping
    return path[:-1] if bare and _model_at(model, path[:-1]) is Quantity else None


def _kind_of(found: Any) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "text", dict: "a mapping", list: "a list"}
    if found is None:
        return "nothing"
    if isinstance(found, dict | list):
        return kinds[type(found)]
    return f"{shown(found)} ({kinds.get(type(found), 'a date')})"


def _wanted(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], f"text of the form {context['pattern']}")
    if detail["loc"][-1] == "[key]":
        return WANTED["date_type"] if kind == "date_type" else NAME
    return WANTED.get(kind, detail["msg"]).format(**context)


def _model_at(model: type[BaseModel], path: list[int | str]) -> type[BaseModel] | None:
    """The class of the entry at a path of the schema."""
    here: Any = model
    for step in path:
        here = _bare(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(step))
            if field is None:
                return None
            here = field.annotation
        elif get_origin(here) in (dict, list):
            here = get_args(here)[-1]
        else:
            return None
    here = _bare(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """An annotation without `| None` and without its constraints."""
    while True:
        arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
        if get_origin(annotation) in (dict, list, Literal) or not arguments:
            return annotation
        annotation = arguments[0]


def _fields(model: type[BaseModel], path: list[int | str]) -> list[str]:
    here = _model_at(model, path)
    return list(here.model_fields) if here else []


def _describe(model: type[BaseModel], path: list[int | str]) -> str:
    """What should stand where nothing does."""
    here = _model_at(model, path[:-1])
    field = here.model_fields.get(str(path[-1])) if here else None
    if field is None:
        return ""
    inner = _bare(field.annotation)
    if inner is Quantity:
        unit, _, meaning = (field.description or "").partition("; ")
        return f"{QUANTITY}, in {unit}: {meaning}" if unit else QUANTITY
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return "a mapping with " + listed(inner.model_fields, 20)
    if field.description:
        return field.description
    if get_origin(inner) is Literal:
        return listed(get_args(inner))
    patterns = [
        PATTERNS[pattern] for about in field.metadata if (pattern := getattr(about, "pattern", None)) in PATTERNS
    ]
    return (patterns or [KINDS.get(get_origin(inner) or inner, "")])[0]
