"""Read a sweep's folder back: its points as rows, and what can be drawn of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.figures.registry import CannotBeDrawn
from sim.keeping import read_json, read_table
from sim.scenario.labels import labels_in


@dataclass(frozen=True)
class SweepTable:
    """The points of a sweep, a row each."""

    name: str
    keys: list[str]  # levers and numbers that were varied
    rows: list[dict[str, Any]]
    shares: list[str]  # outcomes that are shares of runs
    runs: int
    seed: int
    labels: dict[str, str]  # of levers and numbers that have one, by their keys

    @property
    def runs_words(self) -> str:
        """Say how many runs a point has, and their seed."""
        return f"{self.runs:,} runs a point, the same luck at each (seed {self.seed})"

    def values(self, key: str) -> list[Any]:
        """List the values of a lever: numbers by size, others as they come."""
        distinct = list(dict.fromkeys(row[key] for row in self.rows))
        return sorted(distinct) if all(isinstance(value, int | float) for value in distinct) else distinct

    def reach(self, outcome: str) -> float:
        """Return how far an interval of a share reaches at most, in percentage points."""
        ends = [(row[f"{outcome}.high"] - row[outcome], row[outcome] - row[f"{outcome}.low"]) for row in self.rows]
        return 100 * max(max(pair) for pair in ends)


def read_sweep(folder: Path) -> SweepTable:
    """Read a sweep's folder.

    Raises CannotBeDrawn if a point of it failed; UserError if a file of it is missing or damaged.
    """
    study = read_json(folder / "study.json")
    table = read_table(folder / "points.parquet")
    if any(table["failed"].to_pylist()):
        raise CannotBeDrawn("a point of this sweep failed: points.parquet says why")
    units = {field.name: (field.metadata or {}).get(b"unit", b"").decode() for field in table.schema}
    shares = [name for name, unit in units.items() if unit.startswith("share, ")]
    keys = [*study["levers"], *study["vary"]]
    return SweepTable(
        study["name"],
        keys,
        table.to_pylist(),
        shares,
        int(study["runs"]),
        int(study["seed"]),
        labels_in(folder / "scenario.yaml"),
    )
