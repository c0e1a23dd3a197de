"""The work behind `escalate sweep`: begin or go on, play, write the tables, tell them."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.problems import Place, Problem, UserError
from sim.study.load_study import LoadedStudy, load_study

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.study.folder import SweepFolder
    from sim.study.sweep import Player

Words = Callable[[str], None]


def sweep_study(
    file: str,
    runs: int | None,
    workers: int | None,
    cluster: str | None,
    resume: bool,
    keep_runs: bool,
    csv: bool,
    out: Path,
    to: str | None,
    as_json: bool,
    *,
    tell: Words,
    say: Words,
) -> int:
    """Play a study into its folder and `tell` the table of its points; how many points failed.

    Raises UserError for a study that is not sound or a folder that cannot be used; KeyboardInterrupt after
    having said what is kept.
    """
    from sim.study.sweep_text import points_data, points_text

    study = load_study(file, runs)
    for warning in study.warnings:
        say(f"warning: {warning}")
    player = player_of(study, workers, cluster, say)
    folder = swept(study, out, player, resume, keep_runs, quiet=as_json, say=say)
    if csv:
        writing(folder, folder.write_csv)
    table = folder.points()
    tell(points_data(study, folder.path, table) if as_json else points_text(study, table))
    say(f"Sweep folder: {folder.path}")
    if to is not None:
        from sim.results.copying import copy_to

        say(f"Copied to: {copy_to(folder.path, to)}")
    return sum(table.column("failed").to_pylist())


def sweep(
    file: str,
    runs: int | None = None,
    out: Path | str = "outputs",
    *,
    workers: int | None = None,
    cluster: str | None = None,
    resume: bool = False,
    keep_runs: bool = False,
) -> "pa.Table":
    """Play a study into its folder below `out`, or find it there; its table, a row a point.

    Raises UserError for a study that is not sound or a folder that cannot be used.
    """
    study = load_study(file, runs)
    if cluster is None:  # processes would begin the caller's script anew, if it has no __main__ guard
        from sim.study.players import in_threads

        player = in_threads(workers or os.cpu_count() or 1)
    else:
        player = player_of(study, workers, cluster, _nothing)
    return swept(study, Path(out), player, resume, keep_runs, quiet=True, say=_nothing).points()


def _nothing(text: str) -> None:
    """Said to nobody: what fails is raised."""


def player_of(study: LoadedStudy, workers: int | None, cluster: str | None, say: Words) -> "Player":
    """Where blocks are played: on this machine, or on a Dask scheduler."""
    if cluster is not None:
        from sim.study.cluster import on_cluster

        return on_cluster(cluster, say)
    from sim.study.players import on_this_machine
    from sim.study.sweep import count_of

    return on_this_machine(count_of(study), workers)


def swept(
    study: LoadedStudy, out: Path, player: "Player", resume: bool, keep_runs: bool, *, quiet: bool, say: Words
) -> "SweepFolder":
    """The folder of a whole sweep: found, gone on with or played from the start."""
    from sim.study.folder import SweepFolder
    from sim.study.sweep import plan_of

    plan = plan_of(study, keep_runs)
    folder = SweepFolder(out / Path(study.file).stem / _id(plan))

    def work() -> None:
        if folder.is_whole:
            say(f"An identical sweep is in {folder.path}.")
            return
        _may_go_on(folder, plan, resume)
        _play(study, folder, plan, player, keep_runs, quiet, say)

    writing(folder, work)
    return folder


def writing(folder: "SweepFolder", work: Callable[[], None]) -> None:
    """Do what writes to a folder. Raises UserError where it cannot."""
    try:
        work()
    except OSError as error:
        text = f"cannot be used: {error.strerror or error}; what is done is kept, and --resume goes on with it"
        raise UserError([Problem(Place(str(folder.path), 0), "", text)]) from None
    except MemoryError:
        text = "this machine has not the memory; what is done is kept"
        raise UserError([Problem(Place(str(folder.path), 0), "", text, "--resume, with fewer --workers")]) from None


def _id(plan: dict[str, Any]) -> str:
    from hashlib import blake2b

    return blake2b(json.dumps(plan, sort_keys=True).encode(), digest_size=6).hexdigest()


def _may_go_on(folder: "SweepFolder", plan: dict[str, Any], resume: bool) -> None:
    """A sweep that was begun is gone on with only if asked; another one is not gone on with."""
    from sim.study.folder import SweepFolder

    place = Place(str(folder.path), 0)
    begun = folder.is_begun
    if begun and not resume and not (folder.path / "manifest.json").is_file():
        raise UserError([Problem(place, "", "this sweep was begun and is not done", "--resume, to go on with it")])
    if begun or not resume:
        return
    others = [SweepFolder(path.parent) for path in sorted(folder.path.parent.glob("*/plan.json"))]
    if unfinished := [other for other in others if other.is_begun and not other.is_whole]:
        told = "; ".join(_what_changed(other, plan) for other in unfinished)
        raise UserError([Problem(place, "--resume", f"no such sweep was begun: {told}", "no --resume, to begin it")])


def _what_changed(other: "SweepFolder", plan: dict[str, Any]) -> str:
    """What a sweep of this study that was begun differs in from the one that is asked for."""
    was = other.plan() or {}
    changed = [key.removesuffix("_hash") for key in plan if was.get(key) != plan[key]]
    return f"{other.path.name} was begun with another " + ", ".join(changed)


def _play(
    study: LoadedStudy,
    folder: "SweepFolder",
    plan: dict[str, Any],
    player: "Player",
    keep_runs: bool,
    quiet: bool,
    say: Words,
) -> None:
    """Play what is missing, then write the tables; the manifest comes last."""
    from tqdm import tqdm

    from sim.study.sweep import play_missing, runs_done
    from sim.study.tables import points_tables, runs_tables

    try:
        folder.begin(plan)
        folder.write("scenario.yaml", study.base.resolved_yaml(record="record.csv").encode())
        if study.base.record_path is not None and not (folder.path / "record.csv").exists():
            folder.write("record.csv", study.base.record_path.read_bytes())
        folder.write_json("study.json", study.study.model_dump(mode="json"))
        total, done = study.study.runs * study.points, runs_done(study, folder)
        with tqdm(total=total, initial=done, unit=" runs", desc=study.study.name, disable=quiet or None) as bar:
            play_missing(study, folder, keep_runs, player, bar.update)
        if keep_runs:
            folder.write_tables("runs.parquet", runs_tables(study, folder))
        folder.write_tables("points.parquet", points_tables(study, folder))
        folder.write_json("manifest.json", plan | {"scenario": study.base.file, "command": _command()})
    except KeyboardInterrupt:
        say(f"Stopped. What is done is kept in {folder.path}; --resume goes on with it.")
        raise
    finally:
        folder.leave()


def _command() -> str:
    """The command that was given; nothing where there was none but a call."""
    return " ".join(["escalate", *sys.argv[1:]]) if Path(sys.argv[0]).name in ("escalate", "__main__.py") else ""
