"""`escalate sweep`: every point of a study, as a table and a folder."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.switches import CLUSTER, CSV, RESUME, RUNS_A_POINT, TO, WORKERS, check_one_place, examples

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.layout import Page
    from sim.study.folder import Player, SweepFolder
    from sim.study.load_study import LoadedStudy
    from sim.study.sweep import SweepPlan

MOST_ROWS = 200
MOST_OUTCOMES = 3


@click.command(
    "sweep",
    short_help="Play every point of a study, all under the same luck.",
    epilog=examples(
        "escalate sweep backing",
        "escalate sweep backing --runs 200 --workers 2 --resume",
    ),
)
@click.argument("study")
@RUNS_A_POINT
@WORKERS
@CLUSTER
@RESUME
@click.option("--keep-runs", is_flag=True, help="Also write a row for each run.")
@CSV
@TO
@with_desk("out", "verify", "wide", "json")
def command(desk: Desk, study: str, **options: Any) -> None:
    """Play every point of a STUDY, all under the same luck.

    The points are every combination of its levers at every point of its design.
    """
    sys.exit(1 if sweep_study(desk, study, SweepRequest(**options)) else 0)


@dataclass(frozen=True)
class SweepRequest:
    """The options of a sweep. to: where a copy of its folder goes."""

    runs: int | None
    workers: int | None
    cluster: str | None
    resume: bool
    keep_runs: bool
    csv: bool
    to: str | None


def sweep_study(desk: Desk, file: str, request: SweepRequest) -> int:
    """Sweep a study unless it exists, and print its points.

    Returns how many points failed. Raises UserError for a study that is not sound, or a folder that cannot be used.
    """
    from sim.keeping import write_csv
    from sim.study.load_study import load_study
    from sim.study.sweep import SweepPlan, explain_failures

    check_one_place(request.workers, request.cluster)
    study = load_study(file, request.runs)
    desk.warn(study.warnings)
    player = player_of(desk, study, request.workers, request.cluster)
    folder = finish_sweep(desk, SweepPlan(study, player, request.keep_runs, request.resume), request.cluster is None)
    if request.csv:
        with explain_failures(folder.path):
            write_csv(folder.path)
    table = folder.points()
    if desk.as_json:
        desk.answer_data(points_data(study, folder.path, table))
    else:
        desk.answer(points_text(study, table))
    desk.note(f"Sweep folder: {folder.path}")
    if request.to is not None:
        from sim.results.copying import copy_to

        desk.note(f"Copied to: {copy_to(folder.path, request.to)}")
    return sum(table.column("failed").to_pylist())


def player_of(desk: Desk, study: "LoadedStudy", workers: int | None, cluster: str | None) -> "Player":
    """Return what plays the blocks of a study: this machine, or a Dask scheduler. Raises UserError."""
    from sim.study.blocks import count_blocks
    from sim.study.players import on_cluster, on_this_machine

    return on_this_machine(count_blocks(study), workers) if cluster is None else on_cluster(cluster, desk.note)


def finish_sweep(desk: Desk, plan: "SweepPlan", here: bool) -> "SweepFolder":
    """Return the folder of a whole sweep: an old one, one gone on with, or a new one. Raises UserError.

    Parameters: here, whether it is played on this machine.
    """
    from sim.study.sweep import check_resumption, count_runs, play_into

    study, folder = plan.study, plan.folder(desk.out)
    check_resumption(plan, folder)
    with folder.locked():
        if folder.is_whole:
            folder.verify(contents=desk.verify)
            desk.note(f"An identical sweep is in {folder.path}.")
            desk.result = folder.path
            return folder
        if here:  # workers of a cluster compile for themselves
            desk.compile("ensemble")
        total, begun = study.study.runs * study.points, count_runs(study, folder)
        try:
            with desk.progress(total, "runs", study.study.name, begun) as each:
                play_into(plan, folder, each)
        except KeyboardInterrupt:
            desk.note(f"Stopped. Finished blocks are kept in {folder.path}; --resume continues the sweep.")
            raise
    desk.result = folder.path
    return folder


def points_text(study: "LoadedStudy", table: "pa.Table") -> "Page":
    """Return the first points with the first outcomes, and the caveats."""
    from sim.layout import Page, Table
    from sim.results.estimates import intervals_are
    from sim.scenario.compile import compile_tables
    from sim.scenario.labels import labelled, labels_of
    from sim.study.tables import reported

    shares = {name: each.component.unit.kind == "share" for name, each in reported(study).items()}
    outcomes = dict(list(shares.items())[:MOST_OUTCOMES])
    rows = [_point_cells(study, row, outcomes) for row in table.slice(0, MOST_ROWS).to_pylist()]
    keys = [labelled(key, labels_of(study.base.scenario)) for key in study.keys]
    points, runs = f"{study.points:,} points", f"{study.study.runs:,} runs each, seed {study.study.seed}"
    parts: list[str | Table] = [
        f"{study.study.name}: {points}, {runs}. {intervals_are(compile_tables(study.base))}",
        Table(["point", *keys, *outcomes], rows),
    ]
    more = table.num_rows - len(rows)
    if more > 0 or len(shares) > MOST_OUTCOMES:
        rest = f"{more:,} more points and " if more > 0 else ""
        parts.append(f"… {rest}all {len(shares)} outcomes are in points.parquet.")
    failed_points = sum(table.column("failed").to_pylist())
    if failed_points:
        parts.append(f"{failed_points:,} of {table.num_rows:,} points failed: see `error` in points.parquet.")
    return Page(*parts, *caveats_text(study))


def caveats_text(study: "LoadedStudy") -> list[str]:
    """Return the caveats of a study's scenario as one text, or none."""
    caveats = study.base.scenario.caveats
    return ["\n".join(["Caveats:", *(f"- {caveat}" for caveat in caveats)])] if caveats else []


def _point_cells(study: "LoadedStudy", row: Row, outcomes: dict[str, bool]) -> list[Any]:
    """Lay out a point: its keys and its outcomes, by name, those that are shares in percent."""
    from sim.scenario.problems import shown

    point = [row["point"], *(_value_text(row[key]) for key in study.keys)]
    if row["failed"]:
        return [*point, "failed: " + shown(row["error"].splitlines()[0])]
    return point + [_with_interval(row, name, is_share) for name, is_share in outcomes.items()]


def _with_interval(row: Row, name: str, is_share: bool) -> str:
    value, low, high = (
        f"{number:.1%}" if is_share and number is not None else _value_text(number)
        for number in (row[name], row[f"{name}.low"], row[f"{name}.high"])
    )
    return value + (f" ({low} to {high})" if row[f"{name}.low"] is not None else "")


def _value_text(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def points_data(study: "LoadedStudy", folder: Path, table: "pa.Table") -> dict[str, Any]:
    """Return the whole table for a machine."""
    from sim.results.estimates import intervals_are
    from sim.scenario.compile import compile_tables

    return {
        "folder": str(folder),
        "study": study.study.name,
        "intervals": intervals_are(compile_tables(study.base)),
        "caveats": study.base.scenario.caveats,
        "warnings": [str(warning) for warning in study.warnings],
        "points": table.to_pylist(),
    }
