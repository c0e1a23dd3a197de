"""Files and folders of results: whole or not there at all, with checksums, locks and one form of JSON.

A folder is written under a temporary name beside its own, which it is given once it is whole; its manifest says what
made it and holds a checksum of every file. Each temporary folder has a lock that goes with its process, so that the
next run clears away what a killed one left. Where a result cannot be written, the error names the place.
"""

import hashlib
import json
import math
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sim.scenario.problems import Place, Problem, UserError

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
NOT_SUMMED = ("figures", "blocks")  # folders drawn of a result, or that carry checksums of their own
COMPRESSION = "zstd"
CHUNK = 1 << 20


# --- JSON


def json_text(data: Any) -> str:
    """Return data as JSON: a number that is not finite is null; dates and paths are text."""
    return json.dumps(_finite(data), indent=2, ensure_ascii=False, allow_nan=False, default=str)


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data


def write_json(path: Path, data: Any) -> None:
    """Write a JSON file whole or not at all.

    Raises UserError where it cannot be written.
    """
    write_file(path, (json_text(data) + "\n").encode(errors="backslashreplace"))  # names of files may be no text


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises UserError if there is none, or it is damaged.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _error(path, f"cannot be read: {error.strerror or error}") from None
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise _error(path, "is damaged: it does not hold a JSON object")
    return data


# --- files


def _error(path: Path, text: str, allowed: str = "") -> UserError:
    return UserError([Problem(Place(str(path), 0), "", text, allowed)])


@contextmanager
def writing(path: Path, allowed: str = "") -> Iterator[None]:
    """Turn a failure to write into an error that names a place. Raises UserError."""
    try:
        yield
    except OSError as error:
        raise _error(path, f"cannot be written: {error.strerror or error}", allowed) from None


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing, which gets its name once it is whole.

    Raises UserError where it cannot be written.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with writing(path):
        try:
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def write_file(path: Path, raw: bytes) -> None:
    """Write bytes whole or not at all.

    Raises UserError where they cannot be written.
    """
    with whole_file(path) as file:
        file.write(raw)


# --- tables


def write_table(path: Path, tables: "pa.Table | Iterable[pa.Table]") -> None:
    """Write one table, or several of one schema after another, as Parquet.

    Raises UserError where it cannot.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with whole_file(path) as file, ExitStack() as stack:
        writer: Any = None
        for table in [tables] if isinstance(tables, pa.Table) else tables:
            writer = writer or stack.enter_context(pq.ParquetWriter(file, table.schema, compression=COMPRESSION))
            writer.write_table(table)


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows as Parquet, a column a key.

    Raises UserError where it cannot.
    """
    import pyarrow as pa

    write_table(path, pa.Table.from_pylist(list(rows)))


def read_table(path: Path, columns: Sequence[str] | None = None) -> "pa.Table":
    """Read a Parquet file, or some of its columns.

    Raises UserError if there is none, or it is damaged.
    """
    import pyarrow.parquet as pq

    with reading(path), path.open("rb") as file:  # opened here: a library may take a path for an address
        # Not by pq.read_table: its threads may still let go of the file when Python ends, which aborts it (Arrow 34314).
        parquet = pq.ParquetFile(file)
        missing = [name for name in columns or () if name not in parquet.schema_arrow.names]
        if missing:
            raise ValueError(f"it has no column {', '.join(missing)}")
        return parquet.read(columns=None if columns is None else list(columns), use_threads=False)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read the rows of a Parquet file.

    Raises UserError if there is none, or it is damaged.
    """
    rows: list[dict[str, Any]] = read_table(path).to_pylist()
    return rows


def read_batches(path: Path, columns: Sequence[str] | None = None) -> Iterator["pa.Table"]:
    """Read a Parquet file a row group at a time.

    Raises UserError if there is none, or it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with reading(path), path.open("rb") as file:
        for batch in pq.ParquetFile(file).iter_batches(columns=None if columns is None else list(columns)):
            yield pa.Table.from_batches([batch])


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn a failure to read a table into an error that names the file.

    Raises UserError.
    """
    try:
        yield
    except FileNotFoundError:
        raise _error(path, "there is no such file") from None
    except (OSError, ValueError) as error:
        raise _error(path, f"is damaged: {(str(error).splitlines() or ['it cannot be read'])[0]}") from None


def write_csv(folder: Path) -> None:
    """Write a CSV file beside each Parquet file of a folder that has none.

    Raises UserError where it cannot.
    """
    import pyarrow.csv
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("*.parquet")):
        if path.with_suffix(".csv").exists():
            continue
        with whole_file(path.with_suffix(".csv")) as sink, path.open("rb") as file:
            source = pq.ParquetFile(file)
            with pyarrow.csv.CSVWriter(sink, source.schema_arrow) as writer:
                for batch in source.iter_batches():
                    writer.write_batch(batch)


# --- folders


@contextmanager
def lock(path: Path, busy: str, allowed: str, seconds: float = 0.0) -> Iterator[None]:
    """Hold a lock file, on any system.

    Parameters: seconds, how long to wait for another process that holds it.
    Raises UserError, in the given words, if it still does.
    """
    from filelock import FileLock, Timeout

    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(path, timeout=seconds))
        except Timeout:
            raise _error(path.parent, busy, allowed) from None
        except OSError as error:
            raise _error(path, f"cannot be locked: {error.strerror or error}") from None
        yield


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Make a folder under a temporary name, and name it once the block ends well.

    One that was there is replaced. Temporary folders of processes that died are removed first.
    Raises UserError where it cannot be written.
    """
    from filelock import FileLock

    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder.parent)
        stem = f".{folder.name}.{secrets.token_hex(4)}"
        part, replaced = (folder.parent / f"{stem}{end}" for end in (".part", ".old"))
        mutex = FileLock(folder.parent / f"{stem}.lock")
        try:
            with mutex:
                try:
                    part.mkdir()
                    yield part
                    if folder.exists():
                        folder.replace(replaced)
                    part.replace(folder)
                finally:
                    for path in (part, replaced):
                        shutil.rmtree(path, ignore_errors=True)
        finally:
            Path(mutex.lock_file).unlink(missing_ok=True)


def remove_leftovers(parent: Path) -> None:
    """Remove the temporary folders that dead processes have left; those at work stay."""
    from filelock import FileLock, Timeout

    stems = {path.stem for path in parent.glob(".*") if path.suffix in (".part", ".old", ".lock")}
    for stem in sorted(stem for stem in stems if stem.count(".") == 2):
        mutex = parent / f"{stem}.lock"
        with suppress(Timeout, OSError), FileLock(mutex, timeout=0):  # what cannot be removed now is left for later
            for end in (".part", ".old"):
                shutil.rmtree(parent / f"{stem}{end}", ignore_errors=True)
            mutex.unlink(missing_ok=True)


def write_manifest(folder: Path, about: dict[str, Any]) -> None:
    """Write what made a folder: the command, and a checksum of each file. It comes last."""
    write_json(folder / MANIFEST, {**about, "command": command_line(), "files": checksums(folder)})


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what made a folder.

    Raises UserError if it has no manifest, or a damaged one.
    """
    return read_json(folder / MANIFEST)


def is_whole(folder: Path) -> bool:
    """Tell whether a folder was finished: it has a manifest, which comes last."""
    return (folder / MANIFEST).is_file()


def checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size in bytes and hash of each file of a folder, by its name.

    Figures and the manifest are left out.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {
        name: {"bytes": path.stat().st_size, "blake2b": file_hash(path)}
        for name, path in names.items()
        if name != MANIFEST and name.split("/")[0] not in NOT_SUMMED
    }


def bytes_hash(raw: bytes) -> str:
    """Return sixteen hex digits of some bytes."""
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


def file_hash(path: Path) -> str:
    """Return sixteen hex digits that change with a file's content."""
    digest = hashlib.blake2b(digest_size=8)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def verify(folder: Path, contents: bool, remedy: str) -> None:
    """Verify a finished folder by the checksums of its manifest.

    Parameters: contents, whether what each file holds is checked beside its size; remedy, what a user can do.
    Raises UserError with every file that is missing, of another size or of other contents.
    """
    problems = []
    for name, summed in read_manifest(folder).get("files", {}).items():
        path = folder / name
        if not path.is_file():
            text = "is missing from a finished folder"
        elif (size := path.stat().st_size) != summed["bytes"]:
            text = f"is damaged: it has {size:,} bytes, and was written with {summed['bytes']:,}"
        elif contents and file_hash(path) != summed["blake2b"]:
            text = "is damaged: its checksum differs from the one in the manifest"
        else:
            continue
        problems.append(Problem(Place(str(path), 0), "", text, remedy))
    if problems:
        raise UserError(problems)


def command_line() -> str:
    """Return the command that was given; nothing where there was only a call from Python."""
    return " ".join(["escalate", *sys.argv[1:]]) if Path(sys.argv[0]).name in ("escalate", "__main__.py") else ""


Work = Callable[[Path], object]


def keep(folder: Path, work: Work, *, force: bool, contents: bool, remedy: str = "--force, to make it again") -> bool:
    """Make a folder by `work`, unless a whole one is there; say whether it was made.

    Parameters: work, writes into the temporary folder that it is given, the manifest included; force, make it again
    although it is there; contents, check what a folder that is there holds, and not only the sizes of its files.
    Raises UserError where it cannot be written, or a folder that is there is damaged.
    """
    if is_whole(folder) and not force:
        verify(folder, contents, remedy)
        return False
    with whole_folder(folder) as part:
        work(part)
    return True
