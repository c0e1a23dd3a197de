"""Stylised facts: statements of the literature about interaction, each measured of the model beside the band that it should meet.

Pattern-oriented validation (Grimm et al. 2005): a model that meets many patterns at once for the right reasons is worth
more than one that meets a single series closely; so the same table is made of ablations too, which must meet fewer.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field, ValidationError

from sim.evidence.ensembles import Played, play
from sim.evidence.measures import MEASURES, arguments_of
from sim.evidence.parallel import map_in_processes
from sim.results.intervals import jackknife
from sim.results.posterior import Draws
from sim.scenario.files import shown_path
from sim.scenario.library import shipped_folder, shipped_names
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, listed, nearest, shown, unknown
from sim.scenario.schema import Entry, Selection, Text
from sim.scenario.wording import form_problems
from sim.scenario.yaml_file import read_yaml

GROUPS = 20  # of runs, each left out once: the jackknife
SETTINGS = Annotated[list[str], Field(description="KEY=VALUE laid over the scenario")]


class Statement(Entry):
    """One statement: what is measured, of which ensembles, and the band that the literature gives."""

    says: Text
    measure: str = Field(description="one of the measures in evidence/measures.py")
    acts: dict[str, Selection] = Field({}, description="the selections that the measure asks for")
    numbers: dict[str, float] = Field({}, description="the numbers that it asks for")
    words: dict[str, str] = Field({}, description="the names that it asks for: actors, dates")
    ensembles: dict[str, SETTINGS] = Field(
        {"here": []}, description="what is played: by name, values laid over the scenario"
    )
    band: Annotated[list[float], Field(min_length=2, max_length=2)] = Field(description="lowest and highest, both met")
    source: Text


class Facts(Entry):
    """A table of statements about one scenario, and what is taken away from it to see which still hold."""

    name: Text
    facts_of: Text = Field(description="a scenario beside this file or in the folder above, or one that ships")
    runs: Annotated[int, Field(ge=100, le=20_000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    ablations: dict[str, SETTINGS] = Field({}, description="what is taken away, each by itself")
    statements: dict[str, Statement]


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
    """A file of statements, or one that ships by its bare name."""
    path = Path(file)
    if path.suffix or len(path.parts) > 1:
        return path
    folder = shipped_folder() / "facts"
    names = sorted(one.stem for one in folder.glob("*.yaml"))
    if file not in names:
        text, allowed = (
            "there is no such file, and no statements of that name ship",
            listed(["a path to a .yaml file", *names], 9),
        )
        raise UserError([Problem(Place(shown(file), 0), "", text, allowed, nearest(file, names))])
    return folder / f"{file}.yaml"


def load_facts(file: str) -> tuple[Facts, str]:
    """The statements of a file, and the scenario that they are about. Raises UserError with every problem."""
    path = find_facts(file)
    tree = read_yaml(path, shown_path(path))
    try:
        facts = Facts.model_validate(tree.plain())
    except ValidationError as error:
        raise UserError(form_problems(error, tree, Facts)) from None
    problems = [problem for name, one in facts.statements.items() for problem in _problems(name, one, tree)]
    if problems:
        raise UserError(problems)
    return facts, _scenario(facts, path, tree)


def _scenario(facts: Facts, path: Path, tree: Node) -> str:
    for folder in (path.resolve().parent, path.resolve().parent.parent):
        if (folder / facts.facts_of).is_file():
            return str(folder / facts.facts_of)
    name = Path(facts.facts_of).stem
    if name not in shipped_names():
        place = tree.at(("facts_of",)).place
        raise UserError(
            [Problem(place, "facts_of", f"there is no scenario '{shown(name)}'", listed(shipped_names(), 30))]
        )
    return name


def _problems(name: str, one: Statement, tree: Node) -> Iterable[Problem]:
    """What a statement names that is not there, or leaves out that its measure asks for."""
    if one.measure not in MEASURES:
        yield unknown(
            tree.at(("statements", name, "measure")).place, f"statements.{name}", "measure", one.measure, list(MEASURES)
        )
        return
    asked = arguments_of(MEASURES[one.measure])
    optional = {
        key for key, told in signature(MEASURES[one.measure]).parameters.items() if told.default is not told.empty
    }
    given = {**one.acts, **one.numbers, **one.words}
    place = tree.at(("statements", name)).place
    for key in asked.keys() - given.keys() - optional:
        yield Problem(place, f"statements.{name}", f"{one.measure} needs {key}", f"{key}, under acts, numbers or words")
    for key in given.keys() - asked.keys():
        yield unknown(place, f"statements.{name}", f"argument of {one.measure}", key, list(asked))


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
    """Every statement in every variant; the same whatever the number of workers."""
    found: list[Met] = []
    for made in map_in_processes(partial(of_variant, facts, scenario), variants, workers):
        found += made
        each(1)
    return found


def of_variant(facts: Facts, scenario: str, variant: Variant) -> list[Met]:
    """Every statement in one variant; ensembles that statements share are played once."""
    played: dict[tuple[str, ...], Played] = {}
    found = []
    for name, one in facts.statements.items():
        ensembles = {}
        for label, own in one.ensembles.items():
            key = (*variant.settings, *own)  # the statement's own last: what it is about is not taken from it
            if key not in played:
                played[key] = play(scenario, key, facts.runs, facts.seed, variant.draws)
            ensembles[label] = played[key]
        found.append(_met(name, variant.name, one, ensembles))
    return found


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
            return float(MEASURES[one.measure](ensembles, **arguments))
        except ZeroDivisionError:
            return math.nan


def facts_rows(facts: Facts, results: Sequence[Met]) -> list[dict[str, Any]]:
    """A row a statement and variant."""
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
