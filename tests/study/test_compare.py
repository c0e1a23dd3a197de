"""Comparisons: paired differences by hand, and the acts on which runs part."""

import math
from collections import Counter
from datetime import date

import numpy as np
import pytest
from toy import compiled as toy_compiled
from toy import day, force, shipped, toy

import sim.study.compare
from sim.results.blocks import Block
from sim.results.estimates import estimates
from sim.results.simulate import simulate
from sim.results.units import ACTS, DATE, SHARE, Component
from sim.rules.arrays import FREE
from sim.study.compare import compare
from sim.study.comparison_table import comparison_data, comparison_text
from sim.study.differences import Pairs, difference
from sim.study.parting import Parting

RUNS = 60


def shares(**counts: int) -> Pairs:
    """Pairs of a share: yes_no=3 is three pairs in which it is so here and not there."""
    named = {"yes_yes": (1, 1), "yes_no": (1, 0), "no_yes": (0, 1), "no_no": (0, 0)}
    return Pairs(Component("ban", "", SHARE, True), Counter({named[name]: count for name, count in counts.items()}))


def test_a_share_has_its_difference_effect_and_exact_test_by_hand():
    found = difference(shares(yes_yes=30, yes_no=8, no_yes=2, no_no=60), seed=1)
    assert (found.here, found.there, found.pairs, found.differing) == (0.38, 0.32, 100, 10)
    assert found.difference == pytest.approx(-0.06)
    assert found.effect == pytest.approx(2 * math.asin(math.sqrt(0.32)) - 2 * math.asin(math.sqrt(0.38)))
    assert found.p_value == pytest.approx(2 * (1 + 10 + 45) / 2**10)  # two or fewer of ten, either way
    apart, paired = (0.38 * 0.62 + 0.32 * 0.68) / 0.99, (10 - 100 * 0.06**2) / 99
    assert found.pairing_saves == pytest.approx(apart / paired)


def test_the_bootstrap_interval_is_near_the_normal_one():
    found = difference(shares(yes_yes=300, yes_no=180, no_yes=60, no_no=460), seed=1)
    half = 1.96 * math.sqrt((240 / 1000 - 0.12**2) / 1000)
    assert (found.low, found.high) == pytest.approx((-0.12 - half, -0.12 + half), abs=0.003)


def test_the_interval_hangs_on_the_seed_and_on_nothing_else():
    pairs = {"yes_yes": 3011, "yes_no": 811, "no_yes": 207, "no_no": 6003}
    one, again = difference(shares(**pairs), 1), difference(shares(**dict(reversed(pairs.items()))), 1)
    assert one == again
    assert (one.low, one.high) != (difference(shares(**pairs), 2).low, difference(shares(**pairs), 2).high)


def test_a_number_is_compared_in_standard_deviations_of_the_reference():
    pairs = Pairs(Component("acts", "", ACTS, True))
    pairs.add(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 4.0, 3.0, 7.0]))
    found = difference(pairs, 1)
    assert (found.here, found.there, found.difference, found.differing) == (2.5, 4.0, 1.5, 3)
    assert found.effect == pytest.approx(1.5 / math.sqrt(5 / 3))
    assert found.low <= 1.5 <= found.high
    assert math.isnan(found.p_value)


def test_a_day_is_compared_where_it_came_on_both_sides():
    pairs = Pairs(Component("day", "", DATE, True))
    pairs.add(np.array([10.0, np.nan, 20.0, np.nan]), np.array([12.0, 5.0, np.nan, np.nan]))
    found = difference(pairs, 1)
    assert (found.pairs, pairs.alone, found.difference) == (1, 3, 2.0)


def test_what_never_came_on_both_sides_has_no_difference():
    pairs = Pairs(Component("day", "", DATE, True))
    pairs.add(np.array([np.nan]), np.array([5.0]))
    found = difference(pairs, 1)
    assert found.pairs == 0 and math.isnan(found.difference) and math.isnan(found.low)


def block(*acts: tuple[int, int, int], runs: int = 4) -> Block:
    return Block(0, np.zeros((runs, 0)), np.array(acts, np.int32).reshape(-1, 3))


def test_runs_part_on_the_first_day_that_differs_by_the_acts_of_that_day(tmp_path):
    scenario = toy_compiled(tmp_path, toy(days=30, weights=(-5.0, -2.0)))
    names = [act.name for act in scenario.acts]
    parting = Parting(scenario, scenario)
    here = block((0, 3, 0), (0, 5, 1), (1, 4, 2), (2, 9, 3), (3, 1, 0))
    there = block((0, 3, 0), (0, 6, 1), (1, 4, 2), (1, 4, 3), (2, 9, 3), (3, 1, 1))
    parting.add(here, there)
    assert (parting.runs, parting.parted) == (4, 3)
    assert parting.days == {day(5): 1, day(4): 1, day(1): 1}
    assert parting.median_day == day(4)
    assert parting.acts == {
        ("here", names[1]): 1,  # run 0; that it comes a day later there is no part of it
        ("there", names[3]): 1,  # run 1
        ("here", names[0]): 1,
        ("there", names[1]): 1,  # run 3: both acts of its day
    }


def test_acts_that_a_scenario_orders_are_passed_over(tmp_path):
    """A forced act differs on purpose; what follows from it is what one wants to know."""
    plain = toy_compiled(tmp_path, toy(days=30))
    forced = toy_compiled(tmp_path, toy(days=30) | {"acts": force("one.other_0", 5)})
    assert (forced.tables.schedule != FREE).sum() == 1
    parting = Parting(plain, forced)
    code = [act.name for act in plain.acts].index("one.other_0")
    parting.add(block((0, 8, code), runs=1), block((0, 5, code), runs=1))
    assert parting.days == {day(8): 1}
    assert parting.acts == {("here", "one.other_0"): 1}


@pytest.fixture(scope="module")
def arrest():
    return compare(shipped("baseline"), shipped("no_arrest"), RUNS)


def test_differences_are_those_of_two_ensembles(arrest):
    alone = [
        {one.name: one.value for one in estimates(simulate(shipped(name), RUNS).totals.tally)}
        for name in ("baseline", "no_arrest")
    ]
    for found in arrest.differences:
        if found.unit.kind != "median":
            assert (found.here, found.there) == pytest.approx([side[found.name] for side in alone], abs=1e-9)
    assert any(found.differing for found in arrest.differences)
    assert ("here", "cambodia.detain_leader") not in arrest.parting.acts
    assert min(arrest.parting.days) > date(2017, 9, 15)


def test_two_identical_scenarios_show_no_difference_exactly():
    found = compare(shipped("baseline"), shipped("baseline"), RUNS)
    assert all((one.differing, one.low, one.high) == (0, 0.0, 0.0) for one in found.differences if one.pairs)
    assert found.parting.parted == 0
    assert "is the same in all 60 pairs" in str(comparison_text(found))


def test_no_size_of_a_block_changes_a_comparison(arrest, monkeypatch):
    monkeypatch.setattr(sim.study.compare, "BLOCK_RUNS", 7)
    again = compare(shipped("baseline"), shipped("no_arrest"), RUNS)
    assert comparison_data(again) == comparison_data(arrest)
    assert str(comparison_text(again)) == str(comparison_text(arrest))


def test_outcomes_that_only_one_asks_are_told():
    found = compare(shipped("baseline"), shipped("european_union"), 4)
    assert "imposed.european_union.sanction_economy" in found.asked_once
    assert "so not compared: " in str(comparison_text(found))


def test_classes_are_compared_by_their_names_whatever_their_order():
    renamed = shipped("baseline", "outcomes.path.classes.calm=a quiet end")
    found = compare(shipped("baseline"), renamed, 20)
    names = [one.name for one in found.differences if one.name.startswith("path.")]
    assert names == ["path.managed_tension", "path.entrenched_repression", "path.rupture"]
    assert found.asked_once == ["path.a_quiet_end", "path.de-escalation"]
    assert all(one.differing == 0 for one in found.differences)


def test_an_outcome_of_one_name_in_two_units_is_told_and_not_compared():
    other = shipped("baseline", "outcomes.hostile_acts={metric: happened, acts: {tone: hostile}, meaning: any}")
    found = compare(shipped("baseline"), other, 4)
    assert "hostile_acts" in found.asked_once and "hostile_acts" not in [one.name for one in found.differences]


def test_a_lever_that_pulls_one_way_pulls_it_in_every_pair():
    """With U.S. hostility doubled in its base, no pair may have fewer U.S. acts in all by chance alone: the mean rises."""
    more = shipped("baseline", "channels.united_states.cambodia.hostile.base=0.0424")
    found = {one.name: one for one in compare(shipped("baseline"), more, 400).differences}
    acts = found["hostile_acts_of.united_states.cambodia"]
    assert acts.low > 0
    assert acts.pairing_saves > 1


def test_two_scenarios_of_one_name_are_told_apart_by_their_files(tmp_path):
    sides = [toy_compiled(tmp_path, toy(days=30, base=base)) for base in (0.1, 0.2)]
    text = " ".join(str(comparison_text(compare(*sides, 20, 1))).split())
    assert all(f"Toy ({side.loaded.file})" in text for side in sides)
