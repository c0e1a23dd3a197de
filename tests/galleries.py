"""Small cases of the kind that ships, each with a record that the model itself made."""

import csv
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from sim import compile_scenario, load
from sim.engine.loop import play_runs
from sim.scenario.library import shipped_folder

START = date(2030, 1, 1)
NAMES = ("anvard", "borduria", "calormen", "drakia")
CASE = """\
extends: kinds/regime_crisis.yaml
name: {name}
description: What next?
roles: {{government: government_of_{name}, opposition: league, outside_powers: grand_duchy{patrons}}}
actors:
  government_of_{name}: {{label: Government}}
  league: {{label: League}}
  grand_duchy: {{label: Grand Duchy}}
{actors}
clock: {{start: 2030-01-01, replay_until: {until}, end: {end}}}
dates.vote: {{date: {vote}, source: made up}}
{backing}
{record}
"""
BUSY = (
    "pairs.state_to_society.base_mean=0.08",
    "pairs.state_to_state.base_mean=0.05",
    "channels.grand_duchy.government_of_{name}.hostile.base=0.08",
)


def write_case(
    folder: Path, name: str, backing: float | None, weight: float = 0.0, days: int = 300, seed: int = 1
) -> Path:
    """Write a case, beside a record of one run of it at a weight of leverage; returns its path.

    backing: of its patron; None, and it has none.
    """
    path, record = folder / f"{name}.yaml", f"record/{name}.csv"
    path.write_text(_text(name, backing, days, START, ""))
    settings = [
        f"parameters.leverage={weight:g}",
        "clock.replay_until=2029-12-31",
        *(busy.format(name=name) for busy in BUSY),
    ]
    compiled = compile_scenario(load(path, settings), "mean")
    acts = next(acts.copy() for _, acts, _ in play_runs(compiled, seed, range(1), thinned=False))
    rows = [("date", "actor", "target", "action", "source", "note")]
    for index, code in zip(*acts[:days].nonzero(), strict=True):
        act = compiled.acts[code]
        rows.append((str(START + timedelta(int(index))), act.actor, act.target, act.action, "made up", ""))
    with (folder / record).open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    path.write_text(_text(name, backing, days, START + timedelta(60), f"record: {{file: {record}, replay: all, month_only: leave_out}}"))  # fmt: skip
    return path


def _text(name: str, backing: float | None, days: int, until: date, record: str) -> str:
    has_patron = backing is not None
    return CASE.format(
        name=name,
        patrons=", patrons: empire" if has_patron else "",
        actors="  empire: {label: Empire}" if has_patron else "",
        until=until,
        end=START + timedelta(days + 30),
        vote=START + timedelta(days * 2 // 3),
        backing=f"parameters.backing: {{value: {backing:g}, low: {backing / 2:g}, high: {(1 + backing) / 2:g}}}"
        if has_patron
        else "",
        record=record,
    )


def write_gallery(
    folder: Path, backings: Sequence[float | None], weight: float = 0.0, days: int = 300, seed: int = 1
) -> list[str]:
    """Write a case for each backing into a folder that has all that ships; returns their paths."""
    shutil.copytree(shipped_folder(), folder, dirs_exist_ok=True)
    return [
        str(write_case(folder, name, backing, weight, days, seed + place))
        for place, (name, backing) in enumerate(zip(NAMES, backings, strict=False))
    ]
