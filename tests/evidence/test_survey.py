"""A survey drafts a map: what touches the case, the most frequent first, and the map made of its lines imports it."""

import json

import pytest
from click.testing import CliRunner
from coded_tables import ICEWS_HEAD, gdelt, icews, written

from sim.commands.group import main
from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.event_forms import Side, side_by_codes, side_by_sectors
from sim.evidence.survey import Surveyor
from sim.scenario.load import load

ROWS = [
    icews(source="Somebody Sok", target="A Member", sectors="Opposition Major Party (Out Of Government)", text="x"),
    icews(source="Somebody Sok", code="112", target="United States", target_country="United States", text="x"),
    icews(source="Moon Media", source_sectors="Media", code="112", target="United States", target_country="United States", text="x"),
    icews(source="France", source_country="France", source_sectors="", target="Germany", target_country="Germany"),
    icews(source="Somebody Sok", target="Moon Circle", target_country="NULL", code="057"),
    icews(source="Somebody Sok", target="Paris", target_country="France", sectors="Government", code="057"),
]  # fmt: skip


def surveyed(*arguments: str):
    return CliRunner().invoke(main, ["record", "survey", *arguments])


def test_what_touches_the_case_is_listed_with_the_line_that_maps_it(tmp_path):
    table = written(tmp_path / "events.tab", [ICEWS_HEAD, *ROWS, icews(day="someday")])
    result = surveyed(str(table), "--format", "icews", "--case", "baseline", "--json")
    data = json.loads(result.stdout)
    assert (data["rows"], data["touching"]) == (7, 5)
    names = [(entry["rows"], entry["owners"][0], entry["line"]) for entry in data["names"]]
    assert names == [
        (4, "cambodia", '- "Somebody Sok"'),
        (1, "opposition", '- "A Member"'),
        (1, "nobody", '- "Moon Media"'),  # the press is nobody's government
    ]
    assert data["beside"] == [["Moon Circle", 1]] and data["malformed"][0][1] == 1
    codes = [(entry["actor"], entry["target"], entry["line"]) for entry in data["codes"]]
    assert codes == [("cambodia", "opposition", '- "173"'), ("cambodia", "united_states", '- "112"')]
    assert {"cambodia.arrest", "cambodia.detain_leader"} <= set(data["codes"][0]["owners"])
    words = surveyed(str(table), "--format", "icews", "--case", "baseline", "--most", "1").output
    assert (
        words.startswith("7 rows, 5 with a side of ")
        and "; 1 malformed." in words
        and "… and 2 more: --most shows more" in words
    )


def test_the_map_of_its_lines_imports_what_it_surveyed(tmp_path):
    table = written(tmp_path / "events.tab", [ICEWS_HEAD, *ROWS])
    call = [str(table), "--format", "icews", "--case", "baseline"]
    mine = tmp_path / "map.yaml"
    assert surveyed(*call, "--out", str(mine)).exit_code == 0
    assert '    - "Somebody Sok"  # 4 rows; or opposition' in mine.read_text()
    refusal = surveyed(*call, "--out", str(mine)).output
    assert "exists already, and is not overwritten" in refusal
    out = ["--map", str(mine), "--out", str(tmp_path / "o.csv"), "--json"]
    result = CliRunner().invoke(main, ["record", "import", *call, *out])
    assert json.loads(result.stdout)["written"] == 2
    left = json.loads(surveyed(*call, "--map", str(mine), "--json").stdout)
    assert left["codes"] == [] and left["sides_mapped"] > 0 and left["names"] == []


def test_a_table_that_touches_nobody_says_by_which_words_it_was_searched(tmp_path):
    table = written(tmp_path / "a.csv", [gdelt(source="FRA", name="FRANCE", target="DEU", target_name="GERMANY")])
    result = surveyed(str(table), "--format", "gdelt", "--case", "baseline")
    assert result.exit_code == 2 and "none of 1 rows has a side by a word of the case's actors" in result.output
    assert "cambodia: KHM, cambodia; " in result.output and "united_states: USA, united states; " in result.output


def test_a_drafted_map_takes_no_opposition_member_of_parliament_for_the_government(tmp_path):
    rows = [
        icews(source="Ministry of Moons", target="A Member", sectors="Government,Opposition Major Party"),
        icews(source="Ministry of Moons", source_sectors="Government", target="Moon Group", sectors="Opposition Major Party"),
    ]  # fmt: skip
    table, mine = written(tmp_path / "events.tab", [ICEWS_HEAD, *rows]), tmp_path / "map.yaml"
    surveyed(str(table), "--format", "icews", "--case", "baseline", "--out", str(mine))
    loaded = load("baseline")
    mapped = CaseMap(read_map(mine, loaded), loaded.scenario)
    sides = [
        side_by_sectors("Somebody", "Cambodia", text) for text in ("Government,Opposition Major Party", "Government")
    ]
    assert [mapped.actor(side) for side in sides] == ["opposition", "cambodia"]


def test_a_map_is_drafted_of_words_of_ones_own_and_of_a_case_without_countries(tmp_path):
    table = tmp_path / "own.csv"
    table.write_text(
        "date,source,target,code\n2030-03-02,North,South,grumble\n2030-03-03,NORTH,South,Offer talks\n2030-03-04,North,South,Arrests\n"
    )
    mine, call = tmp_path / "map.yaml", [str(table), "--format", "csv", "--case", "border"]
    assert surveyed(*call, "--out", str(mine)).exit_code == 0
    assert '  # no action of the case is near:\n  # north toward south: "grumble" 1 row\n' in mine.read_text()
    read = read_map(mine, load("border"))
    assert read.actors == {"north": ["North"], "south": ["South"]}
    assert read.actions == {"north.offer_talks": ["Offer talks"], "north.close_border": ["Arrests"]}
    assert read.codes == ["Offer talks"]


@pytest.mark.parametrize(
    ("side", "owners"),
    [
        (side_by_codes("", "KHM", "KHM", ()), ("cambodia", "opposition")),
        (side_by_codes("", "KHMOPP", "KHM", ("OPP",)), ("opposition", "cambodia")),
        (side_by_codes("NIKE", "USABUS", "USA", ("BUS",)), ("nobody", "united_states")),
        (side_by_codes("", "USAOPP", "USA", ("OPP",)), ("nobody", "united_states")),  # nobody's society in this case
        (side_by_sectors("Police (Cambodia)", "Cambodia", "Police,Government"), ("cambodia", "opposition")),
        (Side(("Cambodian Moon Circle",)), ("nobody", "opposition", "cambodia")),
        (Side(("Opposition Circle",)), ("opposition",)),
        (Side(("Usama",)), ()),
        (Side(("Who are they",)), ()),
        (Side(("France",), (), ("France",)), ()),
    ],
)
def test_who_a_side_may_be_is_read_from_its_country_and_what_it_does(side, owners):
    assert Surveyor(load("baseline").scenario, None).owners(side) == owners
