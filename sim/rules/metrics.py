"""Outcomes of one run: pure functions of its record, the acts of each day and the tension of each pair.

Each reads an `Asked`: the record and what a scenario's outcome entry asks of it. Days are indices, windows
run from `start` up to but not including `end`. A day that never came is NaN.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sim.rules.registry import metric

if TYPE_CHECKING:  # checking a file starts at once: nothing here computes with arrays
    import numpy as np

PATHS = ("managed tension", "de-escalation", "entrenched repression", "rupture")
MANAGED_TENSION, DE_ESCALATION, ENTRENCHED_REPRESSION, RUPTURE = 0.0, 1.0, 2.0, 3.0


class Asked(NamedTuple):
    """One run's record, and one outcome's question."""

    days_of: np.ndarray  # int32: day of each act, in order
    codes_of: np.ndarray  # int32: action of each act
    total: int  # how many acts there are; what the two arrays hold beyond is not of this run
    tension: np.ndarray  # float64 (days, pairs), in marks, at the end of each day
    chosen: np.ndarray  # uint8 (actions,): the acts that count
    others: np.ndarray  # uint8 (actions,): the acts of a second list
    rungs: np.ndarray  # int64 (actions,)
    start: int
    end: int
    pair: int
    crisis_day: int  # the day whose tension is the crisis level: the last one replayed
    share: float
    days: int
    at_least: int
    before: int  # a day that a path class asks about


@metric("date", needs=("acts",))
def first_day(asked: Asked) -> float:
    """The first day of the window on which one of the acts is done."""
    for k in range(asked.total):
        if asked.start <= asked.days_of[k] < asked.end and asked.chosen[asked.codes_of[k]]:
            return float(asked.days_of[k])
    return math.nan


@metric("share", needs=("acts",))
def happened(asked: Asked) -> float:
    """Whether any of the acts is done in the window."""
    for k in range(asked.total):
        if asked.start <= asked.days_of[k] < asked.end and asked.chosen[asked.codes_of[k]]:
            return 1.0
    return 0.0


@metric("acts", needs=("acts",))
def count(asked: Asked) -> float:
    """How many of the acts are done in the window."""
    total = 0
    for k in range(asked.total):
        if asked.start <= asked.days_of[k] < asked.end and asked.chosen[asked.codes_of[k]]:
            total += 1
    return float(total)


@metric("rung", needs=("acts",))
def highest_rung(asked: Asked) -> float:
    """The highest rung of the ladder that the acts reach in the window; 0 is calm (Kahn 1965)."""
    highest = 0
    for k in range(asked.total):
        if asked.start <= asked.days_of[k] < asked.end and asked.chosen[asked.codes_of[k]]:
            highest = max(highest, asked.rungs[asked.codes_of[k]])
    return float(highest)


@metric("date", needs=("acts",))
def day_of_highest_rung(asked: Asked) -> float:
    """The first day on which the acts reach the highest rung that they reach in the window."""
    highest, when = 0, math.nan
    for k in range(asked.total):
        if asked.start <= asked.days_of[k] < asked.end and asked.chosen[asked.codes_of[k]]:
            rung = asked.rungs[asked.codes_of[k]]
            if rung > highest:
                highest, when = rung, float(asked.days_of[k])
    return when


@metric("marks", needs=("pair",))
def peak_tension(asked: Asked) -> float:
    """The highest tension of the pair in the window."""
    peak = 0.0
    for day in range(asked.start, asked.end):
        peak = max(peak, asked.tension[day, asked.pair])
    return peak


@metric("marks", needs=("pair",))
def mean_tension(asked: Asked) -> float:
    """The average tension of the pair over the days of the window."""
    total = 0.0
    for day in range(asked.start, asked.end):
        total += asked.tension[day, asked.pair]
    return total / (asked.end - asked.start)


@metric("days", needs=("pair",))
def days_above_crisis(asked: Asked) -> float:
    """Days of the window on which the pair's tension is above that of the last day replayed."""
    total = 0
    for day in range(asked.start, asked.end):
        if asked.tension[day, asked.pair] > asked.tension[asked.crisis_day, asked.pair]:
            total += 1
    return float(total)


@metric("share", needs=("pair", "share", "days"))
def de_escalated(asked: Asked) -> float:
    """Whether, after its peak, the pair's tension stays under a share of that peak for so many days on end."""
    peak, peak_day = 0.0, -1
    for day in range(asked.start, asked.end):
        if asked.tension[day, asked.pair] > peak:
            peak, peak_day = asked.tension[day, asked.pair], day
    calm = 0
    for day in range(peak_day + 1, asked.end):
        calm = calm + 1 if asked.tension[day, asked.pair] < asked.share * peak else 0
        if peak > 0.0 and calm >= asked.days:
            return 1.0
    return 0.0


@metric("path", needs=("acts", "others", "at_least", "before", "pair", "share", "days"))
def path_class(asked: Asked) -> float:
    """Rupture, entrenched repression, de-escalation or managed tension.

    Rupture: one of the acts is done before the date `before`, and at least so many kinds of the others are
    done in the window. Entrenched repression: one of the acts is done, otherwise. De-escalation: none is,
    and the pair's tension is under a share of its peak on each of the last days. Else managed tension.
    """
    broken_on = -1
    for k in range(asked.total - 1, -1, -1):
        if asked.start <= asked.days_of[k] < asked.end and asked.chosen[asked.codes_of[k]]:
            broken_on = asked.days_of[k]
    kinds = 0
    for action in range(len(asked.others)):
        if asked.others[action]:
            for k in range(asked.total):
                if asked.codes_of[k] == action and asked.start <= asked.days_of[k] < asked.end:
                    kinds += 1
                    break
    if broken_on >= 0:
        return RUPTURE if broken_on < asked.before and kinds >= asked.at_least else ENTRENCHED_REPRESSION
    peak = 0.0
    for day in range(asked.start, asked.end):
        peak = max(peak, asked.tension[day, asked.pair])
    for day in range(asked.end - asked.days, asked.end):
        if asked.tension[day, asked.pair] >= asked.share * peak:
            return MANAGED_TENSION
    return DE_ESCALATION
