"""Luck: uniform, the same at the same address, and unrelated at neighbouring ones."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.rules import luck
from sim.rules.arrays import ACT, BOOTSTRAP, MISPERCEPTION, POSTERIOR
from sim.rules.luck import drawn
from sim.scenario.compile import address

FIRST_DAY = 736_562  # 21 August 2017
ARREST = np.uint64(address("cambodia", "arrest"))
MANY = 4_000
PINNED = (0.7086894174876511, 0.8456311987543305, 0.1527987204586002)
PURPOSES = (ACT, MISPERCEPTION, POSTERIOR, BOOTSTRAP)
# Some fifty checks of chance below: one true generator in twenty would fail one of them somewhere.
RARE = 0.001
ERRORS = 4  # standard errors, 1/sqrt(n) for a correlation


draws_below, share = (getattr(rule, "py_func", rule) for rule in (luck.draws_below, luck.share))  # as plain Python


@pytest.fixture(scope="module", autouse=True)
def wrap_round():
    with np.errstate(over="ignore"):  # hashes wrap round on purpose
        yield


def stream(along, many=MANY, seed=1, run=0, ordinal=FIRST_DAY, purpose=ACT, name=ARREST):
    """Luck at `many` addresses that differ in one part."""
    if along == "action":
        names = [np.uint64(address("cambodia", f"action_{k}")) for k in range(many)]
        return np.array([drawn(seed, run, ordinal, purpose, name) for name in names])
    given = {"seed": seed, "run": run, "ordinal": ordinal, "purpose": purpose}
    parts = ([*({**given, along: given[along] + k}).values()] for k in range(many))
    return np.array([drawn(*part, name) for part in parts])


def by_hand(*address_parts):
    """Splitmix64's finaliser over the parts of an address, in whole numbers of any size."""
    golden, hashed = 0x9E3779B97F4A7C15, 0x9E3779B97F4A7C15
    for part in address_parts:
        mixed = ((hashed ^ part) + golden) % 2**64
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % 2**64
        hashed = mixed ^ (mixed >> 31)
    return (hashed >> 11) / 2**53


def test_the_numbers_are_pinned():
    """Whoever changes these changes every run that anyone has ever published."""
    assert int(ARREST) == 11201080676095631782
    assert drawn(1, 0, FIRST_DAY, ACT, ARREST) == PINNED[0]
    assert drawn(2, 17, FIRST_DAY + 1, MISPERCEPTION, ARREST) == PINNED[1]
    assert drawn(0, 0, 1, BOOTSTRAP, np.uint64(0)) == PINNED[2]


def test_luck_is_what_whole_numbers_of_any_size_give():
    for seed, run, ordinal, purpose in [
        (1, 0, FIRST_DAY, ACT),
        (7, 123_456, 730_000, MISPERCEPTION),
        (2**40, 2**33, 1, BOOTSTRAP),
    ]:
        assert drawn(seed, run, ordinal, purpose, ARREST) == by_hand(purpose, seed, run, ordinal, int(ARREST))


def test_an_address_is_made_of_names_that_cannot_run_together():
    assert address("a", "bc") != address("ab", "c")


def test_the_same_address_gives_the_same_number():
    assert drawn(1, 5, FIRST_DAY, ACT, ARREST) == drawn(1, 5, FIRST_DAY, ACT, ARREST)


@pytest.mark.parametrize("along", ["run", "ordinal", "seed", "action"])
def test_luck_is_uniform_along_every_part_of_its_address(along):
    found = stream(along)
    assert found.min() >= 0.0
    assert found.max() < 1.0
    assert stats.kstest(found, "uniform").pvalue > RARE
    assert stats.chisquare(np.bincount((found * 50).astype(int), minlength=50)).pvalue > RARE


@pytest.mark.parametrize("along", ["run", "ordinal", "seed", "action"])
def test_neighbours_are_uncorrelated(along):
    """Lag-1 and lag-2 correlations are near 0, and pairs of neighbours fill the square evenly."""
    found = stream(along)
    for lag in (1, 2):
        assert abs(np.corrcoef(found[lag:], found[:-lag])[0, 1]) < ERRORS / math.sqrt(len(found))
    pairs = np.histogram2d(found[1::2], found[::2], bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(pairs.ravel()).pvalue > RARE


@pytest.mark.parametrize(("one", "other"), [(one, other) for one in PURPOSES for other in PURPOSES if one < other])
def test_purposes_are_uncorrelated(one, other):
    first, second = stream("run", purpose=one), stream("run", purpose=other)
    assert abs(np.corrcoef(first, second)[0, 1]) < ERRORS / math.sqrt(MANY)


@pytest.mark.parametrize(
    "change", [{"run": 1}, {"ordinal": FIRST_DAY + 1}, {"seed": 2}, {"name": np.uint64(address("cambodia", "accuse"))}]
)
def test_streams_that_differ_in_another_part_are_uncorrelated(change):
    along = "run" if "ordinal" in change or "name" in change else "ordinal"
    assert abs(np.corrcoef(stream(along), stream(along, **change))[0, 1]) < ERRORS / math.sqrt(MANY)


def test_the_parts_of_an_address_do_not_trade_places():
    """A hash that added its parts up would give run 3 of day 5 the luck of run 5 of day 3."""
    parts = range(8)
    grid = [
        drawn(seed, run, ordinal, purpose, ARREST)
        for seed in parts
        for run in parts
        for ordinal in parts
        for purpose in PURPOSES
    ]
    assert len(set(grid)) == 8 * 8 * 8 * 4


def test_small_and_large_seeds_and_runs_are_allowed():
    numbers = [drawn(seed, run, FIRST_DAY, ACT, ARREST) for seed in (0, 2**31, 2**62) for run in (0, 2**31, 2**62)]
    assert len(set(numbers)) == 9
    assert all(0.0 <= number < 1.0 for number in numbers)


@given(st.floats(0, 2), st.integers(-2, 2))
def test_a_draw_lies_below_a_bound_exactly_if_its_share_does(bound, beside):
    found = int(draws_below(bound))
    if 0 <= found + beside < 2**53:
        assert (found + beside < found) == (float(share(np.int64(found + beside))) < bound)


def test_every_draw_lies_below_what_is_no_number():
    assert int(draws_below(math.nan)) == int(draws_below(math.inf)) == int(draws_below(1.0)) == 2**53
    assert int(draws_below(0.0)) == 0
