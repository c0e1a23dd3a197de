"""Figures of folders: what is drawn is what is in the tables, and every script and name works."""

import re
import runpy
import shutil
import subprocess
import sys
import warnings
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner
from matplotlib.text import Text

from analysis import questions
from sim import compare, load
from sim.commands.group import main
from sim.figures import style
from sim.figures.heat import DARK, PALE, heat_figure, heat_of_levers
from sim.figures.hostility import hostility_figure
from sim.figures.outcomes import outcomes_figure
from sim.figures.paired_differences import apart_figure
from sim.figures.paths import paths_figure
from sim.figures.plot import MODULES, all_figures, plot
from sim.figures.registry import CannotBeDrawn
from sim.figures.report.page import report
from sim.figures.run_figures import acts_figure
from sim.figures.survival import survival_figure
from sim.figures.sweep_folder import read_sweep
from sim.figures.typical_runs import monthly_rungs, path_classes, worst_run
from sim.figures.words import names_apart, percent
from sim.keeping import read_manifest, write_manifest
from sim.results.run_folder import read_run
from sim.scenario.problems import UserError
from sim.study.effects import Effect, simultaneous_intervals

pytestmark = pytest.mark.slow  # and the same on every Python
RUNS = 200


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Run folders of two scenarios, and a sweep's."""
    out = tmp_path_factory.mktemp("out")
    paths = {}
    for name in ("baseline", "baseline+weak_backing"):
        result = CliRunner().invoke(main, ["run", name, "--runs", str(RUNS), "--out", str(out)])
        assert result.exit_code == 0, result.output
        paths[name] = next((out / name).iterdir())
    study = {
        "name": "Two levers", "description": "how two levers work together", "scenario": "baseline", "runs": 60,
        "levers": {"parameters.backing": [0.1, 0.5, 1.0], "parameters.leverage": [2, 8]}, "outcomes": ["dissolved_before_vote"],
    }  # fmt: skip
    path = out / "two.yaml"
    path.write_text(yaml.safe_dump(study))
    result = CliRunner().invoke(main, ["sweep", str(path), "--keep-runs", "--out", str(out), "--workers", "1"])
    assert result.exit_code == 0, result.output
    paths["sweep"] = next(path for path in (out / f"{out.name}-two").iterdir() if path.is_dir())
    return paths


@pytest.fixture(scope="module")
def runs(folders):
    return [read_run(folders[name]) for name in ("baseline", "baseline+weak_backing")]


def draw(name, folders, runs):
    entry = all_figures()[name]
    subject = {"run": runs[0], "runs": runs, "sweep": folders["sweep"]}[entry.kind]
    return entry.draw(subject)


DRAWN = [name for name, entry in all_figures().items() if entry.kind in ("run", "runs", "sweep")]


def test_a_folder_is_read_as_it_was_written(runs):
    run = runs[0]
    assert (run.runs, run.seed, run.kept_whole) == (RUNS, 1, RUNS)
    counted = np.zeros_like(run.acts_by_day)
    np.add.at(counted, (run.acts[:, 1], run.acts[:, 2]), 1)
    assert (counted == run.acts_by_day).all()
    daily = pq.read_table(run.path / "daily.parquet")
    assert run.quantiles()[0.5].ravel().tolist() == daily["q50"].to_pylist()


def test_a_folder_that_is_none_is_told(tmp_path):
    with pytest.raises(UserError, match="is not a run folder: it lacks manifest"):
        read_run(tmp_path)


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_fits_its_sheet_and_says_runs_and_seed(name, folders, runs):
    figure = draw(name, folders, runs)
    figure.draw_without_rendering()
    page = figure.bbox
    beyond = {  # labels of ticks that lie outside their axis are not drawn
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) - 1e-9 <= tick.get_loc() <= max(axis.get_view_interval()) + 1e-9
        for label in (tick.label1, tick.label2)
    }
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and text not in beyond
    ]
    for text, box in boxes:
        assert page.x0 <= box.x0 + 1 and box.x1 <= page.x1 + 1 and page.y0 <= box.y0 + 1 and box.y1 <= page.y1 + 1, text
    for (text, box), (second, taken) in combinations(boxes, 2):
        assert not box.padded(-2).overlaps(taken.padded(-2)), (text, second)
    note = next(text.get_text() for text in figure.findobj(Text) if text.get_gid() == "note")
    words = " ".join(note.split())
    assert "seed 1" in words and ("200" in words or "60 runs" in words)
    assert figure.get_suptitle()


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_the_same_to_the_byte(name, folders, runs, tmp_path):
    for turn in ("first", "second"):
        style.save(draw(name, folders, runs), tmp_path / f"{turn}.svg")
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_two_runs_of_one_scenario_are_told_apart_by_their_folders(runs, tmp_path):
    twins = [runs[0], replace(runs[0], path=shutil.copytree(runs[0].path, tmp_path / "twin"))]
    assert names_apart(runs) == ["Cambodia 2017–18", "Cambodia 2017–18, weak backing"]
    names = names_apart(twins)
    assert names == [f"Cambodia 2017–18 ({runs[0].path.name})", "Cambodia 2017–18 (twin)"]
    words = " ".join(text.get_text() for text in apart_figure(twins).findobj(Text)).replace("\n", " ")
    assert f"Cambodia 2017–18 (twin) less {names[0]}: " in words and f"from {names[0]} in hostile acts" in words


def test_dots_stand_at_the_shares(runs):
    axes = outcomes_figure(runs).axes[0]
    dots = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    baseline, weak = (
        pq.read_table(run.path / "outcomes.parquet")["dissolved_before_vote"].to_numpy(zero_copy_only=False).mean()
        for run in runs
    )
    assert dots[:2] == pytest.approx([100 * baseline, 100 * weak])


def test_what_has_come_rises_from_none_to_all_that_comes(runs):
    figure = survival_figure(runs[0])
    line = next(line for line in figure.axes[0].lines if len(line.get_xdata()) > 100)
    come = np.asarray(line.get_ydata())
    days = pq.read_table(runs[0].path / "outcomes.parquet")["day_dissolved"].to_pylist()
    assert come[0] == 0.0 and (np.diff(come) >= 0).all()
    assert come[-1] == pytest.approx(100 * (RUNS - days.count(None)) / RUNS)
    by_then = sum(day is not None and day <= date(2017, 11, 16) for day in days) / RUNS
    title = figure.get_suptitle().replace("\u00a0", " ").replace("\n", " ")
    assert f"in fact on 16 Nov 2017; by then in {percent(by_then)} of runs".replace("\u00a0", " ") in title


def test_rungs_of_each_period_are_all_of_the_runs(runs):
    axes = paths_figure(runs[0]).axes[0]
    by_column: dict[float, float] = {}
    for bar in axes.patches:
        if hasattr(bar, "get_height"):
            by_column[round(bar.get_x(), 6)] = by_column.get(round(bar.get_x(), 6), 0.0) + bar.get_height()
    assert list(by_column.values()) == pytest.approx([100.0] * 7)  # six periods, and all of them


def test_a_typical_run_is_of_its_class_and_the_nearest_to_its_average(runs):
    classes = path_classes(runs[0])
    column = pq.read_table(runs[0].path / "outcomes.parquet")["path"].to_pylist()
    assert sum(path.share for path in classes) == pytest.approx(1.0)
    described = monthly_rungs(runs[0]).reshape(RUNS, -1)
    for path in classes:
        assert column[path.typical] == path.name and len(path.runs) == column.count(path.name)
        away = np.abs(described[path.runs] - described[path.runs].mean(axis=0)).sum(axis=1)
        assert away.min() == pytest.approx(np.abs(described[path.typical] - described[path.runs].mean(axis=0)).sum())


def test_the_worst_run_has_most_hostility(runs):
    folder = runs[0]
    marks = np.zeros(RUNS)
    for run, day, code in folder.acts:
        if day >= folder.compiled.free_from:
            marks[run] += (
                max(0.0, -folder.compiled.acts[code].goldstein)
                / 10
                * (2 if folder.compiled.acts[code].action in ("detain_leader", "dissolve_party") else 1)
            )
    assert marks[worst_run(folder)] == pytest.approx(marks.max())


def test_the_strips_are_of_what_was_done_and_none_of_it_is_left_out(runs):
    folder = runs[0]
    marks: dict[tuple[str, str], float] = {}
    last = folder.compiled.day(date(2018, 7, 31))  # of the record: sums go so far
    for _, day, code in folder.acts:
        act = folder.compiled.acts[code]
        if folder.compiled.free_from <= day <= last and act.tone == "hostile":
            weight = folder.compiled.tables.action_numbers[folder.compiled.tables.clock[day, 1], code, 0]
            marks[act.actor, act.target] = marks.get((act.actor, act.target), 0.0) + weight
    share = marks["cambodia", "opposition"] / sum(marks.values())
    figure = hostility_figure(folder)
    title = " ".join(figure.get_suptitle().replace("\u00a0", " ").split())
    wanted = f"Cambodia's government toward Opposition: {percent(share)} of all hostility after the replay; in fact"
    assert title.startswith(wanted.replace("\u00a0", " "))
    written = {" ".join(text.get_text().split()) for text in figure.findobj(Text)}
    assert {f"{folder.labels[actor]} → {folder.labels[target]}" for actor, target in marks} <= written


def test_the_difference_by_day_ends_at_that_of_compare(runs):
    figure = apart_figure(runs)
    wanted = {
        entry.name: entry for entry in compare(load("baseline"), load("baseline+weak_backing"), RUNS).differences
    }["hostile_acts"]
    line = next(entry for entry in figure.axes[0].lines if len(entry.get_xdata()) > 100)
    assert line.get_ydata()[-1] == pytest.approx(wanted.difference)
    assert f"{abs(wanted.difference):.1f} fewer hostile acts" in figure.get_suptitle()


def test_what_cannot_be_compared_is_told(runs):
    with pytest.raises(CannotBeDrawn, match="two run folders"):
        apart_figure(runs[:1])


def test_cells_hold_the_shares_of_their_points(folders):
    sweep = read_sweep(folders["sweep"])
    figure = heat_figure(folders["sweep"])
    numbers = [int(text.get_text()) for text in figure.axes[0].texts]
    by_levers = {
        (row["parameters.leverage"], row["parameters.backing"]): row["dissolved_before_vote"] for row in sweep.rows
    }
    wanted = [round(100 * by_levers[down, across]) for down in (2.0, 8.0) for across in (0.1, 0.5, 1.0)]
    assert numbers == wanted
    with pytest.raises(CannotBeDrawn, match="not every pair"):
        heat_of_levers(replace(sweep, rows=sweep.rows[:-1]), *sweep.keys, sweep.shares[0])
    words = " ".join(text.get_text() for text in figure.findobj(Text))
    assert "Chinese backing" in words and "backing" not in words.replace("Chinese backing", "")


def test_a_heat_map_grows_darker_and_its_numbers_can_be_read():
    colours = [style.mixed(DARK, share / 20, PALE) for share in range(21)]
    assert [style.luminance(colour) for colour in colours] == sorted(map(style.luminance, colours), reverse=True)
    assert all(max(style.contrast(colour, "#000000"), style.contrast(colour, style.PAPER)) >= 4.5 for colour in colours)


def test_the_command_draws_everything_that_a_folder_has_or_what_is_named(folders, tmp_path):
    call = CliRunner().invoke
    result = call(main, ["plot", str(folders["baseline"]), "--format", "svg", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert {path.stem for path in tmp_path.iterdir()} == {
        "acts",
        "tension",
        "outcomes",
        "survival",
        "paths",
        "hostility",
    }
    result = call(main, ["plot", str(folders["sweep"]), "--figure", "curve", "--figure", "heat"])
    assert result.exit_code == 0 and (folders["sweep"] / "figures" / "heat.png").is_file()
    result = call(main, ["plot", str(folders["baseline"]), "--figure", "het"])
    assert result.exit_code == 2 and "did you mean 'heat'" in result.output
    result = call(main, ["plot", str(folders["baseline"]), "--figure", "heat"])
    assert result.exit_code == 2 and "allowed: acts, tension" in result.output
    result = call(main, ["plot", str(tmp_path)])
    assert result.exit_code == 2 and "is not a folder of results" in result.output
    assert "survival" in call(main, ["list", "figures"]).output


def test_a_figure_that_cannot_be_drawn_is_said_and_the_others_are_drawn(folders, tmp_path):
    (tmp_path / "part").mkdir()
    for path in folders["sweep"].iterdir():
        if path.is_file() and path.name != "runs.parquet":
            (tmp_path / "part" / path.name).write_bytes(path.read_bytes())
    lines: list[str] = []
    assert [path.stem for path in plot([tmp_path / "part"], note=lines.append)] == ["heat"]
    assert any("curve cannot be drawn" in line and "--keep-runs" in line for line in lines)


def test_a_figure_has_a_script_of_its_own(folders, tmp_path):
    code = [
        sys.executable,
        "-m",
        "sim.figures.outcomes",
        str(folders["baseline"]),
        str(folders["baseline+weak_backing"]),
        "--out",
        str(tmp_path),
    ]
    assert (
        subprocess.run(code, check=True, capture_output=True, text=True).stdout.strip()
        == f"wrote {tmp_path / 'outcomes.png'}"
    )


@pytest.mark.parametrize("module", MODULES)
def test_the_script_of_a_module_draws_the_figures_of_that_module(module, monkeypatch):
    modules = []
    monkeypatch.setattr("sim.figures.registry.FIGURES", {})  # the copy that runs here registers nothing
    monkeypatch.setattr("sim.figures.plot.script", lambda name, about: modules.append(name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # runpy's, of a module that is imported already
        runpy.run_module(f"sim.figures.{module}", run_name="__main__")
    assert modules == [module] and any(entry.module == module for entry in all_figures().values())


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0 %"), (0.001, "under 1 %"), (0.514, "51 %"), (0.998, "over 99 %"), (1.0, "100 %")]
)
def test_a_share_in_words_is_never_all_or_nothing_unless_it_is(share, words):
    assert percent(share).replace("\u00a0", " ") == words


# --- questions about a crisis

QUESTIONS = sorted(path for path in (Path(questions.__file__).parent).glob("[a-z]*.py"))


def test_there_are_five_questions_each_short():
    assert len(QUESTIONS) == 5
    assert all(len(path.read_text().splitlines()) < 60 for path in QUESTIONS)


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_is_answered_in_a_sentence_and_a_figure(path, tmp_path, monkeypatch, capsys):
    from importlib import import_module

    monkeypatch.setattr(sys, "argv", [path.stem, "--runs", "60", "--out", str(tmp_path)])
    import_module(f"analysis.questions.{path.stem}").main()
    sentence, figure = capsys.readouterr().out.splitlines()
    assert sentence.endswith(".") and any(sign.isdigit() for sign in sentence) and "nan" not in sentence
    assert figure == f"Figure: {tmp_path / path.stem}.png" and (tmp_path / f"{path.stem}.png").is_file()


# --- what is not as usual


def test_intervals_at_once_are_wider_and_of_one_alone_the_same():
    effect = Effect("a", 1.0, 0.5, 2.0)
    alone, of_ten = simultaneous_intervals([effect])[0], simultaneous_intervals([effect] * 10)[0]
    assert (alone.low, alone.high) == pytest.approx((0.5, 2.0))
    assert of_ten.low == pytest.approx(1.0 - 0.5 * 2.807 / 1.96, abs=1e-3)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A made-up crisis of another shape, one that keeps no acts, one of another clock, one beyond what is counted."""
    out = tmp_path_factory.mktemp("few")
    calls = {
        "border": ["run", "border", "--runs", "60"],
        "baseline": ["run", "baseline", "--runs", "60", "--acts-of", "0"],
        "baseline+no_election": ["run", "baseline+no_election", "--runs", "60", "--set", "clock.end=2018-08-31"],
        "wild": ["run", "border", "--runs", "60", "--set", "parameters.reciprocity=3", "--set", "allow_explosive=true"],
    }
    paths = {}
    for name, call in calls.items():
        result = CliRunner().invoke(main, [*call, "--out", str(out / name)])
        assert result.exit_code == 0, result.output
        paths[name] = next((out / name / call[1]).iterdir())
    return paths


@pytest.mark.parametrize("name", ["border", "baseline", "baseline+no_election", "wild"])
def test_figures_and_report_of_any_run_work_or_say_why_not(few, name, tmp_path):
    lines: list[str] = []
    drawn = {path.stem for path in plot([few[name]], out=tmp_path, note=lines.append)}
    if name == "baseline":
        assert drawn == {"acts", "tension", "outcomes", "survival", "hostility"}
        assert sum("kept whole" in line for line in lines) == 1
        assert "Not drawn: no run is kept whole" in report([few[name]])
    else:
        assert {"acts", "tension", "survival"} <= drawn
    if name == "border":
        page = report([few[name]])
        assert "The worst path" in page and "nan" not in " ".join(re.findall(r'(?:points|[xy]|d)="([^"]*)"', page))


def test_a_run_of_other_rules_is_not_told_as_if_it_were_the_same(few, tmp_path):
    shutil.copytree(few["border"], tmp_path / "old")
    path = tmp_path / "old" / "acts.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)  # as if that act had not been done by the rules of then
    write_manifest(path.parent, read_manifest(path.parent))
    with pytest.raises(UserError, match="differs under today's rules"):
        acts_figure(read_run(tmp_path / "old"))


def test_runs_that_are_no_pairs_are_not_compared(folders, few):
    with pytest.raises(UserError, match="not pairs"):
        report([folders["baseline"], few["baseline+no_election"]])


def test_two_figures_of_one_name_do_not_overwrite_each_other(few, tmp_path):
    shutil.copytree(few["border"].parent, tmp_path / "other" / "border")
    again = tmp_path / "other" / "border" / few["border"].name
    with pytest.raises(UserError, match="two folders give a figure of this name"):
        plot([few["border"], again], ["survival"], out=tmp_path / "out", note=lambda line: None)
