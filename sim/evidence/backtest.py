"""The back-test: forecasts of every model from every origin, scored by what the record says followed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.evidence import scores as s
from sim.evidence.baselines import baseline_forecasts
from sim.evidence.forecast import Forecast, Model, Task, forecast_of, forecast_part
from sim.evidence.parts import NOT_KEPT, Parts
from sim.evidence.truth import Truth
from sim.results.posterior import Draws

Row = dict[str, Any]
Each = Callable[[int], object]
OURS = "model"
SURE = 0.05
BLOCK_DAYS = 30  # of the days of one long forecast
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


def make_forecasts(
    plan: Plan, workers: int, each: Each = lambda forecasts: None, parts: Parts = NOT_KEPT
) -> list[Forecast]:
    """Make all forecasts, by models and by baselines.

    They are the same whatever the number of workers, and whichever were made before.
    Parameters: workers, how many processes; each, called with 1 as each forecast of a model is there; parts, where
    those are kept.
    Raises UserError where statsmodels is missing, a model cannot be fitted, or a part cannot be read or written.
    """
    # first: what a baseline cannot do is known before minutes of fits
    forecasts = baseline_forecasts(plan.truth, plan.origins, plan.horizons)
    tasks = {task.name: task for task in tasks_of(plan)}
    collected = parts.collect(forecast_part, tasks, workers, each)
    return forecasts + [forecast_of(task, part) for task, part in zip(tasks.values(), collected, strict=True)]


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
            happened = plan.truth.between(forecast.origin, days).sum(axis=0)
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
    values = _scores_of_days(forecast, plan, floor)
    if values is None:
        return []
    return [
        _row(
            forecast,
            len(forecast.daily),
            "daily",
            "all",
            float("nan"),
            float("nan"),
            int(plan.truth.between(forecast.origin, len(forecast.daily)).sum()),
            float(values.sum()),
        )
    ]


def _scores_of_days(forecast: Forecast, plan: Plan, floor: float) -> np.ndarray | None:
    """float64 (days,): the log score of each day's choices together; None where the record does not say yet."""
    happened = plan.truth.between(forecast.origin, len(forecast.daily))
    if len(happened) < len(forecast.daily):
        return None
    least = floor / len(forecast.daily)
    return np.asarray(s.log_score(np.clip(forecast.daily, least, 1.0 - least), happened).sum(axis=1))


def day_rows(plan: Plan, forecasts: Iterable[Forecast]) -> list[Row]:
    """Compare the model's choices of each day with each rival's, in the one forecast of a plan with one origin.

    Returns a row for each rival: by how many nats the model's choices of all days were likelier (below 0: less likely),
    with an interval from blocks of days, and how sure that is.
    """
    floor = 1.0 / (plan.runs + 2.0)
    scores = {forecast.model: _scores_of_days(forecast, plan, floor) for forecast in forecasts}
    ours = scores.pop(OURS, None)
    rows = [
        {"rival": rival, "days": len(theirs), **_comparison(s.difference(theirs - ours, BLOCK_DAYS, plan.seed), "nats")}
        for rival, theirs in scores.items()
        if theirs is not None and ours is not None and np.isfinite(theirs).all()
    ]
    return adjusted(rows)


def _comparison(result: s.Compared, name: str) -> Row:
    return {name: result.estimate, "low": result.low, "high": result.high, "p": result.p}


def adjusted(rows: Sequence[Row]) -> list[Row]:
    """Take comparisons together: rows with `p_adjusted` (Holm 1979) and whether each is sure then."""
    together = s.holm(np.array([row["p"] for row in rows], float))
    return [{**row, "p_adjusted": float(p), "is_sure": bool(p <= SURE)} for row, p in zip(rows, together, strict=True)]


def counted(rows: Sequence[Row]) -> Row:
    """Count comparisons that were taken together.

    Returns how many there are (`comparisons`), how many of them have too few origins to say how sure they are
    (`without_interval`), how many of the others would look sure by chance alone (`by_chance`), how many do look sure
    each by itself (`sure_alone`) and how many still are among so many (`sure`).
    """
    tested = [row for row in rows if not np.isnan(row["p"])]
    return {
        "comparisons": len(rows),
        "without_interval": len(rows) - len(tested),
        "by_chance": SURE * len(tested),
        "sure_alone": sum(row["p"] <= SURE for row in tested),
        "sure": sum(row["is_sure"] for row in tested),
    }


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
    neither. The comparisons of a part are taken together (`adjusted`).
    """
    results: list[Row] = []
    rivals = [name for name in dict.fromkeys(row["model"] for row in rows) if name != OURS]
    parts = {
        "choose": [row for row in rows if row["origin"] + timedelta(row["horizon_days"]) <= plan.report_from],
        "report": [row for row in rows if row["origin"] >= plan.report_from],
    }
    for part, mine in parts.items():
        of_part: list[Row] = []
        for score, days in dict.fromkeys((row["score_name"], row["horizon_days"]) for row in mine):
            for rival in rivals:
                ours, theirs = _paired(mine, score, days, rival)
                if len(ours) == 0:
                    continue
                of_part.append(
                    {
                        "part": part,
                        "score_name": score,
                        "horizon_days": days,
                        "rival": rival,
                        "origins": len(ours),
                        "score": float(ours.mean()),
                        "score_of_rival": float(theirs.mean()),
                        **_comparison(s.skill_of(ours, theirs, plan.seed), "skill"),
                    }
                )
        results += adjusted(of_part)
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
