"""Tables of text: the same rows from whatever a spreadsheet, a statistics program or an archive made of them."""

import bz2
import gzip
import os
import tracemalloc
from pathlib import Path

import pytest
from archives import zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.problems import UserError
from sim.scenario.text_tables import Columns, Line, decimal, heading_key, missing_columns, open_table

ROWS = [["name", "first day", "note"], ["Nord, Süd", "2030-03-02", 'so "called"'], ["東", "2030-03-03", "a\nb"]]


def text_of(separator: str, end: str = "\n") -> str:
    def quoted(cell: str) -> str:
        marks = any(sign in cell for sign in (separator, '"', "\n"))
        return f'"{cell.replace(chr(34), chr(34) * 2)}"' if marks else cell

    return "".join(separator.join(map(quoted, row)) + end for row in ROWS)


def locked() -> bytes:
    """An archive whose one file says that it has a password."""
    raw = bytearray(zipped({"a.csv": b"a,b\n"}))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


PACKED = {
    "plain": lambda raw: raw,
    "gz": gzip.compress,
    "zip": lambda raw: zipped({"table.csv": raw}),
    "zip of macOS": lambda raw: zipped({"a/": b"", "a/t.csv": raw, "__MACOSX/a/._t.csv": b"x", "a/.DS_Store": b"x"}),
    "gz in a zip": lambda raw: zipped({"table.csv.gz": gzip.compress(raw)}),
}


def read(path: Path, **options) -> list[list[str]]:
    with open_table(path, path.name, **options) as table:
        return [line.cells for line in table.lines]


def refused(path: Path, **options) -> str:
    with pytest.raises(UserError) as error, open_table(path, path.name, **options) as table:
        list(table.lines)
    (problem,) = error.value.problems
    return str(problem)


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("separator", ["\t", ",", ";", "|"])
def test_a_table_is_the_same_in_every_dialect_encoding_and_packing(tmp_path, separator, encoding, packing):
    path = tmp_path / "table"  # the name says nothing
    path.write_bytes(PACKED[packing](text_of(separator).encode(encoding)))
    assert read(path) == ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_the_same_with_the_line_ends_of_every_system(tmp_path, end):
    (tmp_path / "t.csv").write_bytes(text_of(",", end).encode())
    assert read(tmp_path / "t.csv") == ROWS


def test_rows_are_numbered_by_the_line_on_which_they_start_and_empty_ones_are_passed_over(tmp_path):
    (tmp_path / "t.csv").write_text('\nsep=;\na;b\n\n;\n"x\ny";1\n  ; \nz;2\n')
    with open_table(tmp_path / "t.csv", "t.csv") as table:
        assert [(line.number, line.cells) for line in table.lines] == [
            (3, ["a", "b"]),
            (6, ["x\ny", "1"]),
            (9, ["z", "2"]),
        ]


def test_between_tabs_loose_marks_come_off_whole_cells_and_swallow_nothing(tmp_path):
    lines = ['"a"\t"b ""c"" d"', 'he said "no\t"x\\"y"', '"open\tz']
    (tmp_path / "t.tab").write_text("\n".join(lines) + "\n")
    assert read(tmp_path / "t.tab", loose_quotes=True) == [["a", 'b "c" d'], ['he said "no', 'x"y'], ['"open', "z"]]


def test_a_mark_that_nobody_closes_is_told_with_the_lines_that_it_swallows(tmp_path):
    (tmp_path / "t.csv").write_text('a,b\n1,2\n3,"4\n5,6\n7,8\n')
    with open_table(tmp_path / "t.csv", "t.csv") as table:
        lines = list(table.lines)
    assert [line.cells for line in lines] == [["a", "b"], ["1", "2"], []]
    assert lines[2].number == 3 and "not closed, and takes lines 3 to 5 into one cell" in lines[2].fault


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b"PAR1" + bytes(40), "a Parquet file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a workbook of Excel (.xls)"),
        (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "a workbook of Excel (.xlsx)"),
        (zipped({"mimetype": b"x", "content.xml": b"<x/>"}), "a workbook (.ods)"),
        (bz2.compress(b"a,b\n"), "a file packed with bzip2"),
        (zipped({}), "an empty zip archive"),
        (b"\n <!DOCTYPE html><html>", "a web page"),
        (b'[\n {"a": 1}]', "JSON"),
        (b"\xff\xfe" + "<html>".encode("utf-16-le"), "a web page"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # an archive holds the time at which it was made
)
def test_what_is_no_table_of_text_is_refused_with_what_it_looks_like(tmp_path, content, looks):
    (tmp_path / "t.csv").write_bytes(content)
    assert f"t.csv: looks like {looks}; allowed: " in refused(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "t.csv: is empty"),
        (b"\n \n", "t.csv: is empty"),
        (zipped({"a.csv": b"x", "b.csv": b"y"}), "t.csv: holds 2 files: a.csv, b.csv; allowed: an archive of one file"),
        (zipped({"__MACOSX/._a.csv": b"x"}), "t.csv: holds 0 files: none"),
        (locked(), "t.csv: holds a.csv, which has a password; allowed: one without"),
        (gzip.compress(text_of(",").encode() * 9999)[:900], "cannot be read: Compressed file ended"),
        (gzip.compress(b"a,b\n")[:-8] + bytes(8), "cannot be read: CRC check failed"),
        (zipped({"a.csv": b"a,b\n"}).replace(b"a,b\n", b"a,c\n"), "cannot be read: Bad CRC-32"),
        (zipped({"a.csv": b"a,b\n"})[:40], "cannot be read: File is not a zip file"),
        (b"\xff\xfea\x00,\x00b", "t.csv:1: is not UTF-16 text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # an archive holds the time at which it was made
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, words):
    (tmp_path / "t.csv").write_bytes(content)
    assert words in refused(tmp_path / "t.csv")


def test_only_a_file_is_read_and_only_so_much_of_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe") == "pipe: is not a regular file; allowed: a file"
    assert refused(tmp_path) == f"{tmp_path.name}: is a directory; allowed: a file"
    assert refused(tmp_path / "none.csv") == "none.csv: there is no such file"
    (tmp_path / "t.csv").write_bytes(gzip.compress(b"a,b\n" * 100))
    assert refused(tmp_path / "t.csv", most_characters=50) == "t.csv: is too large; allowed: at most 50 characters"


def test_a_small_archive_of_one_endless_line_does_not_fill_the_memory(tmp_path):
    (tmp_path / "t.gz").write_bytes(gzip.compress(b"a" * 30_000_000))
    tracemalloc.start()
    with open_table(tmp_path / "t.gz", "t.gz", loose_quotes=True) as table:
        assert sum(len(line.cells[0]) for line in table.lines) == 30_000_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_headings_are_known_by_their_letters_and_digits():
    assert {heading_key(heading) for heading in ("Event Date", "event_date", "EventDate", "event.date ")} == {
        "eventdate"
    }
    columns = Columns([" Name", "", "FIRST_DAY", "note", "", ""], {"name": ("name",), "day": ("day", "first day")})
    assert (columns.places, columns.width, columns.unknown, columns.twice) == (
        {"name": 0, "day": 2},
        4,
        ["", "note"],
        [],
    )
    assert columns.row(Line(2, [" x ", "", "2030-03-02", ""])) == {"name": "x", "day": "2030-03-02"}
    assert columns.fitted(Line(2, ["x", "", "d", "", "", ""])).cells == ["x", "", "d", ""]
    assert columns.fitted(Line(2, ["x", "", "d", "", "", "y"])).fault == "has 6 cells"
    assert Columns(["day", "First Day"], {"day": ("day", "first day")}).twice == ["day"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("day:name\n", "lacks the columns day, name; the first line is one cell, 'day:name'; allowed: the columns day, name"),
        ("day;nmae\n", "lacks the column name; the first line holds, between semicolons, day, nmae; allowed: the columns day, name; did you mean 'name'?"),
    ],
)  # fmt: skip
def test_columns_that_are_missing_are_one_problem_that_says_what_is_there(tmp_path, content, words):
    (tmp_path / "t.csv").write_text(content)
    with open_table(tmp_path / "t.csv", "t.csv") as table:
        columns = Columns(table.first().cells, {"day": ("day",), "name": ("name",)})
        assert str(missing_columns(table, 1, columns, ("day", "name"))) == f"t.csv:1: {words}"


def test_a_number_is_finite_with_a_point_or_a_comma():
    assert [decimal(text) for text in ("-5", "0.25", "-2,5", ".5", "1e-1", "+3.")] == [-5, 0.25, -2.5, 0.5, 0.1, 3]
    for text in ("", "nan", "inf", "-Infinity", "1e999", "1_0", "1,000.5", "0x1", "five", "1 2"):
        with pytest.raises(ValueError, match="is not a finite number"):
            decimal(text)


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda raw: gzip.compress(raw, mtime=0)))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_rows_or_are_refused_in_words(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(raw)
    for loose in (True, False):
        try:
            cells = read(path, loose_quotes=loose)
        except UserError as error:
            assert all(str(problem).startswith("any") for problem in error.problems)
        else:
            assert all(isinstance(cell, str) for row in cells for cell in row)
