"""Read a file of facts, and hold it against the scenario that its statements are to be measured of."""

from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from sim.evidence.check_facts import file_problems, statement_problems
from sim.evidence.facts_schema import Facts
from sim.scenario.library import find_file, shipped_names, shown_path
from sim.scenario.load import Loaded, load
from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, UserError, listed, nearest, shown
from sim.scenario.variants import find_case_beside
from sim.scenario.wording import form_problems
from sim.scenario.yaml_file import read_yaml


class LoadedFacts(NamedTuple):
    """A sound file of facts, the path or bare name of its scenario, and why statements cannot be asked of it."""

    facts: Facts
    scenario: str
    not_asked: dict[str, str]  # by statement


def find_facts(file: str) -> Path:
    """Find a file of statements by its path or bare name. Raises UserError as `find_file` does."""
    return find_file(file, "facts")


def load_facts(file: str, scenario: str | None = None) -> LoadedFacts:
    """Load a file of facts, and check it against its scenario before anything is played.

    Parameters
    ----------
    file: a path or bare name.
    scenario: in place of the one that the file names. Statements that are sound of the file's own scenario, and cannot
        be asked of this one, are left out and named.

    Raises
    ------
    UserError: with every problem, at its line, or where no statement is left.
    """
    path = find_facts(file)
    tree = read_yaml(path, shown_path(path))
    if "facts_of" not in tree.items and {"actors", "extends", "scenario"} & set(tree.items):
        text, allowed = "this is a scenario or study, not a file of facts", "a file with facts_of and statements"
        raise UserError([Problem(tree.place, "", text, allowed)])
    named = _scenario_of(_facts(tree), path, tree)
    facts, unsound = _facts_about(load(named), tree)
    if unsound:
        raise UserError([problem for problems in unsound.values() for problem in problems])
    if scenario is None:
        return LoadedFacts(facts, named, {})
    facts, unsound = _facts_about(load(scenario), tree)
    sound = {name: statement for name, statement in facts.statements.items() if name not in unsound}
    if not sound:
        raise UserError([problem for problems in unsound.values() for problem in problems])
    reasons = {name: f"{problems[0].key}: {problems[0].text}" for name, problems in unsound.items()}
    return LoadedFacts(facts.model_copy(update={"statements": sound}), scenario, reasons)


def _facts_about(base: Loaded, tree: Node) -> tuple[Facts, dict[str, list[Problem]]]:
    """Return what a file says of a scenario, and what is wrong with each statement that is not sound of it.

    Raises UserError where the file itself is not sound, whatever its statements.
    """
    problems: list[Problem] = []
    written = base.written_out(tree, problems, Facts)
    if problems:
        raise UserError(problems)
    facts = _facts(written)
    if problems := file_problems(facts, written, base):
        statements = statement_problems(facts, written, base).values()
        raise UserError([*problems, *(problem for of_one in statements for problem in of_one)])
    return facts, statement_problems(facts, written, base)


def _facts(tree: Node) -> Facts:
    """Return what a file of facts says. Raises UserError where its form is not sound."""
    try:
        return Facts.model_validate(tree.plain())
    except ValidationError as error:
        raise UserError(form_problems(error, tree, Facts)) from None


def _scenario_of(facts: Facts, path: Path, tree: Node) -> str:
    """Find the scenario that a file of facts names. Raises UserError if there is none."""
    scenario = find_case_beside(facts.facts_of, path)
    if scenario is None:
        names = shipped_names()
        text = f"there is no scenario '{shown(facts.facts_of)}' beside this file or in the folder above, and none of that name ships"
        allowed = "a path from this file's folder, or one of " + listed(names, 30)
        near = nearest(Path(facts.facts_of).stem, names)
        raise UserError([Problem(tree.node_at(("facts_of",)).place, "facts_of", text, allowed, near)])
    return scenario
