"""The telescope: the phases of a day as one compiled loop over days. Nothing is allocated in it.

The list of phases is the same as in `crisis.Crisis.step`, but a decision is weighed only if its luck lies
below a ceiling of its hazard (`ceilings`). A test over every scenario holds the two engines to identical acts.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.engine.ceilings import Ceilings, ceilings, no_ceilings
from sim.engine.laws import check_laws
from sim.engine.learning import BaseDraws
from sim.engine.phases import relive, sleep
from sim.rules.arrays import (
    ACT,
    ACTOR,
    CHANNEL,
    ERA,
    FORCED,
    FREE,
    HAZARD,
    MISPERCEPTION,
    MISPERCEPTION_BIAS,
    MISPERCEPTION_SD,
    ORDINAL,
    Reasons,
    State,
    Tables,
    Teaching,
    new_reasons,
    new_state,
)
from sim.rules.choice import befalls
from sim.rules.compiled import entry, rule
from sim.rules.effects import tension
from sim.rules.hazard import answers, available, base_of, campaign, consider_action, consider_channel, share_out
from sim.rules.luck import draw, draws_below, run_hash, share, stir
from sim.rules.memory import forget
from sim.rules.picture import look_around, update_backing_and_pressure
from sim.scenario.compile import Compiled

FAILED = -1
ALL_DRAWS = np.int64(2**53)  # as many as luck has
AUDITED = 16_384  # of so many runs, the first among them, one weighs every decision: no ceiling hides a rule from it


class Replay(NamedTuple):
    """Where every run begins: the days before any luck are played once, and copied."""

    day: int  # the first day that a run plays itself
    acts: int  # how many acts are done before it
    fading: np.ndarray  # float64, see State
    largest: np.ndarray  # float64 (C,)
    facts: np.ndarray  # int64 (2, F)
    days: np.ndarray  # int32 (acts,)
    codes: np.ndarray  # int32 (acts,)
    tension: np.ndarray  # float64 (days, Q)


class Scene(NamedTuple):
    """What is the same for every run of a scenario."""

    pairs: np.ndarray  # int64 (Q, 2): actors whose tension is recorded
    tables: Tables
    limits: Ceilings
    replay: Replay
    teaching: Teaching  # what the record has taught


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
    failure: np.ndarray  # int64 (2,): day and action whose hazard is not a number, or above its ceiling


def new_room(compiled: Compiled) -> Room:
    """Return room for one run of a scenario."""
    days, acts = compiled.days, len(compiled.acts)
    return Room(
        new_state(compiled.tables),
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


def scene_of(compiled: Compiled, thinned: bool = True) -> Scene:
    """Return what every run of a scenario shares; the days that are the same in all of them are played here.

    Parameters: thinned, whether decisions that luck cannot make are passed over. The acts are the same without, to the
    bit; the scene is made some thirty times as fast, and a run takes some six times as long.
    Raises UserError for a drive or strategy that breaks the law of ceilings, if any are made.
    """
    if thinned:
        check_laws(compiled)
    limits = ceilings(compiled) if thinned else no_ceilings(compiled.tables)
    days = _days_without_luck(compiled.tables, limits)
    room = new_room(compiled)
    state = room.state
    nothing = Replay(0, 0, state.fading, state.largest, state.facts, room.days, room.codes, room.tension)
    assert compiled.teaching is not None, "compile_scenario gives a scenario its teaching"
    blank = Scene(compiled.pair_codes, compiled.tables, limits, nothing, compiled.teaching)
    with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
        acts = replay_days(days, blank, room)
    return blank._replace(
        replay=Replay(
            days,
            acts,
            state.fading.copy(),
            state.largest.copy(),
            state.facts.copy(),
            room.days[:acts].copy(),
            room.codes[:acts].copy(),
            room.tension[:days].copy(),
        )
    )


def _days_without_luck(tables: Tables, limits: Ceilings) -> int:
    """Count the days, from the first on, that are the same in every run: nothing is left to luck, and nobody errs."""
    days = len(limits.is_free) if not limits.is_free.any() else int(np.argmax(limits.is_free))
    errors = tables.rulebook[tables.clock[:days, ERA]][:, [MISPERCEPTION_SD, MISPERCEPTION_BIAS]]
    return 0 if errors.any() else days


@rule
def raise_ceilings(channel, day, least, tables, limits, room):
    """Say anew what no hazard of a channel is above until an act that may raise it lands, or the window ends.

    least: so many draws of luck are weighed at least, whatever the ceiling.
    """
    era, now = tables.clock[day, ERA], limits.window[day]
    intensity = (
        limits.base[now, channel] * base_of(channel, era, tables, room.state)
        + limits.answer[now, channel] * answers(channel, era, tables, room.state)
        + limits.campaign[now, channel] * campaign(channel, era, tables, room.state)
    )
    for k in range(tables.channel_actions.shape[1]):
        action = tables.channel_actions[channel, k]
        if action < 0:
            break
        room.ceiling[action] = limits.action[now, action] * intensity
        room.below[action] = max(least, draws_below(room.ceiling[action]))


@rule
def weigh(action, day, tables, state, reasons):
    """Return the hazard of one action that is available, exactly."""
    channel = tables.actions[action, CHANNEL]
    consider_channel(channel, day, tables, state, reasons)
    share_out(channel, day, tables, state, reasons)
    consider_action(action, day, tables, state, reasons)
    return reasons.actions[action, HAZARD]


@rule
def draw_luck(day_luck, tables, below, drawn):
    """Draw every action's luck of one day into `drawn`.

    Returns how many lie below their ceilings: on most days none does.
    Without a branch, so that the compiler takes several actions at once.
    """
    count = 0
    for action in range(len(drawn)):
        drawn[action] = draw(day_luck, tables.action_address[action])
        count -= (drawn[action] - below[action]) >> 63  # the sign: -1 where it lies below
    return count


@rule
def decide(day, left, tables, limits, room):
    """Let everyone decide: codes of the acts into `room.today`.

    left: how many draws of luck lie below their ceilings. Returns the number of acts, or FAILED with the action in
    `room.failure` whose hazard is not a number or lies above its ceiling.
    """
    state, drawn = room.state, room.drawn
    era, count, looked_around, looked_to = tables.clock[day, ERA], 0, False, -1
    for action in range(len(tables.actions)):
        order = tables.schedule[day, action] if limits.is_ordered[day] else FREE
        if order == FORCED:
            room.today[count] = action
            count += 1
        if drawn[action] >= room.below[action]:
            continue
        left -= 1
        if order == FREE and available(action, day, tables, state):
            if not looked_around:
                look_around(era, tables, state)
                looked_around = True
            actor = tables.actions[action, ACTOR]
            if actor != looked_to:
                update_backing_and_pressure(actor, era, tables, state)
                looked_to = actor
            hazard = weigh(action, day, tables, state, room.reasons)
            if math.isnan(hazard) or hazard > room.ceiling[action]:
                room.failure[0], room.failure[1] = day, action
                return FAILED
            if befalls(share(drawn[action]), hazard):
                room.today[count] = action
                count += 1
        if left == 0 and not limits.is_ordered[day]:
            break
    return count


@rule
def record(day, count, total, pairs, room):
    """Write a day's acts and tensions into the record of a run; return how many acts it has then."""
    for k in range(count):
        room.days[total + k], room.codes[total + k] = day, room.today[k]
    for pair in range(len(pairs)):
        room.tension[day, pair] = tension(pairs[pair, 0], pairs[pair, 1], room.state)
    return total + count


@rule
def begin(replay, teaching, bases, room):
    """Begin a run where the days without luck end, with the bases that it has drawn."""
    state = room.state
    for k in range(len(bases)):
        state.base[k] = bases[k]
    for k in range(len(state.counted)):
        state.counted[k], state.chances[k] = teaching.counted[k], teaching.chances[k]
    for k in range(len(state.fading)):  # loops, for copying a slice allocates
        state.fading[k] = replay.fading[k]
    for k in range(len(state.largest)):
        state.largest[k] = replay.largest[k]
    for row in range(2):
        for k in range(state.facts.shape[1]):
            state.facts[row, k] = replay.facts[row, k]
    for k in range(replay.acts):
        room.days[k], room.codes[k] = replay.days[k], replay.codes[k]
    for day in range(replay.day):
        for pair in range(replay.tension.shape[1]):
            room.tension[day, pair] = replay.tension[day, pair]


@rule
def play(seed, run, bases, scene, room):
    """Play one run to its last day, recorded in its room.

    bases: float64 (C,), acts per day of each channel whose base is learned.
    Returns the number of its acts, or FAILED.
    """
    pairs, tables, limits, replay, teaching = scene
    begin(replay, teaching, bases, room)
    act_luck, error_luck = run_hash(seed, run, ACT), run_hash(seed, run, MISPERCEPTION)
    total = replay.acts
    least = ALL_DRAWS if run % AUDITED == 0 else np.int64(0)
    for day in range(replay.day, len(tables.clock)):
        ordinal = np.uint64(tables.clock[day, ORDINAL])
        if day == replay.day or limits.window[day] != limits.window[day - 1]:
            for channel in range(len(tables.channels)):
                raise_ceilings(channel, day, least, tables, limits, room)
        count = 0
        left = draw_luck(stir(act_luck, ordinal), tables, room.below, room.drawn)
        if left > 0 or limits.is_ordered[day]:
            count = decide(day, left, tables, limits, room)
        if count < 0:
            return FAILED
        sleep(room.today, count, day, stir(error_luck, ordinal), tables, room.state)
        for k in range(count):
            for m in range(limits.stale.shape[1]):
                channel = limits.stale[room.today[k], m]
                if channel < 0:
                    break
                raise_ceilings(channel, day, least, tables, limits, room)
        total = record(day, count, total, pairs, room)
    return total


@entry
def replay_days(days, scene, room):
    """Play the days before any luck, for Python; return the number of acts that are done on them."""
    forget(scene.tables, room.state)
    total = 0
    for day in range(days):
        relive(day, scene.tables, room.state, room.today)
        count = 0
        for action in range(len(scene.tables.actions)):
            count += scene.tables.schedule[day, action] == FORCED
        total = record(day, count, total, scene.pairs, room)
    return total


@entry
def play_one(seed, run, bases, scene, room):
    """Play one run, for Python."""
    return play(seed, run, bases, scene, room)


def failure_of(compiled: Compiled, room: Room, run: int) -> ArithmeticError:
    """Return why a run could not be played to its end."""
    day, action = (int(number) for number in room.failure)
    name, hazard = compiled.acts[action].name, float(room.reasons.actions[action, HAZARD])
    head = f"run {run}: the hazard of {name} on {compiled.date(day)}"
    if math.isnan(hazard):
        return ArithmeticError(f"{head} is not a number")
    return ArithmeticError(
        f"{head}, {hazard:.3g}, lies above the highest that its rules were taken to allow, {room.ceiling[action]:.3g}: "
        f"{rules_of(compiled, action)} must grow or fall with each number that it reads, and must not answer more to less"
    )


def rules_of(compiled: Compiled, action: int) -> str:
    """Name the drives and the strategy that make the hazard of an action."""
    tables = compiled.tables
    codes = [*tables.action_drives[action], *tables.channel_drives[tables.actions[action, CHANNEL]]]
    drives = [f"drive {compiled.drives[code]}" for code in codes if code >= 0]
    actor = compiled.loaded.scenario.actors[compiled.acts[action].actor]
    return " or ".join([*drives, f"strategy {actor.strategy}"])


def play_runs(
    compiled: Compiled, seed: int, runs: range, thinned: bool = True
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield (run, acts, tensions) of each run: uint8 (days, actions), float64 (days, pairs), written over by the next.

    Parameters: thinned, as in `scene_of`; False is faster for fewer than some fifty runs.
    Raises ArithmeticError for a hazard that is not a number or lies above its ceiling.
    """
    scene, room, draws = scene_of(compiled, thinned), new_room(compiled), BaseDraws(compiled, seed)
    acts = np.zeros((compiled.days, len(compiled.acts)), np.uint8)
    with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
        for run in runs:
            count = play_one(seed, run, draws.of_runs(range(run, run + 1))[0], scene, room)
            if count < 0:
                raise failure_of(compiled, room, run)
            acts[:] = 0
            acts[room.days[:count], room.codes[:count]] = 1
            yield run, acts, room.tension
