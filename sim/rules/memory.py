"""What is remembered, and how it fades overnight."""

import numpy as np

from sim.rules.arrays import (
    ACTOR,
    AVERAGE_MARK,
    FORGIVENESS,
    HOSTILE,
    KEEP_MEMORY,
    NEUTRAL,
    TONE,
)
from sim.rules.compiled import chain, rule
from sim.rules.registry import STRATEGIES, functions_of
from sim.rules.strategies import Remembered

answer_of = chain(functions_of(STRATEGIES))


@rule
def remembered(channel, era, tables, memory):
    """Return the marks that a channel answers to, summed over the memories in its `answers_to`.

    A memory that fades at another pace than the channel's own counts for as many answers as its acts draw in all.
    """
    actor = tables.channels[channel, ACTOR]
    total = 0.0
    for k in range(tables.answers.shape[1]):
        tone = tables.answers[channel, k, 0]
        if tone < 0:
            break
        total += tables.answer_weights[era, channel, k] * memory[tone, actor, tables.answers[channel, k, 1]]
    return total


@rule
def provocation(channel, era, tables, state):
    """Draw an answer from what is remembered, by the actor's strategy, in acts per day.

    Neutral channels answer nothing.
    """
    tone = tables.channels[channel, TONE]
    if tone == NEUTRAL:
        return 0.0
    actor = tables.channels[channel, ACTOR]
    memory = Remembered(
        remembered(channel, era, tables, state.memory),
        state.largest[channel],
        remembered(channel, era, tables, state.latest),
        1.0 - tables.channel_numbers[era, channel, KEEP_MEMORY],
        tables.rulebook[era, AVERAGE_MARK],
        tone == HOSTILE,
        tables.actor_numbers[era, actor, FORGIVENESS],
    )
    return answer_of(tables.strategies[actor], memory)


@rule
def note_worst(era, tables, state):
    """Keep the largest memory so far of what each channel answers to."""
    for channel in range(len(tables.channels)):
        total = remembered(channel, era, tables, state.memory)
        state.largest[channel] = max(state.largest[channel], total)


@rule
def fade(era, tables, state):
    """Fade every memory, campaign and commitment to the share that a night leaves."""
    for k in range(len(state.fading)):
        state.fading[k] *= tables.keeps[era, k]


@rule
def forget(tables, state):
    """Forget everything: before the first day nothing has happened, and only those facts hold that do at the start."""
    state.fading[:] = 0.0
    state.largest[:] = 0.0
    for k in range(len(tables.at_start)):
        state.facts[0, k] = tables.at_start[k]
        state.facts[1, k] = np.int64(0 if tables.at_start[k] > 0 else -1)
