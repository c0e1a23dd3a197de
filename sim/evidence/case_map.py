"""Who is who and which code is which action: a map from the names of a table to those of a scenario.

A pattern is a name or code, in which only `*` is special (any letters); the case of letters does not count. What
decides is, in this order: a name; a role or sector; the country, and that only where the side has no role of its own.
Of patterns that fit the same text the most particular wins: the one with most letters beside its stars. Where a side
has roles of two actors, it is the actor that the map names first. Patterns under `nobody` keep a side out that would
else be an actor: a foreign embassy, a human-rights group; they come before the actors. Three capitals and a star (`FRA*`) are the code of a
country with any role, and are compared with codes alone: `USA*` is not Usama.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from sim.evidence.cameo import code_names
from sim.evidence.event_forms import MOST_SIDES, Side
from sim.scenario.files import shown_path
from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, UserError, first_of, shown, unknown
from sim.scenario.schema import ActionName, Entry, Name, Scenario
from sim.scenario.wording import form_problems
from sim.scenario.yaml_file import read_yaml

NOBODY = ""


class Map(Entry):
    """Who is who and what is what: names and codes of a table on the right, a scenario's own on the left."""

    actors: dict[Name, list[str]] = Field(
        description="patterns of names or codes, * for any letters; FRAGOV, 'France/Government*'"
    )
    nobody: list[str] = Field([], description="patterns of sides that are no actor, whatever else fits them as well")
    actions: dict[ActionName, list[str]] = Field(
        description="actor.action, with CAMEO codes or their beginnings; the longest counts"
    )


class Decision(NamedTuple):
    """Who a side is: the actor, the actor that another of its roles names, and every pattern that fits the side."""

    actor: str | None
    instead_of: str = ""
    fitting: tuple["Pattern", ...] = ()


class Pattern(NamedTuple):
    """One pattern of a map."""

    text: str
    actor: str  # NOBODY for one that keeps a side out
    order: int  # of its actor in the map
    regex: re.Pattern[str]
    letters: int  # beside its stars
    codes_only: bool

    @property
    def rank(self) -> tuple[int, int, int]:
        """Return the order of patterns that fit the same text, the most particular highest."""
        return self.letters, -self.text.count("*"), -self.order


def read_map(path: Path, scenario: Scenario) -> Map:
    """Read a map for a scenario.

    Raises UserError for a map that is not sound, names what the scenario does not have, gives a pattern to two actors
    or a code to two actions, or holds a code with which no code of CAMEO begins.
    """
    tree = read_yaml(path, shown_path(path))
    try:
        read = Map.model_validate(tree.plain())
    except ValidationError as error:
        raise UserError(form_problems(error, tree, Map)) from None
    if problems := first_of([*_wrong_actors(read, tree, scenario), *_wrong_actions(read, tree, scenario)]):
        raise UserError(problems)
    return read


def _wrong_actors(read: Map, tree: Node, scenario: Scenario) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    lists: dict[tuple[str, ...], list[str]] = {("actors", actor): texts for actor, texts in read.actors.items()}
    for path, patterns in {**lists, ("nobody",): read.nobody}.items():
        key, actor = ".".join(path), path[-1]
        if path in lists and actor not in scenario.actors:
            yield unknown(tree.node_at(path).place, key, "actor", actor, list(scenario.actors))
        for index, pattern in enumerate(patterns):
            place = tree.node_at((*path, index)).place
            owner = owners.setdefault(_plain(pattern), actor)
            if not pattern.strip():
                yield Problem(place, key, "a pattern is empty", "a name or code, * for any letters")
            elif owner != actor:
                yield Problem(place, key, f"'{shown(pattern)}' is a pattern of {owner} already, so it can never decide")


def _wrong_actions(read: Map, tree: Node, scenario: Scenario) -> Iterator[Problem]:
    names = {
        f"{actor}.{name}": action for actor, actions in scenario.actions.items() for name, action in actions.items()
    }
    known = {*code_names(), *scenario.scale}
    owners: dict[tuple[str, str, str], str] = {}
    for name, codes in read.actions.items():
        if name not in names:
            yield unknown(tree.node_at(("actions", name)).place, f"actions.{name}", "action", name, list(names))
            continue
        actor, _, _ = name.partition(".")
        for index, code in enumerate(codes):
            place, key = tree.node_at(("actions", name, index)).place, f"actions.{name}"
            owner = owners.setdefault((actor, names[name].target, code), name)
            if not code or not any(full.startswith(code) for full in known):
                yield Problem(
                    place, key, f"no code of CAMEO begins with '{shown(code)}'", "two to four digits, in quotes"
                )
            elif owner != name:
                yield Problem(
                    place, key, f"{code} is a code of {owner} already, toward the same target", "a longer code"
                )


class CaseMap:
    """A map made ready for many rows."""

    def __init__(self, read: Map, scenario: Scenario):
        """Compile the patterns and codes of a map of that scenario."""
        patterns: dict[str, Pattern] = {}
        for order, (actor, texts) in enumerate({NOBODY: read.nobody, **read.actors}.items()):
            for text in texts:
                plain = _plain(text)
                regex = re.compile(".*".join(map(re.escape, plain.split("*"))), re.DOTALL)
                letters, codes_only = len(plain.replace("*", "")), bool(re.fullmatch(r"[A-Z]{3}\*", text))
                patterns.setdefault(plain, Pattern(text, actor, order, regex, letters, codes_only))
        self.patterns = list(patterns.values())
        self.codes: dict[tuple[str, str], dict[str, str]] = {}
        for name, codes in read.actions.items():
            actor, _, action = name.partition(".")
            target = scenario.actions[actor][action].target
            self.codes.setdefault((actor, target), {}).update(dict.fromkeys(codes, action))
        self.any_pattern = re.compile("|".join(pattern.regex.pattern for pattern in self.patterns), re.DOTALL)
        self.fitting = lru_cache(maxsize=MOST_SIDES)(self._patterns_of)
        self.decide = lru_cache(maxsize=MOST_SIDES)(self._decide)

    def _decide(self, side: Side) -> Decision:
        """Say which actor a side is, if it is one of the map."""
        by_kind = [
            [self.fitting(label, labels is side.names) for label in labels]
            for labels in (side.names, side.roles, side.countries)
        ]
        fitting = tuple({pattern: None for kind in by_kind for patterns in kind for pattern in patterns})
        for kind in by_kind:
            best = [max(patterns, key=lambda pattern: pattern.rank) for patterns in kind if patterns]
            if best:
                winner = min(best, key=lambda pattern: pattern.order)
                others = [pattern.actor for pattern in best if pattern.actor != winner.actor]
                if winner.actor == NOBODY:
                    return Decision(None, fitting=fitting)
                return Decision(winner.actor, others[0] if others else "", fitting)
        return Decision(None)

    def _patterns_of(self, label: str, is_name: bool) -> list[Pattern]:
        plain = _plain(label)
        if not self.any_pattern.fullmatch(plain):  # most names of a table are nobody's
            return []
        usable = (pattern for pattern in self.patterns if not (is_name and pattern.codes_only))
        return [pattern for pattern in usable if pattern.regex.fullmatch(plain)]

    def actor(self, side: Side) -> str | None:
        """Name the actor that a side is; None if it is not in the map."""
        return self.decide(side).actor

    def action(self, actor: str, target: str, code: str) -> str | None:
        """Name the action with the longest beginning of a code; None if there is none toward the target."""
        codes = self.codes.get((actor, target), {})
        return next((codes[code[:length]] for length in range(len(code), 0, -1) if code[:length] in codes), None)


def _plain(text: str) -> str:
    """Write a text as patterns are compared with it: one space between words, no case of letters."""
    return " ".join(text.split()).casefold()
