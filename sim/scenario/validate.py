"""From a tree of nodes to a typed scenario; where its form is wrong somewhere, to the parts that are sound."""

from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from sim.scenario.nodes import Node
from sim.scenario.problems import Problem
from sim.scenario.schema import Scenario
from sim.scenario.wording import form_problems

Steps = tuple[int | str, ...]


def validated(tree: Node) -> tuple[Scenario, list[Problem]]:
    """Read a scenario from its tree, with the problems of its form.

    Where something is, unsound entries are left out and unsound sections are None, so that the cross-checks
    can still run on the rest.
    """
    plain = tree.plain()
    try:
        return Scenario.model_validate(plain), []
    except ValidationError as error:
        problems = form_problems(error, tree, Scenario)
    sound: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        if name in plain:
            sound[name] = _sound_part(field.annotation, plain[name])
        else:
            sound[name] = None if field.is_required() else field.get_default(call_default_factory=True)
    return Scenario.model_construct(**sound), problems


def _sound_part(annotation: Any, value: Any) -> Any:
    """Read a section without its unsound entries; None if it cannot be mended so."""
    adapter = TypeAdapter(annotation)
    try:
        return adapter.validate_python(value, strict=True)
    except ValidationError as error:
        if get_origin(annotation) is not dict:
            return None
        depth = _entry_depth(annotation)
        unsound = {_entry(detail["loc"], depth) for detail in error.errors(include_url=False)}
    try:
        return adapter.validate_python(_without(value, unsound, ()), strict=True)
    except ValidationError:
        return None


def _entry_depth(annotation: Any) -> int:
    """Count the names that lead to an entry of a section: as many as mappings are nested."""
    return 1 + _entry_depth(get_args(annotation)[1]) if get_origin(annotation) is dict else 0


def _without(value: Any, unsound: set[Steps], path: Steps) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _without(value, unsound, (*path, key)) for key, value in value.items() if (*path, key) not in unsound}


def _entry(path: Steps, depth: int) -> Steps:
    """Return the entry that an error is in, or the mapping if the entry's own name is wrong."""
    steps = path[:depth]
    return steps[: steps.index("[key]")] if "[key]" in steps else steps
