"""A date may be short: bare over an entry of `dates`, and in place of the name of one."""

from datetime import date
from pathlib import Path

from sim.scenario.load import load
from sim.scenario.questions import questions
from sim.scenario.schema import Scenario

OVER = "extends: two.yaml\n"


def loaded(patch: str, *settings: str) -> Scenario:
    Path("patch.yaml").write_text(OVER + patch, encoding="utf-8")
    return load("patch.yaml", settings).scenario


def test_a_bare_date_sets_that_of_the_entry_it_is_laid_over_and_keeps_its_label():
    for scenario in (loaded("dates.summit: 2030-11-01\n"), loaded("", "dates.summit=2030-11-01")):
        summit = scenario.dates["summit"]
        assert (summit.date, summit.label, summit.source) == (date(2030, 11, 1), "Summit", "made up")


def test_a_date_in_place_of_the_name_of_one_becomes_an_entry_of_dates():
    short = "outcomes.blows: {metric: happened, acts: {role: imposition}, since: 2030-04-01, until: 2030-10-09, meaning: blows}\n"
    named = short.replace("2030-04-01", "spring").replace("2030-10-09", "autumn")
    named += "dates.spring: {date: 2030-04-01, label: S}\ndates.autumn: {date: 2030-10-09, label: A}\n"
    windows = []
    for patch in (short, named):
        scenario = loaded(patch)
        windows.append([(one.start, one.end) for one in questions(scenario) if one.name == "blows"])
    assert windows[0] == windows[1]
    entry = loaded(short).dates["day_2030_10_09"]
    assert (entry.date, entry.label) == (date(2030, 10, 9), "2030-10-09")


def test_the_resolved_text_of_short_dates_loads_to_the_same_scenario():
    Path("patch.yaml").write_text(
        OVER + "outcomes.blows: {metric: happened, acts: {role: imposition}, until: 2030-10-09, meaning: blows}\n"
    )
    one = load("patch.yaml")
    Path("again.yaml").write_text(one.resolved_yaml())
    assert load("again.yaml").hash == one.hash


def test_what_is_no_day_has_no_entry_or_lies_under_another_name_is_an_error(patched):
    blows = "outcomes.blows: {metric: happened, acts: {role: imposition}, meaning: blows, until: %s}\n"
    impossible = "2030-13-09 is not a date: month must be in 1..12; allowed: a day of the calendar, year-month-day"
    assert patched(blows % "2030-13-09") == [f"patch.yaml:2: outcomes.blows.until: {impossible}"]
    assert patched("dates.feast: 2030-11-01\n") == [
        "patch.yaml:2: dates.feast: found 2030-11-01 (a date); allowed: a mapping, `key: value`"
    ]
    clash = "dates.day_2030_10_09: {date: 2030-10-10, label: Another}\n" + blows % "2030-10-09"
    assert patched(clash) == [
        "patch.yaml:3: outcomes.blows.until: found 2030-10-09 (a date); allowed: text (in quotes if it looks like something else)"
    ]
