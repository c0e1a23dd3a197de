"""A sweep's folder: blocks that are whole or not there, a lock, a plan, and the tables once all blocks are done.

A block is written to a temporary file, synced and renamed; its name ends in a hash of what it holds, so that a
torn one is never taken for a whole one. One sweep at a time holds the folder's lock (flock: it goes with the
process, however that ends).
"""

import hashlib
import io
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from sim.results.store import PARQUET, write_csv
from sim.scenario.problems import Place, Problem, UserError

if TYPE_CHECKING:
    import pyarrow as pa

Key = tuple[int, int]  # point, first run
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

    def packed(self) -> bytes:
        """As bytes: the same for the same block."""
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


def unpacked(raw: bytes) -> Result:
    """A block from its bytes."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as parts:
        point, first, runs = (int(number) for number in parts["about"])
        return Result(point, first, runs, parts["cells"], parts["counts"], parts["outcomes"], str(parts["error"]))


def digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


class SweepFolder:
    """The folder of one sweep. Raises OSError where it cannot read or write."""

    def __init__(self, path: Path):
        self.path = path
        self.blocks = path / "blocks"
        self._lock: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether its tables are there; where one was lost, its blocks make it again."""
        return all((self.path / name).is_file() for name in ("manifest.json", "points.parquet"))

    @property
    def is_begun(self) -> bool:
        """Whether it holds a block that a sweep may go on from."""
        return self.plan() is not None and bool(self.done())

    def plan(self) -> dict[str, Any] | None:
        """What the sweep of this folder was begun with; None if none was."""
        path = self.path / "plan.json"
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise UserError([Problem(Place(str(path), 0), "", "is damaged", "remove the folder, and begin anew")])
        return told

    def begin(self, plan: dict[str, Any]) -> None:
        """Make the folder, take its lock and write the plan. Raises UserError if another sweep holds it."""
        self.blocks.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        if self.plan() is None:
            self.write_json("plan.json", plan)

    def _take_lock(self) -> None:
        try:
            import fcntl
        except ModuleNotFoundError:  # on Windows
            text, allowed = "sweeps hold their folder by flock, which is not to be had here", "Linux, macOS or WSL"
            raise UserError([Problem(Place(str(self.path), 0), "", text, allowed)]) from None
        lock = os.open(self.path / ".lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            text, allowed = "another sweep is at work in this folder", "wait for its end, or stop it"
            raise UserError([Problem(Place(str(self.path), 0), "", text, allowed)]) from None
        self._lock = lock

    def leave(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def write(self, name: str, raw: bytes) -> None:
        """Write a file whole or not at all."""
        with self.making(name) as file:
            file.write(raw)

    @contextmanager
    def making(self, name: str) -> Iterator[BinaryIO]:
        """A file to write to, that has its name once it is whole."""
        path = self.path / name
        unfinished = path.with_name(f".{path.name}.part")
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    def write_tables(self, name: str, tables: "Iterable[pa.Table]") -> None:
        """Write one Parquet file, a table after another."""
        import pyarrow.parquet as pq

        with self.making(name) as file, ExitStack() as stack:
            writer: Any = None
            for table in tables:
                writer = writer or stack.enter_context(pq.ParquetWriter(file, table.schema, **PARQUET))
                writer.write_table(table)

    def write_json(self, name: str, told: Any) -> None:
        self.write(name, (json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n").encode())

    def write_csv(self) -> None:
        """Write a CSV file beside each table."""
        write_csv(self.path)

    def points(self) -> "pa.Table":
        """The table of points of a whole sweep."""
        return self._table("points.parquet")

    def runs(self) -> "pa.Table":
        """The table of runs of a whole sweep that kept them."""
        return self._table("runs.parquet")

    def _table(self, name: str) -> "pa.Table":
        import pyarrow.parquet as pq

        path = self.path / name
        try:
            return pq.read_table(path)
        except (OSError, ValueError) as error:
            text = f"is damaged: {str(error).splitlines()[0]}"
            allowed = "remove it, and sweep again: its blocks are kept"
            raise UserError([Problem(Place(str(path), 0), "", text, allowed)]) from None

    def keep(self, result: Result) -> None:
        """Keep one block."""
        raw = result.packed()
        self.write(f"blocks/{result.point:07d}-{result.first:010d}-{digest(raw)}.npz", raw)

    def done(self) -> dict[Key, Path]:
        """The blocks that are there, by point and first run. Raises UserError for a file that is none."""
        found = {}
        paths = self.blocks.iterdir() if self.blocks.exists() else []  # glob would pass over what cannot be read
        for name in sorted(path.name for path in paths if not path.name.startswith(".")):
            named = BLOCK_NAME.fullmatch(name)
            key = (int(named[1]), int(named[2])) if named else None
            if key is None or key in found:
                text, allowed = "is no block of this sweep", "remove it, and --resume"
                raise UserError([Problem(Place(str(self.blocks / name), 0), "", text, allowed)])
            found[key] = self.blocks / name
        return found

    def results(self, wanted: Iterable[tuple[Key, int]]) -> Iterator[Result]:
        """The blocks that are wanted, by point, first run and number of runs, in this order.

        Raises UserError for one that is missing, damaged or of other runs than its name says.
        """
        done = self.done()
        for key, runs in wanted:
            path = done.pop(key, None)
            if path is None:
                text, allowed = f"lacks the block of point {key[0]} from run {key[1]} on", "--resume, to play it again"
                raise UserError([Problem(Place(str(self.blocks), 0), "", text, allowed)])
            raw = path.read_bytes()
            found = unpacked(raw) if digest(raw) == path.stem.split("-")[2] else None
            if found is None or (found.point, found.first, found.runs) != (*key, runs):
                text, allowed = "is damaged: it does not hold what its name says", "remove it, and --resume"
                raise UserError([Problem(Place(str(path), 0), "", text, allowed)])
            yield found
        for path in done.values():
            text, allowed = "is no block of this sweep", "remove it, and --resume"
            raise UserError([Problem(Place(str(path), 0), "", text, allowed)])
