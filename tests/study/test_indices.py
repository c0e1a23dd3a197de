"""Sensitivity through the code that sweeps use, on functions whose answer is known."""

import re

import numpy as np
import pytest

from sim.results.intervals import wilson
from sim.study.boxes import choosing, find_box
from sim.study.design import cube, scaled
from sim.study.indices import effects, indices, shares, survivors
from sim.study.schema import Range

pytestmark = pytest.mark.slow  # and the same on every Python

A, B = 7.0, 0.1


def ishigami(unit: np.ndarray) -> np.ndarray:
    """sin x1 + a·sin² x2 + b·x3⁴·sin x1 over [-π, π]³ (Ishigami & Homma 1990)."""
    x = (2.0 * unit - 1.0) * np.pi
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def answer() -> tuple[np.ndarray, np.ndarray]:
    """Its indices of first and of total order, in closed form."""
    first = np.array([0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2, A**2 / 8.0, 0.0])
    together = B**2 * np.pi**8 * 8.0 / 225.0  # of the first number with the third
    variance = first.sum() + together
    return first / variance, (first + np.array([together, 0.0, together])) / variance


def test_sobol_indices_of_ishigami_are_those_in_closed_form():
    result = indices(3, ishigami(cube("saltelli", 3, 4096, seed=1)), seed=1)
    for intervals, known in zip((result.first, result.total), answer(), strict=True):
        for (value, low, high), expected in zip(intervals, known, strict=True):
            assert value == pytest.approx(expected, abs=0.02)
            assert low - 0.005 <= expected <= high + 0.005


def test_intervals_of_indices_narrow_with_the_sample():
    widths = [
        np.ptp(indices(3, ishigami(cube("saltelli", 3, samples, seed=1)), seed=1).total[0][1:])
        for samples in (256, 4096)
    ]
    assert widths[1] < widths[0] / 2


def test_nothing_that_varies_has_no_index():
    assert np.isnan(indices(2, np.full(4 * 8, 3.0), seed=1).first).all()


def test_morris_ranks_ishigami_and_leaves_out_a_number_without_effect():
    design = cube("morris", 4, 100, seed=1)
    result = effects(design, ishigami(design[:, :3]), seed=1)
    assert result.mean[3] == 0.0 and (result.mean[:3] > 1.0).all()
    assert result.spread[2] > result.mean[2] * 0.5  # the third acts only with the first
    assert survivors([result], 4).tolist() == [True, True, True, False]


def test_morris_effect_of_a_straight_line_is_its_slope():
    design = cube("morris", 2, 10, seed=1)
    result = effects(design, 3.0 * design[:, 0] - 2.0 * design[:, 1], seed=1)
    assert result.mean == pytest.approx([3.0, 2.0]) and result.spread == pytest.approx([0.0, 0.0], abs=1e-12)


def test_what_matters_for_any_outcome_is_kept():
    design = cube("morris", 2, 10, seed=1)
    first, second, none = (
        effects(design, outcomes, seed=1) for outcomes in (design[:, 0], design[:, 1], 0.0 * design[:, 0])
    )
    assert survivors([first], 2).tolist() == [True, False]
    assert survivors([first, second], 2).tolist() == [True, True]
    assert survivors([none], 2).tolist() == [True, True]


def test_no_more_are_kept_than_asked_for_and_the_largest_first():
    design = cube("morris", 3, 10, seed=1)
    result = effects(design, design @ [1.0, 3.0, 2.0], seed=1)
    assert survivors([result], 2).tolist() == [False, True, True]


def played(samples: int, runs: int, seed: int) -> np.ndarray:
    """Return float64 (2 rules, points, runs): variances of 4 by chance, 1 by the only number, 1 by the rule, in units of 1/12."""
    spread, rng = np.sqrt(1 / 12), np.random.default_rng(seed)
    x = cube("saltelli", 1, samples, seed)[:, 0]
    luck = rng.normal(0.0, 2.0 * spread, runs)  # the same at every point
    levels = np.array([0.0, 2.0 * spread])
    return levels[:, None, None] + x[:, None] + luck


def test_shares_of_chance_parameters_and_rule_are_those_that_were_put_in():
    result = shares(played(512, 1500, seed=1), 3, seed=1)
    for interval, expected in zip((result.chance, result.parameters, result.rule), (4 / 6, 1 / 6, 1 / 6), strict=True):
        assert interval[0] == pytest.approx(expected, abs=0.03) and interval[1] <= interval[0] <= interval[2]
    assert result.chance[0] + result.parameters[0] + result.rule[0] == pytest.approx(1.0)
    assert result.rule_in_all[0] == pytest.approx(result.rule[0])  # it does nothing together with the number


def test_intervals_of_shares_hold_the_truth_as_often_as_they_say():
    """Luck is the same at every point, so an interval that drew points alone would hold it seldom."""
    covered = [
        low <= 4 / 6 <= high for seed in range(60) for _, low, high in [shares(played(32, 60, seed), 3, seed).chance]
    ]
    assert 0.85 <= np.mean(covered) <= 1.0


def test_a_rule_that_turns_a_number_round_acts_only_together_with_it():
    x = cube("saltelli", 1, 256, seed=1)[:, 0] - 0.5
    result = shares(np.stack([x, -x])[:, :, None] + np.zeros(4), 3, seed=1)
    assert result.rule[0] == pytest.approx(0.0, abs=1e-6) and result.rule_in_all[0] == pytest.approx(1.0, abs=1e-3)


def test_shares_of_what_never_varies_are_no_numbers():
    assert np.isnan(shares(np.zeros((1, 12, 5)), 3, seed=1).chance).all()


def test_a_seed_of_0_gives_the_same_intervals_again():
    outcomes = ishigami(cube("saltelli", 3, 64, seed=1))
    assert indices(3, outcomes, seed=0) == indices(3, outcomes, seed=0)


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return cube("sobol", 3, 1024, seed=1)


def test_a_box_is_found_where_it_was_put(points):
    inside = (points[:, 0] > 0.7) & (points[:, 1] < 0.5)
    box = find_box(["backing", "rarity", "noise"], points, inside, seed=1)
    assert [side.name for side in box.sides] == ["backing", "rarity"]
    assert box.sides[0].low == pytest.approx(0.7, abs=0.06) and box.sides[0].high is None
    assert box.sides[1].high == pytest.approx(0.5, abs=0.06) and box.sides[1].low is None
    assert min(box.coverage[0], box.density[0]) > 0.8
    assert box.sentence("ban").startswith(
        "ban is likelier than not at "
    ) and "points where backing > 0." in box.sentence("ban")


def test_a_box_with_two_sides_is_told_with_both(points):
    box = find_box(["a", "b", "c"], points, (points[:, 2] > 0.3) & (points[:, 2] < 0.6), seed=1)
    assert [side.name for side in box.sides] == ["c"]
    assert " < c < " in box.sentence("ban")


def test_a_box_is_in_the_units_of_its_numbers_on_a_log_scale_and_of_whole_numbers(points):
    spread = Range(low=1, high=1000, scale="log")
    days = scaled(points[:, 0], spread, 1.0, 1000.0)
    count = scaled(points[:, 1], Range(low=1, high=8, integer=True), 1.0, 8.0)
    both = find_box(["days", "count"], np.stack([days, count], axis=1), (days < 30) & (count >= 4), seed=1)
    assert both.sides[0].high == pytest.approx(30, rel=0.1) and both.sides[0].low is None
    assert "days < " in both.sentence("ban") and "count ≥ 4;" in both.sentence("ban")
    among = find_box(["days", "count"], np.stack([days, count], axis=1), (count >= 3) & (count <= 6), seed=1)
    assert "points where 3 ≤ count ≤ 6;" in among.sentence("ban")
    one = find_box(["days", "count"], np.stack([days, count], axis=1), count == 5, seed=1)
    assert "points where count = 5;" in one.sentence("ban")
    assert one.density[0] == one.coverage[0] == 1.0


def test_a_box_in_which_it_is_not_likelier_than_not_is_no_box(points):
    seldom = np.random.default_rng(1).random(1024) < np.where(points[:, 0] > 0.5, 0.3, 0.02)
    assert find_box(["a", "b", "c"], points, seldom, seed=1) is None


def test_where_there_is_nothing_to_find_there_is_no_box(points):
    assert find_box(["a", "b", "c"], points, np.zeros(1024, bool), seed=1) is None
    assert find_box(["a", "b", "c"], points, np.ones(1024, bool), seed=1) is None


def test_sides_that_could_be_chance_are_let_go(points):
    inside = np.random.default_rng(1).random(1024) < np.where(points[:, 0] > 0.5, 0.9, 0.1)
    assert [side.name for side in find_box(["a", "b", "c"], points, inside, seed=1).sides] == ["a"]


def test_what_is_told_of_a_box_is_of_points_that_did_not_choose_it(points):
    interesting = np.random.default_rng(3).random(len(points)) < np.where(points[:, 0] > 0.6, 0.8, 0.1)
    chose, names = choosing(points, 5), ["n0", "n1", "n2"]
    box = find_box(names, points, interesting, seed=5)
    others = np.where(chose, interesting, np.random.default_rng(4).random(len(points)) < 0.3)
    assert find_box(names, points, others, seed=5).sides == box.sides  # they have no say
    inside, counted = within(box, points) & ~chose, interesting & ~chose
    assert (box.inside, box.points) == (inside.sum(), (~chose).sum())
    hits = (inside & counted).sum()
    for told, of in ((box.density, inside.sum()), (box.coverage, counted.sum())):
        assert told == pytest.approx((hits / of, *(float(end) for end in wilson(hits, of))))


def within(box, points):
    """Which points lie in a box of numbers n0, n1, …"""
    inside = np.ones(len(points), bool)
    for side in box.sides:
        column = points[:, int(side.name[1:])]
        inside &= (column >= (-np.inf if side.low is None else side.low)) & (
            column <= (np.inf if side.high is None else side.high)
        )
    return inside


def test_which_points_choose_hangs_on_the_seed_and_on_the_point_alone(points):
    chose = choosing(points, 1)
    assert 0.4 < chose.mean() < 0.6
    assert (choosing(points[::-1], 1) == chose[::-1]).all() and (choosing(points, 2) != chose).any()
    assert (choosing(np.concatenate([points, points]), 1) == np.concatenate([chose, chose])).all()


def test_the_sentence_of_a_box_says_how_sure_its_shares_are_and_what_they_are_counted_on(points):
    box = find_box(["backing", "rarity", "noise"], points, points[:, 0] > 0.7, seed=1)
    text = box.sentence("ban")
    assert re.match(
        r"ban is likelier than not at \d+% \(\d+% to \d+%\) of the [\d,]+ points where backing > 0\.\d+;", text
    )
    assert (
        f"(Counted on {(~choosing(points, 1)).sum()} points that did not choose the box; in brackets, 95 % intervals.)"
        in text
    )
