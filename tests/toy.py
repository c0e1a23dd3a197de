"""Toy scenarios: a few actors, one law at a time. And what many tests do with any scenario: play it, compare it."""

import zlib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
import yaml

from sim.engine import phases
from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.engine.loop import play_runs
from sim.rules.arrays import COUNT, RISEN
from sim.scenario.compile import Compiled
from sim.scenario.load import load

START = date(2000, 1, 1)
CENTURY = 36_525  # days, the longest clock that a scenario may have
WITHOUT_JIT = bool(numba.config.DISABLE_JIT)
needs_the_compiler = pytest.mark.skipif(
    WITHOUT_JIT, reason="millions of days: without the compiler this takes minutes and tests no other code"
)


def runs(many: int, few: int = 1) -> range:
    """So many runs; only a few without the compiler, where a run takes three hundred times as long."""
    return range(few if WITHOUT_JIT else many)


def day(index: int) -> date:
    """The date of a toy's day, the first one being 0."""
    return START + timedelta(index)


def toy(
    dyads: Iterable[tuple[str, str]] = (("one", "other"), ("other", "one")),
    weights: Iterable[float] = (-5.0,),
    days: int = CENTURY,
    base: float = 0.0,
    replayed: int = 0,
    **numbers: Any,
) -> dict[str, Any]:
    """A complete scenario: on each dyad, actions of the given Goldstein weights; every actor alike.

    `numbers` sets entries of all actors and pairs (strategy, reciprocity, memory_half_life_days, ...). The actions of a dyad
    are called `target_0`, `target_1`, ... in the order of `weights`. The first `replayed` days are not free.
    """
    dyads, weights = list(dyads), list(weights)
    tones = {
        "hostile": [w for w in weights if w < 0],
        "cooperative": [w for w in weights if w > 0],
        "neutral": [w for w in weights if w == 0],
    }
    entry = {"strategy": "tit_for_tat", "forgiveness": 0.0, "commitment_half_life_days": 60}
    pair = {"reciprocity": 0.0, "memory_half_life_days": 7, "momentum": 0.0, "momentum_half_life_days": 2}
    pair |= {"base_shape": 0.2, "base_mean": 0.02, "generosity": 0.2, "mix_weight": 4}
    entry |= {key: value for key, value in numbers.items() if key not in pair}
    pair |= {key: value for key, value in numbers.items() if key in pair}
    actions: dict[str, Any] = {}
    channels: dict[str, Any] = {}
    for who, whom in dyads:
        for number, weight in enumerate(weights):
            action = {"target": whom, "goldstein": weight, "rung": 1, "meaning": "acts"}
            actions.setdefault(who, {})[f"{whom}_{number}"] = action
        channels.setdefault(who, {})[whom] = {tone: {"base": base} for tone, found in tones.items() if found}
    return {
        "name": "Toy",
        "description": "Does one law hold?",
        "clock": {"start": START, "replay_until": day(replayed - 1), "end": day(days - 1)},
        "rules": {
            "average_mark": 0.5,
            "rarity": 0.0,
            "rarity_from": 2.0,
            "cooperation_heals": 0.5,
            "threat_opens": 1.0,
            "demand_opens": 0.5,
            "imposition_leaves": 0.5,
            "misperception_sd": 0.0,
            "misperception_bias": 0.0,
        },
        "rungs": {"0": "still", "1": "stirring"},
        "parameters": {},
        "actors": {name: {"label": name, **entry} for name in sorted({name for dyad in dyads for name in dyad})},
        "actions": actions,
        "pairs": {"state_to_state": pair},
        "channels": channels,
    }


def compiled(folder: Path, scenario: dict[str, Any], *settings: str) -> Compiled:
    """A scenario given as plain data, through a file as everybody's."""
    text = yaml.safe_dump(scenario, sort_keys=False)
    path = folder / f"toy_{zlib.crc32(text.encode()):08x}.yaml"
    path.write_text(text)
    return compile_scenario(load(path, settings))


def shipped(name: str = "baseline", *settings: str) -> Compiled:
    """A scenario that ships, with settings laid over it."""
    return compile_scenario(load(name, settings))


def force(name: str, *days: int, start: date = START) -> dict[str, Any]:
    """Entries of `acts` that make one act happen on some days."""
    return {
        f"{name.replace('.', '_')}_{index}": {"act": name, "date": start + timedelta(index), "do": "force"}
        for index in days
    }


def records(scenario: Compiled, seed: int, which: range) -> list[tuple[np.ndarray, np.ndarray]]:
    """(acts, tensions) of each run, by the compiled engine."""
    return [(acts.copy(), tensions.copy()) for _, acts, tensions in play_runs(scenario, seed, which)]


def counts(scenario: Compiled, which: range, seed: int = 1) -> np.ndarray:
    """int64 (runs, actions): how often each action is done in each run."""
    return np.array([acts.sum(axis=0, dtype=np.int64) for _, acts, _ in play_runs(scenario, seed, which)])


def columns(scenario: Compiled, actors: Iterable[str]) -> list[int]:
    """The columns of the record that hold the acts of some actors."""
    actors = set(actors)
    return [column for column, act in enumerate(scenario.acts) if act.actor in actors]


def look(model: Crisis) -> None:
    """Draw the morning's picture anew and let everyone weigh what it could do, without a day passing."""
    day, tables = model.day, model.compiled.tables
    unused = np.zeros(len(model.compiled.acts), np.uint8)
    with np.errstate(over="ignore"):
        phases.morning(day, tables, model.state)
        for actor in range(len(model.compiled.actors)):
            phases.decide(actor, day, model.seed, model.run, tables, model.state, model.reasons, unused)


def picture(model: Crisis, column: int, actor: str) -> float:
    """One number of this morning's picture."""
    look(model)
    return float(model.state.picture[model.compiled.actors.index(actor), column])


def term(model: Crisis, column: int, act: str) -> float:
    """One term of an action's hazard this morning: AVAILABLE, SHARE, ACTION_DRIVES or HAZARD."""
    look(model)
    return float(model.reasons.actions[[other.name for other in model.compiled.acts].index(act), column])


def set_facts(model: Crisis, **counts: int) -> None:
    """Make facts so, as if they had risen on the first day of the clock."""
    for name, count in counts.items():
        model.state.facts[COUNT, model.compiled.facts.index(name)] = count
        model.state.facts[RISEN, model.compiled.facts.index(name)] = 0


def set_marks(model: Crisis, array: np.ndarray, kind: int, who: str, of: str, amount: float) -> None:
    """Set what `who` remembers of (or has promised to) `of`."""
    array[kind, model.compiled.actors.index(who), model.compiled.actors.index(of)] = amount


def night(model: Crisis, *acts: str) -> None:
    """Let some acts land tonight, whatever luck and the schedule say; the day does not advance."""
    done = np.array([act.name in acts for act in model.compiled.acts], np.uint8)
    assert done.sum() == len(acts), f"not all of {acts} are actions"
    with np.errstate(over="ignore"):
        phases.night(model.day, model.seed, model.run, model.compiled.tables, model.state, done.nonzero()[0])
