"""What is wrong with the form of an entry, in words: pydantic's errors as problems at their places."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.nodes import Node
from sim.scenario.problems import EMPTY, Problem, first_of, key_path, listed, nearest, shown, signs_of
from sim.scenario.schema import Entry, Quantity
from sim.scenario.slips import NO_SLIP, Slip, date_slip, number_slip, truth_slip

Steps = list[int | str]
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
SLIPS: dict[str, Callable[[str], Slip]] = {
    "float_type": number_slip,
    "int_type": number_slip,
    "date_type": date_slip,
    "bool_type": truth_slip,
}


def form_problems(error: ValidationError, tree: Node, model: type[Entry]) -> list[Problem]:
    """Put every error of one validation into words, at the line that set the value.

    A missing key is passed over where an unknown key beside it is that key misspelt: one slip, one problem.
    """
    details = error.errors(include_url=False)
    missing: dict[tuple[int | str, ...], list[str]] = {}
    for detail in details:
        if detail["type"] == "missing":
            missing.setdefault(detail["loc"][:-1], []).append(str(detail["loc"][-1]))
    misspelt = {
        (*detail["loc"][:-1], nearest(str(detail["loc"][-1]), missing.get(detail["loc"][:-1], [])))
        for detail in details
        if detail["type"] == "extra_forbidden"
    }
    reported = (detail for detail in details if detail["type"] != "missing" or detail["loc"] not in misspelt)
    return first_of(_in_words(detail, tree, model, missing.get(detail["loc"][:-1], [])) for detail in reported)


def _in_words(detail: ErrorDetails, tree: Node, model: type[Entry], missing: list[str]) -> Problem:
    """Put one pydantic error into words at its place; missing: the keys that its entry lacks."""
    path = [_step(step) for step in detail["loc"] if step != "[key]"]
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    quantity = _quantity(path, tree, model)
    path = quantity or path
    place, key = tree.place_of(path), key_path(path)
    if kind == "extra_forbidden":
        return _unknown_key(path, tree, model, missing)
    if kind == "missing":
        text = f"{EMPTY}, and cannot be left out" if tree.removal(path) else "is missing"
        return Problem(place, key, text, _describe(model, path))
    if kind == "value_error":
        return Problem(tree.node_at(path).laid_over, key, str(context["error"]))
    if detail["loc"][-1] == "[key]":
        return _impossible_key(path, tree, detail)
    if kind == "literal_error":
        allowed = _literals(context)
        return Problem(place, key, f"found {kind_of(value)}", listed(allowed, 20), nearest(str(value), allowed))
    if quantity is not None:
        return _not_wanted(path, tree, value, QUANTITY, number_slip)
    if kind == "string_type" and isinstance(value, list):
        return Problem(place, key, "found a list, where one name or text is wanted", _describe(model, path))
    return _not_wanted(path, tree, value, _wanted(detail), SLIPS.get(kind))


def _unknown_key(path: Steps, tree: Node, model: type[BaseModel], missing: list[str]) -> Problem:
    """Build the problem of an unknown key; one that the entry lacks is the likeliest meant."""
    name, known = str(path[-1]), _fields(model, path[:-1])
    near = nearest(name, missing) or nearest(name, known)
    if not near and len(path) == 1:  # at the top, where the key of something inside a section may stand
        near = next((f"{section}.{name}" for section, node in tree.items.items() if name in node.items), "")
    return Problem(tree.node_at(path).place, key_path(path), f"unknown key{signs_of(name)}", listed(known, 20), near)


def _impossible_key(path: Steps, tree: Node, detail: ErrorDetails) -> Problem:
    """Build the problem of a key of a form that its mapping does not take."""
    name, near, allowed = str(path[-1]), "", _wanted(detail)
    if detail["type"] == "literal_error":
        literals = _literals(detail["ctx"])
        near, allowed = nearest(name, literals), listed(literals, 20)
    elif detail["type"] == "date_type":
        near, allowed = date_slip(name)[1], WANTED["date_type"]
    text = f"'{shown(name)}' cannot be a key here{signs_of(name)}"
    return Problem(tree.node_at(path).place, key_path(path), text, allowed, near)


def _not_wanted(
    path: Steps, tree: Node, value: Any, allowed: str, slip: Callable[[str], Slip] | None = None
) -> Problem:
    """Build the problem of a value of the wrong kind or form, with the slip that it may be."""
    why, meant = slip(str(value)) if slip is not None and _is_plain(value) else NO_SLIP
    if not why and isinstance(value, str):
        why = signs_of(value)[2:-1]  # without its brackets
    if allowed == WANTED["int_type"] and isinstance(value, float) and value.is_integer():
        meant = f"{value:.0f}"
    hints = ", ".join(hint for hint in (why, f"write {meant}" if meant else "") if hint)
    text = f"found {kind_of(value)}: {hints}" if hints else f"found {kind_of(value)}"
    return Problem(tree.place_of(path), key_path(path), text, allowed)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def kind_of(value: Any) -> str:
    """Name a value as a message does, with its kind."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        kind = "a mapping" if isinstance(value, dict) else "a list"
        return kind if value else f"{kind} that is empty"
    if value == "":
        return "text that is empty"
    if isinstance(value, bool):
        return f"{str(value).lower()} (true or false)"
    kinds = {int: "a number", float: "a number", str: "text", date: "a date"}
    return f"{shown(value)} ({kinds.get(type(value), 'something else')})"


def _step(step: int | str) -> int | str:
    dated = DATE_KEY.fullmatch(str(step))
    return date(*map(int, dated.groups())).isoformat() if dated else step


def _quantity(path: Steps, tree: Node, model: type[BaseModel]) -> Steps | None:
    """Return the path of a quantity whose whole is wrong: no form of it, or a bare text or number."""
    if _model_at(model, path) is Quantity:
        return path
    bare = path[-1] in ("value", "parameter") and not tree.node_at(path[:-1]).is_mapping
    return path[:-1] if bare and _model_at(model, path[:-1]) is Quantity else None


def _literals(context: dict[str, Any]) -> list[str]:
    return re.findall("'([^']*)'", context["expected"])


def _wanted(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], f"text of the form {context['pattern']}")
    if detail["loc"][-1] == "[key]":
        return NAME
    return WANTED.get(kind, detail["msg"]).format(**context)


def _model_at(model: type[BaseModel], path: Steps) -> type[BaseModel] | None:
    """Find the class of the entry at a path of the schema."""
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
    """Strip an annotation of `| None` and of its constraints."""
    while True:
        arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
        if get_origin(annotation) in (dict, list, Literal) or not arguments:
            return annotation
        annotation = arguments[0]


def _fields(model: type[BaseModel], path: Steps) -> list[str]:
    here = _model_at(model, path)
    return list(here.model_fields) if here else []


def _describe(model: type[BaseModel], path: Steps) -> str:
    """Describe what should stand where nothing does."""
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
