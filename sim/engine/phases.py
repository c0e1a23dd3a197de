"""The phases of a day as the Mesa model calls them: one call for everyone's morning and night, one per actor."""

from sim.rules import effects, hazard, memory, picture
from sim.rules.arrays import ACT, ERA, MISPERCEPTION, ORDINAL
from sim.rules.choice import choose
from sim.rules.compiled import entry
from sim.rules.luck import day_hash


@entry
def morning(day, tables, state):
    """Everyone sees the same picture."""
    picture.look(tables.clock[day, ERA], tables, state)


@entry
def decide(actor, day, seed, run, tables, state, reasons, acts):
    """One actor weighs all that it could do, and does what luck or the schedule says."""
    hazard.consider(actor, day, tables, state, reasons)
    choose(actor, day, day_hash(seed, run, tables.clock[day, ORDINAL], ACT), tables, reasons, acts)


@entry
def night(day, seed, run, tables, state, done):
    """Memories fade, then the day's acts land: `done`, int64, their codes in the order of names."""
    memory.fade(tables.clock[day, ERA], tables, state)
    if len(done) > 0:
        day_luck = day_hash(seed, run, tables.clock[day, ORDINAL], MISPERCEPTION)
        effects.land(done, len(done), day, day_luck, tables, state)
