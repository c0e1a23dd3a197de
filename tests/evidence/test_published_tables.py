"""POLECAT, ACLED and UCDP GED become rows of a record; what their rows leave open is counted and not guessed."""

import csv
import io

import pytest
from coded_tables import data_of, imported, rows_of

from sim.evidence.event_forms import published_columns
from sim.evidence.event_sources import side_by_lists
from sim.evidence.event_tables import Event, events


def table(path, form: str, rows: list[dict[str, str]], *, headings=(), separator=",", head=True):
    """Write a table of all columns of a published form, or of other headings; cells that are not given are empty."""
    names = list(headings) or published_columns(form)
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=separator)
    if head:
        writer.writerow(names)
    for row in rows:
        assert set(row) <= set(names)
        writer.writerow([row.get(name, "") for name in names])
    path.write_text(sink.getvalue())
    return path


def polecat(key="1", day="2017-09-03", kind="COERCE", mode="arrest", actor=("None", "KHM", "GOV"), recipient=("CNRP", "KHM", "PTY")):  # fmt: skip
    row = {"Event ID": key, "Event Date": day, "Event Type": kind, "Event Mode": mode}
    for side, cells in (("Actor", actor), ("Recipient", recipient)):
        row |= dict(zip((f"{side} Name", f"{side} Country", f"{side} Sectors"), cells, strict=True))
    return row


def test_a_table_of_polecat_is_mapped_by_types_and_modes(tmp_path):
    rows = [
        polecat("1", actor=("Somebody Sok;None", "KHM", "GOV")),
        polecat("2", kind="ACCUSE", mode="disapprove", actor=("None", "USA", "GOV"), recipient=("None", "KHM", "GOV")),
        polecat("3", kind="SANCTION", mode="discontinue", actor=("United States", "USA", "GOV"), recipient=("Cambodia", "KHM", "GOV")),
        polecat("4", kind="COERCE", mode="frown"),
        polecat("5", kind="COERSE"),
    ]  # fmt: skip
    source = table(tmp_path / "a.txt", "polecat", rows, separator="\t")
    data = data_of(source, "polecat", tmp_path / "o.csv")
    assert [row[3] for row in rows_of(tmp_path / "o.csv")[1:]] == ["arrest", "criticise", "cut_aid"]
    assert rows_of(tmp_path / "o.csv")[1][4:] == ["POLECAT event 1", "PLOVER COERCE-arrest: Somebody Sok | KHMGOV → CNRP | KHMPTY"]  # fmt: skip
    assert data["unmapped_codes"] == [["cambodia", "opposition", "COERCE-frown", 1]]
    assert data["malformed_by_reason"] == [["is not a type of event of PLOVER", 1]]
    assert data["first_malformed"] == [f"{source}:6: Event Type: 'COERSE' is not a type of event of PLOVER; did you mean 'COERCE'?"]  # fmt: skip
    bare = table(tmp_path / "b.txt", "polecat", rows, separator="\t", head=False)
    assert next(iter(events(bare, "polecat"))).key == "1"


@pytest.mark.parametrize(
    ("name", "country", "sectors", "text"),
    [
        ("None", "KHM", "GOV", "KHMGOV"),
        ("None", "KHM", "None", "KHM"),
        ("Cambodia", "KHM", "None", "KHM"),
        ("Somebody Sok", "KHM", "None", "Somebody Sok"),  # a person is no country
        ("Somebody Sok;None", "KHM", "GOV;LEG", "Somebody Sok | KHMGOV | KHMLEG"),
        ("A;B", "KHM", "PTY", "A | KHMPTY; B | KHMPTY"),
        ("A;B", "KHM;USA", "GOV", "A | KHMGOV; B | USAGOV"),
        ("A", "KHM;USA", "GOV", "A; KHMGOV; USAGOV"),  # whose of the two is not said
        ("None", "None", "None", "(nobody)"),
    ],
)
def test_a_side_of_polecat_may_be_several(name, country, sectors, text):
    assert str(side_by_lists(name, country, sectors)) == text


def test_several_actors_or_codes_of_one_row_are_listed_and_not_guessed(tmp_path):
    rows = [
        polecat("1", actor=("None", "KHM;USA", "GOV")),
        polecat("2", recipient=("Kem Sokha;Sam Rainsy", "KHM", "PTY")),  # both are the opposition
        polecat("3", mode="arrest;ban"),
        polecat("4", mode="arrest;arrest"),
        polecat("5", actor=("None", "FRA;DEU", "GOV")),
    ]
    source = table(tmp_path / "a.txt", "polecat", rows, separator="\t")
    data = data_of(source, "polecat", tmp_path / "o.csv")
    assert [row[4] for row in rows_of(tmp_path / "o.csv")[1:]] == ["POLECAT event 2", "POLECAT event 4"]
    assert data["several_actors"] == {"KHMGOV (cambodia) and USAGOV (united_states)": 1}
    assert data["several_codes"] == [["cambodia", "opposition", "COERCE-arrest and COERCE-ban", 1]]
    assert (data["of_several_actors"], data["of_several_codes"], data["between_others"]) == (1, 1, 1)
    words = imported(source, "polecat", tmp_path / "p.csv").output
    assert "COERCE-arrest and COERCE-ban" in words and "KHMGOV (cambodia) and USAGOV (united_states)" in words
    own = tmp_path / "own.csv"
    own.write_text("date,source,target,code\n2017-09-03,KHM; USA,Kem Sokha,173\n2017-09-03,KHM,Kem Sokha,173|Arrests\n")
    data = data_of(own, "csv", tmp_path / "q.csv")
    assert (data["written"], data["of_several_actors"]) == (1, 1)


def acled(key="KHM1", day="2017-09-03", precision="1", kind="Strategic developments", narrower="Arrests", actor1="Police Forces of Cambodia (1993-)", actor2="CNRP: A Party", allies=""):  # fmt: skip
    return {
        "event_id_cnty": key, "event_date": day, "time_precision": precision, "event_type": kind, "sub_event_type": narrower,
        "actor1": actor1, "actor2": actor2, "assoc_actor_1": allies, "notes": 'it "said"\nso',
    }  # fmt: skip


OLD = "GWNO,EVENT_ID_CNTY,EVENT_ID_NO_CNTY,EVENT_DATE,YEAR,TIME_PRECISION,EVENT_TYPE,ACTOR1,ALLY_ACTOR_1,INTER1,ACTOR2,ALLY_ACTOR_2".split(",")  # fmt: skip  # noqa: SIM905


@pytest.mark.parametrize("day", ["2017-09-03", "03 September 2017", "03-September-2017", "3-Sep-2017"])
def test_a_table_of_acled_is_read_in_its_new_and_older_columns(tmp_path, day):
    rows = [
        acled("KHM1", day),
        acled("KHM2", kind="Protests", narrower="Peaceful protest", actor1="Protesters (Cambodia)", actor2="Government of Cambodia", allies="Labour Group; CNRP: A Party"),
        acled("KHM3", kind="Protests", narrower="Peaceful protest", actor1="Protesters (Cambodia)", actor2=""),
    ]  # fmt: skip
    data = data_of(table(tmp_path / "a.csv", "acled", rows), "acled", tmp_path / "o.csv")
    assert [row[:4] for row in rows_of(tmp_path / "o.csv")[1:]] == [
        ["2017-09-03", "cambodia", "opposition", "arrest"],
        ["2017-09-03", "opposition", "cambodia", "protest"],
    ]
    assert data["between_others"] == 1 and "in no order" in data["cautions"][0]
    old = {"EVENT_ID_CNTY": "1KHM", "EVENT_DATE": day, "TIME_PRECISION": "1", "EVENT_TYPE": "Riots/Protests"}
    old |= {"ACTOR1": "Protesters (Cambodia)", "ALLY_ACTOR_1": "CNRP: A Party", "ACTOR2": "Government of Cambodia"}
    source = table(tmp_path / "old.csv", "acled", [old], headings=OLD)
    (event,) = events(source, "acled")
    assert isinstance(event, Event) and (event.when, event.codes[0].code) == ("2017-09-03", "Riots/Protests")
    assert str(event.source) == "Protesters (Cambodia) | CNRP: A Party"


def test_a_date_that_is_known_to_the_week_or_the_month_gets_no_day(tmp_path):
    rows = [
        acled("1", "2017-09-12", "2"),
        acled("2", "2017-09-28", "2"),
        acled("3", "2017-10-01", "3"),
        acled("4", "2017-10-01", "7"),
        acled("5", "03/09/2017"),
    ]
    data = data_of(table(tmp_path / "a.csv", "acled", rows[:4]), "acled", tmp_path / "o.csv")
    assert [row[0] for row in rows_of(tmp_path / "o.csv")[1:]] == ["2017-09", "2017-10"]
    assert rows_of(tmp_path / "o.csv")[1][5].endswith("; date 2017-09-12, known to the month")
    assert data["first_malformed"] == [
        f"{tmp_path}/a.csv:4: event_date: '2017-09-28' is not known to the month: no day or month is guessed",
        f"{tmp_path}/a.csv:8: time_precision: '7' is not a precision of time of ACLED, 1, 2 or 3",
    ]
    result = imported(table(tmp_path / "b.csv", "acled", rows[4:]), "acled", tmp_path / "p.csv")
    assert result.exit_code == 2 and "b.csv:2: event_date: of '03/09/2017' nothing says which number is the day" in result.output  # fmt: skip
    assert "--dates says the order" in result.output


def ucdp(key: str, first: str, last: str, precision: str, violence="3") -> dict[str, str]:
    days = {"date_start": f"{first} 00:00:00.000", "date_end": f"{last} 00:00:00.000", "date_prec": precision}
    sides = {"side_a": "Government of Cambodia", "side_b": "Civilians", "country": "Cambodia"}
    return {"id": key, "type_of_violence": violence, **days, **sides}


def test_a_table_of_ucdp_has_days_where_they_are_known(tmp_path):
    rows = [
        ucdp("1", "2017-09-03", "2017-09-03", "1"),
        ucdp("2", "2017-09-01", "2017-09-30", "4", "1"),
        ucdp("3", "2017-09-28", "2017-10-02", "2"),
        ucdp("4", "2017-01-01", "2017-12-31", "5"),
        ucdp("5", "2017-09-03", "2017-09-03", "1", "9"),
    ]
    mine = tmp_path / "map.yaml"
    mine.write_text(
        "actors: {opposition: [Cambodia/Civilians], cambodia: [Government of Cambodia]}\n"
        "actions: {cambodia.arrest: [One-sided violence], cambodia.restrict_law: [state-based conflict]}\n"
    )
    data = data_of(table(tmp_path / "a.csv", "ucdp", rows), "ucdp", tmp_path / "o.csv", "--map", str(mine))
    assert [row[:4] + row[5:] for row in rows_of(tmp_path / "o.csv")[1:]] == [
        ["2017-09-03", "cambodia", "opposition", "arrest", "UCDP One-sided violence: Government of Cambodia → Civilians | Cambodia/Civilians"],
        ["2017-09", "cambodia", "opposition", "restrict_law", "UCDP State-based conflict: Government of Cambodia → Civilians | Cambodia/Civilians; date 2017-09-01 00:00:00.000, known to the month"],
    ]  # fmt: skip
    assert [why for why, _ in data["malformed_by_reason"]] == [
        "is not known to the month: no day or month is guessed",
        "is known to the year: no day or month is guessed",
        "is not a type of violence of UCDP, 1, 2 or 3",
    ]


@pytest.mark.parametrize(
    ("form", "row"),
    [
        ("polecat", polecat()),
        ("acled", acled()),
        ("ucdp", ucdp("1", "2017-09-01", "2017-09-30", "4")),
        ("icews", {"Event ID": "1", "Event Date": "2017-09-03", "CAMEO Code": "173", "Source Name": "Hun Sen", "Target Country": "Cambodia"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_published_table_is_the_same_without_its_headings(tmp_path, form, row, encoding):
    read = []
    for head in (True, False):
        source = table(tmp_path / "t.csv", form, [row], separator=";", head=head)
        source.write_bytes(source.read_text().replace("\n", "\r\n").encode(encoding))
        (event,) = events(source, form)
        assert isinstance(event, Event)
        read.append((event.when, event.source, event.target, event.codes, event.key))
    assert read[0] == read[1]


def test_rows_as_published_under_headings_that_have_more_are_read_and_told(tmp_path):
    """Some files of POLECAT have names of columns in their first row that their rows do not have."""
    rows = [polecat("1"), polecat("2", kind="ACCUSE", mode="disapprove", recipient=("None", "USA", "GOV"))]
    source = table(tmp_path / "t.txt", "polecat", rows, separator="\t")
    head, *lines = source.read_text().splitlines()
    source.write_text("\n".join([head.replace("Actor Name\t", "Headline\tText\tActor Name\t"), *lines, "1\t2\t3"]))
    data = data_of(source, "polecat", tmp_path / "o.csv")
    assert (data["written"], data["by_published_places"], data["malformed"]) == (2, 2, 1)
    assert [row[3] for row in rows_of(tmp_path / "o.csv")[1:]] == ["arrest", "accuse"]
    assert "warning: acts of rows that have fewer cells" in imported(source, "polecat", tmp_path / "p.csv").output
