"""`escalate sensitivity`: which numbers of a study matter."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.sweep import caveats_text, finish_sweep, player_of
from sim.commands.switches import CLUSTER, RESUME, RUNS_A_POINT, WORKERS, WholeNumber, check_one_place, examples

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.layout import Page
    from sim.study.folder import SweepFolder
    from sim.study.indices import Interval
    from sim.study.load_study import LoadedStudy
    from sim.study.sensitivity import Screening, Sensitivity

MEDIANS = "a median, of a date or a rung, has no variance to divide"
ENOUGH_RUNS = 50  # a point; with fewer, much of chance is taken for parameters
READING = (
    "Shares of the variance of a single run's outcome, with 95 % intervals. Chance is all that luck does, also together with numbers. alone: "
    "of this number by itself; in all: with what it does together with others; both of the means of points, whose intervals leave luck out, so that "
    "shares of a hundredth cannot be distinguished from 0. They hold for the ranges of the study, each taken as equally likely throughout, over its logarithm where the scale is log."
)
WIDE = 0.2  # an interval of that width says little


@click.command(
    "sensitivity",
    short_help="Say which numbers of a study matter.",
    epilog=examples(
        "escalate sensitivity what_matters",
        "escalate sensitivity mine/study.yaml --keep 4 --workers 2",
    ),
)
@click.argument("study")
@RUNS_A_POINT
@click.option(
    "--trajectories",
    default=30,
    show_default=True,
    type=WholeNumber(2, 10_000),
    help="Trajectories of Morris's screening.",
)
@click.option(
    "--keep",
    default=12,
    show_default=True,
    type=WholeNumber(1, 1000),
    help="The most numbers that survive the screening.",
)
@WORKERS
@CLUSTER
@RESUME
@with_desk("out", "verify", "wide", "json")
def command(desk: Desk, study: str, **options: Any) -> None:
    """Say which numbers of a STUDY matter.

    Morris's method screens them, Sobol's indices divide the variance of the outcome
    between those that are left, and PRIM finds ranges in which it is likelier than not.
    """
    study_sensitivity(desk, study, SensitivityRequest(**options))


@dataclass(frozen=True)
class SensitivityRequest:
    """The options of a sensitivity analysis. keep: how many numbers survive the screening, at most."""

    runs: int | None
    trajectories: int
    keep: int
    workers: int | None
    cluster: str | None
    resume: bool


def study_sensitivity(desk: Desk, file: str, request: SensitivityRequest) -> None:
    """Screen a study's numbers, divide the variance, and print it.

    Raises UserError for a study that is not sound or not of this kind, a missing library or a point that failed.
    """
    from sim.study import sensitivity as s
    from sim.study.load_study import load_study, redesigned
    from sim.study.sweep import SweepPlan

    check_one_place(request.workers, request.cluster)
    study = load_study(file, request.runs)
    check_design(study)
    note_losses(desk, study)

    def sweep_folder(part: "LoadedStudy", step: str, keep_runs: bool) -> "SweepFolder":
        """Sweep a part of the analysis unless it exists; returns its folder."""
        desk.note(f"{step}: {part.points:,} points × {part.study.runs} runs")
        player = player_of(desk, part, request.workers, request.cluster)
        return finish_sweep(desk, SweepPlan(part, player, keep_runs, request.resume), request.cluster is None)

    screened = redesigned(study, design="morris", points=request.trajectories, levers={})
    screening = s.screen(screened, sweep_folder(screened, "Screening", keep_runs=False).points(), request.keep)
    survived = redesigned(study, vary={key: study.study.vary[key] for key in screening.kept_keys})
    folder = sweep_folder(survived, "Dividing", keep_runs=True)
    results = s.apportion(survived, folder.points(), folder.runs())
    tables = {"screening": s.screening_table(screening), "indices": s.indices_table(survived, results)}
    tables["variance"] = s.variance_table(survived, results)
    write_tables(folder, tables)
    if desk.as_json:
        desk.answer_data(sensitivity_data(tables, results, survived))
    else:
        desk.answer(sensitivity_text(screening, survived, results))
    desk.draw(folder.path, ["sensitivity"])
    desk.note(f"Sweep folder: {folder.path}")


def write_tables(folder: "SweepFolder", tables: "dict[str, pa.Table]") -> None:
    """Write the tables into the folder of their sweep, and its manifest anew. Raises UserError."""
    from sim import keeping

    for name, table in tables.items():
        keeping.write_table(folder.path / f"{name}.parquet", table)
    keeping.write_manifest(folder.path, keeping.read_manifest(folder.path))


def note_losses(desk: Desk, study: "LoadedStudy") -> None:
    """Say before anything is played: too few runs, outcomes that cannot be divided. Raises UserError if none can."""
    from sim.scenario.problems import Place, Problem, UserError
    from sim.study.sensitivity import outcomes_with_variance
    from sim.study.tables import reported

    if study.study.runs < ENOUGH_RUNS:
        text = f"with fewer than {ENOUGH_RUNS} runs a point, much of chance is taken for parameters"
        desk.warn([Problem(Place(study.file, 0), "runs", text, warning=True)])
    divided = outcomes_with_variance(study)
    if not divided:
        raise UserError([Problem(study.tree.node_at(("outcomes",)).place, "outcomes", MEDIANS, "shares and means")])
    if left := [name for name in reported(study) if name not in divided]:
        desk.note(f"Left out, since {MEDIANS}: {', '.join(left)}")


def check_design(study: "LoadedStudy") -> None:
    """Refuse a study that varies no number, or at points that have no indices. Raises UserError."""
    from sim.scenario.problems import Problem, UserError

    problems = []
    if not study.study.vary:
        problems.append(Problem(study.tree.place, "vary", "no number is varied", "numbers, each with a range"))
    if study.study.design != "saltelli":
        place = study.tree.node_at(("design",)).place
        text = f"'{study.study.design}' has no indices of sensitivity"
        problems.append(Problem(place, "design", text, "saltelli, with points a power of two, such as 1024"))
    if study.study.runs < 2:
        problems.append(Problem(study.tree.node_at(("runs",)).place, "runs", "one run has no variance", "2 or more"))
    if problems:
        raise UserError(problems)


def sensitivity_text(screening: "Screening", study: "LoadedStudy", results: "list[Sensitivity]") -> "Page":
    """Return what was screened, where variance comes from, and the boxes."""
    from sim.layout import Page

    shares = [_variance_text(study, result) for result in results]
    return Page(_screening_text(screening), READING, *shares, *caveats_text(study))


def _screening_text(screening: "Screening") -> "Page":
    from sim.layout import Page, Table
    from sim.scenario.labels import labelled, labels_of

    labels = labels_of(screening.study.base.scenario)
    study, vary = screening.study.study, list(screening.study.study.vary)
    head = f"{study.name}: {len(vary)} numbers screened by {study.points} trajectories, {study.runs} runs a point."
    left = [labelled(key, labels) for key in vary if key not in screening.kept_keys]
    if left:
        head += f" {screening.passed} have a twentieth or more of the largest effect on some outcome; {len(screening.kept_keys)} of them"
        head += f" are varied below. Left at their values, so that what they do is in no share: {', '.join(left)}."
    else:
        head += " All are varied below."
    rows = []
    for index, key in enumerate(vary):
        effects = [(on_outcome.mean[index], on_outcome.error[index]) for on_outcome in screening.effects.values()]
        if key in screening.kept_keys:
            rows.append([labelled(key, labels), *(f"{mean:.3g} ± {error:.2g}" for mean, error in effects)])
    headers = ["mean size of the effect of its whole range (Morris)", *screening.effects]
    return Page(head, Table(headers, rows))


def _variance_text(study: "LoadedStudy", result: "Sensitivity") -> "Page":
    from sim.layout import Page, Table
    from sim.scenario.labels import labelled, labels_of

    labels = labels_of(study.base.scenario)
    shares = result.shares
    rows = [["chance", "", _share_text(shares.chance)]]
    if len(study.combinations) > 1:
        rows.append(["decision rule (levers)", _share_text(shares.rule), _share_text(shares.rule_in_all)])
    rows.append(["all numbers below", "", _share_text(shares.parameters)])
    ranked = sorted(zip(result.total, result.first, study.study.vary, strict=True), reverse=True)
    rows += [[labelled(key, labels), _share_text(first), _share_text(total)] for total, first, key in ranked]
    is_wide = any(high - low > WIDE for _, low, high in result.total)
    return Page(
        Table([result.outcome, "alone", "in all"], rows),
        "These intervals are wide: twice the `points` of the study, or four times, would narrow them."
        if is_wide
        else "",
        result.box.sentence(result.outcome, labels) if result.box is not None else "",
    )


def _share_text(interval: "Interval") -> str:
    value, low, high = (f"{100 * number:.1f}" for number in interval)
    return f"{value} % ({low} to {high})" if value != "nan" else "nothing varies"


def sensitivity_data(
    tables: "dict[str, pa.Table]", results: "list[Sensitivity]", study: "LoadedStudy"
) -> dict[str, Any]:
    """Return the tables and the boxes for a machine."""
    from sim.scenario.labels import labels_of

    labels = labels_of(study.base.scenario)
    return {
        **{name: table.to_pylist() for name, table in tables.items()},
        "boxes": {
            result.outcome: result.box.sentence(result.outcome, labels) for result in results if result.box is not None
        },
        "study": study.study.name,
        "reading": READING,
        "caveats": study.base.scenario.caveats,
        "warnings": [str(warning) for warning in study.warnings],
    }
