"""A map that extends another takes over its codes where it has none; the first map of a new case."""

import pytest

from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.new_map import country_of, map_text
from sim.scenario.load import load
from sim.scenario.problems import UserError


def extending(tmp_path, text: str) -> CaseMap:
    """A map for Cambodia that extends that of the kind."""
    (tmp_path / "map.yaml").write_text("extends: regime_crisis\nactors: {cambodia: [KHM]}\n" + text)
    loaded = load("baseline")
    return CaseMap(read_map(tmp_path / "map.yaml", loaded), loaded.scenario)


def test_a_code_of_the_map_comes_before_one_of_the_map_that_it_extends(tmp_path):
    of_kind = extending(tmp_path, "")
    assert of_kind.action("cambodia", "opposition", "115") == "prosecute"
    assert of_kind.action("united_states", "cambodia", "163") == "sanction_officials"
    mapped = extending(tmp_path, "actions: {government.sue_party: ['115'], united_states.sanction_economy: ['163']}\n")
    assert mapped.action("cambodia", "opposition", "115") == "sue_party"
    assert mapped.action("united_states", "cambodia", "163") == "sanction_economy"
    assert mapped.action("cambodia", "opposition", "173") == "arrest"  # the rest is the kind's


def test_what_the_case_lacks_is_left_out_of_the_map_that_is_extended(tmp_path):
    (tmp_path / "map.yaml").write_text("extends: regime_crisis\nactors: {cambodia: [KHM]}\n")
    lacking = load("baseline", ["actions.china.sign_agreement=null", "record=null"])
    assert "china.sign_agreement" not in read_map(tmp_path / "map.yaml", lacking).actions


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("extends: regime_crises\n", "map.yaml:1: extends: there is no map 'regime_crises'; allowed: a map beside"),
        ("extends: cambodia\n", "cambodia.yaml:10: extends: cambodia extends a map itself; allowed: one that does not"),
        ("extends: [a]\n", "map.yaml:1: extends"),
    ],
)
def test_a_map_that_cannot_be_extended_is_told(tmp_path, text, words):
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(UserError) as caught:
        read_map(tmp_path / "map.yaml", load("baseline"))
    assert words in str(caught.value)


def test_a_slip_in_the_map_that_is_extended_is_told_and_not_left_out(tmp_path):
    (tmp_path / "wide.yaml").write_text("scenario: baseline\nactions: {government.acuse: ['112']}\n")
    (tmp_path / "map.yaml").write_text("extends: wide\nactors: {cambodia: [KHM]}\n")
    with pytest.raises(UserError, match=r"wide\.yaml:2 .*did you mean 'cambodia.accuse'"):
        read_map(tmp_path / "map.yaml", load("baseline"))
    (tmp_path / "wide.yaml").write_text("actions: {government.accuse: ['112']}\n")
    with pytest.raises(UserError, match=r"wide\.yaml:1: scenario: is missing"):
        read_map(tmp_path / "map.yaml", load("baseline"))


def test_a_country_is_found_in_a_label():
    labels = ("Belarus's government", "Myanmar’s junta", "south_africa", "Venezuela", "Opposition", "European Union")
    assert [country_of(label) for label in labels] == ["Belarus", "Myanmar", "South Africa", "Venezuela", "", ""]


def test_a_first_map_has_the_codes_of_countries_and_of_acts():
    text = map_text(load("border").scenario)
    assert "actions:\n" in text and "extends" not in text
    of_case = map_text(load("venezuela").scenario, "regime_crisis")
    for pattern in ("VENGOV*", "VENOPP*", "Venezuela/Opposition*", "USA", "European Union"):
        assert f'    - "{pattern}"\n' in of_case
    assert "actions:" not in of_case and "extends: regime_crisis" in of_case
