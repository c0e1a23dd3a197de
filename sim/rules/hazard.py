"""How an actor decides: the hazard of each of its actions on one morning, with every term kept.

intensity = (base·exp(base drives) + reciprocity·provocation)·exp(channel drives)
            + momentum·(1 - kept)·own marks/average mark·exp(momentum drives)
hazard    = available · share · intensity · exp(action drives)
"""

import math

from sim.rules.arrays import (
    ACTION_DRIVES,
    ACTOR,
    ANSWER,
    AT_LEAST,
    AT_MOST,
    AVAILABLE,
    AVERAGE_MARK,
    BACKING,
    BASE,
    BASE_DRIVES,
    BASE_RATE,
    BASE_TIMES,
    CAMPAIGN,
    CHANNEL,
    CHANNEL_DRIVES,
    CLIENT,
    CONSTANT,
    COUNT,
    ERA,
    FACT,
    FACT_COUNT,
    FREQUENCY,
    GROUP,
    HAZARD,
    HOSTILE,
    INTENSITY,
    KEEP_MOMENTUM,
    KIND,
    MIX_WEIGHT,
    NEUTRAL,
    NUMBER,
    OPEN_THREATS,
    OWN,
    OWN_DRIVES,
    OWN_MOMENTUM,
    PRESSURE,
    QUANTITY,
    RECIPROCITY,
    REMEMBERED_HOSTILITY,
    RISEN,
    RIVAL,
    SEVERITY,
    SHARE,
    STAGE,
    STANDING,
    STRENGTH,
    TARGET,
    TEST,
    THREATS,
    TONE,
    WEIGHT,
    WHICH,
)
from sim.rules.compiled import chain, rule
from sim.rules.drives import Sight
from sim.rules.memory import provocation
from sim.rules.registry import DRIVES, functions_of

term_of = chain(functions_of(DRIVES))


@rule
def term(drive, day, target, severity, tone, tables, state):
    """Work out the log-hazard term of one drive, from this morning's picture."""
    era = tables.clock[day, ERA]
    actor = tables.drives[drive, ACTOR]
    rival = tables.drives[drive, RIVAL]
    client = tables.drives[drive, CLIENT]
    fact = tables.drives[drive, FACT]
    sight = Sight(
        tables.drive_numbers[era, drive, WEIGHT],
        tables.drive_numbers[era, drive, CONSTANT],
        tables.signals[day, drive],
        state.picture[rival, STRENGTH] if rival >= 0 else 0.0,
        state.picture[actor, BACKING],
        tables.actor_numbers[era, client, STANDING] if client >= 0 else 0.0,
        state.picture[actor, PRESSURE],
        state.commitments[THREATS, actor, target],
        severity,
        tone == HOSTILE,
        state.facts[COUNT, fact] if fact >= 0 else 0,
        tone == NEUTRAL,
    )
    return term_of(tables.drives[drive, KIND], sight)


@rule
def base_of(channel, era, tables, state):
    """Return the unprovoked acts per day of a channel before drives: fixed or learned from the record, times its factor."""
    base = state.base[channel] if tables.learns[channel] else tables.bases[era, channel]
    return tables.channel_numbers[era, channel, BASE_TIMES] * base


@rule
def answers(channel, era, tables, state):
    """Work out how much the actor would do in answer, in acts per day, before drives."""
    return tables.channel_numbers[era, channel, RECIPROCITY] * provocation(channel, era, tables, state)


@rule
def campaign(channel, era, tables, state):
    """Work out how much the actor's own recent acts draw, in acts per day, before drives."""
    fading = 1.0 - tables.channel_numbers[era, channel, KEEP_MOMENTUM]
    own_acts = fading * state.momentum[channel] / tables.rulebook[era, AVERAGE_MARK]
    return tables.channel_numbers[era, channel, OWN_MOMENTUM] * own_acts


@rule
def consider_channel(channel, day, tables, state, reasons):
    """Weigh one channel: its base, answer and momentum, in acts per day, under its drives."""
    era = tables.clock[day, ERA]
    target = tables.channels[channel, TARGET]
    tone = tables.channels[channel, TONE]
    on_base, on_channel, on_momentum = 0.0, 0.0, 0.0
    for k in range(tables.channel_drives.shape[1]):
        drive = tables.channel_drives[channel, k]
        if drive < 0:
            break
        value = term(drive, day, target, 0.0, tone, tables, state)
        reasons.channel_drives[channel, k] = value
        stage = tables.drives[drive, STAGE]
        if stage == BASE:
            on_base += value
        elif stage == CAMPAIGN:
            on_momentum += value
        else:
            on_channel += value
    base = base_of(channel, era, tables, state)
    answer = answers(channel, era, tables, state)
    momentum = campaign(channel, era, tables, state)
    why = reasons.channels[channel]
    why[BASE_RATE], why[BASE_DRIVES] = base, on_base
    why[ANSWER], why[CHANNEL_DRIVES] = answer, on_channel
    why[OWN], why[OWN_DRIVES] = momentum, on_momentum
    why[INTENSITY] = (base * math.exp(on_base) + answer) * math.exp(on_channel) + momentum * math.exp(on_momentum)


@rule
def quantity(action, row, tables, state):
    """Read the number that one requirement is about: a count of a fact, threats, or marks."""
    kind = tables.requires[action, row, QUANTITY]
    if kind == FACT_COUNT:
        return float(state.facts[COUNT, tables.requires[action, row, WHICH]])
    actor, target = tables.actions[action, ACTOR], tables.actions[action, TARGET]
    if kind == OPEN_THREATS:
        return state.commitments[THREATS, actor, target]
    tone = 0 if kind == REMEMBERED_HOSTILITY else 1
    return state.memory[tone, actor, target]


@rule
def holds(action, row, day, tables, state):
    """Tell whether one requirement holds this morning."""
    test = tables.requires[action, row, TEST]
    number = tables.numbers[tables.clock[day, ERA], tables.requires[action, row, NUMBER]]
    if test == AT_LEAST:
        return quantity(action, row, tables, state) >= number
    if test == AT_MOST:
        return quantity(action, row, tables, state) <= number
    risen = state.facts[RISEN, tables.requires[action, row, WHICH]]
    return risen >= 0 and day - risen >= number


@rule
def available(action, day, tables, state):
    """Tell whether every group of the action's requirements has one that holds."""
    group, met = -1, True
    for row in range(tables.requires.shape[1]):
        this = tables.requires[action, row, GROUP]
        if this < 0:
            break
        if this != group:
            if not met:
                return False
            group, met = this, False
        met = met or holds(action, row, day, tables, state)
    return met


@rule
def frequency_of(action, era, tables, state):
    """Return how common an action is among those of its channel: as believed, and as the record has taught."""
    weight = tables.action_numbers[era, action, MIX_WEIGHT]
    believed = weight * tables.action_numbers[era, action, FREQUENCY]
    return (believed + state.counted[action]) / (weight + state.chances[action])


@rule
def share_out(channel, day, tables, state, reasons):
    """Share a channel out among its available actions, in proportion to how common each is.

    A closed door raises the others.
    """
    era = tables.clock[day, ERA]
    total = 0.0
    for k in range(tables.channel_actions.shape[1]):
        action = tables.channel_actions[channel, k]
        if action < 0:
            break
        is_open = available(action, day, tables, state)
        reasons.actions[action, AVAILABLE] = 1.0 if is_open else 0.0
        reasons.actions[action, SHARE] = frequency_of(action, era, tables, state) if is_open else 0.0
        total += reasons.actions[action, SHARE]
    if total > 0.0:
        for k in range(tables.channel_actions.shape[1]):
            action = tables.channel_actions[channel, k]
            if action < 0:
                break
            reasons.actions[action, SHARE] /= total


@rule
def consider_action(action, day, tables, state, reasons):
    """Weigh one action: its hazard, from its channel's intensity, its share and its drives."""
    era = tables.clock[day, ERA]
    channel = tables.actions[action, CHANNEL]
    severity = tables.action_numbers[era, action, SEVERITY]
    tone = tables.channels[channel, TONE]
    total = 0.0
    for k in range(tables.action_drives.shape[1]):
        drive = tables.action_drives[action, k]
        if drive < 0:
            break
        value = term(drive, day, tables.actions[action, TARGET], severity, tone, tables, state)
        reasons.action_drives[action, k] = value
        total += value
    why = reasons.actions[action]
    why[ACTION_DRIVES] = total
    why[HAZARD] = why[SHARE] * reasons.channels[channel, INTENSITY] * math.exp(total)


@rule
def consider(actor, day, tables, state, reasons):
    """Weigh all that one actor could do this morning, with every term kept in `reasons`."""
    for k in range(tables.actor_channels.shape[1]):
        channel = tables.actor_channels[actor, k]
        if channel < 0:
            break
        consider_channel(channel, day, tables, state, reasons)
        share_out(channel, day, tables, state, reasons)
        for m in range(tables.channel_actions.shape[1]):
            action = tables.channel_actions[channel, m]
            if action < 0:
                break
            consider_action(action, day, tables, state, reasons)
