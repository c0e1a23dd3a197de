"""Outcomes: every question of a scenario asked of the record of each run."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.engine.loop import play_runs
from sim.rules.compiled import chain, entry, rule
from sim.rules.metrics import Asked
from sim.rules.registry import METRICS
from sim.scenario.compile import Compiled
from sim.scenario.questions import Question

metric_of = chain([found.function for found in METRICS.values()])


class Questionnaire(NamedTuple):
    """The questions of a scenario as arrays, made once and asked of many runs; Q questions, A actions."""

    codes: np.ndarray  # int64 (Q,): the metric
    chosen: np.ndarray  # uint8 (Q, A): the acts that count
    others: np.ndarray  # uint8 (Q, A): those of the second list
    rungs: np.ndarray  # int64 (A,)
    numbers: np.ndarray  # int64 (Q, 7): start, end, pair, crisis day, days, at least, before
    shares: np.ndarray  # float64 (Q,)


def questionnaire(compiled: Compiled) -> Questionnaire:
    """The questions of a scenario."""
    names = [act.name for act in compiled.acts]
    asked = compiled.questions
    crisis_day = max(compiled.free_from - 1, 0)
    numbers = [_numbers(question, compiled, crisis_day) for question in asked]
    return Questionnaire(
        codes=np.array([METRICS[question.metric].code for question in asked], np.int64),
        chosen=_marked(names, [question.acts for question in asked]),
        others=_marked(names, [question.others for question in asked]),
        rungs=np.array([act.entry.rung for act in compiled.acts], np.int64),
        numbers=np.array(numbers, np.int64).reshape(-1, 7),
        shares=np.array([question.share for question in asked], float),
    )


def _numbers(question: Question, compiled: Compiled, crisis_day: int) -> list[int]:
    pair = compiled.pairs.index(question.pair) if question.pair is not None else -1
    return [question.start, question.end, pair, crisis_day, question.days, question.at_least, question.before]


def _marked(names: list[str], lists: list[tuple[str, ...]]) -> np.ndarray:
    """uint8 (questions, actions): 1 where the question's list names the action."""
    table = np.zeros((len(lists), len(names)), np.uint8)
    for row, listed in enumerate(lists):
        table[row, [names.index(name) for name in listed]] = 1
    return table


@rule
def ask(questions, days, codes, total, tension, answers):
    """Every outcome of one run, into `answers` (float64, one per question); NaN where a day never came."""
    for q in range(len(questions.codes)):
        start, end, pair, crisis_day, length, at_least, before = questions.numbers[q]
        asked = Asked(
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
        )
        answers[q] = metric_of(questions.codes[q], asked)


@entry
def ask_one(questions, days, codes, total, tension, answers):
    """The outcomes of one run, for Python."""
    ask(questions, days, codes, total, tension, answers)


def outcomes_of(questions: Questionnaire, acts: np.ndarray, tension: np.ndarray) -> np.ndarray:
    """The outcomes of one run, float64, one per question, from its acts (uint8, days × actions) and tension.

    Days as indices, NaN where the day never came.
    """
    answers = np.full(len(questions.codes), np.nan)
    days, codes = (index.astype(np.int32) for index in acts.nonzero())
    ask_one(questions, days, codes, len(days), tension, answers)
    return answers


def unit_of(question: Question) -> str:
    """The unit of an outcome: share, date, acts, rung, marks, days or path."""
    return METRICS[question.metric].unit


def class_outcome(question: Question, path: str) -> str:
    """The name of the share of one path class."""
    return f"{question.name}.{path.replace(' ', '_')}"


def each_run(compiled: Compiled, seed: int, runs: range) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """(run, acts, tension, outcomes) of each run by the compiled engine; the arrays but outcomes are reused."""
    questions = questionnaire(compiled)
    for run, acts, tension in play_runs(compiled, seed, runs):
        yield run, acts, tension, outcomes_of(questions, acts, tension)
