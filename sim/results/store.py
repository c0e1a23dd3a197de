"""Run folders: `outputs/<scenario>/<id>/`, whole or not there at all.

The id is a hash of the resolved scenario, seed, runs, code and library versions, so an identical run finds its
folder. Files are written to a temporary folder beside it as the runs are played, and it is renamed once it is
whole. The manifest alone may differ between two identical runs: it says when and how long.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from sim.results.blocks import Block
from sim.results.columns import acts_by_day_table, acts_table, daily_table, outcomes_table, read_outcomes
from sim.results.posterior import FILE as DRAWS
from sim.results.posterior import Posterior
from sim.results.simulate import Results
from sim.results.tally import Tally, empty_tally
from sim.scenario.compile import Compiled

LIBRARIES = ("escalate-sim", "mesa", "numba", "numpy", "scipy", "pyarrow", "pydantic", "pyyaml", "matplotlib")
GROUP_RUNS = 50_000  # runs in one row group of a table, whatever the size of a block
PARQUET: dict[str, Any] = {"compression": "zstd"}


def code_hash() -> str:
    """Twelve hex digits that change with any source of the simulator or its figures."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=6)
    for folder in (package, package.parent / "analysis"):
        for path in sorted(folder.rglob("*.py")):
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def versions(*more: str) -> dict[str, str]:
    """The version of Python and of each library that a result may hang on, and of `more` of them."""
    return {"python": sys.version.split()[0]} | {name: _version(name) for name in (*LIBRARIES, *more)}


def run_id(compiled: Compiled, runs: int, seed: int, keep_acts_of: int, posterior: Posterior | None = None) -> str:
    """The name of a run's folder."""
    parts = [compiled.loaded.hash, runs, seed, min(keep_acts_of, runs), code_hash(), versions()]
    told = json.dumps(parts if posterior is None else [*parts, posterior.draws.hash])
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


def folder_of(
    compiled: Compiled, runs: int, seed: int, keep_acts_of: int, out: Path, posterior: Posterior | None = None
) -> Path:
    """Where a run's results are, or will be."""
    return out / Path(compiled.loaded.file).stem / run_id(compiled, runs, seed, keep_acts_of, posterior)


def is_whole(folder: Path) -> bool:
    """Whether a run's folder is there; a half-written one never has its name."""
    return (folder / "manifest.json").is_file()


class Writer:
    """Writes a run's folder while the runs are played. Use it in a `with`: left before `finish`, nothing stays.

    Raises OSError where it cannot write.
    """

    def __init__(self, compiled: Compiled, folder: Path):
        folder.parent.mkdir(parents=True, exist_ok=True)
        self.compiled, self.folder = compiled, folder
        self.making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        self.making.chmod(0o755)
        self.outcomes = _Groups(self.making / "outcomes.parquet")
        self.acts = _Groups(self.making / "acts.parquet")
        self.waiting: list[Block] = []
        self.first = 0

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *error: object) -> None:
        self.outcomes.close()
        self.acts.close()
        shutil.rmtree(self.making, ignore_errors=True)  # renamed, if it was finished

    def take(self, block: Block) -> None:
        """Take the next block of runs."""
        self.waiting.append(block)
        if sum(len(block.outcomes) for block in self.waiting) >= GROUP_RUNS:
            self._write(GROUP_RUNS)

    def _write(self, runs: int) -> None:
        """Write the first runs of those that wait as one row group of each table."""
        outcomes = np.concatenate([block.outcomes for block in self.waiting])
        acts = np.concatenate([block.acts for block in self.waiting])
        runs = min(runs, len(outcomes))
        of_these = acts[:, 0] < self.first + runs
        self.outcomes.write(outcomes_table(self.compiled, self.first, outcomes[:runs]))
        self.acts.write(acts_table(self.compiled, acts[of_these]))
        self.first += runs
        self.waiting = [Block(self.first, outcomes[runs:], acts[~of_these])] if runs < len(outcomes) else []

    def finish(self, results: Results, seconds: float, csv: bool, figures: Callable[[Path], None]) -> None:
        """Write what is left, and give the folder its name; one that was there is replaced."""
        while self.waiting:
            self._write(GROUP_RUNS)
        self.outcomes.close()
        self.acts.close()
        _write_scenario(self.compiled, self.making)
        if results.posterior is not None:
            shutil.copyfile(results.posterior.draws.file, self.making / DRAWS)
        for name, table in (
            ("acts_by_day", acts_by_day_table(self.compiled, results.totals)),
            ("daily", daily_table(self.compiled, results.totals)),
        ):
            pa.parquet.write_table(table, self.making / f"{name}.parquet", **PARQUET)
        if csv:
            write_csv(self.making)
        (self.making / "figures").mkdir()
        try:
            figures(self.making / "figures")
        finally:  # a picture that cannot be drawn does not cost the runs
            told = json.dumps(manifest(results, seconds), indent=2, ensure_ascii=False)
            (self.making / "manifest.json").write_text(told + "\n", encoding="utf-8")
            if self.folder.exists():
                shutil.rmtree(self.folder)
            self.making.replace(self.folder)


class _Groups:
    """One Parquet file, written a row group at a time."""

    def __init__(self, path: Path):
        self.path = path
        self.writer: pa.parquet.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        if self.writer is None:
            self.writer = pa.parquet.ParquetWriter(self.path, table.schema, **PARQUET)
        self.writer.write_table(table, row_group_size=max(1, table.num_rows))

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def write_csv(folder: Path) -> None:
    """Write a CSV file beside each Parquet file that has none, a row group at a time."""
    for path in sorted(folder.glob("*.parquet")):
        if path.with_suffix(".csv").exists():
            continue
        source = pa.parquet.ParquetFile(path)
        making = path.with_suffix(".csv.part")
        with pa.csv.CSVWriter(making, source.schema_arrow) as sink:
            for batch in source.iter_batches():
                sink.write_batch(batch)
        making.replace(path.with_suffix(".csv"))


def read_tally(compiled: Compiled, folder: Path) -> Tally:
    """The outcomes of a run that was written, counted."""
    tally = empty_tally(compiled)
    for outcomes in stored_outcomes(compiled, folder):
        tally.add(outcomes)
    return tally


def stored_outcomes(compiled: Compiled, folder: Path) -> Iterator[np.ndarray]:
    """The outcomes of a run that was written, some runs at a time: float64 (runs, questions)."""
    for batch in pa.parquet.ParquetFile(folder / "outcomes.parquet").iter_batches():
        yield read_outcomes(compiled, pa.table(batch))


def _write_scenario(compiled: Compiled, folder: Path) -> None:
    """The resolved scenario, and the record that it names beside it: the folder alone reproduces the run."""
    loaded = compiled.loaded
    (folder / "scenario.yaml").write_text(loaded.resolved_yaml(record="record.csv"), encoding="utf-8")
    if loaded.record_path is not None:
        shutil.copyfile(loaded.record_path, folder / "record.csv")


def manifest(results: Results, seconds: float) -> dict[str, Any]:
    """What made a run's folder, so that anyone can make it again."""
    compiled = results.compiled
    return {
        "scenario": compiled.loaded.scenario.name,
        "file": compiled.loaded.file,
        "scenario_hash": compiled.loaded.hash,
        "seed": results.seed,
        "runs": results.runs,
        "posterior": None if results.posterior is None else results.posterior.told,
        "runs_whose_acts_are_kept": min(results.keep_acts_of, results.runs),
        "code_hash": code_hash(),
        "commit": _commit(),
        "versions": versions(),
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
