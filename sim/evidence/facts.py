"""Stylised facts: statements of the literature about interaction, each measured of the model beside the band that it should meet.

Pattern-oriented validation (Grimm et al. 2005): a model that meets many patterns at once for the right reasons is worth
more than one that meets a single series closely; so the same table is made of ablations too, which must meet fewer.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.evidence.check_facts import facts_problems
from sim.evidence.ensembles import Played, play
from sim.evidence.facts_schema import Facts, Statement
from sim.evidence.measures import MEASURES
from sim.evidence.parallel import map_in_processes
from sim.results.intervals import jackknife
from sim.results.posterior import Draws
from sim.scenario.library import find_beside, find_file, shipped_names, shown_path
from sim.scenario.load import load
from sim.scenario.nodes import Node
from sim.scenario.problems import Problem, UserError, listed, nearest, shown
from sim.scenario.wording import form_problems
from sim.scenario.yaml_file import read_yaml

GROUPS = 20  # of runs, each left out once: the jackknife


@dataclass(frozen=True)
class Met:
    """One statement in one variant of the model."""

    statement: str
    variant: str
    value: float
    low: float
    high: float
    met: bool


def find_facts(file: str) -> Path:
    """Find a file of statements by its path or bare name. Raises UserError as `find_file` does."""
    return find_file(file, "facts")


def load_facts(file: str, scenario: str | None = None) -> tuple[Facts, str]:
    """Load a file of facts, and check it against its scenario before anything is played.

    Parameters
    ----------
    file: a path or bare name.
    scenario: in place of the one that the file names.

    Returns
    -------
    The facts, and the path or bare name of the scenario.

    Raises
    ------
    UserError: with every problem, at its line.
    """
    path = find_facts(file)
    tree = read_yaml(path, shown_path(path))
    if "facts_of" not in tree.items and {"actors", "extends", "scenario"} & set(tree.items):
        text, allowed = "this is a scenario or study, not a file of facts", "a file with facts_of and statements"
        raise UserError([Problem(tree.place, "", text, allowed)])
    try:
        facts = Facts.model_validate(tree.plain())
    except ValidationError as error:
        raise UserError(form_problems(error, tree, Facts)) from None
    scenario = scenario or str(_scenario_of(facts, path, tree))
    if problems := facts_problems(facts, tree, load(scenario)):
        raise UserError(problems)
    return facts, scenario


def _scenario_of(facts: Facts, path: Path, tree: Node) -> Path:
    """The scenario that a file of facts names. Raises UserError if there is none."""
    scenario = find_beside(facts.facts_of, path)
    if scenario is None:
        names = shipped_names()
        text = f"there is no scenario '{shown(facts.facts_of)}' beside this file or in the folder above, and none of that name ships"
        allowed = "a path from this file's folder, or one of " + listed(names, 30)
        near = nearest(Path(facts.facts_of).stem, names)
        raise UserError([Problem(tree.node_at(("facts_of",)).place, "facts_of", text, allowed, near)])
    return scenario


@dataclass(frozen=True)
class Variant:
    """The model as it is, or without something, or under the draws of a fit."""

    name: str
    settings: tuple[str, ...] = ()
    draws: Draws | None = None


def table(
    facts: Facts,
    scenario: str,
    variants: Sequence[Variant],
    workers: int,
    each: Callable[[int], object] = lambda done: None,
) -> list[Met]:
    """Measure every statement in every variant; the table is the same whatever the number of workers."""
    results: list[Met] = []
    for of_one in map_in_processes(partial(of_variant, facts, scenario), variants, workers):
        results += of_one
        each(1)
    return results


def of_variant(facts: Facts, scenario: str, variant: Variant) -> list[Met]:
    """Measure every statement in one variant; ensembles that statements share are played once."""
    played: dict[tuple[str, ...], Played] = {}
    results = []
    for name, one in facts.statements.items():
        ensembles = {}
        for label, settings in one.ensembles.items():
            key = (*variant.settings, *settings)  # the statement's own last: what it is about is not taken from it
            if key not in played:
                played[key] = play(scenario, key, facts.runs, facts.seed, variant.draws)
            ensembles[label] = played[key]
        results.append(_met(name, variant.name, one, ensembles))
    return results


def _met(name: str, variant: str, one: Statement, ensembles: dict[str, Played]) -> Met:
    """Measured of all runs, with a 95 % interval from leaving out a twentieth of them in turn."""
    whole = _measured(one, ensembles)
    runs = min(len(played.acts) for played in ensembles.values())
    group = np.arange(runs) % GROUPS
    parts = [
        _measured(one, {label: played.some(np.flatnonzero(group != left)) for label, played in ensembles.items()})
        for left in range(GROUPS)
    ]
    low, high = one.band
    return Met(name, variant, whole, *jackknife(whole, parts), bool(low <= whole <= high))


def _measured(one: Statement, ensembles: dict[str, Played]) -> float:
    arguments: dict[str, Any] = {**one.acts, **one.numbers, **one.words}
    with np.errstate(divide="ignore", invalid="ignore"):
        try:
            return float(MEASURES[one.measure].function(ensembles, **arguments))
        except ZeroDivisionError:
            return math.nan


def facts_rows(facts: Facts, results: Sequence[Met]) -> list[dict[str, Any]]:
    """Return a row a statement and variant."""
    return [
        {
            "statement": one.statement,
            "says": facts.statements[one.statement].says,
            "variant": one.variant,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "band_low": facts.statements[one.statement].band[0],
            "band_high": facts.statements[one.statement].band[1],
            "met": one.met,
            "source": facts.statements[one.statement].source,
        }
        for one in results
    ]
