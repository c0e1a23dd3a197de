"""The phases of a day as the Mesa model calls them: one call for everyone's morning and night, one per actor."""

from sim.rules import effects, hazard, memory, picture
from sim.rules.choice import choose
from sim.rules.compiled import borrowed, entry
from sim.rules.luck import day_hash
from sim.rules.tables import ACT, ERA, MISPERCEPTION, ORDINAL


@entry
def morning(day, tables, state):
    """Everyone sees the same picture."""
    tables, state = borrowed(tables), borrowed(state)
    picture.look(tables.clock[day, ERA], tables, state)


@entry
def decide(actor, day, seed, run, tables, state, reasons, acts):
    """One actor weighs all that it could do, and does what luck or the schedule says."""
    tables, state, reasons, acts = borrowed(tables), borrowed(state), borrowed(reasons), borrowed(acts)
    hazard.consider(actor, day, tables, state, reasons)
    choose(actor, day, day_hash(seed, run, tables.clock[day, ORDINAL], ACT), tables, reasons, acts)


@entry
def night(day, seed, run, tables, state, acts):
    """Memories fade, then the day's acts land."""
    tables, state, acts = borrowed(tables), borrowed(state), borrowed(acts)
    memory.fade(tables.clock[day, ERA], tables, state)
    effects.land(acts, day, day_hash(seed, run, tables.clock[day, ORDINAL], MISPERCEPTION), tables, state)
