"""Other numbers in a scenario that is compiled already: the same tables as a file with those numbers would give."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import ScenarioError, compile_scenario, load
from sim.rules.tables import Tables
from sim.scenario.revalue import Revaluer, held

KEYS = [
    "parameters.reciprocity",
    "parameters.rarity",
    "parameters.sympathy",
    "parameters.electoral_horizon_days",
    "parameters.threat_before_imposition",
    "parameters.leader_salience",
    "channels.cambodia.united_states.hostile.base",
]


def same(one: Tables, other: Tables) -> list[str]:
    """The tables that differ."""
    return [name for name in Tables._fields if getattr(one, name).tobytes() != getattr(other, name).tobytes()]


@pytest.fixture(scope="module")
def baseline():
    return load("baseline")


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(0.05, 0.45), min_size=len(KEYS), max_size=len(KEYS)))
def test_other_values_give_the_tables_of_a_file_with_those_values(values):
    revalued = Revaluer(load("baseline"), KEYS).at(values)
    written = compile_scenario(load("baseline", [f"{key}={value!r}" for key, value in zip(KEYS, values, strict=True)]))
    assert same(revalued.tables, written.tables) == []
    assert revalued.loaded.hash == written.loaded.hash


def test_its_own_values_change_nothing_and_neither_do_those_of_the_call_before(baseline):
    revaluer = Revaluer(baseline, KEYS)
    own = compile_scenario(baseline).tables
    revaluer.at([0.5] * len(KEYS))
    assert same(revaluer.at(revaluer.values).tables, own) == []
    assert same(revaluer.compiled.tables, own) == []


@pytest.mark.parametrize(
    "key", ["parameters.nothing", "actors.cambodia.reciprocity", "parameters.north_korea_salience"]
)
def test_only_a_number_with_one_value_can_be_changed(baseline, key):
    with pytest.raises(ScenarioError) as error:
        Revaluer(baseline, [key])
    assert key in str(error.value.problems[0])


def test_a_series_is_held_at_what_it_is_on_a_day(baseline):
    then = held(baseline, date(2018, 3, 1)).scenario.parameters["north_korea_salience"]
    assert list(then.steps) == [date(2017, 12, 1)]
    assert held(baseline, date(2017, 9, 15)).scenario.parameters["north_korea_salience"].steps == {}
    signals = compile_scenario(held(baseline, date(2017, 9, 15))).tables.signals
    distraction = sorted(baseline.scenario.drives).index("distraction")
    assert np.unique(signals[:, distraction]).tolist() == [0.9]


def test_what_is_known_beforehand_stays(baseline):
    assert held(baseline, date(2017, 9, 15)).scenario.dates == baseline.scenario.dates
