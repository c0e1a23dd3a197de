"""How common actions are, learned from the records of cases: a choice among what could be done."""

import pytest

from analysis.commonness import WEIGHT, case_of, learned_of, multiples_of, part_text
from sim.scenario.library import shipped_folder

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
