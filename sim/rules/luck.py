"""Luck is addressed, never drawn in sequence: a hash of seed, run, date, who and what for.

So neither the order of actors nor an added actor, a thread or an engine can change a run; one run of a
million can be replayed alone; and two scenarios under one seed are paired. Splitmix64's finaliser
(Steele, Lea & Flood 2014) mixes each part of the address into the hash.
"""

import math

import numpy as np

from sim.rules.compiled import entry, rule

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
S27, S30, S31, S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
DRAWS = 2.0**53  # as many as a float64 tells apart in [0, 1)
TO_UNIT = 2.0**-53


@rule
def stir(hashed, part):
    """Mix one part of an address into a hash (both uint64)."""
    mixed = (hashed ^ part) + GOLDEN
    mixed = (mixed ^ (mixed >> S30)) * FIRST
    mixed = (mixed ^ (mixed >> S27)) * SECOND
    return mixed ^ (mixed >> S31)


@rule
def run_hash(seed, run, purpose):
    """Hash the part of an address that all decisions of one run and purpose share."""
    hashed = stir(GOLDEN, np.uint64(purpose))  # stirred before the seed comes in, or one's 2 for the other's 1 would do
    hashed = stir(hashed, np.uint64(seed))
    return stir(hashed, np.uint64(run))


@rule
def day_hash(seed, run, ordinal, purpose):
    """Hash the part of an address that all decisions of one day and purpose share."""
    return stir(run_hash(seed, run, purpose), np.uint64(ordinal))


@rule
def unit(hashed):
    """Turn a hash (uint64) into a number in [0, 1)."""
    return np.float64(hashed >> S11) * TO_UNIT


@rule
def draw(day, address):
    """Draw the luck of one decision: one of 2^53 equally likely whole numbers.

    `day`: from `day_hash`; `address`: of the act (both uint64).
    """
    return np.int64(stir(day, address) >> S11)


@rule
def share(draw):
    """Turn a draw into a number in [0, 1), exactly."""
    return np.float64(draw) * TO_UNIT


@rule
def luck(day, address):
    """Draw the luck of one decision, uniform in [0, 1)."""
    return share(draw(day, address))


@rule
def draws_below(bound):
    """Count the draws whose share lies below a bound: all where it is 1 or more, or no number."""
    return np.int64(math.ceil((bound if bound < 1.0 else 1.0) * DRAWS))


@rule
def normal(day, address, second_address):
    """Draw a standard normal number at an address of two parts (Box & Muller 1958)."""
    first = stir(stir(day, address), second_address)
    radius = math.sqrt(-2.0 * math.log(1.0 - unit(first)))
    return radius * math.cos(2.0 * math.pi * unit(stir(first, GOLDEN)))


@entry
def drawn(seed, run, ordinal, purpose, address):
    """Draw the luck at one whole address, for Python: uniform in [0, 1)."""
    return luck(day_hash(seed, run, ordinal, purpose), address)
