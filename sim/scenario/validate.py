"""From a tree of nodes to a typed scenario: every problem found, in words, at the place that set the value."""

from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, listed, nearest, shown
from sim.scenario.schema import Entry, Quantity, Scenario

# where the name of an entry stands in a path, per section; 1 where the section is one entry
ENTRY_DEPTH = {"actions": 3, "channels": 4, "strengths": 3}


def validated(tree: Node) -> tuple[Scenario, list[Problem]]:
    """The scenario, and what is wrong with its form.

    Where something is, unsound entries are left out and unsound sections are None, so that the cross-checks
    can still run on the rest.
    """
    plain = tree.plain()
    try:
        return Scenario.model_validate(plain), []
    except ValidationError as error:
        problems = [_in_words(detail, tree, Scenario) for detail in error.errors()]
    sound: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        if name in plain:
            sound[name] = _sound_part(name, field.annotation, plain[name])
        else:
            sound[name] = None if field.is_required() else field.get_default(call_default_factory=True)
    return Scenario.model_construct(**sound), _without_repeats(problems)


def _sound_part(section: str, annotation: Any, given: Any) -> Any:
    """A section without its unsound entries; None if it cannot be mended so."""
    adapter = TypeAdapter(annotation)
    try:
        return adapter.validate_python(given, strict=True)
    except ValidationError as error:
        if get_origin(annotation) is not dict:
            return None
        depth = ENTRY_DEPTH.get(section, 2) - 1
        unsound = {tuple(detail["loc"][:depth]) for detail in error.errors()}
    try:
        return adapter.validate_python(_without(given, unsound, ()), strict=True)
    except ValidationError:
        return None


def _without(given: Any, unsound: set[tuple[int | str, ...]], path: tuple[int | str, ...]) -> Any:
    if not isinstance(given, dict):
        return given
    return {key: _without(value, unsound, (*path, key)) for key, value in given.items() if (*path, key) not in unsound}


def _without_repeats(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _in_words(detail: ErrorDetails, tree: Node, model: type[Entry]) -> Problem:
    """One pydantic error as a problem at its place."""
    path = [step for step in detail["loc"] if step != "[key]"]
    kind, context = detail["type"], detail.get("ctx", {})
    place = tree.at(path).place
    key = key_path(path)
    found = detail["input"]
    if kind == "extra_forbidden":
        allowed = _fields(model, path[:-1])
        return Problem(place, key, "unknown key", listed(allowed, 20), nearest(str(path[-1]), allowed))
    if kind == "missing":
        meaning = _describe(model, path)
        return Problem(place, key, "is missing", meaning)
    if detail["loc"][-1] == "[key]":
        return Problem(place, key, f"'{shown(path[-1])}' is no name", "lower-case letters, digits and _, starting with a letter")
    if kind == "literal_error":
        allowed = context["expected"].replace("'", "").replace(" or ", ", ")
        return Problem(place, key, f"found {_kind_of(found)}", allowed, nearest(str(found), allowed.split(", ")))
    if kind == "value_error":
        return Problem(place, key, str(context["error"]))
    return Problem(place, key, f"found {_kind_of(found)}", _wanted(kind, context, detail["msg"]))


def key_path(path: list[int | str]) -> str:
    """A path as it is written: dots for keys, brackets for places in a list."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return shown(text, 120)


def _kind_of(found: Any) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "text", dict: "a mapping", list: "a list"}
    if found is None:
        return "nothing"
    if isinstance(found, dict | list):
        return kinds[type(found)]
    return f"{shown(found)} ({kinds.get(type(found), 'a date')})"


def _wanted(kind: str, context: dict[str, Any], message: str) -> str:
    words = {
        "string_type": "text (in quotes if it looks like something else)",
        "float_type": "a number",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "bool_type": "true or false",
        "date_type": "a date, year-month-day",
        "dict_type": "a mapping, `key: value`",
        "model_type": "a mapping, `key: value`",
        "list_type": "a list, `[…]`",
        "string_too_short": "text that is not empty",
        "string_pattern_mismatch": f"text of the form {context.get('pattern')}",
    }
    return words.get(kind) or message[0].lower() + message[1:]


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
        if get_origin(annotation) in (dict, list) or not arguments:
            return annotation
        annotation = arguments[0]


def _fields(model: type[BaseModel], path: list[int | str]) -> list[str]:
    here = _model_at(model, path)
    return list(here.model_fields) if here else []


def _describe(model: type[BaseModel], path: list[int | str]) -> str:
    here = _model_at(model, path[:-1])
    field = here.model_fields.get(str(path[-1])) if here else None
    if field is None:
        return ""
    inner = _bare(field.annotation)
    if field.description:
        return field.description
    if isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not Quantity:
        return "a mapping with " + listed(inner.model_fields, 20)
    return ""
