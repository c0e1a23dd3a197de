"""The morning's picture: what everyone sees before anyone decides."""

import math

from sim.rules.arrays import (
    BACKING,
    COUNT,
    PRESSURE,
    STANDING,
    STRENGTH,
    SUPPORT,
    THREAT_PRESSURE,
    THREATS,
)
from sim.rules.compiled import rule


@rule
def backing(actor, era, tables, state):
    """Top up standing backing by the recent support of all patrons: B = 1 - (1 - B0)·exp(-B0·S).

    0 without a patron, whose standing backing is 0.
    """
    standing = tables.actor_numbers[era, actor, STANDING]
    support = 0.0
    for patron in range(len(tables.strategies)):
        if tables.patrons[actor, patron]:
            support += state.commitments[SUPPORT, patron, actor]
    return 1.0 - (1.0 - standing) * math.exp(-standing * support)


@rule
def pressure(actor, era, tables, state):
    """Work out the pressure of measures in force and open threats: P = 1 - (1 - X)·exp(-w·A).

    It is a share of what could be felt. With a larger share for threats, imposing would lower the pressure that was felt.
    """
    measures = 0.0
    for k in range(len(tables.pressures)):
        if tables.pressures[k, 0] == actor:
            in_force = float(state.facts[COUNT, tables.pressures[k, 1]])
            weight = tables.numbers[era, tables.pressures[k, 2]]
            measures += weight * min(in_force, tables.numbers[era, tables.pressures[k, 3]])
    threats = 0.0
    for rival in range(len(tables.strategies)):
        if tables.threatened_by[actor, rival]:
            threats += state.commitments[THREATS, rival, actor]
    material = 1.0 - math.exp(-measures)
    return 1.0 - (1.0 - material) * math.exp(-tables.actor_numbers[era, actor, THREAT_PRESSURE] * threats)


@rule
def strength(actor, era, tables, state):
    """Work out what detentions and bans leave of an actor's strength, 1 before any."""
    left = 1.0
    for k in range(len(tables.losses)):
        if tables.losses[k, 0] == actor:
            count = float(state.facts[COUNT, tables.losses[k, 1]])
            full_at = tables.numbers[era, tables.losses[k, 3]]
            left *= 1.0 - tables.numbers[era, tables.losses[k, 2]] * min(1.0, count / full_at)
    return left


@rule
def look_around(era, tables, state):
    """Look around: note how strong everyone is."""
    for actor in range(len(tables.strategies)):
        state.picture[actor, STRENGTH] = strength(actor, era, tables, state)


@rule
def update_backing_and_pressure(actor, era, tables, state):
    """Note one actor's backing, and the pressure on it."""
    state.picture[actor, BACKING] = backing(actor, era, tables, state)
    state.picture[actor, PRESSURE] = pressure(actor, era, tables, state)


@rule
def look(era, tables, state):
    """Look, in the morning: draw the picture that everyone sees."""
    look_around(era, tables, state)
    for actor in range(len(tables.strategies)):
        update_backing_and_pressure(actor, era, tables, state)
