"""The phases of a day, once for the Mesa model, the compiled loop and the likelihood.

Morning: everyone sees the same picture, and weighs what it could do. Night: memories fade, then the day's acts land.
The compiled loop weighs a decision only if luck could make it (`ceilings`); its night is this one.
"""

from sim.rules import effects, hazard, learning, memory, picture
from sim.rules.arrays import ACT, ERA, FORCED, MISPERCEPTION, ORDINAL
from sim.rules.choice import choose
from sim.rules.compiled import entry, rule
from sim.rules.luck import day_hash


@rule
def see(day, tables, state):
    """Draw the picture that everyone sees this morning."""
    picture.look(tables.clock[day, ERA], tables, state)


@rule
def weigh_everything(day, tables, state, reasons):
    """Draw the morning's picture, and weigh all that anyone could do, into `reasons`."""
    see(day, tables, state)
    for actor in range(len(tables.strategies)):
        hazard.consider(actor, day, tables, state, reasons)


@rule
def sleep(acts, count, day, day_luck, tables, state):
    """Let memories fade, then let the first `count` of the day's acts land.

    acts: int64, codes of the acts in the order of names. day_luck: uint64, the day's luck of errors of perception.
    """
    memory.fade(tables.clock[day, ERA], tables, state)
    if count > 0:
        effects.land(acts, count, day, day_luck, tables, state)


@rule
def relive(day, tables, state, acts):
    """End a day that is replayed: what the schedule orders lands, without errors of perception of a run."""
    count = 0
    for action in range(len(tables.actions)):
        if tables.schedule[day, action] == FORCED:
            acts[count] = action
            count += 1
    sleep(acts, count, day, day_hash(0, 0, tables.clock[day, ORDINAL], MISPERCEPTION), tables, state)


@rule
def live_and_learn(day, tables, room):
    """Live a day that is replayed, with all that the days before it have taught; keep its reasons, and learn from it."""
    state, reasons, today, lessons = room
    learning.recall(tables, state, lessons)
    weigh_everything(day, tables, state, reasons)
    learning.learn(day, tables, state, reasons, lessons)
    relive(day, tables, state, today)


@rule
def begin_replay(tables, room):
    """Forget all that happened, and all that was learned."""
    memory.forget(tables, room.state)
    learning.unlearn(tables, room.lessons)


@entry
def morning(day, tables, state):
    """Draw the morning's picture, for Python."""
    see(day, tables, state)


@entry
def decide(actor, day, seed, run, tables, state, reasons, acts):
    """Let one actor weigh all that it could do, and do what luck or the schedule says, for Python."""
    hazard.consider(actor, day, tables, state, reasons)
    choose(actor, day, day_hash(seed, run, tables.clock[day, ORDINAL], ACT), tables, reasons, acts)


@entry
def night(day, seed, run, tables, state, acts):
    """End a day, for Python: `acts`, int64, are the codes of its acts in the order of names."""
    sleep(acts, len(acts), day, day_hash(seed, run, tables.clock[day, ORDINAL], MISPERCEPTION), tables, state)
