"""Runs under what a fit believes: one draw of its numbers a run, chosen by the run's own luck.

So the spread of an ensemble holds what is not known of the numbers beside what chance does, and two scenarios under
one seed are paired in their numbers too.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.engine.learning import BelievedRecords
from sim.engine.loop import Scene, scene_of
from sim.keeping import read_table, write_table
from sim.rules.arrays import POSTERIOR
from sim.rules.luck import drawn
from sim.scenario.compile import Compiled
from sim.scenario.problems import Place, Problem, UserError, listed
from sim.scenario.quantities import dotted, quantities
from sim.scenario.revalue import Revaluer, fitted_keys

FILE = "draws.parquet"
MANY_RUNS = 8  # of one draw, from which on ceilings spare more than they take; the acts are the same either way
ABOUT = b"escalate"  # the key of what a table of draws says of itself


@dataclass(frozen=True)
class Draws:
    """Values of some of a scenario's numbers, a row a draw.

    about: what they were drawn for: `scenario`, `until` (the last day of the record that they know) and `defaults`
    (the value of each number in the scenario that was fitted).
    """

    path: Path
    keys: list[str]
    values: np.ndarray  # float64 (draws, numbers)
    about: dict[str, Any]

    @property
    def file(self) -> Path:
        """Return the file that holds the draws."""
        return self.path / FILE if self.path.is_dir() else self.path

    def warnings(self) -> list[str]:
        """List what must be known before anything is played with these draws."""
        if self.about["converged"]:
            return []
        why = "; ".join(self.about["shortcomings"])
        return [
            f"warning: {self.path}: the chains of this fit have NOT converged ({why}): its draws are not a posterior"
        ]

    @property
    def hash(self) -> str:
        """Return twelve hex digits that change with any draw."""
        digest = hashlib.blake2b(json.dumps(self.keys).encode(), digest_size=6)
        digest.update(np.ascontiguousarray(self.values).tobytes())
        return digest.hexdigest()


def write_draws(
    path: Path, keys: Sequence[str], values: np.ndarray, units: Sequence[str], about: dict[str, Any]
) -> None:
    """Write draws as plain Parquet: a column a number, with its unit."""
    fields = [pa.field(key, pa.float64(), metadata={"unit": unit}) for key, unit in zip(keys, units, strict=True)]
    schema = pa.schema(fields, metadata={ABOUT: json.dumps(about, sort_keys=True).encode()})
    write_table(path, pa.table([pa.array(column) for column in values.T], schema=schema))


def read_draws(path: Path) -> Draws:
    """Read the draws of a fit's folder, or of a file.

    Raises UserError if `path` is neither, or the file is damaged.
    """
    file = path / FILE if path.is_dir() else path
    place = Place(str(file), 0)
    allowed = f"the folder of a fit (escalate fit), or its {FILE}"
    try:
        table = read_table(file)
    except UserError as error:
        raise UserError([replace(problem, allowed=allowed) for problem in error.problems]) from None
    metadata = (table.schema.metadata or {}).get(ABOUT)
    if metadata is None or table.num_rows == 0:
        raise UserError([Problem(place, "", "holds no draws, or does not say which fit they come from", allowed)])
    values = np.column_stack([column.to_numpy() for column in table.columns]).astype(float)
    return Draws(path, table.column_names, values, json.loads(metadata))


def thinned(draws: Draws, most: int) -> Draws:
    """Keep at most so many of the draws, evenly spread."""
    chosen = np.linspace(0, len(draws.values) - 1, min(most, len(draws.values))).astype(int)
    return replace(draws, values=draws.values[chosen])


class Posterior:
    """One scenario under the draws of a fit.

    A number that the scenario sets otherwise than the one that was fitted keeps the scenario's value (`not_drawn`): a
    what-if is not undone by the fit. Raises UserError for draws of numbers that the scenario does not have.
    """

    def __init__(self, compiled: Compiled, draws: Draws):
        self.compiled = compiled
        self.draws = draws
        entries = {dotted(located.path): located.quantity for located in quantities(compiled.loaded.scenario)}
        if missing := [key for key in draws.keys if key not in entries]:
            text = f"holds draws of numbers that {compiled.loaded.file} does not have: {listed(missing, 5)}"
            raise UserError([Problem(Place(str(draws.path), 0), "", text, "draws of a scenario with these numbers")])
        defaults = {key: draws.about["defaults"][key] for key in draws.keys}
        drawn_keys = fitted_keys(compiled.loaded.scenario, defaults)
        self.not_drawn = [key for key in draws.keys if key not in drawn_keys]
        self.columns = [index for index, key in enumerate(draws.keys) if key not in self.not_drawn]
        self.revaluer = Revaluer(compiled.loaded, [draws.keys[index] for index in self.columns])
        self.records = BelievedRecords(compiled.loaded, defaults)
        self.drawn: dict[int, tuple[Compiled, Scene]] = {}
        self.runs_of: Counter[int] = Counter()  # how many runs each draw has played

    @property
    def manifest_entry(self) -> dict[str, Any]:
        """Return what a manifest records of the draws."""
        about = {key: value for key, value in self.draws.about.items() if key != "defaults"}
        return {
            "file": str(self.draws.path),
            "hash": self.draws.hash,
            "draws": len(self.draws.values),
            "not_drawn": self.not_drawn,
            **about,
        }

    def in_words(self) -> list[str]:
        """List, a sentence each, what is drawn, what is not, and what must be known of it."""
        scenario, draws = self.compiled.loaded.scenario, self.draws
        file, until = self.compiled.loaded.file, draws.about["until"]
        lines = [
            *draws.warnings(),
            f"{file}: {len(draws.values):,} draws of {len(self.columns)} numbers from {draws.path}, fitted to {draws.about['scenario']} on the record to {until}.",
        ]
        if until > str(scenario.clock.replay_until):
            lines.append(
                f"warning: {file}: hindsight: the draws know the record to {until}, and runs are free from the day after {scenario.clock.replay_until}"
            )
        if self.not_drawn:
            lines.append(
                f"{file}: keeps its own value of {', '.join(self.not_drawn)}, which it sets otherwise than the scenario that was fitted."
            )
        return lines

    def draw_of(self, seed: int, run: int) -> int:
        """Return the draw that a run is played with, by its place."""
        with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
            share = drawn(seed, run, 0, POSTERIOR, np.uint64(0))
        return int(share * len(self.draws.values))

    def drawn_scenario(self, seed: int, run: int) -> tuple[Compiled, Scene]:
        """Return the scenario with the numbers of one run, compiled, and its scene."""
        draw = self.draw_of(seed, run)
        self.runs_of[draw] += 1
        if draw not in self.drawn:
            values = self.draws.values[draw]
            believed = replace(self.revaluer.with_values(values[self.columns].tolist()), bases=self.compiled.bases)
            compiled = self.records.taught(believed, values.tolist())
            self.drawn[draw] = compiled, scene_of(compiled, thinned=False)
        elif self.runs_of[draw] == MANY_RUNS:
            compiled, _ = self.drawn[draw]
            self.drawn[draw] = compiled, scene_of(compiled)
        return self.drawn[draw]
