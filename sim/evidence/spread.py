"""Where an outcome's spread comes from: chance, what is not known of the numbers, and the rule by which actors decide.

Many draws of the numbers, under every strategy, many runs each; each has luck of its own. Of the variance of a single
run's outcome, chance is the average within a cell, parameters that of means over draws, the decision rule that of
means over strategies, and both together what these leave.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.learning import compile_scenario
from sim.engine.loop import scene_of
from sim.evidence.case import free_keys, priors_of
from sim.results.blocks import Worker
from sim.results.intervals import middle
from sim.results.outcomes import Questionnaire, questionnaire
from sim.results.posterior import Draws, Posterior
from sim.results.units import unit_of
from sim.rules.registry import STRATEGIES
from sim.scenario.compile import Compiled
from sim.scenario.load import load
from sim.scenario.revalue import Revaluer


@dataclass(frozen=True)
class Spread:
    """One outcome under one belief about the numbers."""

    belief: str
    outcome: str
    unit: str
    mean: float
    low: float  # 95 % of the means of draws: what is not known of the numbers
    high: float
    chance: float  # shares of the variance
    parameters: float
    rule: float
    both: float


def beliefs(
    file: str, settings: Sequence[str], draws: Draws | None, count: int, seed: int
) -> dict[str, list[list[Compiled]]]:
    """Compile the scenarios that are played, by belief.

    A row is a strategy, a column a draw of the numbers.
    Beliefs: prior, numbers drawn from what a fit believes before the record; defaults, the scenario's own; posterior,
    draws of a fit. The first row is the scenario's own strategies; in the others every actor follows one and the same.
    Parameters: count, how many draws. Raises UserError for a scenario that is not sound.
    """
    rows: dict[str, list[list[Compiled]]] = {"prior": [], "defaults": []}
    if draws is not None:
        rows["posterior"] = []
    for rule in [None, *STRATEGIES]:
        plain = load(file, settings)
        if rule is not None and all(actor.strategy == rule for actor in plain.scenario.actors.values()):
            continue  # that is the scenario's own
        everyone = [] if rule is None else [f"actors.{name}.strategy={rule}" for name in plain.scenario.actors]
        loaded = load(file, [*settings, *everyone])
        compiled = compile_scenario(loaded)
        keys = free_keys(loaded.scenario)
        values = priors_of(loaded, keys).values(np.random.default_rng(seed).standard_normal((count, len(keys))))
        revaluer = Revaluer(loaded, keys)
        rows["prior"].append([revaluer.with_values(row.tolist()) for row in values])
        rows["defaults"].append([compiled])
        if draws is not None:
            posterior = Posterior(compiled, draws)
            chosen = np.linspace(0, len(draws.values) - 1, count).astype(int)
            rows["posterior"].append(
                [posterior.revaluer.with_values(draws.values[draw, posterior.columns].tolist()) for draw in chosen]
            )
    return rows


def spreads(
    belief: str,
    rows: list[list[Compiled]],
    most: int,
    runs: int,
    seed: int,
    each: Callable[[int], object] = lambda sets: None,
) -> list[Spread]:
    """Divide the variance of every headline outcome that has one.

    Parameters: rows, as `beliefs` returns them; most, how many draws a belief has that has any; runs, of each draw and
    strategy; each, called with 1 after each.
    """
    default, draws = rows[0][0], len(rows[0])
    each_draw = runs if draws > 1 else runs * most  # where the numbers are known, as many runs in all
    questions = questionnaire(default)
    cells = []
    for place, compiled_cell in enumerate(compiled for row in rows for compiled in row):
        cells.append(_play(compiled_cell, questions, range(place * each_draw, (place + 1) * each_draw), seed, each))
    table = np.array(cells).reshape(len(rows), draws, each_draw, -1)
    return [
        _divide(belief, question.name, unit_of(question).name, table[..., index])
        for index, question in enumerate(default.questions)
        if question.headline and unit_of(question).has_variance
    ]


def _play(
    compiled: Compiled, questions: Questionnaire, runs: range, seed: int, each: Callable[[int], object]
) -> np.ndarray:
    """Play one set of numbers: float64 (runs, questions).

    Each set of numbers and strategies has luck of its own, so that what is left of chance in an average can be taken
    off.
    """
    worker = Worker(compiled, scene_of(compiled), questions, with_daily=False)
    each(1)
    return worker.play(seed, runs, keep_to=0).outcomes


def _divide(belief: str, name: str, unit: str, cells: np.ndarray) -> Spread:
    """Divide the variance of float64 (rules, draws, runs), the scenario's own rule first.

    The interval and the mean are of that rule.
    """
    means = cells.mean(axis=2)
    low, high = middle(means[0])
    runs = cells.shape[2]
    chance = cells.var(axis=2, ddof=1).mean()
    over_draws = max(0.0, means.mean(axis=0).var() - chance / (runs * len(means)))
    over_rules = max(0.0, means.mean(axis=1).var() - chance / (runs * means.shape[1]))
    both = max(0.0, means.var() - chance / runs - over_draws - over_rules)
    total = chance + over_draws + over_rules + both
    parts = [part / total if total > 0.0 else float("nan") for part in (chance, over_draws, over_rules, both)]
    return Spread(belief, name, unit, float(means[0].mean()), float(low), float(high), *map(float, parts))
