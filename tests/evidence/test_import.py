"""Importing machine-coded tables: what is mapped is written, what is not is counted, and a row that is none is shown."""

import csv
import gzip
import itertools
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.commands.group import main
from sim.commands.init import start_folder
from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.event_forms import Side
from sim.evidence.event_tables import Event, Refused, events
from sim.evidence.importing import Choice, import_rows
from sim.scenario.library import shipped_folder
from sim.scenario.load import load

MAP = shipped_folder() / "maps" / "cambodia.yaml"
ICEWS_HEAD = [
    "Event ID",
    "Event Date",
    "Source Name",
    "Source Sectors",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Intensity",
]
ICEWS_HEAD += ["Target Name", "Target Sectors", "Target Country", "Story ID"]


KEYS = itertools.count(1)


def icews(
    day="2017-09-03",
    source="Hun Sen",
    source_country="Cambodia",
    code="173",
    target="Kem Sokha",
    sectors="",
    text="Arrest",
    source_sectors="Government",
    target_country="Cambodia",
    key="",
) -> list[str]:
    key = key or str(next(KEYS))
    return [key, day, source, source_sectors, source_country, text, code, "-5", target, sectors, target_country, "77"]


def gdelt(
    columns=61, day="20170903", source="KHMGOV", code="173", target="KHMOPP", name="CAMBODIA", target_name="PARTY",
    root="", key="", types=("", ""),
) -> list[str]:  # fmt: skip
    row = [""] * columns
    row[0], row[1], row[26], row[28], row[-1] = key or str(next(KEYS)), day, code, root, "http://example.org/story"
    row[5:8], row[12:14] = (source, name, source[:3]), types
    row[15:18] = target, target_name, target[:3]
    return row


def written(path: Path, rows: list[list[str]], delimiter="\t") -> Path:
    text = "\n".join(delimiter.join(row) for row in rows) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("table.csv", text)
    else:
        path.write_text(text)
    return path


def imported(table: Path, form: str, out: Path, *more: str):
    return CliRunner().invoke(
        main, ["record", "import", str(table), "--format", form, "--map", str(MAP), "--out", str(out), *more]
    )


def rows_of(out: Path) -> list[list[str]]:
    with out.open() as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("suffix", ["tab", "tab.gz", "zip"])
def test_a_table_of_icews_becomes_rows_of_a_record(tmp_path, suffix):
    table = written(
        tmp_path / f"events.{suffix}", [ICEWS_HEAD, icews(key="1"), icews(code="112", target="United States", key="2")]
    )
    result = imported(table, "icews", tmp_path / "mine.csv")
    assert result.exit_code == 0, result.output
    assert rows_of(tmp_path / "mine.csv") == [
        ["date", "actor", "target", "action", "source", "note"],
        ["2017-09-03", "cambodia", "opposition", "arrest", "ICEWS event 1", "CAMEO 173 Arrest"],
        ["2017-09-03", "cambodia", "united_states", "accuse", "ICEWS event 2", "CAMEO 112 Arrest"],
    ]


@pytest.mark.parametrize("columns", [57, 58, 61])
def test_a_table_of_gdelt_has_no_header_and_any_of_its_widths(tmp_path, columns):
    table = written(tmp_path / "20170903.export.CSV", [gdelt(columns, key="99"), gdelt(columns, code="1722")])
    assert imported(table, "gdelt", tmp_path / "mine.csv").exit_code == 0
    rows = rows_of(tmp_path / "mine.csv")[1:]
    assert [row[3] for row in rows] == ["arrest", "dissolve_party"]  # the longest beginning of a code counts
    assert rows[0][4] == "GDELT event 99 http://example.org/story"


def test_a_plain_table_names_its_columns_in_any_order(tmp_path):
    table = written(
        tmp_path / "own.csv", [["code", "date", "target", "source"], ["036", "2017-09-03", "KHM", "USA"]], ","
    )
    assert imported(table, "csv", tmp_path / "mine.csv").exit_code == 0
    assert rows_of(tmp_path / "mine.csv")[1][:4] == ["2017-09-03", "united_states", "cambodia", "offer_talks"]


def test_what_is_not_mapped_or_no_row_is_counted_and_shown(tmp_path):
    rows = [
        icews(),
        icews(),  # the same act on the same day
        icews(code="193"),
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
    assert report["unmapped_codes"] == [["cambodia", "opposition", "193", 1]]
    assert list(report["unmapped_actors"].values()) == [1] and "Sam Somebody" in next(iter(report["unmapped_actors"]))
    assert [place.rpartition("events.tab:")[2].split(":")[0] for place in report["first_malformed"]] == ["7", "8"]
    words = imported(table, "icews", tmp_path / "other.csv").output
    assert "malformed" in words and "someday" in words and "Sam Somebody" in words


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


def test_a_table_without_the_columns_it_needs_is_refused(tmp_path):
    table = written(tmp_path / "events.tab", [["Event ID", "Event Date"], ["1", "2017-09-03"]])
    result = imported(table, "icews", tmp_path / "mine.csv")
    assert result.exit_code == 2 and "Source Name" in result.output and not (tmp_path / "mine.csv").exists()


def test_the_map_that_ships_is_sound():
    scenario = load("baseline").scenario
    case = CaseMap(read_map(MAP, scenario), scenario)
    assert case.actor(Side(("Hun Sen",), (), ("Cambodia",))) == "cambodia"
    assert case.actor(Side((), ("KHMOPP",))) == "opposition"
    assert case.actor(Side(("Somebody",), (), ("Laos",))) is None
    assert case.action("cambodia", "opposition", "1722") == "dissolve_party"
    assert case.action("cambodia", "united_states", "133") == "threaten"
    assert case.action("china", "united_states", "20") is None


def test_a_long_table_needs_the_memory_of_a_row(tmp_path):
    table = tmp_path / "long.tab"
    with table.open("w") as file:
        for _ in range(20_000):
            file.write("\t".join(gdelt(source="FRAGOV", target="DEUGOV")) + "\n")
    scenario = load("baseline").scenario
    case = CaseMap(read_map(MAP, scenario), scenario)
    list(events(written(tmp_path / "one.tab", [gdelt()]), "gdelt"))  # the tables of the standard are read once
    tracemalloc.start()
    choice = Choice(scenario.clock, once_a_day=True)
    report = import_rows(events(table, "gdelt"), case, lambda row: None, choice)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.rows == report.outside == 20_000
    assert peak < 1_500_000 < table.stat().st_size


def test_quotation_marks_that_nobody_closes_do_not_swallow_rows(tmp_path):
    table = written(tmp_path / "events.tab", [ICEWS_HEAD, icews(text='He said "no'), icews(text="plain")])
    rows = list(events(table, "icews"))
    assert len(rows) == 2 and all(isinstance(row, Event) for row in rows)


def test_every_row_is_an_event_or_malformed(tmp_path):
    table = written(tmp_path / "x.csv", [["only"], ["\x00"], gdelt()])
    assert [type(row) for row in events(table, "gdelt")] == [Refused, Refused, Event]


def test_everything_that_is_wrong_with_a_record_is_said_at_once(tmp_path):
    rows = [
        "date,actor,target,action,source,note",
        "2017-09-03,cambodia,opposition,arrest,a paper,",
        "2017-13-03,cambodia,opposition,arrest,a paper,",
        "2017-09-04,cambodia,opposition,arest,a paper,",
        "2017-09-03,cambodia,opposition,arrest,another paper,",
    ]
    (tmp_path / "mine.csv").write_text("\n".join(rows) + "\n")
    result = CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv")])
    assert result.exit_code == 2
    lines = [line for line in result.output.splitlines() if line.startswith("error")]
    assert [line.partition("mine.csv:")[2].partition(":")[0] for line in lines] == ["3", "4", "5"]
    assert "did you mean 'arrest'" in lines[1] and "in line 2 already" in lines[2]


def test_an_import_of_nothing_is_an_error_and_writes_no_record(tmp_path):
    (tmp_path / "x.csv").write_text("date,source,target,code\n2017-09-03,Hun Sen,Kem Sokha,999\n")
    out = tmp_path / "mine.csv"
    call = ["record", "import", str(tmp_path / "x.csv"), "--format", "csv", "--map", str(MAP), "--out", str(out)]
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 2 and "no record was written" in result.output and not out.exists()


def test_a_record_without_marks_is_not_replayed_in_silence(tmp_path):
    start_folder(tmp_path / "mine", blank=False)
    rows = "date,actor,target,action,source,note\n2017-09-03,cambodia,opposition,arrest,a paper,\n"
    (tmp_path / "mine" / "own.csv").write_text(rows)
    (tmp_path / "mine" / "own.yaml").write_text("extends: baseline.yaml\nname: Own\nrecord.file: own.csv\n")
    warnings = [str(warning) for warning in load(str(tmp_path / "mine" / "own.yaml")).warnings]
    assert any("no row is marked (seed: yes)" in warning for warning in warnings)


def data_of(table: Path, form: str, out: Path, *more: str, ok=True) -> dict:
    result = imported(table, form, out, "--json", *more)
    assert result.exit_code == (0 if ok else 2), result.output
    return json.loads(result.stdout)


GDELT_HEAD = [f"column{index}" for index in range(61)]
for index, heading in {
    0: "GLOBALEVENTID", 1: "SQLDATE", 5: "Actor1Code", 6: "Actor1Name", 7: "Actor1CountryCode", 12: "Actor1Type1Code",
    15: "Actor2Code", 16: "Actor2Name", 17: "Actor2CountryCode", 22: "Actor2Type1Code", 26: "EventCode",
    28: "EventRootCode", 60: "SOURCEURL",
}.items():  # fmt: skip
    GDELT_HEAD[index] = heading


def test_a_table_of_gdelt_with_headings_is_the_same_table(tmp_path):
    rows = [gdelt(key="5"), gdelt(code="13", root="1", key="6"), gdelt(source="KHMMED", key="7")]
    plain, headed = tmp_path / "plain.csv", tmp_path / "headed.csv"
    imported(written(tmp_path / "a.csv", rows), "gdelt", plain)
    imported(written(tmp_path / "b.csv", [GDELT_HEAD, *rows], ","), "gdelt", headed)
    assert plain.read_text() == headed.read_text() and len(rows_of(plain)) == 2
    few = [0, 1, 5, 7, 15, 17, 26]  # what a query asked for
    selected = [[row[index] for index in few] for row in [GDELT_HEAD, *rows]]
    assert data_of(written(tmp_path / "c.csv", selected, ","), "gdelt", tmp_path / "few.csv")["written"] == 1


def test_a_code_that_lost_its_zero_is_never_another_act(tmp_path):
    lost = [gdelt(code="13", root="13", target="USA", target_name="X"), gdelt(code="14", target="USA", target_name="X")]
    out = tmp_path / "o.csv"
    data = data_of(written(tmp_path / "a.csv", lost), "gdelt", out, ok=False)
    assert data["malformed"] == 2 and "fewer than three digits" in data["malformed_by_reason"][0][0]
    assert "'13' has fewer than three digits" in data["first_malformed"][0] and not out.exists()
    rows_with_codes = [gdelt(code="36", root="3", target="USA", target_name="X"), *lost]
    assert data_of(written(tmp_path / "b.csv", rows_with_codes), "gdelt", out)["codes_from_text_or_root"] == 1
    assert rows_of(out)[1][3] == "offer_talks" and rows_of(out)[1][5] == "CAMEO 036 (written 36)"
    named = [icews(code="36", text="Express intent to meet or negotiate", target="United States")]
    data_of(written(tmp_path / "c.tab", [ICEWS_HEAD, *named]), "icews", tmp_path / "p.csv")
    assert rows_of(tmp_path / "p.csv")[1][3] == "offer_talks"


def test_a_table_without_codes_is_read_by_the_names_of_its_events_and_american_dates(tmp_path):
    head = [heading for heading in ICEWS_HEAD if heading != "CAMEO Code"]
    rows = [
        icews(day="9/3/2017", text="Arrest, detain, or charge with legal action"),
        icews(day="12/31/2017", text="Dance"),
    ]
    table = written(tmp_path / "a.tab", [head, *[[*row[:6], *row[7:]] for row in rows]])
    data = data_of(table, "icews", tmp_path / "o.csv")
    assert (data["written"], data["codes_from_text_or_root"], data["malformed"]) == (1, 1, 1)
    assert rows_of(tmp_path / "o.csv")[1][:4] == ["2017-09-03", "cambodia", "opposition", "arrest"]
    neither = [[*row[:5], *row[7:]] for row in [ICEWS_HEAD, *rows]]
    result = imported(written(tmp_path / "b.tab", neither), "icews", tmp_path / "p.csv")
    assert result.exit_code == 2 and "lacks the column CAMEO Code or Event Text;" in result.output


def test_a_table_that_writes_days_before_months_is_refused_whole(tmp_path):
    table = written(tmp_path / "a.tab", [ICEWS_HEAD, icews(day="3/9/2017"), icews(day="13/9/2017")])
    result = imported(table, "icews", tmp_path / "o.csv")
    assert result.exit_code == 2 and "a.tab:3: Event Date: '13/9/2017' has its day first" in result.output
    assert list(tmp_path.iterdir()) == [table]


def test_a_month_is_a_date_of_a_plain_table_as_of_a_record(tmp_path):
    rows = [["date", "source", "target", "code"]]
    rows += [[day, "KHM", "Kem Sokha", "173"] for day in ("2017-09", "2017-09-03", "2017-09", "20170903", "2017-W36-7")]
    table, out = written(tmp_path / "own.csv", rows, ","), tmp_path / "o.csv"
    data = data_of(table, "csv", out, "--once-a-day")
    assert (data["written"], data["malformed"], data["first_day"], data["last_day"]) == (3, 2, "2017-09", "2017-09-03")
    assert [row[0] for row in rows_of(out)[1:]] == [
        "2017-09",
        "2017-09-03",
        "2017-09",
    ]  # a month names no day to repeat
    assert CliRunner().invoke(main, ["record", "check", str(out)]).exit_code == 0
    for since, until, count in (("2017-09-01", "2017-09-30", 3), ("2017-09-02", "2017-09-30", 1), ("2017-09-01", "2017-09-29", 1)):  # fmt: skip
        data = data_of(table, "csv", out, "--force", "--since", since, "--until", until)
        assert (data["written"], data["outside_the_days"]) == (count, 3 - count)  # only a whole month lies in a span


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
    mine.write_text(
        "actors: {opposition: ['*OPP'], cambodia: ['KHMOPP*', 'KHMGOV*']}\nactions: {cambodia.arrest: ['17']}\n"
    )
    result = CliRunner().invoke(main, [*call[:-1], str(tmp_path / "p.csv")])
    assert "never decide, because more particular ones of other actors fit the same rows: *OPP." in result.output
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


def test_the_table_of_another_format_is_named(tmp_path):
    table = written(tmp_path / "events.tab", [ICEWS_HEAD, icews()])
    for form in ("csv", "gdelt"):
        result = imported(table, form, tmp_path / "o.csv")
        assert result.exit_code == 2 and result.output.count("error: ") == 1
        assert "(these are the columns of --format icews)" in result.output
    result = imported(written(tmp_path / "b.tab", [["a", "b"], ["1", "2"]]), "gdelt", tmp_path / "o.csv")
    assert (
        "b.tab:1: no row is an event of --format gdelt; has 2 cells; allowed: 57, 58, 61 without headings"
        in result.output
    )


def test_a_cell_that_is_no_text_takes_its_row_and_no_other(tmp_path):
    table = tmp_path / "a.tab"
    rows = [ICEWS_HEAD, icews(), icews(target="Montréal")]
    rows[1][11] = "é"  # a column that is not read
    table.write_bytes("\n".join("\t".join(row) for row in rows).encode("latin-1"))
    data = data_of(table, "icews", tmp_path / "o.csv")
    assert (data["written"], data["malformed"]) == (1, 1)
    assert "byte 0xe9 is not UTF-8 text" in data["first_malformed"][0]


def test_record_check_says_which_scenario_it_is_held_to(tmp_path):
    (tmp_path / "mine.csv").write_text("date,actor,target,action,source,note\n2017-09-03,north,south,accuse,a paper,\n")
    result = CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv")])
    assert (
        result.exit_code == 2 and "Checked against baseline (Baseline); --for SCENARIO names another." in result.output
    )
    assert CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv"), "--for", "border"]).exit_code == 0
