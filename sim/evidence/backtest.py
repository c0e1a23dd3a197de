"""The back-test: forecasts of every model from every origin, scored by what the record says followed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.evidence import scores as s
from sim.evidence.baselines import autoregression, base_rate, persistence
from sim.evidence.forecast import Forecast, Model, Task, forecast
from sim.evidence.parallel import mapped
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
    """Every forecast that is made by a model."""
    return [
        Task(plan.truth, origin, model, plan.horizons, plan.runs, plan.seed, plan.draws if model.name == OURS else None)
        for origin in plan.origins
        for model in plan.models
    ]


def forecasts(plan: Plan, workers: int, each: Each = lambda forecasts: None) -> list[Forecast]:
    """All forecasts, by models and by baselines; the same whatever the number of workers."""
    found = [  # first: what a baseline cannot do is known before hours of fits
        said
        for origin in plan.origins
        for baseline in (base_rate, persistence, autoregression)
        if (said := baseline(plan.truth, origin, plan.horizons)) is not None
    ]
    for made in mapped(forecast, tasks_of(plan), workers):
        found.append(made)
        each(1)
    return found


def scored(plan: Plan, said: Iterable[Forecast]) -> list[Row]:
    """A row a forecast, horizon, score and class (or dyad): what was said, what came, and the score (lower is better)."""
    rows: list[Row] = []
    floor = 1.0 / (plan.runs + 2.0)
    for one in said:
        for at, days in enumerate(plan.horizons):
            if one.origin + timedelta(days - 1) > plan.truth.last:  # the record does not say yet
                continue
            happened = plan.truth.between(one.origin, days)
            rows += _of_classes(
                one, at, days, plan.truth.targets.counts(happened), list(plan.truth.targets.classes), floor
            )
            highest = plan.truth.targets.highest(happened)
            values = s.ranked(one.rungs[at], highest)
            for name, value, seen in zip(plan.truth.targets.dyads, values, highest, strict=True):
                rows.append(_row(one, days, "rps", name, float("nan"), float("nan"), int(seen), float(value)))
        rows += _of_days(one, plan, floor)
    return [row for row in rows if not np.isnan(row["score"])]


def _of_classes(one: Forecast, at: int, days: int, seen: np.ndarray, names: list[str], floor: float) -> list[Row]:
    chances = s.any_of(one.counts[at], floor)
    means = (one.counts[at] * np.arange(s.COUNTS)).sum(axis=-1)
    values = {
        "brier": s.brier(chances, seen > 0),
        "log": s.log_score(chances, seen > 0),
        "crps": s.ranked(one.counts[at], seen),
    }
    return [
        _row(one, days, score, name, float(chances[k]), float(means[k]), int(seen[k]), float(value[k]))
        for score, value in values.items()
        for k, name in enumerate(names)
    ]


def _of_days(one: Forecast, plan: Plan, floor: float) -> list[Row]:
    """The choices of the days of the shortest horizon, each morning's knowing what came before; one row for all of them.

    An act that its model held to be impossible costs as much as the least chance that its runs can tell, a day's share
    of it: so does one that a rate of none forbids.
    """
    happened = plan.truth.between(one.origin, len(one.daily))
    if len(happened) < len(one.daily):  # the record does not say yet
        return []
    least = floor / len(one.daily)
    values = s.log_score(np.clip(one.daily, least, 1.0 - least), happened)
    return [
        _row(one, len(one.daily), "daily", "all", float("nan"), float("nan"), int(happened.sum()), float(values.sum()))
    ]


def _row(one: Forecast, days: int, score: str, name: str, chance: float, mean: float, seen: int, value: float) -> Row:
    return {
        "model": one.model,
        "origin": one.origin,
        "horizon_days": days,
        "score_name": score,
        "class": name,
        "chance_of_any": chance,
        "mean_count": mean,
        "observed": seen,
        "score": value,
    }


def skills(plan: Plan, rows: Sequence[Row]) -> list[Row]:
    """A row a score, horizon, part and rival: the model's skill against it, with its interval.

    part: `choose`, windows that end before the report begins, by which a modeller may choose; `report`, windows that
    begin in it. A window across the border is in neither.
    """
    found: list[Row] = []
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
                found.append(
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
    return found


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


def pits(plan: Plan, said: Iterable[Forecast]) -> np.ndarray:
    """float64: randomised PIT of every choice of the model on the days of the shortest horizon of the reported origins."""
    rng = np.random.default_rng(plan.seed)
    found = []
    for one in said:
        if one.model == OURS and one.origin >= plan.report_from:
            happened = plan.truth.between(one.origin, len(one.daily))
            if len(happened) < len(one.daily):
                continue
            weighed = (one.daily > 0.0) | happened  # an act that was held to be impossible is a surprise like any other
            found.append(s.randomised_pit(one.daily[weighed], happened[weighed], rng))
    return np.concatenate(found) if found else np.zeros(0)
