"""Leave one case out: every case forecast by numbers that the others taught, and bases of its own record alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.evidence import scores as s
from sim.evidence.backtest import OURS, Plan, adjusted, score_rows
from sim.evidence.baselines import base_rate, persistence
from sim.evidence.case import case_of
from sim.evidence.forecast import Forecast, Model, Task, forecast_with
from sim.evidence.learned_base import learned_base
from sim.evidence.parts import Part
from sim.evidence.pool import Believed
from sim.evidence.truth import MONTH_ONLY, Truth

DRAWS = 20  # of the numbers that the others taught, for the runs of one forecast
OWN = "the kind's own numbers"
BASELINES = ("learned base", "persistence", "base rate")
Row = dict[str, Any]


@dataclass(frozen=True)
class ForecastTask:
    """The forecasts of all models from one morning of one case."""

    truth: Truth
    origin: date
    keys: list[str]
    models: dict[str, np.ndarray]  # float64 (draws, numbers), what each believes of the shared numbers
    horizons: tuple[int, ...]
    runs: int
    seed: int


def origins_of(truth: Truth, count: int, farthest: int) -> list[date]:
    """Spread so many origins evenly over a record after its first third, each with room for the farthest horizon.

    Returns fewer where the record has no room, down to none.
    """
    first = (truth.last - truth.first).days // 3
    room = (truth.last - truth.first).days + 1 - farthest - first
    if room < 0:
        return []
    places = {first + room * index // max(count - 1, 1) for index in range(count)}
    return [truth.first + timedelta(place) for place in sorted(places)]


def models_of(
    believed: Mapping[str, Believed], defaults: Sequence[float], seed: int, place: int
) -> dict[str, np.ndarray]:
    """Return what each model believes of the shared numbers when it forecasts a case: draws of what the others taught.

    Parameters: believed, by model; defaults, the kind's own numbers; place, of the case among the cases.
    """
    rng = np.random.default_rng([seed, place])
    return {name: belief.draws(DRAWS, rng) for name, belief in believed.items()} | {OWN: np.array([defaults])}


def forecasts_part(task: ForecastTask) -> Part:
    """Forecast by every model from one morning, as a part. Raises UserError where the case cannot be read."""
    settings, until = task.truth.settings, task.origin - timedelta(1)
    case = case_of(task.truth.file, until, settings=settings, month_only=MONTH_ONLY, free=task.keys)
    forecasts = []
    for name, values in task.models.items():
        wanted = Task(task.truth, task.origin, Model(name), task.horizons, task.runs, task.seed)
        columns = [task.keys.index(key) for key in case.keys]
        forecasts.append(forecast_with(wanted, case, values[:, columns]))
    names = ("counts", "rungs", "daily")
    return {name: np.stack([getattr(forecast, name) for forecast in forecasts]) for name in names}


def forecasts_of(task: ForecastTask, part: Part) -> list[Forecast]:
    """Return the forecasts of one morning: those of models, which were kept as a part, and of baselines."""
    models = [
        Forecast(name, task.origin, part["counts"][place], part["rungs"][place], part["daily"][place])
        for place, name in enumerate(task.models)
    ]
    baselines = [rate(task.truth, task.origin, task.horizons) for rate in (learned_base, persistence, base_rate)]
    return models + baselines


def score_table(tasks: Iterable[ForecastTask], parts: Iterable[Part], names: Sequence[str]) -> list[Row]:
    """Score all forecasts by what followed: rows as those of a back-test, each with its case.

    Parameters: names, the case of each task.
    """
    rows = []
    for task, part, name in zip(tasks, parts, names, strict=True):
        plan = Plan(task.truth, [task.origin], task.horizons, [], task.runs, task.seed, task.origin)
        rows += [{"case": name, **row} for row in score_rows(plan, forecasts_of(task, part))]
    return rows


def skill_table(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Compute the skill of the numbers that the others taught against each rival, over cases and in each.

    A case counts as much as any other, whatever the number of its origins and classes; intervals are over cases.
    Returns rows of all cases together, taken together (`adjusted`), and rows of each case.
    """
    means: dict[tuple[str, int, str, str], dict[Any, float]] = {}
    for row in rows:
        key = (row["score_name"], row["horizon_days"], row["case"], row["model"])
        means.setdefault(key, {})[row["origin"], row["class"]] = row["score"]
    cases = list(dict.fromkeys(row["case"] for row in rows))
    rivals = [name for name in dict.fromkeys(row["model"] for row in rows) if name != OURS]
    together, by_case = [], []
    for score, days in dict.fromkeys((row["score_name"], row["horizon_days"]) for row in rows):
        for rival in rivals:
            sides = {
                case: _paired(means.get((score, days, case, OURS), {}), means.get((score, days, case, rival), {}))
                for case in cases
            }
            paired = {case: side for case, side in sides.items() if side is not None}
            if not paired:
                continue
            head = {"score_name": score, "horizon_days": days, "rival": rival}
            by_case += [
                {"case": case, **head, "score": ours, "score_of_rival": theirs, "skill": _skill(ours, theirs)}
                for case, (ours, theirs) in paired.items()
            ]
            ours, theirs = np.array(list(paired.values())).T
            compared = s.skill_of(ours, theirs, seed, block=1)
            numbers = {"skill": compared.estimate, "low": compared.low, "high": compared.high, "p": compared.p}
            better = int((ours < theirs).sum())
            together.append({**head, "cases": len(paired), "cases_better": better, **numbers})
    return adjusted(together), by_case


def _paired(ours: Mapping[Any, float], theirs: Mapping[Any, float]) -> tuple[float, float] | None:
    """Mean scores of both sides over what both forecast; None where that is nothing."""
    both = sorted(ours.keys() & theirs.keys())
    if not both:
        return None
    return float(np.mean([ours[key] for key in both])), float(np.mean([theirs[key] for key in both]))


def _skill(ours: float, theirs: float) -> float:
    return 1.0 - ours / theirs if theirs > 0.0 else float("nan")
