"""Forecasts of one model from one morning: fitted to what came before, then run free."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from sim.engine.learning import taught_by_its_replay
from sim.engine.loop import play_runs
from sim.evidence.case import Case, Density
from sim.evidence.laplace import peak_of
from sim.evidence.likelihood import Scorer
from sim.evidence.parts import Part
from sim.evidence.scores import ensemble_forecast
from sim.evidence.truth import Truth, case_before
from sim.results.posterior import Draws
from sim.rules.arrays import FORCED, WITHHELD
from sim.scenario.compile import Compiled

DRAWS = 200  # of the posterior, for the runs of one forecast
DAILY_DRAWS = 50  # of them, averaged over for the chances of each day


@dataclass(frozen=True)
class Model:
    """One way to forecast: the scenario with some numbers fixed.

    settings: values laid over the scenario. fixed: keys of numbers that a fit does not free. fitted: its other numbers
    are fitted to the record before each origin; else they are the scenario's own.
    """

    name: str
    settings: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    fitted: bool = True


@dataclass(frozen=True)
class Task:
    """One forecast that is wanted."""

    truth: Truth
    origin: date
    model: Model
    horizons: tuple[int, ...]  # days
    runs: int
    seed: int
    draws: Draws | None = None  # in place of a fit before the origin

    @property
    def name(self) -> str:
        """Return all in which forecasts of one back-test differ."""
        return f"{self.model.name} from {self.origin}, {max(self.horizons)} days ahead"


@dataclass(frozen=True)
class Forecast:
    """What a model says on the morning of an origin; H horizons."""

    model: str
    origin: date
    counts: np.ndarray  # float64 (H, classes, COUNTS)
    rungs: np.ndarray  # float64 (H, dyads, rungs)
    daily: np.ndarray  # float64 (days, A): chances of each morning of the shortest horizon, what came before it known


def make_forecast(task: Task) -> Forecast:
    """Make one forecast; the same in whatever process it is made.

    Raises UserError where the record before the origin cannot be fitted.
    """
    case = case_before(task.truth, task.origin, task.model.settings, task.model.fixed, task.model.fitted)
    rng = np.random.default_rng([task.seed, task.origin.toordinal()])
    return forecast_with(task, case, _numbers(task, case, rng))


def forecast_with(task: Task, case: Case, values: np.ndarray) -> Forecast:
    """Make one forecast with given numbers.

    Parameters: case, what is known on the morning of the origin; values, float64 (draws, numbers), of its free numbers:
    each draw gets as many runs.
    """
    farthest = (task.origin - task.truth.first).days + max(task.horizons)
    each = -(-task.runs // len(values))  # so that no draw has more than another
    windows = []  # of each run and horizon, how often each action was done
    revaluer = case.revaluer()
    for index, row in enumerate(values):
        compiled = _cut(taught_by_its_replay(revaluer.tables_at(row.tolist())), farthest)
        for _, acts, _ in play_runs(compiled, task.seed, range(index * each, (index + 1) * each), thinned=False):
            ahead = acts[farthest - max(task.horizons) :]
            windows.append([ahead[:days].sum(axis=0, dtype=np.int64) for days in task.horizons])
    tallies = np.array(windows)
    highest = task.truth.targets.highest(tallies)
    ladder = range(task.truth.targets.ladder)
    shares = np.array([(highest == rung).mean(axis=0) for rung in ladder]).transpose(1, 2, 0)
    return Forecast(
        task.model.name,
        task.origin,
        ensemble_forecast(task.truth.targets.counts(tallies)),
        shares,
        _daily(task, case, values),
    )


def forecast_part(task: Task) -> Part:
    """Make one forecast, as a part that is kept. Raises UserError as `make_forecast` does."""
    forecast = make_forecast(task)
    return {"counts": forecast.counts, "rungs": forecast.rungs, "daily": forecast.daily}


def forecast_of(task: Task, part: Part) -> Forecast:
    """Return the forecast that was kept as a part."""
    return Forecast(task.model.name, task.origin, part["counts"], part["rungs"], part["daily"])


def _numbers(task: Task, case: Case, rng: np.random.Generator) -> np.ndarray:
    """float64 (draws, numbers): what is believed of the numbers on that morning."""
    if not task.model.fitted:
        return np.zeros((1, 0))
    if task.draws is not None:
        columns = [task.draws.keys.index(key) for key in case.keys]  # backtest_plan has checked that all are there
        return task.draws.values[rng.integers(0, len(task.draws.values), DRAWS)][:, columns]
    peak = peak_of(case, density=Density(case, threads=1))  # forecasts are shared out, not parts of one
    return case.priors.values(peak.draws(DRAWS, rng))


def _cut(compiled: Compiled, days: int) -> Compiled:
    """Cut a scenario off at a day: nothing after it is asked for."""
    tables = compiled.tables
    first = {name: getattr(tables, name)[:days] for name in ("clock", "schedule", "signals")}
    return replace(compiled, tables=tables._replace(**first))


def _daily(task: Task, case: Case, values: np.ndarray) -> np.ndarray:
    """Chances on each morning of the shortest horizon: numbers are those of the origin, and bases go on being learned."""
    last = task.origin + timedelta(min(task.horizons) - 1)
    schedule = np.where(task.truth.between(task.truth.first, (last - task.truth.first).days + 1), FORCED, WITHHELD)
    revaluer = case.revaluer()
    tables = revaluer.compiled.tables
    relived = np.concatenate([schedule.astype(np.int8), tables.schedule[len(schedule) :]])
    revaluer.compiled = replace(revaluer.compiled, tables=tables._replace(schedule=relived))
    scorer = Scorer(revaluer.compiled)
    chosen = values[:: max(1, len(values) // DAILY_DRAWS)]
    chances = [scorer.chances(revaluer.tables_at(row.tolist()), task.origin, last) for row in chosen]
    return np.asarray(np.mean(chances, axis=0))


def models_of(keys_of_answers: Sequence[str], keys_of_momentum: Sequence[str]) -> list[Model]:
    """Return the models that are compared by default.

    They are the model, the model without each of its two ideas, and the scenario's own numbers without a fit.
    Parameters: keys_of_answers, keys_of_momentum, keys of the numbers that are fixed at 0 in the model without each
    idea.
    """

    def without(name: str, keys: Sequence[str]) -> Model:
        """Return the model in which some numbers are 0."""
        return Model(name, tuple(f"{key}=0" for key in keys), tuple(keys))

    return [
        Model("model"),
        without("without answers", keys_of_answers),
        without("without momentum", keys_of_momentum),
        Model("scenario's own numbers", fitted=False),
    ]
