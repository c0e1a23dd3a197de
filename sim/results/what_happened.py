"""What happened: a scenario's outcomes asked of its record, by the metrics that are asked of every run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from sim.results.estimates import Summary
from sim.results.intervals import wilson
from sim.results.outcomes import posed, questionnaire
from sim.results.tally import Tally
from sim.results.units import Spelling, Unit, unit_of
from sim.rules.registry import METRICS
from sim.scenario.compile import Compiled
from sim.scenario.questions import Question
from sim.scenario.record import Row, placed
from sim.scenario.selection import NamedAction
from sim.scenario.standing import Standing


@dataclass(frozen=True)
class Happened:
    """What the record says of the outcomes of a scenario, as far as it settles them.

    answers: by the name of each outcome that is settled; days as indices, NaN for a day that never came.
    """

    compiled: Compiled
    answers: dict[str, float]
    last_day: date | None  # of the record, whatever its rows are about; None without a record
    too_late: int  # outcomes that are not settled because the record ends before their windows do
    undated: int  # outcomes that are not settled because an act is known by its month only

    def answer(self, outcome: str, spelling: Spelling = str) -> str:
        """Write what happened of one outcome, by its name; nothing if the record does not settle it."""
        if outcome not in self.answers:
            return ""
        return self._units[outcome].answer(self.answers[outcome], self.compiled.start, spelling)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        questions = self.compiled.questions
        return {part.name: part.unit for question in questions for part in unit_of(question).components(question)}

    def data(self, outcome: str) -> dict[str, object]:
        """Return what happened of one outcome for a machine."""
        if outcome not in self.answers:
            return {"record_settles_it": False, "happened": None}
        value = self._units[outcome].answer_data(self.answers[outcome], self.compiled.start)
        return {"record_settles_it": True, "happened": str(value) if isinstance(value, date) else value}

    def note(self) -> str:
        """Say, in a sentence, where the record settles nothing, and why; nothing if there is no record."""
        if self.last_day is None:
            return ""
        reasons = []
        if self.too_late:
            reasons.append(f"the record ends on {self.last_day}, before the days asked about do")
        if self.undated:
            reasons.append("an act that counts is known by its month only")
        return f"What happened is left empty where {', or where '.join(reasons)}." if reasons else ""

    def likelihood(self, tally: Tally, everything: bool = False, spelling: Spelling = str) -> str:
        """Say, in a sentence, in how many runs what happened on a day had come by that day; nothing if no day is asked for.

        Parameters: tally, of the runs; everything, of every outcome that is a day, not only of the headline ones.
        """
        parts = [
            f"{meaning}, {spelling(day)}: by then in {share:.1%} of runs ({low:.1%} to {high:.1%})"
            for meaning, day, (share, low, high) in self.shares_by_day(tally, everything)
        ]
        return f"What happened, and how many runs had come to it: {'; '.join(parts)}." if parts else ""

    def shares_by_day(self, tally: Tally, everything: bool = False) -> Iterator[tuple[str, date, Summary]]:
        """Yield, for each outcome that is a day and came, its meaning, the day, and the share of runs that had it by then.

        The share has its 95 % interval, which is simulation error only.
        """
        for number, question in enumerate(self.compiled.questions):
            day = self.answers.get(question.name, np.nan)
            if unit_of(question).may_never_come and not np.isnan(day) and (question.headline or everything):
                counts = tally.counts_of(number)
                hits, runs = int(counts[: int(day) + 1].sum()), int(counts.sum())
                low, high = (float(end) for end in wilson(hits, runs))
                part = question.name.partition(".")[2]
                yield (
                    question.meaning + (f" ({part})" if part else ""),
                    self.compiled.date(int(day)),
                    (hits / runs, low, high),
                )


def what_happened(compiled: Compiled) -> Happened:
    """Ask the record of a scenario what is asked of its runs.

    Its dated acts from the clock's first day on are played by themselves, whatever the scenario replays, forces or
    withholds; before that day nothing is remembered, as in a run. An outcome is settled if the record, which covers the
    days up to its last dated row, covers its window, or if what has come cannot be undone; and if no act that it is about
    is left out because only its month is known.
    """
    loaded = compiled.loaded
    days = [row.day for row in loaded.rows if row.day is not None]
    if loaded.scenario.record is None or not days:
        return Happened(compiled, {}, None, 0, 0)
    acts, tension = _played(compiled, max(days))
    codes = [(row, act) for row in _undated(compiled) for act in compiled.acts if act.name == row.name]
    answers: dict[str, float] = {}
    questions, too_late, undated = questionnaire(compiled), 0, 0
    pose = getattr(posed, "py_func", posed)  # plain Python: nothing is compiled for one asking
    days_of, codes_of = (index.astype(np.int32) for index in acts.nonzero())
    for number, question in enumerate(compiled.questions):
        metric, unit = METRICS[question.metric], unit_of(question)
        value = metric.function(pose(questions, number, days_of, codes_of, len(days_of), tension))
        lasts = metric.lasts_from is not None and value >= metric.lasts_from
        is_late = compiled.date(question.end - 1) > max(days)
        is_undated = any(_concerns(row, act, question, compiled) for row, act in codes)
        if lasts or not (is_late or is_undated):
            parts = zip(unit.components(question), unit.split(np.array([value]), question), strict=True)
            answers |= {component.name: float(values[0]) for component, values in parts}
        else:
            too_late, undated = too_late + is_late, undated + (is_undated and not is_late)
    return Happened(compiled, answers, max(days), too_late, undated)


def recorded_tension(compiled: Compiled) -> np.ndarray | None:
    """Return the tension of each pair as the record's dated acts make it, by the rules of a run.

    Returns float64 (days, pairs), in marks, NaN after the record's last dated row; None without a record.
    """
    days = [row.day for row in compiled.loaded.rows if row.day is not None]
    if compiled.loaded.scenario.record is None or not days or max(days) < compiled.start:
        return None
    tension = _played(compiled, max(days))[1]
    tension[compiled.day(max(days)) + 1 :] = np.nan
    return tension


def _played(compiled: Compiled, last: date) -> tuple[np.ndarray, np.ndarray]:
    """Play the record's acts on the days of the clock: uint8 (days, actions), float64 (days, pairs), to its last day."""
    scenario = compiled.loaded.scenario
    assert scenario.record is not None
    codes = {act.name: code for code, act in enumerate(compiled.acts)}
    acts = np.zeros((compiled.days, len(compiled.acts)), np.uint8)
    tension = np.zeros((compiled.days, len(compiled.pairs)))
    for row in compiled.loaded.rows_inside:
        day = placed(row, scenario.record.month_only)
        if day is not None and 0 <= compiled.day(day) < compiled.days:
            acts[compiled.day(day), codes[row.name]] = 1
    standing = Standing(scenario, compiled.start)
    for index in range(min(compiled.days, compiled.day(last) + 1)):
        standing.pass_night(compiled.date(index), [compiled.acts[code] for code in acts[index].nonzero()[0]])
        tension[index] = [standing.tension(*pair) for pair in compiled.pairs]
    return acts, tension


def _undated(compiled: Compiled) -> list[Row]:
    """Return the rows of the record that are left out because only their month is known."""
    record = compiled.loaded.scenario.record
    assert record is not None
    return [row for row in compiled.loaded.rows_inside if placed(row, record.month_only) is None]


def _concerns(row: Row, act: NamedAction, question: Question, compiled: Compiled) -> bool:
    """Tell whether an act of which no day is known may be one of those that a question is about."""
    first, last = row.span
    if compiled.day(last) < question.start or compiled.day(first) >= question.end:
        return False
    if act.name in question.acts or act.name in question.others:
        return True
    return question.pair == tuple(sorted((act.actor, act.target))) and act.tone != "neutral"
