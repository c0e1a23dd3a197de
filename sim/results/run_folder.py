"""A run folder read back: the scenario, and what was written of its runs, a table at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.engine.learning import compile_scenario
from sim.identity import source_hash
from sim.keeping import MANIFEST, read_batches, read_manifest, read_table, verify
from sim.results.columns import read_outcomes
from sim.results.estimates import numbers_of_runs
from sim.results.posterior import FILE, Posterior, read_draws
from sim.results.tally import Tally, empty_tally
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded, load
from sim.scenario.outline import outline
from sim.scenario.problems import Place, Problem, UserError

CASE = "case.yaml"  # beside the scenario, if bases are learned under the numbers of another
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
        """Return the scenario's name."""
        return self.compiled.loaded.scenario.name

    @property
    def runs(self) -> int:
        """Return how many runs were played."""
        return int(self.manifest["runs"])

    @property
    def seed(self) -> int:
        """Return the seed of the runs."""
        return int(self.manifest["seed"])

    @property
    def start(self) -> date:
        """Return the first day of the clock."""
        return self.compiled.start

    @property
    def end(self) -> date:
        """Return the last day of the clock."""
        return self.compiled.date(self.compiled.days - 1)

    @property
    def replay_until(self) -> date:
        """Return the last day that is replayed."""
        return self.compiled.loaded.scenario.clock.replay_until

    @property
    def days(self) -> list[date]:
        """List the days of the clock."""
        return [self.compiled.date(day) for day in range(self.compiled.days)]

    @property
    def labels(self) -> dict[str, str]:
        """Return the label of each actor, by its name."""
        return {name: actor.label for name, actor in self.compiled.loaded.scenario.actors.items()}

    @property
    def marks(self) -> dict[str, date]:
        """Return the dates that the scenario names, by their labels."""
        return {named.label: named.date for named in self.compiled.loaded.scenario.dates.values()}

    @property
    def made_by(self) -> str:
        """Write how the runs were made, for the note of a figure."""
        drawn = numbers_of_runs(self.compiled, bool(self.manifest.get("posterior")))
        return f"{self.runs:,} {'run' if self.runs == 1 else 'runs'}, seed {self.seed}, {drawn}."

    @property
    def kept_whole(self) -> int:
        """Return how many runs, from run 0 on, have every act kept."""
        return int(self.manifest["runs_whose_acts_are_kept"])

    @property
    def is_of_this_code(self) -> bool:
        """Tell whether the code that plays runs is the same as when this folder was written."""
        return bool(self.manifest["code_hash"] == source_hash(CODE))

    def no_pair_of(self, folder: "RunFolder") -> str:
        """Say why the runs of another folder are no pairs of these; nothing if they are."""
        for property_name, mine, theirs in (
            ("seed", self.seed, folder.seed),
            ("first day", self.start, folder.start),
            ("last day", self.end, folder.end),
            ("draws of a fit", self._draws, folder._draws),
        ):
            if mine != theirs:
                return f"{folder.path} has another {property_name} ({theirs}) than {self.path} ({mine}), so their runs are not pairs"
        return ""

    @property
    def _draws(self) -> str:
        return str((self.manifest.get("posterior") or {}).get("hash", "none"))

    def same_rules(self, run: int, acts: np.ndarray) -> None:
        """Check that a run played anew, uint8 (days, actions), is the one that was kept.

        Raises UserError if it is not: then rules have changed since.
        """
        kept_acts = np.zeros_like(acts)
        of_run = self.acts[self.acts[:, 0] == run]
        kept_acts[of_run[:, 1], of_run[:, 2]] = 1
        if (kept_acts != acts).any():
            text = f"run {run} differs under today's rules: it was made by code {self.manifest['code_hash']}, and this is {source_hash(CODE)}"
            raise UserError(
                [Problem(Place(str(self.path), 0), "", text, "the run played again (escalate run), or that code")]
            )

    @cached_property
    def tally(self) -> Tally:
        """Return every outcome of every run, counted."""
        return read_tally(self.compiled, self.path)

    @cached_property
    def acts(self) -> np.ndarray:
        """Return run, day and action of every act of the runs kept whole: int32 (acts, 3)."""
        table = read_table(self.path / "acts.parquet", columns=["run", "date", "actor", "action"])
        return np.column_stack([table["run"].to_numpy().astype(np.int32), self._day(table), self._code(table)])

    @cached_property
    def acts_by_day(self) -> np.ndarray:
        """Return in how many of all runs each act is done on each day: int64 (days, actions)."""
        table = read_table(self.path / "acts_by_day.parquet")
        runs = np.zeros((self.compiled.days, len(self.compiled.acts)), np.int64)
        runs[self._day(table), self._code(table)] = table["runs"].to_numpy()
        return runs

    @cached_property
    def record(self) -> list[tuple[date, str]]:
        """List day and action of every dated act of the record inside scenario and clock."""
        rows = self.compiled.loaded.rows_inside
        return [(row.day, row.name) for row in rows if row.day is not None and self.start <= row.day <= self.end]

    @cached_property
    def posterior(self) -> Posterior | None:
        """Return the draws that the runs had their numbers from, if they had."""
        if not self.manifest.get("posterior"):
            return None
        return Posterior(self.compiled, read_draws(self.path / FILE))

    def numbers_of(self, run: int) -> Compiled:
        """Return the scenario with the numbers of one run."""
        return self.compiled if self.posterior is None else self.posterior.drawn_scenario(self.seed, run)[0]

    def quantiles(self) -> dict[float, np.ndarray]:
        """Return the tension below which so many runs lie, by their share: float64 (days, pairs), marks."""
        table = read_table(self.path / "daily.parquet")
        shape = (self.compiled.days, len(self.compiled.pairs))
        names = [name for name in table.column_names if name.startswith("q")]
        return {int(name[1:]) / 100: table[name].to_numpy().reshape(shape) for name in names}

    def _day(self, table: pa.Table) -> np.ndarray:
        ordinals = table["date"].cast(pa.int32()).to_numpy() + date(1970, 1, 1).toordinal()
        return np.asarray(ordinals - self.start.toordinal(), np.int32)

    def _code(self, table: pa.Table) -> np.ndarray:
        """Return the code of the action of each row: int32 (rows,). Raises KeyError for an action of no actor here."""
        codes = {(act.actor, act.action): code for code, act in enumerate(self.compiled.acts)}
        (actors, actor), (actions, action) = (_encoded(table[name]) for name in ("actor", "action"))
        pairs, rows = np.unique(actor.astype(np.int64) * len(actions) + action, return_inverse=True)
        of_pairs = [codes[actors[pair // len(actions)], actions[pair % len(actions)]] for pair in pairs.tolist()]
        return np.array(of_pairs, np.int32)[rows] if of_pairs else np.zeros(0, np.int32)


def _encoded(column: pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    """Return the names in a column of text, and of each row the place of its name."""
    encoded = column.cast(pa.string()).dictionary_encode().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # of no row, or as older libraries leave it
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


def read_run(path: Path) -> RunFolder:
    """Read a run folder.

    Raises UserError if `path` is not a run folder, or if a file of it is missing or damaged.
    """
    files = (
        MANIFEST,
        "scenario.yaml",
        "outcomes.parquet",
        "acts.parquet",
        "acts_by_day.parquet",
        "daily.parquet",
    )
    if missing := [name for name in files if not (path / name).is_file()]:
        text = f"is not a run folder: it lacks {', '.join(missing)}"
        raise UserError([Problem(Place(str(path), 0), "", text, "a folder that escalate run wrote")])
    verify(path, contents=False, remedy=REMEDY)
    manifest = read_manifest(path)
    return RunFolder(path, manifest, compile_scenario(load_kept(path), manifest["bases"]))


def load_kept(folder: Path) -> Loaded:
    """Load the scenario that a folder keeps, with the case from which its bases were learned if that is another."""
    return load(folder / "scenario.yaml")


def read_tally(compiled: Compiled, folder: Path) -> Tally:
    """Count the outcomes of a run that was written.

    Raises UserError if its table is missing or damaged.
    """
    tally = empty_tally(compiled)
    for outcomes in stored_outcomes(compiled, folder):
        tally.add(outcomes)
    return tally


def stored_outcomes(compiled: Compiled, folder: Path) -> Iterator[np.ndarray]:
    """Yield the outcomes of a run that was written, some runs at a time: float64 (runs, questions)."""
    for table in read_batches(folder / "outcomes.parquet"):
        yield read_outcomes(compiled, table)
