"""The record of a case: every row is placed, outside for a reason, or an error; none is dropped or guessed in silence."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two import RECORD, WITH_RECORD

from sim.scenario.load import load
from sim.scenario.problems import UserError
from sim.scenario.record import placed, read_record

HEAD = "date,actor,target,action,outside,seed,source,note\n"
COLUMNS = "date, actor, target, action, source, note, outside, seed, description, event, source_date, confidence, date_confidence"
DATED = "2017-09-03, or 2017-09 where only the month is known"
ONE_OF = "an action of the actor, or why the row is outside the model"


WITH_WEST = WITH_RECORD.replace("leave_out", "leave_out, outside_actors: {west: nobody models it}")


@pytest.fixture
def told(folder, patched):
    """What is said of the small scenario with some record."""

    def told(record: str) -> list[str]:
        (folder / "record.csv").write_text(record, encoding="utf-8", newline="")
        return patched(WITH_WEST)

    return told


def test_rows_are_read_with_their_line_their_day_and_why_they_are_outside(folder):
    rows = read_record(folder / "record.csv", "record.csv")
    assert [row.place.line for row in rows] == [2, 3, 4, 5, 6, 7]
    assert [row.day for row in rows[:4]] == [date(2030, 2, 27), date(2030, 3, 2), date(2030, 3, 3), None]
    assert rows[3].month == "2030-03"
    assert (rows[1].name, rows[1].seed, rows[1].note) == ("north.mobilise", True, "told late")
    assert rows[4].outside == "an actor that nobody models"


def test_a_row_of_several_lines_is_told_by_its_first_and_empty_lines_are_no_rows(folder):
    (folder / "record.csv").write_text(
        HEAD + '\n2030-03-02,north,south,accuse,,no,"a\npaper",\n\n2030-03-03,south,north,accuse,,no,a paper,\n\n'
    )
    assert [(row.place.line, row.source) for row in read_record(folder / "record.csv", "record.csv")] == [
        (3, "a\npaper"),
        (6, "a paper"),
    ]


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ("", f"record.csv:1: the first line is empty; allowed: the columns {COLUMNS}"),
        ("date,actor,target,action,source\n", f"record.csv:1: note: the column is missing; allowed: the columns {COLUMNS}"),
        (HEAD.replace("seed", "sed"), f"record.csv:1: sed: unknown column; allowed: {COLUMNS}; did you mean 'seed'?"),
        (HEAD.replace("seed", "note"), "record.csv:1: note: the column is given twice"),
        (HEAD + "2030-03-02,north,south\n", "record.csv:2: has 3 cells; allowed: 8, as in the first line"),
        (HEAD + '2030-03-02,north,south,"accuse\n', "record.csv:2: is not CSV: unexpected end of data"),
        (HEAD + "2030-03-32,north,south,accuse,,,a paper,\n", f"record.csv:2: date: '2030-03-32' is not a date; allowed: {DATED}"),
        (HEAD + "2030-13,north,south,accuse,,,a paper,\n", f"record.csv:2: date: '2030-13' is not a date; allowed: {DATED}"),
        (HEAD + "0000-05,north,south,accuse,,,a paper,\n", f"record.csv:2: date: '0000-05' is not a date; allowed: {DATED}"),
        (HEAD + "3 March,north,south,accuse,,,a paper,\n", f"record.csv:2: date: '3 March' is not a date; allowed: {DATED}"),
        (HEAD + ",north,south,accuse,,,a paper,\n", f"record.csv:2: date: '' is not a date; allowed: {DATED}"),
        (HEAD + "2030-03-02,north,south,accuse,,x,a paper,\n", "record.csv:2: seed: found 'x'; allowed: yes or no"),
        (HEAD + "2030-03-02,north,south,,,,a paper,\n", f"record.csv:2: action: is empty, and `outside` gives no reason; allowed: {ONE_OF}"),
        (HEAD + "2030-03-02,north,south,accuse,an echo,,a paper,\n", f"record.csv:2: action: stands beside a reason in `outside`: an echo; allowed: {ONE_OF}"),
        (HEAD + "2030-03-02,north,south,accuse,,,,\n", "record.csv:2: source: is empty; allowed: where the act is told"),
        (HEAD + "2030-03-02,nroth,south,accuse,,,a paper,\n", "record.csv:2: actor: no actor is called 'nroth'; allowed: north, south, west; did you mean 'north'?"),
        (HEAD + "2030-03-02,north,east,accuse,,,a paper,\n", "record.csv:2: target: no actor is called 'east'; allowed: north, south, west; did you mean 'west'?"),
        (HEAD + "2030-03-02,west,soth,accuse,,,a paper,\n", "record.csv:2: target: no actor is called 'soth'; allowed: north, south, west; did you mean 'south'?"),
        (HEAD + "2030-03-02,south,north,acuse,,,a paper,\n", "record.csv:2: action: no action of south is called 'acuse'; allowed: accuse, declare; did you mean 'accuse'?"),
        (HEAD + "2030-03-02,north,north,accuse,,,a paper,\n", "record.csv:2: target: found 'north'; allowed: south, the target of north.accuse"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_record_is_told_with_its_line_and_column(told, record, problem):
    assert told(record) == [problem]


def test_everything_wrong_with_the_rows_is_told_at_once(told):
    assert len(told(HEAD + "2030-02-30,north,south,accuse,,,a paper,\n2030-03-02,north,south,,,x,,\n")) == 4


def test_rows_of_actors_declared_outside_and_of_none_that_is_modelled_are_left_out(told, folder):
    assert told(RECORD + "2030-06-01,west,south,invade,,no,a paper,\n") == []
    loaded = load("patch.yaml")
    assert len(loaded.rows) == 7
    assert [row.place.line for row in loaded.rows_inside] == [2, 3, 4, 5, 7]


@pytest.mark.parametrize(
    ("month_only", "day"),
    [("leave_out", None), ("first", date(2028, 2, 1)), ("middle", date(2028, 2, 15)), ("last", date(2028, 2, 29))],
)
def test_an_act_of_which_only_the_month_is_known_gets_the_day_that_the_scenario_chose(folder, month_only, day):
    (folder / "record.csv").write_text(
        HEAD + "2028-02,north,south,accuse,,,a paper,\n2028-02-03,north,south,accuse,,,a paper,\n"
    )
    month, dated = read_record(folder / "record.csv", "record.csv")
    assert placed(month, month_only) == day
    assert placed(dated, month_only) == date(2028, 2, 3)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("records.csv", "patch.yaml:3: record.file: there is no file 'records.csv'; did you mean 'record.csv'?"),
        (
            "../record.csv",
            "patch.yaml:3: record.file: lies outside the folder of the file that names it; allowed: a file in that folder or below it",
        ),
        (
            "/etc/passwd",
            "patch.yaml:3: record.file: lies outside the folder of the file that names it; allowed: a file in that folder or below it",
        ),
        ("folder.csv", "folder.csv: is a directory; allowed: a file"),
    ],
)
def test_a_record_that_cannot_be_read_is_told(folder, patched, name, problem):
    (folder / "folder.csv").mkdir()
    assert patched(WITH_RECORD.replace("record.csv", name)) == [problem]


def test_bytes_that_are_no_text_are_told_with_their_line(folder, patched):
    (folder / "record.csv").write_bytes(HEAD.encode() + b"2030-03-02,north,south,accuse,,,Le Soir,Montr\xe9al\n")
    assert patched(WITH_RECORD) == ["record.csv:2: byte 0xe9 is not UTF-8 text; allowed: text encoded as UTF-8"]


CELLS = st.sampled_from(
    [
        "",
        "2030-03-02",
        "2030-03",
        "north",
        "south",
        "east",
        "accuse",
        "clash",
        "yes",
        "no",
        "a paper",
        '"',
        "a\nb",
        "\0",
        "é",
    ]
)


@given(st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=4).map("\n".join) | st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_record_or_refused_in_words(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(HEAD + text, encoding="utf-8", errors="surrogatepass", newline="")
    try:
        rows = read_record(path, "any.csv")
    except UserError as error:
        assert all(str(problem).startswith("any.csv:") for problem in error.problems)
    else:
        assert all(row.month and row.source and bool(row.action) != bool(row.outside) for row in rows)
