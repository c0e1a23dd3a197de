"""Folders of evidence: `outputs/<scenario>/<kind>-<id>/`, whole or not there at all; the id names all that a result hangs on."""

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.results.store import code_hash, versions
from sim.scenario.load import Loaded
from sim.scenario.problems import Place, Problem, ScenarioError

MORE_LIBRARIES = ("emcee", "arviz", "statsmodels", "scoringrules")


def folder_of(kind: str, loaded: Loaded, out: Path, plan: dict[str, Any]) -> Path:
    """Where a result is, or will be."""
    told = json.dumps([kind, loaded.hash, plan, code_hash(), versions(*MORE_LIBRARIES)], sort_keys=True, default=str)
    return out / Path(loaded.file).stem / f"{kind}-{hashlib.blake2b(told.encode(), digest_size=6).hexdigest()}"


def is_whole(folder: Path) -> bool:
    return (folder / "manifest.json").is_file()


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """A temporary folder that has its name once all is written; one that was there is replaced.

    Raises ScenarioError where it cannot be written.
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
        raise ScenarioError([Problem(Place(str(folder), 0), "", text)]) from None


def write_manifest(folder: Path, loaded: Loaded, plan: dict[str, Any], told: dict[str, Any]) -> None:
    """What made a folder, last of all."""
    about = {
        "scenario": loaded.scenario.name,
        "file": loaded.file,
        "scenario_hash": loaded.hash,
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
