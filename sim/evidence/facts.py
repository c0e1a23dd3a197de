"""Stylised facts: statements of the literature about interaction, each measured of the model beside the band that it should meet.

Pattern-oriented validation (Grimm et al. 2005): a model that meets many patterns at once for the right reasons is worth
more than one that meets a single series closely; so the same table is made of ablations too, which must meet fewer.
A statement is met, missed or borderline by its interval: a count of points in bands is partly a count of luck.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from sim.evidence.ensembles import Ensemble
from sim.evidence.facts_schema import Facts, Statement
from sim.evidence.groups import Groups
from sim.evidence.measures import MEASURES
from sim.evidence.parts import NOT_KEPT, Part, Parts
from sim.evidence.sums import Sums
from sim.results.posterior import Draws
from sim.scenario.load import Loaded, load, under_settings
from sim.scenario.problems import Place

BLOCK = 500  # runs that are played and added up at a time: memory does not grow with their number
MET, BORDERLINE, MISSED = "met", "borderline", "missed"
Settings = tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """One statement in one variant of the model, over all seeds. The interval is one of 95 %."""

    statement: str
    variant: str
    value: float
    low: float
    high: float
    verdict: str
    by_seed: list[str]  # the verdict of the runs of each seed alone


def verdict(low: float, high: float, band: Sequence[float]) -> str:
    """Say whether a statement is met: by its whole interval, never by its point.

    Returns 'met' where the interval lies in the band, 'missed' where it lies outside or there is none, for no run shows
    anything of the kind, and 'borderline' where it crosses an end of the band.
    """
    if not (low <= band[1] and high >= band[0]):  # NaN is nowhere
        return MISSED
    return MET if band[0] <= low and high <= band[1] else BORDERLINE


@dataclass(frozen=True)
class Variant:
    """The model as it is, or without something, or under the draws of a fit."""

    name: str
    settings: Settings = ()
    draws: Draws | None = None


# --- what is played


@dataclass(frozen=True)
class Task:
    """Statements of one variant that share ensembles; each ensemble is played once, as far as any of them needs it.

    settings: of each statement's ensembles, by their names: those which make the same scenario are the same.
    """

    facts: Facts
    base: Loaded
    variant: Variant
    settings: Mapping[str, Mapping[str, Settings]]

    @property
    def name(self) -> str:
        """Return what tells it from the other tasks of a table."""
        return f"{self.variant.name}: {' '.join(self.settings)}"

    def runs(self, settings: Settings) -> int:
        """Return how many runs of an ensemble are needed under each seed."""
        return max(self.facts.runs_of(name) for name, used in self.settings.items() if settings in used.values())


def _laid(base: Loaded, settings: Settings) -> Loaded:
    """Lay settings over a scenario, without reading its files again. Raises UserError where they are not sound."""
    return under_settings(base, [(setting, Place(base.file, 0)) for setting in settings]) if settings else base


def tasks_of(facts: Facts, scenario: str, variants: Sequence[Variant]) -> list[Task]:
    """Divide a table into tasks, those with most runs first. Raises UserError for settings that are not sound."""
    base, tasks = load(scenario), []
    for variant in variants:
        first_with: dict[str, Settings] = {}  # by what the scenario comes to
        by_statement: dict[str, dict[str, Settings]] = {}
        for name, statement in facts.statements.items():
            by_statement[name] = {}
            for label, settings in statement.ensembles.items():
                key = (*variant.settings, *settings)  # the statement's own last: what it is about is not taken from it
                by_statement[name][label] = first_with.setdefault(_laid(base, key).hash, key)
        for names in _connected(by_statement):
            tasks.append(Task(facts, base, variant, {name: by_statement[name] for name in names}))
    return sorted(tasks, key=lambda task: -sum(map(task.runs, _ensembles_of(task))))


def _ensembles_of(task: Task) -> list[Settings]:
    return list(dict.fromkeys(key for ensembles in task.settings.values() for key in ensembles.values()))


def _connected(by_statement: Mapping[str, Mapping[str, Settings]]) -> list[list[str]]:
    """Put statements together that share an ensemble, directly or through others."""
    together: list[tuple[set[Settings], list[str]]] = []
    for name, ensembles in by_statement.items():
        keys, names = set(ensembles.values()), [name]
        apart = []
        for others, listed_names in together:
            if others & keys:
                keys, names = keys | others, listed_names + names
            else:
                apart.append((others, listed_names))
        together = [*apart, (keys, names)]
    return [names for _, names in together]


def table(
    facts: Facts,
    scenario: str,
    variants: Sequence[Variant],
    workers: int,
    each: Callable[[int], object] = lambda tasks: None,
    parts: Parts = NOT_KEPT,
) -> list[Measured]:
    """Measure every statement in every variant; the table is the same whatever the number of workers.

    Parameters: workers, how many processes; each, called with 1 after each of `tasks_of`; parts, where finished ones are
    kept.
    Raises UserError for settings that are not sound, ArithmeticError for a hazard that is not a number.
    """
    tasks = {task.name: task for task in tasks_of(facts, scenario, variants)}
    results = {
        (fields["statement"], fields["variant"]): Measured(**fields)
        for part in parts.collect(measured, tasks, workers, each)
        for fields in part["measured"]
    }
    return [results[name, variant.name] for variant in variants for name in facts.statements]


def measured(task: Task) -> Part:
    """Play what a task needs and measure its statements: a part, the fields of a `Measured` each."""
    ensembles = {key: Ensemble(_laid(task.base, key), task.variant.draws) for key in _ensembles_of(task)}
    groups = {name: Groups() for name in task.settings}
    for seed in task.facts.seeds:
        for name, runs, sums in _blocks(task, ensembles, seed):
            drawn = None if task.variant.draws is None else next(iter(ensembles.values())).draws_of(seed, runs)
            groups[name].add(sums, seed, runs, drawn)
    rows = []
    for name, of_runs in groups.items():
        band = task.facts.statements[name].band
        value, low, high = of_runs.interval()
        alone = [verdict(*of_runs.of_seed(seed).interval()[1:], band) for seed in task.facts.seeds]
        rows.append(asdict(Measured(name, task.variant.name, value, low, high, verdict(low, high, band), alone)))
    return {"measured": rows}


def _blocks(task: Task, ensembles: Mapping[Settings, Ensemble], seed: int) -> Iterator[tuple[str, range, Sums]]:
    """Play the runs of one seed, and yield what each statement takes of each block of them."""
    needed = {key: task.runs(key) for key in ensembles}
    ends = {task.facts.runs_of(name) for name in task.settings}
    most = max(needed.values())
    edges = sorted({*range(0, most, BLOCK), *ends})
    for first, last in pairwise(edges):
        runs = range(first, last)
        played = {key: ensemble.play(seed, runs) for key, ensemble in ensembles.items() if needed[key] > first}
        for name, labels in task.settings.items():
            if task.facts.runs_of(name) > first:
                here = {label: played[key] for label, key in labels.items()}
                yield name, runs, _sums(task.facts.statements[name], here)


def _sums(statement: Statement, here: Mapping[str, Any]) -> Sums:
    arguments: dict[str, Any] = {**statement.acts, **statement.numbers, **statement.words}
    with np.errstate(divide="ignore", invalid="ignore"):
        return MEASURES[statement.measure].function(here, **arguments)


# --- the table


def facts_rows(facts: Facts, results: Sequence[Measured]) -> list[dict[str, Any]]:
    """Return a row a statement and variant, as tables and JSON hold it. results: as `table` returns them."""
    return [
        {
            "statement": result.statement,
            "says": facts.statements[result.statement].says,
            "variant": result.variant,
            "value": result.value,
            "low": result.low,
            "high": result.high,
            "band_low": facts.statements[result.statement].band[0],
            "band_high": facts.statements[result.statement].band[1],
            "verdict": result.verdict,
            "counted": not facts.statements[result.statement].of_this_case,
            "by_seed": result.by_seed,
            "seeds": list(facts.seeds),
            "runs": facts.runs_of(result.statement),
            "source": facts.statements[result.statement].source,
        }
        for result in results
    ]
