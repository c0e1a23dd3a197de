"""What each idea adds on days that were not fitted: nats per hostile act-day, with 95 % intervals over pairs.

Every day counts alike here: the volume of a day's news is known only the next day.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.evidence.dyad_filter import drawn, followed, scored
from sim.evidence.dyads import KINDS, Dyads
from sim.evidence.pair_numbers import Numbers, shipped
from sim.evidence.pooling import Pooled
from sim.results.intervals import drawn_again, middle

STATES = next(iter(KINDS))
MONTH_DAYS = 30
LIKELIEST_SD = 0.7  # of the log of a base that is one number: 95 % within a factor of four, as ranges of bases are
POINTS = 120  # of the grid on which the likeliest base is looked for, four sd either way
DRAWS = 4000
EVERY_KIND = "all"
SHIPPED, FITTED, ALIKE = "the model's", "fitted, medians over pairs", "fitted, all pairs alike"


def gain_rows(pooled: Mapping[str, Pooled]) -> list[dict[str, Any]]:
    """Compare forecasts of the days after the fit, kind by kind and all together.

    Parameters: pooled, by kind; kinds with too few pairs are left out.
    Returns a row for each comparison: what is compared, with whose numbers, the gain per hostile act-day and its interval.
    """
    rows = []
    for label, numbers in (
        (FITTED, {kind: fit.numbers() for kind, fit in pooled.items()}),
        (SHIPPED, {kind: shipped(kind) for kind in pooled}),
    ):
        gains = {kind: _of_bases(fit, numbers[kind]) for kind, fit in pooled.items()}
        rows += [row | {"numbers": label} for row in _rows(pooled, gains)]
        if STATES in pooled:
            at_home = {kind: fit for kind, fit in pooled.items() if kind != STATES}
            by_kind = {kind: _of_kinds(fit, numbers[kind], numbers[STATES]) for kind, fit in at_home.items()}
            rows += [row | {"numbers": label} for row in _rows(at_home, by_kind)]
    for label, fitted in (
        (FITTED, {kind: fit.numbers() for kind, fit in pooled.items()}),
        (ALIKE, {kind: fit.alike for kind, fit in pooled.items()}),
    ):
        against = {
            kind: {"over the model's numbers": _after(fit, fitted[kind]) - _after(fit, shipped(kind))}
            for kind, fit in pooled.items()
        }
        rows += [row | {"numbers": label} for row in _rows(pooled, against)]
    return rows


def _of_bases(fit: Pooled, numbers: Numbers) -> dict[str, np.ndarray]:
    """Compute what a base that is learned day by day adds to one that is not, by comparison: float64 (P,) each."""
    end, month = fit.fit_days, max(0, fit.fit_days - MONTH_DAYS)
    whole = _after(fit, numbers)
    return {
        "learned base over the same base frozen": whole - _after(fit, numbers, (0, end)),
        "learned base over the likeliest value": whole - _likeliest(fit, numbers, 0),
        "learned base over the likeliest value, from a month's record": _after(fit, numbers, (month, None))
        - _likeliest(fit, numbers, month),
    }


def _of_kinds(fit: Pooled, numbers: Numbers, of_states: Numbers) -> dict[str, np.ndarray]:
    """Compute what a kind's own numbers add to those of states, the prior of its bases the same: float64 (P,)."""
    acts_alone = Numbers(
        of_states.momentum,
        of_states.momentum_days,
        of_states.reciprocity,
        of_states.memory_days,
        numbers.shape,
        numbers.mean,
    )
    return {"numbers by kind over the states'": _after(fit, numbers) - _after(fit, acts_alone)}


def _after(fit: Pooled, numbers: Numbers, learn: tuple[int, int | None] = (0, None)) -> np.ndarray:
    """ln L of each pair's days after the fit: float64 (P,). learn: the days that teach, None to the last of all."""
    dyads, until = fit.dyads, learn[1]
    days = (learn[0], dyads.acted.shape[1] if until is None else until)
    hazards = followed(dyads.acted, dyads.own_marks, dyads.other_marks, numbers, days).hazards
    return np.asarray(scored(dyads.acted, hazards)[:, fit.fit_days :].sum(axis=1))


def _likeliest(fit: Pooled, numbers: Numbers, first: int) -> np.ndarray:
    """ln L of each pair's days after the fit at its likeliest base, log-normal beforehand: float64 (P,).

    Parameters: first, the first day of the record from which it is found.
    """
    dyads, end = fit.dyads, fit.fit_days
    answers = numbers.reciprocity * drawn(dyads.other_marks, numbers.memory_days)
    answers += numbers.momentum * drawn(dyads.own_marks, numbers.momentum_days)
    deviates = np.linspace(-4.0, 4.0, POINTS)
    bases = numbers.mean * np.exp(LIKELIEST_SD * deviates)
    acted, before = dyads.acted[:, first:end], answers[:, first:end]
    ln_l = np.array([scored(acted, base + before).sum(axis=1) for base in bases]) - 0.5 * deviates[:, None] ** 2
    best = bases[np.argmax(ln_l, axis=0)]
    return np.asarray(scored(dyads.acted[:, end:], best[:, None] + answers[:, end:]).sum(axis=1))


def _rows(pooled: Mapping[str, Pooled], gains: Mapping[str, Mapping[str, np.ndarray]]) -> list[dict[str, Any]]:
    """One row for each comparison and kind, and one for all kinds together."""
    acts = {kind: _acts_after(fit.dyads, fit.fit_days) for kind, fit in pooled.items()}
    rows = []
    for comparison in dict.fromkeys(name for by_name in gains.values() for name in by_name):
        for kind in gains:
            rows.append({"comparison": comparison, "kind": kind} | gain_per_act(gains[kind][comparison], acts[kind]))
        together = [
            np.concatenate([part[kind] for kind in gains])
            for part in ({k: v[comparison] for k, v in gains.items()}, acts)
        ]
        if len(gains) > 1:
            rows.append({"comparison": comparison, "kind": EVERY_KIND} | gain_per_act(*together))
    return rows


def _acts_after(dyads: Dyads, fit_days: int) -> np.ndarray:
    return np.asarray(dyads.acted[:, fit_days:].sum(axis=1))


def gain_per_act(gains: np.ndarray, acts: np.ndarray) -> dict[str, Any]:
    """Return a gain per act with its 95 % interval, pairs drawn again; NaN where there is no act.

    Parameters: gains, float64 (P,), nats of each pair; acts, int64 (P,), its days of acts.
    """
    total = int(np.sum(acts))
    about = {"pairs": len(gains), "act_days": total}
    if total == 0:
        return {"gain": math.nan, "low": math.nan, "high": math.nan} | about
    weights = drawn_again(np.random.default_rng(0), len(gains), DRAWS)
    with np.errstate(invalid="ignore", divide="ignore"):  # pairs without any act, drawn alone
        low, high = middle((weights @ gains) / (weights @ acts))
    return {"gain": float(np.sum(gains)) / total, "low": float(low), "high": float(high)} | about
