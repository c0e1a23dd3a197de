"""How large must the term be to be seen? The same cases, simulated with it at several weights, and looked at as they were.

Each case keeps its record up to the first scored day. From there on its actors act by luck, with the shared numbers of
all cases, the term at a weight, and bases drawn from what its whole record teaches under that weight. Each simulated
gallery is tabulated as the true one is, over x = weight × (1 - shield), and counted twice: whether the interval of the
weight lies above 0, and whether the permutation test finds the true assignment of shields in twenty or better.
What recent support adds to a shield is that of the case's own, whatever is assigned to it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from sim.engine.learning import taught_by_its_replay
from sim.engine.loop import play_runs
from sim.evidence.parts import Part
from sim.evidence.pool_cases import Member
from sim.evidence.pool_kind import Term
from sim.evidence.pool_permutation import permuted
from sim.evidence.pool_term import FINE, TermScorer, curve, estimate
from sim.evidence.priors import Prior
from sim.results.intervals import NORMAL, wilson
from sim.rules.arrays import FORCED, FREE, WITHHELD

X_NODES = np.array([-8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0])
WEIGHTS = np.linspace(0.0, FINE[-1], 33)  # at which assignments are compared
WIDEST_SHIELD = 0.95  # at a shield of 1 no weight reaches any x
LEVEL = 0.05
WANTED = 0.9
STEPS = 5  # of true weights, from 0 to the top of the prior's 95 %
Row = dict[str, Any]


@dataclass(frozen=True)
class PowerTask:
    """Simulations that are wanted of one case, the term at one weight."""

    member: Member
    term: Term
    values: np.ndarray  # float64 (numbers,), at the peak of all cases
    weight: float
    runs: int
    seed: int


def true_weights(prior: Prior) -> list[float]:
    """List the weights at which cases are simulated."""
    return [float(weight) for weight in np.linspace(0.0, NORMAL * prior.first, STEPS)]


def power_part(task: PowerTask) -> Part:
    """Simulate a case, and tabulate ln L of the actor's acts in each run over x: float64 (runs, nodes), as a part."""
    member = task.member
    shield = min(member.shield.value, WIDEST_SHIELD)
    replaced = WIDEST_SHIELD if shield < member.shield.value else None
    scorer, curves = TermScorer(member, task.term, task.values), []
    for schedule in simulated(task):
        scorer.live(schedule, replaced)
        curves.append(scorer.over(X_NODES / (1.0 - shield), replaced))
    return {"curves": np.array(curves)}


def simulated(task: PowerTask) -> list[np.ndarray]:
    """Simulate a case from its first scored day on: int8 (days, actions), the acts of each run."""
    case = task.member.case
    values = task.values.copy()
    values[case.keys.index(task.term.weight)] = task.weight
    compiled = taught_by_its_replay(case.revaluer().tables_at(values.tolist()))
    schedule = compiled.tables.schedule.copy()
    schedule[compiled.day(case.first) :] = FREE
    free = replace(compiled, tables=compiled.tables._replace(schedule=schedule))
    return [
        np.where(acts > 0, FORCED, WITHHELD).astype(np.int8)
        for _, acts, _ in play_runs(free, task.seed, range(task.runs), thinned=False)
    ]


def power_rows(members: Sequence[Member], tables: dict[float, list[Part]], seed: int) -> list[Row]:
    """Return a row for each weight: in how many simulated galleries it was seen, by interval and by permutation.

    Parameters: tables, of each weight one part for each case.
    """
    rows = []
    shields = np.array([member.shield.value for member in members])
    for weight, parts in tables.items():
        galleries = np.stack([part["curves"] for part in parts], axis=1)  # runs, cases, nodes
        estimates = [estimate(_together(gallery, shields)) for gallery in galleries]
        by_interval = sum(weighed.low > 0.0 for weighed in estimates)
        by_permutation = _found_by_permutation(galleries, shields, seed)
        rows.append(
            {
                "weight": weight,
                "runs": len(galleries),
                "median_estimate": float(np.median([weighed.value for weighed in estimates])),
                "mean_estimate": float(np.mean([weighed.value for weighed in estimates])),
                "sd_estimate": float(np.std([weighed.value for weighed in estimates], ddof=1))
                if len(estimates) > 1
                else 0.0,
                "covered": sum(weighed.low <= weight <= weighed.high for weighed in estimates) / len(galleries),
                **_share("interval", by_interval, len(galleries)),
                **_share("permutation", by_permutation, len(galleries)),
            }
        )
    return rows


@dataclass(frozen=True)
class Calibrated:
    """The true weights of 0 or more under which simulated galleries give an estimate such as the observed one.

    low, high: where the observed estimate lies within the middle 95 % of those of simulated galleries, taken as normal;
    both NaN where it lies below what even a weight of 0 gives.
    """

    low: float
    high: float
    high_is_open: bool  # the heaviest weight that was tried still gives it


def calibrated(observed: float, rows: Sequence[Row]) -> Calibrated:
    """Turn an estimate into an interval of true weights, by what simulated galleries give (Neyman 1937).

    Bases that are learned day by day take up some of what changes slowly, so the estimate is drawn toward, and at 0
    below, the truth, and where ln L falls by 1.92 is too near. Between weights mean and spread are taken as straight.
    Parameters: rows, as `power_rows` returns them, in the order of weights.
    """
    tried = [row["weight"] for row in rows]
    weights = np.linspace(tried[0], tried[-1], 801)
    means, sds = (np.interp(weights, tried, [row[f"{name}_estimate"] for row in rows]) for name in ("mean", "sd"))
    fitting = weights[np.abs(observed - means) <= NORMAL * sds]
    if not len(fitting):
        beyond = observed > means[-1]
        return (
            Calibrated(float(weights[-1]), float(weights[-1]), True)
            if beyond
            else Calibrated(math.nan, math.nan, False)
        )
    return Calibrated(float(fitting[0]), float(fitting[-1]), bool(fitting[-1] == weights[-1]))


def _together(gallery: np.ndarray, shields: np.ndarray) -> np.ndarray:
    """Ln L of a gallery over weights, each case at its own shield: float64 (FINE,), of (cases, nodes)."""
    each = [curve(X_NODES, row, FINE * (1.0 - shield)) for row, shield in zip(gallery, shields, strict=True)]
    return np.asarray(np.sum(each, axis=0))


def _found_by_permutation(galleries: np.ndarray, shields: np.ndarray, seed: int) -> int:
    """In how many galleries p is 5 % or less."""
    x = WEIGHTS[None, :] * (1.0 - shields[:, None])
    return sum(permuted(curve(X_NODES, gallery, x), 0, seed).p <= LEVEL for gallery in galleries)


def _share(name: str, hits: int, runs: int) -> Row:
    low, high = wilson(hits, runs)
    return {f"by_{name}": hits / runs, f"by_{name}_low": float(low), f"by_{name}_high": float(high)}


def seen_in_nine_of_ten(rows: Sequence[Row], name: str) -> tuple[float, float, float]:
    """Return the weight that would be seen in nine of ten, with the ends that the number of runs leaves.

    Infinite where no weight that was tried reaches so far. Between weights the share is taken as straight.
    name: interval or permutation.
    """
    return tuple(_crossing(rows, f"by_{name}{end}") for end in ("", "_high", "_low"))  # type: ignore[return-value]


def _crossing(rows: Sequence[Row], column: str) -> float:
    for before, after in pairwise(rows):
        low, high = before[column], after[column]
        if high >= WANTED:
            if low >= WANTED:
                return float(before["weight"])
            return float(before["weight"] + (WANTED - low) / (high - low) * (after["weight"] - before["weight"]))
    return math.inf
