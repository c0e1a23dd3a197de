"""Whether a considered act is done: by luck on free days, by the schedule on the others."""

import math

from sim.rules.arrays import FORCED, HAZARD, WITHHELD
from sim.rules.compiled import rule
from sim.rules.luck import luck


@rule
def befalls(drawn, hazard):
    """Tell whether luck lets an act happen: a draw below 1 - exp(-hazard) does."""
    return drawn < hazard and drawn < -math.expm1(-hazard)  # 1 - exp(-x) <= x: most days this spares the exponential


@rule
def chosen(action, day, day_luck, tables, reasons):
    """Tell whether an act is done: as the schedule says of the day, else by luck."""
    order = tables.schedule[day, action]
    if order == FORCED:
        return True
    if order == WITHHELD:
        return False
    return befalls(luck(day_luck, tables.action_address[action]), reasons.actions[action, HAZARD])


@rule
def choose(actor, day, day_luck, tables, reasons, acts):
    """Mark in `acts` (uint8, one per action) what one actor does today."""
    for k in range(tables.actor_channels.shape[1]):
        channel = tables.actor_channels[actor, k]
        if channel < 0:
            break
        for m in range(tables.channel_actions.shape[1]):
            action = tables.channel_actions[channel, m]
            if action < 0:
                break
            acts[action] = 1 if chosen(action, day, day_luck, tables, reasons) else 0
