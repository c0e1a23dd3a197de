"""The blocks that a sweep is divided into, and their order."""

from collections.abc import Iterator

import numpy as np

from sim.study.folder import Block, Key
from sim.study.load_study import LoadedStudy

BLOCK_RUNS, MOST_BLOCK_RUNS = 2_000, 50_000  # at least and at most, but for the last block of a point
BLOCKS_A_POINT = 20  # where its runs are enough for that many


def blocks_of(study: LoadedStudy) -> Iterator[Block]:
    """Yield all blocks, interleaved.

    The first runs of every point come first, points in a scattered order.

    So what is done when a sweep is stopped is spread over the whole of it.
    """
    order, runs, size = np.random.default_rng(0).permutation(study.points), study.study.runs, block_runs(study)
    for start in range(0, runs, size):
        for point in order:
            yield Block(int(point), range(start, min(start + size, runs)))


def block_runs(study: LoadedStudy) -> int:
    """Return how many runs a block has.

    There are more in a larger sweep, so that there are not too many blocks to keep.
    """
    return max(BLOCK_RUNS, min(MOST_BLOCK_RUNS, study.study.runs // BLOCKS_A_POINT))


def blocks_by_point(study: LoadedStudy) -> Iterator[tuple[Key, int]]:
    """Yield the keys of all blocks, with their numbers of runs.

    They come in the order of points and first runs.
    """
    runs, size = study.study.runs, block_runs(study)
    for point in range(study.points):
        for start in range(0, runs, size):
            yield (point, start), min(size, runs - start)


def count_blocks(study: LoadedStudy) -> int:
    """Count the blocks of a sweep."""
    return study.points * -(-study.study.runs // block_runs(study))
