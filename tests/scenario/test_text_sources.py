"""Where tables come from: files, folders, archives and standard input give the same tables, and nothing is lost unsaid."""

import gzip
import io
import os
import sys
from pathlib import Path

import pytest
from archives import zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.problems import UserError
from sim.scenario.text_sources import open_sources
from sim.scenario.text_tables import open_table


def tables_of(*paths, advance=None) -> dict[str, list[str]]:
    """Every table, and the first cells of its rows."""
    read = {}
    with open_sources(paths) as sources:
        for source in sources.tables:
            with open_table(source, source.shown_as, advance=advance) as table:
                read[source.shown_as] = [line.cells[0] for line in table.lines if not line.fault]
    return read


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "b.csv").write_text("b,1\n")
    (tmp_path / "in" / "deep" / "a.TAB").write_text("a\t1\n")
    (tmp_path / "in" / "c.csv.gz").write_bytes(gzip.compress(b"c,1\n"))
    (tmp_path / "in" / "z.zip").write_bytes(
        zipped({"two.tab": b"y\t1\n", "one.csv": b"x,1\n", "codebook.pdf": b"%PDF", "__MACOSX/._one.csv": b"x"})
    )
    (tmp_path / "in" / "README.md").write_text("# read me\n")
    (tmp_path / "in" / ".hidden.csv").write_text("h,1\n")
    return tmp_path


IN_THE_FOLDER = {"in/b.csv": ["b"], "in/c.csv.gz": ["c"], "in/deep/a.TAB": ["a"], "in/z.zip/one.csv": ["x"], "in/z.zip/two.tab": ["y"]}  # fmt: skip


def test_a_folder_holds_the_tables_below_it_and_names_what_is_none(folder):
    assert tables_of(Path("in")) == IN_THE_FOLDER
    with open_sources([Path("in")]) as sources:
        assert sources.passed_over == ["in/README.md", "in/z.zip/codebook.pdf"]
    assert list(tables_of(Path("in/z.zip"), Path("in/b.csv"))) == ["in/z.zip/one.csv", "in/z.zip/two.tab", "in/b.csv"]


def test_an_empty_file_is_passed_over_among_others_and_refused_alone(folder):
    (folder / "in" / "e.csv").write_text("")
    with open_sources([Path("in")]) as sources:
        assert "in/e.csv (empty)" in sources.passed_over and len(sources.tables) == len(IN_THE_FOLDER)
    with pytest.raises(UserError, match=r"e\.csv: is empty"):
        tables_of(Path("in/e.csv"))


def test_what_was_read_of_the_tables_adds_up_to_their_size(folder):
    counts = []
    tables_of(folder / "in", advance=counts.append)
    with open_sources([folder / "in"]) as sources:
        assert sum(counts) == sources.size > 0


@pytest.mark.parametrize(
    ("content", "tables"),
    [
        (b"a,1\n", {"standard input": ["a"]}),
        (gzip.compress(b"a,1\n"), {"standard input": ["a"]}),
        (
            zipped({"x.csv": b"a,1\n", "y.csv": b"b,1\n"}),
            {"standard input/x.csv": ["a"], "standard input/y.csv": ["b"]},
        ),
    ],
    ids=["plain", "gz", "zip"],
)
def test_standard_input_is_a_table_packed_or_not(monkeypatch, content, tables):
    stream = io.TextIOWrapper(io.BytesIO(content))
    monkeypatch.setattr(sys, "stdin", stream)
    assert tables_of(Path("-")) == tables
    assert not stream.buffer.closed
    with open_sources([Path("-")]) as sources:
        assert sources.size == 0 or len(sources.tables) == 2


def refused(*paths) -> str:
    with pytest.raises(UserError) as error, open_sources(paths):
        pass
    (problem,) = error.value.problems
    return str(problem)


def test_a_path_that_holds_no_table_says_what_is_there(folder):
    (folder / "empty").mkdir()
    (folder / "notes").mkdir()
    (folder / "notes" / "a.docx").write_bytes(b"PK")
    os.mkfifo(folder / "pipe")
    (folder / "bad.zip").write_bytes(b"PK\x03\x04 and no more")
    (folder / "book.xlsx").write_bytes(zipped({"[Content_Types].xml": b"<x/>"}))
    assert (
        refused(Path("empty")) == "empty: holds no table; allowed: files that end in .csv, .tsv, .tab, .txt, .gz, .zip"
    )
    assert "notes: holds no table; it holds notes/a.docx; allowed" in refused(Path("notes"))
    assert "pipe: is not a regular file" in refused(Path("pipe"))
    assert "bad.zip: cannot be read: File is not a zip file" in refused(Path("bad.zip"))
    assert "book.xlsx: looks like a workbook of Excel" in refused(Path("book.xlsx"))
    assert "in/b.cvs: there is no such file" in refused(Path("in/b.cvs"))
    assert "did you mean 'in/b.csv'?" in refused(Path("in/b.cvs"))
    assert "in/b.csv: is given twice" in refused(Path("in"), Path("in/b.csv"))
    assert "-: is given twice" in refused_twice_from_input()


def refused_twice_from_input() -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,1\n")))
        return refused(Path("-"), Path("-"))


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda raw: zipped({"a.csv": raw, "b": raw})))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_tables_or_are_refused_in_words(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "any.zip"
    path.write_bytes(raw)
    try:
        assert isinstance(tables_of(path), dict)
    except UserError as error:
        assert all(str(problem).startswith(str(path)) for problem in error.problems)
