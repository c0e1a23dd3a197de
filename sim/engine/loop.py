"""The telescope: the phases of a day as one compiled loop over days. Nothing is allocated in it.

The list of phases is the same as in `crisis.Crisis.step`, but a decision is weighed only if its luck lies
below a ceiling of its hazard (`ceilings`). A test over every scenario holds the two engines to identical acts.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.engine.ceilings import ceilings
from sim.rules.arrays import (
    ACT,
    ACTOR,
    CHANNEL,
    ERA,
    FORCED,
    FREE,
    HAZARD,
    MISPERCEPTION,
    ORDINAL,
    Reasons,
    State,
    new_reasons,
    new_state,
)
from sim.rules.choice import befalls
from sim.rules.compiled import entry, rule
from sim.rules.effects import land, tension
from sim.rules.hazard import answers, available, campaign, consider_action, consider_channel, share_out
from sim.rules.luck import draw, draws_below, run_hash, share, stir
from sim.rules.memory import fade, forget
from sim.rules.picture import look_around, look_to_oneself
from sim.scenario.compile import Compiled

FAILED = -1


class Room(NamedTuple):
    """What one run is played in, and its record. Written in place; the next run writes over it."""

    state: State
    reasons: Reasons
    ceiling: np.ndarray  # float64 (A,): no hazard is above it this morning
    below: np.ndarray  # int64 (A,): how many draws of luck lie below the ceiling
    drawn: np.ndarray  # int64 (A,): the day's draws
    today: np.ndarray  # int64 (A,): codes of the day's acts
    days: np.ndarray  # int32 (D·A,): day of each act of the run, in order
    codes: np.ndarray  # int32 (D·A,): code of each act; on one day in the order of names
    tension: np.ndarray  # float64 (D, Q), in marks, at the end of each day
    failure: np.ndarray  # int64 (2,): day and action whose hazard is no number


def new_room(compiled: Compiled) -> Room:
    """Room for one run of a scenario."""
    days, acts = compiled.days, len(compiled.acts)
    return Room(
        new_state(compiled.tables, len(compiled.facts)),
        new_reasons(compiled.tables),
        np.zeros(acts),
        np.zeros(acts, np.int64),
        np.zeros(acts, np.int64),
        np.zeros(acts, np.int64),
        np.zeros(days * acts, np.int32),
        np.zeros(days * acts, np.int32),
        np.zeros((days, len(compiled.pairs))),
        np.zeros(2, np.int64),
    )


@rule
def raise_ceilings(now, era, tables, limits, state, ceiling):
    """What no hazard is above until the next act lands or the window ends."""
    for channel in range(len(tables.channels)):
        intensity = (
            limits.base[now, channel]
            + limits.answer[now, channel] * answers(channel, era, tables, state)
            + limits.own[now, channel] * campaign(channel, era, tables, state)
        )
        for k in range(tables.channel_actions.shape[1]):
            action = tables.channel_actions[channel, k]
            if action < 0:
                break
            ceiling[action] = limits.action[now, action] * intensity


@rule
def weigh(action, day, tables, state, reasons):
    """The hazard of one action, exactly."""
    if not available(action, day, tables, state):
        return 0.0
    channel = tables.actions[action, CHANNEL]
    consider_channel(channel, day, tables, state, reasons)
    share_out(channel, day, tables, state, reasons)
    consider_action(action, day, tables, state, reasons)
    return reasons.actions[action, HAZARD]


@rule
def draw_luck(day_luck, tables, below, drawn):
    """Every action's luck of one day into `drawn`. How many lie below their ceilings: on most days none does.

    Without a branch, so that the compiler takes several actions at once.
    """
    count = 0
    for action in range(len(drawn)):
        drawn[action] = draw(day_luck, tables.action_address[action])
        count -= (drawn[action] - below[action]) >> 63  # the sign: -1 where it lies below
    return count


@rule
def decide(day, tables, limits, state, reasons, below, drawn, today):
    """Everyone decides: codes of the acts into `today`. Their number, or -1 less the code of a hazard that is no number."""
    era, count, looked_around, looked_to = tables.clock[day, ERA], 0, False, -1
    for action in range(len(tables.actions)):
        order = tables.schedule[day, action] if limits.is_ordered[day] else FREE
        if order == FORCED:
            today[count] = action
            count += 1
        if order != FREE or drawn[action] >= below[action]:
            continue
        if not looked_around:
            look_around(era, tables, state)
            looked_around = True
        actor = tables.actions[action, ACTOR]
        if actor != looked_to:
            look_to_oneself(actor, era, tables, state)
            looked_to = actor
        hazard = weigh(action, day, tables, state, reasons)
        if math.isnan(hazard):
            return FAILED - action
        if befalls(share(drawn[action]), hazard):
            today[count] = action
            count += 1
    return count


@rule
def play(seed, run, pairs, tables, limits, room):
    """One run from the first day to the last, recorded in its room. The number of its acts, or -1 if it failed."""
    state, reasons, ceiling, below, drawn, today, days, codes, tensions, failure = room
    forget(state)
    act_luck, error_luck = run_hash(seed, run, ACT), run_hash(seed, run, MISPERCEPTION)
    total, raised_for = 0, -1
    for day in range(len(tables.clock)):
        era, ordinal = tables.clock[day, ERA], np.uint64(tables.clock[day, ORDINAL])
        if limits.is_free[day] and raised_for != limits.window[day]:
            raise_ceilings(limits.window[day], era, tables, limits, state, ceiling)
            for action in range(len(ceiling)):
                below[action] = draws_below(ceiling[action])
            raised_for = limits.window[day]
        count = 0
        if draw_luck(stir(act_luck, ordinal), tables, below, drawn) > 0 or limits.is_ordered[day]:
            count = decide(day, tables, limits, state, reasons, below, drawn, today)
        if count < 0:
            failure[0], failure[1] = day, FAILED - count
            return FAILED
        fade(era, tables, state)
        if count > 0:
            land(today, count, day, stir(error_luck, ordinal), tables, state)
            raised_for = -1
        for k in range(count):
            days[total], codes[total] = day, today[k]
            total += 1
        for pair in range(len(pairs)):
            tensions[day, pair] = tension(pairs[pair, 0], pairs[pair, 1], state)
    return total


@entry
def play_one(seed, run, pairs, tables, limits, room):
    """One run, for Python."""
    return play(seed, run, pairs, tables, limits, room)


def failure_of(compiled: Compiled, room: Room, run: int) -> ArithmeticError:
    """Why a run could not be played to its end."""
    day, action = room.failure
    return ArithmeticError(
        f"run {run}: the hazard of {compiled.acts[action].name} on {compiled.date(day)} is not a number"
    )


def play_runs(compiled: Compiled, seed: int, runs: range) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield (run, acts, tensions) of each run: uint8 (days, actions), float64 (days, pairs), written over by the next.

    Raises ArithmeticError if a hazard is not a number.
    """
    limits, room = ceilings(compiled), new_room(compiled)
    acts = np.zeros((compiled.days, len(compiled.acts)), np.uint8)
    with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
        for run in runs:
            count = play_one(seed, run, compiled.pair_codes, compiled.tables, limits, room)
            if count < 0:
                raise failure_of(compiled, room, run)
            acts[:] = 0
            acts[room.days[:count], room.codes[:count]] = 1
            yield run, acts, room.tension
