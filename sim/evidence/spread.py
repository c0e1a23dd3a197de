"""Where an outcome's spread comes from: chance, what is not known of the numbers, and the rule by which actors decide.

Many draws of the numbers, under every strategy, many runs each; each has luck of its own. Of the variance of a single
run's outcome, chance is the average within a cell, parameters that of means over draws, the decision rule that of
means over strategies, and both together what these leave. What is left of chance in means is taken off.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.learning import BelievedRecords, compile_scenario
from sim.engine.loop import scene_of
from sim.evidence.case import free_keys, priors_of
from sim.evidence.parts import NOT_KEPT, Part, Parts
from sim.evidence.shrinkage import ends_without_noise
from sim.results.blocks import Worker
from sim.results.intervals import middle
from sim.results.outcomes import questionnaire
from sim.results.posterior import Draws, Posterior
from sim.results.units import unit_of
from sim.rules.registry import STRATEGIES
from sim.scenario.load import Loaded, load
from sim.scenario.revalue import Revaluer

OWN_TIMES = 10  # the scenario's own strategies, of which averages are told, are played so many times as often
AT_ONCE = 25  # draws that are played as one part
AGAIN = 400  # times that draws, or groups of runs, are drawn again
GROUPS = 100  # of runs, where there is one set of numbers
Interval = tuple[float, float, float]
PARTS = ("chance", "parameters", "rule", "both")


@dataclass(frozen=True)
class Spread:
    """One outcome under one belief about the numbers, its intervals of 95 %."""

    belief: str
    outcome: str
    unit: str
    mean: float
    low: Interval  # between which 95 % of draws lie, without the noise of playing each so often, and how sure that is
    high: Interval
    shares: tuple[Interval, ...]  # of the variance, in the order of PARTS

    def row(self) -> dict[str, Any]:
        """Return it as a row of a table."""
        named = dict(zip(("low", "high", *PARTS), (self.low, self.high, *self.shares), strict=True))
        head = {"belief": self.belief, "outcome": self.outcome, "unit": self.unit, "mean": self.mean}
        return head | {
            f"{name}{end}": number
            for name, interval in named.items()
            for end, number in zip(("", ".low", ".high"), interval, strict=True)
        }


# --- what is played


@dataclass(frozen=True)
class Task:
    """Some sets of numbers of one belief under one rule, each played from its own first run on.

    keys: of the numbers that are not the scenario's own. values: float64 (sets, keys). firsts: of each set its first run.
    """

    name: str
    loaded: Loaded
    keys: Sequence[str]
    values: np.ndarray
    firsts: Sequence[int]
    runs: int
    seed: int


@dataclass(frozen=True)
class Request:
    """What is played. draws: of a fit, or None; count: how many draws; runs: of each draw and strategy."""

    file: str
    settings: Sequence[str]
    draws: Draws | None
    count: int
    runs: int
    seed: int


def tasks_of(request: Request) -> dict[str, list[list[Task]]]:
    """Divide what is played into tasks: by belief, a row for each strategy.

    Beliefs: prior, numbers drawn from what a fit believes before the record; defaults, the scenario's own; posterior,
    draws of a fit. The first row is the scenario's own strategies; in the others every actor follows one and the same.
    Raises UserError for a scenario or draws that are not sound.
    """
    rows: dict[str, list[list[Task]]] = {"prior": [], "defaults": []}
    if request.draws is not None:
        rows["posterior"] = []
    for rule, loaded in _under_rules(request.file, request.settings):
        keys = free_keys(loaded.scenario)
        normal = np.random.default_rng(request.seed).standard_normal((request.count, len(keys)))
        beliefs: dict[str, tuple[Sequence[str], np.ndarray]] = {
            "prior": (keys, priors_of(loaded, keys).values(normal)),
            "defaults": ((), np.zeros((1, 0))),
        }
        if request.draws is not None:
            posterior = Posterior(compile_scenario(loaded), request.draws)
            chosen = np.linspace(0, len(request.draws.values) - 1, request.count).astype(int)
            values = request.draws.values[chosen][:, posterior.columns]
            beliefs["posterior"] = posterior.revaluer.keys, values
        for belief, (free, values) in beliefs.items():
            place = len(rows[belief])
            rows[belief].append(list(_row_of(request, f"{belief}, {rule}", loaded, free, values, place)))
    return rows


def _under_rules(file: str, settings: Sequence[str]) -> Iterator[tuple[str, Loaded]]:
    """Yield the scenario as it is, then with every actor following one strategy; not twice the same."""
    plain = load(file, settings)
    yield "own strategies", plain
    for rule in STRATEGIES:
        if any(actor.strategy != rule for actor in plain.scenario.actors.values()):
            yield rule, load(file, [*settings, *(f"actors.{name}.strategy={rule}" for name in plain.scenario.actors)])


def _row_of(
    request: Request, name: str, loaded: Loaded, keys: Sequence[str], values: np.ndarray, place: int
) -> Iterator[Task]:
    """List the tasks of one belief and rule: each set of numbers has runs, and so luck, that no other has."""
    sets = len(values)
    runs = request.runs if sets > 1 else request.runs * request.count  # known numbers: as many runs in all
    own_runs = runs * OWN_TIMES if sets > 1 else runs
    here = own_runs if place == 0 else runs
    first = 0 if place == 0 else sets * own_runs + (place - 1) * sets * runs
    for start in range(0, sets, AT_ONCE):
        some = range(start, min(start + AT_ONCE, sets))
        firsts = [first + here * index for index in some]
        yield Task(f"{name}, from {start}", loaded, keys, values[some.start : some.stop], firsts, here, request.seed)


def played(task: Task) -> Part:
    """Play the sets of numbers of a task: a part, outcomes of float64 (sets, runs, questions)."""
    revaluer = Revaluer(task.loaded, task.keys)
    records = BelievedRecords(task.loaded, dict(zip(revaluer.keys, revaluer.values, strict=True)))
    questions = questionnaire(revaluer.compiled)
    outcomes = []
    for values, first in zip(task.values, task.firsts, strict=True):
        compiled = records.taught(revaluer.with_values(values.tolist()), values.tolist())
        worker = Worker(compiled, scene_of(compiled), questions, daily_step=0)
        outcomes.append(worker.play(task.seed, range(first, first + task.runs), keep_to=0).outcomes)
    return {"outcomes": np.array(outcomes)}


def spreads(
    request: Request,
    workers: int = 1,
    each: Callable[[int], object] = lambda parts: None,
    parts: Parts = NOT_KEPT,
) -> list[Spread]:
    """Divide the variance of every headline outcome that has one, under each belief.

    Parameters: workers, how many processes; each, called with 1 after each task; parts, where finished ones are kept.
    Raises UserError for a scenario or draws that are not sound.
    """
    rows = tasks_of(request)
    flat = {task.name: task for of_belief in rows.values() for row in of_belief for task in row}
    outcomes = dict(zip(flat, parts.collect(played, flat, workers, each), strict=True))
    unordered = [
        spread
        for belief, of_belief in rows.items()
        for spread in _of_belief(
            belief, of_belief[0][0].loaded, [_row_outcomes(outcomes, row) for row in of_belief], request
        )
    ]
    order = [spread.outcome for spread in unordered]
    return sorted(unordered, key=lambda spread: order.index(spread.outcome))


def _row_outcomes(outcomes: Mapping[str, Part], row: Sequence[Task]) -> np.ndarray:
    """float64 (draws, runs, questions)."""
    return np.concatenate([outcomes[task.name]["outcomes"] for task in row])


def _of_belief(belief: str, loaded: Loaded, rows: Sequence[np.ndarray], request: Request) -> Iterator[Spread]:
    for index, question in enumerate(compile_scenario(loaded).questions):
        if question.headline and unit_of(question).has_variance:
            as_it_is = rows[0][..., index]
            cells = np.array([row[:, : rows[-1].shape[1], index] for row in rows])
            yield divide((belief, question.name, unit_of(question).name), as_it_is, cells, request.seed)


# --- shares of the variance


def divide(names: tuple[str, str, str], as_it_is: np.ndarray, cells: np.ndarray, seed: int) -> Spread:
    """Divide the variance of one outcome.

    Parameters: names, belief, outcome and unit; as_it_is, float64 (draws, runs), of the scenario's own rule; cells,
    float64 (rules, draws, runs), of all rules; seed, of what is drawn again.
    """
    means, noise = as_it_is.mean(axis=1), as_it_is.var(axis=1, ddof=1) / as_it_is.shape[1]
    known = cells.shape[1] == 1
    ends = np.full((2, 3), means[0]) if known else ends_without_noise(means, noise, seed)
    fractions = shares(cells.mean(axis=2), cells.var(axis=2, ddof=1), cells.shape[2])
    again = (_runs_again if known else _draws_again)(cells, np.random.default_rng([seed, cells.shape[1]]))
    has_shares = not np.isnan(fractions).any()
    low, high = middle(again) if has_shares else (fractions, fractions)
    divided = tuple((float(fractions[k]), float(low[k]), float(high[k])) for k in range(len(PARTS)))
    return Spread(*names, float(means.mean()), tuple(ends[0].tolist()), tuple(ends[1].tolist()), divided)


def shares(means: np.ndarray, variances: np.ndarray, runs: int) -> np.ndarray:
    """Divide the variance of a single run's outcome.

    Parameters: means, variances, float64 (..., rules, draws), of the runs of each cell; runs, of each.
    Returns float64 (..., 4), in the order of PARTS; NaN where nothing varies.
    """
    rules, draws = means.shape[-2:]
    chance = variances.mean(axis=(-2, -1))
    over_draws = np.maximum(0.0, means.mean(axis=-2).var(axis=-1) - chance / (runs * rules))
    over_rules = np.maximum(0.0, means.mean(axis=-1).var(axis=-1) - chance / (runs * draws))
    both = np.maximum(0.0, means.var(axis=(-2, -1)) - chance / runs - over_draws - over_rules)
    divided = np.stack([chance, over_draws, over_rules, both], axis=-1)
    total = divided.sum(axis=-1, keepdims=True)
    return np.divide(divided, total, where=total > 0.0, out=np.full(divided.shape, np.nan))


def _draws_again(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """float64 (AGAIN, 4): shares, draws of the numbers drawn again with all their runs; the rules are what they are."""
    means, variances = cells.mean(axis=2), cells.var(axis=2, ddof=1)
    chosen = rng.integers(0, cells.shape[1], (AGAIN, cells.shape[1]))
    return shares(np.moveaxis(means[:, chosen], 0, 1), np.moveaxis(variances[:, chosen], 0, 1), cells.shape[2])


def _runs_again(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """float64 (AGAIN, 4): shares, groups of the runs of each rule drawn again, where the numbers are known."""
    groups = min(GROUPS, cells.shape[2])
    size = cells.shape[2] // groups
    grouped = cells[:, 0, : groups * size].reshape(len(cells), groups, size)
    weights = rng.multinomial(groups, np.full(groups, 1.0 / groups), (AGAIN, len(cells))).astype(float)
    count = float(groups * size)
    means, squares = (
        np.einsum("arg,rg->ar", weights, grouped_sums) / count
        for grouped_sums in (grouped.sum(axis=2), (grouped**2).sum(axis=2))
    )
    variances = np.maximum(0.0, squares - means**2) * count / (count - 1.0)
    return shares(means[..., None], variances[..., None], groups * size)
