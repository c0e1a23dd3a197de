"""Outcomes: every question of a scenario asked of the record of each run."""

from collections.abc import Iterator

import numpy as np

from sim.rules.compiled import chain, entry
from sim.rules.metrics import Asked
from sim.rules.registry import METRICS
from sim.scenario.compile import Compiled
from sim.scenario.questions import Question

metric_of = chain([found.function for found in METRICS.values()])


@entry
def ask_all(codes, acts, tension, chosen, others, rungs, numbers, shares, answers):
    """Every outcome of one run, into `answers` (float64, one per question)."""
    for q in range(len(codes)):
        start, end, pair, crisis_day, days, at_least, before = numbers[q]
        asked = Asked(
            acts, tension, chosen[q], others[q], rungs, start, end, pair, crisis_day, shares[q], days, at_least, before
        )
        answers[q] = metric_of(codes[q], asked)


class Questionnaire:
    """The questions of a scenario as arrays, made once and asked of many runs."""

    def __init__(self, compiled: Compiled):
        self.questions = compiled.questions
        names = [act.name for act in compiled.acts]
        self.rungs = np.array([act.entry.rung for act in compiled.acts], np.int64)
        self.codes = np.array([METRICS[question.metric].code for question in self.questions], np.int64)
        self.chosen = _marked(names, [question.acts for question in self.questions])
        self.others = _marked(names, [question.others for question in self.questions])
        crisis_day = max(compiled.free_from - 1, 0)
        self.numbers = np.array(
            [self._numbers(question, compiled, crisis_day) for question in self.questions], np.int64
        ).reshape(-1, 7)
        self.shares = np.array([question.share for question in self.questions], float)

    @staticmethod
    def _numbers(question: Question, compiled: Compiled, crisis_day: int) -> list[int]:
        pair = compiled.pairs.index(question.pair) if question.pair is not None else -1
        return [question.start, question.end, pair, crisis_day, question.days, question.at_least, question.before]

    def ask(self, acts: np.ndarray, tension: np.ndarray) -> np.ndarray:
        """The outcomes of one run: float64, one per question; days as indices, NaN where the day never came."""
        answers = np.full(len(self.questions), np.nan)
        ask_all(self.codes, acts, tension, self.chosen, self.others, self.rungs, self.numbers, self.shares, answers)
        return answers


def _marked(names: list[str], lists: list[tuple[str, ...]]) -> np.ndarray:
    """uint8 (questions, actions): 1 where the question's list names the action."""
    table = np.zeros((len(lists), len(names)), np.uint8)
    for row, listed in enumerate(lists):
        table[row, [names.index(name) for name in listed]] = 1
    return table


def unit_of(question: Question) -> str:
    """The unit of an outcome: share, date, acts, rung, marks, days or path."""
    return METRICS[question.metric].unit


def each_run(compiled: Compiled, seed: int, runs: range) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """(run, acts, tension, outcomes) of each run by the compiled engine; the first two arrays are reused."""
    from sim.engine.ensemble import play_runs

    questionnaire = Questionnaire(compiled)
    for run, acts, tension in play_runs(compiled, seed, runs):
        yield run, acts, tension, questionnaire.ask(acts, tension)
