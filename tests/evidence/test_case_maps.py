"""The map of every case that ships makes a record of a table of GDELT: each player is known, each act is one of its own."""

import pytest
from click.testing import CliRunner
from coded_tables import gdelt, rows_of, written

from sim.commands.group import main
from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.event_forms import Side
from sim.scenario.library import find_map, shipped_files
from sim.scenario.load import load

STATES = {
    "united_states": ("USA", "UNITED STATES"),
    "european_union": ("IGOEUREEC", "EUROPEAN UNION"),
    "united_kingdom": ("GBR", "UNITED KINGDOM"),
    "russia": ("RUS", "RUSSIA"),
    "china": ("CHN", "CHINA"),
    "venezuela": ("VEN", "VENEZUELA"),
    "south_africa": ("ZAF", "SOUTH AFRICA"),
    "brazil": ("BRA", "BRAZIL"),
    "saudi_arabia": ("SAU", "SAUDI ARABIA"),
    "united_arab_emirates": ("ARE", "UNITED ARAB EMIRATES"),
}
CASES = {
    "venezuela": ("VEN", "JUAN GUAIDO", "NICOLAS MADURO"),
    "nicaragua": ("NIC", "FELIX MARADIAGA", "DANIEL ORTEGA"),
    "zimbabwe": ("ZWE", "MOVEMENT FOR DEMOCRATIC CHANGE", "ROBERT MUGABE"),
    "egypt": ("EGY", "EGYOPP", "SUPREME COUNCIL OF THE ARMED FORCES"),
    "bolivia": ("BOL", "RUBEN COSTAS", "EVO MORALES"),
    "myanmar": ("MMR", "NATIONAL LEAGUE FOR DEMOCRACY", "MIN AUNG HLAING"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_table_of_gdelt_becomes_acts_of_every_player_of_the_case(tmp_path, case):
    code, opponent, ruler = CASES[case]
    scenario = load(case).scenario
    roles, day = scenario.roles, f"{scenario.clock.start:%Y%m}20"
    government = {"target": f"{code}GOV", "target_name": code}
    rows = [
        gdelt(day=day, source=f"{code}COP", name="POLICE", code="173", target=f"{code}OPP"),
        gdelt(day=day, source=code, name=ruler, code="175", target=code, target_name=opponent),
        gdelt(day=day, source=code, name=opponent, code="141", **government),
        gdelt(day=day, source=f"{code}BUS", name="A COMPANY", code="111", **government),
    ]
    expected = [[case, "opposition", "arrest"], [case, "opposition", "use_force"], ["opposition", case, "protest"]]
    for role, cameo, action in (("outside_powers", "111", "criticise"), ("patrons", "051", "endorse")):
        for player in roles[role]:
            rows.append(gdelt(day=day, source=STATES[player][0], name=STATES[player][1], code=cameo, **government))
            expected.append([player, case, action])
    accused = roles["outside_powers"][0]
    rows.append(gdelt(day=day, source=f"{code}GOV", name=ruler, code="112", target=STATES[accused][0], target_name=STATES[accused][1]))  # fmt: skip
    table, out = written(tmp_path / "20000101.export.CSV", rows), tmp_path / "mine.csv"
    call = ["record", "import", str(table), "--format", "gdelt", "--map", case, "--out", str(out)]
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 0, result.output
    acts = [row[1:4] for row in rows_of(out)[1:]]
    assert acts[:-1] == expected
    assert acts[-1][:2] == [case, accused] and acts[-1][2].startswith("accuse")
    assert CliRunner().invoke(main, ["record", "check", str(out), "--for", case]).exit_code == 0
    survey = CliRunner().invoke(main, ["record", "survey", str(table), "--format", "gdelt", "--map", case])
    assert f"with a side of {scenario.name}" in " ".join(survey.output.split())


@pytest.mark.parametrize("case", CASES)
def test_a_role_says_who_governs_where_no_name_does(case):
    loaded = load(case)
    mapped, code = CaseMap(read_map(find_map(case), loaded), loaded.scenario), CASES[case][0]
    sides = [Side(("Somebody",), (f"{code}{kind}",)) for kind in ("GOV", "OPP", "BUS", "MED")]
    assert [mapped.actor(side) for side in sides] == [case, "opposition", None, None]
    assert mapped.actor(Side((), (), (code,))) == case


@pytest.mark.parametrize("name", shipped_files("map"))
def test_every_map_that_ships_is_sound_by_itself(name):
    result = CliRunner().invoke(main, ["check", str(shipped_files("map")[name])])
    assert result.exit_code == 0 and "A map for" in result.output, result.output


@pytest.mark.parametrize("case", ["venezuela", "nicaragua", "myanmar"])
def test_russia_is_known_by_both_its_names(case):
    loaded = load(case)
    mapped = CaseMap(read_map(find_map(case), loaded), loaded.scenario)
    for country in ("Russia", "Russian Federation"):
        sides = (Side((), (), (country,)), Side(("Somebody",), (f"{country}/Foreign Ministry",)))
        assert [mapped.actor(side) for side in sides] == ["russia", "russia"]
