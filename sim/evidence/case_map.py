"""Who is who and which code is which action: a map from the names of a table to those of a scenario.

A pattern is a name or code, in which only `*` is special (any letters); the case of letters does not count. What
decides is, in this order: a name; a role or sector; the country, and that only where the side has no role of its own.
Of patterns that fit the same text the most particular wins: the one with most letters beside its stars. Where a side
has roles of two actors, it is the actor that the map names first. Patterns under `nobody` keep a side out that would
else be an actor: a foreign embassy, a human-rights group; they come before the actors. Three capitals and a star (`FRA*`) are the code of a
country with any role, and are compared with codes alone: `USA*` is not Usama. `(nobody)` fits only a side that a table
leaves empty.

Codes are CAMEO's or their beginnings, of which the longest counts; or words: a mode of PLOVER (COERCE-arrest) or the
sub-type of ACLED, before the type that holds it; or words of one's own table, which the map lists under `codes`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from sim.evidence.cameo import Code, code_names
from sim.evidence.event_forms import EMPTY, MOST_SIDES, Side
from sim.evidence.event_words import code_key, is_plover, words
from sim.scenario.fields import ActionName, ActorName, Text
from sim.scenario.files import shown_path
from sim.scenario.library import find_beside, shipped_default, shipped_files
from sim.scenario.load import Loaded, load
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, first_of, listed, nearest, shown, unknown
from sim.scenario.schema import Entry, Scenario
from sim.scenario.selection import acts_of
from sim.scenario.wording import form_problems
from sim.scenario.yaml_file import read_yaml

NOBODY = ""


class Map(Entry):
    """Who is who and what is what: names and codes of a table on the right, a scenario's own on the left."""

    scenario: Text | None = Field(
        None, description="the scenario that it is for, beside it, in the folder above, or one that ships"
    )
    extends: Text | None = Field(
        None,
        description="a map beside it, or one that ships, such as that of a kind: its codes hold where this one has none",
    )
    actors: dict[ActorName, list[str]] = Field(
        {}, description="patterns of names or codes, * for any letters; FRAGOV, 'France/Government*'"
    )
    nobody: list[str] = Field([], description="patterns of sides that are no actor, whatever else fits them as well")
    actions: dict[ActionName, list[str]] = Field(
        {},
        description="actor.action, with codes: CAMEO's or their beginnings, the longest counts; PLOVER's, ACLED's, UCDP's",
    )
    codes: list[str] = Field([], description="words for acts that a table of one's own has, beside the published ones")


class Decision(NamedTuple):
    """Who a side is: the actor, the actor that another of its roles names, and every pattern that fits the side.

    several: who its members are, where they are not one actor, and one at least is an actor.
    """

    actor: str | None
    instead_of: str = ""
    fitting: tuple["Pattern", ...] = ()
    several: tuple[str, ...] = ()


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


def read_map(path: Path, loaded: Loaded) -> Map:
    """Read a map for a scenario; where it speaks of roles, it means those who play them.

    Raises UserError for a map that is not sound, names what the scenario does not have, gives a pattern to two actors
    or a code to two actions, or holds a code with which no code of CAMEO begins.
    """
    tree = read_yaml(path, shown_path(path))
    named = _map(tree).extends
    problems: list[Problem] = []
    tree = loaded.written_out(tree, problems, Map)
    if problems:
        raise UserError(problems)
    if named is not None:
        tree = _laid_over(_extended(tree.items["extends"], path, loaded), tree, loaded.scenario)
    read, scenario = _map(tree), loaded.scenario
    if problems := first_of([*_wrong_actors(read, tree, scenario), *_wrong_actions(read, tree, scenario)]):
        raise UserError(problems)
    return read


def _map(tree: Node) -> Map:
    """Return what a map says. Raises UserError where its form is not sound."""
    try:
        return Map.model_validate(tree.plain())
    except ValidationError as error:
        raise UserError(form_problems(error, tree, Map)) from None


def _extended(node: Node, path: Path, loaded: Loaded) -> Node:
    """Read the map that another extends; what it says of roles that nobody plays here is left out.

    Raises UserError where there is none, it extends one itself, or it is not sound for the scenario that it names.
    """
    name = str(node.value)
    beside = [path.parent / name, path.parent / f"{name}.yaml"]
    file = next(
        (candidate for candidate in beside if candidate.is_file() and candidate.resolve() != path.resolve()), None
    )
    file = file or shipped_files("map").get(name)
    if file is None:
        maps = shipped_files("map")
        allowed = f"a map beside this one, or one that ships: {listed(maps)}"
        text = f"there is no map '{shown(name)}'"
        raise UserError([Problem(node.place, "extends", text, allowed, nearest(name, maps))])
    tree = read_yaml(file, shown_path(file))
    if _map(tree).extends is not None:
        text = f"{shown(name)} extends a map itself"
        raise UserError([Problem(tree.node_at(("extends",)).place, "extends", text, "one that does not")])
    read_map(file, load(scenario_of_map(file)))  # so that what is left out below is of the case, and no slip
    return loaded.written_out(tree, [], Map)


def _laid_over(base: Node, tree: Node, scenario: Scenario) -> Node:
    """Lay a map over the one that it extends: a code that it gives toward a target is not the other's any more.

    Actions that the scenario does not have are left out of the other.
    """
    acts = {act.name: act for act in acts_of(scenario)}

    def section(tree: Node, key: str) -> Node:
        """Return a section of a map, or one that holds nothing."""
        return tree.items.get(key, Node({}, tree.place))

    def codes_of(tree: Node) -> dict[str, dict[tuple[str, str, str], Node]]:
        """Return the codes of each action of the scenario, by actor, target and key of the code."""
        return {
            name: {(acts[name].actor, acts[name].target, code_key(str(code.value))): code for code in codes.parts}
            for name, codes in section(tree, "actions").items.items()
            if name in acts
        }

    taken = {key for codes in codes_of(tree).values() for key in codes}
    actions = dict(section(tree, "actions").items)
    for name, codes in codes_of(base).items():
        left = [code for key, code in codes.items() if key not in taken]
        if left or name in actions:
            codes_before = actions.get(name, Node([], base.place))
            actions[name] = Node([*codes_before.parts, *left], codes_before.place)
    lists = {
        key: Node([*section(base, key).parts, *section(tree, key).parts], tree.place) for key in ("nobody", "codes")
    }
    actors = {**section(base, "actors").items, **section(tree, "actors").items}
    sections = {"actors": Node(actors, tree.place), "actions": Node(actions, tree.place), **lists}
    return Node({**tree.items, **sections}, tree.place)


def scenario_named(scenario: str | None, mapping: Path | None) -> str:
    """Return the scenario that is named; else the one that the map says it is for; else the baseline that ships.

    Raises UserError for a map that cannot be read, or whose scenario is not there.
    """
    if scenario is not None:
        return scenario
    if mapping is not None and "scenario" in read_yaml(mapping, shown_path(mapping)).items:
        return str(scenario_of_map(mapping))
    return shipped_default("scenario")


def scenario_of_map(path: Path) -> Path:
    """Find the scenario that a map says it is for. Raises UserError if it names none, or one that is not there."""
    tree = read_yaml(path, shown_path(path))
    node = tree.items.get("scenario")
    if node is None or not isinstance(node.value, str):
        text = "is missing, so there is nothing to check the map against"
        allowed = "the file of a scenario beside it, or the name of one that ships"
        raise UserError([Problem(tree.place, "scenario", text, allowed)])
    scenario = find_beside(node.value, path)
    if scenario is None:
        allowed = "a file beside the map or in the folder above, or the name of one that ships"
        raise UserError([Problem(node.place, "scenario", f"there is no scenario '{shown(node.value)}'", allowed)])
    return scenario


def _wrong_actors(read: Map, tree: Node, scenario: Scenario) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    lists: dict[tuple[str, ...], list[str]] = {("actors", actor): texts for actor, texts in read.actors.items()}
    names = list(dict.fromkeys([*scenario.actors, *(scenario.roles or {})]))
    for path, patterns in {**lists, ("nobody",): read.nobody}.items():
        key, actor = ".".join(path), path[-1]
        if path in lists and actor not in scenario.actors:
            yield unknown(tree.node_at(path).place, key, "actor", actor, names)
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
    extra = {code_key(code) for code in read.codes}
    owners: dict[tuple[str, str, str], str] = {}
    for name, codes in read.actions.items():
        if name not in names:
            yield unknown(tree.node_at(("actions", name)).place, f"actions.{name}", "action", name, list(names))
            continue
        actor, _, _ = name.partition(".")
        for index, code in enumerate(codes):
            place, key = tree.node_at(("actions", name, index)).place, f"actions.{name}"
            owner = owners.setdefault((actor, names[name].target, code_key(code)), name)
            if not code.strip() or (code[0].isdigit() and not any(full.startswith(code) for full in known)):
                yield Problem(
                    place, key, f"no code of CAMEO begins with '{shown(code)}'", "two to four digits, in quotes"
                )
            elif not code[0].isdigit() and code_key(code) not in (*words(), *extra) and not is_plover(code):
                yield _unknown_word(place, key, code, read.codes)
            elif owner != name:
                yield Problem(
                    place, key, f"{code} is a code of {owner} already, toward the same target", "a longer code"
                )


def _unknown_word(place: Place, key: str, code: str, extra: list[str]) -> Problem:
    known = [word.code for word in words().values()]
    text = f"'{shown(code)}' is no code of PLOVER, ACLED or UCDP"
    return Problem(
        place, key, text, "one of theirs, or one that the map lists under `codes`", nearest(code, known + extra)
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
        self.codes: dict[tuple[str, str], dict[str, str]] = {}  # actions by key of the code, by actor and target
        self.written: dict[tuple[str, str, str], str] = {}  # codes as the map writes them, by actor, target and key
        for name, codes in read.actions.items():
            actor, _, action = name.partition(".")
            target = scenario.actions[actor][action].target
            self.codes.setdefault((actor, target), {}).update(dict.fromkeys(map(code_key, codes), action))
            self.written.update({(actor, target, code_key(code)): code for code in codes})
        self.any_pattern = re.compile("|".join(pattern.regex.pattern for pattern in self.patterns), re.DOTALL)
        self.fitting = lru_cache(maxsize=MOST_SIDES)(self._patterns_of)
        self.decide = lru_cache(maxsize=MOST_SIDES)(self._decide)

    def _decide(self, side: Side) -> Decision:
        """Say which actor a side is, if it is one of the map."""
        if side.members:
            return self._decide_members(side)
        names = side.names if side.names or side.roles or side.countries else (EMPTY,)
        by_kind = [
            [self.fitting(label, labels is names) for label in labels] for labels in (names, side.roles, side.countries)
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

    def _decide_members(self, side: Side) -> Decision:
        """Say which actor all members of a side are."""
        each = [self.decide(member) for member in side.members]
        fitting = tuple(dict.fromkeys(pattern for decision in each for pattern in decision.fitting))
        actors = list(dict.fromkeys(decision.actor for decision in each))
        if len(actors) == 1:
            return Decision(actors[0], next((d.instead_of for d in each if d.instead_of), ""), fitting)
        members = zip(side.members, each, strict=True)
        several = tuple(f"{member} ({decision.actor or 'nobody'})" for member, decision in members)
        return Decision(None, fitting=fitting, several=several)

    def _patterns_of(self, label: str, is_name: bool) -> list[Pattern]:
        plain = _plain(label)
        if plain == EMPTY:
            return [pattern for pattern in self.patterns if _plain(pattern.text) == EMPTY]
        if not self.any_pattern.fullmatch(plain):  # most names of a table are nobody's
            return []
        usable = (pattern for pattern in self.patterns if not (is_name and pattern.codes_only))
        return [pattern for pattern in usable if pattern.regex.fullmatch(plain)]

    def actor(self, side: Side) -> str | None:
        """Name the actor that a side is; None if it is not in the map."""
        return self.decide(side).actor

    def action(self, actor: str, target: str, code: Code | str) -> str | None:
        """Name the action of the narrowest code that holds a code; None if there is none toward the target."""
        holder = self.holder(actor, target, code)
        return None if holder is None else self.codes[actor, target][holder]

    def holder(self, actor: str, target: str, code: Code | str) -> str | None:
        """Find the narrowest code of the map that holds a code, toward that target."""
        codes = self.codes.get((actor, target), {})
        key, wider = (code_key(code.code), code_key(code.wider)) if isinstance(code, Code) else (code_key(code), "")
        beginnings = [key[:length] for length in range(len(key), 0, -1)] if key[:1].isdigit() else [key, wider]
        return next((beginning for beginning in beginnings if beginning in codes), None)


def _plain(text: str) -> str:
    """Write a text as patterns are compared with it: one space between words, no case of letters."""
    return " ".join(text.split()).casefold()
