"""What each case says of the term weight × (1 - shield): ln L of one actor's acts, over a grid of weights.

What can identify it is change within a case: bases are learned within each, so levels say nothing. The term says that
severe acts of the actor fall as pressure builds up, and fall less where somebody stands behind it.
The weight may be below 0 on the grid, so that an interval may hold 0 within it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from sim.evidence.likelihood import Scorer
from sim.evidence.parts import Part
from sim.evidence.pool_cases import Member, Shield, holding
from sim.evidence.pool_kind import Term
from sim.evidence.priors import Prior
from sim.results.intervals import student_reach
from sim.scenario.revalue import Revaluer

NODES = np.array([-8.0, -6.0, -4.0, *range(-3, 7), 8.0, 10.0, 12.0, 14.0, 16.0])
FINE = np.linspace(NODES[0], NODES[-1], 481)
FROM_ZERO = FINE >= -1e-9
ZERO = int(np.argmin(np.abs(FINE)))
HALF_CHI_SQUARE = 1.920729410347062  # by so much ln L falls at either end of a 95 % interval (Wilks 1938)
FLAT = 1e-6  # a curve that moves less says nothing
Row = dict[str, Any]


class TermScorer:
    """Scores one case's acts of the actor at any weight and shield, the other shared numbers held.

    Parameters: values, float64 (numbers,), of the shared numbers in the order of the case's keys.
    """

    def __init__(self, member: Member, term: Term, values: np.ndarray):
        self.member, self.term, self.values = member, term, values.astype(float)
        self.place = member.case.keys.index(term.weight)
        self.revaluers: dict[float | None, Revaluer] = {}
        self.scorer = Scorer(self.revaluer(None).compiled)

    def revaluer(self, shield: float | None) -> Revaluer:
        """Return what makes the case with a shield at other values of its shared numbers; None, its own."""
        if shield not in self.revaluers:
            case = self.member.case
            if shield is not None:
                case = holding(case, {self.term.shield: shield})
            self.revaluers[shield] = case.revaluer()
        return self.revaluers[shield]

    def live(self, schedule: np.ndarray, shield: float | None = None) -> None:
        """Put other acts in place of the record's, int8 (days, actions), as long as nobody asks for another shield."""
        revaluer = self.revaluer(shield)
        tables = revaluer.compiled.tables._replace(schedule=schedule)
        revaluer.compiled = replace(revaluer.compiled, tables=tables)

    def ln_l(self, weight: float, shield: float | None = None) -> float:
        """Compute ln L of the actor's acts, by default at the case's own shield.

        Where nobody stands behind the actor, a shield that is tried takes its part from the weight: that is the same.
        """
        row = self.values.tolist()
        if self.member.shield.is_given:
            row[self.place] = weight
        else:
            row[self.place], shield = weight * (1.0 - (shield or 0.0)), None
        case, compiled = self.member.case, self.revaluer(shield).tables_at(row)
        return self.scorer.score_actor(compiled, case.first, case.last, self.member.actor)

    def over(self, weights: np.ndarray, shield: float | None = None) -> np.ndarray:
        """Compute ln L at several weights: float64 (weights,)."""
        return np.array([self.ln_l(float(weight), shield) for weight in weights])


@dataclass(frozen=True)
class TermTask:
    """A table that is wanted of one case."""

    member: Member
    term: Term
    values: np.ndarray  # at the peak of all cases
    without_term: np.ndarray  # at the peak of all cases without the term
    shields: list[float]  # of all cases: value, low and high, each once


def term_part(task: TermTask) -> Part:
    """Tabulate one case, as a part: ln L over the weights, at each shield, and how far pressure moved.

    `own` (3, nodes) is at its own shield, its low and its high, the other numbers as all cases have them; `assigned`
    (shields, nodes) at every case's, the others as they are without the term, so that no assignment is favoured.
    """
    member, shield = task.member, task.member.shield
    here = TermScorer(member, task.term, task.values)
    there = TermScorer(member, task.term, task.without_term)
    felt = here.scorer.pressures(here.revaluer(None).compiled, member.case.first, member.case.last, member.actor)
    return {
        "own": np.array([here.over(NODES, value) for value in (None, shield.low, shield.high)]),
        "assigned": np.array([there.over(NODES, value) for value in task.shields]),
        "pressure": felt[:, 0],
        "shield": felt[:, 1],
    }


def all_shields(shields: Sequence[Shield]) -> list[float]:
    """List every shield of the cases, value, low and high, each once."""
    return sorted({value for shield in shields for value in (shield.value, shield.low, shield.high)})


def curve(nodes: np.ndarray, ln_l: np.ndarray, weights: np.ndarray = FINE) -> np.ndarray:
    """Interpolate ln L between nodes by cubic splines, along the last axis."""
    return np.asarray(CubicSpline(nodes, ln_l, axis=-1)(weights))


@dataclass(frozen=True)
class Estimate:
    """The likeliest weight, and where ln L has fallen by what 95 % ask for; an end of the grid where it does not."""

    value: float
    low: float
    high: float
    low_is_open: bool
    high_is_open: bool


def estimate(ln_l: np.ndarray) -> Estimate:
    """Estimate the weight from ln L over `FINE`; NaN where it says nothing."""
    if np.ptp(ln_l) < FLAT:
        return Estimate(math.nan, float(FINE[0]), float(FINE[-1]), True, True)
    best = int(np.argmax(ln_l))
    inside = np.flatnonzero(ln_l >= ln_l[best] - HALF_CHI_SQUARE)
    first, last = int(inside[0]), int(inside[-1])
    return Estimate(float(FINE[best]), float(FINE[first]), float(FINE[last]), first == 0, last == len(FINE) - 1)


def with_prior(ln_l: np.ndarray, prior: Prior) -> Row:
    """Return median and 95 % of the weight under its prior, half-normal from 0 on, from ln L over `FINE`."""
    weights = FINE[FROM_ZERO]
    log_density = ln_l[FROM_ZERO] - 0.5 * (weights / prior.first) ** 2
    density = np.exp(log_density - np.max(log_density))
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2.0)])
    median, low, high = np.interp(np.array([0.5, 0.025, 0.975]) * below[-1], below, weights)
    return {"posterior_median": float(median), "posterior_low": float(low), "posterior_high": float(high)}


def gains_left_out(curves: np.ndarray) -> np.ndarray:
    """Compute how much likelier the term makes each case's acts, at the weight that the others ask for.

    Parameters: curves, float64 (cases, FINE), ln L of each. The weight is 0 or more.
    Returns float64 (cases,), in nats; NaN for one case alone.
    """
    if len(curves) < 2:
        return np.full(len(curves), np.nan)
    others = (curves.sum(axis=0) - curves)[:, FROM_ZERO]
    best = np.argmax(others, axis=1)
    mine = curves[:, FROM_ZERO]
    return np.asarray(mine[range(len(curves)), best] - curves[:, ZERO])


def sum_over_cases(values: np.ndarray) -> tuple[float, float, float]:
    """Return the sum of a number over cases, with a 95 % interval over cases (Student 1908); NaN ends for under three."""
    total, count = float(values.sum()), len(values)
    if count < 3:
        return total, math.nan, math.nan
    reach = student_reach(math.sqrt(count) * float(values.std(ddof=1)), count - 1.0)
    return total, total - reach, total + reach


def term_rows(names: Sequence[str], tables: Sequence[Part], prior: Prior) -> list[Row]:
    """Return a row for each case and one for all together, at shields as they are, at their low and at their high.

    knows: the case's share of what all say of the weight, by how ln L bends at the likeliest weight of all, at least 0.
    """
    rows = []
    for index, label in enumerate(("value", "low", "high")):
        curves = curve(NODES, np.array([table["own"][index] for table in tables]))
        together = estimate(curves.sum(axis=0))
        gains, shares = gains_left_out(curves), _knowing(curves)
        for place, name in enumerate(names):
            row = {"case": name, "shields": label, **estimate(curves[place]).__dict__}
            row |= {"gain_left_out": float(gains[place]), "knows": float(shares[place])}
            rows.append(row | with_prior(curves[place], prior))
        total, low, high = sum_over_cases(gains)
        everyone = {"case": ALL, "shields": label, **together.__dict__, "gain_left_out": total, "knows": 1.0}
        everyone |= with_prior(curves.sum(axis=0), prior)
        rows.append(everyone | {"gain_low": low, "gain_high": high})
    return [{"gain_low": math.nan, "gain_high": math.nan, **row} for row in rows]


ALL = "all together"


def _knowing(curves: np.ndarray) -> np.ndarray:
    """float64 (cases,): the part of each case in the curvature of all, where all together are likeliest."""
    step = FINE[1] - FINE[0]
    best = min(max(int(np.argmax(curves.sum(axis=0))), 20), len(FINE) - 21)
    bends = -(curves[:, best + 20] - 2.0 * curves[:, best] + curves[:, best - 20]) / (20.0 * step) ** 2
    known = np.maximum(bends, 0.0)
    return known / max(float(known.sum()), 1e-12)


def pressure_rows(names: Sequence[str], tables: Sequence[Part]) -> list[Row]:
    """Return a row for each case: how far the pressure on the actor moved over the scored days."""
    return [
        {
            "case": name,
            "pressure_min": float(table["pressure"].min()),
            "pressure_mean": float(table["pressure"].mean()),
            "pressure_max": float(table["pressure"].max()),
            "days_above_zero": int((table["pressure"] > 0.0).sum()),
            "days": len(table["pressure"]),
            "shield_mean": float(table["shield"].mean()),
        }
        for name, table in zip(names, tables, strict=True)
    ]
