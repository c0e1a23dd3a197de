"""What the record teaches, day by day: how often a channel acts unprovoked, and which of its actions it chooses.

A base is believed to be Gamma(shape, 1/days). Each day of the record adds to `days` as much of a day as the channel
was open and driven, and each act adds to `shape` the base's share of the hazard that brought it, so that answers and
momentum do not feed the base. The mean is shape/days. This is the filter of a Poisson rate (Gelman et al. 2013,
section 2.6) with thinned acts.

Which action: each act counts for its own action, over what the action's drives left of it on the days on which it was
available, beside the weight that commonness and rarity give the action before the record.
"""

import math

from sim.rules.arrays import (
    ACTION_DRIVES,
    AVAILABLE,
    BASE_DRIVES,
    CHANNEL_DRIVES,
    DAYS,
    FORCED,
    INTENSITY,
    SHAPE,
    SHARE,
)
from sim.rules.compiled import rule


@rule
def unlearn(tables, lessons):
    """Before the first day: what is believed before any record."""
    for channel in range(len(tables.channels)):  # a loop, for copying a slice allocates
        lessons.shape[channel], lessons.days[channel] = tables.prior[channel, SHAPE], tables.prior[channel, DAYS]
    lessons.seen[:] = 0
    lessons.done[:] = 0
    lessons.open_days[:] = 0
    lessons.open_drives[:] = 0.0


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
        state.counted[action] = counted(action, lessons)


@rule
def counted(action, lessons):
    """Return the acts that speak for an action, each over the mean factor of the action's drives while it was available."""
    if lessons.open_drives[action] > 0.0:
        return lessons.done[action] * lessons.open_days[action] / lessons.open_drives[action]
    return float(lessons.done[action])


@rule
def learn_channel(channel, day, tables, reasons, lessons):
    """Night: what one day says of one channel, from the reasons of the morning and the acts that the schedule orders."""
    came, openness = 0, 0.0
    for k in range(tables.channel_actions.shape[1]):
        action = tables.channel_actions[channel, k]
        if action < 0:
            break
        if reasons.actions[action, AVAILABLE] > 0.0:
            drives = math.exp(reasons.actions[action, ACTION_DRIVES])
            openness += reasons.actions[action, SHARE] * drives
            lessons.open_days[action] += 1
            lessons.open_drives[action] += drives
        if tables.schedule[day, action] == FORCED:
            lessons.done[action] += 1
            came += 1
    if openness == 0.0:
        return
    lessons.seen[channel] += 1
    if tables.learns[channel]:
        why = reasons.channels[channel]
        driven = math.exp(why[BASE_DRIVES] + why[CHANNEL_DRIVES])
        if came > 0 and why[INTENSITY] > 0.0:
            lessons.shape[channel] += came * driven * mean_base(channel, lessons) / why[INTENSITY]
        lessons.days[channel] += openness * driven


@rule
def learn(day, tables, reasons, lessons):
    """Night: what one day says of every channel."""
    for channel in range(len(tables.channels)):
        learn_channel(channel, day, tables, reasons, lessons)
