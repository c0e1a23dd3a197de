"""A run folder read back: the scenario, and what was written of its runs, a table at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.identity import source_hash
from sim.keeping import MANIFEST, read_batches, read_manifest, read_table, verify
from sim.results.columns import read_outcomes
from sim.results.posterior import FILE, Posterior, read_draws
from sim.results.tally import Tally, empty_tally
from sim.scenario.compile import Compiled, compile_scenario
from sim.scenario.load import load
from sim.scenario.outline import outline
from sim.scenario.problems import Place, Problem, UserError

CODE = "sim.results.run"  # the module whose imports a run's results depend on
REMEDY = "escalate run with --force, to make it again"


@dataclass(frozen=True)
class RunFolder:
    """What `escalate run` left. `compiled` is made of the folder's own scenario.yaml."""

    path: Path
    manifest: dict[str, Any]
    compiled: Compiled

    def __repr__(self) -> str:
        return outline(self, self.name, f"{self.runs:,} runs, seed {self.seed}, {self.start} to {self.end}", self.path)

    @property
    def name(self) -> str:
        return self.compiled.loaded.scenario.name

    @property
    def runs(self) -> int:
        return int(self.manifest["runs"])

    @property
    def seed(self) -> int:
        return int(self.manifest["seed"])

    @property
    def start(self) -> date:
        return self.compiled.start

    @property
    def end(self) -> date:
        return self.compiled.date(self.compiled.days - 1)

    @property
    def replay_until(self) -> date:
        return self.compiled.loaded.scenario.clock.replay_until

    @property
    def days(self) -> list[date]:
        return [self.compiled.date(day) for day in range(self.compiled.days)]

    @property
    def labels(self) -> dict[str, str]:
        """By actor."""
        return {name: actor.label for name, actor in self.compiled.loaded.scenario.actors.items()}

    @property
    def marks(self) -> dict[str, date]:
        """The dates that the scenario names, by their labels."""
        return {named.label: named.date for named in self.compiled.loaded.scenario.dates.values()}

    @property
    def made_by(self) -> str:
        """For the note of a figure."""
        drawn = "each with numbers drawn from a fit" if self.manifest.get("posterior") else "parameters fixed"
        return f"{self.runs:,} runs, seed {self.seed}, {drawn}."

    @property
    def kept_whole(self) -> int:
        """So many runs, from run 0 on, have every act kept."""
        return int(self.manifest["runs_whose_acts_are_kept"])

    @property
    def is_of_this_code(self) -> bool:
        """Whether the code that plays runs is the same as when this folder was written."""
        return bool(self.manifest["code_hash"] == source_hash(CODE))

    def no_pair_of(self, other: "RunFolder") -> str:
        """Why the runs of another folder are no pairs of these, run by run; nothing if they are."""
        for what, mine, theirs in (
            ("seed", self.seed, other.seed),
            ("first day", self.start, other.start),
            ("last day", self.end, other.end),
            ("draws of a fit", self._draws, other._draws),
        ):
            if mine != theirs:
                return (
                    f"{other.path} has another {what} ({theirs}) than {self.path} ({mine}), so their runs are not pairs"
                )
        return ""

    @property
    def _draws(self) -> str:
        return str((self.manifest.get("posterior") or {}).get("hash", "none"))

    def same_rules(self, run: int, acts: np.ndarray) -> None:
        """Raise UserError if a run that was played anew, uint8 (days, actions), is not the one that was kept."""
        kept = np.zeros_like(acts)
        of_run = self.acts[self.acts[:, 0] == run]
        kept[of_run[:, 1], of_run[:, 2]] = 1
        if (kept != acts).any():
            text = f"run {run} goes another way with today's rules: it was made by code {self.manifest['code_hash']}, and this is {source_hash(CODE)}"
            raise UserError(
                [Problem(Place(str(self.path), 0), "", text, "the run made anew (escalate run), or that code")]
            )

    @cached_property
    def tally(self) -> Tally:
        """Every outcome of every run, counted."""
        return read_tally(self.compiled, self.path)

    @cached_property
    def acts(self) -> np.ndarray:
        """int32 (acts, 3): run, day and action of every act of the runs that are kept whole."""
        table = read_table(self.path / "acts.parquet", columns=["run", "date", "actor", "action"])
        return np.column_stack([table["run"].to_numpy().astype(np.int32), self._day(table), self._code(table)])

    @cached_property
    def acts_by_day(self) -> np.ndarray:
        """int64 (days, actions): in how many of all runs each act is done on each day."""
        table = read_table(self.path / "acts_by_day.parquet")
        found = np.zeros((self.compiled.days, len(self.compiled.acts)), np.int64)
        found[self._day(table), self._code(table)] = table["runs"].to_numpy()
        return found

    @cached_property
    def record(self) -> list[tuple[date, str]]:
        """Day and action of every dated act of the record that is inside the scenario and its clock."""
        rows = self.compiled.loaded.rows_inside
        return [(row.day, row.name) for row in rows if row.day is not None and self.start <= row.day <= self.end]

    @cached_property
    def posterior(self) -> Posterior | None:
        """The draws that the runs had their numbers from, if they had."""
        if not self.manifest.get("posterior"):
            return None
        return Posterior(self.compiled, read_draws(self.path / FILE))

    def numbers_of(self, run: int) -> Compiled:
        """The scenario with the numbers of one run."""
        return self.compiled if self.posterior is None else self.posterior.of(self.seed, run)[0]

    def quantiles(self) -> dict[float, np.ndarray]:
        """float64 (days, pairs), by share of runs: the tension, in marks, below which so many lie."""
        table = read_table(self.path / "daily.parquet")
        shape = (self.compiled.days, len(self.compiled.pairs))
        names = [name for name in table.column_names if name.startswith("q")]
        return {int(name[1:]) / 100: table[name].to_numpy().reshape(shape) for name in names}

    def _day(self, table: pa.Table) -> np.ndarray:
        ordinals = table["date"].cast(pa.int32()).to_numpy() + date(1970, 1, 1).toordinal()
        return np.asarray(ordinals - self.start.toordinal(), np.int32)

    def _code(self, table: pa.Table) -> np.ndarray:
        codes = {(act.actor, act.action): code for code, act in enumerate(self.compiled.acts)}
        pairs = zip(table["actor"].to_pylist(), table["action"].to_pylist(), strict=True)
        return np.array([codes[pair] for pair in pairs], np.int32)


def read_run(path: Path) -> RunFolder:
    """Read a run folder. Raises UserError for a folder that is none."""
    files = (
        MANIFEST,
        "scenario.yaml",
        "outcomes.parquet",
        "acts.parquet",
        "acts_by_day.parquet",
        "daily.parquet",
    )
    if missing := [name for name in files if not (path / name).is_file()]:
        text = f"is no run folder: it lacks {', '.join(missing)}"
        raise UserError([Problem(Place(str(path), 0), "", text, "a folder that escalate run wrote")])
    verify(path, contents=False, remedy=REMEDY)
    return RunFolder(path, read_manifest(path), compile_scenario(load(path / "scenario.yaml")))


def read_tally(compiled: Compiled, folder: Path) -> Tally:
    """Count the outcomes of a run that was written. Raises UserError if its table is missing or damaged."""
    tally = empty_tally(compiled)
    for outcomes in stored_outcomes(compiled, folder):
        tally.add(outcomes)
    return tally


def stored_outcomes(compiled: Compiled, folder: Path) -> Iterator[np.ndarray]:
    """The outcomes of a run that was written, some runs at a time: float64 (runs, questions)."""
    for table in read_batches(folder / "outcomes.parquet"):
        yield read_outcomes(compiled, table)
