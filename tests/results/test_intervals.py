"""Intervals against what other hands reckon: SciPy, tables, and how often they hold what they should."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.results import intervals as i

MOST_RUNS = 2**31 - 1  # that the commands take
COUNTS = st.one_of(st.integers(1, 50), st.integers(1, 100_000), st.integers(1, MOST_RUNS))


@pytest.mark.parametrize(
    ("hits", "runs", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (263, 500, 0.4822, 0.5694)],
)
def test_shares_have_wilsons_interval(hits, runs, low, high):
    """By hand: centre (p + z²/2n)/(1 + z²/n), half-width z·√(p(1-p)/n + z²/4n²)/(1 + z²/n), z = 1.96."""
    assert i.wilson(hits, runs) == pytest.approx((low, high), abs=5e-5)


@given(st.data(), COUNTS)
def test_wilsons_interval_is_scipys(data, runs):
    hits = data.draw(st.integers(0, runs))
    wanted = stats.binomtest(hits, runs).proportion_ci(method="wilson")
    assert i.wilson(hits, runs) == pytest.approx((wanted.low, wanted.high), rel=1e-9, abs=1e-12)


def test_many_shares_at_once_are_each_by_itself():
    hits = np.arange(12).reshape(3, 4)
    low, high = i.wilson(hits, 11)
    assert low.shape == high.shape == (3, 4)
    for place, one in np.ndenumerate(hits):
        assert (low[place], high[place]) == i.wilson(int(one), 11)


@pytest.mark.parametrize(("hits", "runs"), [(0, 0), (-1, 5), (6, 5), ([1, 9], 5)])
def test_what_is_no_share_has_no_interval(hits, runs):
    with pytest.raises(ValueError, match="from none to all"):
        i.wilson(hits, runs)


def test_the_median_interval_is_that_of_its_order_statistics():
    """Of ten numbers, the second to the ninth hold the median with 97.9 % (Conover's table)."""
    assert i.median_ranks(10) == (1, 8)
    assert i.median_ranks(6) == (0, 5)  # 96.9 %
    assert i.median_ranks(5) == (-1, -1)  # the whole span holds it with 93.75 %
    assert i.median_ranks(0) == (-1, -1)


def ranks_of_scipy(counts: np.ndarray) -> np.ndarray:
    return stats.binom.ppf(0.025, counts, 0.5).astype(np.int64) - 1


@given(st.lists(COUNTS, min_size=1, max_size=20))
def test_ranks_are_those_of_scipys_binomial_quantile(counts):
    low, high = i.median_ranks(np.array(counts))
    wanted = ranks_of_scipy(np.array(counts))
    assert np.array_equal(low, np.maximum(wanted, -1))
    assert np.array_equal(high[low >= 0], (np.array(counts) - 1 - wanted)[low >= 0])


def test_ranks_are_the_same_for_every_count_and_where_the_inverse_alone_misses():
    every = np.arange(1, 20_001)
    assert np.array_equal(i.median_ranks(every)[0], np.maximum(ranks_of_scipy(every), -1))
    missed = np.array([50_942_134, 112_072_296, 221_349_657, 518_789_431])  # found by trying: `bdtrik` is off by one
    assert np.array_equal(i.median_ranks(missed)[0], ranks_of_scipy(missed))


@given(st.integers(1, 10_000), st.floats(0.0, 1.0), st.sampled_from(i.ENDS))
def test_the_binomial_quantile_is_scipys(count, chance, below):
    assert i.binomial_quantile(below, count, chance) == stats.binom.ppf(below, count, chance)


@given(st.integers(1, 10_000), st.floats(0.0, 1.0))
def test_hits_lie_in_the_middle_of_scipys(count, chance):
    assert tuple(map(int, i.binomial_middle(count, chance))) == stats.binom.interval(0.95, count, chance)


def test_a_counted_median_is_that_of_the_numbers():
    numbers = np.random.default_rng(1).integers(0, 9, 101)
    ((median, low, high),) = i.medians_of_counts([np.bincount(numbers, minlength=12)])
    below, above = i.median_ranks(101)
    assert median == np.median(numbers)
    assert (low, high) == (np.sort(numbers)[below], np.sort(numbers)[above])


def test_few_numbers_have_a_median_without_ends_and_none_has_none():
    few, none = i.medians_of_counts([np.array([0, 2, 1]), np.zeros(3, np.int64)])
    assert few[0] == 1.0 and np.isnan(few[1:]).all()
    assert np.isnan(none).all()


def test_a_counted_mean_is_that_of_the_numbers():
    numbers = np.random.default_rng(1).integers(0, 9, 200)
    found = i.mean_of_counts(np.arange(9.0), np.bincount(numbers, minlength=9))
    assert found == pytest.approx([float(one) for one in i.mean_of_runs(numbers)])
    half = 1.96 * numbers.std(ddof=1) / math.sqrt(200)
    assert found == pytest.approx((numbers.mean(), numbers.mean() - half, numbers.mean() + half), abs=1e-4)


def test_a_mean_without_end_or_of_one_number_has_no_interval():
    mean, low, high = i.mean_of_counts(np.array([1.0, np.inf]), np.array([5, 1]))
    assert mean == np.inf and math.isnan(low) and math.isnan(high)
    mean, low, high = i.mean_of_counts(np.array([1.0, 2.0]), np.array([0, 1]))
    assert mean == 2.0 and math.isnan(low) and math.isnan(high)
    assert np.isnan(i.mean_of_counts(np.array([1.0]), np.array([0]))).all()


def test_a_bootstrap_from_counts_is_near_the_normal_interval_and_does_not_hang_on_their_order():
    values, counts = np.array([-1.0, 0.0, 1.0]), np.array([150, 700, 250])
    found = i.mean_drawn_again(values, counts, np.random.default_rng(1), 2000)
    assert found == pytest.approx(i.mean_of_counts(values, counts)[1:], abs=0.003)
    parted = i.mean_drawn_again(
        np.array([1.0, -1.0, 0.0, 1.0]), np.array([50, 150, 700, 200]), np.random.default_rng(1), 2000
    )
    assert parted == found


def test_weights_drawn_again_add_up_to_one():
    rng = np.random.default_rng(1)
    assert i.drawn_again(rng, 7).shape == (7,) and i.drawn_again(rng, 7, 5).shape == (5, 7)
    assert i.drawn_again(rng, 7, 5).sum(axis=1) == pytest.approx(np.ones(5))


def test_blocks_drawn_again_are_whole_and_wrap_round():
    places = i.blocks_drawn_again(np.random.default_rng(1), 8, 3, 500)
    assert places.shape == (500, 8) and set(places.ravel()) == set(range(8))
    assert (((places[:, 1:3] - places[:, :2]) % 8) == 1).all()  # the first block
    assert (((places[:, 7] - places[:, 6]) % 8) == 1).all()  # what there is of the last


def test_the_middle_of_draws_leaves_out_those_that_have_no_number():
    draws = np.array([*np.arange(1001.0), np.nan])
    assert i.middle(draws) == (25.0, 975.0)
    assert i.middle(draws, at_once=5) == pytest.approx((5.0, 995.0))
    low, high = i.middle_ranked(np.array([-np.inf] * 50 + [1.0] * 900 + [np.inf] * 50))
    assert (low, high) == (-np.inf, np.inf)


def test_intervals_that_hold_at_once_are_wider():
    assert i.at_once(1) == pytest.approx(1.0)
    assert i.at_once(10) == pytest.approx(stats.norm.ppf(1 - 0.025 / 10) / stats.norm.ppf(0.975))
    assert i.student_reach(2.0, 3.0) == pytest.approx(2.0 * stats.t.ppf(0.975, 3.0))
    assert (1 - i.rule_of_three(100)) ** 100 == pytest.approx(0.05, abs=0.003)


def test_the_jackknife_of_a_mean_is_the_normal_interval_of_its_groups():
    groups = np.random.default_rng(1).normal(size=20)
    parts = [np.delete(groups, one).mean() for one in range(20)]
    assert i.jackknife(groups.mean(), parts) == pytest.approx([float(end) for end in i.mean_of_runs(groups)[1:]])


def test_nothing_that_a_run_needs_loads_scipys_distributions():
    """They take as long to load as all else together."""
    rooms = (
        "sim.results.estimates, sim.results.simulate, sim.study.compare, sim.evidence.scores, sim.figures.verification"
    )
    code = f"import sys, {rooms}; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
