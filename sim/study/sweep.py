"""Sweeps: every point of a study played in blocks, each kept as soon as it is done, until all are."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import keeping
from sim.engine.learning import compile_scenario
from sim.engine.loop import scene_of
from sim.identity import identity, source_hash, versions
from sim.results.blocks import Worker
from sim.results.outcomes import questionnaire
from sim.results.run import write_scenario
from sim.results.tally import cells_of
from sim.scenario.problems import Place, Problem, UserError
from sim.study.blocks import blocks_of
from sim.study.folder import PLAN, POINTS, RUNS, Block, Player, Result, SweepFolder
from sim.study.load_study import LoadedStudy, load_study
from sim.study.players import in_threads, on_cluster
from sim.study.tables import points_tables, runs_tables

if TYPE_CHECKING:
    import pyarrow as pa

CODE = "sim.study.sweep"  # the module whose imports a sweep's results depend on
NOTHING = np.zeros(0, np.int64)
NO_RUNS = np.zeros((0, 0))


def plan_of(study: LoadedStudy, keep_runs: bool) -> dict[str, Any]:
    """Return the plan that a sweep is begun with; a folder goes on only with the same."""
    return {
        "study": study.study.name,
        "study_hash": study.hash,
        "points": study.points,
        "runs": study.study.runs,
        "seed": study.study.seed,
        "keep_runs": keep_runs,
        "code_hash": source_hash(CODE),
        "versions": versions(CODE),
    }


def play_block(study: LoadedStudy, keep_runs: bool, block: Block) -> Result:
    """Play one block.

    Where its point is not sound, a hazard is not a number or a rule raises, the result holds the error.
    """
    try:
        compiled = compile_scenario(study.scenario_at(block.point))
        worker = Worker(compiled, scene_of(compiled), questionnaire(compiled), daily_step=0)
        outcomes = worker.play(study.study.seed, block.runs, keep_to=0).outcomes
    except MemoryError:  # is of this machine, not of the point
        raise
    except Exception as error:  # whatever a rule of one's own may raise: it stands in the table, and sets the exit code
        return Result(block.point, block.runs.start, len(block.runs), NOTHING, NOTHING, NO_RUNS, _error_text(error))
    reported = [index for index, question in enumerate(compiled.questions) if question.name in study.outcomes]
    counts = np.where(cells_of(compiled).mask_of(reported), worker.totals.tally.counts, 0)
    cells = counts.nonzero()[0].astype(np.int64)
    kept_outcomes = outcomes[:, reported] if keep_runs else NO_RUNS
    return Result(block.point, block.runs.start, len(block.runs), cells, counts[cells], kept_outcomes)


def _error_text(error: Exception) -> str:
    """Return an error in words that do not depend on where the command was given."""
    if isinstance(error, UserError):
        nearby = (
            replace(problem, place=Place(Path(problem.place.file).name, problem.place.line))
            for problem in error.problems
        )
        return "UserError: " + "\n".join(str(problem) for problem in nearby)
    return f"{type(error).__name__}: {error}"


def play_missing(
    study: LoadedStudy,
    folder: SweepFolder,
    keep_runs: bool,
    player: Player,
    each: Callable[[int], object] = lambda runs: None,
) -> None:
    """Play every block that the folder lacks, and keep each.

    Parameters: each, called with the number of runs after each block.
    Raises UserError where a block cannot be kept; what is kept stays.
    """
    known_blocks = folder.block_paths()
    missing = (block for block in blocks_of(study) if block.key not in known_blocks)
    with closing(player(partial(play_block, study, keep_runs), missing)) as results:  # type: ignore[type-var]
        for result in results:
            folder.keep(result)
            each(result.runs)


def count_runs(study: LoadedStudy, folder: SweepFolder) -> int:
    """Count the runs that the folder's blocks hold."""
    known_blocks = folder.block_paths()
    return sum(len(block.runs) for block in blocks_of(study) if block.key in known_blocks)


@dataclass(frozen=True)
class SweepPlan:
    """How a study is swept: where blocks are played, and whether a row a run is kept. resume: go on with one begun."""

    study: LoadedStudy
    player: Player
    keep_runs: bool = False
    resume: bool = False

    @property
    def manifest(self) -> dict[str, Any]:
        """Return everything that the tables depend on."""
        return plan_of(self.study, self.keep_runs)

    def folder(self, out: Path) -> SweepFolder:
        """Return where the sweep is, or will be, below `out`."""
        return SweepFolder(out / self.study.output_name / identity(self.manifest))


def sweep(
    study: str | Path,
    runs: int | None = None,
    out: Path | str = "outputs",
    *,
    workers: int | None = None,
    cluster: str | None = None,
    resume: bool = False,
    keep_runs: bool = False,
) -> "pa.Table":
    """Play a study into its folder below `out`, or find it there.

    Parameters: study, a file, or the bare name of one that ships; runs, how many at each point, in place of the
    study's own number; workers, how many threads play at a time; cluster, the address of a Dask scheduler to play on;
    resume, go on with a sweep that was begun; keep_runs, write a row a run too.
    Returns the table of points, a row each. Raises UserError for a study that is not sound, or a folder that cannot
    be used.

    >>> import tempfile
    >>> from sim import sweep
    >>> sweep("backing", runs=1, out=tempfile.mkdtemp()).num_rows
    99
    """
    loaded = load_study(str(study), runs)
    # threads, not processes: these would begin the caller's script anew, if it has no __main__ guard
    player = on_cluster(cluster) if cluster is not None else in_threads(workers or os.cpu_count() or 1)
    plan = SweepPlan(loaded, player, keep_runs, resume)
    folder = plan.folder(Path(out))
    check_resumption(plan, folder)
    with folder.locked():
        if folder.is_whole:
            folder.verify(contents=False)
        else:
            play_into(plan, folder)
    return folder.points()


def play_into(plan: SweepPlan, folder: SweepFolder, each: Callable[[int], object] = lambda runs: None) -> None:
    """Play what a locked folder lacks, then write the tables; the manifest comes last.

    Parameters: each, called with the number of runs after each block.
    Raises UserError where it cannot go on or be written.
    """
    study = plan.study
    with explain_failures(folder.path):
        folder.begin(plan.manifest)
        write_scenario(study.base, folder.path)
        keeping.write_json(folder.path / "study.json", study.study.model_dump(mode="json"))
        play_missing(study, folder, plan.keep_runs, plan.player, each)
        if plan.keep_runs:
            keeping.write_table(folder.path / RUNS, runs_tables(study, folder))
        keeping.write_table(folder.path / POINTS, points_tables(study, folder))
        keeping.write_manifest(folder.path, plan.manifest | {"scenario": study.base.file})


@contextmanager
def explain_failures(path: Path) -> Iterator[None]:
    """Turn failures of disk or memory into errors that say what is kept.

    Raises UserError.
    """
    try:
        yield
    except OSError as error:
        text = f"cannot be used: {error.strerror or error}; finished blocks are kept, and --resume continues the sweep"
        raise UserError([Problem(Place(str(path), 0), "", text)]) from None
    except MemoryError:
        text = "there is not enough memory; finished blocks are kept"
        raise UserError([Problem(Place(str(path), 0), "", text, "--resume, with fewer --workers")]) from None


def check_resumption(plan: SweepPlan, folder: SweepFolder) -> None:
    """Refuse a sweep that was begun, without `resume`, or another one with it.

    Raises UserError.
    """
    place, begun = Place(str(folder.path), 0), folder.is_begun
    if begun and not plan.resume and not keeping.is_whole(folder.path):
        raise UserError([Problem(place, "", "this sweep was begun but is not finished", "--resume, to continue it")])
    if begun or not plan.resume:
        return
    others = [SweepFolder(path.parent) for path in sorted(folder.path.parent.glob(f"*/{PLAN}"))]
    if unfinished := [folder for folder in others if folder.is_begun and not folder.is_whole]:
        differences = "; ".join(_difference(folder, plan.manifest) for folder in unfinished)
        text = f"no such sweep was begun: {differences}"
        raise UserError([Problem(place, "--resume", text, "no --resume, to begin it")])


def _difference(folder: SweepFolder, manifest: dict[str, Any]) -> str:
    """Describe the differences between a sweep that was begun and the one that is wanted."""
    begun_with = folder.plan() or {}
    changed = [key.removesuffix("_hash") for key in manifest if begun_with.get(key) != manifest[key]]
    return f"{folder.path.name} was begun with another " + ", ".join(changed)
