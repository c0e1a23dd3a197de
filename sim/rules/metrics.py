"""Outcomes of one run: pure functions of its record, the acts of each day and the tension of each pair.

Each reads a `RunRecord`: what was done and felt in one run, and what a scenario's outcome entry asks of it. Days are
indices from the clock's start, windows run from `start` up to but not including `end`. A day that never came is NaN.
The units are those of `sim/results/units.py`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sim.rules.registry import metric

if TYPE_CHECKING:  # checking a file starts at once: nothing here computes with arrays
    import numpy as np

# of path_class: the keys of its classes, by their places
CLASSES = ("otherwise", "calm", "acts", "acts_and_others")
OTHERWISE, CALM, ACTS, ACTS_AND_OTHERS = 0.0, 1.0, 2.0, 3.0


class RunRecord(NamedTuple):
    """One run's record, and one question about it."""

    days_of: np.ndarray  # int32: day of each act, in order
    codes_of: np.ndarray  # int32: action of each act
    total: int  # how many acts there are; what the two arrays hold beyond is not of this run
    tension: np.ndarray  # float64 (days, pairs), in marks, at the end of each day
    chosen: np.ndarray  # uint8 (actions,): the acts that count; of a fact, how much each act raises it
    others: np.ndarray  # uint8 (actions,): the acts of a second list; of a fact, how much each act lowers it
    rungs: np.ndarray  # int64 (actions,)
    start: int
    end: int
    pair: int
    crisis_day: int  # the day whose tension is the crisis level: the last one replayed
    share: float
    days: int
    at_least: int
    before: int  # the day before which the acts lead to the worst class
    at_start: int  # how much of the fact holds before the first act


@metric("date", needs=("acts",), lasts_from=0.0)
def first_day(record: RunRecord) -> float:
    """Find the first day of the window on which one of the acts is done."""
    for k in range(record.total):
        if record.start <= record.days_of[k] < record.end and record.chosen[record.codes_of[k]]:
            return float(record.days_of[k])
    return math.nan


@metric("share", needs=("acts",), lasts_from=1.0)
def happened(record: RunRecord) -> float:
    """Tell whether any of the acts is done in the window."""
    for k in range(record.total):
        if record.start <= record.days_of[k] < record.end and record.chosen[record.codes_of[k]]:
            return 1.0
    return 0.0


@metric("acts", needs=("acts",))
def count(record: RunRecord) -> float:
    """Count how many of the acts are done in the window."""
    total = 0
    for k in range(record.total):
        if record.start <= record.days_of[k] < record.end and record.chosen[record.codes_of[k]]:
            total += 1
    return float(total)


@metric("rung", needs=("acts",))
def highest_rung(record: RunRecord) -> float:
    """Find the highest rung of the ladder that the acts reach in the window; 0 where none is done (Kahn 1965)."""
    highest = 0
    for k in range(record.total):
        if record.start <= record.days_of[k] < record.end and record.chosen[record.codes_of[k]]:
            highest = max(highest, record.rungs[record.codes_of[k]])
    return float(highest)


@metric("date", needs=("acts",))
def day_of_highest_rung(record: RunRecord) -> float:
    """Find the first day on which the acts reach the highest rung that they reach in the window."""
    highest, when = 0, math.nan
    for k in range(record.total):
        if record.start <= record.days_of[k] < record.end and record.chosen[record.codes_of[k]]:
            rung = record.rungs[record.codes_of[k]]
            if rung > highest:
                highest, when = rung, float(record.days_of[k])
    return when


@metric("marks", needs=("pair",))
def peak_tension(record: RunRecord) -> float:
    """Find the highest tension of the pair in the window."""
    peak = 0.0
    for day in range(record.start, record.end):
        peak = max(peak, record.tension[day, record.pair])
    return peak


@metric("marks", needs=("pair",))
def mean_tension(record: RunRecord) -> float:
    """Average the tension of the pair over the days of the window."""
    total = 0.0
    for day in range(record.start, record.end):
        total += record.tension[day, record.pair]
    return total / (record.end - record.start)


@metric("days", needs=("pair",))
def days_above_crisis(record: RunRecord) -> float:
    """Count the days of the window on which the pair's tension is above that of the last day replayed."""
    total = 0
    for day in range(record.start, record.end):
        if record.tension[day, record.pair] > record.tension[record.crisis_day, record.pair]:
            total += 1
    return float(total)


@metric("share", needs=("pair", "share", "days"))
def de_escalated(record: RunRecord) -> float:
    """Tell whether, after its peak, the pair's tension stays under a share of it for so many days on end."""
    peak, peak_day = 0.0, -1
    for day in range(record.start, record.end):
        if record.tension[day, record.pair] > peak:
            peak, peak_day = record.tension[day, record.pair], day
    calm = 0
    for day in range(peak_day + 1, record.end):
        calm = calm + 1 if record.tension[day, record.pair] < record.share * peak else 0
        if peak > 0.0 and calm >= record.days:
            return 1.0
    return 0.0


@metric(
    "path",
    needs=("acts", "others", "at_least", "before", "pair", "share", "days", "classes"),
    classes=CLASSES,
    lasts_from=ACTS_AND_OTHERS,
)
def path_class(record: RunRecord) -> float:
    """Put the run in one of four classes that the scenario names: acts_and_others, acts, calm or otherwise.

    acts_and_others: one of the acts is done before the date `before`, and at least so many kinds of the others are
    done in the window. acts: one of the acts is done, otherwise. calm: none is, and the pair's tension is under a share
    of its peak on each of the last days. otherwise: none of these.
    """
    done_on = -1
    for k in range(record.total - 1, -1, -1):
        if record.start <= record.days_of[k] < record.end and record.chosen[record.codes_of[k]]:
            done_on = record.days_of[k]
    kinds = 0
    for action in range(len(record.others)):
        if record.others[action]:
            for k in range(record.total):
                if record.codes_of[k] == action and record.start <= record.days_of[k] < record.end:
                    kinds += 1
                    break
    if done_on >= 0:
        return ACTS_AND_OTHERS if done_on < record.before and kinds >= record.at_least else ACTS
    peak = 0.0
    for day in range(record.start, record.end):
        peak = max(peak, record.tension[day, record.pair])
    for day in range(record.end - record.days, record.end):
        if record.tension[day, record.pair] >= record.share * peak:
            return OTHERWISE
    return CALM


@metric("share", needs=("acts", "others"), lasts_from=1.0)
def followed(record: RunRecord) -> float:
    """Tell whether one of the acts is done on a later day than one of the others, both in the window."""
    first = -1
    for k in range(record.total):
        if record.start <= record.days_of[k] < record.end:
            if first >= 0 and record.days_of[k] > first and record.chosen[record.codes_of[k]]:
                return 1.0
            if first < 0 and record.others[record.codes_of[k]]:
                first = record.days_of[k]
    return 0.0


@metric("share", needs=("fact",))
def holds(record: RunRecord) -> float:
    """Tell whether the fact holds in the morning of the day on which the window ends, whenever it came about."""
    count, lowered = record.at_start, 0
    for k in range(record.total):
        if record.days_of[k] < record.end:
            if k > 0 and record.days_of[k] > record.days_of[k - 1]:
                count, lowered = max(0, count - lowered), 0
            count += int(record.chosen[record.codes_of[k]])  # of eight bits as they stand, below nothing they wrap
            lowered += int(record.others[record.codes_of[k]])
    return 1.0 if count > lowered else 0.0
