"""Outcomes: every question of a scenario asked of the record of each run."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.engine.loop import play_runs
from sim.rules.compiled import chain, entry, rule
from sim.rules.metrics import RunRecord
from sim.rules.registry import METRICS, functions_of
from sim.scenario.compile import Compiled
from sim.scenario.questions import Question, lowered_by

metric_of = chain(functions_of(METRICS))


class Questionnaire(NamedTuple):
    """The questions of a scenario as arrays, made once and asked of many runs; Q questions, A actions."""

    codes: np.ndarray  # int64 (Q,): the metric
    chosen: np.ndarray  # uint8 (Q, A): the acts that count; of a fact, how much each act raises it
    others: np.ndarray  # uint8 (Q, A): those of the second list; of a fact, how much each act lowers it
    rungs: np.ndarray  # int64 (A,)
    numbers: np.ndarray  # int64 (Q, 8): start, end, pair, crisis day, days, at least, before, fact at start
    shares: np.ndarray  # float64 (Q,)


def questionnaire(compiled: Compiled) -> Questionnaire:
    """Return the questions of a scenario as arrays."""
    names = [act.name for act in compiled.acts]
    questions = compiled.questions
    crisis_day = max(compiled.free_from - 1, 0)
    numbers = [_numbers(question, compiled, crisis_day) for question in questions]
    return Questionnaire(
        codes=np.array([METRICS[question.metric].code for question in questions], np.int64),
        chosen=_marked(names, [_amounts(question, question.acts, compiled) for question in questions]),
        others=_marked(names, [_amounts(question, question.others, compiled) for question in questions]),
        rungs=np.array([act.entry.rung for act in compiled.acts], np.int64),
        numbers=np.array(numbers, np.int64).reshape(-1, 8),
        shares=np.array([question.share for question in questions], float),
    )


def _numbers(question: Question, compiled: Compiled, crisis_day: int) -> list[int]:
    pair = compiled.pairs.index(question.pair) if question.pair is not None else -1
    windows = [question.start, question.end, pair, crisis_day, question.days, question.at_least, question.before]
    facts = compiled.loaded.scenario.facts
    return [*windows, facts[question.fact].at_start if question.fact else 0]


def _amounts(question: Question, names: tuple[str, ...], compiled: Compiled) -> dict[str, int]:
    """Return what each action that a question lists counts: one, or the change that it makes to the question's fact."""
    if not question.fact:
        return dict.fromkeys(names, 1)
    entries = {act.name: act.entry for act in compiled.acts}
    if names is question.acts:
        return {name: entries[name].raises[question.fact] for name in names}
    return {name: lowered_by(entries[name], question.fact) for name in names}


def _marked(names: list[str], lists: list[dict[str, int]]) -> np.ndarray:
    """Return uint8 (questions, actions): what each action counts that the question lists, 0 for others."""
    table = np.zeros((len(lists), len(names)), np.uint8)
    for row, listed in enumerate(lists):
        for name, amount in listed.items():
            table[row, names.index(name)] = amount
    return table


@rule
def posed(questions, q, days, codes, total, tension):
    """Pose one question of one run; parameters as of `ask`."""
    start, end, pair, crisis_day, length, at_least, before, at_start = questions.numbers[q]
    return RunRecord(
        days,
        codes,
        total,
        tension,
        questions.chosen[q],
        questions.others[q],
        questions.rungs,
        start,
        end,
        pair,
        crisis_day,
        questions.shares[q],
        length,
        at_least,
        before,
        at_start,
    )


@rule
def ask(questions, days, codes, total, tension, answers):
    """Write every outcome of one run into `answers`.

    Parameters: questions, a Questionnaire; days and codes, int32, day and action of each of the `total` acts in order;
    tension, float64 (days, pairs), in marks; answers, float64 (Q,): NaN where a day never came.
    """
    for q in range(len(questions.codes)):
        answers[q] = metric_of(questions.codes[q], posed(questions, q, days, codes, total, tension))


@entry
def ask_one(questions, days, codes, total, tension, answers):
    """Write the outcomes of one run into `answers`, for Python; parameters as of `ask`."""
    ask(questions, days, codes, total, tension, answers)


def outcomes_of(questions: Questionnaire, acts: np.ndarray, tension: np.ndarray) -> np.ndarray:
    """Return the outcomes of one run, float64 (Q,); days as indices, NaN where the day never came.

    Parameters: acts, uint8 (days, actions); tension, float64 (days, pairs), in marks.
    """
    answers = np.full(len(questions.codes), np.nan)
    days, codes = (index.astype(np.int32) for index in acts.nonzero())
    ask_one(questions, days, codes, len(days), tension, answers)
    return answers


def each_run(compiled: Compiled, seed: int, runs: range) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Yield run, acts, tension and outcomes of each run, played by the compiled engine.

    All arrays but the outcomes are reused.

    Raises ArithmeticError if a hazard is not a number.
    """
    questions = questionnaire(compiled)
    for run, acts, tension in play_runs(compiled, seed, runs):
        yield run, acts, tension, outcomes_of(questions, acts, tension)
