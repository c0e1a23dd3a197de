"""From a machine-coded table to a record: actors and actions by a map, and what the map does not know by counts."""

import csv
import fnmatch
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from sim.evidence.event_tables import Event, Malformed
from sim.scenario.files import shown_path
from sim.scenario.problems import UserError, unknown
from sim.scenario.schema import ActionName, Entry, Name, Scenario
from sim.scenario.wording import form_problems
from sim.scenario.yaml_file import read_yaml

COLUMNS = ("date", "actor", "target", "action", "source", "note")
SHOWN_MALFORMED = 5


class Map(Entry):
    """Who is who and what is what: names and codes of a table on the right, a scenario's own on the left."""

    actors: dict[Name, list[str]] = Field(
        description="patterns of names or codes, * for any letters; FRAGOV, 'France/Government*'"
    )
    actions: dict[ActionName, list[str]] = Field(
        description="actor.action, with CAMEO codes or their beginnings; the longest counts"
    )


def read_map(path: Path, scenario: Scenario) -> Map:
    """A map for a scenario. Raises UserError for one that is not sound, or names what the scenario does not have."""
    tree = read_yaml(path, shown_path(path))
    try:
        found = Map.model_validate(tree.plain())
    except ValidationError as error:
        raise UserError(form_problems(error, tree, Map)) from None
    actions = [f"{actor}.{name}" for actor, own in scenario.actions.items() for name in own]
    problems = [
        unknown(tree.at(("actors", name)).place, f"actors.{name}", "actor", name, list(scenario.actors))
        for name in found.actors
        if name not in scenario.actors
    ]
    problems += [
        unknown(tree.at(("actions", name)).place, f"actions.{name}", "action", name, actions)
        for name in found.actions
        if name not in actions
    ]
    if problems:
        raise UserError(problems)
    return found


@dataclass
class Report:
    """What became of a table's rows."""

    rows: int = 0
    written: int = 0
    repeats: int = 0
    outside: int = 0  # rows between others than the map's actors
    beyond: int = 0  # rows before or after the days that were asked for
    unmapped_actors: Counter[str] = field(default_factory=Counter)  # beside an actor of the map
    unmapped_codes: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # actor, target, code
    malformed: int = 0
    first_malformed: list[Malformed] = field(default_factory=list)


class Mapping:
    """A map made ready for many rows."""

    def __init__(self, told: Map, scenario: Scenario):
        self.patterns = [(pattern, actor) for actor, patterns in told.actors.items() for pattern in patterns]
        self.codes: dict[tuple[str, str], dict[str, str]] = {}
        for name, codes in told.actions.items():
            actor, _, action = name.partition(".")
            target = scenario.actions[actor][action].target
            for code in codes:
                self.codes.setdefault((actor, target), {})[code] = action
        self.actor = lru_cache(maxsize=100_000)(self._actor)

    def _actor(self, names: tuple[str, ...]) -> str | None:
        """The first actor whose pattern one of the names fits; names count in their order."""
        for name in names:
            for pattern, actor in self.patterns:
                if fnmatch.fnmatchcase(name, pattern):
                    return actor
        return None

    def action(self, actor: str, target: str, code: str) -> str | None:
        """The action with the longest beginning of a code."""
        own = self.codes.get((actor, target), {})
        return next((own[code[:length]] for length in range(len(code), 0, -1) if code[:length] in own), None)


def import_rows(
    table: Iterable[Event | Malformed],
    mapping: Mapping,
    write: Callable[[tuple[Any, ...]], object],
    *,
    once_a_day: bool,
    since: date | None,
    until: date | None,
) -> Report:
    """Hand every event that the map knows to `write`, as a row of a record; count all others."""
    report, seen = Report(), set()
    for event in table:
        report.rows += 1
        if isinstance(event, Malformed):
            report.malformed += 1
            if len(report.first_malformed) < SHOWN_MALFORMED:
                report.first_malformed.append(event)
            continue
        if (since and event.day < since) or (until and event.day > until):
            report.beyond += 1
            continue
        actor, target = mapping.actor(event.source), mapping.actor(event.target)
        if actor is None or target is None or actor == target:
            report.outside += 1
            if (actor is None) != (target is None):
                stranger = event.source if actor is None else event.target
                report.unmapped_actors[" | ".join(stranger) or "(nobody)"] += 1
            continue
        action = mapping.action(actor, target, event.code)
        if action is None:
            report.unmapped_codes[actor, target, event.code] += 1
            continue
        key = (event.day, actor, action)
        if once_a_day and key in seen:
            report.repeats += 1
            continue
        seen.add(key) if once_a_day else None
        write((event.day, actor, target, action, event.reference, f"CAMEO {event.code} {event.text}".strip()))
        report.written += 1
    return report


def writer(file: Any) -> Callable[[tuple[Any, ...]], object]:
    """Writes rows of a record, with its header."""
    sink = csv.writer(file, lineterminator="\n")
    sink.writerow(COLUMNS)
    return sink.writerow
