"""Run folders: `outputs/<scenario>/<id>/`, whole or not there at all.

The id is a hash of the resolved scenario, seed, runs and code, so an identical run finds its folder. Files
are written to a temporary folder beside it, which is renamed once it is whole. The manifest alone may differ
between two identical runs: it says when and how long.
"""

import hashlib
import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from sim.results.daily import BIN_WIDTH, QUANTILES
from sim.results.ensemble import Results
from sim.results.outcomes import unit_of
from sim.rules.metrics import PATHS
from sim.scenario.compile import Compiled

LIBRARIES = ("escalate-sim", "mesa", "numba", "numpy", "scipy", "pyarrow", "pydantic", "pyyaml", "matplotlib")


def code_hash() -> str:
    """Twelve hex digits that change with any source of the package."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def run_id(compiled: Compiled, runs: int, seed: int) -> str:
    """The name of a run's folder."""
    told = json.dumps([compiled.loaded.hash, runs, seed, code_hash()])
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


def folder_of(compiled: Compiled, runs: int, seed: int, out: Path) -> Path:
    """Where a run's results are, or will be."""
    return out / Path(compiled.loaded.file).stem / run_id(compiled, runs, seed)


def is_whole(folder: Path) -> bool:
    """Whether a run's folder is there; a half-written one never has its name."""
    return (folder / "manifest.json").is_file()


def write(results: Results, folder: Path, seconds: float, csv: bool, figures: Callable[[Path], None]) -> None:
    """Write a run's folder; one that was there is replaced. Raises OSError if it cannot be written."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    making.chmod(0o755)
    try:
        _write_scenario(results.compiled, making)
        for name, table in (
            ("acts", acts_table(results)),
            ("outcomes", outcomes_table(results)),
            ("daily", daily_table(results)),
        ):
            pa.parquet.write_table(table, making / f"{name}.parquet")
            if csv:
                pa.csv.write_csv(table, making / f"{name}.csv")
        (making / "figures").mkdir()
        figures(making / "figures")
        (making / "manifest.json").write_text(
            json.dumps(manifest(results, seconds), indent=2, ensure_ascii=False) + "\n"
        )
        if folder.exists():
            shutil.rmtree(folder)
        making.replace(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def _write_scenario(compiled: Compiled, folder: Path) -> None:
    """The resolved scenario, and the record that it names beside it: the folder alone reproduces the run."""
    loaded = compiled.loaded
    (folder / "scenario.yaml").write_text(loaded.resolved_yaml(record="record.csv"), encoding="utf-8")
    if loaded.record_path is not None:
        shutil.copyfile(loaded.record_path, folder / "record.csv")


def _described(table: pa.Table, units: dict[str, str]) -> pa.Table:
    """The table with each column's unit in its metadata."""
    fields = [
        field.with_metadata({"unit": units[field.name]}) if field.name in units else field for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def acts_table(results: Results) -> pa.Table:
    """A row an act: run, date, actor, target, action, whether it was replayed or forced."""
    compiled = results.compiled
    run, day, action = results.acts.T
    dates = pa.array([compiled.date(index) for index in range(compiled.days)], pa.date32())
    names = {
        "actor": [act.actor for act in compiled.acts],
        "target": [act.target for act in compiled.acts],
        "action": [act.action for act in compiled.acts],
    }
    columns = {"run": pa.array(run, pa.int32()), "date": dates.take(pa.array(day))}
    columns |= {
        name: pa.array(values, pa.string()).take(pa.array(action)).dictionary_encode() for name, values in names.items()
    }
    columns["ordered"] = pa.array(compiled.tables.schedule[day, action] != 0)
    return _described(
        pa.table(columns), {"run": "index", "date": "day", "ordered": "replayed or forced, not left to luck"}
    )


def outcomes_table(results: Results) -> pa.Table:
    """A row a run: every outcome; dates as dates, path classes by name."""
    columns: dict[str, pa.Array] = {"run": pa.array(range(results.runs), pa.int32())}
    units = {"run": "index"}
    for index, question in enumerate(results.compiled.questions):
        values = results.outcomes[:, index].tolist()
        units[question.name] = unit = unit_of(question)
        if unit == "date":
            columns[question.name] = pa.array(
                [None if math.isnan(v) else results.compiled.date(int(v)) for v in values], pa.date32()
            )
        elif unit == "path":
            columns[question.name] = pa.array([PATHS[int(v)] for v in values])
        elif unit == "share":
            columns[question.name] = pa.array([v > 0 for v in values])
        else:
            columns[question.name] = pa.array(values, pa.float64() if unit == "marks" else pa.int32(), safe=False)
    return _described(pa.table(columns), units)


def read_outcomes(compiled: Compiled, folder: Path) -> np.ndarray:
    """The outcomes of a run that was written: float64 (runs, questions), days as indices again."""
    table = pa.parquet.read_table(folder / "outcomes.parquet")
    columns = []
    for question in compiled.questions:
        values = table.column(question.name).to_pylist()
        unit = unit_of(question)
        if unit == "date":
            columns.append([math.nan if value is None else float(compiled.day(value)) for value in values])
        elif unit == "path":
            columns.append([float(PATHS.index(value)) for value in values])
        else:
            columns.append([float(value) for value in values])
    return np.array(columns).T.reshape(table.num_rows, -1)


def daily_table(results: Results) -> pa.Table:
    """A row a day and pair: quantiles of tension over the runs, in marks, from bins of a fixed width."""
    compiled = results.compiled
    rows = [(compiled.date(day), *pair) for day in range(compiled.days) for pair in compiled.pairs]
    columns = {
        "date": pa.array([row[0] for row in rows], pa.date32()),
        "one": [row[1] for row in rows],
        "other": [row[2] for row in rows],
    }
    columns |= {f"q{round(share * 100):02d}": values.ravel() for share, values in results.daily.quantiles().items()}
    units = {f"q{round(share * 100):02d}": f"marks, from bins of {BIN_WIDTH}" for share in QUANTILES}
    return _described(pa.table(columns), units | {"date": "day"})


def manifest(results: Results, seconds: float) -> dict[str, Any]:
    """What made a run's folder, so that anyone can make it again."""
    compiled = results.compiled
    return {
        "scenario": compiled.loaded.scenario.name,
        "file": compiled.loaded.file,
        "scenario_hash": compiled.loaded.hash,
        "seed": results.seed,
        "runs": results.runs,
        "code_hash": code_hash(),
        "commit": _commit(),
        "versions": {"python": sys.version.split()[0]} | {name: _version(name) for name in LIBRARIES},
        "command": " ".join(["escalate", *sys.argv[1:]]),
        "wall_seconds": round(seconds, 3),
    }


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _commit() -> str | None:
    """The commit of the checkout that the package runs from, if it runs from one."""
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
