"""Every form of a machine-coded table is read, whatever its file; a row that is no event is refused with its reason."""

import tracemalloc

import pytest
from click.testing import CliRunner
from coded_tables import GDELT_HEAD, ICEWS_HEAD, MAP, data_of, gdelt, icews, imported, rows_of, written

from sim.commands.group import main
from sim.evidence.case_map import CaseMap, read_map
from sim.evidence.event_tables import Event, Refused, events
from sim.evidence.importing import Choice, import_rows
from sim.scenario.load import load


@pytest.mark.parametrize("suffix", ["tab", "tab.gz", "zip"])
def test_a_table_of_icews_becomes_rows_of_a_record(tmp_path, suffix):
    table = written(
        tmp_path / f"events.{suffix}", [ICEWS_HEAD, icews(key="1"), icews(code="112", target="United States", key="2")]
    )
    result = imported(table, "icews", tmp_path / "mine.csv")
    assert result.exit_code == 0, result.output
    assert rows_of(tmp_path / "mine.csv") == [
        ["date", "actor", "target", "action", "source", "note"],
        [
            "2017-09-03",
            "cambodia",
            "opposition",
            "arrest",
            "ICEWS event 1",
            "CAMEO 173 Arrest: Hun Sen | Cambodia/Government → Kem Sokha",
        ],
        [
            "2017-09-03",
            "cambodia",
            "united_states",
            "accuse",
            "ICEWS event 2",
            "CAMEO 112 Arrest: Hun Sen | Cambodia/Government → United States",
        ],
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


def test_a_table_without_the_columns_it_needs_is_refused(tmp_path):
    table = written(tmp_path / "events.tab", [["Event ID", "Event Date"], ["1", "2017-09-03"]])
    result = imported(table, "icews", tmp_path / "mine.csv")
    assert result.exit_code == 2 and "Source Name" in result.output and not (tmp_path / "mine.csv").exists()


def test_a_long_table_needs_the_memory_of_a_row(tmp_path):
    table = tmp_path / "long.tab"
    with table.open("w") as file:
        for _ in range(20_000):
            file.write("\t".join(gdelt(source="FRAGOV", target="DEUGOV")) + "\n")
    loaded = load("baseline")
    case = CaseMap(read_map(MAP, loaded), loaded.scenario)
    list(events(written(tmp_path / "one.tab", [gdelt()]), "gdelt"))  # the tables of the standard are read once
    tracemalloc.start()
    choice = Choice(loaded.scenario.clock, once_within=0)
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
    assert rows_of(out)[1][3] == "offer_talks" and rows_of(out)[1][5] == "CAMEO 036 (written 36): KHMGOV → X | USA"
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
    rows += [[day, "KHM", "Kem Sokha", "173"] for day in ("2017-09", "2017-09-03", "2017-09", "17-09-03", "2017-W36-7")]
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
    data = data_of(table, "icews", tmp_path / "o.csv", "--encoding", "utf-8")
    assert (data["written"], data["malformed"]) == (1, 1)
    assert "byte 0xe9 is not UTF-8 text" in data["first_malformed"][0]


@pytest.mark.parametrize(
    ("encoding", "target", "likely"), [("cp1252", "Montréal", "cp1252"), ("cp1251", "Соха", "cp1251")]
)
def test_a_table_in_another_encoding_is_refused_with_the_likely_one_and_read_where_it_is_named(
    tmp_path, encoding, target, likely
):
    table = tmp_path / "a.tab"
    rows = [ICEWS_HEAD, icews(), icews(text=f"Arrest of {target}")]
    table.write_bytes("\n".join("\t".join(row) for row in rows).encode(encoding))
    refused = imported(table, "icews", tmp_path / "o.csv")
    assert refused.exit_code == 2
    assert "a.tab:3: byte 0x" in refused.output
    assert f"--encoding NAME; perhaps {likely}" in refused.output
    assert data_of(table, "icews", tmp_path / "o.csv", "--encoding", likely)["written"] == 2
    assert f"Arrest of {target}" in (tmp_path / "o.csv").read_text(encoding="utf-8")


def test_a_zero_byte_takes_its_row_and_a_table_without_the_mark_of_utf_16_is_refused_as_such(tmp_path):
    table = tmp_path / "a.tab"
    rows = ["\t".join(row) for row in (ICEWS_HEAD, icews(), icews(text="Arrest\0"))]
    table.write_text("\n".join(rows), encoding="utf-8")
    refused = imported(table, "icews", tmp_path / "o.csv").output
    assert "a.tab:3: byte 0x00 is no text; allowed: text encoded as UTF-8, or --encoding NAME. --encoding" in refused
    assert data_of(table, "icews", tmp_path / "o.csv", "--encoding", "utf-8")["malformed"] == 1
    denied = imported(table, "icews", tmp_path / "p.csv", "--encoding", "utf-16").output
    assert "a.tab:1: is not UTF-16 text" in denied and "allowed: text encoded as UTF-8" in denied


def test_headings_in_another_encoding_name_the_encoding_and_not_missing_columns(tmp_path):
    table = tmp_path / "a.csv"
    rows = ["année;source;target;code", "2017-09-03;Hun Sen;Kem Sokha;173"]
    table.write_bytes("\n".join(rows).encode("cp1252"))
    options = ("--columns", "date=année")
    assert "a.csv:1: byte 0xe9 is not UTF-8 text" in imported(table, "csv", tmp_path / "o.csv", *options).output
    assert data_of(table, "csv", tmp_path / "o.csv", *options, "--encoding", "cp1252")["written"] == 1


def test_an_encoding_that_does_not_exist_or_that_the_mark_of_a_table_denies_is_refused(tmp_path):
    table = written(tmp_path / "a.tab", [ICEWS_HEAD, icews()])
    table.write_bytes(table.read_text().encode("utf-16"))
    unknown = imported(table, "icews", tmp_path / "o.csv", "--encoding", "cp1522")
    assert (unknown.exit_code, "did you mean cp1252?" in unknown.output) == (2, True)
    assert "is no encoding of text" in imported(table, "icews", tmp_path / "o.csv", "--encoding", "idna").output
    assert data_of(table, "icews", tmp_path / "o.csv", "--encoding", "utf-16")["written"] == 1
    denied = imported(table, "icews", tmp_path / "p.csv", "--encoding", "cp1252")
    assert "a.tab:1: begins with the mark of utf-16 text" in denied.output
