"""A quarrel of two with a record that the model itself made, at numbers that a test knows."""

import csv
from pathlib import Path
from typing import Any

import yaml
from toy import START, day, records, toy
from toy import compiled as toy_compiled

DAYS = 300
UNTIL = day(DAYS - 1)
TRUTH = {"reciprocity": 0.4, "memory": 7.0, "base": 0.03}


def number(value: float, low: float, high: float, unit: str) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "unit": unit, "meaning": "a number", "source": "made up"}


def scenario(days: int = DAYS, record: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return the quarrel as plain data; with a record, all of its days may be replayed."""
    data = toy(days=days + 60, reciprocity="reciprocity", momentum=0.0, memory_half_life_days="memory")
    data["parameters"] = {
        "reciprocity": number(0.4, 0.05, 1.2, "acts per act"),
        "memory": number(7.0, 2.0, 25.0, "days"),
        "base": number(0.03, 0.008, 0.1, "acts per day"),
    }
    for who, whom in (("one", "other"), ("other", "one")):
        data["channels"][who][whom]["hostile"]["base"] = "base"
    data["clock"]["replay_until"] = START
    if record is not None:
        data["record"] = {"file": record, "replay": "all", "month_only": "leave_out"}
    return {**data, "allow_explosive": True, **changes}


def write_case(folder: Path, seed: int = 1, days: int = DAYS) -> Path:
    """Write the quarrel as a file, beside a record of one run of it; returns its path."""
    data = scenario(days)
    data["clock"]["replay_until"] = day(-1)
    acts, _ = records(toy_compiled(folder, data), seed, range(1))[0]
    rows = [("date", "actor", "target", "action", "source", "note")]
    for index, code in zip(*acts[:days].nonzero(), strict=True):
        who, whom = ("one", "other") if code == 0 else ("other", "one")
        rows.append((str(day(int(index))), who, whom, f"{whom}_0", "made up", ""))
    rows.insert(1, (str(START), "one", "other", "other_0", "made up", "the first of the record")) if rows[1][0] != str(
        START
    ) else None
    with (folder / "record.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    path = folder / "quarrel.yaml"
    path.write_text(yaml.safe_dump(scenario(days, "record.csv"), sort_keys=False))
    return path
