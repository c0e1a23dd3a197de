"""The telescope: the phases of a day as one compiled loop over days. Nothing is allocated in it.

The list of phases is the same as in `crisis.Crisis.step`; a test over every scenario holds the two to
identical acts.
"""

import numpy as np

from sim.rules.choice import choose
from sim.rules.compiled import borrowed, entry
from sim.rules.effects import land, tension
from sim.rules.hazard import consider
from sim.rules.luck import day_hash
from sim.rules.memory import fade, forget
from sim.rules.picture import look
from sim.rules.tables import ACT, ERA, MISPERCEPTION, ORDINAL, new_reasons, new_state
from sim.scenario.compile import Compiled


@entry
def play(seed, run, pairs, tables, state, reasons, acts, tensions):
    """One run from the first day to the last, into `acts` (uint8, days × actions) and `tensions` (days × pairs)."""
    pairs, tables, state, reasons = borrowed(pairs), borrowed(tables), borrowed(state), borrowed(reasons)
    acts, tensions = borrowed(acts), borrowed(tensions)
    forget(state)
    for day in range(len(tables.clock)):
        era, ordinal = tables.clock[day, ERA], tables.clock[day, ORDINAL]
        act_luck = day_hash(seed, run, ordinal, ACT)
        error_luck = day_hash(seed, run, ordinal, MISPERCEPTION)
        look(era, tables, state)
        for actor in range(len(tables.strategies)):
            consider(actor, day, tables, state, reasons)
            choose(actor, day, act_luck, tables, reasons, acts[day])
        fade(era, tables, state)
        land(acts[day], day, error_luck, tables, state)
        for pair in range(len(pairs)):
            tensions[day, pair] = tension(pairs[pair, 0], pairs[pair, 1], state)


def play_runs(compiled: Compiled, seed: int, runs: range):
    """Yield (run, acts, tensions) of each run; the two arrays are written over by the next one."""
    tables = compiled.tables
    state, reasons = new_state(tables, len(compiled.facts)), new_reasons(tables)
    acts = np.zeros((compiled.days, len(compiled.acts)), np.uint8)
    tensions = np.zeros((compiled.days, len(compiled.pairs)))
    with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
        for run in runs:
            play(seed, run, compiled.pair_codes, tables, state, reasons, acts, tensions)
            yield run, acts, tensions
