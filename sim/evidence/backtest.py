"""The back-test: forecasts of every model from every origin, scored by what the record says followed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.evidence import scores as s
from sim.evidence.baselines import autoregression, base_rate, persistence
from sim.evidence.forecast import Forecast, Model, Task, make_forecast
from sim.evidence.parallel import map_in_processes
from sim.evidence.truth import Truth
from sim.results.posterior import Draws

Row = dict[str, Any]
Each = Callable[[int], object]
OURS = "model"
SCORES = {
    "at least one, Brier": "brier",
    "at least one, log": "log",
    "counts, CRPS": "crps",
    "highest rung, RPS": "rps",
    "each day's choices, log": "daily",
}


@dataclass(frozen=True)
class Plan:
    """What is forecast, and how often each forecast is played."""

    truth: Truth
    origins: list[date]
    horizons: tuple[int, ...]
    models: list[Model]
    runs: int
    seed: int
    report_from: date
    draws: Draws | None = None


def tasks_of(plan: Plan) -> list[Task]:
    """List every forecast that a model makes."""
    return [
        Task(plan.truth, origin, model, plan.horizons, plan.runs, plan.seed, plan.draws if model.name == OURS else None)
        for origin in plan.origins
        for model in plan.models
    ]


def make_forecasts(plan: Plan, workers: int, each: Each = lambda forecasts: None) -> list[Forecast]:
    """Make all forecasts, by models and by baselines.

    They are the same whatever the number of workers.
    Parameters: workers, how many processes; each, called with 1 after each forecast of a model.
    Raises UserError where statsmodels is missing, or a model cannot be fitted.
    """
    forecasts = [  # first: what a baseline cannot do is known before hours of fits
        forecast_of_baseline
        for origin in plan.origins
        for baseline in (base_rate, persistence, autoregression)
        if (forecast_of_baseline := baseline(plan.truth, origin, plan.horizons)) is not None
    ]
    for forecast_of_model in map_in_processes(make_forecast, tasks_of(plan), workers):
        forecasts.append(forecast_of_model)
        each(1)
    return forecasts


def score_rows(plan: Plan, forecasts: Iterable[Forecast]) -> list[Row]:
    """Score forecasts by what the record says followed; a lower score is better.

    Returns a row for each forecast, horizon, score and class (or dyad): what was forecast, what happened, and the
    score.
    """
    rows: list[Row] = []
    floor = 1.0 / (plan.runs + 2.0)
    for forecast in forecasts:
        for index, days in enumerate(plan.horizons):
            if forecast.origin + timedelta(days - 1) > plan.truth.last:  # the record does not say yet
                continue
            happened = plan.truth.between(forecast.origin, days)
            rows += _class_rows(
                forecast, index, days, plan.truth.targets.counts(happened), list(plan.truth.targets.classes), floor
            )
            highest = plan.truth.targets.highest(happened)
            values = s.ranked_score(forecast.rungs[index], highest)
            for name, value, observed in zip(plan.truth.targets.dyads, values, highest, strict=True):
                rows.append(_row(forecast, days, "rps", name, float("nan"), float("nan"), int(observed), float(value)))
        rows += _day_rows(forecast, plan, floor)
    return [row for row in rows if not np.isnan(row["score"])]


def _class_rows(
    forecast: Forecast, index: int, days: int, observed: np.ndarray, names: list[str], floor: float
) -> list[Row]:
    chances = s.chance_of_any(forecast.counts[index], floor)
    means = (forecast.counts[index] * np.arange(s.COUNTS)).sum(axis=-1)
    values = {
        "brier": s.brier(chances, observed > 0),
        "log": s.log_score(chances, observed > 0),
        "crps": s.ranked_score(forecast.counts[index], observed),
    }
    return [
        _row(forecast, days, score, name, float(chances[k]), float(means[k]), int(observed[k]), float(value[k]))
        for score, value in values.items()
        for k, name in enumerate(names)
    ]


def _day_rows(forecast: Forecast, plan: Plan, floor: float) -> list[Row]:
    """Score the choices of the days of the shortest horizon, each knowing what came before it, in one row.

    An act that its model gave no chance costs as much as the least chance that its runs can tell, a day's share
    of it: so does one that a rate of none forbids.
    """
    happened = plan.truth.between(forecast.origin, len(forecast.daily))
    if len(happened) < len(forecast.daily):  # the record does not say yet
        return []
    least = floor / len(forecast.daily)
    values = s.log_score(np.clip(forecast.daily, least, 1.0 - least), happened)
    return [
        _row(
            forecast,
            len(forecast.daily),
            "daily",
            "all",
            float("nan"),
            float("nan"),
            int(happened.sum()),
            float(values.sum()),
        )
    ]


def _row(
    forecast: Forecast, days: int, score: str, name: str, chance: float, mean: float, observed: int, value: float
) -> Row:
    return {
        "model": forecast.model,
        "origin": forecast.origin,
        "horizon_days": days,
        "score_name": score,
        "class": name,
        "chance_of_any": chance,
        "mean_count": mean,
        "observed": observed,
        "score": value,
    }


def skill_rows(plan: Plan, rows: Sequence[Row]) -> list[Row]:
    """Compute the model's skill against each rival, with its interval.

    Parameters: rows, as `score_rows` returns them.
    Returns a row for each score, horizon, part and rival. Parts are `choose`, windows that end before the report
    begins, by which a modeller may choose, and `report`, windows that begin in it. A window across the border is in
    neither.
    """
    results: list[Row] = []
    rivals = [name for name in dict.fromkeys(row["model"] for row in rows) if name != OURS]
    parts = {
        "choose": [row for row in rows if row["origin"] + timedelta(row["horizon_days"]) <= plan.report_from],
        "report": [row for row in rows if row["origin"] >= plan.report_from],
    }
    for part, mine in parts.items():
        for score, days in dict.fromkeys((row["score_name"], row["horizon_days"]) for row in mine):
            for rival in rivals:
                ours, theirs = _paired(mine, score, days, rival)
                if len(ours) == 0:
                    continue
                low, high = s.skill_interval(ours, theirs, plan.seed)
                results.append(
                    {
                        "part": part,
                        "score_name": score,
                        "horizon_days": days,
                        "rival": rival,
                        "origins": len(ours),
                        "score": float(ours.mean()),
                        "score_of_rival": float(theirs.mean()),
                        "skill": s.skill(ours, theirs),
                        "low": low,
                        "high": high,
                    }
                )
    return results


def _paired(rows: Sequence[Row], score: str, days: int, rival: str) -> tuple[np.ndarray, np.ndarray]:
    """float64 (origins,): sums of both sides' scores over the classes that both forecast."""
    sides: list[dict[tuple[date, str], float]] = [
        {
            (row["origin"], row["class"]): row["score"]
            for row in rows
            if row["model"] == name and row["score_name"] == score and row["horizon_days"] == days
        }
        for name in (OURS, rival)
    ]
    both = sorted(sides[0].keys() & sides[1].keys())
    origins = sorted({origin for origin, _ in both})
    sums = [[sum(side[key] for key in both if key[0] == origin) for origin in origins] for side in sides]
    return np.array(sums[0]), np.array(sums[1])


def pit_values(plan: Plan, forecasts: Iterable[Forecast]) -> np.ndarray:
    """Return the randomised PIT of every choice of the model on the reported origins: float64, one for each choice.

    The choices are those of the days of the shortest horizon.
    """
    rng = np.random.default_rng(plan.seed)
    values = []
    for forecast in forecasts:
        if forecast.model == OURS and forecast.origin >= plan.report_from:
            happened = plan.truth.between(forecast.origin, len(forecast.daily))
            if len(happened) < len(forecast.daily):
                continue
            weighed = (forecast.daily > 0.0) | happened  # an act that seemed impossible is a surprise like any other
            values.append(s.randomised_pit(forecast.daily[weighed], happened[weighed], rng))
    return np.concatenate(values) if values else np.zeros(0)
