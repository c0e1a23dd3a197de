"""A sweep's folder: blocks that are whole or not there, a lock, a plan, and the tables once all blocks are done.

A block is written to a temporary file, synced and renamed; its name ends in a hash of what it holds, so that a
torn one is never taken for a whole one. One sweep at a time has the folder's lock, which goes with its
process, however that ends.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import keeping
from sim.keeping import bytes_hash
from sim.scenario.problems import Place, Problem, UserError

if TYPE_CHECKING:
    import pyarrow as pa

Key = tuple[int, int]  # point, first run
PLAN, POINTS, RUNS = "plan.json", "points.parquet", "runs.parquet"
BLOCK_NAME = re.compile(r"(\d{7})-(\d{10})-([0-9a-f]{16})\.npz")


@dataclass(frozen=True)
class Result:
    """What one block of runs of one point gave; or why the point failed."""

    point: int
    first: int
    runs: int
    cells: np.ndarray  # int64: those cells of the point's tally that are not 0
    counts: np.ndarray  # int64: their counts
    outcomes: np.ndarray  # float64 (runs, questions that are reported) if every run is kept, else (0, 0)
    error: str = ""

    def pack(self) -> bytes:
        """Pack the result into bytes, the same for the same block."""
        buffer = io.BytesIO()
        about = np.array([self.point, self.first, self.runs], np.int64)
        np.savez_compressed(
            buffer,
            about=about,
            cells=self.cells,
            counts=self.counts,
            outcomes=self.outcomes,
            error=np.array(self.error),
        )
        return buffer.getvalue()


@dataclass(frozen=True)
class Block:
    """Some runs of one point."""

    point: int
    runs: range

    @property
    def key(self) -> Key:
        """Return point and first run."""
        return self.point, self.runs.start


Play = Callable[[Block], Result]
Player = Callable[[Play, Iterator[Block]], Iterator[Result]]  # plays blocks, in whatever order they are done


def unpack(raw: bytes) -> Result:
    """Unpack a result from its bytes."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as parts:
        point, first, runs = (int(number) for number in parts["about"])
        return Result(point, first, runs, parts["cells"], parts["counts"], parts["outcomes"], str(parts["error"]))


class SweepFolder:
    """The folder of one sweep. Raises OSError where it cannot read or write."""

    def __init__(self, path: Path):
        self.path = path
        self.blocks = path / "blocks"

    @property
    def is_whole(self) -> bool:
        """Tell whether its tables are there.

        Where one was lost, its blocks make it again.
        """
        if not keeping.is_whole(self.path):
            return False
        names = keeping.read_manifest(self.path).get("files", {})
        return all((self.path / name).is_file() for name in (POINTS, *names))

    @property
    def is_begun(self) -> bool:
        """Tell whether it holds a block that a sweep may go on from."""
        return self.plan() is not None and bool(self.block_paths())

    def plan(self) -> dict[str, Any] | None:
        """Read what the sweep of this folder was begun with; None if none was."""
        path = self.path / PLAN
        return keeping.read_json(path) if path.is_file() else None

    def begin(self, plan: dict[str, Any]) -> None:
        """Make the folder and write the plan, unless it has one. Raises UserError where it cannot."""
        with keeping.writing(self.path):
            self.blocks.mkdir(parents=True, exist_ok=True)
        if self.plan() is None:
            keeping.write_json(self.path / PLAN, plan)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder: one sweep at a time is at work in it. Raises UserError if another one is."""
        with keeping.writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        busy, allowed = "another sweep is at work in this folder", "wait for its end, or stop it"
        with keeping.lock(self.path / ".lock", busy, allowed):
            for path in [*self.path.glob(".*.part"), *self.blocks.glob(".*.part")]:  # of a sweep that was killed
                path.unlink()
            yield

    def points(self) -> "pa.Table":
        """Read the table of points of a whole sweep. Raises UserError if it is missing or damaged."""
        return keeping.read_table(self.path / POINTS)

    def runs(self) -> "pa.Table":
        """Read the table of runs of a whole sweep that kept them. Raises UserError if it is missing or damaged."""
        return keeping.read_table(self.path / RUNS)

    def verify(self, contents: bool) -> None:
        """Hold a whole sweep to the checksums of its manifest. Raises UserError with what is damaged."""
        keeping.verify(self.path, contents, "remove it, and sweep again: the blocks are kept")

    def keep(self, result: Result) -> None:
        """Write one block. Raises UserError where it cannot be written."""
        raw = result.pack()
        keeping.write_file(self.blocks / f"{result.point:07d}-{result.first:010d}-{bytes_hash(raw)}.npz", raw)

    def block_paths(self) -> dict[Key, Path]:
        """Find the blocks that are there, by point and first run. Raises UserError for a file that is not a block."""
        paths_by_key = {}
        paths = self.blocks.iterdir() if self.blocks.exists() else []  # glob would pass over what cannot be read
        for name in sorted(path.name for path in paths if not path.name.startswith(".")):
            named = BLOCK_NAME.fullmatch(name)
            key = (int(named[1]), int(named[2])) if named else None
            if key is None or key in paths_by_key:
                text, allowed = "is not a block of this sweep", "remove it, and --resume"
                raise UserError([Problem(Place(str(self.blocks / name), 0), "", text, allowed)])
            paths_by_key[key] = self.blocks / name
        return paths_by_key

    def results(self, wanted: Iterable[tuple[Key, int]]) -> Iterator[Result]:
        """Read the blocks that are wanted, in this order.

        Parameters: wanted, point and first run, and the number of runs.
        Raises UserError for one that is missing, damaged or of other runs than its name says.
        """
        paths = self.block_paths()
        for key, runs in wanted:
            path = paths.pop(key, None)
            if path is None:
                text, allowed = f"lacks the block of point {key[0]} from run {key[1]} on", "--resume, to play it again"
                raise UserError([Problem(Place(str(self.blocks), 0), "", text, allowed)])
            raw = path.read_bytes()
            result = unpack(raw) if bytes_hash(raw) == path.stem.split("-")[2] else None
            if result is None or (result.point, result.first, result.runs) != (*key, runs):
                text, allowed = "is damaged: it does not hold what its name says", "remove it, and --resume"
                raise UserError([Problem(Place(str(path), 0), "", text, allowed)])
            yield result
        for path in paths.values():
            text, allowed = "is not a block of this sweep", "remove it, and --resume"
            raise UserError([Problem(Place(str(path), 0), "", text, allowed)])
