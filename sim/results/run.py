"""Runs: an ensemble played into a folder, `outputs/<scenario>/<id>/`, which is whole or not there at all.

The id is a hash of the resolved scenario, seed, runs, code and library versions, so an identical run finds its folder.
The manifest alone may differ between two identical runs: it says when, how and how long.
"""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.engine.learning import compile_scenario
from sim.identity import identity, source_hash, versions
from sim.keeping import COMPRESSION, keep, write_csv, write_file, write_manifest, write_table
from sim.results.blocks import Block
from sim.results.columns import acts_by_day_table, acts_table, daily_table, outcomes_table
from sim.results.posterior import FILE as DRAWS
from sim.results.posterior import Posterior, read_draws
from sim.results.run_folder import CASE, CODE, RunFolder, read_run
from sim.results.simulate import DEFAULT_SEED, KEEP_ACTS_OF, Engine, Results, simulate
from sim.scenario.compile import Bases, Compiled
from sim.scenario.load import Loaded, load
from sim.scenario.schema import Learned
from sim.scenario.taught import learned_section

GROUP_RUNS = 50_000  # runs in one row group of a table, whatever the size of a block
Each = Callable[[int], object]


@dataclass(frozen=True)
class RunPlan:
    """Everything that the results of an ensemble depend on.

    acts_of: the acts of so many runs are kept, from run 0 on. engine: either gives the same bytes.
    """

    compiled: Compiled
    runs: int
    seed: int = DEFAULT_SEED
    acts_of: int = KEEP_ACTS_OF
    posterior: Posterior | None = None
    engine: Engine = "compiled"

    @property
    def id(self) -> str:
        """Return twelve hex digits of all that the results depend on."""
        draws = None if self.posterior is None else self.posterior.draws.hash
        parts = [self.scenario_hash, self.runs, self.seed, min(self.acts_of, self.runs), draws, self.compiled.bases]
        return identity(*parts, source_hash(CODE), versions(CODE))

    @property
    def scenario_hash(self) -> str:
        """Return twelve hex digits that change with the scenario, and with what its record has taught."""
        loaded = self.compiled.loaded
        return loaded.hash if self.learned is None else loaded.hash_with(self.learned)

    @property
    def learned(self) -> Learned | None:
        """Return what the record has taught every run; None if each draw of a fit has taught something else."""
        return learned_section(self.compiled) if self.posterior is None else None

    def folder(self, out: Path) -> Path:
        """Return where the results are, or will be, below `out`."""
        return out / self.compiled.loaded.output_name / self.id

    def manifest(self, seconds: float) -> dict[str, Any]:
        """Return what made the folder, so that anyone can make it again."""
        loaded = self.compiled.loaded
        return {
            "scenario": loaded.scenario.name,
            "file": loaded.file,
            "scenario_hash": self.scenario_hash,
            "seed": self.seed,
            "runs": self.runs,
            "bases": self.compiled.bases,
            "posterior": None if self.posterior is None else self.posterior.manifest_entry,
            "runs_whose_acts_are_kept": min(self.acts_of, self.runs),
            "code_hash": source_hash(CODE),
            "commit": _commit(),
            "versions": versions(CODE),
            "wall_seconds": round(seconds, 3),
        }


def run(
    scenario: str | Path | Loaded,
    runs: int = 1000,
    seed: int = DEFAULT_SEED,
    *,
    settings: Iterable[str] = (),
    out: Path | str = "outputs",
    posterior: Path | str | None = None,
    acts_of: int = KEEP_ACTS_OF,
    bases: Bases = "draw",
) -> RunFolder:
    """Play an ensemble into its folder below `out`, or find it there.

    Parameters: scenario, a file, the bare name of one that ships, or a loaded one; settings, `key=value` laid over the
    file; posterior, the folder of a fit whose draws the runs are played with; acts_of, how many runs keep every act;
    bases, draw or mean, whether each run draws the bases that the record taught or has their means.
    Returns the folder, with its tables. Raises UserError for a scenario that is not sound, a folder that cannot be
    written or is damaged; ArithmeticError for a hazard that is not a number.

    >>> import tempfile
    >>> from sim import run
    >>> run("border", runs=20, out=tempfile.mkdtemp()).runs
    20
    """
    compiled = compile_scenario(scenario if isinstance(scenario, Loaded) else load(scenario, settings), bases)
    drawn = None if posterior is None else Posterior(compiled, read_draws(Path(posterior)))
    plan = RunPlan(compiled, runs, seed, acts_of, drawn)
    folder = plan.folder(Path(out))
    keep(folder, lambda part: play_into(plan, part), force=False, contents=False)
    return read_run(folder)


def play_into(plan: RunPlan, folder: Path, csv: bool = False, each: Each = lambda runs: None) -> Results:
    """Play the runs of a plan, and write every table, the scenario and the manifest.

    Parameters: csv, write CSV beside Parquet; each, called with the number of runs after each block.
    Returns what was counted over the runs. Raises ArithmeticError for a hazard that is not a number.
    """
    started = time.perf_counter()
    with _RunTables(plan.compiled, folder) as tables:

        def take(block: Block) -> None:
            """Write a block, and report its runs."""
            tables.take(block)
            each(len(block.outcomes))

        results = simulate(
            plan.compiled, plan.runs, plan.seed, plan.engine,
            keep_acts_of=plan.acts_of, take=take, posterior=plan.posterior,
        )  # fmt: skip
    write_table(folder / "acts_by_day.parquet", acts_by_day_table(plan.compiled, results.totals))
    write_table(folder / "daily.parquet", daily_table(plan.compiled, results.totals))
    write_scenario(plan.compiled.loaded, folder, plan.learned)
    if plan.posterior is not None:
        shutil.copyfile(plan.posterior.draws.file, folder / DRAWS)
    if csv:
        write_csv(folder)
    write_manifest(folder, plan.manifest(time.perf_counter() - started))
    return results


class _RunTables:
    """The tables of acts and outcomes, written a row group at a time while the runs are played."""

    def __init__(self, compiled: Compiled, folder: Path):
        self.compiled, self.folder = compiled, folder
        self.waiting: list[Block] = []
        self.first = 0
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.stack = ExitStack()

    def __enter__(self) -> "_RunTables":
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        while self.waiting and kind is None:
            self._write(GROUP_RUNS)
        self.stack.close()

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
        self._append("outcomes.parquet", outcomes_table(self.compiled, self.first, outcomes[:runs]))
        self._append("acts.parquet", acts_table(self.compiled, acts[of_these]))
        self.first += runs
        self.waiting = [Block(self.first, outcomes[runs:], acts[~of_these])] if runs < len(outcomes) else []

    def _append(self, name: str, table: pa.Table) -> None:
        if name not in self.writers:
            file = self.stack.enter_context((self.folder / name).open("wb"))
            writer = pq.ParquetWriter(file, table.schema, compression=COMPRESSION)
            self.writers[name] = self.stack.enter_context(writer)
        self.writers[name].write_table(table, row_group_size=max(1, table.num_rows))


def write_scenario(loaded: Loaded, folder: Path, learned: Learned | None = None) -> None:
    """Write the resolved scenario and the record that it names into a folder, which alone reproduces the result.

    learned: what the record has taught; without it the case, too, is written, so that it can be learned again.
    """
    has_case = learned is None and loaded.scenario.record is not None and loaded.case is not loaded
    text = loaded.resolved_yaml(record="record.csv", learned=learned, case=CASE if has_case else None)
    write_file(folder / "scenario.yaml", text.encode())
    if has_case:
        write_file(folder / CASE, loaded.case.resolved_yaml(record="record.csv").encode())
    if loaded.record_path is not None:
        write_file(folder / "record.csv", loaded.record_path.read_bytes())


def _commit() -> str | None:
    """Return the commit of the checkout that the package runs from, if there is one."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
