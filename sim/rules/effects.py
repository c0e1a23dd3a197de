"""How a day's acts land, at night, after memories have faded: additions, then what heals, then what is settled.

Each pass goes through the acts in the order of their names, so landing does not depend on who acted first.
"""

import math

from sim.rules.arrays import (
    ABOUT,
    ACTOR,
    AMOUNT,
    CHANNEL,
    COOPERATION_HEALS,
    COOPERATIVE,
    COOPERATIVE_MARK,
    COUNT,
    DEMAND,
    DEMAND_OPENS,
    ERA,
    HEALING,
    HOLDER,
    HOSTILE,
    HOSTILE_MARK,
    IMPOSITION,
    IMPOSITION_LEAVES,
    IN_GOODWILL,
    IN_SUPPORT,
    KEPT_IN,
    MISPERCEPTION_BIAS,
    MISPERCEPTION_SD,
    RISEN,
    ROLE,
    SUPPORT,
    SUPPORT_ACT,
    TARGET,
    THREAT,
    THREAT_OPENS,
    THREATS,
)
from sim.rules.compiled import rule
from sim.rules.luck import normal
from sim.rules.memory import note_worst


@rule
def perceived(action, perceiver, era, day_luck, tables):
    """Draw the factor by which one actor mistakes an act's mark: log-normal, mean 1 unless biased."""
    sd = tables.rulebook[era, MISPERCEPTION_SD]
    bias = tables.rulebook[era, MISPERCEPTION_BIAS]
    if sd == 0.0 and bias == 0.0:
        return 1.0
    error = normal(day_luck, tables.action_address[action], tables.actor_address[perceiver])
    return math.exp(bias + sd * error - 0.5 * sd * sd)


@rule
def feel(action, feeler, share, era, day_luck, tables, state):
    """Let one actor take a share of an act as done to itself by its doer."""
    doer = tables.actions[action, ACTOR]
    share *= perceived(action, feeler, era, day_luck, tables)
    friendly = share * tables.action_numbers[era, action, COOPERATIVE_MARK]
    state.landing[HOSTILE, feeler, doer] += share * tables.action_numbers[era, action, HOSTILE_MARK]
    state.landing[COOPERATIVE, feeler, doer] += friendly
    state.landing[HEALING, feeler, doer] += tables.rulebook[era, COOPERATION_HEALS] * friendly


@rule
def strike(action, era, day_luck, tables, state):
    """Strike the target of an act, and whoever feels for the target against the doer."""
    doer, target = tables.actions[action, ACTOR], tables.actions[action, TARGET]
    feel(action, target, 1.0, era, day_luck, tables, state)
    for k in range(len(tables.sympathies)):
        if tables.sympathies[k, 1] == target and tables.sympathies[k, 2] == doer:
            share = tables.numbers[era, tables.sympathies[k, 3]]
            feel(action, tables.sympathies[k, 0], share, era, day_luck, tables, state)


@rule
def remember(tables, state):
    """Take the day's marks into memory: both tones add, then cooperation heals, not below 0."""
    for i in range(len(tables.strategies)):
        for j in range(len(tables.strategies)):
            for tone in (HOSTILE, COOPERATIVE):
                marks = state.landing[tone, i, j]
                state.memory[tone, i, j] += marks
                if marks > 0.0:
                    state.latest[tone, i, j] = marks
            healed = state.memory[HOSTILE, i, j] - state.landing[HEALING, i, j]
            state.memory[HOSTILE, i, j] = max(0.0, healed)


@rule
def commit(action, era, tables, state):
    """Keep a threat or demand open, and support, and what an act adds by its own entry."""
    doer, target = tables.actions[action, ACTOR], tables.actions[action, TARGET]
    role = tables.actions[action, ROLE]
    if role == THREAT:
        state.commitments[THREATS, doer, target] += tables.rulebook[era, THREAT_OPENS]
    elif role == DEMAND:
        state.commitments[THREATS, doer, target] += tables.rulebook[era, DEMAND_OPENS]
    elif role == SUPPORT_ACT:
        state.commitments[SUPPORT, doer, target] += tables.action_numbers[era, action, COOPERATIVE_MARK]
    for k in range(tables.additions.shape[1]):
        kept_in = tables.additions[action, k, KEPT_IN]
        if kept_in < 0:
            break
        holder, about = tables.additions[action, k, HOLDER], tables.additions[action, k, ABOUT]
        amount = tables.numbers[era, tables.additions[action, k, AMOUNT]]
        if kept_in <= IN_GOODWILL:
            state.landing[kept_in, holder, about] += amount
        else:
            state.commitments[SUPPORT if kept_in == IN_SUPPORT else THREATS, holder, about] += amount


@rule
def settle(action, era, tables, state):
    """Settle part of the threats that a measure taken makes good."""
    if tables.actions[action, ROLE] == IMPOSITION:
        doer, target = tables.actions[action, ACTOR], tables.actions[action, TARGET]
        state.commitments[THREATS, doer, target] *= tables.rulebook[era, IMPOSITION_LEAVES]


@rule
def raise_facts(action, day, tables, state):
    """Raise the facts that the act makes so."""
    for k in range(tables.fact_changes.shape[1]):
        fact, change = tables.fact_changes[action, k, 0], tables.fact_changes[action, k, 1]
        if fact < 0:
            break
        if change > 0:
            state.facts[COUNT, fact] += change
            state.facts[RISEN, fact] = day


@rule
def lower_facts(action, tables, state):
    """Lower the facts that the act undoes, and the first that holds of its list `lowers_first`."""
    for k in range(tables.fact_changes.shape[1]):
        fact, change = tables.fact_changes[action, k, 0], tables.fact_changes[action, k, 1]
        if fact < 0:
            break
        if change < 0:
            state.facts[COUNT, fact] = max(0, state.facts[COUNT, fact] + change)
    for k in range(tables.lowers_first.shape[1]):
        fact = tables.lowers_first[action, k]
        if fact < 0:
            break
        if state.facts[COUNT, fact] > 0:
            state.facts[COUNT, fact] -= 1
            break


@rule
def land(acts, count, day, day_luck, tables, state):
    """Land the day's acts, at night: memories, campaigns, commitments and facts change.

    acts: int64, codes of the acts done, in the order of their names; the first `count` of them count.
    """
    era = tables.clock[day, ERA]
    state.landing[:] = 0.0
    for k in range(count):
        strike(acts[k], era, day_luck, tables, state)
        commit(acts[k], era, tables, state)
        raise_facts(acts[k], day, tables, state)
        mark = tables.action_numbers[era, acts[k], HOSTILE_MARK] + tables.action_numbers[era, acts[k], COOPERATIVE_MARK]
        state.momentum[tables.actions[acts[k], CHANNEL]] += mark
    remember(tables, state)
    for k in range(count):
        lower_facts(acts[k], tables, state)
    for k in range(count):
        settle(acts[k], era, tables, state)
    note_worst(era, tables, state)


@rule
def tension(first, second, state):
    """Add up the hostility that two actors remember of each other, in marks."""
    return state.memory[HOSTILE, first, second] + state.memory[HOSTILE, second, first]
