"""What the record teaches, day by day: how often a channel acts unprovoked, and which of its actions it chooses.

A base is believed to be Gamma(shape, 1/days). Each day of the record adds to `days` as much of a day as the channel
was open and driven, and each act adds to `shape` the base's share of the hazard that brought it, so that answers and
momentum do not feed the base. The mean is shape/days. This is the filter of a Poisson rate (Gelman et al. 2013,
section 2.6) with thinned acts.

Which action: its frequency among those of its channel is believed to be Gamma as well, with the mean that commonness and
rarity give it and the weight of `mix_weight` acts. Each act adds one to its own action's count; and to the *chances* of
every action that could have been done that day, as many as were to be expected of an action of frequency 1. So an action
whose door was closed is not thought rare for not having been done, and what its drives held back is not counted twice.
Nor does an act that came although its requirements did not hold say anything of this: counted, it would have had no chance.
"""

import math

from sim.rules.arrays import (
    ACTION_DRIVES,
    AVAILABLE,
    BASE_DRIVES,
    CHANNEL_DRIVES,
    DAYS,
    ERA,
    FORCED,
    INTENSITY,
    SHAPE,
    SHARE,
)
from sim.rules.compiled import rule
from sim.rules.hazard import frequency_of


@rule
def unlearn(tables, lessons):
    """Before the first day: what is believed before any record."""
    for channel in range(len(tables.channels)):  # a loop, for copying a slice allocates
        lessons.shape[channel], lessons.days[channel] = tables.prior[channel, SHAPE], tables.prior[channel, DAYS]
    lessons.acts[:] = 0
    lessons.open_days[:] = 0
    lessons.counted[:] = 0
    lessons.chances[:] = 0.0


@rule
def mean_base(channel, lessons):
    """Return the mean of a learned base, in acts per day; 0 where the prior mean is 0, whatever came."""
    return lessons.shape[channel] / lessons.days[channel]


@rule
def recall(tables, state, lessons):
    """Morning: bases stand at their means, and actions at their counts, as known so far."""
    for channel in range(len(tables.channels)):
        if tables.learns[channel]:
            state.base[channel] = mean_base(channel, lessons)
    for action in range(len(tables.actions)):
        state.counted[action], state.chances[action] = lessons.counted[action], lessons.chances[action]


@rule
def acts_that_came(channel, day, tables):
    """Return how many acts of a channel the schedule orders on a day."""
    came = 0
    for k in range(tables.channel_actions.shape[1]):
        action = tables.channel_actions[channel, k]
        if action < 0:
            break
        came += tables.schedule[day, action] == FORCED
    return came


@rule
def openness(channel, reasons, tables):
    """Return how far a channel was open on a morning: the sum of its actions' shares, each times the factor of its drives."""
    total = 0.0
    for k in range(tables.channel_actions.shape[1]):
        action = tables.channel_actions[channel, k]
        if action < 0:
            break
        if reasons.actions[action, AVAILABLE] > 0.0:
            total += reasons.actions[action, SHARE] * math.exp(reasons.actions[action, ACTION_DRIVES])
    return total


@rule
def count_mix(channel, day, tables, state, reasons, lessons):
    """Count the acts of a channel that its requirements allowed, each for its own action, and what chance each action had."""
    era, came, total = tables.clock[day, ERA], 0, 0.0
    for k in range(tables.channel_actions.shape[1]):
        action = tables.channel_actions[channel, k]
        if action < 0:
            break
        if reasons.actions[action, AVAILABLE] > 0.0:
            total += frequency_of(action, era, tables, state) * math.exp(reasons.actions[action, ACTION_DRIVES])
            if tables.schedule[day, action] == FORCED:
                lessons.counted[action] += 1
                came += 1
    for k in range(tables.channel_actions.shape[1]):
        action = tables.channel_actions[channel, k]
        if action < 0:
            break
        if came > 0 and reasons.actions[action, AVAILABLE] > 0.0:
            lessons.chances[action] += came * math.exp(reasons.actions[action, ACTION_DRIVES]) / total


@rule
def learn_channel(channel, day, tables, state, reasons, lessons):
    """Night: what one day says of one channel, from the reasons of the morning and the acts that the schedule orders."""
    came = acts_that_came(channel, day, tables)
    lessons.acts[channel] += came
    was_open = openness(channel, reasons, tables)
    if was_open == 0.0:
        return
    lessons.open_days[channel] += 1
    count_mix(channel, day, tables, state, reasons, lessons)
    if tables.learns[channel]:
        why = reasons.channels[channel]
        driven = math.exp(why[BASE_DRIVES] + why[CHANNEL_DRIVES])
        if came > 0 and why[INTENSITY] > 0.0:
            lessons.shape[channel] += came * driven * mean_base(channel, lessons) / why[INTENSITY]
        lessons.days[channel] += was_open * driven


@rule
def learn(day, tables, state, reasons, lessons):
    """Night: what one day says of every channel."""
    for channel in range(len(tables.channels)):
        learn_channel(channel, day, tables, state, reasons, lessons)
