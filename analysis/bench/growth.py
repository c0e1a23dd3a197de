"""Measure how time grows: with runs, days, actors and actions, in scenarios made for it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import yaml

from sim.engine.learning import compile_scenario
from sim.results.simulate import simulate
from sim.scenario.compile import Compiled
from sim.scenario.load import load

START = date(2000, 1, 1)
RUNS = 400


@dataclass(frozen=True)
class Growth:
    """Time against one size: the exponent of a power law, 1 where it is linear."""

    size_name: str
    sizes: list[int]
    seconds: list[float]

    @property
    def exponent(self) -> float:
        """Fit the exponent by least squares of logarithms."""
        return float(np.polyfit(np.log(self.sizes), np.log(self.seconds), 1)[0])


def ring(actors: int, actions: int, days: int) -> dict[str, Any]:
    """Make a scenario of actors who each act hostilely to the next one.

    The hazard of an actor is the same however many its actions are.
    """
    names = [f"actor_{index:03d}" for index in range(actors)]
    actor = {"strategy": "tit_for_tat", "forgiveness": 0.3, "commitment_half_life_days": 60}
    following = dict(zip(names, [*names[1:], names[0]], strict=True))
    rules = {"average_mark": 0.5, "rarity": 0.0, "rarity_from": 2.0, "cooperation_heals": 0.5, "threat_opens": 1.0}
    rules |= {"demand_opens": 0.5, "imposition_leaves": 0.5, "misperception_sd": 0.0, "misperception_bias": 0.0}
    pair = {"reciprocity": 0.3, "memory_half_life_days": 7, "momentum": 0.2, "momentum_half_life_days": 3}
    pair |= {"base_shape": 0.2, "base_mean": 0.02, "generosity": 0.16, "mix_weight": 4}
    return {
        "name": "Ring",
        "description": "How long does it take?",
        "clock": {"start": START, "replay_until": START - timedelta(1), "end": START + timedelta(days - 1)},
        "rungs": {"0": "nothing", "1": "an act"},
        "rules": rules,
        "parameters": {},
        "actors": {name: {"label": name, **actor} for name in names},
        "actions": {
            name: {
                f"act_{index:03d}": {"target": following[name], "goldstein": -5, "rung": 1, "meaning": "acts"}
                for index in range(actions)
            }
            for name in names
        },
        "pairs": {"state_to_state": pair},
        "channels": {name: {following[name]: {"hostile": {"base": 0.02}}} for name in names},
        "outcomes": {"acts": {"metric": "count", "acts": {"tone": "hostile"}, "meaning": "hostile acts"}},
    }


def compiled_ring(folder: Path, actors: int = 4, actions: int = 8, days: int = 400) -> Compiled:
    """Write such a scenario into a folder, and compile it."""
    path = folder / f"ring_{actors}_{actions}_{days}.yaml"
    path.write_text(yaml.safe_dump(ring(actors, actions, days), sort_keys=False))
    return compile_scenario(load(path))


def growths(folder: Path, rounds: int) -> Iterator[Growth]:
    """Measure time against each size, all else alike; medians of some rounds, on one thread."""
    baseline = compile_scenario(load("baseline"))
    yield _growth("runs", [500, 1000, 2000, 4000], lambda size: (baseline, size), rounds)
    yield _growth("days", [200, 400, 800, 1600], lambda size: (compiled_ring(folder, days=size), RUNS), rounds)
    yield _growth("actors", [4, 8, 16, 32], lambda size: (compiled_ring(folder, actors=size), RUNS), rounds)
    yield _growth("actions", [8, 16, 32, 64], lambda size: (compiled_ring(folder, actions=size), RUNS), rounds)


def _growth(size_name: str, sizes: list[int], prepare: Callable[[int], tuple[Compiled, int]], rounds: int) -> Growth:
    prepared = [prepare(size) for size in sizes]
    for compiled, _ in prepared:
        simulate(compiled, 20, threads=1)
    seconds = [[_seconds(compiled, runs) for compiled, runs in prepared] for _ in range(rounds)]
    return Growth(size_name, sizes, [median(column) for column in zip(*seconds, strict=True)])


def _seconds(compiled: Compiled, runs: int) -> float:
    start = time.perf_counter()
    simulate(compiled, runs, threads=1, keep_acts_of=0, take=lambda block: None)
    return time.perf_counter() - start
