"""A unit that is new: registered here and nowhere else, and every table, figure and comparison takes it as it is."""

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from toy import shipped

from sim import compare, estimates, load_study, simulate, sweep
from sim.__main__ import main
from sim.evidence.spread import Request, spreads
from sim.explorer.ensembles import Explorer
from sim.explorer.outcome_table import estimates_csv
from sim.results.columns import outcomes_table, read_outcomes
from sim.results.table import as_data, table
from sim.results.tally import tallied
from sim.results.units import UNITS, Share, Unit
from sim.rules.registry import METRICS
from sim.scenario.compile import Compiled
from sim.study.comparison_table import comparison_data, comparison_text
from sim.study.sensitivity import outcomes_with_variance
from sim.study.tipping import read_curves

sys.path.insert(0, str(Path(__file__).parent / "study"))

from studies import write_study

RUNS = 40


class Grade(Unit):
    """Tension as a grade, kept in tables as text: what no unit that ships does."""

    def column(self, values, question, compiled):
        return pa.array([f"grade {value!r}" for value in values.tolist()], pa.string())

    def read(self, column, question, compiled):
        return np.array([float(one.removeprefix("grade ")) for one in column.to_pylist()])

    def text(self, value, start, spelling=str):
        return f"grade {self.number(value, start)}"


def marks_in_cells(question, compiled: Compiled) -> int:
    return 4_000


NEW = {
    "mean": Grade("grades", cells=marks_in_cells, width=0.01, is_whole=False, is_open=True, gap_name="steps"),
    "median": Grade("grades", cells=marks_in_cells, kind="median", width=0.01, is_whole=False, gap_name="steps"),
    "share": Share("grades", cells=lambda question, compiled: 2, kind="share", axis_label="graded runs"),
}


@pytest.fixture(params=NEW)
def grade(request, monkeypatch) -> Iterator[Unit]:
    """A new unit of that kind, in which one metric now is."""
    unit = NEW[request.param]
    monkeypatch.setitem(UNITS, "grades", unit)
    metric = "happened" if request.param == "share" else "peak_tension"
    monkeypatch.setitem(METRICS, metric, replace(METRICS[metric], unit="grades"))
    return unit


def in_grades(compiled: Compiled) -> list[str]:
    return [question.name for question in compiled.questions if METRICS[question.metric].unit == "grades"]


def test_a_new_unit_is_counted_summed_up_and_written(grade):
    scenario = shipped("border")
    results = simulate(scenario, RUNS)
    tally = results.totals.tally
    assert np.array_equal(tally.counts, tallied(scenario, results.outcomes).counts)
    found = [one for one in estimates(tally) if one.unit is grade]
    assert [one.name for one in found] == in_grades(scenario) and {one.kind for one in found} == {grade.kind}
    column = [question.name for question in scenario.questions].index(found[0].name)
    middle = np.median if grade.kind == "median" else np.mean
    assert found[0].value == pytest.approx(middle(results.outcomes[:, column]), abs=0.1)
    assert found[0].low <= found[0].value <= found[0].high
    text = str(table(scenario, found, everything=True))
    assert grade.text(found[0].value, scenario.start) in text
    rows = json.loads(json.dumps(as_data(scenario, found)))
    assert {(row["unit"], row["kind"]) for row in rows} == {("grades", grade.kind)}
    written = outcomes_table(scenario, 0, results.outcomes)
    assert written.schema.field(found[0].name).metadata == {b"unit": b"grades"}
    assert np.array_equal(read_outcomes(scenario, written), results.outcomes, equal_nan=True)


def test_a_new_unit_is_compared(grade):
    found = compare(shipped("border"), shipped("border", "parameters.reciprocity=0.6"), RUNS)
    one = next(one for one in found.differences if one.unit is grade)
    assert one.differing and one.low <= one.difference <= one.high
    text = str(comparison_text(found, everything=True))
    assert grade.gap_text(one.difference) in text and grade.mean_text(one.here, found.here.start) in text
    assert "grades" in {row["unit"] for row in comparison_data(found)["differences"]}


def test_a_new_unit_is_swept_and_its_variance_divided(grade, tmp_path):
    path = write_study(tmp_path, vary=None, levers={"parameters.reciprocity": [0.1, 0.6]})
    points = sweep(str(path), out=tmp_path / "out", workers=1, keep_runs=True)
    name = "shots" if grade.kind == "share" else "peak.north.south"
    assert points.schema.field(name).metadata == {b"unit": f"{grade.kind}, grades".encode()}
    assert (np.array(points[f"{name}.low"]) <= np.array(points[name])).all()
    assert (name in outcomes_with_variance(load_study(str(path)))) == (grade.kind != "median")
    (folder,) = {path.parent for path in (tmp_path / "out").rglob("points.parquet")}
    column = pq.read_table(folder / "runs.parquet")[name]
    scenario = shipped(str(tmp_path / "two.yaml"))
    (question,) = [question for question in scenario.questions if question.name == name]
    values = grade.read(column, question, scenario).reshape(2, -1)
    assert values.mean(axis=1) == pytest.approx(np.array(points[name]), abs=0.5 if grade.kind == "median" else 0.01)
    if grade.kind == "share":
        assert read_curves(folder)[1] == name


def test_a_new_unit_has_its_place_in_spread_and_explorer(grade):
    scenario = shipped("border")
    request = Request("border", [], None, count=2, runs=5, seed=1)
    names = {one.outcome for one in spreads(request) if one.unit == "grades"}
    headline = {question.name for question in scenario.questions if question.headline}
    shown = {one for one in in_grades(scenario) if grade.has_variance and one in headline}
    assert names == shown
    explorer = Explorer("border", RUNS, 1)
    ensemble = explorer.play({"parameters.reciprocity": 0.6})
    rows = list(csv.DictReader(io.StringIO(estimates_csv(explorer, ensemble))))
    assert {row["outcome"] for row in rows if row["unit"] == "grades"} == set(in_grades(scenario))
    assert (in_grades(scenario)[0] in ensemble.differences) == (grade.kind == "share")


def test_a_new_unit_is_run_plotted_and_reported(grade, tmp_path):
    def escalate(*words: str) -> str:
        result = CliRunner().invoke(main, [*words])
        assert result.exit_code == 0, result.output
        return result.stdout

    told = json.loads(escalate("run", "border", "--runs", str(RUNS), "--json", "--out", str(tmp_path / "out")))
    row = next(row for row in told["estimates"] if row["unit"] == "grades")
    (folder,) = {path.parent for path in (tmp_path / "out").rglob("outcomes.parquet")}
    escalate("plot", str(folder), "--format", "svg", "--out", str(tmp_path / "figures"))
    assert (tmp_path / "figures" / "outcomes.svg").is_file()
    escalate("report", str(folder), "--out", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    text = " ".join(re.sub("<[^>]+>", " ", page).split())  # as many digits as the interval deserves
    one = {
        "mean": rf"{row['estimate']:.1f} grades \({row['low']:.1f} to {row['high']:.1f}\)",
        "median": rf"{row['estimate']:.1f} grades \({row['low']:.1f} to {row['high']:.1f}\)",
        "share": rf"\b{100 * row['estimate']:.0f}\s?%",
    }
    assert re.search(one[grade.kind], text)
