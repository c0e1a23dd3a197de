"""The record of a case: every row is placed, outside for a reason, or an error; none is dropped or guessed in silence."""

import gzip
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two import RECORD, WITH_RECORD

from sim.commands.init import start_folder
from sim.scenario.load import load
from sim.scenario.problems import UserError
from sim.scenario.record import CONFIDENCE, DATE_CONFIDENCE, placed, read_record

HEAD = "date,actor,target,action,outside,seed,source,note\n"
COLUMNS = "date, actor, target, action, source, note, outside, seed, description, event, source_date, confidence, date_confidence"
NEEDED = "date, actor, target, action, source, note"
DATED = "2017-09-03, or 2017-09 where only the month is known, or 2017-09-03/2017-09-10 for a day between the two"
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
        ("", "record.csv: is empty; allowed: a table with a row of headings"),
        ("date,actor,target,action,source\n", f"record.csv:1: lacks the column note; the first line holds, between commas, date, actor, target, action, source; allowed: the columns {NEEDED}"),
        ("date:actor:target:action:source:note\n", f"record.csv:1: lacks the columns {NEEDED}; the first line is one cell, 'date:actor:target:action:source:note'; allowed: the columns {NEEDED}"),
        ("2030-03-02,north,south,accuse,a paper,\n", f"record.csv:1: lacks the columns {NEEDED}; the first line holds, between commas, 2030-03-02, north, south, accuse, a paper (a row without headings?); allowed: the columns {NEEDED}"),
        (HEAD + "2030-03-02,,south,accuse,,,a paper,\n", "record.csv:2: actor: is empty, and names no actor; allowed: north, south, west"),
        (HEAD.replace("actor", "actr"), f"record.csv:1: actr: unknown column; allowed: {COLUMNS}; did you mean 'actor'?"),
        ("," + HEAD, f"record.csv:1: column 1 has no heading; allowed: {COLUMNS}"),
        (HEAD.replace("seed", "sed"), f"record.csv:1: sed: unknown column; allowed: {COLUMNS}; did you mean 'seed'?"),
        (HEAD.replace("seed", "note"), "record.csv:1: note: the column is given twice"),
        (HEAD + "2030-03-02,north,south\n", "record.csv:2: has 3 cells; allowed: 8, as in the first line"),
        (HEAD + '2030-03-02,north,south,"accuse\n', "record.csv:2: is not CSV: a quotation mark is not closed; allowed: CSV, each cell's marks in pairs"),
        (HEAD + "2030-03-32,north,south,accuse,,,a paper,\n", f"record.csv:2: date: '2030-03-32' is not a date; allowed: {DATED}"),
        (HEAD + "2030-13,north,south,accuse,,,a paper,\n", f"record.csv:2: date: '2030-13' is not a date; allowed: {DATED}"),
        (HEAD + "0000-05,north,south,accuse,,,a paper,\n", f"record.csv:2: date: '0000-05' is not a date; allowed: {DATED}"),
        (HEAD + "3 March,north,south,accuse,,,a paper,\n", f"record.csv:2: date: '3 March' is not a date; allowed: {DATED}"),
        (HEAD + ",north,south,accuse,,,a paper,\n", f"record.csv:2: date: is empty; allowed: {DATED}"),
        (HEAD + "2030-03-02,north,south,accuse,,x,a paper,\n", "record.csv:2: seed: found 'x'; allowed: yes or no"),
        (HEAD + "2030-03-02,north,south,,,,a paper,\n", f"record.csv:2: action: is empty, and `outside` gives no reason; allowed: {ONE_OF}"),
        (HEAD + "2030-03-02,north,south,accuse,an echo,,a paper,\n", f"record.csv:2: action: stands beside a reason in `outside`: an echo; allowed: {ONE_OF}"),
        (HEAD + "2030-03-02,north,south,accuse,,,,\n", "record.csv:2: source: is empty; allowed: where the act is reported"),
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


@pytest.mark.parametrize(
    ("note", "problem"), [(b"Montr\xe9al", "byte 0xe9 is not UTF-8 text"), (b"Mont\0real", "byte 0x00 is no text")]
)
def test_bytes_that_are_no_text_are_told_with_their_line(folder, patched, note, problem):
    (folder / "record.csv").write_bytes(HEAD.encode() + b"2030-03-02,north,south,accuse,,,Le Soir," + note + b"\n")
    assert patched(WITH_RECORD) == [
        f"record.csv:2: {problem}; allowed: text encoded as UTF-8; a spreadsheet calls it CSV UTF-8"
    ]


ROW = "2030-03-02,north,south,accuse,,no,a paper,\n"


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + ROW).replace(",", ";").encode("utf-8-sig"),
        (HEAD + ROW).replace(",", "\t").encode("utf-16"),
        (HEAD.upper() + ROW + ",,,,,,,\n, ,,,,,,\n").encode(),
        (HEAD.replace("\n", ",,\n") + ROW.replace("\n", ",,\n")).encode(),
        (HEAD.title().replace(",", " , ") + ROW.replace(",", ", ")).encode(),
        gzip.compress((HEAD + ROW).encode(), mtime=0),
    ],
)
def test_a_record_is_read_as_a_spreadsheet_saves_it(folder, content):
    (folder / "record.csv").write_bytes(content)
    (row,) = read_record(folder / "record.csv", "record.csv")
    assert (row.place.line, row.day, row.name, row.target, row.source) == (2, date(2030, 3, 2), "north.accuse", "south", "a paper")  # fmt: skip


@pytest.mark.parametrize(("column", "words"), [("confidence", CONFIDENCE), ("date_confidence", DATE_CONFIDENCE)])
def test_confidence_is_a_share_or_a_word_that_stands_for_one(folder, column, words):
    head, month = HEAD.replace("note", f"note,{column}"), ROW.replace("-02,", ",")
    cells = {"": 1.0, "0": 0.0, "1": 1.0, "0.25": 0.25, '"0,25"': 0.25, **words}
    (folder / "record.csv").write_text(head + "".join(month.replace("\n", f",{cell}\n") for cell in cells))
    rows = read_record(folder / "record.csv", "record.csv")
    assert [getattr(row, column) for row in rows] == list(cells.values())
    wrong = {"1.5": "", "-0.1": "", "nan": "", "banana": "", "recaled": "; did you mean 'recalled'?"}
    (folder / "record.csv").write_text(head + "".join(month.replace("\n", f",{cell}\n") for cell in wrong))
    with pytest.raises(UserError) as error:
        read_record(folder / "record.csv", "record.csv")
    allowed = f"allowed: a number from 0 to 1, or {', '.join(words)}"
    assert [str(problem) for problem in error.value.problems] == [
        f"record.csv:{line}: {column}: found '{cell}'; {allowed}{near}"
        for line, (cell, near) in enumerate(wrong.items(), 2)
    ]


def test_what_is_said_of_the_day_agrees_with_it(told):
    head = HEAD.replace("note", "note,source_date,date_confidence")
    assert told(head + ROW.replace("\n", ",2030,firm\n")) == []
    assert told(head + ROW.replace("\n", ",spring,month_only\n")) == [
        "record.csv:2: date_confidence: says that only the month is known, and the date is 2030-03-02; allowed: 2030-03 as the date, or another word",
        "record.csv:2: source_date: 'spring' is not a date; allowed: 2017-09-03, 2017-09, 2017 or nothing",
    ]


def test_a_year_that_no_act_of_the_case_can_have_is_an_error(told):
    record = HEAD + ROW + ROW.replace("2030-03-02", "0030-03-02") + ROW.replace("2030-03-02", "2131-03")
    clock = "allowed: 2030-03-01 to 2030-12-31, or some years beside it"
    assert told(record) == [
        f"record.csv:3: date: 0030-03-02 lies 2,000 years before the clock; {clock}",
        f"record.csv:4: date: 2131-03 lies 101 years after the clock; {clock}",
    ]


def test_a_year_far_from_the_clock_and_from_the_other_rows_is_a_warning(told):
    def warned(*years: int) -> list[int]:
        assert (
            told(HEAD + "".join(ROW.replace("2030-03-02", f"{year}-05-0{day}") for day, year in enumerate(years, 1)))
            == []
        )
        far = [
            one for one in load("patch.yaml").warnings if "from the other rows" in one.text or "no row lies" in one.text
        ]
        return [years[one.place.line - 2] for one in far]

    assert warned(2030, 2031, 1930) == [1930]
    assert warned(2019, 2030) == [2019]
    assert warned(2020, 2030) == []  # ten years are not far
    assert warned(1990, 1991, 1992, 2030) == []  # nor is what lies among others
    assert warned(2071, 2030) == [2071]
    assert warned(2071) == [2071] and warned(1990, 1991) == [1990]  # all of it far away is one warning


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


def test_outside_actors_may_be_taken_away_where_no_row_needs_them(tmp_path):
    start_folder(tmp_path, blank=False)
    (tmp_path / "own.csv").write_text(HEAD + "2017-09-03,cambodia,opposition,detain_leader,,yes,a paper,\n")
    patch = (
        "extends: baseline.yaml\nname: T\ndescription: t\nrecord: {file: own.csv, replay: all, outside_actors: null}\n"
    )
    (tmp_path / "patch.yaml").write_text(patch)
    assert len(load(tmp_path / "patch.yaml").rows_inside) == 1


def test_a_record_of_what_came_later_is_told_to_teach_nothing(folder):
    """Bases are learned up to the last replayed day; who gives all of them needs no record for that."""
    later = RECORD.splitlines()
    (folder / "record.csv").write_text("\n".join([later[0], later[-1]]) + "\n", encoding="utf-8")
    given = f"extends: two.yaml\n{WITH_RECORD}".replace("marked", "none")
    for text, warned in ((given, []), (given + "channels.north.south.hostile.base: null\n", ["record.file"])):
        (folder / "patch.yaml").write_text(text, encoding="utf-8")
        found = load("patch.yaml").warnings
        assert [one.key for one in found if "so no base is learned" in one.text] == warned


def test_an_act_between_two_days_gets_its_day_as_one_of_a_month_does(folder):
    (folder / "record.csv").write_text(
        HEAD + "2030-03-02/2030-03-09,north,south,accuse,,no,a paper,\n2030-03,north,south,accuse,,no,a paper,\n"
    )
    between, month = read_record(folder / "record.csv", "record.csv")
    assert (between.day, between.month, between.year) == (None, "2030-03-02/2030-03-09", 2030)
    assert [placed(between, where) for where in ("leave_out", "first", "middle", "last")] == [
        None, date(2030, 3, 2), date(2030, 3, 5), date(2030, 3, 9),
    ]  # fmt: skip
    assert [placed(month, where) for where in ("first", "middle", "last")] == [
        date(2030, 3, 1), date(2030, 3, 15), date(2030, 3, 31),
    ]  # fmt: skip


def test_a_joint_act_is_one_of_each_actor_toward_each_target(folder):
    row = "2030-03-02,north + south,east+west,accuse,,no,a paper,\n"
    (folder / "record.csv").write_text(HEAD + row)
    rows = read_record(folder / "record.csv", "record.csv")
    assert [(one.actor, one.target, one.place.line) for one in rows] == [
        ("north", "east", 2), ("north", "west", 2), ("south", "east", 2), ("south", "west", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2030-03-09/2030-03-02,north,south,accuse", f"date: '2030-03-09/2030-03-02' is not a date; allowed: {DATED}"),
        ("2030-03/2030-04,north,south,accuse", f"date: '2030-03/2030-04' is not a date; allowed: {DATED}"),
        ("2030-03-02,north+,south,accuse", "actor: 'north+' has an empty name, or one twice; allowed: names, with a + between them"),
        ("2030-03-02,north+north,south,accuse", "actor: 'north+north' has an empty name, or one twice; allowed: names, with a + between them"),
        ("2030-03-02,north+west,south,accuse", None),
        ("2030-03-02,north+nort,south,accuse", "actor: no actor is called 'nort'; allowed: north, south, west; did you mean 'north'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_span_or_with_those_who_act_jointly_is_told_at_its_row(told, row, problem):
    record = HEAD + row + ",,yes,a paper,\n"
    assert told(record) == ([] if problem is None else [f"record.csv:2: {problem}"])
