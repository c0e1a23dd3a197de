"""Sweeps: tables that agree with single runs, whatever the order; nothing lost, nothing overwritten."""

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from studies import LEVERS, write_study
from toy import needs_the_compiler

import sim.study.blocks
import sim.study.players
import sim.study.sweep
from sim.commands.group import main
from sim.engine.learning import compile_scenario
from sim.results.estimates import estimates
from sim.results.simulate import simulate
from sim.scenario.problems import UserError
from sim.study.blocks import blocks_of
from sim.study.folder import SweepFolder
from sim.study.load_study import load_study
from sim.study.players import in_processes, in_threads
from sim.study.sweep import play_block


def sweep(path: Path, *words: str, code: int = 0):
    """`escalate sweep` beside the study; what it prints."""
    result = CliRunner().invoke(main, ["sweep", str(path), "--out", str(path.parent / "out"), *words])
    assert result.exit_code == code, result.output
    return result


def folders(path: Path) -> list[Path]:
    return sorted(folder for folder in (path.parent / "out" / f"{path.parent.name}-{path.stem}").iterdir())


def table(path: Path, name: str = "points") -> pa.Table:
    (folder,) = folders(path)
    return pa.parquet.read_table(folder / f"{name}.parquet")


def tables_of(folder: Path) -> dict[str, bytes]:
    """Return what must be the same whatever happened on the way."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix in (".parquet", ".yaml", ".csv")}


def refuse(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_point_tells_what_an_ensemble_of_its_scenario_tells(tmp_path):
    path = write_study(tmp_path)
    sweep(path)
    rows, study = table(path).to_pylist(), load_study(str(path))
    assert [row["point"] for row in rows] == list(range(10))
    for row in rows:
        alone = simulate(compile_scenario(study.scenario_at(row["point"])), runs=20, seed=1)
        estimates_of = {estimate.name: estimate for estimate in estimates(alone.totals.tally)}
        for name in study.outcomes:
            assert [row[name], row[f"{name}.low"], row[f"{name}.high"]] == [
                getattr(estimates_of[name], part) for part in ("value", "low", "high")
            ]
        assert (row["runs"], row["failed"], row["error"]) == (20, False, None)
        assert row["actors.south.strategy"] in ("grim_trigger", "tit_for_tat")


def test_a_row_a_run_is_what_the_run_gives_alone(tmp_path):
    path = write_study(tmp_path, runs=3)
    sweep(path, "--keep-runs", "--csv")
    rows, study = table(path, "runs").to_pylist(), load_study(str(path))
    assert [(row["point"], row["run"]) for row in rows] == [(point, run) for point in range(10) for run in range(3)]
    alone = simulate(compile_scenario(study.scenario_at(7)), runs=3, seed=1)
    assert [row["peak.north.south"] for row in rows if row["point"] == 7] == list(alone.outcomes[:, 1])
    (folder,) = folders(path)
    assert len((folder / "runs.csv").read_text().splitlines()) == 31
    assert len((folder / "points.csv").read_text().splitlines()) == 11


def test_the_same_word_in_python_returns_the_table(tmp_path):
    path = write_study(tmp_path)
    returned = sim.sweep(str(path), out=tmp_path / "out", workers=1)
    assert returned.num_rows == 10 and returned.equals(table(path))
    with pytest.raises(UserError, match="no such file"):
        sim.sweep(str(tmp_path / "nothing.yaml"))


def test_columns_say_their_unit(tmp_path):
    path = write_study(tmp_path)
    sweep(path)
    schema = table(path).schema
    assert schema.field("shots").metadata == {b"unit": b"share, share"}
    assert b"simulation error only" in schema.field("shots.low").metadata[b"unit"]


@pytest.mark.parametrize("words", [("--workers", "1"), ("--workers", "5")])
def test_no_number_of_workers_and_no_size_of_a_block_changes_a_byte(tmp_path, monkeypatch, words):
    here, there = (tmp_path / name for name in ("here", "there"))
    for folder in (here, there):
        folder.mkdir()
    sweep(write_study(here, runs=30), "--keep-runs")
    monkeypatch.setattr(sim.study.blocks, "BLOCK_RUNS", 7)
    sweep(write_study(there, runs=30), "--keep-runs", *words)
    first, second = (tables_of(folders(folder / "study.yaml")[0]) for folder in (here, there))
    assert first == second


def test_whatever_is_done_first_is_spread_over_the_whole_study(tmp_path, monkeypatch):
    monkeypatch.setattr(sim.study.blocks, "BLOCK_RUNS", 5)
    blocks = list(blocks_of(load_study(str(write_study(tmp_path)))))
    assert len(blocks) == 40
    assert {block.point for block in blocks[:10]} == set(range(10))
    assert [block.point for block in blocks[:10]] != list(range(10))
    assert np.unique([block.runs.start for block in blocks[:10]]).tolist() == [0]


def test_an_identical_sweep_is_found_and_not_played_again(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    first = sweep(path)
    monkeypatch.setattr(sim.study.sweep, "play_block", refuse)
    again = sweep(path)
    assert "An identical sweep is in" in again.stderr and again.stdout == first.stdout


def test_another_scenario_study_or_number_of_runs_is_another_folder(tmp_path):
    sweep(write_study(tmp_path))
    sweep(write_study(tmp_path), "--runs", "4")
    path = write_study(tmp_path, seed=2)
    sweep(path)
    assert len(folders(path)) == 3


def test_the_table_names_intervals_for_what_they_are(tmp_path):
    text = sweep(write_study(tmp_path)).stdout
    assert text.startswith("Who answers?: 10 points, 20 runs each, seed 1. 95 % intervals are simulation error only")
    assert "grim_trigger" in text and " to " in text


def test_json_holds_every_point(tmp_path):
    data = json.loads(sweep(write_study(tmp_path), "--json").stdout)
    assert len(data["points"]) == 10 and "shots.low" in data["points"][0]


# what fails


def test_a_point_that_fails_is_told_with_its_error_and_the_others_finish(tmp_path, monkeypatch):
    def some_broken(loaded):
        compiled = compile_scenario(loaded)
        if loaded.scenario.actors["south"].strategy == "grim_trigger":
            never = np.full_like(compiled.tables.bases, np.nan)
            return replace(compiled, tables=compiled.tables._replace(bases=never))
        return compiled

    path = write_study(tmp_path)
    monkeypatch.setattr(sim.study.sweep, "compile_scenario", some_broken)
    text = " ".join(sweep(path, code=1).stdout.split())
    assert "5 of 10 points failed" in text and "failed: ArithmeticError" in text and "run 0: the hazard of" in text
    rows = table(path).to_pylist()
    for row in rows:
        assert row["failed"] == (row["actors.south.strategy"] == "grim_trigger")
        assert (row["shots"] is None) == row["failed"] and row["runs"] == (0 if row["failed"] else 20)
    sweep(path, code=1)  # found again, it still says so


def test_values_that_are_sound_alone_and_not_together_fail_at_their_point(tmp_path):
    levers = {"pairs.state_to_state.momentum": [0.1, 0.9], "channels.south.north.hostile.momentum": [0.1, 0.9]}
    path = write_study(tmp_path, levers=levers, vary={"parameters.reciprocity": {"low": 0.1, "high": 0.9}}, points=2)
    sweep(path, code=1)
    errors = [row["error"] for row in table(path).to_pylist() if row["failed"]]
    assert errors and all("each act draws" in error for error in errors)


def test_a_rule_that_raises_fails_its_point(tmp_path, monkeypatch):
    def raises(*_):
        raise KeyError("a mistake in a rule")

    monkeypatch.setattr(sim.study.sweep, "questionnaire", raises)
    study = load_study(str(write_study(tmp_path)))
    assert play_block(study, False, next(blocks_of(study))).error == "KeyError: 'a mistake in a rule'"


# what stops


def stopped_after(blocks: int, error: BaseException):
    """Return a player that stops in the middle."""

    def player(play, missing):
        for number, block in enumerate(missing):
            if number == blocks:
                raise error
            yield play(block)

    return lambda workers: player


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(4, KeyboardInterrupt()))
        result = sweep(path, code=130)
    assert "Stopped." in result.stderr and "--resume" in result.stderr and "Traceback" not in result.output
    (folder,) = folders(path)
    assert len(list((folder / "blocks").iterdir())) == 4 and not (folder / "points.parquet").exists()
    assert "this sweep was begun but is not finished; allowed: --resume" in sweep(path, code=2).stderr
    played = []
    monkeypatch.setattr(sim.study.sweep, "play_block", lambda *now: played.append(now) or play_block(*now))
    sweep(path, "--resume")
    assert len(played) == 6
    (tmp_path / "whole").mkdir()
    whole = write_study(tmp_path / "whole")
    sweep(whole)
    assert tables_of(folder) == tables_of(folders(whole)[0])


LISTED = [0.1, 0.35, 0.2, 0.05, 0.3]  # in no order


@pytest.mark.parametrize("as_a_file", [True, False])
def test_listed_points_are_gone_on_with_in_their_order(tmp_path, monkeypatch, as_a_file):
    def written(folder: Path) -> Path:
        folder.mkdir()
        (folder / "points.csv").write_text("\n".join(["parameters.reciprocity", *map(str, LISTED)]))
        listed = [{"parameters.reciprocity": number} for number in LISTED]
        return write_study(folder, vary=None, points="points.csv" if as_a_file else listed)

    stopped, whole = written(tmp_path / "stopped"), written(tmp_path / "whole")
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(4, KeyboardInterrupt()))
        sweep(stopped, code=130)
    sweep(stopped, "--resume")
    sweep(whole)
    assert tables_of(folders(stopped)[0]) == tables_of(folders(whole)[0])
    assert table(stopped)["parameters.reciprocity"].to_pylist() == LISTED * 2


def test_points_that_were_listed_anew_are_not_gone_on_with(tmp_path, monkeypatch):
    path = write_study(tmp_path, vary=None, points=[{"parameters.reciprocity": number} for number in LISTED])
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(4, KeyboardInterrupt()))
        sweep(path, code=130)
    write_study(tmp_path, vary=None, points=[{"parameters.reciprocity": number} for number in LISTED[::-1]])
    assert "was begun with another study" in sweep(path, "--resume", code=2).stderr


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    results: list[object] = []

    def full_after_three(self, result):
        results.append(result)
        return refuse() if len(results) > 3 else keep(self, result)

    keep = SweepFolder.keep
    with monkeypatch.context() as patched:
        patched.setattr(SweepFolder, "keep", full_after_three)
        error = sweep(path, code=2).stderr
    assert "cannot be used: No space left on device; finished blocks are kept" in error
    (folder,) = folders(path)
    assert len(list((folder / "blocks").iterdir())) == 3
    sweep(path, "--resume")
    assert table(path).num_rows == 10


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    path = write_study(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f"{tmp_path.name}-study").write_text("a file")
    assert "cannot be written: Not a directory" in sweep(path, code=2).stderr
    assert (tmp_path / "out" / f"{tmp_path.name}-study").read_text() == "a file"


def test_two_sweeps_do_not_work_in_one_folder(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(2, KeyboardInterrupt()))
        sweep(path, code=130)
    (folder,) = folders(path)
    with SweepFolder(folder).locked():
        assert "another sweep is at work in this folder" in sweep(path, "--resume", code=2).stderr
    sweep(path, "--resume")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"seed": 2}, "with another study, seed"), ({"runs": 4}, "with another study, runs")],
)
def test_a_study_that_changed_is_not_gone_on_with(tmp_path, monkeypatch, change, words):
    path = write_study(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(2, KeyboardInterrupt()))
        sweep(path, code=130)
    before = {file: file.read_bytes() for file in folders(path)[0].rglob("*") if file.is_file()}
    error = sweep(write_study(tmp_path, **change), "--resume", code=2).stderr
    assert "no such sweep was begun" in error and words in error and "no --resume, to begin it" in error
    assert before == {file: file.read_bytes() for file in folders(path)[0].rglob("*") if file.is_file()}


def test_a_folder_of_another_version_is_not_gone_on_with(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(2, KeyboardInterrupt()))
        patched.setattr(sim.study.sweep, "source_hash", lambda root: "older")
        sweep(path, code=130)
    assert "was begun with another code" in sweep(path, "--resume", code=2).stderr


def test_a_block_that_is_damaged_is_told(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(2, KeyboardInterrupt()))
        sweep(path, code=130)
    block = next((folders(path)[0] / "blocks").iterdir())
    whole = block.read_bytes()
    block.write_bytes(whole[:-1])
    assert f"{block.name}: is damaged" in sweep(path, "--resume", code=2).stderr
    block.unlink()
    sweep(path, "--resume")
    assert block.read_bytes() == whole


def test_a_block_of_another_name_or_point_is_told(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(3, KeyboardInterrupt()))
        sweep(path, code=130)
    block, *_ = sorted((folders(path)[0] / "blocks").iterdir())
    digest = block.stem.split("-")[2]
    free = next(point for point in range(10) if not list(block.parent.glob(f"{point:07d}-*")))
    moved = block.rename(block.with_name(f"{free:07d}-0000000000-{digest}.npz"))
    assert f"{moved.name}: is damaged" in sweep(path, "--resume", code=2).stderr
    moved.rename(block)
    for name in ("0099999-0000000000-" + digest, "0000001-copy", "1"):
        copied = block.with_name(name + ".npz")
        copied.write_bytes(block.read_bytes())
        assert f"{copied.name}: is not a block of this sweep" in sweep(path, "--resume", code=2).stderr
        copied.unlink()


def test_a_block_that_vanishes_is_told_and_no_table_is_sealed(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    play = sim.study.sweep.play_missing

    def loses_one(study, folder, *options):
        play(study, folder, *options)
        next(folder.blocks.iterdir()).unlink()

    with monkeypatch.context() as patched:
        patched.setattr(sim.study.sweep, "play_missing", loses_one)
        assert "lacks the block of point" in sweep(path, code=2).stderr
    assert not (folders(path)[0] / "manifest.json").exists()
    sweep(path, "--resume")


def test_a_table_that_is_lost_is_made_again_from_its_blocks(tmp_path):
    path = write_study(tmp_path)
    first = sweep(path).stdout
    (folders(path)[0] / "points.parquet").unlink()
    assert sweep(path).stdout == first
    (folders(path)[0] / "points.parquet").write_bytes(b"PAR1")
    assert "points.parquet: is damaged" in sweep(path, code=2).stderr


def test_columns_of_levers_are_of_their_kind(tmp_path):
    levers = {"clock.end": [date(2030, 11, 30), date(2030, 12, 31)], "allow_explosive": [True, False]}
    path = write_study(tmp_path, levers=levers | LEVERS, vary=None)
    sweep(path)
    points = table(path)
    assert str(points.schema.field("clock.end").type) == "date32[day]"
    assert set(points["allow_explosive"].to_pylist()) == {"true", "false"}
    assert set(points["actors.south.strategy"].to_pylist()) == {"grim_trigger", "tit_for_tat"}


def test_too_little_memory_is_told(tmp_path, monkeypatch):
    def too_much(*_, **__):
        raise MemoryError

    monkeypatch.setattr(sim.study.sweep, "Worker", too_much)
    assert "there is not enough memory" in sweep(write_study(tmp_path), code=2).stderr


def test_an_error_does_not_hang_on_where_the_command_was_given(tmp_path, monkeypatch):
    levers = {"pairs.state_to_state.momentum": [0.1, 0.9], "channels.south.north.hostile.momentum": [0.1, 0.9]}
    path = write_study(tmp_path, levers=levers, vary={"parameters.reciprocity": {"low": 0.1, "high": 0.9}}, points=2)
    study = load_study(str(path))
    failed = [block for block in blocks_of(study) if block.point == study.points - 1]
    monkeypatch.chdir(tmp_path)
    here = play_block(load_study("study.yaml"), False, failed[0]).error
    assert here == play_block(study, False, failed[0]).error and "study.yaml:12" in here


def test_a_plan_that_is_damaged_is_told(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sim.study.players, "in_threads", stopped_after(2, KeyboardInterrupt()))
        sweep(path, code=130)
    (folders(path)[0] / "plan.json").write_text("{")
    assert "plan.json: is damaged" in sweep(path, "--resume", code=2).stderr


def test_resume_with_nothing_begun_begins(tmp_path):
    path = write_study(tmp_path)
    sweep(path, "--resume")
    assert table(path).num_rows == 10


def test_a_player_in_threads_cancels_what_waits_when_it_is_left(tmp_path):
    study = load_study(str(write_study(tmp_path)))
    played = []
    results = in_threads(1)(lambda block: played.append(block) or block, blocks_of(study))
    next(results)
    results.close()
    assert len(played) <= 3


@needs_the_compiler
def test_processes_play_what_threads_play(tmp_path, monkeypatch):
    here, there = (tmp_path / name for name in ("here", "there"))
    for folder in (here, there):
        folder.mkdir()
    sweep(write_study(here))
    monkeypatch.setattr(sim.study.players, "MANY_BLOCKS", 1)
    sweep(write_study(there), "--workers", "2")
    assert tables_of(folders(here / "study.yaml")[0]) == tables_of(folders(there / "study.yaml")[0])


@needs_the_compiler
def test_a_process_that_dies_is_told(tmp_path):
    study = load_study(str(write_study(tmp_path)))
    results = in_processes(2)(Dies(), blocks_of(study))
    with pytest.raises(UserError, match="a worker process died"):
        list(results)


class Dies:
    """A way to play that ends its process."""

    def __call__(self, block):
        os._exit(9)
