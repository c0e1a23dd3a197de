"""A back-test as a person reads it; where a simpler rule wins, that is said first."""

from collections.abc import Sequence
from typing import Any

from tabulate import tabulate

from sim.evidence.backtest import SCORES

Row = dict[str, Any]
READING = (
    "Skill of the model against each rival: 1 - score / score of the rival, above 0 where the model is better, with 95 % intervals from blocks of origins. "
    "Each model is fitted anew before every origin, to nothing that came from after it, and dated series are held at their last known value; but the scenario's own numbers, "
    "and the ranges behind priors, were set by people who knew the record to the scenario's last replayed day. There are many comparisons: one in twenty is sure by chance."
)
EVEN = 0.005  # a skill that is shown as none
PARTS = {"choose": "Before {day}, to choose by", "report": "From {day} on, reported"}


def backtest_text(told: Row, skills: Sequence[Row], long: Sequence[Row]) -> str:
    """The tables, from a manifest, the rows of skills, and those of the one forecast from the scenario's last replayed day."""
    reported = [row for row in skills if row["part"] == "report"]
    parts = [
        f"{told['scenario']}: forecasts from {told['origins']} origins, {told['first_origin']} to {told['last_origin']}.",
        READING,
    ]
    parts.append(lost(reported))
    for part, title in PARTS.items():
        rows = [row for row in skills if row["part"] == part]
        if rows:
            parts.append(f"{title.format(day=told['report_from'])}:")
            parts.append(_table(rows))
    if long:
        parts.append(_one_forecast(told, long))
    return "\n\n".join(parts)


def lost(rows: Sequence[Row]) -> str:
    """Every rival that does better than the model on some score of the reported origins."""
    lines = [
        f"- {row['rival']}: {_named(row)}, skill {_skill(row)}, {_how_sure(row)}"
        for row in rows
        if row["skill"] < -EVEN
    ]
    if not rows:
        return "No origin is reported: nothing was compared."
    if not lines:
        return "No rival does better than the model on any score of the reported origins."
    won = sum(row["skill"] > EVEN for row in rows)
    sure = sum(row["low"] > 0.0 for row in rows)
    head = f"Of {len(rows)} comparisons reported the model does better in {won} ({sure} surely) and is even in {len(rows) - won - len(lines)}; these are those that it LOSES:"
    return "\n".join([head, *lines])


def _how_sure(row: Row) -> str:
    if row["high"] != row["high"]:
        return f"{row['origins']} origins, too few to say how sure"
    return "surely" if row["high"] < 0.0 else "maybe by chance"


def _table(rows: Sequence[Row]) -> str:
    rivals = list(dict.fromkeys(row["rival"] for row in rows))
    cells = {(_counted(row), row["rival"]): _skill(row) for row in rows}
    names = list(dict.fromkeys(_counted(row) for row in rows))
    return tabulate(
        [[name, *(cells.get((name, rival), "") for rival in rivals)] for name in names],
        ["score, horizon (origins)", *(f"against {rival}" for rival in rivals)],
        disable_numparse=True,
        maxheadercolwidths=[40, *[16] * len(rivals)],
    )


def _named(row: Row) -> str:
    label = next(label for label, name in SCORES.items() if name == row["score_name"])
    return f"{label}, {row['horizon_days']} d"


def _counted(row: Row) -> str:
    return f"{_named(row)} ({row['origins']})"


def _skill(row: Row) -> str:
    if row["skill"] != row["skill"]:
        return "no score"
    if row["low"] != row["low"]:
        return f"{row['skill']:+.2f}"
    return f"{row['skill']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})"


def _shared(rows: Sequence[Row], name: str) -> set[str]:
    """The classes that every model forecasts that has this score at all."""
    by_model: dict[str, set[str]] = {}
    for row in rows:
        if row["score_name"] == name:
            by_model.setdefault(row["model"], set()).add(row["class"])
    return set.intersection(*by_model.values())


def _one_forecast(told: Row, rows: Sequence[Row]) -> str:
    """Mean scores of the one forecast from the scenario's last replayed day: no interval can be had from one."""
    models = list(dict.fromkeys(row["model"] for row in rows))
    scores = {label: name for label, name in SCORES.items() if any(row["score_name"] == name for row in rows)}
    shared = {name: _shared(rows, name) for name in scores.values()}

    def mean(model: str, name: str) -> str:
        found = [
            row["score"]
            for row in rows
            if row["model"] == model and row["score_name"] == name and row["class"] in shared[name]
        ]
        return f"{sum(found) / len(found):.3f}" if found else ""

    table = tabulate(
        [[model, *(mean(model, name) for name in scores.values())] for model in models],
        ["", *(f"{label} ({len(shared[name])})" for label, name in scores.items())],
        disable_numparse=True,
        stralign="right",
        colalign=("left",),
    )
    seen = next(row for row in rows)
    head = f"One forecast from {seen['origin']}, {told['long_days']} days ahead (lower is better; averaged over so many classes or dyads as every model that is shown forecasts; of each day's choices the sum; one origin has no interval):"
    return f"{head}\n\n{table}"
