"""Sweeps: every point of a study played in blocks, each kept as soon as it is done, until all are."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.ceilings import ceilings
from sim.results.blocks import Worker
from sim.results.outcomes import questionnaire
from sim.results.store import code_hash, versions
from sim.results.tally import cells_of
from sim.scenario.compile import compile_scenario
from sim.scenario.problems import Place, UserError
from sim.study.folder import Key, Result, SweepFolder
from sim.study.load_study import LoadedStudy

BLOCK_RUNS, MOST_BLOCK_RUNS = 2_000, 50_000  # at least and at most, but for the last block of a point
BLOCKS_A_POINT = 20  # where its runs are enough for that many
NOTHING = np.zeros(0, np.int64)
NO_RUNS = np.zeros((0, 0))


@dataclass(frozen=True)
class Block:
    """Some runs of one point."""

    point: int
    runs: range

    @property
    def key(self) -> Key:
        return self.point, self.runs.start


Play = Callable[[Block], Result]
Player = Callable[[Play, Iterator[Block]], Iterator[Result]]  # plays blocks, in whatever order they are done


def plan_of(study: LoadedStudy, keep_runs: bool) -> dict[str, Any]:
    """What a sweep is begun with: a folder goes on only with the same."""
    return {
        "study": study.study.name,
        "study_hash": study.hash,
        "points": study.points,
        "runs": study.study.runs,
        "seed": study.study.seed,
        "keep_runs": keep_runs,
        "code_hash": code_hash(),
        "versions": versions(),
    }


def blocks_of(study: LoadedStudy) -> Iterator[Block]:
    """All blocks, interleaved: the first runs of every point come first, points in a scattered order.

    So whatever is done when a sweep is stopped is spread over the whole of it.
    """
    order, runs, size = np.random.default_rng(0).permutation(study.points), study.study.runs, block_runs(study)
    for start in range(0, runs, size):
        for point in order:
            yield Block(int(point), range(start, min(start + size, runs)))


def block_runs(study: LoadedStudy) -> int:
    """How many runs a block has: larger blocks in a larger sweep, so that there are not too many to keep."""
    return max(BLOCK_RUNS, min(MOST_BLOCK_RUNS, study.study.runs // BLOCKS_A_POINT))


def in_order(study: LoadedStudy) -> Iterator[tuple[Key, int]]:
    """All blocks by point and first run, each with its number of runs."""
    runs, size = study.study.runs, block_runs(study)
    for point in range(study.points):
        for start in range(0, runs, size):
            yield (point, start), min(size, runs - start)


def count_of(study: LoadedStudy) -> int:
    """How many blocks a sweep has."""
    return study.points * -(-study.study.runs // block_runs(study))


def play_block(study: LoadedStudy, keep_runs: bool, block: Block) -> Result:
    """Play one block. Where its point is not sound, a hazard is no number or a rule raises, the error is the result."""
    try:
        compiled = compile_scenario(study.at(block.point))
        worker = Worker(compiled, ceilings(compiled), questionnaire(compiled), with_daily=False)
        outcomes = worker.play(study.study.seed, block.runs, keep_to=0).outcomes
    except MemoryError:  # is of this machine, not of the point
        raise
    except Exception as error:  # whatever a rule of one's own may raise: told in the table, and by the exit code
        return Result(block.point, block.runs.start, len(block.runs), NOTHING, NOTHING, NO_RUNS, _told(error))
    asked = [index for index, question in enumerate(compiled.questions) if question.name in study.outcomes]
    counts = np.where(cells_of(compiled).of(asked), worker.totals.tally.counts, 0)
    cells = counts.nonzero()[0].astype(np.int64)
    kept = outcomes[:, asked] if keep_runs else NO_RUNS
    return Result(block.point, block.runs.start, len(block.runs), cells, counts[cells], kept)


def _told(error: Exception) -> str:
    """An error in words that do not hang on where the command was given."""
    if isinstance(error, UserError):
        nearby = (replace(one, place=Place(Path(one.place.file).name, one.place.line)) for one in error.problems)
        return "UserError: " + "\n".join(str(one) for one in nearby)
    return f"{type(error).__name__}: {error}"


def play_missing(
    study: LoadedStudy,
    folder: SweepFolder,
    keep_runs: bool,
    player: Player,
    each: Callable[[int], object] = lambda runs: None,
) -> None:
    """Play every block that the folder does not hold, and keep each as soon as it is done.

    each: told how many runs were played. Raises OSError where a block cannot be kept; what is kept stays.
    """
    done = folder.done()
    missing = (block for block in blocks_of(study) if block.key not in done)
    with closing(player(partial(play_block, study, keep_runs), missing)) as results:  # type: ignore[type-var]
        for result in results:
            folder.keep(result)
            each(result.runs)


def runs_done(study: LoadedStudy, folder: SweepFolder) -> int:
    """How many runs the folder's blocks hold."""
    done = folder.done()
    return sum(len(block.runs) for block in blocks_of(study) if block.key in done)
