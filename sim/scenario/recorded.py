"""The record that a scenario names: where its file lies, and which of its rows are inside the scenario."""

import pathlib
from collections.abc import Container
from dataclasses import replace

from sim.scenario.files import shown_path
from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, UserError, nearest, shown
from sim.scenario.quantities import Path
from sim.scenario.record import Row, inside, read_record
from sim.scenario.schema import Scenario
from sim.scenario.sound import Sound, path_of, removed_but_needed


def record_folder(tree: Node) -> pathlib.Path:
    """Find the folder of a record: that of the file that names it.

    If a setting names it, that of the scenario.
    """
    place = tree.node_at(("record", "file")).place
    return pathlib.Path(place.file if place.line else tree.place.file).parent


def record_rows(scenario: Scenario, tree: Node) -> tuple[list[Row], list[Problem]]:
    """Read the record of a scenario: its rows, and why it cannot be read.

    Both are empty if the scenario names none.
    """
    if scenario.record is None:
        return [], []
    place = tree.node_at(("record", "file")).place
    try:
        folder = record_folder(tree).resolve()
        path = (folder / scenario.record.file).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a link to itself, a name that cannot be one
        return [], [Problem(place, "record.file", f"cannot be read: {error}")]
    if not path.is_relative_to(folder):
        text, allowed = "lies outside the folder of the file that names it", "a file in that folder or below it"
        return [], [Problem(place, "record.file", text, allowed)]
    try:
        return read_record(path, shown_path(path)), []
    except UserError as error:
        if len(error.problems) == 1 and error.problems[0].text == "there is no such file":
            near = nearest(path.name, (file.name for file in path.parent.glob("*.csv")))
            meant = str(pathlib.Path(scenario.record.file).with_name(near)) if near else ""
            return [], [Problem(place, "record.file", f"there is no file '{scenario.record.file}'", nearest=meant)]
        return [], error.problems


def missing_case(scenario: Scenario, tree: Node) -> list[Problem]:
    """Find that the scenario is not there under whose numbers the bases are learned, before anything learns them."""
    if scenario.record is None or scenario.record.case is None:
        return []
    named = pathlib.Path(scenario.record.case)
    place = tree.node_at(("record", "case")).place
    try:
        path = record_folder(tree) / named
        if path.is_file():
            return []
        near = nearest(path.name, (file.name for file in path.parent.glob("*.yaml")))
    except (OSError, ValueError) as error:  # a name that cannot be one
        return [Problem(place, "record.case", f"cannot be read: {error}")]
    text = f"there is no file '{shown(scenario.record.case)}'"
    allowed = "a scenario beside the file that names the record"
    return [Problem(place, "record.case", text, allowed, nearest=str(named.with_name(near)) if near else "")]


def nothing_recorded(scenario: Scenario, tree: Node, work: str) -> Problem:
    """Build the problem of a scenario without an act that has a day. work: what needs one, such as `a fit`."""
    if scenario.record is None:
        text = f"names no record of dated acts, which {work} needs"
        return Problem(tree.place, "record", text, "record: {file: …, replay: all}")
    text = f"{scenario.record.file} holds no act with a day, so {work} has nothing to learn from"
    return Problem(tree.node_at(("record", "file")).place, "record.file", text, "a row for each act, with its day")


def rows_as_expanded(rows: list[Row], scenario: Scenario) -> list[Row]:
    """Name each act of a record as the expansion of a kind names it: an action toward several players ends in its target.

    So a record reads the same whoever else plays the role of its targets.
    """
    if not scenario.roles or not scenario.actions:
        return rows
    return [_as_expanded(row, scenario) for row in rows]


def _as_expanded(row: Row, scenario: Scenario) -> Row:
    actions = scenario.actions.get(row.actor, {})
    action = f"{row.action}_{row.target}"
    is_expanded = row.action not in actions and action in actions and actions[action].target == row.target
    return replace(row, action=action) if is_expanded else row


def rows_inside(sound: Sound, rows: list[Row]) -> tuple[list[Row], list[Problem]]:
    """Select the rows of a record inside a sound scenario, and report what is wrong with others.

    A name that the scenario itself has wrong, or that a null took away, is reported there, not at every row that has it.
    """
    record = sound.scenario.record
    if record is None:
        return [], []
    removed: list[Problem] = []
    clear: list[Row] = []
    for row in rows:
        names = [] if row.outside else _names(row, record.outside_actors)
        paths: list[Path] = [path_of(*name) for name in names]
        paths += [
            ("record", "outside_actors", name)
            for section, name in names
            if section == "actors" and name not in sound.scenario.actors
        ]
        removals = [removal for path in paths if (removal := sound.tree.removal(path)) is not None]
        removed += [removed_but_needed(removal, str(row.place)) for removal in removals[:1]]
        if not removals and not any(_is_reported(sound, *name) for name in names):
            clear.append(row)
    targets = {
        f"{actor}.{name}": action.target
        for actor, actions in sound.scenario.actions.items()
        for name, action in actions.items()
    }
    inner, problems = inside(clear, targets, list(sound.scenario.actors), record.outside_actors)
    return inner, _first_of_a_kind(problems) + removed


def _names(row: Row, outside: Container[str]) -> list[tuple[str, str]]:
    """(section, name) of what a row names, as far as the scenario must have it."""
    actors = [name for name in (row.actor, row.target) if name not in outside]
    actions = [row.name] if len(actors) == 2 else []
    return [*(("actors", name) for name in actors), *(("actions", name) for name in actions)]


def _is_reported(sound: Sound, section: str, name: str) -> bool:
    """Tell whether a name, or the target of an action, is reported as a mistake of the scenario."""
    if name in sound.undeclared.get(section, {}):
        return True
    if section != "actions":
        return False
    if name not in sound.action_names:
        return sound.declares("actors", name.partition(".")[0]) and sound.declares("actions", name)
    target = sound.tree.node_at((*path_of(section, name), "target")).value
    return isinstance(target, str) and target in (name.partition(".")[0], *sound.undeclared.get("actors", {}))


def _first_of_a_kind(problems: list[Problem]) -> list[Problem]:
    """Report one problem for all rows with the same mistake: at the first of them, with their number."""
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.text, problem.allowed, problem.nearest), []).append(problem)
    return [
        replace(min(same), concerns=f"(the first of {len(same)} such rows)") if len(same) > 1 else same[0]
        for same in alike.values()
    ]
