"""Forecasts that know nothing of the model: what it must beat to be worth its rules."""

from datetime import date
from typing import Any

import numpy as np

from sim.evidence.forecast import Forecast
from sim.evidence.scores import normal, poisson
from sim.evidence.truth import Targets, Truth
from sim.optional import needed

PERSISTENCE_DAYS = 30
LEAST = 0.5  # acts of each channel that are added to the record before an origin: what never was is not impossible
LEAST_WEEKS = 20  # of a vector autoregression


def base_rate(truth: Truth, origin: date, horizons: tuple[int, ...]) -> Forecast:
    """Forecast each action as often as in all the record before the origin."""
    days = (origin - truth.first).days
    rates = truth.between(truth.first, days).sum(axis=0) / days + _least(truth, origin)
    return _constant("base rate", truth, origin, horizons, rates)


def _least(truth: Truth, origin: date) -> np.ndarray:
    """float64 (A,): what is added to a rate a day; a channel's actions share it."""
    added = np.zeros(truth.acts.shape[1])
    for name, members in truth.targets.classes.items():
        if not name.startswith("any "):
            added[members] = LEAST / members.sum()
    return added / (origin - truth.first).days


def persistence(truth: Truth, origin: date, horizons: tuple[int, ...]) -> Forecast:
    """Forecast each action as often as in the last thirty days."""
    start = (origin - truth.first).days - PERSISTENCE_DAYS
    rates = truth.acts[start : start + PERSISTENCE_DAYS].sum(axis=0) / PERSISTENCE_DAYS
    return _constant("persistence", truth, origin, horizons, rates + _least(truth, origin))


def _constant(name: str, truth: Truth, origin: date, horizons: tuple[int, ...], rates: np.ndarray) -> Forecast:
    """Acts at constant rates, float64 (A,) a day, each by itself."""
    targets = truth.targets
    of_class = np.array([rates[members].sum() for members in targets.classes.values()])
    counts = np.array([poisson(of_class * days) for days in horizons])
    rungs = np.array([_highest_rung(targets, rates * days) for days in horizons])
    daily = np.tile(-np.expm1(-rates), (min(horizons), 1))
    return Forecast(name, origin, counts, rungs, daily)


def _highest_rung(targets: Targets, means: np.ndarray) -> np.ndarray:
    """Return float64 (dyads, rungs): the highest rung of each dyad, from mean counts of each action."""
    chances = []
    for members in targets.dyads.values():
        above = [means[members & (targets.rungs > rung)].sum() for rung in range(targets.ladder)]
        chances.append(np.diff(np.exp(-np.array(above)), prepend=0.0))
    return np.array(chances)


def autoregression(truth: Truth, origin: date, horizons: tuple[int, ...]) -> Forecast | None:
    """Forecast by a vector autoregression of order 1 (Goldstein & Freeman 1990).

    It is of weekly sums of Goldstein weights.
    Each channel is a series; its sum is turned into a count by the average weight of its acts. It says nothing of
    rungs, single days, roles, or channels whose acts weigh nothing.
    Returns None where fewer than twenty weeks lie before the origin, or fewer than two channels have moved. Raises
    UserError where statsmodels is missing.
    """
    weeks = (origin - truth.first).days // 7
    if weeks < LEAST_WEEKS:
        return None
    var = needed("statsmodels.tsa.api", "backtest", "the baseline of vector autoregression").VAR
    acts = truth.between(truth.first, (origin - truth.first).days)[-7 * weeks :]
    weights = np.abs([act.goldstein for act in truth.compiled.acts])
    names = [
        name
        for name, members in truth.targets.classes.items()
        if not name.startswith("any ") and weights[members].any()
    ]
    sums = np.array([(acts * weights)[:, truth.targets.classes[name]].sum(axis=1) for name in names]).T
    weekly = sums.reshape(weeks, 7, -1).sum(axis=1)
    moving = [
        index for index in range(len(names)) if weekly[:, index].std() > 0.0
    ]  # a series that stands still is left out
    if len(moving) < 2:
        return None
    fitted = var(weekly[:, moving]).fit(1)
    least = LEAST / (origin - truth.first).days
    size = len(truth.targets.classes)
    counts = np.full((len(horizons), size, poisson(np.zeros(1)).shape[-1]), np.nan)
    for horizon, days in enumerate(horizons):
        mean, sd = _sums(fitted, weekly[-1:, moving], days / 7.0)
        for index, name in enumerate(names):
            column = list(truth.targets.classes).index(name)
            if index not in moving:
                counts[horizon, column] = poisson(np.array([least * days]))[0]
                continue
            where, acted = moving.index(index), acts[:, truth.targets.classes[name]]
            typical = float((acted * weights[truth.targets.classes[name]]).sum() / acted.sum())
            counts[horizon, column] = normal(mean[where] / typical, np.maximum(sd[where] / typical, 1e-3))
    nothing = np.full((len(horizons), len(truth.targets.dyads), truth.targets.ladder), np.nan)
    return Forecast("VAR(1)", origin, counts, nothing, np.full((min(horizons), acts.shape[1]), np.nan))


def _sums(fitted: Any, last: np.ndarray, weeks: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd of the sums over the next weeks, a part of a week in proportion."""
    whole = int(np.ceil(weeks))
    share = np.ones(whole)
    share[-1] = weeks - (whole - 1)
    path = fitted.forecast(last, whole)
    responses = fitted.ma_rep(whole)
    shocks = np.asarray(fitted.sigma_u)
    covariance = np.zeros_like(shocks)
    for shock in range(whole):  # a shock of one week is felt in this and all later ones
        felt = sum(share[week] * responses[week - shock] for week in range(shock, whole))
        covariance += felt @ shocks @ felt.T
    return (share[:, None] * path).sum(axis=0), np.sqrt(np.diag(covariance))
