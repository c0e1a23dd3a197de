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
    """How near a vote feels: rises to 1 on its deadline, then turns to relief that fades as fast."""
    if days_left >= 0:
        return math.exp(-days_left / horizon_days)
    return -relief * math.exp(days_left / horizon_days)


@drive(on="channel", needs=("deadline", "horizon_days", "rival", "constant"), divisors=("horizon_days",))
def electoral_incentive(sight: Sight) -> float:
    """A vote draws hostility, the more the stronger the rival, and holds back cooperation.

    constant: how strong the relief after the deadline is, as a share. Bhasin & Gandhi 2013.
    """
    if sight.neutral:
        return 0.0
    if sight.hostile:
        return sight.weight * sight.signal * sight.strength
    return -sight.weight * sight.signal


@drive(on="base", needs=("constant",))
def relief_seeking(sight: Sight) -> float:
    """Pressure that no patron makes up for draws concessions nobody asked for.

    constant: the share of the weight that works towards concessions.
    """
    return sight.constant * sight.weight * (1.0 - sight.backing) * sight.pressure


@drive(on="channel", needs=("signal",))
def distraction(sight: Sight) -> float:
    """Another crisis (the signal, 0 to 1) takes attention away."""
    return -sight.weight * sight.signal


@drive(on="action", needs=("constant",))
def exposure(sight: Sight) -> float:
    """Severe acts are deterred by pressure, as far as no patron stands behind the actor (Levitsky & Way 2010).

    constant: the exposure felt before there is any pressure.
    """
    return -sight.weight * (1.0 - sight.backing) * (sight.constant + sight.pressure) * sight.severity


@drive(on="action", needs=("constant",), divisors=("constant",))
def audience_cost(sight: Sight) -> float:
    """A threat made in public pushes to carry it out (Tomz 2007).

    constant: the number of open threats at which the push is full.
    """
    return sight.weight * min(1.0, sight.threats / sight.constant)


@drive(on="channel", needs=("client",))
def patronage(sight: Sight) -> float:
    """A patron acts for its client in proportion to its standing backing."""
    factor = sight.weight * sight.standing
    return math.log(factor) if factor > 0.0 else -math.inf


@drive(on="momentum", needs=("client",))
def lapsed_patronage(sight: Sight) -> float:
    """A patron whose standing backing is low does not keep its own campaign going either."""
    factor = sight.weight * sight.standing
    return min(0.0, math.log(factor)) if factor > 0.0 else -math.inf


@drive(on="action", needs=("fact",))
def demobilised(sight: Sight) -> float:
    """Once a fact holds (its party dissolved), an actor does only a share (the weight) of what it did."""
    if sight.fact == 0:
        return 0.0
    return math.log(sight.weight) if sight.weight > 0.0 else -math.inf
