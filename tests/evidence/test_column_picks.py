"""Any CSV is read by the columns that the user names, and its dates in the order that the user says."""

from datetime import date

import pytest
from coded_tables import data_of, imported, rows_of
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.column_picks import form_of
from sim.evidence.event_dates import DayFirstError, OrderError, american_or_iso, clear_date, date_in
from sim.evidence.event_tables import events
from sim.scenario.problems import UserError

PICKS = "id=ref,date=event_date,source=Actor One,target=actor_two,code=type"


def test_a_table_of_any_headings_is_read_by_the_columns_that_are_named(tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("Event Date;type;Actor One;x;Actor Two;Ref\n3/9/2017;173;Hun Sen;;Kem Sokha;7\n")
    data = data_of(table, "csv", tmp_path / "o.csv", "--columns", PICKS, "--dates", "d/m/y")
    assert data["written"] == 1
    assert rows_of(tmp_path / "o.csv")[1][:5] == ["2017-09-03", "cambodia", "opposition", "arrest", "own.csv, event 7"]
    result = imported(table, "csv", tmp_path / "p.csv", "--columns", PICKS)
    assert "own.csv:2: event_date: of '3/9/2017' nothing says which number is the day" in result.output
    result = imported(table, "csv", tmp_path / "p.csv", "--columns", PICKS.replace("type", "tpye"))
    assert "lacks the column tpye; the first line holds, between semicolons, Event Date, type" in result.output
    assert "did you mean 'type'?" in result.output


def test_a_table_without_headings_is_read_by_places(tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("2017-09-03,Hun Sen,Kem Sokha,173,more\n2017-09-04,Hun Sen\n")
    data = data_of(table, "csv", tmp_path / "o.csv", "--columns", "date=1,source=2,target=3,code=4")
    result = imported(table, "csv", tmp_path / "p.csv")
    assert "lacks the columns date, source, target, code" in result.output
    assert "(a row without headings? Then --columns names places: date=1,source=2,target=3,code=4)" in result.output
    assert (data["written"], data["malformed"]) == (1, 1) and "has 2 cells; allowed: 4 or more" in data[
        "first_malformed"
    ][0]


def test_countries_and_sectors_of_ones_own_table_say_who_a_side_is(tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("date,source,land,role,target,code\n2017-09-03,A Member,Cambodia,Opposition;Legislative,KHM,111\n")
    (event,) = events(table, form_of("csv", "source_country=land,source_sectors=role"))
    assert str(event.source) == "A Member | Cambodia/Opposition | Cambodia/Legislative"


@pytest.mark.parametrize(
    ("picks", "words"),
    [
        ("dat=a", "--columns: 'dat=a' is not a column that is read"),
        ("dat=a", "did you mean 'date'?"),
        ("date", "--columns: date: '' is no heading; allowed: as date=actor1, or a place: date=3"),
        ("date=#", "date: '#' is no heading"),
        ("date=a,date=b", "--columns: date: is given twice"),
        ("date=a b,code=A_B", "--columns: code: 'A_B' is date already"),
        ("text=date", "--columns: date: its usual column is text here, and no other is named for it"),
        ("date=1,code=2", "lacks source, target, and columns are given by their places"),
        ("date=0,source=1,target=2,code=3", "--columns: date: places count from 1"),
    ],
)
def test_columns_that_are_no_list_are_refused(picks, words):
    with pytest.raises(UserError) as error:
        form_of("csv", picks)
    assert words in str(error.value.problems[0])


def test_a_usual_column_may_be_named_for_something_else():
    form = form_of("csv", "text=code,code=type,target=id")
    assert (form.headings["text"], form.headings["code"], form.headings["key"]) == (("code",), ("type",), ["event_id"])


def test_columns_are_for_tables_whose_columns_are_not_known():
    with pytest.raises(UserError, match="the columns of --format icews are known"):
        form_of("icews", "date=a")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2017-09-03", "", "2017-09-03"),
        ("2017-09", "", "2017-09"),
        ("20170903", "", "2017-09-03"),
        ("2017-09-03 23:59:00.000", "", "2017-09-03"),
        ("2017-09-03T01:02:03Z", "", "2017-09-03"),
        ("03 September 2017", "", "2017-09-03"),
        ("3-Sep-2017", "", "2017-09-03"),
        ("3 Sept. 2017", "", "2017-09-03"),
        ("September 3, 2017", "", "2017-09-03"),
        ("Sep 2017", "", "2017-09"),
        ("2017/9/3", "", "2017-09-03"),
        ("3/9/2017", "d/m/y", "2017-09-03"),
        ("9.3.2017", "m/d/y", "2017-09-03"),
        ("2017-09-03", "m/d/y", "2017-09-03"),
    ],
)
def test_a_date_is_read_in_the_forms_of_the_sources(text, order, day):
    assert (date_in(order) if order else clear_date)(text)[1] == day


@pytest.mark.parametrize("text", ["3/9/17", "31/31/2017", "2017-02-30", "32 May 2017", "3 Mai 2017", "2017-W36-7", "", "1/2/3/2017", "2017-13"])  # fmt: skip
def test_what_is_no_date_is_none_in_any_order(text):
    for reader in (clear_date, date_in("d/m/y"), date_in("m/d/y")):
        with pytest.raises(ValueError, match=r".*"):
            reader(text)


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)), st.sampled_from("/.-"))
def test_the_order_of_numbers_is_never_guessed(day, sign):
    for order, reader in (("d/m/y", date_in("d/m/y")), ("m/d/y", date_in("m/d/y"))):
        numbers = {"d": f"{day.day:02}", "m": str(day.month), "y": str(day.year)}
        text = sign.join(numbers[part] for part in order.split("/"))
        assert reader(text) == (day, day.isoformat())
        with pytest.raises(OrderError):
            clear_date(text)
        if day.day > 12:
            with pytest.raises(OrderError):
                date_in("m/d/y" if order == "d/m/y" else "d/m/y")(text)
    if day.day > 12:
        with pytest.raises(DayFirstError):
            american_or_iso(f"{day.day}/{day.month}/{day.year}")
