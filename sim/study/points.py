"""The points of a study, in the units of its scenario: a design over its ranges, less what its constraints refuse."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.study.constraints import Constraint
from sim.study.design import cube, scaled, whole_levels
from sim.study.schema import Study

Ranges = Mapping[str, tuple[float, float]]
MOST_DRAWN = 1000  # times as many as are wanted; of a hypercube of which fewer meet the constraints, nothing is made


class Points(NamedTuple):
    """Rows of a design, float64 (points, numbers), how many were drawn to have them, and how many of these broke a constraint."""

    rows: np.ndarray
    drawn: int
    broken: int


def points_of(study: Study, ranges: Ranges, constraints: Sequence[Constraint], fixed: Mapping[str, float]) -> Points:
    """Make the points of a study.

    A grid loses the points that break a constraint. A Latin hypercube is drawn again, with the next seeds, until as many
    points as are wanted meet all of them: its numbers are then no longer spread evenly, each by itself.

    Parameters
    ----------
    ranges : of each number that is varied.
    constraints : that every point must meet.
    fixed : numbers that constraints name and nothing varies.
    """
    if study.point_list:
        rows = np.array([[point[key] for key in study.vary] for point in study.point_list], float)
        return Points(rows, len(rows), 0)
    seeds = itertools.chain([study.seed], _further_seeds(study.seed))
    sound, drawn, broken = np.zeros((0, len(ranges))), 0, 0
    for seed in seeds:
        rows = _drawn(study, ranges, seed)
        holds = meets(rows, list(ranges), constraints, fixed)
        sound = np.concatenate([sound, rows[holds]])
        drawn, broken = drawn + len(rows), broken + int((~holds).sum())
        if study.design != "lhs" or len(sound) >= study.points or drawn >= MOST_DRAWN * study.points:
            break
    return Points(sound[: study.points] if study.design == "lhs" else sound, drawn, broken)


def meets(
    rows: np.ndarray, keys: Sequence[str], constraints: Sequence[Constraint], fixed: Mapping[str, float]
) -> np.ndarray:
    """Tell of each row whether it meets every constraint: bool (points,). Parameters as of `points_of`."""
    columns: dict[str, np.ndarray | float] = {**fixed, **{key: rows[:, index] for index, key in enumerate(keys)}}
    sound = np.ones(len(rows), bool)
    for constraint in constraints:
        sound &= constraint.holds(columns)
    return sound


def _further_seeds(seed: int) -> Iterator[int]:
    """Yield the seeds of hypercubes after the first: children of the study's, whatever their number."""
    for index in itertools.count():
        child = np.random.SeedSequence(seed, spawn_key=(index,))
        yield int(child.generate_state(1, np.uint64)[0] >> np.uint64(1))


def _drawn(study: Study, ranges: Ranges, seed: int) -> np.ndarray:
    """Draw a design once, and scale it: float64 (points, numbers)."""
    unit = cube(study.design, len(ranges), study.points, seed)
    columns = []
    for index, (key, (low, high)) in enumerate(ranges.items()):
        spread = study.vary[key]
        if study.design == "grid" and spread.integer:
            places = np.rint(unit[:, index] * (study.points - 1)).astype(int) if study.points > 1 else 0
            columns.append(np.broadcast_to(whole_levels(study.points, spread, low, high)[places], len(unit)))
        else:
            columns.append(scaled(unit[:, index], spread, low, high))
    return np.stack(columns, axis=1) if columns else unit
