"""Forecasts that know nothing of the model: what it must beat to be worth its rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy import special

from sim.evidence.forecast import Forecast
from sim.evidence.learned_base import learned_base
from sim.evidence.scores import normal, poisson
from sim.evidence.truth import Targets, Truth
from sim.optional import needed

PERSISTENCE_DAYS = 30
WINDOW_DAYS = 180
HALF_LIVES = (15, 30, 60, 120, 240, 480, 960)  # days, of a forgetting rate; the longest is as good as all the record
WARM_UP_DAYS = 15  # of the record, before days on which half-lives are tried
LEAST = 0.5  # acts of each channel that are added to the record before an origin: what never was is not impossible
LEAST_WEEKS = 20  # of a vector autoregression


@dataclass(frozen=True)
class Baseline:
    """One forecast that knows nothing of the model. meaning: what it says, in a line."""

    name: str
    meaning: str


BASELINES = [
    Baseline("base rate", "each action as often as in all the record before the origin"),
    Baseline("persistence", f"each action as often as in the last {PERSISTENCE_DAYS} days"),
    Baseline(
        "180-day rate",
        f"each action as often as in the last {WINDOW_DAYS} days; a day's choices know the days before it, as do those of the next two",
    ),
    Baseline(
        "forgetting rate",
        "each action as often as in the record, in which a day weighs half as much after a half-life of "
        f"{HALF_LIVES[0]} to {HALF_LIVES[-1]} days, chosen on what lies before the first origin",
    ),
    Baseline(
        "learned base",
        "each channel at a rate that is learned from the record before the origin and drawn toward what pairs of its "
        "kind do; what is not known of the rate is in the forecast",
    ),
    Baseline("VAR(1)", "weekly sums of Goldstein weights of all channels, each drawn on by those of the week before"),
]


def baseline_forecasts(truth: Truth, origins: Sequence[date], horizons: tuple[int, ...]) -> list[Forecast]:
    """Forecast from every origin by every baseline that can. Raises UserError where statsmodels is missing."""
    half_life = chosen_half_life(truth, origins[0])
    forecasts = []
    for origin in origins:
        from_here = (
            base_rate(truth, origin, horizons),
            persistence(truth, origin, horizons),
            window_rate(truth, origin, horizons),
            forgetting_rate(truth, origin, horizons, half_life),
            learned_base(truth, origin, horizons),
            autoregression(truth, origin, horizons),
        )
        forecasts += [forecast for forecast in from_here if forecast is not None]
    return forecasts


def base_rate(truth: Truth, origin: date, horizons: tuple[int, ...]) -> Forecast:
    """Forecast each action as often as in all the record before the origin."""
    days = (origin - truth.first).days
    return _constant("base rate", truth, origin, horizons, _rates_of_last(truth, origin, days))


def persistence(truth: Truth, origin: date, horizons: tuple[int, ...]) -> Forecast:
    """Forecast each action as often as in the last thirty days."""
    return _constant("persistence", truth, origin, horizons, persistent_rates(truth, origin))


def persistent_rates(truth: Truth, morning: date) -> np.ndarray:
    """Return how often a day each action was done in the last thirty days before a morning: float64 (A,)."""
    return _rates_of_last(truth, morning, PERSISTENCE_DAYS)


def window_rate(truth: Truth, origin: date, horizons: tuple[int, ...]) -> Forecast:
    """Forecast each action as often as in the last 180 days; each morning's choices, in those before it."""
    return _rolling(
        "180-day rate", truth, origin, horizons, lambda morning: _rates_of_last(truth, morning, WINDOW_DAYS)
    )


def forgetting_rate(truth: Truth, origin: date, horizons: tuple[int, ...], half_life: int) -> Forecast:
    """Forecast each action as often as in the record, of which old days weigh less; each morning's choices, likewise.

    Parameters: half_life, days after which a day weighs half as much.
    """

    def rates(morning: date) -> np.ndarray:
        """Return the rates that are known on a morning: float64 (A,)."""
        acts = truth.between(truth.first, (morning - truth.first).days)
        weights = 0.5 ** (np.arange(len(acts), 0, -1) / half_life)
        return (weights[:, None] * acts).sum(axis=0) / weights.sum() + _least(truth, morning)

    return _rolling("forgetting rate", truth, origin, horizons, rates)


def chosen_half_life(truth: Truth, before: date) -> int:
    """Return the half-life in days under which each day before a morning was likeliest, given the days before it.

    Acts of each channel are counted, as Poisson streams.
    """
    days = (before - truth.first).days
    channels = [members for name, members in truth.targets.classes.items() if not name.startswith("any ")]
    counts = truth.between(truth.first, days) @ np.array(channels, np.int64).T
    ages = np.arange(days)[:, None] - np.arange(days)
    least = LEAST / np.maximum(np.arange(days), 1)[:, None]
    likely = []
    for half_life in HALF_LIVES:
        weights = np.where(ages > 0, 0.5 ** (np.maximum(ages, 0) / half_life), 0.0)
        rates = weights @ counts / np.maximum(weights.sum(axis=1), 1e-300)[:, None] + least
        likely.append((special.xlogy(counts, rates) - rates)[WARM_UP_DAYS:].sum())
    return HALF_LIVES[int(np.argmax(likely))]


def _rates_of_last(truth: Truth, morning: date, days: int) -> np.ndarray:
    """float64 (A,): acts a day in the last days before a morning, or in all of the record if it is shorter."""
    days = min(days, (morning - truth.first).days)
    return np.asarray(truth.between(morning - timedelta(days), days).sum(axis=0) / days + _least(truth, morning))


def _least(truth: Truth, morning: date) -> np.ndarray:
    """float64 (A,): what is added to a rate a day; a channel's actions share it."""
    added = np.zeros(truth.acts.shape[1])
    for name, members in truth.targets.classes.items():
        if not name.startswith("any "):
            added[members] = LEAST / members.sum()
    return added / (morning - truth.first).days


def _rolling(
    name: str, truth: Truth, origin: date, horizons: tuple[int, ...], rates: Callable[[date], np.ndarray]
) -> Forecast:
    """Acts at the rates of the origin; each morning's choices at those of that morning."""
    forecast = _constant(name, truth, origin, horizons, rates(origin))
    mornings = [origin + timedelta(day) for day in range(min(horizons))]
    return replace(forecast, daily=-np.expm1(-np.array([rates(morning) for morning in mornings])))


def _constant(name: str, truth: Truth, origin: date, horizons: tuple[int, ...], rates: np.ndarray) -> Forecast:
    """Acts at constant rates, float64 (A,) a day, each by itself."""
    targets = truth.targets
    of_class = np.array([rates[members].sum() for members in targets.classes.values()])
    counts = np.array([poisson(of_class * days) for days in horizons])
    rungs = np.array([highest_rung_at(targets, rates * days) for days in horizons])
    daily = np.tile(-np.expm1(-rates), (min(horizons), 1))
    return Forecast(name, origin, counts, rungs, daily)


def highest_rung_at(targets: Targets, means: np.ndarray) -> np.ndarray:
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
