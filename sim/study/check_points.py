"""What can be wrong with how a study spreads its points: scales, whole numbers, constraints, points that are listed."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, nearest, shown
from sim.scenario.schema import Quantity
from sim.study.constraints import FORM, Constraint, parsed_constraint
from sim.study.design import whole_levels
from sim.study.points import meets
from sim.study.schema import Study

HONOURS_CONSTRAINTS = {"grid", "lhs", "listed"}


def spread_problems(study: Study, key: str, low: float, high: float, place: Place) -> Iterator[Problem]:
    """Find a scale or whole numbers that a range cannot have. low, high: its ends."""
    spread = study.vary[key]
    if spread.scale == "log" and low <= 0:
        yield Problem(place, f"vary.{key}", f"found {low:g} to {high:g} on a log scale", "a low above 0")
    elif spread.integer and not (low.is_integer() and high.is_integer()):
        yield Problem(
            place, f"vary.{key}", f"found {low:g} to {high:g} of whole numbers", "ends that are whole numbers"
        )
    elif spread.integer and study.design == "grid":
        levels = whole_levels(study.points, spread, low, high)
        if len(set(levels)) < len(levels):
            text = f"{study.points} levels between {low:g} and {high:g} are not as many whole numbers"
            yield Problem(place, f"vary.{key}", text, "fewer points, a wider range, or the design lhs")


def point_problems(study: Study, tree: Node) -> Iterator[Problem]:
    """Find listed points of different keys, beside ranges, or that are missing; warn of those that stand there twice."""
    if study.design == "listed" and not study.point_list:
        yield Problem(tree.node_at(("design",)).place, "design", "no points are listed", "points: a list, or a CSV")
    if not study.point_list:
        if study.leave_out and not study.vary_all:
            text = "leaves out of `vary: all`, and that is not there"
            yield Problem(tree.node_at(("leave_out",)).place, "leave_out", text, "vary: all")
        return
    if tree.has(("vary",)):
        text = "the points are listed, so that no range is varied"
        yield Problem(tree.node_at(("vary",)).place, "vary", text, "points that are listed, or ranges")
    keys = list(study.point_list[0])
    if not keys:
        yield Problem(tree.node_at(("point_list", 0)).place, "points[0]", "is empty", "a number for each key")
    first_at: dict[frozenset[tuple[str, float]], int] = {}
    for index, point in enumerate(study.point_list):
        place = tree.node_at(("point_list", index)).place
        if (first := first_at.setdefault(frozenset(point.items()), index)) < index:
            yield Problem(
                place, f"points[{index}]", f"is the same as points[{first}], and is played again", warning=True
            )
        for key in [key for key in point if key not in keys]:
            yield Problem(place, f"points[{index}].{key}", "is no key of the first point", "the same keys in each", nearest(key, keys))  # fmt: skip
        for key in [key for key in keys if key not in point]:
            yield Problem(place, f"points[{index}]", f"lacks {key}", "the same keys in each")


def constraint_problems(study: Study, tree: Node, numbers: Mapping[str, Quantity]) -> Iterator[Problem]:
    """Find constraints that are none, that name no number, or that a design cannot honour."""
    if study.constraints and study.design not in HONOURS_CONSTRAINTS:
        text = (
            f"'{study.design}' needs every point of the ranges, and would not be balanced without those that break one"
        )
        yield Problem(tree.node_at(("design",)).place, "design", text, "lhs or grid with constraints")
    for index, text in enumerate(study.constraints):
        place, key = tree.node_at(("constraints", index)).place, f"constraints[{index}]"
        constraint = parsed_constraint(text)
        if constraint is None:
            yield Problem(place, key, f"found '{shown(text)}'", FORM)
            continue
        if not constraint.weights:
            yield Problem(place, key, "names no number of the scenario", FORM)
        for name in constraint.weights:
            if name in study.levers:
                yield Problem(place, key, f"{name} is a lever, of which every value is played", "numbers of vary")
            elif name not in numbers:
                near = nearest(name, numbers)
                yield Problem(place, key, f"{name} is not a number of the scenario", "the key of a number", near)
        if not any(name in study.vary for name in constraint.weights):
            yield Problem(place, key, "no number that it names is varied", "one or more of vary")
        elif study.point_list and all(name in numbers for name in constraint.weights):
            yield from _broken(study, tree, constraint, key, numbers)


def numbers_named(study: Study, constraints: Sequence[Constraint], numbers: Mapping[str, Quantity]) -> dict[str, float]:
    """Return the numbers of the scenario that constraints name and the study does not vary."""
    names = {name for constraint in constraints for name in constraint.weights if name not in study.vary}
    return {name: float(numbers[name].value) for name in names}  # type: ignore[arg-type]  # has a value: of numbers_of


def _broken(
    study: Study, tree: Node, constraint: Constraint, key: str, numbers: Mapping[str, Quantity]
) -> Iterator[Problem]:
    """Find listed points that break a constraint."""
    if any(set(point) != set(study.vary) for point in study.point_list):
        return  # reported as such
    rows = np.array([[point[name] for name in study.vary] for point in study.point_list], float)
    sound = meets(rows, list(study.vary), [constraint], numbers_named(study, [constraint], numbers))
    for index in np.flatnonzero(~sound):
        place = tree.node_at(("point_list", int(index))).place
        yield Problem(place, f"points[{index}]", f"breaks {key}: {constraint.text}", "points that meet it")
