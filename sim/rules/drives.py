"""Drives: named terms of the log-hazard, each one sentence, each with its weight in the data.

A drive reads a `Sight`, the same morning's picture for everyone. Its stage says what it moves: `base`
the unprovoked rate, `channel` base and answers, `momentum` what one's own campaign adds (no term above 0
there: no drive may make a campaign feed on itself), `action` everything about one action.
"""

import math
from typing import NamedTuple

from sim.rules.registry import drive


class Sight(NamedTuple):
    """What a drive may read. Shares lie in 0..1; `threats` counts open threats; `severity` is |Goldstein|·salience/10."""

    weight: float
    constant: float
    signal: float
    strength: float
    backing: float
    standing: float
    pressure: float
    threats: float
    severity: float
    hostile: bool
    fact: int
    neutral: bool = False


def proximity(days_left: int, horizon_days: float, relief: float) -> float:
    """Measure how near a vote feels: 1 on its deadline, relief that fades as fast afterwards.

    Parameters: days_left until the vote, negative after it; horizon_days, in which the feeling falls to 1/e; relief, a
    share. Returns a number from -relief to 1.
    """
    if days_left >= 0:
        return math.exp(-days_left / horizon_days)
    return -relief * math.exp(days_left / horizon_days)


@drive(on="channel", needs=("deadline", "horizon_days", "rival", "constant"), divisors=("horizon_days",))
def electoral_incentive(sight: Sight) -> float:
    """Draws hostility before a vote, the more the stronger the rival, and holds back cooperation.

    constant: how strong the relief after the deadline is, as a share. Bhasin & Gandhi 2013.
    """
    if sight.neutral:
        return 0.0
    if sight.hostile:
        return sight.weight * sight.signal * sight.strength
    return -sight.weight * sight.signal


@drive(on="base", needs=("constant",))
def relief_seeking(sight: Sight) -> float:
    """Draws concessions nobody asked for from pressure that no patron makes up for.

    constant: the share of the weight that works towards concessions.
    """
    return sight.constant * sight.weight * (1.0 - sight.backing) * sight.pressure


@drive(on="channel", needs=("signal",))
def distraction(sight: Sight) -> float:
    """Takes attention away, as another crisis (the signal, 0 to 1) asks for it."""
    return -sight.weight * sight.signal


@drive(on="action", needs=("constant",))
def exposure(sight: Sight) -> float:
    """Deters severe acts by pressure, as far as no patron stands behind the actor (Levitsky & Way 2010).

    constant: the exposure felt before there is any pressure.
    """
    return -sight.weight * (1.0 - sight.backing) * (sight.constant + sight.pressure) * sight.severity


@drive(on="action", needs=("constant",), divisors=("constant",))
def audience_cost(sight: Sight) -> float:
    """Pushes to carry out a threat made in public (Tomz 2007).

    constant: the number of open threats at which the push is full.
    """
    return sight.weight * min(1.0, sight.threats / sight.constant)


@drive(on="channel", needs=("client",))
def patronage(sight: Sight) -> float:
    """Lets a patron act for its client in proportion to its standing backing."""
    factor = sight.weight * sight.standing
    return math.log(factor) if factor > 0.0 else -math.inf


@drive(on="momentum", needs=("client",))
def lapsed_patronage(sight: Sight) -> float:
    """Holds back the campaign that a patron of low standing backing would keep going."""
    factor = sight.weight * sight.standing
    return min(0.0, math.log(factor)) if factor > 0.0 else -math.inf


@drive(on="action", needs=("fact",))
def demobilised(sight: Sight) -> float:
    """Leaves an actor only a share (the weight) of what it did, once a fact holds (its party dissolved)."""
    if sight.fact == 0:
        return 0.0
    return math.log(sight.weight) if sight.weight > 0.0 else -math.inf
