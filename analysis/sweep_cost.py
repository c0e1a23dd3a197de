"""Estimate what many runs of a study would take, from blocks measured here: time, traffic, room on disk.

    python -m analysis.sweep_cost backing --runs 1000000000 --cores 64

Plays a few blocks, keeps them in a temporary folder, and scales up. `points × runs a point` is divided as a sweep would
divide it. What it leaves out: queues, slow networks, and machines that are faster or slower than this one.
"""

import argparse
import pickle
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sim.layout import Table
from sim.scenario.problems import UserError
from sim.study.blocks import block_runs, count_blocks
from sim.study.folder import Block, SweepFolder
from sim.study.load_study import LoadedStudy, load_study
from sim.study.sweep import play_block

MEASURED = 5  # blocks


@dataclass(frozen=True)
class BlockCost:
    """What one block takes, in medians."""

    runs: int
    play_seconds: float
    keep_seconds: float
    packed_bytes: int
    study_bytes: int  # sent to each worker once


def measure_blocks(study: LoadedStudy) -> BlockCost:
    """Play and keep a few blocks of different points, and measure what one takes."""
    runs = min(block_runs(study), study.study.runs)
    points = [study.points * index // MEASURED for index in range(MEASURED)]
    play_block(study, False, Block(0, range(10)))  # compiled before the clock starts
    play, keep, size = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = SweepFolder(Path(name))
        folder.begin({})
        for point in points:
            start = time.perf_counter()
            result = play_block(study, False, Block(point, range(runs)))
            play.append(time.perf_counter() - start)
            size.append(len(result.pack()))
            start = time.perf_counter()
            folder.keep(result)
            keep.append(time.perf_counter() - start)
    return BlockCost(runs, median(play), median(keep), int(median(size)), len(pickle.dumps(study)))


def cost_table(study: LoadedStudy, block: BlockCost, cores: int) -> str:
    """Write a table of what the whole study would take on so many cores."""
    blocks = count_blocks(study)
    playing = blocks * block.play_seconds / cores
    keeping = blocks * block.keep_seconds
    rows = [
        ["points × runs", f"{study.points:,} × {study.study.runs:,} = {study.points * study.study.runs:,}"],
        ["blocks", f"{blocks:,} of {block.runs:,} runs"],
        [
            "one block: to play, on one core",
            f"{block.play_seconds:.2f} s ({1e6 * block.play_seconds / block.runs:.0f} µs a run)",
        ],
        ["one block: to keep, by the process that asked", f"{1000 * block.keep_seconds:.1f} ms"],
        ["one block: over the network, and on disk", f"{block.packed_bytes:,} bytes"],
        ["core hours", f"{blocks * block.play_seconds / 3600:.1f}"],
        [f"to play, on {cores} cores", _duration_text(playing)],
        [
            "to keep, meanwhile",
            f"{_duration_text(keeping)}, {100 * keeping / max(playing, keeping):.0f} % of the whole",
        ],
        ["traffic, and room on disk", f"{blocks * block.packed_bytes / 1e6:.1f} MB"],
        ["the study, sent once to each worker", f"{block.study_bytes / 1e3:.0f} kB"],
    ]
    return Table(["", ""], rows).text()


def _duration_text(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} seconds"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("study")
    parser.add_argument("--runs", type=int, required=True, help="in all; divided over the points of the study")
    parser.add_argument("--cores", type=int, default=64)
    options = parser.parse_args()
    try:
        points = load_study(options.study).points
        if options.runs < points or options.cores < 1:
            parser.error(f"a run or more for each of the {points:,} points, and a core or more")
        study = load_study(options.study, runs=round(options.runs / points))
    except UserError as error:
        parser.exit(2, "".join(f"error: {problem}\n" for problem in error.problems))
    print(cost_table(study, measure_blocks(study), options.cores))


if __name__ == "__main__":
    main()
