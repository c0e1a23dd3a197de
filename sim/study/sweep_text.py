"""A sweep as a person reads it, or a machine."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from tabulate import tabulate

from sim.results.estimates import intervals_are
from sim.scenario.problems import shown
from sim.study.load_study import LoadedStudy
from sim.study.tables import reported

MOST_ROWS = 200
MOST_OUTCOMES = 3


def points_text(study: LoadedStudy, table: pa.Table) -> str:
    """The points with the first of the outcomes, as far as a person reads on."""
    outcomes = list(reported(study))[:MOST_OUTCOMES]
    rows = []
    for row in table.slice(0, MOST_ROWS).to_pylist():
        told = [_with_interval(row, name) for name in outcomes]
        failed = ["failed: " + shown(row["error"].splitlines()[0])] if row["failed"] else []
        rows.append([row["point"], *(_shown(row[key]) for key in study.keys), *(failed or told)])
    parts = [
        f"{study.study.name}: {study.points:,} points, {study.study.runs:,} runs each, seed {study.study.seed}. {intervals_are()}",
        tabulate(rows, headers=["point", *study.keys, *outcomes], disable_numparse=True),
    ]
    more = table.num_rows - len(rows)
    if more > 0 or len(reported(study)) > MOST_OUTCOMES:
        points = f"{more:,} more points and " if more > 0 else ""
        parts.append(f"… {points}all {len(reported(study))} outcomes are in points.parquet.")
    failed_points = sum(table.column("failed").to_pylist())
    if failed_points:
        parts.append(f"{failed_points:,} of {table.num_rows:,} points failed: see `error` in points.parquet.")
    if study.base.scenario.caveats:
        parts.append("\n".join(["To be read beside it:", *(f"- {one}" for one in study.base.scenario.caveats)]))
    return "\n\n".join(parts)


def _with_interval(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}.low"], row[f"{name}.high"]
    return _shown(row[name]) + (f" ({_shown(low)} to {_shown(high)})" if low is not None else "")


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def points_data(study: LoadedStudy, folder: Path, table: pa.Table) -> str:
    """The whole table as JSON."""
    told = {
        "folder": str(folder),
        "study": study.study.name,
        "intervals": intervals_are(),
        "caveats": study.base.scenario.caveats,
        "warnings": [str(warning) for warning in study.warnings],
        "points": table.to_pylist(),
    }
    return json.dumps(told, indent=2, ensure_ascii=False, default=str)
