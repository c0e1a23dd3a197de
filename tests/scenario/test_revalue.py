"""Other numbers in a scenario that is compiled already: the same tables as a file with those numbers would give."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import UserError, compile_scenario, load
from sim.rules.arrays import Tables
from sim.scenario.revalue import Revaluer, as_known_on

pytestmark = pytest.mark.slow  # and the same on every Python

KEYS = [
    "pairs.state_to_state.reciprocity",
    "parameters.rarity",
    "parameters.sympathy",
    "parameters.electoral_horizon_days",
    "parameters.threat_before_imposition",
    "parameters.leader_salience",
    "pairs.state_to_society.base_mean",
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
    revalued = Revaluer(load("baseline"), KEYS).with_values(values)
    written = compile_scenario(
        load("baseline", (), [f"{key}={value!r}" for key, value in zip(KEYS, values, strict=True)])
    )
    assert same(revalued.tables, written.tables) == []
    assert revalued.loaded.hash == written.loaded.hash


LITERALS = [  # numbers that stand in lists and tables without a name; two of them alike
    "sympathies.for_government.share",
    "pressures.cambodia.measures.programmes_ended.cap",
    "pressures.cambodia.measures.aid_cuts.cap",
    "actions.cambodia.sue_party.requires.1.at_most",
    "actions.cambodia.detain_leader.requires.0.at_most",
]


@pytest.fixture(scope="module")
def with_literals():
    return load("baseline", ["sympathies.for_government.share=0.5"])


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 1), min_size=len(LITERALS), max_size=len(LITERALS)), st.floats(0.1, 0.9))
def test_other_values_of_numbers_without_a_name_count_too(with_literals, values, share):
    """A number that stands in a list is its own, whatever others weigh as much."""
    values = [share, *map(float, values[1:])]
    revalued = Revaluer(with_literals, LITERALS).with_values(values).tables
    doors = [
        "actions.cambodia.sue_party.requires=[{quantity: detainees, days_since: 0}, "
        f"{{quantity: party_sued, at_most: {values[3]}}}, {{quantity: threats_open, at_least: threat_before_suit}}]",
        f"actions.cambodia.detain_leader.requires=[{{quantity: leader_detained, at_most: {values[4]}}}]",
    ]
    plain = [f"{key}={value!r}" for key, value in zip(LITERALS[:3], values[:3], strict=True)]
    assert same(revalued, compile_scenario(load("baseline", [*plain, *doors])).tables) == []


def test_threads_that_revalue_at_the_same_time_do_not_mix_their_numbers(baseline):
    revaluer = Revaluer(baseline, KEYS)
    wanted = [[0.05 + 0.001 * draw + 0.01 * k for k in range(len(KEYS))] for draw in range(60)]
    alone = [revaluer.with_values(values).tables for values in wanted]
    between = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            together = [made.tables for made in pool.map(revaluer.with_values, wanted)]
    finally:
        sys.setswitchinterval(between)
    assert [same(one, other) for one, other in zip(alone, together, strict=True)] == [[]] * len(wanted)


def test_its_own_values_change_nothing_and_neither_do_those_of_the_call_before(baseline):
    revaluer = Revaluer(baseline, KEYS)
    own = compile_scenario(baseline).tables
    revaluer.with_values([0.5] * len(KEYS))
    assert same(revaluer.with_values(revaluer.values).tables, own) == []
    assert same(revaluer.compiled.tables, own) == []


@pytest.mark.parametrize(
    "key", ["parameters.nothing", "actors.cambodia.reciprocity", "parameters.north_korea_salience"]
)
def test_only_a_number_with_one_value_can_be_changed(baseline, key):
    with pytest.raises(UserError) as error:
        Revaluer(baseline, [key])
    assert key in str(error.value.problems[0])


def test_a_series_is_held_at_what_it_is_on_a_day(baseline):
    then = as_known_on(baseline, date(2018, 3, 1)).scenario.parameters["north_korea_salience"]
    assert list(then.steps) == [date(2017, 12, 1)]
    assert as_known_on(baseline, date(2017, 9, 15)).scenario.parameters["north_korea_salience"].steps == {}
    signals = compile_scenario(as_known_on(baseline, date(2017, 9, 15))).tables.signals
    distraction = sorted(baseline.scenario.drives).index("distraction")
    assert np.unique(signals[:, distraction]).tolist() == [0.9]


def test_what_is_known_beforehand_stays(baseline):
    assert as_known_on(baseline, date(2017, 9, 15)).scenario.dates == baseline.scenario.dates


def test_values_written_into_cells_are_those_of_the_tables_made_anew(baseline):
    """Only tables with cells that are made otherwise, such as by rarity, are made anew as a whole."""
    revaluer = Revaluer(baseline, [*KEYS, "pairs.state_to_state.memory_half_life_days"])
    assert "bases" not in revaluer.cells.made_anew and "keeps" not in revaluer.cells.made_anew
    for factor in (0.3, 1.4):
        values = [factor * value for value in revaluer.values]
        assert same(revaluer.tables_at(values).tables, revaluer.with_values(values).tables) == []
        made = revaluer.numbers.with_scenario(revaluer.with_values(values).loaded.scenario).tables()
        assert [
            name
            for name, table in made.items()
            if table.tobytes() != getattr(revaluer.with_values(values).tables, name).tobytes()
        ] == []
