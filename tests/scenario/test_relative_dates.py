"""A forced act or a dated step may count its day from a date of the case, so that it means the same in every case."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two import said

from sim.scenario.load import load, under_settings
from sim.scenario.problems import Place


def days(*settings: str) -> list[date]:
    """The days of the act that is forced."""
    return [order.day for order in load("border", settings).ordered if order.name == "north.offer_talks"]


def forced(day: str) -> str:
    return f"acts.it={{act: north.offer_talks, date: {day}, do: force}}"


@pytest.fixture(scope="module")
def clock():
    return load("border").scenario.clock


def test_days_count_from_the_clock_and_from_dates(clock):
    scenario = load("border").scenario
    assert days(forced("start + 3 days")) == [date.fromordinal(clock.start.toordinal() + 3)]
    assert days(forced("free")) == [date.fromordinal(clock.replay_until.toordinal() + 1)]
    assert days(forced("end")) == [clock.end]
    ((name, named),) = scenario.dates.items()
    assert days(forced(f"{name} - 1 day")) == [date.fromordinal(named.date.toordinal() - 1)]


@settings(deadline=None)
@given(st.integers(0, 30))
def test_a_relative_date_is_the_date_that_it_comes_to(number):
    start = load("border").scenario.clock.start
    written = date.fromordinal(start.toordinal() + number)
    relative, plain = (load("border", [forced(day)]) for day in (f"start + {number} days", str(written)))
    assert relative.hash == plain.hash and relative.resolved_yaml() == plain.resolved_yaml()


def test_a_relative_date_follows_the_clock():
    later = ["clock.replay_until=2030-06-15"]
    assert days(forced("free"), *later) == [date(2030, 6, 16)]
    loaded = under_settings(load("border", [forced("free")]), [(later[0], Place("--set", 0))])
    assert [order.day for order in loaded.ordered if order.name == "north.offer_talks"] == [date(2030, 6, 16)]


def test_a_step_may_be_relative():
    setting = "parameters.leverage={value: 5, steps: {vote - 150 days: 0}}"
    assert load("baseline", [setting]).scenario.parameters["leverage"].steps == {date(2018, 3, 1): 0.0}


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        (forced("fre"), "acts.it.date: no date is called 'fre'; allowed: a date, or one of "),
        (forced("free + 99999999 days"), "acts.it.date: found free + 99999999 days (text); allowed: "),
        ("parameters.reciprocity={value: 0.1, steps: {fre: 0.2}}", "parameters.reciprocity.steps.fre: no date is called 'fre'; allowed: a date, or one of "),
        ("parameters.reciprocity={value: 0.1, steps: {start: 0.2, start + 0 days: 0.3}}", "parameters.reciprocity.steps.start + 0 days: is 20"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_told(setting, problem):
    assert problem in said(setting, file="border")[0]
