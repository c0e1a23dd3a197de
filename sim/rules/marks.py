"""What one act weighs: severity, marks and how common it is. Arithmetic on one action's numbers."""

import math


def severity(goldstein: float, salience: float) -> float:
    """Return |Goldstein| · salience / 10: 1 is the worst act of the scale (Goldstein 1992)."""
    return abs(goldstein) * salience / 10.0


def hostile_mark(goldstein: float, salience: float) -> float:
    """Return the marks that a hostile act adds to its target's memory."""
    return max(0.0, -goldstein) * salience / 10.0


def cooperative_mark(goldstein: float, salience: float) -> float:
    """Return the marks that a cooperative act adds to its target's memory."""
    return max(0.0, goldstein) * salience / 10.0


def frequency(goldstein: float, salience: float, commonness: float, rarity: float, rarity_from: float) -> float:
    """Return how common an action is in its channel: severe ones are rarer, from a weight on."""
    return commonness * math.exp(-rarity * max(0.0, abs(goldstein) * salience - rarity_from))


def kept_overnight(half_life_days: float) -> float:
    """Return the share of a memory that one night leaves."""
    return 2.0 ** (-1.0 / half_life_days)
