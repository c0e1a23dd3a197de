"""The arrays that rules read and write. Names live outside; in here everything is a number.

Letters in shapes: D days, E eras (stretches of days on which no parameter changes), N actors, C channels,
A actions, F facts, R drives, Q pairs; lists of unequal length are padded with -1. Integer columns are
named by the constants below.
"""

from typing import NamedTuple

import numpy as np

# tones of a channel, and the two memories
HOSTILE, COOPERATIVE, NEUTRAL = 0, 1, 2
# kinds of commitment
THREATS, SUPPORT = 0, 1
# rows of State.facts
COUNT, RISEN = 0, 1
NEVER = -1
# entries of Tables.schedule
FREE, FORCED, WITHHELD = 0, 1, 2
# columns of Tables.clock
ORDINAL, ERA = 0, 1
# columns of Tables.actions
ACTOR, TARGET, CHANNEL, ROLE, RUNG = 0, 1, 2, 3, 4
# columns of Tables.channels (ACTOR, TARGET as above)
TONE = 2
# roles of an action
NO_ROLE, THREAT, DEMAND, IMPOSITION, SUPPORT_ACT = 0, 1, 2, 3, 4
ROLES = ("none", "threat", "demand", "imposition", "support")
# columns of Tables.action_numbers
HOSTILE_MARK, COOPERATIVE_MARK, SEVERITY, FREQUENCY, MIX_WEIGHT = 0, 1, 2, 3, 4
# columns of Tables.actor_numbers
FORGIVENESS, STANDING, THREAT_PRESSURE = 0, 1, 2
# columns of Tables.channel_numbers
RECIPROCITY, OWN_MOMENTUM, KEEP_MEMORY, KEEP_MOMENTUM, BASE_TIMES = 0, 1, 2, 3, 4
# columns of Tables.prior: a base is believed to be Gamma(shape, 1/days)
SHAPE, DAYS = 0, 1
# columns of Tables.rulebook
AVERAGE_MARK, COOPERATION_HEALS, THREAT_OPENS, DEMAND_OPENS, IMPOSITION_LEAVES = 0, 1, 2, 3, 4
MISPERCEPTION_SD, MISPERCEPTION_BIAS = 5, 6
# columns of Tables.drives (ACTOR as above)
KIND, STAGE, RIVAL, CLIENT, FACT = 1, 2, 3, 4, 5
STAGES = ("base", "channel", "momentum", "action")
BASE, WHOLE, CAMPAIGN, SINGLE = 0, 1, 2, 3
# columns of Tables.drive_numbers
WEIGHT, CONSTANT = 0, 1
# columns of Tables.requires
GROUP, QUANTITY, WHICH, TEST, NUMBER = 0, 1, 2, 3, 4
AT_LEAST, AT_MOST, DAYS_SINCE = 0, 1, 2
FACT_COUNT, OPEN_THREATS, REMEMBERED_HOSTILITY, REMEMBERED_GOODWILL = 0, 1, 2, 3
# columns of Tables.additions
KEPT_IN, HOLDER, ABOUT, AMOUNT = 0, 1, 2, 3
IN_HOSTILITY, IN_GOODWILL, IN_THREATS, IN_SUPPORT = 0, 1, 2, 3
# columns of State.picture
BACKING, PRESSURE, STRENGTH = 0, 1, 2
# third layer of State.landing, after the two tones
HEALING = 2
# columns of Reasons.channels
BASE_RATE, BASE_DRIVES, ANSWER, CHANNEL_DRIVES, OWN, OWN_DRIVES, INTENSITY = 0, 1, 2, 3, 4, 5, 6
# columns of Reasons.actions
AVAILABLE, SHARE, ACTION_DRIVES, HAZARD = 0, 1, 2, 3
# purposes of luck
ACT, MISPERCEPTION, POSTERIOR, BOOTSTRAP, BASE_DRAW = 1, 2, 3, 4, 5


class Tables(NamedTuple):
    """A scenario as numbers: constant over a run and shared by all runs."""

    clock: np.ndarray  # int64 (D, 2): calendar ordinal, era
    schedule: np.ndarray  # int8 (D, A): free, forced, withheld
    signals: np.ndarray  # float64 (D, R): the dated series that a drive reads, else 0
    rulebook: np.ndarray  # float64 (E, 7)
    numbers: np.ndarray  # float64 (E, P): every number that a list below refers to by column
    actor_numbers: np.ndarray  # float64 (E, N, 3)
    keeps: np.ndarray  # float64 (E, .): what one night leaves of each number in State.fading
    actor_channels: np.ndarray  # int64 (N, .)
    channels: np.ndarray  # int64 (C, 3): actor, target, tone
    strategies: np.ndarray  # int64 (N,): code of each actor's strategy
    channel_numbers: np.ndarray  # float64 (E, C, 5)
    bases: np.ndarray  # float64 (E, C): acts per day, of channels whose base is fixed
    learns: np.ndarray  # uint8 (C,): whether the base is learned from the record
    prior: np.ndarray  # float64 (C, 2): what is believed of a learned base before the record
    answers: np.ndarray  # int64 (C, ., 2): memory, of whom
    answer_weights: np.ndarray  # float64 (E, C, .): what a mark of each of these memories counts for
    channel_actions: np.ndarray  # int64 (C, .)
    channel_drives: np.ndarray  # int64 (C, .)
    actions: np.ndarray  # int64 (A, 5), in the order of action names
    action_numbers: np.ndarray  # float64 (E, A, 5); frequencies of a channel sum to 1
    action_drives: np.ndarray  # int64 (A, .)
    drives: np.ndarray  # int64 (R, 6)
    drive_numbers: np.ndarray  # float64 (E, R, 2)
    requires: np.ndarray  # int64 (A, ., 5): rows of one group mean or, groups mean and
    fact_changes: np.ndarray  # int64 (A, ., 2): fact, change
    lowers_first: np.ndarray  # int64 (A, .): the first of these facts that holds is lowered
    additions: np.ndarray  # int64 (A, ., 4): kept in, holder, about, column of numbers
    sympathies: np.ndarray  # int64 (S, 4): feeler, victim, doer, column of numbers
    pressures: np.ndarray  # int64 (., 4): actor, fact, column of weight, column of cap
    patrons: np.ndarray  # uint8 (N, N): whether the second stands behind the first
    threatened_by: np.ndarray  # int64 (N, N): 1 where i feels the open threats of j
    losses: np.ndarray  # int64 (., 4): actor, fact, column of share lost, column of count at which it is full
    at_start: np.ndarray  # int64 (F,): count of each fact on the first day
    action_address: np.ndarray  # uint64 (A,)
    channel_address: np.ndarray  # uint64 (C,)
    actor_address: np.ndarray  # uint64 (N,)


class State(NamedTuple):
    """Everything that one run remembers, and room to work in. Written in place."""

    fading: np.ndarray  # float64: all that fades overnight, in one row; the next four are parts of it
    memory: np.ndarray  # float64 (2, N, N): marks that i remembers of j, hostile and cooperative
    latest: np.ndarray  # float64 (2, N, N): the same of the last day that brought any
    commitments: np.ndarray  # float64 (2, N, N): open threats of i to j; support of i for j
    momentum: np.ndarray  # float64 (C,): marks of one's own acts
    largest: np.ndarray  # float64 (C,): the largest memory so far of what a channel answers to
    base: np.ndarray  # float64 (C,): acts per day, of channels whose base is learned
    counted: np.ndarray  # float64 (A,): acts of the record
    chances: np.ndarray  # float64 (A,): acts of its channel that could have been this one, weighed by its drives
    facts: np.ndarray  # int64 (2, F): count; day on which it last rose
    picture: np.ndarray  # float64 (N, 3): this morning's backing, pressure, strength
    landing: np.ndarray  # float64 (3, N, N): marks that land tonight, and what cooperation heals


class Lessons(NamedTuple):
    """What the record has taught of bases, and of which action a channel chooses. Written in place."""

    shape: np.ndarray  # float64 (C,): of the gamma distribution of a base; acts that it accounts for
    days: np.ndarray  # float64 (C,): rate of that distribution; days, as far as the channel was open
    acts: np.ndarray  # int64 (C,): acts of the channel in the record
    open_days: np.ndarray  # int64 (C,): days on which an action of the channel was available
    counted: np.ndarray  # int64 (A,): acts of the record that requirements allowed
    chances: np.ndarray  # float64 (A,): acts of its channel that could have been this one, weighed by its drives


class Teaching(NamedTuple):
    """What the record has taught in all: what every run draws its bases from, and shares out its acts by."""

    shape: np.ndarray  # float64 (C,): of the gamma distribution of a base; 0 where the base is fixed
    days: np.ndarray  # float64 (C,): its rate
    acts: np.ndarray  # int64 (C,): acts of the channel in the record
    open_days: np.ndarray  # int64 (C,): days on which an action of the channel was available
    counted: np.ndarray  # float64 (A,): see State
    chances: np.ndarray  # float64 (A,): see State
    from_case: np.ndarray  # uint8 (C,): learned under the numbers of the case, not under those of what lies over it


class Reasons(NamedTuple):
    """Every term of every hazard of one day. Written in place."""

    channels: np.ndarray  # float64 (C, 7)
    actions: np.ndarray  # float64 (A, 4)
    channel_drives: np.ndarray  # float64 (C, .): term of each drive in Tables.channel_drives
    action_drives: np.ndarray  # float64 (A, .): term of each drive in Tables.action_drives


class ReplayRoom(NamedTuple):
    """Room to replay a record in, and to learn from it. Written in place."""

    state: State
    reasons: Reasons
    today: np.ndarray  # int64 (A,): codes of the day's acts
    lessons: Lessons


def new_replay_room(tables: Tables) -> ReplayRoom:
    """Return room for the records of one shape of scenario."""
    today = np.zeros(len(tables.actions), np.int64)
    return ReplayRoom(new_state(tables), new_reasons(tables), today, new_lessons(tables))


def new_state(tables: Tables) -> State:
    """Build the state of a run before anything has happened.

    A fact that holds at the start has risen on the first day, as far as days are counted since.
    """
    actors, channels = len(tables.strategies), len(tables.channels)
    fading = np.zeros(6 * actors * actors + channels)
    remembered = fading[: 6 * actors * actors].reshape(3, 2, actors, actors)
    return State(
        fading=fading,
        memory=remembered[0],
        latest=remembered[1],
        commitments=remembered[2],
        momentum=fading[6 * actors * actors :],
        largest=np.zeros(channels),
        base=np.zeros(channels),
        counted=np.zeros(len(tables.actions)),
        chances=np.zeros(len(tables.actions)),
        facts=np.stack([tables.at_start, np.where(tables.at_start > 0, 0, NEVER)]),
        picture=np.zeros((actors, 3)),
        landing=np.zeros((3, actors, actors)),
    )


def kept_each_night(memories: np.ndarray, commitments: np.ndarray, campaigns: np.ndarray) -> np.ndarray:
    """Return a row of `Tables.keeps`, in the order of `State.fading`.

    memories: float64 (2, N, N), the share that i keeps overnight of its memories of j, hostile and cooperative.
    commitments: float64 (N,), of each actor's threats and support. campaigns: float64 (C,), of each channel's momentum.
    """
    actors = len(commitments)
    return np.concatenate([np.tile(memories.ravel(), 2), np.tile(commitments.repeat(actors), 2), campaigns])


def new_lessons(tables: Tables) -> Lessons:
    """Return what is believed before any day of the record."""
    channels, actions = len(tables.channels), len(tables.actions)
    return Lessons(
        shape=tables.prior[:, SHAPE].copy(),
        days=tables.prior[:, DAYS].copy(),
        acts=np.zeros(channels, np.int64),
        open_days=np.zeros(channels, np.int64),
        counted=np.zeros(actions, np.int64),
        chances=np.zeros(actions),
    )


def new_reasons(tables: Tables) -> Reasons:
    """Build empty reasons, in the shapes that the tables ask for."""
    return Reasons(
        channels=np.zeros((len(tables.channels), 7)),
        actions=np.zeros((len(tables.actions), 4)),
        channel_drives=np.zeros(tables.channel_drives.shape),
        action_drives=np.zeros(tables.action_drives.shape),
    )
