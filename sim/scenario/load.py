"""Loading: from a file name to a scenario that can be run, or to everything that is wrong with it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from sim.scenario.branching import branching_problems
from sim.scenario.checks import Sound, cross_checks
from sim.scenario.entries import Entry
from sim.scenario.expansion import Expansion
from sim.scenario.files import files_between, merged, option_places, setting_patch
from sim.scenario.library import output_name, shipped_names
from sim.scenario.merge import NOTHING_THERE, expand_dots, lay
from sim.scenario.nodes import Node
from sim.scenario.outline import outline
from sim.scenario.problems import Place, Problem, UserError, shown
from sim.scenario.record import Row, days_of, far_days
from sim.scenario.recorded import missing_case, record_folder, record_rows, rows_as_expanded, rows_inside
from sim.scenario.relative_dates import with_dates
from sim.scenario.roles import Cast, recast_problems
from sim.scenario.schedule import Ordered, schedule
from sim.scenario.schema import Learned, Scenario
from sim.scenario.short_dates import with_named_dates
from sim.scenario.sound import DISPLACES, TAKES_AWAY
from sim.scenario.validate import validated
from sim.scenario.variants import JOIN, split_variants, variants_in_name
from sim.scenario.yaml_text import write_yaml

OTHER_FILES = (("scenario", "study", "check, sweep, sensitivity"), ("facts_of", "file of facts", "check, facts"))
WHOLE = {"clock", "rules"}  # a file with neither is laid over one that has them
Belief = TypeVar("Belief")  # a value with its key, or a setting with its place


@dataclass(frozen=True)
class Loaded:
    """A sound scenario: what it says, where each value was set, its record and its ordered acts."""

    file: str
    scenario: Scenario
    tree: Node
    rows: list[Row]  # the whole record
    rows_inside: list[Row]  # those of its rows that are inside this scenario
    ordered: list[Ordered]
    warnings: list[Problem]
    find_case: "Callable[[], Loaded | None] | None" = field(default=None, compare=False, repr=False)
    expansion: Expansion | None = field(
        default=None, compare=False, repr=False
    )  # of names of roles; None without a kind

    @cached_property
    def case(self) -> "Loaded":
        """Return the scenario that names the record, under whose numbers bases are learned; often the scenario itself."""
        case = None if self.find_case is None else self.find_case()
        return self if case is None else case

    def written_out(self, tree: Node, problems: list[Problem], form: type[Entry] = Scenario) -> Node:
        """Return what is said of the scenario, such as a patch of it, with names of roles written out.

        problems: of that, which grow. form: of the tree, where it is no patch.
        """
        expansion = self.expansion
        if expansion is None and self.scenario.roles:  # a resolved scenario: which entries are about whom is not known
            expansion = Expansion(Cast({role: tuple(players) for role, players in self.scenario.roles.items()}), [])
        return tree if expansion is None else expansion.reporting(problems).written(tree, form)

    @cached_property
    def compiled_records(self) -> dict[date, Any]:
        """Return room for what the engine makes of the record, by the last day that is replayed."""
        return {}

    def __repr__(self) -> str:
        clock, actions = self.scenario.clock, sum(map(len, self.scenario.actions.values()))
        parts = f"{len(self.scenario.actors)} actors, {actions} actions, {clock.start} to {clock.end}"
        return outline(self, self.scenario.name, f"{parts}, {len(self.rows_inside)} rows of record", self.file)

    def resolved(self) -> dict[str, Any]:
        """Return the complete scenario as plain data, dates as text.

        What a run used is all in here and in the record.
        """
        return self.scenario.model_dump(mode="json", exclude_none=True)

    def resolved_yaml(self, record: str | None = None, learned: Learned | None = None, case: str | None = None) -> str:
        """Return the complete scenario as text that loads to the same scenario.

        record: another name of the record's file. learned: what the record has taught, so that it is not learned anew.
        case: the file of the scenario from which bases are learned, if that is another.
        """
        scenario = self.scenario if learned is None else self.scenario.model_copy(update={"learned": learned})
        resolved = scenario.model_dump(exclude_none=True)  # dates stay dates
        if record is not None and "record" in resolved:
            resolved["record"]["file"] = record
            resolved["record"].pop("case", None)
            if case is not None:
                resolved["record"]["case"] = case
        return write_yaml(resolved)

    @property
    def record_path(self) -> Path | None:
        """Return the record's file, if the scenario names one."""
        if self.scenario.record is None:
            return None
        return record_folder(self.tree) / self.scenario.record.file

    @property
    def output_name(self) -> str:
        """Return the folder name of its results, which no other scenario of the name shares."""
        _, variants = split_variants(self.file)
        return output_name(Path(self.tree.place.file), shipped_names()) + variants_in_name(variants)

    @property
    def hash(self) -> str:
        """Return twelve hex digits that change with the scenario, its record or its case."""
        digest = self.hash_with(None)
        if self.scenario.record is None or self.case is self or self.case.hash_with(None) == digest:
            return digest  # there is nothing to learn, or it is learned under these very numbers
        return _hex_digits(digest + self.case.hash_with(None))

    def hash_with(self, learned: Learned | None) -> str:
        """Return twelve hex digits that change with the scenario or its record, whatever its case.

        learned: what the record has taught, as if the scenario itself said so.
        """
        scenario = self.scenario if learned is None else self.scenario.model_copy(update={"learned": learned})
        resolved = scenario.model_dump(mode="json", exclude_none=True)
        for file in ("file", "case"):
            resolved.get("record", {}).pop(file, None)  # where it lies does not matter, what it says does
        content = [
            resolved,
            [
                [str(row.day), row.month, row.name, row.target, row.seed, row.source, row.note]
                for row in self.rows_inside
            ],
        ]
        return _hex_digits(json.dumps(content, sort_keys=True, ensure_ascii=False))


def _hex_digits(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def load(file: str | Path, settings: Iterable[str] = (), beliefs: Iterable[str] = ()) -> Loaded:
    """Load a scenario file, or one that ships by its bare name, with `key=value` settings laid over it.

    file: `case+variant` lays variants over a case; they are what-ifs, as settings are.
    settings: what if? The bases that the record taught stay as they are.
    beliefs: settings of the case itself: bases are learned anew under them.
    Raises UserError with every problem, each with its file, line and key.

    >>> from sim import load
    >>> load("border", ["parameters.reciprocity=0.5"]).scenario.name
    'Border dispute'
    """
    laid, believed = option_places(settings), option_places(beliefs, "--believe")
    tree, problems, expansion = merged(str(file), [*believed, *laid])
    for key, kind, commands in OTHER_FILES:
        if key in tree.items and "actors" not in tree.items:
            text, allowed = f"this is a {kind}, not a scenario", f"a scenario; for a {kind}: escalate {commands}"
            raise UserError([Problem(tree.node_at((key,)).place, "", text, allowed)])
    if tree.items and not WHOLE & set(tree.items):
        text, allowed = (
            "this is a patch, sound only over a scenario",
            f"CASE{JOIN}{shown(file)}, with the name of a case",
        )
        raise UserError([Problem(tree.place, "", text, allowed)])
    rest = Node({key: node for key, node in tree.items.items() if key != "extends"}, tree.place, tree.lost)
    loaded = checked_scenario(str(file), rest, problems, None)
    if believed and loaded.scenario.learned is not None:
        text = "would change nothing: what the record taught is written in this scenario, under `learned`"
        raise UserError([Problem(believed[0][1], "", text, "--set, or the scenario that the record belongs to")])
    loaded = replace(loaded, expansion=expansion)
    return replace(loaded, find_case=partial(_case_of, loaded, bool(laid) or _has_variants(loaded), believed))


def _has_variants(loaded: Loaded) -> bool:
    return bool(split_variants(loaded.file)[1])


def _case_of(loaded: Loaded, has_settings: bool, beliefs: Sequence[tuple[str, Place]]) -> Loaded | None:
    """Load the case of a scenario: the file that names its record, without what is laid over that; None if it is its own.

    A file that is no sound scenario by itself, such as a part, is no case: then the next is asked that extends it.
    """
    place = loaded.tree.node_at(("record", "file")).place
    if loaded.scenario.record is not None and loaded.scenario.record.case is not None:
        case = load(record_folder(loaded.tree) / loaded.scenario.record.case)
        return _believed(case, beliefs, partial(_case_under, case))
    if loaded.scenario.record is None or not place.line:  # no record, or one that a setting names
        return None
    for file in _candidates(loaded.tree.place.file, place.file, has_settings):
        try:
            case = load(file)
        except UserError:  # a part, or a file that only a setting makes sound: what is wrong in all has been said
            continue
        if case.record_path == loaded.record_path:  # no variant names another
            return _believed(case, beliefs, partial(_case_under, case))
    return None


def _case_under(case: Loaded, beliefs: Sequence[tuple[str, Place]]) -> Loaded:
    return replace(under_settings(case, beliefs), find_case=None)


def _candidates(own_file: str, naming_file: str, has_settings: bool) -> Iterator[str]:
    """Yield the files that may be the case, from the one that names the record up to the scenario's own."""
    if Path(naming_file).resolve() != Path(own_file).resolve():
        yield naming_file
        yield from files_between(own_file, Path(naming_file))
    if has_settings:
        yield own_file


def _believed(case: Loaded, beliefs: Sequence[Belief], lay_over: Callable[[Sequence[Belief]], Loaded]) -> Loaded:
    """Lay over a case what is believed of it. What is believed of something that it lacks is of what lies over it alone.

    lay_over: lays some of the beliefs over the case; raises UserError for what makes no sense there.
    """
    if not beliefs:
        return case
    try:
        return lay_over(beliefs)
    except UserError:  # it makes sense of the scenario, or it would have been refused there
        known = [belief for belief in beliefs if _is_sound(partial(lay_over, [belief]))]
    return lay_over(known) if known else case


def _is_sound(lay_over: Callable[[], Loaded]) -> bool:
    try:
        lay_over()
    except UserError:
        return False
    return True


def varied(loaded: Loaded, changes: Mapping[str, Node], beliefs: Mapping[str, Node] | None = None) -> Loaded:
    """Lay values at dotted keys over a loaded scenario; no file is read, and its record stays.

    changes: what if? beliefs: values that are laid over its case too, so that bases are learned anew under them.
    Raises UserError with every problem, at the place of the value that makes it.
    """
    beliefs = beliefs or {}
    if not changes and loaded.case is loaded:
        return _laid(loaded, beliefs)
    changed = _laid(loaded, {**changes, **beliefs})
    return replace(changed, find_case=partial(_varied_case, loaded.case, beliefs))


def _varied_case(case: Loaded, beliefs: Mapping[str, Node]) -> Loaded:
    return _believed(case, list(beliefs.items()), lambda known: _laid(case, dict(known)))


def _itself(loaded: Loaded) -> Loaded:
    return loaded


def _laid(loaded: Loaded, changes: Mapping[str, Node]) -> Loaded:
    problems: list[Problem] = []
    tree = loaded.tree
    for key, node in changes.items():
        problems += recast_problems(key, node.place)
        patch = expand_dots(Node({key: node}, node.place), problems)
        laid = lay(tree, loaded.written_out(patch, problems), "", problems)
        tree = laid if laid is not None else tree
    return replace(checked_scenario(loaded.file, tree, problems, loaded.rows), expansion=loaded.expansion)


def under_settings(loaded: Loaded, settings: Sequence[tuple[str, Place]]) -> Loaded:
    """Lay `key=value` settings, each with its place, over a loaded scenario.

    Of files only its record may be read again.

    Raises UserError with every problem, at the place of the setting that makes it.
    """
    problems: list[Problem] = []
    tree = loaded.tree
    for setting, place in settings:
        problems += recast_problems(setting.partition("=")[0], place)
        patch = setting_patch(setting, place, problems)
        laid = lay(tree, loaded.written_out(patch, problems), "", problems) if patch is not None else None
        tree = laid if laid is not None else tree
    of_record = any(setting.lstrip("+").startswith("record") for setting, _ in settings)
    changed = checked_scenario(loaded.file, tree, problems, None if of_record else loaded.rows)
    of_file = any(_names_a_record(setting) for setting, _ in settings)
    changed = replace(changed, expansion=loaded.expansion)
    return changed if of_file else replace(changed, find_case=partial(_itself, loaded.case))


def _names_a_record(setting: str) -> bool:
    """Tell whether a setting names a record, its file or its case: then what stood there is no case of it."""
    return setting.lstrip("+").partition("=")[0].strip() in ("record", "record.file", "record.case")


def checked_scenario(file: str, tree: Node, problems: list[Problem], record: list[Row] | None) -> Loaded:
    """Check a merged tree, and return the scenario that it comes to.

    file: as messages name it. problems: of the merge. record: its rows; None to read them.
    Raises UserError with every problem.
    """
    problems = list(problems)
    dated = with_named_dates(with_dates(tree, problems))
    scenario, unsound = validated(dated)
    complete = not unsound
    sound = Sound(scenario, dated, complete)
    rows, unread = record_rows(scenario, dated) if record is None else (record, [])
    problems += missing_case(scenario, dated) if record is None else []
    rows = rows_as_expanded(rows, scenario)
    inside: list[Row] = []
    if complete:  # an entry that was left out for its form is no reason to call every row about it wrong
        inside, strange = rows_inside(sound, rows)
        unread = unread + strange
        problems = [*problems, *far_days(rows, scenario.clock)]
        sound.teaches = any(day <= scenario.clock.replay_until for day in days_of(rows, scenario.record))
    replays_all = scenario.record is not None and scenario.record.replay == "all"
    sound.replayed = {row.name for row in inside if row.seed or replays_all}
    problems = [*problems, *unsound, *unread, *cross_checks(sound)]
    problems = _without_follow_ups(problems)
    ordered: list[Ordered] = []
    if complete and not unread and not any(problem.key.startswith(("acts", "clock")) for problem in problems):
        ordered, of_schedule = schedule(scenario, inside, dated)
        problems += of_schedule
    if all(problem.warning for problem in problems):
        problems += branching_problems(scenario, dated)
    errors = [problem for problem in problems if not problem.warning]
    if errors:
        raise UserError(errors)
    return Loaded(file, scenario, tree, rows, inside, ordered, [problem for problem in problems if problem.warning])


def _without_follow_ups(problems: list[Problem]) -> list[Problem]:
    """Problems without those of a null that removes nothing, or a value that displaces another, where it is itself wrong."""
    lesser = (NOTHING_THERE, TAKES_AWAY, DISPLACES)
    keys: dict[Place, list[str]] = {}
    for problem in problems:
        if problem.text not in lesser and not problem.warning:
            keys.setdefault(problem.place, []).append(problem.key)
    return [
        problem
        for problem in problems
        if problem.text not in lesser or not any(_same_entry(problem.key, key) for key in keys.get(problem.place, []))
    ]


def _same_entry(key: str, entry: str) -> bool:
    return key.startswith(entry) or entry.startswith(key)
