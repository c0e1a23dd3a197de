"""How high a hazard can be: what lets the ensemble pass over most decisions (thinning; Lewis & Shedler 1979, Ogata 1981).

An act whose luck lies at or above a ceiling of its hazard is not done, whatever the hazard is exactly. Luck is
addressed, not drawn in sequence, so passing over a decision changes no other: the acts are those of weighing
everything, to the bit.

A ceiling is made of factors that hold over a window of days. Between acts nothing that draws acts grows:
memories and campaigns only fade, and a strategy answers no more to less. Each drive is highest at a corner of
what it can see, for it grows or falls with each thing that it reads. Tests hold strategies and drives to that.
"""

import itertools
import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from sim.rules import arrays as t
from sim.rules.drives import Sight
from sim.rules.registry import DRIVES
from sim.scenario.compile import Compiled

WINDOW_DAYS = 32
MARGIN = 1.0 + 1e-9  # sums and products in another order differ in their last digits
COUNTS = (0, 1, 1_000_000)  # of a fact: none, one, more than there can be
MANY = 1e300  # more open threats than there can be
Signals = list[tuple[float, float]]  # the lowest and the highest of each drive's signal in a window
FUNCTIONS = [entry.function for entry in DRIVES.values()]


class Ceilings(NamedTuple):
    """Factors of the highest possible hazards, by window; W windows of days on which no parameter changes."""

    window: np.ndarray  # int64 (D,): the window of each day
    is_free: np.ndarray  # uint8 (D,): whether any act is left to luck
    is_ordered: np.ndarray  # uint8 (D,): whether any act is forced or withheld
    base: np.ndarray  # float64 (W, C): factor on the base
    answer: np.ndarray  # float64 (W, C): factor on answers
    campaign: np.ndarray  # float64 (W, C): factor on the own campaign
    action: np.ndarray  # float64 (W, A): factor on a channel's intensity, share and drives of the action
    stale: np.ndarray  # int64 (A, .): the channels whose ceilings an act of each action may raise, padded with -1


def ceilings(compiled: Compiled) -> Ceilings:
    """Compute the ceilings of a compiled scenario that has been taught, window by window."""
    tables = compiled.tables
    window = _windows(tables)
    count = int(window[-1]) + 1
    base, answer, campaign = (np.zeros((count, len(tables.channels))) for _ in range(3))
    action = np.zeros((count, len(tables.actions)))
    assert compiled.teaching is not None, "compile_scenario gives a scenario its teaching"
    factors = _Factors(tables, compiled.teaching)
    for now in range(count):
        days = np.flatnonzero(window == now)
        era = int(tables.clock[days[0], t.ERA])
        signals = list(zip(tables.signals[days].min(axis=0), tables.signals[days].max(axis=0), strict=True))
        of_channels = [factors.of_channel(era, code, signals) for code in range(len(tables.channels))]
        on_base, answer[now], campaign[now] = np.array(of_channels).reshape(-1, 3).T
        on_action = np.array([factors.of_action(era, code, signals) for code in range(len(tables.actions))])
        with np.errstate(invalid="ignore"):  # what is no number stays none, and is weighed exactly
            base[now] = on_base * answer[now]
            action[now] = on_action * factors.largest_shares(era) * MARGIN
    return Ceilings(
        window,
        (tables.schedule == t.FREE).any(axis=1).astype(np.uint8),
        (tables.schedule != t.FREE).any(axis=1).astype(np.uint8),
        base,
        answer,
        campaign,
        action,
        _channels_raised(tables),
    )


def no_ceilings(tables: t.Tables) -> Ceilings:
    """Return ceilings above every hazard, so that every decision is weighed.

    They are made at once, where `ceilings` take as long as hundreds of runs: for numbers that few runs are played with.
    """
    channels, actions = len(tables.channels), len(tables.actions)
    return Ceilings(
        np.zeros(len(tables.clock), np.int64),
        (tables.schedule == t.FREE).any(axis=1).astype(np.uint8),
        (tables.schedule != t.FREE).any(axis=1).astype(np.uint8),
        np.full((1, channels), np.inf),
        np.zeros((1, channels)),
        np.zeros((1, channels)),
        np.ones((1, actions)),
        np.full((actions, 1), -1, np.int64),
    )


def _channels_raised(tables: t.Tables) -> np.ndarray:
    """int64 (A, .): the channel of each action, and those that answer to a memory which an act of it may raise."""
    rows = []
    answers = [(code, tone, about) for code, pairs in enumerate(tables.answers.tolist()) for tone, about in pairs]
    actors = tables.channels[:, t.ACTOR].tolist()
    for action, (doer, target, channel, *_) in enumerate(tables.actions):
        feelers = {target} | {feeler for feeler, victim, by, _ in tables.sympathies if (victim, by) == (target, doer)}
        marks = np.any(tables.action_numbers[:, action, [t.HOSTILE_MARK, t.COOPERATIVE_MARK]], axis=0)
        memories = {
            (tone, feeler, doer)
            for feeler in feelers
            for tone in (t.HOSTILE, t.COOPERATIVE)
            if bool(np.ravel(marks)[tone])
        }
        memories |= {
            (memory, holder, about)
            for memory, holder, about, _ in tables.additions[action]
            if 0 <= memory <= t.IN_GOODWILL
        }
        raised = {code for code, tone, about in answers if (tone, actors[code], about) in memories}
        rows.append(sorted({int(channel), *raised}))
    table = np.full((len(rows), max(map(len, rows), default=1)), -1, np.int64)
    for row, channels in zip(table, rows, strict=True):
        row[: len(channels)] = channels
    return table


def _windows(tables: t.Tables) -> np.ndarray:
    """Number the window of each day: a new one every so many days, and wherever a parameter changes."""
    days = np.arange(len(tables.clock))
    changes = np.diff(tables.clock[:, t.ERA], prepend=tables.clock[0, t.ERA]) != 0
    return np.cumsum((days % WINDOW_DAYS == 0) | changes).astype(np.int64) - 1


class _Factors:
    """The largest factors of drives and shares. Those of one window are mostly those of the last, so they are cached."""

    def __init__(self, tables: t.Tables, teaching: t.Teaching):
        self.tables, self.teaching = tables, teaching
        self.cache: dict[tuple[Any, ...], Any] = {}
        self.channel_drives, self.action_drives = (
            [[drive for drive in row if drive >= 0] for row in drives.tolist()]
            for drives in (tables.channel_drives, tables.action_drives)
        )

    def of_channel(self, era: int, channel: int, signals: Signals) -> tuple[float, float, float]:
        """Return the factors on base, on base and answers, and on the own campaign of a channel."""
        drives = self.channel_drives[channel]
        key = ("channel", era, channel, *(signals[drive] for drive in drives))
        if key not in self.cache:
            sums = {t.BASE: 0.0, t.WHOLE: 0.0, t.CAMPAIGN: 0.0}
            tone = int(self.tables.channels[channel, t.TONE])
            for drive in drives:
                sums[int(self.tables.drives[drive, t.STAGE])] += _highest(self.tables, era, drive, signals, tone, 0.0)
            self.cache[key] = _exp(sums[t.BASE]), _exp(sums[t.WHOLE]), _exp(sums[t.CAMPAIGN])
        factors: tuple[float, float, float] = self.cache[key]
        return factors

    def of_action(self, era: int, code: int, signals: Signals) -> float:
        """Return the factor on one action."""
        drives = self.action_drives[code]
        key = ("action", era, code, *(signals[drive] for drive in drives))
        if key not in self.cache:
            tone = int(self.tables.channels[self.tables.actions[code, t.CHANNEL], t.TONE])
            severity = float(self.tables.action_numbers[era, code, t.SEVERITY])
            terms = [_highest(self.tables, era, drive, signals, tone, severity) for drive in drives]
            self.cache[key] = _exp(sum(terms))
        return float(self.cache[key])

    def largest_shares(self, era: int) -> np.ndarray:
        """Return each action's share while no other that requires something is available: float64 (A,)."""
        key = ("shares", era)
        if key not in self.cache:
            weight = self.tables.action_numbers[era, :, t.MIX_WEIGHT]
            believed = weight * self.tables.action_numbers[era, :, t.FREQUENCY]
            often = (believed + self.teaching.counted) / (weight + self.teaching.chances)
            always = self.tables.requires[:, 0, t.GROUP] < 0
            shares = np.zeros(len(often))
            for members in self.tables.channel_actions:
                for code in members[members >= 0]:
                    rivals = [rival for rival in members if rival >= 0 and rival != code and always[rival]]
                    total = often[code] + sum(often[rival] for rival in rivals)
                    shares[code] = often[code] / total if total > 0.0 else 0.0
            self.cache[key] = shares
        return np.asarray(self.cache[key])


def _highest(tables: t.Tables, era: int, drive: int, signals: Signals, tone: int, severity: float) -> float:
    client = tables.drives[drive, t.CLIENT]
    return highest_term(
        int(tables.drives[drive, t.KIND]),
        float(tables.drive_numbers[era, drive, t.WEIGHT]),
        float(tables.drive_numbers[era, drive, t.CONSTANT]),
        (float(signals[drive][0]), float(signals[drive][1])),
        float(tables.actor_numbers[era, client, t.STANDING]) if client >= 0 else 0.0,
        severity,
        tone,
        backings(tables, era, drive),
    )


def backings(tables: t.Tables, era: int, drive: int) -> tuple[float, float]:
    """Return the least and the most backing that the actor of a drive can have: support only adds to what stands."""
    actor = tables.drives[drive, t.ACTOR]
    if not tables.patrons[actor].any():
        return 0.0, 0.0
    return 1.0 - (1.0 - float(tables.actor_numbers[era, actor, t.STANDING])), 1.0


@lru_cache(maxsize=20_000)
def highest_term(
    kind: int,
    weight: float,
    constant: float,
    signals: tuple[float, float],
    standing: float,
    severity: float,
    tone: int,
    between: tuple[float, float] = (0.0, 1.0),
) -> float:
    """Return the highest term of a drive over all that it can see in a window: the highest of the corners.

    between: the least and the most backing.
    """
    corners = itertools.product(signals, (0.0, 1.0), between, (0.0, 1.0), (0.0, MANY), COUNTS)
    return max(
        FUNCTIONS[kind](
            Sight(
                weight, constant, signal, strength, backing, standing, pressure, threats, severity,
                tone == t.HOSTILE, fact, tone == t.NEUTRAL,
            )
        )
        for signal, strength, backing, pressure, threats, fact in corners
    )  # fmt: skip


def _exp(total: float) -> float:
    """Compute exp without an exception: what is beyond all numbers is weighed exactly."""
    return math.exp(total) if total < 700.0 else math.inf
