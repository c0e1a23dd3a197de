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

from sim.cli import main
from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.event_forms import Side
from sim.evidence.event_tables import Event, Refused, events
from sim.evidence.importing import Choice, import_rows
from sim.scenario.library import shipped_folder
from sim.scenario.load import load
from sim.scenario.start import start_folder

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
    columns=61, day="20170903", one="KHMGOV", code="173", other="KHMOPP", name="CAMBODIA", other_name="PARTY",
    root="", key="", types=("", ""),
) -> list[str]:  # fmt: skip
    row = [""] * columns
    row[0], row[1], row[26], row[28], row[-1] = key or str(next(KEYS)), day, code, root, "http://example.org/story"
    row[5:8], row[12:14] = (one, name, one[:3]), types
    row[15:18] = other, other_name, other[:3]
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
    table = written(tmp_path / f"events.{suffix}", [ICEWS_HEAD, icews(key="1"), icews(code="112", target="United States", key="2")])
    told = imported(table, "icews", tmp_path / "mine.csv")
    assert told.exit_code == 0, told.output
    assert rows_of(tmp_path / "mine.csv") == [
        ["date", "actor", "target", "action", "source", "note"],
        ["2017-09-03", "cambodia", "opposition", "arrest", "ICEWS event 1", "CAMEO 173 Arrest"],
        ["2017-09-03", "cambodia", "united_states", "accuse", "ICEWS event 2", "CAMEO 112 Arrest"],
    ]


@pytest.mark.parametrize("columns", [57, 58, 61])
def test_a_table_of_gdelt_has_no_header_and_any_of_its_widths(tmp_path, columns):
    table = written(tmp_path / "20170903.export.CSV", [gdelt(columns, key="99"), gdelt(columns, code="1722")])
    assert imported(table, "gdelt", tmp_path / "mine.csv").exit_code == 0
    found = rows_of(tmp_path / "mine.csv")[1:]
    assert [row[3] for row in found] == ["arrest", "dissolve_party"]  # the longest beginning of a code counts
    assert found[0][4] == "GDELT event 99 http://example.org/story"


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
    told = imported(table, "icews", tmp_path / "mine.csv", "--once-a-day", "--since", "2016-01-01", "--json")
    found = json.loads(told.output)
    assert {key: found[key] for key in ("rows", "written", "same_day_repeats_left_out", "between_others", "outside_the_days", "malformed")} == {
        "rows": 8, "written": 1, "same_day_repeats_left_out": 1, "between_others": 2, "outside_the_days": 1, "malformed": 2,
    }  # fmt: skip
    assert found["unmapped_codes"] == [["cambodia", "opposition", "193", 1]]
    assert list(found["unmapped_actors"].values()) == [1] and "Sam Somebody" in next(iter(found["unmapped_actors"]))
    assert [one.rpartition("events.tab:")[2].split(":")[0] for one in found["first_malformed"]] == ["7", "8"]
    words = imported(table, "icews", tmp_path / "other.csv").output
    assert "malformed" in words and "someday" in words and "Sam Somebody" in words


def test_an_imported_record_loads_and_checks_like_any_other(tmp_path):
    table = written(
        tmp_path / "events.tab", [ICEWS_HEAD, icews(), icews(day="2017-09-04", code="112", target="United States")]
    )
    assert imported(table, "icews", tmp_path / "mine.csv", "--once-a-day").exit_code == 0
    told = CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv")])
    assert told.exit_code == 0 and "2 acts of its actors, 2017-09-03 to 2017-09-04" in told.output
    start_folder(tmp_path / "own", blank=False)
    (tmp_path / "mine.csv").rename(tmp_path / "own" / "mine.csv")
    mine = tmp_path / "own" / "mine.yaml"
    mine.write_text("extends: baseline.yaml\nname: Mine\nrecord: {file: mine.csv, replay: all}\n")
    ordered = load(str(mine)).ordered
    assert [one.name for one in ordered] == ["cambodia.arrest", "cambodia.accuse"]


def test_a_record_that_is_there_is_not_written_over(tmp_path):
    table = written(tmp_path / "events.tab", [ICEWS_HEAD, icews()])
    (tmp_path / "mine.csv").write_text("precious")
    told = imported(table, "icews", tmp_path / "mine.csv")
    assert told.exit_code == 2 and "is there already" in told.output
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
    told = CliRunner().invoke(
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
    assert told.exit_code == 2 and why in told.output and not (tmp_path / "o.csv").exists()


def test_a_table_without_the_columns_it_needs_is_refused(tmp_path):
    table = written(tmp_path / "events.tab", [["Event ID", "Event Date"], ["1", "2017-09-03"]])
    told = imported(table, "icews", tmp_path / "mine.csv")
    assert told.exit_code == 2 and "Source Name" in told.output and not (tmp_path / "mine.csv").exists()


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
            file.write("\t".join(gdelt(one="FRAGOV", other="DEUGOV")) + "\n")
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
    found = list(events(table, "icews"))
    assert len(found) == 2 and all(isinstance(one, Event) for one in found)


def test_every_row_is_an_event_or_malformed(tmp_path):
    table = written(tmp_path / "x.csv", [["only"], ["\x00"], gdelt()])
    assert [type(one) for one in events(table, "gdelt")] == [Refused, Refused, Event]


def test_everything_that_is_wrong_with_a_record_is_said_at_once(tmp_path):
    rows = [
        "date,actor,target,action,source,note",
        "2017-09-03,cambodia,opposition,arrest,a paper,",
        "2017-13-03,cambodia,opposition,arrest,a paper,",
        "2017-09-04,cambodia,opposition,arest,a paper,",
        "2017-09-03,cambodia,opposition,arrest,another paper,",
    ]
    (tmp_path / "mine.csv").write_text("\n".join(rows) + "\n")
    told = CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv")])
    assert told.exit_code == 2
    lines = [line for line in told.output.splitlines() if line.startswith("error")]
    assert [line.partition("mine.csv:")[2].partition(":")[0] for line in lines] == ["3", "4", "5"]
    assert "did you mean 'arrest'" in lines[1] and "in line 2 already" in lines[2]


def test_an_import_of_nothing_is_an_error_and_writes_no_record(tmp_path):
    (tmp_path / "x.csv").write_text("date,source,target,code\n2017-09-03,Hun Sen,Kem Sokha,999\n")
    out = tmp_path / "mine.csv"
    call = ["record", "import", str(tmp_path / "x.csv"), "--format", "csv", "--map", str(MAP), "--out", str(out)]
    told = CliRunner().invoke(main, call)
    assert told.exit_code == 2 and "no record was written" in told.output and not out.exists()


def test_a_record_without_marks_is_not_replayed_in_silence(tmp_path):
    start_folder(tmp_path / "mine", blank=False)
    rows = "date,actor,target,action,source,note\n2017-09-03,cambodia,opposition,arrest,a paper,\n"
    (tmp_path / "mine" / "own.csv").write_text(rows)
    (tmp_path / "mine" / "own.yaml").write_text("extends: baseline.yaml\nname: Own\nrecord.file: own.csv\n")
    warnings = [str(one) for one in load(str(tmp_path / "mine" / "own.yaml")).warnings]
    assert any("no row is marked (seed: yes)" in one for one in warnings)
