"""What can be wrong with a study: levers, ranges, outcomes and size, held against its scenario."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from sim.rules.registry import METRICS
from sim.scenario.load import Loaded, varied
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, first_of, key_path, listed, nearest, shown
from sim.scenario.quantities import quantities
from sim.scenario.questions import questions
from sim.scenario.schema import Quantity
from sim.study.check_points import constraint_problems, point_problems, spread_problems
from sim.study.design import POWERS_OF_TWO, rows
from sim.study.schema import Range, Study

MAX_POINTS = 1_000_000
Ranges = dict[str, tuple[float, float]]


def study_problems(study: Study, tree: Node, base: Loaded) -> list[Problem]:
    """Return every problem of a study whose form is sound."""
    problems = [
        *first_of(_keys(study, tree)),
        *first_of(_levers(study, tree, base)),
        *first_of(_ranges(study, tree, base)),
        *first_of(point_problems(study, tree)),
        *first_of(constraint_problems(study, tree, numbers_of(base))),
        *first_of(_outcomes(study, tree, base)),
        *_size(study, tree),
    ]
    sound = not [problem for problem in problems if not problem.warning]
    return problems + (first_of(_ends(study, tree, base)) if sound else [])


def ranges_of(study: Study, base: Loaded) -> Ranges:
    """Return the range of each number that is varied.

    Its own low and high where the study gives none.
    """
    numbers = numbers_of(base)
    return {key: _range(study, key, numbers[key]) for key in study.vary}  # type: ignore[misc]  # none is None: checked


def with_ranges(study: Study, tree: Node, base: Loaded) -> Study:
    """Write out which numbers a study varies: those of `vary: all`, or those that its listed points name.

    Raises UserError for an entry of `leave_out` that fits no number.
    """
    if study.point_list and not study.vary:
        columns = {key: [point[key] for point in study.point_list if key in point] for key in study.point_list[0]}
        ranges = {key: Range(low=min(numbers), high=max(numbers)) for key, numbers in columns.items()}
        return study.model_copy(update={"vary": ranges})
    if not study.vary_all:
        return study
    with_range = {
        key: Range()
        for key, quantity in _numbers_by_path(base).items()
        if quantity.value is not None and quantity.low is not None and quantity.high is not None
    }
    left = [key for key in with_range if any(fnmatchcase(key, pattern) for pattern in study.leave_out)]
    taken = {*left, *study.levers}
    ranges = {
        key: span for key, span in with_range.items() if not any(key == k or key.startswith(k + ".") for k in taken)
    }
    problems = [
        Problem(tree.node_at(("leave_out", index)).place, f"leave_out[{index}]", f"'{shown(pattern)}' fits no number that has a range", "a key, * for any letters", nearest(pattern, with_range))
        for index, pattern in enumerate(study.leave_out)
        if not any(fnmatchcase(key, pattern) for key in with_range)
    ]  # fmt: skip
    if problems:
        raise UserError(problems)
    return study.model_copy(update={"vary": ranges | study.vary})


def numbers_of(base: Loaded) -> dict[str, Quantity]:
    """Find every number of a scenario by its dotted key; not those that only name a parameter.

    A number of actors that play their roles alone has a key that is written in roles, too.
    """
    numbers = _numbers_by_path(base)
    roles = {players[0]: role for role, players in (base.scenario.roles or {}).items() if len(players) == 1}
    in_roles = {".".join(roles.get(step, step) for step in key.split(".")): number for key, number in numbers.items()}
    return {key: quantity for key, quantity in (in_roles | numbers).items() if quantity.value is not None}


def _numbers_by_path(base: Loaded) -> dict[str, Quantity]:
    return {key_path(list(located.path)): located.quantity for located in quantities(base.scenario)}


def _range(study: Study, key: str, quantity: Quantity) -> tuple[float | None, float | None]:
    bounds = study.vary[key]
    return (quantity.low if bounds.low is None else bounds.low, quantity.high if bounds.high is None else bounds.high)


def _keys(study: Study, tree: Node) -> Iterator[Problem]:
    """Find keys that are varied twice, and those that a sweep cannot vary."""
    places = {("levers", key) for key in study.levers} | {("vary", key) for key in study.vary}
    for section, key in sorted(places):
        place = tree.node_at((section, key)).place
        for other_section, other_key in sorted(places - {(section, key)}):
            if other_key == key or key.startswith(other_key + "."):
                text = f"is varied by {other_section}.{other_key} too"
                yield Problem(place, f"{section}.{key}", text, "one of the two")
        if key.split(".")[0] == "record" and key.split(".")[1:] not in (["replay"], ["month_only"]):
            text = "names the record, which is read once for all points"
            yield Problem(place, f"{section}.{key}", text, "record.replay, record.month_only")


def _levers(study: Study, tree: Node, base: Loaded) -> Iterator[Problem]:
    """Find values of levers that, laid over the scenario alone, make it unsound or ask something else."""
    for key in study.levers:
        values = tree.node_at(("levers", key)).parts
        texts = [json.dumps(value.plain(), default=str, sort_keys=True) for value in values]
        for index, value in enumerate(values):
            if texts[index] in texts[:index]:
                yield Problem(
                    value.place, f"levers.{key}", f"{shown(value.plain())} is listed twice", "each value once"
                )
            yield from _unsound(base, key, value)


def _ends(study: Study, tree: Node, base: Loaded) -> Iterator[Problem]:
    """Find ends of ranges that, laid over the scenario alone, make it unsound."""
    for key, ends in ranges_of(study, base).items():
        for end in ends:
            yield from _unsound(base, key, Node(end, tree.node_at(("vary", key)).place))


def _unsound(base: Loaded, key: str, value: Node) -> Iterator[Problem]:
    """Find the problems and warnings of the scenario once a value is laid over it, at the value's place."""
    try:
        loaded = varied(base, {key: value})
    except UserError as error:
        for problem in error.problems:
            if problem.place.file != value.place.file:
                yield Problem(value.place, key, f"with {shown(value.plain())}, {problem}")
            elif problem.key.startswith(key):
                yield problem
            else:  # of something else, which this value makes wrong
                yield replace(problem, text=f"with {key} {shown(value.plain())}, {problem.text}")
        return
    yield from (warning for warning in loaded.warnings if warning not in base.warnings)
    units = _units(base)
    for name, unit in _units(loaded).items():
        if units.get(name, unit) != unit:
            text = f"makes the outcome {name} one of {unit}, and in the scenario it is one of {units[name]}"
            yield Problem(value.place, key, text, "outcomes of one unit: one study each")
        if name not in units:
            text = f"asks an outcome {name} that the scenario does not"
            yield Problem(value.place, key, text, "outcomes of the scenario that the study names")


def _units(loaded: Loaded) -> dict[str, str]:
    return {name: METRICS[question.metric].unit for question in questions(loaded.scenario) for name in question.names}


def _ranges(study: Study, tree: Node, base: Loaded) -> Iterator[Problem]:
    numbers = numbers_of(base)
    for key in study.vary:
        place = tree.node_at(("vary", key)).place
        if key not in numbers:
            allowed = "the key of a number of the scenario, such as parameters.leverage"
            near = nearest(key, numbers) or next((full_key for full_key in numbers if full_key.endswith(f".{key}")), "")
            yield Problem(place, f"vary.{key}", "is not a number of the scenario", allowed, near)
            continue
        low, high = _range(study, key, numbers[key])
        if low is None or high is None:
            yield Problem(place, f"vary.{key}", "has no range of its own", "{low: …, high: …}")
        elif study.point_list:
            continue
        elif not low < high:
            yield Problem(place, f"vary.{key}", f"found {low:g} to {high:g}", "a low below its high")
        else:
            yield from spread_problems(study, key, low, high, place)


def _outcomes(study: Study, tree: Node, base: Loaded) -> Iterator[Problem]:
    names = [*base.scenario.outcomes, *(question.name for question in questions(base.scenario))]
    for index, name in enumerate(study.outcomes):
        if name not in names:
            text = f"no outcome is called '{shown(name)}'"
            place = tree.node_at(("outcomes", index)).place
            yield Problem(place, f"outcomes[{index}]", text, listed(base.scenario.outcomes), nearest(name, names))


def _size(study: Study, tree: Node) -> Iterator[Problem]:
    place = tree.node_at(("points",)).place if tree.has(("points",)) else Place(tree.place.file, 0)
    if not study.levers and not study.vary:
        yield Problem(tree.place, "levers, vary", "nothing is varied", "levers, vary or both")
    count = len(study.point_list) or rows(study.design, len(study.vary), study.points)
    for values in study.levers.values():
        count *= len(values)
    if count > MAX_POINTS:
        yield Problem(place, "points", f"with the levers, {count:,} points in all", f"at most {MAX_POINTS:,}")
    if study.vary and study.design in POWERS_OF_TWO and study.points & (study.points - 1):
        text = f"found {study.points}, and the sequence of '{study.design}' is balanced only at powers of two"
        yield Problem(place, "points", text, "1, 2, 4, 8, …")
