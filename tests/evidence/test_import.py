"""Importing machine-coded tables: what is mapped is written, what is not is counted, and a row that is none is shown."""

import json

import pytest
from click.testing import CliRunner
from coded_tables import ICEWS_HEAD, MAP, data_of, gdelt, icews, imported, rows_of, written

from sim.commands.group import main
from sim.commands.init import start_folder
from sim.commands.record_import import megabytes
from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.event_forms import Side
from sim.scenario.load import load


def test_what_is_not_mapped_or_no_row_is_counted_and_shown(tmp_path):
    rows = [
        icews(),
        icews(),  # the same act on the same day
        icews(code="150"),
        icews(target="Sam Somebody", sectors="Business"),
        icews(source="France", source_country="France", target="Germany"),
        icews(day="someday"),
        ["too", "short"],
        icews(day="2015-01-01"),
    ]
    rows[4][10] = "Germany"
    rows[3][10] = "Laos"
    table = written(tmp_path / "events.tab", [ICEWS_HEAD, *rows])
    result = imported(table, "icews", tmp_path / "mine.csv", "--once-a-day", "--since", "2016-01-01", "--json")
    report = json.loads(result.output)
    assert {key: report[key] for key in ("rows", "written", "same_day_repeats_left_out", "between_others", "outside_the_days", "malformed")} == {
        "rows": 8, "written": 1, "same_day_repeats_left_out": 1, "between_others": 2, "outside_the_days": 1, "malformed": 2,
    }  # fmt: skip
    assert report["unmapped_codes"] == [["cambodia", "opposition", "150", 1]]
    assert list(report["unmapped_actors"].values()) == [1] and "Sam Somebody" in next(iter(report["unmapped_actors"]))
    assert [place.rpartition("events.tab:")[2].split(":")[0] for place in report["first_malformed"]] == ["7", "8"]
    words = imported(table, "icews", tmp_path / "other.csv").output
    assert "malformed" in words and "Sam Somebody" in words
    (line,) = [line.split() for line in words.splitlines() if "someday" in line]
    assert line[:7] == ["1", "7", "Event", "Date", "someday", "is", "not"]  # rows, first line, column, cell, why


def test_an_imported_record_loads_and_checks_like_any_other(tmp_path):
    table = written(
        tmp_path / "events.tab", [ICEWS_HEAD, icews(), icews(day="2017-09-04", code="112", target="United States")]
    )
    assert imported(table, "icews", tmp_path / "mine.csv", "--once-a-day").exit_code == 0
    result = CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv")])
    assert result.exit_code == 0 and "2 acts of its actors, 2017-09-03 to 2017-09-04" in result.output
    start_folder(tmp_path / "own", blank=False)
    (tmp_path / "mine.csv").rename(tmp_path / "own" / "mine.csv")
    mine = tmp_path / "own" / "mine.yaml"
    mine.write_text("extends: baseline.yaml\nname: Mine\nrecord: {file: mine.csv, replay: all}\n")
    ordered = load(str(mine)).ordered
    assert [act.name for act in ordered] == ["cambodia.arrest", "cambodia.accuse"]


def test_a_record_that_is_there_is_not_written_over(tmp_path):
    table = written(tmp_path / "events.tab", [ICEWS_HEAD, icews()])
    (tmp_path / "mine.csv").write_text("precious")
    result = imported(table, "icews", tmp_path / "mine.csv")
    assert result.exit_code == 2 and "exists already" in result.output
    assert (tmp_path / "mine.csv").read_text() == "precious"
    assert imported(table, "icews", tmp_path / "mine.csv", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("actors: {cambodja: [KHM]}\nactions: {}\n", "cambodia"),
        ("actors: {cambodia: [KHM]}\nactions: {cambodia.acuse: ['11']}\n", "cambodia.accuse"),
        ("actors: {cambodia: KHM}\nactions: {}\n", "actors"),
        ("actors: {}\nactions: {}\nplaces: {}\n", "places"),
    ],
)
def test_a_map_that_is_not_sound_is_refused_with_the_nearest_name(tmp_path, text, why):
    (tmp_path / "map.yaml").write_text(text)
    table = written(tmp_path / "events.tab", [ICEWS_HEAD, icews()])
    result = CliRunner().invoke(
        main,
        [
            "record",
            "import",
            str(table),
            "--format",
            "icews",
            "--map",
            str(tmp_path / "map.yaml"),
            "--out",
            str(tmp_path / "o.csv"),
        ],
    )
    assert result.exit_code == 2 and why in result.output and not (tmp_path / "o.csv").exists()


def test_the_map_that_ships_is_sound():
    loaded = load("baseline")
    case = CaseMap(read_map(MAP, loaded), loaded.scenario)
    assert case.actor(Side(("Hun Sen",), (), ("Cambodia",))) == "cambodia"
    assert case.actor(Side((), ("KHMOPP",))) == "opposition"
    assert case.actor(Side(("Somebody",), (), ("Laos",))) is None
    assert case.action("cambodia", "opposition", "1722") == "dissolve_party"
    assert case.action("cambodia", "united_states", "133") == "threaten"
    assert case.action("china", "united_states", "20") is None


def test_an_import_of_nothing_is_an_error_and_writes_no_record(tmp_path):
    (tmp_path / "x.csv").write_text("date,source,target,code\n2017-09-03,Hun Sen,Kem Sokha,999\n")
    out = tmp_path / "mine.csv"
    call = ["record", "import", str(tmp_path / "x.csv"), "--format", "csv", "--map", str(MAP), "--out", str(out)]
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 2 and "no record was written" in result.output and not out.exists()


def test_every_import_names_its_days_and_a_year_that_cannot_be_meant(tmp_path):
    days = ["00250903", "20170910", "20170903", "20050903", "19160903", "19190903"]
    table, out = written(tmp_path / "a.csv", [gdelt(day=day) for day in days]), tmp_path / "o.csv"
    data = data_of(table, "gdelt", out)
    assert (data["first_day"], data["last_day"]) == ("1919-09-03", "2017-09-10")
    assert (data["written"], data["malformed"], data["far_from_the_clock"]) == (4, 2, 2)
    assert data["first_malformed"] == [
        f"{table}:1: '0025-09-03' lies more than 100 years from the clock, 2017-08-21 to 2018-09-30"
    ]
    assert data["first_far_from_the_clock"] == [f"{table}:4: 2005-09-03", f"{table}:6: 1919-09-03"]
    words = imported(table, "gdelt", tmp_path / "p.csv", "--since", "2017-01-01").output
    assert "First day 2017-09-03 (line 3), last day 2017-09-10 (line 2); the clock" in words and "warning" not in words
    assert data_of(table, "gdelt", tmp_path / "q.csv", "--since", "2017-01-01")["malformed"] == 0


def test_an_event_that_is_in_the_table_twice_is_written_once(tmp_path):
    rows = [
        gdelt(key="5"),
        gdelt(key="6"),
        gdelt(key="5"),
        gdelt(key="NULL"),
        gdelt(key="NULL"),
        gdelt(key="5", source="FRA", name="FRANCE"),
    ]
    data = data_of(written(tmp_path / "a.csv", rows), "gdelt", tmp_path / "o.csv")
    assert (data["written"], data["same_event_repeats_left_out"], data["between_others"]) == (4, 1, 1)


def test_rows_within_one_actor_and_idle_patterns_are_told_apart(tmp_path):
    rows = [
        gdelt(source="KHMGOV", target="KHMMIL", target_name="ARMY"),
        gdelt(source="KHMGOV", target="FRA"),
        gdelt(source="KHMGOV"),
    ]
    mine = tmp_path / "map.yaml"
    mine.write_text(
        "actors: {opposition: ['KHMOPP*', '*OPP', Nobody], cambodia: ['KHM*']}\nactions: {cambodia.arrest: ['17']}\n"
    )
    table = written(tmp_path / "a.csv", rows)
    call = ["record", "import", str(table), "--format", "gdelt", "--map", str(mine), "--out", str(tmp_path / "o.csv")]
    data = json.loads(CliRunner().invoke(main, [*call, "--json"]).stdout)
    assert (data["written"], data["within_one_actor"], data["between_others"]) == (1, 1, 1)
    assert (data["idle_patterns"], data["overruled_patterns"]) == (["Nobody"], [])
    assert data["idle_codes"] == []
    words = CliRunner().invoke(main, [*call[:-1], str(tmp_path / "o2.csv")]).output
    assert "Patterns of the map that fit no row (--json lists all):\n  opposition: Nobody" in words
    mine.write_text(mine.read_text().replace("['17']", "['17', '18', Arrests]"))
    assert json.loads(CliRunner().invoke(main, [*call, "--json", "--force"]).stdout)["idle_codes"] == [
        ["cambodia.arrest", "18"],
        ["cambodia.arrest", "Arrests"],
    ]
    mine.write_text(mine.read_text().replace("Arrests]", "Arrests], cambodia.accuse: ['11', '12']"))
    words = CliRunner().invoke(main, [*call[:-1], str(tmp_path / "o3.csv")]).output
    assert "Actions of the map that fit no row (--json lists all):\n  cambodia: accuse\n" in words
    assert (
        "Codes of other actions of the map that fit no row (--json lists all):\n  cambodia.arrest: 18, Arrests" in words
    )
    mine.write_text(
        "actors: {opposition: ['*OPP'], cambodia: ['KHMOPP*', 'KHMGOV*']}\nactions: {cambodia.arrest: ['17']}\n"
    )
    result = CliRunner().invoke(main, [*call[:-1], str(tmp_path / "p.csv")])
    assert "never decide, because more particular ones of other actors fit the same rows: *OPP." in " ".join(
        result.output.split()
    )
    assert "within one actor of the map                          " in result.output


def test_a_root_in_a_table_of_ones_own_is_told(tmp_path):
    rows = [
        ["date", "source", "target", "code"],
        ["2017-09-03", "KHM", "USA", "13"],
        ["2017-09-04", "KHM", "USA", "36"],
    ]
    table = written(tmp_path / "own.csv", rows, ",")
    data = data_of(table, "csv", tmp_path / "o.csv")
    assert (data["written"], data["codes_of_two_digits"], data["malformed"]) == (1, 1, 1)
    words = imported(table, "csv", tmp_path / "p.csv").output
    assert (
        "warning: acts whose code is a root of two digits (13, to threaten): 1." in words
        and "lost its first zero" in words
    )


def test_several_tables_are_one_record_and_each_is_counted(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    written(tmp_path / "in" / "a.tab", [ICEWS_HEAD, icews(key="1"), icews(key="2", day="someday")])
    written(tmp_path / "in" / "b.zip", [ICEWS_HEAD, icews(key="1"), icews(key="3", code="112", target="United States")])
    monkeypatch.chdir(tmp_path)
    data = data_of(tmp_path / "in", "icews", tmp_path / "o.csv")
    tables = {f"{tmp_path}/in/a.tab": 2, f"{tmp_path}/in/b.zip/table.csv": 2}
    assert (data["rows"], data["written"], data["same_event_repeats_left_out"], data["tables"]) == (4, 2, 1, tables)
    assert data["acts"] == [["cambodia", "arrest", 1], ["cambodia", "accuse", 1]]
    words = " ".join(imported(tmp_path / "in", "icews", tmp_path / "p.csv").output.split())
    assert f"last day 2017-09-03 ({tmp_path}/in/a.tab, line 2)" in words and "in/b.zip/table.csv" in words
    text = "date,source,target,code,id\n2017-09-03,Hun Sen,Kem Sokha,173,1\n"
    call = ["record", "import", "-", "in/own.csv", "--format", "csv", "--map", "cambodia", "--out", "q.csv", "--json"]
    (tmp_path / "in" / "own.csv").write_text(text)
    result = CliRunner().invoke(main, call, input=text)
    assert json.loads(result.stdout)["written"] == 2  # ids of one's own tables are not ids of a published source


def test_the_same_act_within_some_days_is_counted_once_whatever_the_order_of_rows(tmp_path):
    rows = [icews(key=str(day), day=f"2017-09-{day:02}") for day in (9, 1, 3, 4, 5, 8, 1)]
    rows[-1][0] = "another"
    rows += [icews(day="2017-09-02", code="112", target="United States"), icews(day="2017-09-02")]
    for number, table in enumerate((rows, rows[::-1])):
        source = written(tmp_path / f"{number}.tab", [ICEWS_HEAD, *table])
        out = tmp_path / f"{number}.csv"
        data = data_of(source, "icews", out, "--once-within", "3")
        days = [row[0][-2:] + row[3][:3] for row in rows_of(out)[1:]]
        assert days == ["01arr", "02acc", "05arr", "09arr"]
        assert (data["same_day_repeats_left_out"], data["echoes"]) == (1, [["cambodia", "arrest", 4]])
        assert data["echoes_left_out"] + data["same_day_repeats_left_out"] + data["written"] == len(rows)
    for more in (["--once-a-day"], ["--once-within", "0"]):
        assert data_of(source, "icews", out, "--force", *more)["same_day_repeats_left_out"] == 1
    months = tmp_path / "m.csv"
    months.write_text("date,source,target,code\n2017-09,KHM,Kem Sokha,173\n2017-09,KHM,Kem Sokha,173\n")
    assert data_of(months, "csv", tmp_path / "n.csv", "--once-within", "3")["written"] == 2  # a month names no day


def test_progress_is_in_whole_megabytes():
    told: list[int] = []
    advance = megabytes(told.append)
    for count in (400_000, 599_999, 1, 2_500_000, 500_000):
        advance(count)
    assert told == [1, 2, 1]


def test_a_first_day_after_the_last_one_is_told_before_anything_is_read(tmp_path):
    days = ("--since", "2018-01-01", "--until", "2017-01-01")
    result = imported(written(tmp_path / "events.tab", [ICEWS_HEAD, icews()]), "icews", tmp_path / "o.csv", *days)
    assert result.exit_code == 2
    assert (
        result.stderr.strip() == "error: --since: 2018-01-01 lies after --until 2017-01-01; allowed: that day or before"
    )
