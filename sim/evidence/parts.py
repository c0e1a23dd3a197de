"""Finished parts of long work, kept on disk until the result is whole, so that work that was stopped can go on.

A command divides its work into named parts (a forecast, an ensemble, a set of numbers) and asks `Parts.collect` for
them: those on disk are read, the others are made, in processes if wanted, and each is kept as soon as it is done. A
part is written to a temporary file, synced and renamed, and its name ends in a hash of what it holds, so that a torn
one is never taken for a whole one. What the parts depend on stands beside them; work that depends on anything else
never goes on from them. The folder goes once the result is whole.

In a command, `Desk.keep_in_parts` opens the folder beside the result and removes it; the work gets a `Parts`:

    def work(parts: Parts) -> Sequence[Row]:
        tasks = {f"{origin} {model.name}": Task(origin, model) for origin in origins for model in models}
        with desk.progress(len(tasks), "forecasts") as each:
            return [row for part in parts.collect(forecast_part, tasks, workers, each) for row in part["rows"]]

    rows = desk.keep_rows_in_parts(plan, work, resume)

A function that is also called from Python takes `parts: Parts = NOT_KEPT`.
"""

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim import keeping
from sim.evidence.parallel import as_they_are_done
from sim.identity import identity
from sim.keeping import bytes_hash
from sim.scenario.problems import Place, Problem, UserError

Part = dict[str, Any]  # arrays of numbers, truth values or text; beside them whatever JSON can hold
Task = TypeVar("Task")

PLAN = "begun.json"
END = ".parts"  # of the folder's name, after that of the result
PART_NAME = re.compile(r"([0-9a-f]{12})-([0-9a-f]{16})\.npz")
REST = "rest"  # what of a part is no array, as JSON


class Parts:
    """The finished parts of one piece of work, by name.

    Parameters: folder, where they are kept; None, and nothing is kept: for those who call from Python.
    Raises UserError where a part cannot be read or written, or is damaged.
    """

    def __init__(self, folder: Path | None = None):
        self.folder = folder

    def collect(
        self,
        work: Callable[[Task], Part],
        tasks: Mapping[str, Task],
        workers: int = 1,
        each: Callable[[int], object] = lambda parts: None,
    ) -> Iterator[Part]:
        """Yield the part of each task, in the order of the tasks, the same whether it was made now or before.

        Parameters: work, makes a part of a task, a function of a module if there are several workers; tasks, by the
        name of their part, which must say all in which they differ; workers, how many processes, none beside this one
        if 1; each, called with 1 as each part is there, those on disk first.
        Raises UserError as the class says, and whatever `work` raises; what was done before is kept.
        """
        on_disk = self._paths()
        keys = {name: identity(name) for name in tasks}
        parts = {name: self._read(on_disk[key]) for name, key in keys.items() if key in on_disk}
        each(len(parts))
        missing = [name for name in tasks if name not in parts]
        waiting = iter(tasks)
        wanted = next(waiting, None)
        for place, packed in as_they_are_done(partial(_part_of, work), [tasks[name] for name in missing], workers):
            parts[missing[place]] = self._keep(keys[missing[place]], packed)
            each(1)
            while wanted is not None and wanted in parts:
                yield parts.pop(wanted)
                wanted = next(waiting, None)
        while wanted is not None:
            yield parts.pop(wanted)
            wanted = next(waiting, None)

    def forget(self) -> None:
        """Remove every part: no result can be made of them."""
        for path in self._paths().values():
            path.unlink()

    def count(self) -> int:
        """Count the parts that are there."""
        return len(self._paths())

    def _paths(self) -> dict[str, Path]:
        """Find the files of the parts that are there, by the key of their name. Raises UserError for any other file."""
        paths: dict[str, Path] = {}
        for path in sorted(self.folder.iterdir()) if self.folder is not None else []:
            if path.name == PLAN or path.name.startswith("."):
                continue
            named = PART_NAME.fullmatch(path.name)
            if named is None or named[1] in paths:
                raise _error(path, "is not a part of this result", "remove it, and --resume")
            paths[named[1]] = path
        return paths

    def _keep(self, key: str, raw: bytes) -> Part:
        if self.folder is not None:
            keeping.write_file(self.folder / f"{key}-{bytes_hash(raw)}.npz", raw)
        return unpack(raw)

    def _read(self, path: Path) -> Part:
        with keeping.reading(path):
            raw = path.read_bytes()
        if bytes_hash(raw) != path.stem.split("-")[1]:
            raise _error(path, "is damaged: it does not hold what its name says", "remove it, and --resume")
        return unpack(raw)


NOT_KEPT = Parts()


def _part_of(work: Callable[[Task], Part], task: Task) -> bytes:
    return pack(work(task))


def pack(part: Part) -> bytes:
    """Pack a part into bytes, the same for the same part. Raises TypeError for what neither NumPy nor JSON can hold."""
    arrays: dict[str, Any] = {name: value for name, value in part.items() if isinstance(value, np.ndarray)}
    if REST in arrays or any(array.dtype.hasobject for array in arrays.values()):
        raise TypeError(f"a part has arrays of numbers, truth values or text, and none called {REST}")
    rest = json.dumps({name: value for name, value in part.items() if name not in arrays})
    buffer = io.BytesIO()
    arrays[REST] = np.frombuffer(rest.encode(), np.uint8)
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def unpack(raw: bytes) -> Part:
    """Unpack a part from its bytes; tuples in it have become lists."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        rest: Part = json.loads(arrays[REST].tobytes())
        return {**rest, **{name: arrays[name] for name in arrays.files if name != REST}}


def parts_folder(result: Path) -> Path:
    """Return the folder of the parts of a result: beside it."""
    return result.with_name(result.name + END)


@contextmanager
def opened(result: Path, plan: Mapping[str, Any], *, resume: bool, force: bool) -> Iterator[Parts]:
    """Open the folder of the parts of a result for one process, and remove it once the block ends without an error.

    Parameters: result, the folder that the result will have; plan, all that it depends on, as JSON can hold it; resume,
    go on from the parts that are there; force, remove them and begin anew.
    Raises UserError where parts are there and neither is said, where there is nothing to resume, where another process
    is at work, or where the folder cannot be written.
    """
    folder = parts_folder(result)
    begun_with: dict[str, Any] = json.loads(keeping.json_text(plan))
    with keeping.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    busy, allowed = "another process is at work on this result", "wait for its end, or stop it"
    with keeping.lock(folder / ".lock", busy, allowed):
        whole = False
        try:
            _begin(folder, begun_with, resume=resume, force=force)
            yield Parts(folder)
            whole = True
        finally:
            if whole or not _has_parts(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _begin(folder: Path, plan: dict[str, Any], *, resume: bool, force: bool) -> None:
    """Make a locked folder ready: what a killed process left is removed. Raises UserError as `opened` does."""
    for torn in folder.glob(".*.part"):
        torn.unlink()
    has_parts = _has_parts(folder)
    if has_parts and force and not resume:
        for path in folder.glob("*.npz"):
            path.unlink()
    elif has_parts and not resume:
        raise _error(folder, "this was begun and is not done", "--resume, to go on with it; --force, to begin it again")
    elif has_parts and (differences := _differences(folder, plan)):
        raise _error(folder, f"was begun with another {', '.join(differences)}", "remove it, and begin again")
    elif resume and not has_parts:
        _refuse_resumption(folder, plan)
    keeping.write_json(folder / PLAN, plan)


def _refuse_resumption(folder: Path, plan: dict[str, Any]) -> None:
    """Refuse to go on where only another result of the kind was begun. Raises UserError, with what differs."""
    kind = folder.name.partition("-")[0]
    begun = [path for path in sorted(folder.parent.glob(f"{kind}-*{END}")) if _has_parts(path)]
    if begun:
        differences = "; ".join(
            f"{path.name} was begun with another {', '.join(_differences(path, plan))}" for path in begun
        )
        raise _error(folder, f"no such result was begun: {differences}", "no --resume, to begin it")


def _has_parts(folder: Path) -> bool:
    return any(path.suffix == ".npz" for path in folder.iterdir())


def _differences(folder: Path, plan: dict[str, Any]) -> list[str]:
    """In what the work of a folder differs from what is wanted."""
    begun = keeping.read_json(folder / PLAN)
    return [key.removesuffix("_hash") for key in plan if begun.get(key) != plan[key]]


def _error(path: Path, text: str, allowed: str) -> UserError:
    return UserError([Problem(Place(str(path), 0), "", text, allowed)])
