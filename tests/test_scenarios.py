"""Every scenario that ships loads, runs, and asks something that the baseline does not."""

import numpy as np
import pytest

from sim.engine.learning import compile_scenario
from sim.results.estimates import estimates
from sim.results.simulate import simulate
from sim.rules.arrays import STANDING
from sim.scenario.library import shipped_files, shipped_names
from sim.scenario.load import load
from sim.scenario.quantities import quantities

RUNS = 60
CASES = ("bolivia", "egypt", "myanmar", "nicaragua", "venezuela", "zimbabwe")  # tests/test_cases.py
LAID_OVER = [f"baseline+{name}" for name in shipped_files("variant")]
VARIANTS = [*LAID_OVER, *(name for name in shipped_names() if name not in ("baseline", "border", *CASES))]


@pytest.fixture(scope="module")
def baseline():
    return simulate(compile_scenario(load("baseline")), RUNS, seed=1)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_differs_from_the_baseline_in_some_outcome(name, baseline):
    varied = simulate(compile_scenario(load(name)), RUNS, seed=1)
    here = {one.name: one.value for one in estimates(varied.totals.tally)}
    there = {one.name: one.value for one in estimates(baseline.totals.tally)}
    assert any(here[outcome] != there[outcome] for outcome in there if not np.isnan(there[outcome]))


def test_two_neighbours_who_are_not_in_the_baseline_have_their_own_crisis():
    found = simulate(compile_scenario(load("border")), RUNS, seed=1)
    assert {name for pair in found.compiled.pairs for name in pair} == {"north", "south"}
    assert found.outcomes[:, 0].any() and not found.outcomes[:, 0].all()  # shots in some runs only


@pytest.mark.parametrize("name", ["baseline", *VARIANTS])
def test_every_variant_says_which_question_it_asks(name):
    assert load(name).scenario.description.rstrip().endswith(("?", ".")) and "?" in load(name).scenario.description


def test_every_number_of_the_baseline_has_unit_range_meaning_and_source():
    bare = []
    for found in quantities(load("baseline").scenario):
        entry = found.quantity
        told = (entry.unit, entry.low, entry.high, entry.meaning, entry.source)
        counts = found.path[-1] in ("at_least", "at_most", "days_since", "cap", "full_at")  # the logic of facts
        if entry.value is not None and None in told and not counts:
            bare.append(found.path)
        if entry.value is not None and None not in told:
            assert entry.low <= entry.value <= entry.high, found.path
    assert not bare


def test_the_seventeen_acts_of_the_article_are_replayed_with_source_and_caveat():
    loaded = load("baseline")
    assert len(loaded.ordered) == 17
    assert all(order.source for order in loaded.ordered)
    caveats = {order.name: order.note for order in loaded.ordered}
    assert "solely about deportees" in caveats["united_states.suspend_visas"]
    assert "no stored page shows an expulsion order" in caveats["cambodia.demand_withdrawal"]
    assert "15 Sept" in caveats["cambodia.suspend_cooperation"]


def test_every_row_of_the_record_is_coded_or_outside_with_its_reason():
    loaded = load("baseline")
    declared = loaded.scenario.record.outside_actors
    assert len(loaded.rows) == 173
    outside = [row for row in loaded.rows if row not in loaded.rows_inside]
    assert all(row.outside or row.actor in declared or row.target in declared for row in outside)
    months = [row for row in loaded.rows if row.day is None]
    assert len(months) == 22 and not [order for order in loaded.ordered if order.place in {row.place for row in months}]


def test_the_arrest_withheld_leaves_the_rest_of_the_replay_as_it_was():
    names = [order.name for order in load("no_arrest").ordered if order.do == "force"]
    assert len(names) == 16 and "cambodia.detain_leader" not in names


def test_backing_is_withdrawn_on_its_date():
    compiled = compile_scenario(load("baseline+backing_withdrawn"))
    standing = compiled.tables.actor_numbers[:, compiled.actors.index("cambodia"), STANDING]
    by_day = {str(compiled.date(day)): standing[compiled.tables.clock[day, 1]] for day in range(compiled.days)}
    assert (by_day["2018-02-28"], by_day["2018-03-01"]) == (0.85, 0.0)
