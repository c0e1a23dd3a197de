"""A live forecast: nothing later than its day has any say, its numbers are those of its runs, and it can be kept."""

import csv
import itertools
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from cases import UNTIL, write_case
from click.testing import CliRunner
from scipy import stats
from toy import START, day

from sim import UserError, forecast
from sim.commands.group import main
from sim.evidence.forecast_tables import read_forecast
from sim.evidence.known import known_on, truth_on
from sim.evidence.learned_base import believed_base
from sim.evidence.live_forecast import believed_draws, forecast_into, plan_forecast
from sim.figures.chances import chance_panels
from sim.results.posterior import write_draws
from sim.results.run_folder import read_run
from sim.scenario.quantities import quantities

ON = day(199)
RUNS = 200


def rewritten(folder: Path, later: list[tuple[str, ...]]) -> Path:
    """Write the quarrel with other rows after the day of the forecast, and the same ones before."""
    path = write_case(folder)
    file = folder / "record.csv"
    head, *rows = list(csv.reader(file.open()))
    with file.open("w", newline="") as sink:
        csv.writer(sink).writerows([head, *(row for row in rows if row[0] <= str(ON)), *later])
    return path


def data_of(path: Path, out: Path, **options: object) -> dict:
    result = forecast(path, ON, (10, 30), runs=RUNS, out=out, **options)
    return {key: value for key, value in result.data().items() if key not in ("folder", "file")}


@pytest.fixture(scope="module")
def quarrel(tmp_path_factory):
    return write_case(tmp_path_factory.mktemp("quarrel"))


@pytest.fixture(scope="module")
def made(quarrel, tmp_path_factory):
    return forecast(quarrel, ON, (10, 30), runs=RUNS, out=tmp_path_factory.mktemp("out"))


# --- what is known


@pytest.mark.parametrize("later", ["none", "many", "a month"])
def test_acts_after_the_day_have_no_say_at_all(quarrel, made, later, tmp_path):
    rows = {
        "none": [],
        "many": [(str(day(200 + 3 * n)), "one", "other", "other_0", "made up", "") for n in range(30)],
        "a month": [(f"{ON:%Y-%m}", "other", "one", "one_0", "of a month that is not over", "")],
    }[later]
    there = data_of(rewritten(tmp_path, rows), tmp_path / "out")
    here = {key: value for key, value in made.data().items() if key not in ("folder", "file")}
    assert there == here


def test_an_act_of_a_month_counts_once_the_month_is_over(tmp_path):
    month = f"{ON:%Y-%m}"
    path = rewritten(tmp_path, [(month, "other", "one", "one_0", "made up", "")])
    over = date(ON.year, ON.month + 1, 1)
    assert [row.month for row in known_on(str(path), ON, 30).loaded.rows if row.day is None] == []
    assert [row.month for row in known_on(str(path), over, 30).loaded.rows if row.day is None] == [month]


def test_a_row_before_the_day_has_a_say(made, tmp_path):
    path = write_case(tmp_path)
    with (tmp_path / "record.csv").open("a") as file:
        file.write(f"{ON},one,other,other_0,made up,\n{ON - timedelta(1)},one,other,other_0,made up,\n")
    assert data_of(path, tmp_path / "out")["chances"] != made.chances


def test_dated_series_are_held_and_said_to_be():
    known = known_on("baseline", date(2018, 2, 15), 90)
    steps = [step for entry in quantities(known.loaded.scenario) for step in entry.quantity.steps or {}]
    assert steps and max(steps) <= known.on
    assert any("held at their value of 2018-02-15" in note for note in known.notes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--on", str(START + timedelta(5))], "teaches too little"),
        (["--on", str(UNTIL + timedelta(50))], "beyond"),
        (["--days", "0"], "allowed: from 1 to"),
        (["--days", "thirty"], "no list of days"),
        (["--numbers", "fixed", "--posterior", "x"], "--numbers fixed"),
        (["--posterior", "x"], "x"),
    ],
)
def test_what_cannot_be_forecast_is_told(quarrel, options, words):
    result = CliRunner().invoke(main, ["forecast", str(quarrel), "--on", str(ON), *options])
    assert result.exit_code == 2 and words in result.output


def test_a_case_without_a_record_is_refused():
    with pytest.raises(UserError, match="names no record"):
        known_on("border", None, 30)


def test_a_fit_that_knows_more_is_refused(quarrel, tmp_path):
    about = {
        "scenario": "Toy",
        "until": str(ON + timedelta(1)),
        "defaults": {"parameters.memory": 7.0},
        "converged": True,
    }
    write_draws(tmp_path / "draws.parquet", ["parameters.memory"], np.array([[7.0]]), ["days"], about)
    with pytest.raises(UserError, match="is to be forecast"):
        plan_forecast(str(quarrel), ON, posterior=tmp_path / "draws.parquet")


# --- the numbers


def test_chances_are_those_of_the_runs(made):
    folder = read_run(made.folder)
    free = folder.compiled.free_from
    for row in made.chances:
        codes = [code for code, act in enumerate(folder.compiled.acts) if act.name in row["acts"]]
        counts = [0] * RUNS
        for run, index, code in folder.acts:
            counts[run] += free <= index < free + row["days"] and code in codes
        assert row["chance"] == sum(count > 0 for count in counts) / RUNS
        assert row["mean"] == pytest.approx(np.mean(counts))
        assert row["low"] == sorted(counts)[RUNS // 10 - 1] and row["high"] == sorted(counts)[9 * RUNS // 10 - 1]
        assert row["runs"] == np.bincount(counts).tolist()
    assert {row["kind"] for row in made.chances} == {"tone", "action"}


def test_the_base_is_the_rate_that_the_record_alone_teaches(quarrel, made):
    known = known_on(str(quarrel), ON, 30)
    row = next(row for row in made.chances if row["kind"] == "tone" and row["days"] == 30)
    key = row["actor"], row["target"], row["class"]
    acts = sum(act.name in row["acts"] for act in known.loaded.rows_inside)
    shape, mean = believed_base(known.loaded.scenario, key)
    shape, days = shape + acts, shape / mean + (ON - known.first).days + 1
    assert row["base_chance"] == pytest.approx(1.0 - stats.nbinom.pmf(0, shape, days / (days + 30)))
    assert row["base_mean"] == pytest.approx(30 * shape / days)
    assert row["last_year"] == acts and made.about["last_year_days"] == 200


def test_every_run_has_its_own_draw_of_what_is_believed(quarrel, made):
    known = known_on(str(quarrel), ON, 30)
    draws = believed_draws(known, 1)
    assert "parameters.memory" in draws.keys and "parameters.reciprocity" in draws.keys
    assert made.about["numbers"] == "drawn from what is believed"
    assert len(np.unique(draws.values[:, 0])) > 100


def test_a_number_that_a_scenario_sets_otherwise_is_not_drawn(quarrel, tmp_path):
    plan = plan_forecast(str(quarrel), ON, settings=["parameters.reciprocity=0.9"], runs=RUNS)
    assert plan.run.posterior is not None
    assert "parameters.reciprocity" not in plan.run.posterior.revaluer.keys
    assert "parameters.memory" in plan.run.posterior.revaluer.keys


def test_the_record_of_a_forecast_is_every_act_to_its_day(quarrel):
    known = known_on(str(quarrel), ON, 30)
    plan = plan_forecast(str(quarrel), ON, (30,), runs=RUNS)
    truth = truth_on(known, plan.run.compiled)
    assert truth.acts.sum() == len({(row.day, row.name) for row in known.loaded.rows_inside})
    assert truth.last == ON and len(truth.acts) == (ON - START).days + 1


def test_a_forecast_is_the_same_to_the_byte(quarrel, made, tmp_path):
    plan = plan_forecast(str(quarrel), ON, (10, 30), runs=RUNS)
    forecast_into(plan, tmp_path)
    for name in ("chances.parquet", "forecast.json", "acts.parquet", "record.csv", "draws.parquet"):
        assert (tmp_path / name).read_bytes() == (made.folder / name).read_bytes(), name


# --- as people see it


def test_the_command_prints_what_python_returns(quarrel, made, tmp_path):
    arguments = [
        "forecast",
        str(quarrel),
        "--on",
        str(ON),
        "--days",
        "30,10",
        "--runs",
        str(RUNS),
        "--out",
        str(tmp_path),
    ]
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert {**printed, "folder": ""} == {**json.loads(json.dumps(made.data())), "folder": ""}
    assert {path.stem for path in Path(printed["folder"]).glob("figures/*.png")} == {"chances", "acts", "tension"}
    text = CliRunner().invoke(main, [*arguments, "--all"]).output
    assert "An identical forecast" in text and "other_0" in text and "80 % of runs" in text


def test_it_shows_in_a_notebook_and_as_frames(made):
    assert made._repr_html_().count("<table>") == 4 and "what may come after" in made._repr_html_()
    assert len(made.to_pandas("chances")) == len(made.chances) and repr(made).startswith("<LiveForecast")
    with pytest.raises(UserError, match="did you mean 'chances'"):
        made.rows("chance")


def test_chances_are_drawn_under_the_names_of_the_case_however_long_inside_the_sheet(made):
    labels = {"one": "The first of two quarrelling neighbours, with its provinces", "other": "Other"}
    figure = chance_panels(replace(made, about={**made.about, "labels": labels}))
    figure.canvas.draw()
    names = [text for axes in figure.axes for text in axes.get_yticklabels() if text.get_text()]
    words = {text.get_text().replace("\n", " ") for text in names}
    assert {
        f"{labels[row['actor']]} → {labels[row['target']]}, {row['class']}"
        for row in made.chances
        if row["kind"] == "tone"
    } <= words
    assert all(text.get_window_extent().x0 >= 0 for text in names)
    for above, below in itertools.pairwise(names[: len(names) // 2]):
        assert above.get_window_extent().y0 >= below.get_window_extent().y1


def test_another_folder_is_no_forecast(tmp_path):
    with pytest.raises(UserError, match=r"lacks forecast\.json"):
        read_forecast(tmp_path)
