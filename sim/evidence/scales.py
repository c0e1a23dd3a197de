"""Other scales of events: does a result hang on how heavily each kind of act is taken to weigh?"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.learning import compile_scenario
from sim.evidence.parts import NOT_KEPT, Part, Parts
from sim.results.estimates import estimates
from sim.results.simulate import simulate
from sim.scenario.compile import address
from sim.scenario.load import Loaded, load
from sim.scenario.selection import NamedAction, acts_of

FLAT = 5.0  # Goldstein points, with the sign of the pinned weight
JITTER = 0.25
# CAMEO codes by PLOVER's categories (its conversion table of 2021): the longest beginning counts. Comments and appeals,
# 01 and 02, are no events there.
PLOVER = {
    "03": "agree", "04": "consult", "05": "support", "06": "cooperate", "07": "aid", "08": "concede",
    "0813": "retreat", "0814": "retreat", "084": "retreat", "085": "retreat", "086": "retreat", "087": "retreat",
    "09": "accuse", "10": "demand", "11": "accuse", "12": "reject", "13": "threaten", "14": "protest",
    "15": "mobilize", "16": "sanction", "163": "coerce", "17": "coerce", "1712": "assault", "175": "assault",
    "18": "assault", "19": "assault", "191": "coerce", "192": "coerce", "20": "assault",
}  # fmt: skip


def category(code: str) -> str | None:
    """Return PLOVER's category of a CAMEO code; None for one that is not an event there."""
    return next((PLOVER[code[:length]] for length in range(len(code), 1, -1) if code[:length] in PLOVER), None)


def category_weights(scale: dict[str, float]) -> dict[str, float]:
    """Average the weights of each category over the codes of a scale."""
    weights_of = defaultdict(list)
    for code, weight in scale.items():
        name = category(code)
        if name is not None:
            weights_of[name].append(weight)
    return {name: float(np.mean(weights)) for name, weights in weights_of.items()}


def variants(loaded: Loaded, jitters: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the settings of each scale.

    Scales: as pinned, flat, by PLOVER's categories, and with weights off by up to a quarter. A weight of 0 stays 0, and
    no sign is turned: what kind an act is is not in doubt, only how much it weighs. No weight goes beyond 10, the end
    of the scale. PLOVER's own scores could not be had, so a category weighs the average of its codes as pinned.
    """
    acts = acts_of(loaded.scenario)
    yield "as pinned", []
    yield (
        "flat",
        _settings(acts, {act.name: math.copysign(FLAT, act.goldstein) if act.goldstein else 0.0 for act in acts}),
    )
    weights = category_weights(loaded.scenario.scale)
    yield "PLOVER's categories", _settings(acts, {act.name: _of_category(act, weights) for act in acts})
    for index in range(jitters):
        drawn = {
            act.name: act.goldstein
            * np.random.default_rng([seed, index, address(act.name)]).uniform(1 - JITTER, 1 + JITTER)
            for act in acts
        }
        yield "each weight off by up to 25 %", _settings(acts, drawn)


@dataclass(frozen=True)
class Task:
    """One scenario under one scale. file: as the user names it."""

    file: str
    scale: str
    loaded: Loaded
    runs: int
    seed: int


def tasks_of(files: Sequence[str], settings: Sequence[str], runs: int, jitters: int, seed: int) -> dict[str, Task]:
    """List what is played, by name.

    Parameters: runs, of each ensemble; jitters, how many draws of weights that are off.
    Raises UserError for a scenario that is not sound.
    """
    return {
        f"{file}: {index} {scale}": Task(file, scale, load(file, [*settings, *laid]), runs, seed)
        for file in files
        for index, (scale, laid) in enumerate(variants(load(file, settings), jitters, seed))
    }


def played(task: Task) -> Part:
    """Play one ensemble: a part, its warnings and its headline shares by outcome."""
    simulated = simulate(compile_scenario(task.loaded), task.runs, task.seed, keep_acts_of=0, take=lambda block: None)
    shares = {
        estimate.name: estimate.value
        for estimate in estimates(simulated.totals.tally)
        if estimate.headline and estimate.kind == "share"
    }
    warnings = [f"warning: {task.file}, {task.scale}: {warning.text}" for warning in task.loaded.warnings]
    return {"shares": shares, "warnings": warnings}


def share_rows(
    tasks: Mapping[str, Task],
    note: Callable[[str], object],
    each: Callable[[int], object],
    parts: Parts = NOT_KEPT,
) -> list[dict[str, Any]]:
    """Play scenarios under each scale.

    Parameters: tasks, as `tasks_of` lists them; note, takes warnings; each, called with 1 after each ensemble; parts,
    where finished ones are kept.
    Returns a row for each headline share, scenario and scale: the middle of the scale's ensembles and their range.
    """
    values_of: dict[tuple[str, str, str], list[float]] = {}
    warnings: dict[str, None] = {}
    for task, part in zip(tasks.values(), parts.collect(played, tasks, 1, each), strict=True):  # it plays in threads
        warnings |= dict.fromkeys(part["warnings"])
        for outcome, value in part["shares"].items():
            values_of.setdefault((outcome, task.file, task.scale), []).append(value)
    for warning in warnings:
        note(warning)
    return [
        {
            "outcome": outcome,
            "scenario": file,
            "scale": scale,
            "share": float(np.median(values)),
            "lowest": min(values),
            "highest": max(values),
        }
        for (outcome, file, scale), values in values_of.items()
    ]


def _of_category(act: NamedAction, weights: dict[str, float]) -> float:
    name = category(act.entry.cameo) if act.entry.cameo is not None else None
    weight = weights.get(name, act.goldstein) if name is not None else act.goldstein
    return weight if weight * act.goldstein > 0.0 else act.goldstein


def _settings(acts: list[NamedAction], weights: dict[str, float]) -> list[str]:
    return [f"actions.{act.name}.goldstein={float(np.clip(weights[act.name], -10.0, 10.0))!r}" for act in acts]
