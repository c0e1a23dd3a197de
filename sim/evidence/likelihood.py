"""How likely were the acts that happened? With the record replayed every hazard is known, so the likelihood is exact.

    ln L = Σ over days and available actions of  y·ln(1 - exp(-λ)) - (1 - y)·λ,   y = 1 where the act happened

Given the history, what one action adds does not hang on the luck of another: sums may be taken by action, channel or
actor. Acts before the first day that is scored only enter memory, and bases and mixes that are learned: each morning
stands at what the days before it have taught, from the first day of the clock.
"""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.engine.phases import begin_replay, live_and_learn, relive, see
from sim.rules import hazard, learning
from sim.rules.arrays import ACTOR, AVAILABLE, BACKING, FORCED, HAZARD, PRESSURE, ReplayRoom, new_replay_room
from sim.rules.compiled import entry, rule
from sim.scenario.compile import Compiled

# What an act costs that happened though its requirements did not hold: the requirement, or the coding, may be wrong
# (judgement: a chance of one in ten thousand a day). At no cost, numbers would be preferred that make acts impossible.
LN_IMPOSSIBLE = math.log(1e-4)


@dataclass(frozen=True)
class Scored:
    """What each action adds to the log-likelihood of a window of days, and what could not be scored."""

    compiled: Compiled
    days: int
    terms: np.ndarray  # float64 (A,): ln L of each action
    acts: np.ndarray  # int64 (A,): acts that are scored
    impossible: np.ndarray  # int64 (A,): acts that happened though their requirements did not hold; not scored

    @property
    def total(self) -> float:
        """Return ln L of what could be scored."""
        return float(self.terms.sum())

    @property
    def penalised(self) -> float:
        """Return ln L, less what impossible acts cost.

        It compares with that of other numbers, under which other acts are possible.
        """
        return self.total + LN_IMPOSSIBLE * int(self.impossible.sum())

    def of_actor(self, actor: str) -> float:
        """Return ln L of one actor's acts; 0 for an actor that has none."""
        chosen = [act.actor == actor for act in self.compiled.acts]
        return float(self.terms[chosen].sum())


class Scorer:
    """Scores acts of one shape of scenario; its room is used again for every set of numbers."""

    def __init__(self, compiled: Compiled):
        self.room: ReplayRoom = new_replay_room(compiled.tables)

    def score(self, compiled: Compiled, first: date, last: date) -> Scored:
        """Score the acts that a scenario replays from `first` to `last`, both included.

        Parameters: compiled, of the shape of scenario that the scorer was made for.
        Raises ValueError for a window that is not replayed.
        """
        days = _replayed(compiled, first, last)
        terms = np.zeros(len(compiled.acts))
        acts, impossible = np.zeros(len(terms), np.int64), np.zeros(len(terms), np.int64)
        with np.errstate(over="ignore", divide="ignore"):  # seen only without the compiler
            _score(*days, compiled.tables, self.room, terms, acts, impossible)
        return Scored(compiled, days[1] - days[0] + 1, terms, acts, impossible)

    def score_actor(self, compiled: Compiled, first: date, last: date, actor: str) -> float:
        """Score the acts of one actor as `score` does, in a fraction of its time; its other parameters likewise.

        Raises ValueError for a window that is not replayed.
        """
        days = _replayed(compiled, first, last)
        terms = np.zeros(len(compiled.acts))
        acts, impossible = np.zeros(len(terms), np.int64), np.zeros(len(terms), np.int64)
        with np.errstate(over="ignore", divide="ignore"):  # seen only without the compiler
            code = compiled.actors.index(actor)
            _score_actor(code, *days, compiled.tables, self.room, terms, acts, impossible)
        return float(terms.sum())

    def pressures(self, compiled: Compiled, first: date, last: date, actor: str) -> np.ndarray:
        """Compute the pressure that an actor felt on each morning, and its backing then.

        Returns float64 (days, 2), both shares. Raises ValueError for a window that is not replayed.
        """
        days = _replayed(compiled, first, last)
        felt = np.zeros((days[1] - days[0] + 1, 2))
        with np.errstate(over="ignore"):  # seen only without the compiler
            _feel_days(compiled.actors.index(actor), *days, compiled.tables, self.room, felt)
        return felt

    def chances(self, compiled: Compiled, first: date, last: date) -> np.ndarray:
        """Compute how likely each act was on each morning, given all that was replayed before it.

        Parameters: first, last, the window of replayed days, both included.
        Returns float64 (days, A).
        """
        days = compiled.day(first), compiled.day(last)
        hazards = np.zeros((days[1] - days[0] + 1, len(compiled.acts)))
        with np.errstate(over="ignore"):  # seen only without the compiler
            _weigh_days(*days, compiled.tables, self.room, hazards)
        return -np.expm1(-hazards)


def log_likelihood(compiled: Compiled, first: date, last: date) -> Scored:
    """Score the acts that a scenario replays from `first` to `last`. Raises ValueError for days not replayed."""
    return Scorer(compiled).score(compiled, first, last)


def _replayed(compiled: Compiled, first: date, last: date) -> tuple[int, int]:
    """Return the places of a window's ends on the clock. Raises ValueError for a window that is not replayed."""
    days = compiled.day(first), compiled.day(last)
    if not 0 <= days[0] <= days[1] < compiled.free_from:
        raise ValueError(
            f"{first} to {last} is not replayed: the scenario replays {compiled.date(0)} to "
            f"{compiled.date(compiled.free_from - 1)}"
        )
    return days


@rule
def _weigh(action, happened, reasons, terms, acts, impossible):
    """Add what one choice is worth."""
    hazard = reasons.actions[action, HAZARD]
    if not happened:
        if reasons.actions[action, AVAILABLE] > 0.0:
            terms[action] -= hazard
    elif reasons.actions[action, AVAILABLE] > 0.0:
        terms[action] += math.log(-math.expm1(-hazard)) if hazard > 0.0 else -math.inf
        acts[action] += 1
    else:
        impossible[action] += 1


@entry
def _score(first, last, tables, room, terms, acts, impossible):
    """Replay every day up to `last`; from `first` on, add what each action's choice was worth."""
    begin_replay(tables, room)
    for day in range(last + 1):
        live_and_learn(day, tables, room)
        if day >= first:
            for action in range(len(tables.actions)):
                happened = tables.schedule[day, action] == FORCED
                _weigh(action, happened, room.reasons, terms, acts, impossible)


@entry
def _weigh_days(first, last, tables, room, hazards):
    """Replay every day up to `last`; from `first` on, keep the hazard of each action that was available."""
    begin_replay(tables, room)
    for day in range(last + 1):
        live_and_learn(day, tables, room)
        if day >= first:
            for action in range(len(tables.actions)):
                is_open = room.reasons.actions[action, AVAILABLE] > 0.0
                hazards[day - first, action] = room.reasons.actions[action, HAZARD] if is_open else 0.0


@entry
def _score_actor(actor, first, last, tables, room, terms, acts, impossible):
    """Replay every day up to `last`, weighing and learning of one actor alone; from `first` on, score its choices."""
    begin_replay(tables, room)
    for day in range(last + 1):
        learning.recall(tables, room.state, room.lessons)
        see(day, tables, room.state)
        hazard.consider(actor, day, tables, room.state, room.reasons)
        for channel in range(len(tables.channels)):
            if tables.channels[channel, ACTOR] == actor:
                learning.learn_channel(channel, day, tables, room.state, room.reasons, room.lessons)
        relive(day, tables, room.state, room.today)
        if day >= first:
            for action in range(len(tables.actions)):
                if tables.actions[action, ACTOR] == actor:
                    _weigh(action, tables.schedule[day, action] == FORCED, room.reasons, terms, acts, impossible)


@entry
def _feel_days(actor, first, last, tables, room, felt):
    """Replay every day up to `last`; from `first` on, keep the pressure on an actor and its backing."""
    begin_replay(tables, room)
    for day in range(last + 1):
        see(day, tables, room.state)
        if day >= first:
            felt[day - first, 0] = room.state.picture[actor, PRESSURE]
            felt[day - first, 1] = room.state.picture[actor, BACKING]
        relive(day, tables, room.state, room.today)
