"""Two scenarios under one seed: paired differences of every outcome, and the acts on which their runs part."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.results.blocks import BLOCK_RUNS, Block, empty_totals, play_blocks
from sim.results.outcomes import class_outcome, unit_of
from sim.results.posterior import Posterior
from sim.results.simulate import DEFAULT_SEED
from sim.rules.metrics import PATHS
from sim.scenario.compile import Compiled, compile_scenario
from sim.scenario.load import Loaded
from sim.scenario.questions import Question
from sim.study.differences import Difference, Pairs, difference, width_of
from sim.study.parting import Parting


@dataclass(frozen=True)
class Comparison:
    """What two scenarios differ in, run by run."""

    here: Compiled
    there: Compiled
    runs: int
    seed: int
    differences: list[Difference]
    parting: Parting
    asked_once: list[str]  # outcomes that only one of them has
    drawn: bool  # each pair of runs has numbers of its own, drawn from a fit


def compare(
    here: Loaded | Compiled,
    there: Loaded | Compiled,
    runs: int = 1000,
    seed: int = DEFAULT_SEED,
    each: Callable[[int], object] = lambda runs: None,
    posteriors: tuple[Posterior | None, Posterior | None] = (None, None),
) -> Comparison:
    """Compare `there` with the reference `here`. `each` is told how many pairs of runs were played.

    posteriors: of either side, made of the same draws: a pair of runs then shares its numbers as it shares its luck.

    Memory does not grow with the number of runs. Raises ArithmeticError if a hazard is not a number.
    """
    one, other = (side if isinstance(side, Compiled) else compile_scenario(side) for side in (here, there))
    parting = Parting(one, other)
    asked = _common(one, other)
    pairs = {name: _pairs(question) for name, (question, _, _) in asked.items()}
    for mine, theirs in zip(
        _blocks(one, runs, seed, posteriors[0]), _blocks(other, runs, seed, posteriors[1]), strict=True
    ):
        parting.add(mine, theirs)
        for name, (question, column, column_there) in asked.items():
            answers = _answers(question, mine.outcomes[:, column], theirs.outcomes[:, column_there], one, other)
            for kept, (answer, answer_there) in zip(pairs[name], answers, strict=True):
                kept.add(answer, answer_there)
        each(len(mine.outcomes))
    found = [difference(kept, seed) for parts in pairs.values() for kept in parts]
    names = [{question.name for question in side.questions} for side in (one, other)]
    return Comparison(one, other, runs, seed, found, parting, sorted(names[0] ^ names[1]), posteriors[0] is not None)


def _blocks(side: Compiled, runs: int, seed: int, posterior: Posterior | None) -> Iterator[Block]:
    totals = empty_totals(side, with_daily=False)
    how = {"keep_acts_of": runs, "block_runs": BLOCK_RUNS}
    return play_blocks(side, seed, range(runs), totals, posterior=posterior, **how)


def _common(one: Compiled, other: Compiled) -> dict[str, tuple[Question, int, int]]:
    """The questions that both ask by the same name and in the same unit, and their columns on either side."""
    there = {(question.name, unit_of(question)): column for column, question in enumerate(other.questions)}
    return {
        question.name: (question, column, there[question.name, unit_of(question)])
        for column, question in enumerate(one.questions)
        if (question.name, unit_of(question)) in there
    }


def _pairs(question: Question) -> list[Pairs]:
    """Where a question's pairs are counted; a path class is a share each."""
    unit = unit_of(question)
    if unit == "path":
        return [
            Pairs(class_outcome(question, name), name, "share", question.headline, 1.0, Counter()) for name in PATHS
        ]
    return [Pairs(question.name, question.meaning, unit, question.headline, width_of(unit), Counter())]


def _answers(
    question: Question, here: np.ndarray, there: np.ndarray, one: Compiled, other: Compiled
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Both sides' answers; of a path, whether it is of each class. Days count from one start: two clocks may differ."""
    if unit_of(question) == "path":
        return [((here == code).astype(float), (there == code).astype(float)) for code in range(len(PATHS))]
    if unit_of(question) == "date":
        there = there + (other.start - one.start).days
    return [(here, there)]
