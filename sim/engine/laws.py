"""The law that passing over decisions rests on, held to by every rule that a scenario uses.

The compiled engine passes over a decision by a ceiling of its hazard (`ceilings`). That is right only if

- each drive is highest at a corner of what it can see: with all else alike it grows, or falls, with each number; and
- each strategy answers no more to less: over a quiet night, when memories only fade, its answer does not grow.

A rule that breaks the law is found here, before anything is played, by looking inside what it can see. Should one slip
through, the engine stops at the first hazard that lies above its ceiling (`loop.decide`); run 0 of every ensemble, and
one run in `loop.AUDITED`, weighs every decision, so that a ceiling that is too low cannot hide a rule.
"""

from functools import lru_cache

import numpy as np

from sim.engine.ceilings import backings, highest_term
from sim.rules import arrays as t
from sim.rules.drives import Sight
from sim.rules.registry import DRIVES, STRATEGIES
from sim.rules.strategies import Remembered
from sim.scenario.compile import Compiled
from sim.scenario.problems import Problem, UserError

PROBES = 64  # points inside what a rule can see
SLACK = 1e-9  # of a term: sums in another order differ in their last digits
POINTS = np.random.default_rng(0).random((PROBES, 6))
MOST_THREATS, MOST_MARKS, MOST_COUNT = 10.0, 10.0, 5


def check_laws(compiled: Compiled) -> None:
    """Refuse a scenario whose drives or strategies break the law of ceilings.

    Raises UserError with the entry that names each such rule.
    """
    problems = [*_drive_problems(compiled), *_strategy_problems(compiled)]
    if problems:
        raise UserError(problems)


def _drive_problems(compiled: Compiled) -> list[Problem]:
    tables, problems = compiled.tables, []
    names = list(DRIVES)
    for drive, key in enumerate(compiled.drives):
        kind = int(tables.drives[drive, t.KIND])
        if not _is_lawful(tables, drive, kind):
            text = f"the drive {names[kind]} is highest inside what it sees, so decisions would be passed over wrongly"
            allowed = "a drive that grows or falls with each number that it reads"
            problems.append(
                Problem(compiled.loaded.tree.node_at(("drives", key)).place, f"drives.{key}", text, allowed)
            )
    return problems


def _is_lawful(tables: t.Tables, drive: int, kind: int) -> bool:
    signals = float(tables.signals[:, drive].min()), float(tables.signals[:, drive].max())
    client = int(tables.drives[drive, t.CLIENT])
    actions = {int(action) for action in np.flatnonzero((tables.action_drives == drive).any(axis=1))}
    channels = {int(channel) for channel in np.flatnonzero((tables.channel_drives == drive).any(axis=1))}
    for era in range(len(tables.rulebook)):
        weight, constant = (float(number) for number in tables.drive_numbers[era, drive])
        standing = float(tables.actor_numbers[era, client, t.STANDING]) if client >= 0 else 0.0
        sights = {(0.0, int(tables.channels[channel, t.TONE])) for channel in channels}
        sights |= {
            (
                float(tables.action_numbers[era, action, t.SEVERITY]),
                int(tables.channels[tables.actions[action, t.CHANNEL], t.TONE]),
            )
            for action in actions
        }
        between = backings(tables, era, drive)
        for severity, tone in sights:
            if not is_highest_at_a_corner(kind, weight, constant, signals, standing, severity, tone, between):
                return False
    return True


@lru_cache(maxsize=20_000)
def is_highest_at_a_corner(
    kind: int,
    weight: float,
    constant: float,
    signals: tuple[float, float],
    standing: float,
    severity: float,
    tone: int,
    between: tuple[float, float] = (0.0, 1.0),
) -> bool:
    """Say whether a drive is nowhere higher inside what it can see than at its corners, as far as probes tell.

    between: the least and the most backing.
    """
    highest = highest_term(kind, weight, constant, signals, standing, severity, tone, between)
    least, most = between
    function = DRIVES[list(DRIVES)[kind]].function
    low, high = signals
    for signal, strength, backing, pressure, threats, fact in POINTS:
        sight = Sight(
            weight, constant, low + signal * (high - low), strength, least + backing * (most - least), standing, pressure,
            MOST_THREATS * threats**3, severity, tone == t.HOSTILE, int(fact * (MOST_COUNT + 1)), tone == t.NEUTRAL,
        )  # fmt: skip
        if function(sight) > highest + SLACK * (1.0 + abs(highest)):
            return False
    return True


def _strategy_problems(compiled: Compiled) -> list[Problem]:
    tables, problems = compiled.tables, []
    names = list(STRATEGIES)
    for actor, name in enumerate(compiled.actors):
        numbers = {
            (float(tables.channel_numbers[era, channel, t.KEEP_MEMORY]), forgiveness, float(rules[t.AVERAGE_MARK]))
            for era, rules in enumerate(tables.rulebook)
            for channel in tables.actor_channels[actor]
            if channel >= 0
            for forgiveness in [float(tables.actor_numbers[era, actor, t.FORGIVENESS])]
        }
        code = int(tables.strategies[actor])
        if not all(answers_no_more_to_less(code, *arguments) for arguments in numbers):
            text = f"the strategy {names[code]} answers more to less, so decisions would be passed over wrongly"
            place = compiled.loaded.tree.node_at(("actors", name, "strategy")).place
            allowed = "a strategy whose answer does not grow while memories fade"
            problems.append(Problem(place, f"actors.{name}.strategy", text, allowed))
    return problems


@lru_cache(maxsize=20_000)
def answers_no_more_to_less(code: int, retained: float, forgiveness: float, average_mark: float) -> bool:
    """Say whether a strategy's answer does not grow while memories only fade, as far as probes tell."""
    function = STRATEGIES[list(STRATEGIES)[code]].function
    for total, more, latest, fading, *_ in POINTS:
        total, latest = MOST_MARKS * total**2, MOST_MARKS * latest**2
        for hostile in (True, False):
            evening = Remembered(
                total, total + MOST_MARKS * more, latest, 1.0 - retained, average_mark, hostile, forgiveness
            )
            for share in (retained, float(fading)):  # after one night, or many
                morning = evening._replace(total=share * total, latest=share * latest)
                if function(morning) > function(evening) * (1.0 + SLACK) + SLACK:
                    return False
    return True
