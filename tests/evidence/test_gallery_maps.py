"""Maps of the cases that ship extend the map of their kind: who is who is theirs, which code is which action the kind's."""

import csv

import pytest
from click.testing import CliRunner

from sim.commands.group import main
from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.new_map import country_of, map_text
from sim.scenario.library import shipped_files
from sim.scenario.load import load
from sim.scenario.problems import UserError

CASES = ("venezuela", "nicaragua", "zimbabwe", "egypt", "bolivia", "myanmar")
# a day of the clock; the state's code; someone of the opposition
ROWS = {
    "venezuela": ("2017-04-08", "VEN", "HENRIQUE CAPRILES RADONSKI"),
    "nicaragua": ("2018-06-02", "NIC", "FELIX MARADIAGA"),
    "zimbabwe": ("2001-06-02", "ZWE", "MORGAN TSVANGIRAI"),
    "egypt": ("2012-06-02", "EGY", "EGYOPP"),
    "bolivia": ("2008-09-02", "BOL", "BRANKO MARINKOVIC"),
    "myanmar": ("2021-02-02", "MMR", "AUNG SAN SUU KYI"),
}


def test_every_case_of_the_gallery_has_a_map():
    assert set(shipped_files("map")) == {*CASES, "cambodia", "regime_crisis"} and set(ROWS) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_table_of_its_country_becomes_a_record_of_the_case(name, tmp_path):
    day, state, opponent = ROWS[name]
    rows = [
        ("date", "source", "target", "code"),
        (day, f"{state}COP", opponent, "173"),
        (day, opponent, f"{state}GOV", "141"),
        (day, "USAGOV", f"{state}GOV", "111"),
        (day, f"{state}GOV", "USAGOV", "112"),
        (day, f"{state}BUS", opponent, "111"),  # a company is nobody's government
    ]
    with (tmp_path / "table.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    words = ["record", "import", str(tmp_path / "table.csv"), "--format", "csv", "--map", name, "--for", name]
    result = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "record.csv")], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    with (tmp_path / "record.csv").open() as file:
        acts = {(row["actor"], row["target"], row["action"].split("_united")[0]) for row in csv.DictReader(file)}
    assert acts == {
        (name, "opposition", "arrest"),
        ("opposition", name, "protest"),
        ("united_states", name, "criticise"),
        (name, "united_states", "accuse"),
    }


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
