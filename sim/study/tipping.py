"""At what level of a lever an outcome becomes likelier than not: from a sweep that kept its runs.

For each combination of the other levers it finds where the share of runs first crosses one half, linear between the
levels that were played. Intervals: runs are drawn again a thousand times, the same ones at every point, as points
share their luck (a paired bootstrap). They are simulation error only: parameters are fixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.keeping import read_json, read_table
from sim.results.intervals import drawn_again, middle_ranked
from sim.results.units import UNITS
from sim.scenario.questions import class_outcome

HALF = 0.5
DRAWS = 1_000


@dataclass(frozen=True)
class Curve:
    """The share of runs with an outcome along one lever, for one combination of the others."""

    others: dict[str, Any]  # lever → value
    levels: np.ndarray  # float64 (L,): ascending
    happened: np.ndarray  # bool (L, runs): the same runs, by their luck, at every level

    @property
    def shares(self) -> np.ndarray:
        """Return the share of runs at each level: float64 (L,)."""
        return self.happened.mean(axis=1)


@dataclass(frozen=True)
class Tipping:
    """Where a curve crosses one half; before its first level it is -inf, beyond its last inf, and so are the ends."""

    curve: Curve
    level: float
    low: float
    high: float
    drawn: np.ndarray  # float64 (draws,): the crossing in each draw of the runs


def rises(shares: np.ndarray) -> bool:
    """Tell whether a curve ends higher than it begins."""
    return bool(shares[-1] >= shares[0])


def crossing(levels: np.ndarray, shares: np.ndarray, rising: bool) -> float:
    """Find the first level at which shares reach one half.

    Shares are linear between levels, and reach it in one direction.
    Parameters: levels, shares, float64 (L,), levels ascending; rising, the direction.
    Returns -inf if they are beyond it from the first level on, inf if they never reach it.
    """
    beyond = shares - HALF if rising else HALF - shares
    if beyond[0] >= 0.0:
        return -np.inf
    reached = np.flatnonzero(beyond >= 0.0)
    if len(reached) == 0:
        return np.inf
    after = reached[0]
    part = -beyond[after - 1] / (beyond[after] - beyond[after - 1])
    return float(levels[after - 1] + (levels[after] - levels[after - 1]) * part)


def tipping_points(curves: Sequence[Curve], seed: int = 1) -> list[Tipping]:
    """Find the crossing of each curve, with its 95 % interval.

    The same runs are drawn again at every point.
    """
    runs = curves[0].happened.shape[1]
    weights = drawn_again(np.random.default_rng(seed), runs, DRAWS)
    return [_tipping(curve, weights) for curve in curves]


def _tipping(curve: Curve, weights: np.ndarray) -> Tipping:
    rising = rises(curve.shares)
    drawn = np.array([crossing(curve.levels, shares, rising) for shares in weights @ curve.happened.T])
    return Tipping(curve, crossing(curve.levels, curve.shares, rising), *middle_ranked(drawn), drawn)


def read_curves(folder: Path, along: str | None = None, outcome: str | None = None) -> tuple[str, str, list[Curve]]:
    """Read the lever, the outcome and the curves of a sweep.

    The sweep must have kept its runs.
    Parameters: along, the lever, by default the first numeric one; outcome, by default the first share.
    Raises ValueError with what is missing.
    """
    if not (folder / "runs.parquet").is_file():
        raise ValueError(f"{folder} holds no runs.parquet: sweep with --keep-runs")
    study = read_json(folder / "study.json")
    points, runs = read_table(folder / "points.parquet"), read_table(folder / "runs.parquet")
    if any(points["failed"].to_pylist()):
        raise ValueError("a point of this sweep failed: points.parquet says why")
    keys = [*study["levers"], *study["vary"]]
    along = _chosen("lever", along, [key for key in keys if pa.types.is_floating(points.schema.field(key).type)])
    units = {field.name: UNITS.get((field.metadata or {}).get(b"unit", b"").decode()) for field in runs.schema}
    classed = [name for name, unit in units.items() if unit is not None and unit.has_classes]
    shares = [name for name, unit in units.items() if unit is not None and unit.kind == "share" and name not in classed]
    classes = {
        class_outcome(name, label): (name, label)
        for name in classed
        for label in sorted({*runs[name].to_pylist()} - {None})
    }
    outcome = _chosen("share", outcome, [*shares, *classes])
    name, wanted = classes.get(outcome, (outcome, True))
    rows = points.select(keys).to_pylist()
    happened = np.array([value == wanted for value in runs[name].to_pylist()]).reshape(len(rows), -1)
    others = [key for key in keys if key != along]
    by_others: dict[tuple[Any, ...], list[int]] = {tuple(row[key] for key in others): [] for row in rows}
    for point in sorted(range(len(rows)), key=lambda point: rows[point][along]):
        by_others[tuple(rows[point][key] for key in others)].append(point)
    if min(len(chosen) for chosen in by_others.values()) < 2:
        raise ValueError(f"a curve along {along} needs two of its levels or more, all else alike: a grid, or levers")
    curves = [
        Curve(
            dict(zip(others, values, strict=True)), np.array([rows[point][along] for point in chosen]), happened[chosen]
        )
        for values, chosen in by_others.items()
    ]
    return along, outcome, curves


def _chosen(noun: str, choice: str | None, names: list[str]) -> str:
    if not names:
        raise ValueError(f"this sweep has no {noun} that could be followed")
    if choice is not None and choice not in names:
        raise ValueError(f"there is no {noun} '{choice}'; allowed: {', '.join(names)}")
    return choice or names[0]
