"""The gallery: six more crises of the kind, each with a record of its own, load, say what is judgement, and play."""

import numpy as np
import pytest

from sim.engine.learning import compile_scenario
from sim.results.simulate import simulate
from sim.scenario.load import Loaded, load

CASES = ("bolivia", "egypt", "myanmar", "nicaragua", "venezuela", "zimbabwe")


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> Loaded:
    return load(request.param)


def test_a_case_is_short_and_asks_a_question(case):
    scenario = case.scenario
    assert scenario.description.rstrip().endswith("?")
    assert all(scenario.actors[name].label not in (None, name) for name in scenario.actors)
    assert (
        scenario.dates["vote"].source and scenario.clock.replay_until < scenario.dates["vote"].date < scenario.clock.end
    )


def test_backing_is_said_to_be_judgement_and_bounds_hold_all_its_values(case):
    backing = case.scenario.parameters["backing"]
    assert backing.source.startswith("judgement: the word") and "docs/codebook.md" in backing.source
    assert all(backing.low <= value <= backing.high for value in (backing.value, *(backing.steps or {}).values()))
    assert backing.label.endswith("backing") and backing.label != "Backing"


def test_every_row_has_a_source_and_every_act_an_action_of_the_kind_or_the_reason_why_not(case):
    assert len(case.rows) >= 180 and len(case.rows_inside) >= 140
    assert all(row.source and row.description for row in case.rows)
    assert sum("http" not in row.source for row in case.rows) <= 1
    outside = [row for row in case.rows if row not in case.rows_inside]
    assert all(row.outside for row in outside)


def test_no_act_that_the_clock_leaves_out_changes_a_fact(case):
    """Runs count facts from the clock's first day, learning from the record's: so nothing may lie between."""
    entries = case.scenario.actions
    before = [row for row in case.rows_inside if row.day is not None and row.day < case.scenario.clock.start]
    changing = [entries[row.actor][row.action] for row in before]
    assert not [entry for entry in changing if entry.raises or entry.lowers or entry.lowers_first]


def test_a_case_plays_and_each_side_acts(case):
    compiled = compile_scenario(case)
    found = simulate(compiled, 20, seed=1)
    names = [question.name for question in compiled.questions]
    hostile = found.outcomes[:, names.index("hostile_acts")]
    assert np.isfinite(hostile).all() and hostile.min() > 0 and len(set(hostile)) > 5
    learned = {act.actor for act, counted in zip(compiled.acts, compiled.teaching.counted, strict=True) if counted > 0}
    assert learned == set(case.scenario.actors)


def test_backing_changes_in_egypt_on_the_day_of_the_coup():
    backing = load("egypt").scenario.parameters["backing"]
    assert {str(day): value for day, value in backing.steps.items()} == {"2013-07-03": 0.65}
