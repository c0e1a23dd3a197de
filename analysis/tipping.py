"""At what level of one lever does an outcome become likelier than not, and how far do the other levers move that level?

    escalate sweep backing --keep-runs
    python analysis/tipping.py outputs/backing/ID

Reads a sweep's folder. For each combination of the other levers it finds where the share of runs first crosses one
half, linear between the levels that were played. Intervals: runs are drawn again a thousand times, the same ones at
every point, as points share their luck (a paired bootstrap). They are simulation error only: parameters are fixed.
"""

import argparse
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from tabulate import tabulate

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
        """float64 (L,)"""
        return self.happened.mean(axis=1)


@dataclass(frozen=True)
class Tipping:
    """Where a curve crosses one half: NaN if it does not. An end of the interval is NaN if too few draws cross."""

    curve: Curve
    level: float
    low: float
    high: float
    drawn: np.ndarray  # float64 (draws,): the crossing in each draw of the runs, NaN where there is none


def crossing(levels: np.ndarray, shares: np.ndarray) -> float:
    """The first level at which shares, linear between levels, reach one half from below; NaN if they never do."""
    for index in range(len(levels) - 1):
        below, above = shares[index], shares[index + 1]
        if below < HALF <= above:
            return float(levels[index] + (levels[index + 1] - levels[index]) * (HALF - below) / (above - below))
    return float("nan")


def tipping_points(curves: Sequence[Curve], seed: int = 1) -> list[Tipping]:
    """The crossing of each curve with its 95 % interval, by drawing the same runs again at every point."""
    runs = curves[0].happened.shape[1]
    weights = np.random.default_rng(seed).multinomial(runs, np.full(runs, 1 / runs), DRAWS) / runs  # (draws, runs)
    return [_tipping(curve, weights) for curve in curves]


def _tipping(curve: Curve, weights: np.ndarray) -> Tipping:
    drawn = np.array([crossing(curve.levels, shares) for shares in weights @ curve.happened.T])
    reached = np.sort(np.where(np.isnan(drawn), np.inf, drawn))  # a draw that never crosses lies beyond all levels
    low, high = (float(reached[round(share * (DRAWS - 1))]) for share in (0.025, 0.975))
    low, high = (end if np.isfinite(end) else float("nan") for end in (low, high))
    return Tipping(curve, crossing(curve.levels, curve.shares), low, high, drawn)


def read_curves(folder: Path, along: str | None = None, outcome: str | None = None) -> tuple[str, str, list[Curve]]:
    """The lever, the outcome and the curves of a sweep that kept its runs; the first numeric lever and share unless said.

    Raises SystemExit with what is missing.
    """
    if not (folder / "runs.parquet").is_file():
        raise SystemExit(f"{folder} holds no runs.parquet: sweep with --keep-runs")
    study = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    points, runs = pq.read_table(folder / "points.parquet"), pq.read_table(folder / "runs.parquet")
    keys = [*study["levers"], *study["vary"]]
    along = along or next(key for key in keys if all(isinstance(one, int | float) for one in points[key].to_pylist()))
    outcome = outcome or next(name for name in runs.column_names if str(runs.schema.field(name).type) == "bool")
    if along not in keys or outcome not in runs.column_names:
        raise SystemExit(f"there is {', '.join(keys)} to go along, and {', '.join(runs.column_names[2:])} to ask")
    if any(points["failed"].to_pylist()):
        raise SystemExit("a point of this sweep failed: points.parquet says why")
    rows = points.select(keys).to_pylist()
    happened = runs[outcome].to_numpy(zero_copy_only=False).reshape(len(rows), -1)
    others = [key for key in keys if key != along]
    order = sorted(range(len(rows)), key=lambda point: rows[point][along])
    by_others: dict[tuple[Any, ...], list[int]] = {tuple(row[key] for key in others): [] for row in rows}
    for point in order:
        by_others[tuple(rows[point][key] for key in others)].append(point)
    curves = [
        Curve(dict(zip(others, values, strict=True)), np.array([rows[one][along] for one in chosen]), happened[chosen])
        for values, chosen in by_others.items()
    ]
    return along, outcome, curves


def table(along: str, outcome: str, found: Sequence[Tipping]) -> str:
    """A row a combination of the other levers."""
    rows = [[*one.curve.others.values(), *_told(one), f"{one.curve.shares.max():.1%}"] for one in found]
    short = along.split(".")[-1]
    headers = [*found[0].curve.others, f"{short} at one half", "95 % interval", "largest share"]
    runs = found[0].curve.happened.shape[1]
    return f"{outcome} along {along}, {runs:,} runs a point\n\n" + tabulate(rows, headers, disable_numparse=True)


def _told(one: Tipping) -> list[str]:
    if np.isnan(one.level) and np.isnan(one.low):
        return ["never", "–"]
    low, high = (f"{end:.2f}" if np.isfinite(end) else "never" for end in (one.low, one.high))
    return [f"{one.level:.2f}" if np.isfinite(one.level) else "never", f"{low} to {high}"]


def moved(found: Sequence[Tipping]) -> list[str]:
    """For each other lever: between which two of its values the crossing moves most, all else alike, and how far."""
    told = []
    for lever in found[0].curve.others:
        pairs = [
            (one, other)
            for one, other in itertools.combinations(found, 2)
            if _rest(one, lever) == _rest(other, lever) and np.isfinite(other.level - one.level)
        ]
        if not pairs:
            told.append(f"{lever}: no two of its values have a crossing each")
            continue
        one, other = max(pairs, key=lambda pair: abs(pair[1].level - pair[0].level))
        low, high = np.nanquantile(other.drawn - one.drawn, (0.025, 0.975))
        values = f"from {one.curve.others[lever]} to {other.curve.others[lever]}"
        told.append(f"{lever}, {values}, moves it most: {other.level - one.level:+.3f} ({low:+.3f} to {high:+.3f})")
    return told


def _rest(one: Tipping, lever: str) -> dict[str, Any]:
    return {key: value for key, value in one.curve.others.items() if key != lever}


def main() -> None:
    about, usage, *_ = itertools.chain(__doc__.split("\n\n"), [""])
    parser = argparse.ArgumentParser(description=about, epilog=usage.strip())
    parser.add_argument("folder", type=Path)
    parser.add_argument("--along", help="the lever that is followed; the first numeric one if none is named")
    parser.add_argument("--outcome", help="a share; the first one if none is named")
    asked = parser.parse_args()
    along, outcome, curves = read_curves(asked.folder, asked.along, asked.outcome)
    found = tipping_points(curves)
    print(table(along, outcome, found), *moved(found), sep="\n")
    from analysis.curves import curves_figure
    from analysis.style import save

    (asked.folder / "figures").mkdir(exist_ok=True)
    figure = asked.folder / "figures" / f"{outcome}.png"
    save(curves_figure(along, outcome, found), figure)
    print(f"Figure: {figure}")


if __name__ == "__main__":
    main()
