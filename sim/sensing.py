"""The work behind `escalate sensitivity`: screen, sweep what survives, divide the variance, tell and draw it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.scenario.problems import Problem, UserError
from sim.study.load_study import LoadedStudy, load_study, redesigned
from sim.sweeping import player_of, swept, writing

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.study.folder import SweepFolder

Words = Callable[[str], None]
MEDIANS = "a median, of a date or a rung, has no variance to divide"
ENOUGH_RUNS = 50  # a point; with fewer, much of chance is taken for parameters


def study_sensitivity(
    file: str,
    runs: int | None,
    trajectories: int,
    keep: int,
    workers: int | None,
    cluster: str | None,
    resume: bool,
    out: Path,
    as_json: bool,
    *,
    tell: Words,
    say: Words,
) -> None:
    """Screen the numbers of a study, apportion the variance of its outcomes to those that matter, and `tell` it.

    Raises UserError for a study that is not sound or not of this kind, a missing library or a point that failed.
    """
    study = load_study(file, runs)
    _of_this_kind(study)
    _say_what_is_lost(study, say)
    from sim.study import sensitivity as s
    from sim.study.sensitivity_text import sensitivity_data, sensitivity_text

    def played(part: LoadedStudy, what: str, keep_runs: bool) -> "SweepFolder":
        say(f"{what}: {part.points:,} points × {part.study.runs} runs")
        player = player_of(part, workers, cluster, say)
        return swept(part, out, player, resume, keep_runs, quiet=as_json, say=say)

    screened = redesigned(study, design="morris", points=trajectories, levers={})
    screening = s.screen(screened, played(screened, "Screening", keep_runs=False).points(), keep)
    survived = redesigned(study, vary={key: study.study.vary[key] for key in screening.kept})
    folder = played(survived, "Dividing", keep_runs=True)
    found = s.apportion(survived, folder.points(), folder.runs())
    tables = {"screening": s.screening_table(screening), "indices": s.indices_table(survived, found)}
    tables["variance"] = s.variance_table(survived, found)
    writing(folder, lambda: _write(folder, tables))
    tell(sensitivity_data(tables, found, survived) if as_json else sensitivity_text(screening, survived, found))
    say(f"Sweep folder: {folder.path}")


def _say_what_is_lost(study: LoadedStudy, say: Words) -> None:
    """Before anything is played: too few runs, and outcomes that cannot be divided. Raises UserError if none can."""
    from sim.study.sensitivity import averaged
    from sim.study.tables import reported

    if study.study.runs < ENOUGH_RUNS:
        text = f"with fewer than {ENOUGH_RUNS} runs a point, much of chance is taken for parameters"
        say(f"warning: {study.file}: runs: {text}")
    divided = averaged(study)
    if not divided:
        raise UserError([Problem(study.tree.at(("outcomes",)).place, "outcomes", MEDIANS, "shares and means")])
    if left := [name for name in reported(study) if name not in divided]:
        say(f"Left out, since {MEDIANS}: {', '.join(left)}")


def _write(folder: "SweepFolder", tables: "dict[str, pa.Table]") -> None:
    """The tables and the figure, into the folder of the sweep that they are of."""
    from sim.figures.style import save
    from sim.figures.variance import sensitivity_figure

    for name, table in tables.items():
        folder.write_tables(f"{name}.parquet", [table])
    (folder.path / "figures").mkdir(exist_ok=True)
    save(sensitivity_figure(folder.path), folder.path / "figures" / "sensitivity.png")


def _of_this_kind(study: LoadedStudy) -> None:
    """Sensitivity asks of numbers, at the points of its own design."""
    problems = []
    if not study.study.vary:
        problems.append(Problem(study.tree.place, "vary", "no number is varied", "numbers, each with a range"))
    if study.study.design != "saltelli":
        place = study.tree.at(("design",)).place
        text = f"found {study.study.design}, which has no indices of sensitivity"
        problems.append(Problem(place, "design", text, "saltelli, with points a power of two, such as 1024"))
    if study.study.runs < 2:
        problems.append(Problem(study.tree.at(("runs",)).place, "runs", "one run has no variance", "2 or more"))
    if problems:
        raise UserError(problems)
