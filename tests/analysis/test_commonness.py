"""How common actions are, learned from the records of cases: a choice among what could be done."""

import pytest

from analysis.commonness import (
    WEIGHT,
    case_of,
    commonness_keys,
    gain_rows,
    learned_of,
    multiples_of,
    named_key,
    part_text,
)
from sim.scenario.library import shipped_folder
from sim.scenario.load import load

SIX = ("venezuela", "nicaragua", "zimbabwe", "egypt", "bolivia", "myanmar")


@pytest.fixture(scope="module")
def case():
    return case_of("zimbabwe")


def test_a_weight_is_where_acts_are_as_many_as_expected(case):
    """At the likeliest weights every number has as many acts as it should, but for what the kind says beforehand."""
    weight = 4.0
    multiples = multiples_of([case], weight)
    acts, chances = case.sums(multiples)
    assert acts["government.restrict_law"] > 5 and acts["parameters.imposition_commonness"] > 5
    for key, multiple in multiples.items():
        assert acts[key] + weight == pytest.approx(multiple * (chances[key] + weight), rel=1e-3), key


def test_what_the_kind_says_stands_where_it_weighs_more_than_any_record(case):
    assert multiples_of([case], 1e9) == pytest.approx(dict.fromkeys(case.keys, 1.0), abs=1e-6)


def test_players_of_a_role_count_together(case):
    assert "outside_powers.criticise" in case.keys and not any("united_states" in key for key in case.keys)


def test_the_part_that_ships_is_what_six_cases_teach_and_nothing_of_cambodia():
    cases = [case_of(file) for file in SIX]
    learned, acts = learned_of(cases, WEIGHT)
    part = shipped_folder() / "parts" / "commonness.yaml"
    assert part.read_text(encoding="utf-8") == part_text(SIX, learned, acts, WEIGHT)


def test_a_case_that_nothing_was_learned_of_gains_nothing_and_is_scored_whole():
    rows = gain_rows("baseline", {})
    assert [(row[1], row[2], float(row[5])) for row in rows] == [
        ("to its last replayed day", "61", 0.0),
        ("after it", "56", 0.0),
    ]


def test_the_numbers_of_a_case_are_found_among_those_that_were_learned(case):
    loaded = load("zimbabwe")
    assert {named_key(loaded, path) for path in commonness_keys(loaded)} <= set(case.keys)
