"""Units of outcomes: laws that each must keep, and how each writes its numbers."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from sim.results.columns import outcomes_table, read_outcomes
from sim.results.simulate import simulate
from sim.results.tally import tallied
from sim.results.units import UNITS, Unit, register, unit_of
from sim.rules.registry import METRICS

START = date(2030, 3, 1)
RUNS = 40


# --- laws


@pytest.fixture(scope="module")
def answers(baseline) -> np.ndarray:
    """Outcomes of some runs of the baseline, float64 (runs, questions)."""
    return simulate(baseline, RUNS).outcomes


def test_every_metric_is_in_a_unit():
    assert {metric.unit for metric in METRICS.values()} == set(UNITS)


def test_what_is_written_is_read_back(baseline, answers):
    read = read_outcomes(baseline, outcomes_table(baseline, 0, answers))
    assert np.array_equal(read, answers, equal_nan=True)
    assert np.isnan(answers).any()


def test_every_component_has_its_values_and_counts(baseline, answers):
    tally = tallied(baseline, answers)
    for column, question in enumerate(baseline.questions):
        unit = unit_of(question)
        components = unit.components(question)
        values, counts = unit.split(answers[:, column], question), unit.split_counts(tally.counts_of(column))
        assert [one.name for one in components] == question.names
        assert len(components) == len(values) == len(counts)
        for component, of_runs, counted in zip(components, values, counts, strict=True):
            cells = component.unit.cell_values(len(counted))
            came = of_runs[~np.isnan(of_runs)]
            assert counted.sum() == RUNS
            assert np.sort(np.repeat(cells, counted))[: len(came)] == pytest.approx(
                np.sort(came), abs=component.unit.width
            )


@pytest.mark.parametrize("unit", UNITS.values(), ids=str)
def test_what_has_no_number_is_a_dash_to_a_person_and_null_to_a_machine(unit):
    assert unit.number(np.nan, START) == "–" and unit.data(np.nan, START) is None
    assert unit.label and str(unit) == unit.name


@pytest.mark.parametrize(
    ("name", "number", "text", "mean", "gap"),
    [
        ("share", "12.5%", "12.5%", "12.5%", "+12.5 points"),
        ("date", "2030-03-01", "2030-03-01", "mean 2030-03-01", "+0.12 days"),
        ("acts", "0.12", "0.12 acts", "mean 0.12", "+0.12 acts"),
        ("days", "0.12", "0.12 days", "mean 0.12", "+0.12 days"),
        ("marks", "0.12", "0.12 marks", "mean 0.12", "+0.12 marks"),
        ("rung", "0", "rung 0", "mean 0.12", "+0.12 rung"),
    ],
)
def test_a_number_is_written_as_its_unit_is(name, number, text, mean, gap):
    unit = UNITS[name]
    assert (unit.number(0.125, START), unit.text(0.125, START)) == (number, text)
    assert (unit.mean_text(0.125, START), unit.gap_text(0.125)) == (mean, gap)


def test_dates_are_spelled_as_they_are_wanted_and_a_later_clock_is_brought_to_the_first():
    assert UNITS["date"].text(31.0, START, lambda day: f"{day:%d.%m.}") == "01.04."
    assert UNITS["date"].aligned(np.array([3.0, np.nan]), 4)[0] == 7.0
    assert UNITS["acts"].aligned(np.array([3.0]), 4)[0] == 3.0


def test_a_name_that_is_no_class_is_told(baseline):
    (question,) = [question for question in baseline.questions if question.classes]
    column = pa.chunked_array([[question.classes[1], None, "a misspelling"]])
    with pytest.raises(ValueError, match="path: 'a misspelling' is not one of its classes: managed tension, de-esc"):
        unit_of(question).read(column, question, baseline)
    assert np.array_equal(unit_of(question).read(column.slice(0, 2), question, baseline), [1.0, np.nan], equal_nan=True)


def test_a_unit_is_registered_once_and_its_last_cell_holds_one_thing():
    with pytest.raises(ValueError, match="acts is registered twice"):
        register(Unit("acts", cells=lambda question, compiled: 2))
    with pytest.raises(ValueError, match="cannot hold both"):
        register(Unit("odd", cells=lambda question, compiled: 2, is_open=True, may_never_come=True))


def test_a_metric_in_no_unit_is_told(baseline, monkeypatch):
    monkeypatch.setitem(METRICS, "count", replace(METRICS["count"], unit="furlongs"))
    with pytest.raises(LookupError, match="metric count is in 'furlongs', which is not a unit: share, date"):
        [unit_of(question) for question in baseline.questions]
