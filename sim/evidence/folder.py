"""Folders of evidence: `outputs/<name>/<kind>-<id>/`, whole or not there at all; the id names all that a result hangs on."""

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.results.store import code_hash, versions
from sim.scenario.load import Loaded
from sim.scenario.problems import Place, Problem, UserError

MORE_LIBRARIES = ("emcee", "arviz", "statsmodels", "scoringrules")
Row = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """What a result is of: a scenario, several, or a file of acts. about: what its manifest says of it."""

    name: str
    hash: str
    about: dict[str, Any]


def of_scenario(loaded: Loaded) -> Subject:
    about = {"scenario": loaded.scenario.name, "file": loaded.file, "scenario_hash": loaded.hash}
    return Subject(Path(loaded.file).stem, loaded.hash, about)


def of_file(path: Path) -> Subject:
    digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    return Subject(path.name.split(".")[0], digest, {"file": str(path), "file_hash": digest})


def folder_of(kind: str, subject: Subject, out: Path, plan: dict[str, Any]) -> Path:
    """Where a result is, or will be."""
    told = json.dumps([kind, subject.hash, plan, code_hash(), versions(*MORE_LIBRARIES)], sort_keys=True, default=str)
    return out / subject.name / f"{kind}-{hashlib.blake2b(told.encode(), digest_size=6).hexdigest()}"


def is_whole(folder: Path) -> bool:
    return (folder / "manifest.json").is_file()


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """A temporary folder that has its name once all is written; one that was there is replaced.

    Raises UserError where it cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        unfinished.chmod(0o755)
        try:
            yield unfinished
            if folder.exists():
                shutil.rmtree(folder)
            unfinished.replace(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        text = f"cannot be written: {error.strerror or error}"
        raise UserError([Problem(Place(str(folder), 0), "", text)]) from None


def write_manifest(folder: Path, subject: Subject, plan: dict[str, Any], told: dict[str, Any]) -> None:
    """What made a folder, last of all."""
    about = {
        **subject.about,
        **plan,
        **told,
        "code_hash": code_hash(),
        "versions": versions(*MORE_LIBRARIES),
        "command": " ".join(["escalate", *sys.argv[1:]]),
    }
    text = json.dumps(about, indent=2, ensure_ascii=False, default=str)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return told


def write_rows(folder: Path, name: str, rows: Sequence[Row]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), folder / f"{name}.parquet", compression="zstd")


def read_rows(folder: Path, name: str) -> list[Row]:
    found: list[Row] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return found


def table_of(
    kind: str,
    subject: Subject,
    out: Path,
    plan: dict[str, Any],
    *,
    force: bool,
    say: Callable[[str], None],
    make: Callable[[], Sequence[Row]],
) -> tuple[Path, list[Row]]:
    """A result that is one table: its folder and rows, made unless they are there. Raises UserError."""
    folder = folder_of(kind, subject, out, plan)
    if is_whole(folder) and not force:
        say(f"An identical result is in {folder} (--force makes it again).")
    else:
        rows = make()
        with making(folder) as unfinished:
            write_rows(unfinished, kind, rows)
            write_manifest(unfinished, subject, plan, {})
    return folder, read_rows(folder, kind)
