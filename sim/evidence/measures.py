"""What the literature measures of interaction between states, measured of ensembles. One function a measure.

A measure takes ensembles by the names that its statement gives them (most use one, `here`), selections of acts and
numbers. It gives one number: NaN where no run says anything.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Annotated, Any

import numpy as np

from sim.evidence.ensembles import Played
from sim.scenario.fields import ActorName, DateName, Names
from sim.scenario.schema import Selection

Ensembles = Mapping[str, Played]
Function = Callable[..., float]
FEWEST_WEEKS = 3  # that a correlation is reckoned of


@dataclass(frozen=True, slots=True)
class Span:
    """Marks a whole number of days or weeks that must fit into the free days of what is played.

    days: of one of them. times: so many spans stand side by side. spare: days more that are needed.
    before, after: the argument that names the date before or after which it must fit.
    """

    days: int = 1
    times: int = 1
    spare: int = 0
    before: str = ""
    after: str = ""


Days = Annotated[float, Span()]
DaysAhead = Annotated[float, Span(spare=1)]  # of a day that is left
DaysOnBothSides = Annotated[float, Span(times=2, spare=1)]
Weeks = Annotated[float, Span(days=7, spare=7 * FEWEST_WEEKS)]


@dataclass(frozen=True)
class Measure:
    """A registered measure: its function, and the ensembles that it takes."""

    function: Function
    ensembles: tuple[str, ...] = ("here",)  # by name; none where it takes any, in the order of their names
    fewest: int = 1

    @property
    def types(self) -> dict[str, Any]:
        """The type of each argument beside the ensembles: Selection, str or float."""
        return {name: getattr(kind, "__origin__", kind) for name, kind in self._arguments.items()}

    @property
    def sections(self) -> dict[str, str]:
        """The section of the scenario that has what an argument names, of each that names something."""
        return {name: mark.section for name, mark in self._marks.items() if isinstance(mark, Names)}

    @property
    def spans(self) -> dict[str, Span]:
        """The span that an argument is, of each that is one."""
        return {name: mark for name, mark in self._marks.items() if isinstance(mark, Span)}

    @property
    def _arguments(self) -> dict[str, Any]:
        return {name: kind for name, kind in self.function.__annotations__.items() if name not in ("here", "return")}

    @property
    def _marks(self) -> dict[str, Any]:
        return {name: kind.__metadata__[-1] for name, kind in self._arguments.items() if hasattr(kind, "__metadata__")}

    @property
    def optional(self) -> set[str]:
        """The arguments that may be left out."""
        parameters = signature(self.function).parameters
        return {name for name, about in parameters.items() if about.default is not about.empty}


MEASURES: dict[str, Measure] = {}


def measure(function: Function) -> Function:
    """Register a measure of one ensemble, `here`, under its name."""
    MEASURES[function.__name__] = Measure(function)
    return function


def measure_of(*ensembles: str, fewest: int = 1) -> Callable[[Function], Function]:
    """Register a measure of several ensembles: those named, or so many under any names."""

    def register(function: Function) -> Function:
        MEASURES[function.__name__] = Measure(function, ensembles, max(fewest, len(ensembles)))
        return function

    return register


def _weeks(daily: np.ndarray, first: int) -> np.ndarray:
    """float64 (R, weeks): sums of whole weeks from a day on."""
    runs, days = daily.shape
    whole = (days - first) // 7
    return np.asarray(daily[:, first : first + 7 * whole].reshape(runs, whole, 7).sum(axis=2), float)


def _correlated(one: np.ndarray, other: np.ndarray) -> float:
    if one.size < FEWEST_WEEKS or one.std() == 0.0 or other.std() == 0.0:
        return math.nan
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _at_lag(one: np.ndarray, other: np.ndarray, lag: int) -> float:
    """Correlation of one series with another so many weeks later, over all runs."""
    return _correlated(one[:, : one.shape[1] - lag], other[:, lag:])


def _within(days: np.ndarray, ahead: int) -> np.ndarray:
    """bool (R, D): whether any of the next `ahead` days is marked."""
    total = np.cumsum(np.pad(days, ((0, 0), (1, ahead))), axis=1, dtype=np.int64)
    size = days.shape[1]
    upto = total[:, [min(day + 1 + ahead, size) for day in range(size)]]
    return np.asarray(upto > total[:, 1 : size + 1])


def _since(days: np.ndarray, back: int) -> np.ndarray:
    """bool (R, D): whether this day or any of the `back` before it is marked."""
    return np.asarray(_within(np.pad(days[:, ::-1], ((0, 0), (1, 0))), back + 1)[:, :-1][:, ::-1])


def _share(hits: Any) -> float:
    hits = np.asarray(hits)
    return float(hits.mean()) if hits.size else math.nan


@measure
def echo(here: Ensembles, one: ActorName, other: ActorName) -> float:
    """Measure the correlation of weekly sums of Goldstein weights of two opposite dyads, average of the same week and the next."""
    first, second = (
        _weeks(here["here"].goldstein(*pair), here["here"].free_from) for pair in ((one, other), (other, one))
    )
    return (_at_lag(first, second, 0) + _at_lag(first, second, 1)) / 2.0


@measure
def echo_of_hostile_weeks(here: Ensembles, one: ActorName, other: ActorName) -> float:
    """Measure that correlation in weeks that follow hostility of both (below the median of the week before), less that in the others."""
    first, second = (
        _weeks(here["here"].goldstein(*pair), here["here"].free_from) for pair in ((one, other), (other, one))
    )
    before = (first + second)[:, :-1]
    hostile = before < min(np.median(before), -1e-9)
    now = [series[:, 1:] for series in (first, second)]
    return _correlated(now[0][hostile], now[1][hostile]) - _correlated(now[0][~hostile], now[1][~hostile])


@measure
def echo_that_lasts(here: Ensembles, one: ActorName, other: ActorName, weeks: Weeks) -> float:
    """Measure the correlation after so many weeks as a share of that after one."""
    first, second = (
        _weeks(here["here"].goldstein(*pair), here["here"].free_from) for pair in ((one, other), (other, one))
    )
    return _at_lag(first, second, int(weeks)) / _at_lag(first, second, 1)


@measure
def half_life_of_excess(here: Ensembles, after: Selection, of: Selection, days: DaysOnBothSides) -> float:
    """Measure days within which half of the excess of acts after an act comes: acts on each day after it, less as many days before."""
    played, far = here["here"], int(days)
    cause, effect = played.any_of(after)[:, played.free_from :], played.count_of(of)[:, played.free_from :]
    size = cause.shape[1]
    middle = cause[:, far : size - far]
    excess = [
        (effect[:, far + lag : size - far + lag] - effect[:, far - lag : size - far - lag])[middle].sum()
        for lag in range(1, far + 1)
    ]
    total = np.cumsum(excess)
    if total[-1] <= 0:
        return math.nan
    reached = int(np.argmax(total >= total[-1] / 2.0))
    before = total[reached - 1] if reached else 0.0
    return reached + float((total[-1] / 2.0 - before) / (total[reached] - before))


@measure
def risk_ratio(here: Ensembles, after: Selection, of: Selection, days: DaysOnBothSides) -> float:
    """Measure the chance of an act within so many days after another, as a multiple of that on mornings without one as long before."""
    played, ahead = here["here"], int(days)
    cause, effect = played.any_of(after)[:, played.free_from :], played.any_of(of)[:, played.free_from :]
    known = slice(ahead, cause.shape[1] - ahead)
    follows, lately = _within(effect, ahead)[:, known], _since(cause, ahead - 1)[:, known]
    return _share(follows[cause[:, known]]) / _share(follows[~lately])


@measure
def branching(here: Ensembles) -> float:
    """Measure the spectral radius of the branching matrix; the middle one of the draws."""
    return float(np.median(here["here"].radii))


def _gaps(days: np.ndarray, least: int) -> list[np.ndarray]:
    """Days between one act and the next, of each run with enough of them."""
    days_of_runs = (np.flatnonzero(run) for run in days)
    return [np.diff(run).astype(float) for run in days_of_runs if len(run) >= least]


def _burstiness(gaps: np.ndarray) -> float:
    size = len(gaps) + 1
    spread = gaps.std() / gaps.mean()
    up, down = math.sqrt(size + 1), math.sqrt(size - 1)
    return float((up * spread - down) / ((up - 2.0) * spread + down))


@measure
def burstiness(here: Ensembles, of: Selection) -> float:
    """Measure Kim & Jo's burstiness of the gaps between acts, on average over runs with six or more: 0 for a Poisson stream."""
    played = here["here"]
    values = [_burstiness(gaps) for gaps in _gaps(played.any_of(of)[:, played.free_from :], 6)]
    return float(np.mean(values)) if values else math.nan


@measure_of("here", "other")
def burstiness_beyond(here: Ensembles, of: Selection) -> float:
    """Measure the burstiness in the first ensemble less that in the second, `other`."""
    return burstiness({"here": here["here"]}, of) - burstiness({"here": here["other"]}, of)


@measure
def memory_of_gaps(here: Ensembles, of: Selection) -> float:
    """Measure the correlation of one gap between acts with the next (Goh & Barabási 2008), over all runs with eight acts or more."""
    played = here["here"]
    deviations = [
        (gaps[:-1] - gaps.mean(), gaps[1:] - gaps.mean()) for gaps in _gaps(played.any_of(of)[:, played.free_from :], 8)
    ]
    if not deviations:
        return math.nan
    return _correlated(
        np.concatenate([one for one, _ in deviations]), np.concatenate([other for _, other in deviations])
    )


@measure
def dispersion(here: Ensembles, of: Selection) -> float:
    """Measure the variance of the number of acts over runs, as a multiple of its mean."""
    played = here["here"]
    counts = played.count_of(of)[:, played.free_from :].sum(axis=1)
    return float(counts.var(ddof=1) / counts.mean()) if counts.mean() > 0 else math.nan


@measure
def followed(here: Ensembles, first: Selection, then: Selection, days: DaysAhead) -> float:
    """Measure the share of acts of one kind that one of another kind follows within so many days, where that many are left."""
    played, ahead = here["here"], int(days)
    cause, effect = (
        played.any_of(first)[:, played.free_from :],
        _within(played.any_of(then)[:, played.free_from :], ahead),
    )
    known = slice(0, max(0, cause.shape[1] - ahead))
    return _share(effect[:, known][cause[:, known]])


@measure
def followed_more(here: Ensembles, first: Selection, than: Selection, then: Selection, days: DaysAhead) -> float:
    """Measure `followed` after acts of one kind less `followed` after acts of another."""
    return followed(here, first, then, days) - followed(here, than, then, days)


@measure
def undone(here: Ensembles, by: Selection, given: Selection, before: DateName) -> float:
    """Measure the share of runs with an act before a date in which an act that undoes follows it before that date."""
    played = here["here"]
    window = slice(played.free_from, played.day(before))
    cause, effect = played.any_of(given)[:, window], played.any_of(by)[:, window]
    later = _within(effect, effect.shape[1]) & cause
    having = np.flatnonzero(cause.any(axis=1))
    return _share(later[having].any(axis=1))


def _chance(played: Played, of: Selection, days: float) -> float:
    window = slice(played.free_from, None if math.isinf(days) else played.free_from + int(days))
    return _share(played.any_of(of)[:, window].any(axis=1))


@measure
def chance(here: Ensembles, of: Selection, days: Days = math.inf) -> float:
    """Measure the chance of an act within so many free days; of all of them if none is said."""
    return _chance(here["here"], of, days)


@measure_of(fewest=2)
def least_rise(here: Ensembles, of: Selection) -> float:
    """Measure the smallest step in log odds of an act from one ensemble to the next, in the order of their names."""
    runs = min(len(played.acts) for played in here.values())
    shares = [(_chance(here[name], of, math.inf) * runs + 0.5) / (runs + 1.0) for name in sorted(here)]
    odds = [math.log(share / (1.0 - share)) for share in shares]
    return float(np.min(np.diff(odds)))


@measure_of("none", "some", "all")
def part_of_rise(here: Ensembles, of: Selection) -> float:
    """Measure what `some` does to the chance of an act beside `none`, as a share of what `all` does."""
    none, some, whole = (_chance(here[name], of, math.inf) for name in ("none", "some", "all"))
    return (some - none) / (whole - none) if whole != none else math.nan


@measure_of("here", "other")
def change(here: Ensembles, of: Selection, days: Days = math.inf) -> float:
    """Measure acts within so many free days in the first ensemble, less those in `other`, as a share of these; paired by luck."""
    counts = []
    for name in ("here", "other"):
        played = here[name]
        window = slice(played.free_from, None if math.isinf(days) else played.free_from + int(days))
        counts.append(played.count_of(of)[:, window].sum())
    return float(counts[0]) / float(counts[1]) - 1.0 if counts[1] else math.nan


@measure
def rate_ratio(
    here: Ensembles,
    of: Selection,
    around: DateName,
    before: Annotated[float, Span(before="around")],
    after: Annotated[float, Span(after="around")],
) -> float:
    """Measure acts a day over so many days before a date, as a multiple of those after it; free days only."""
    played = here["here"]
    day, counts = played.day(around), played.count_of(of)
    early = counts[:, max(played.free_from, day - int(before)) : day]
    late = counts[:, day + 1 : day + 1 + int(after)]
    return float(early.mean() / late.mean()) if late.sum() else math.nan


@measure
def rate_after(here: Ensembles, of: Selection, after: Selection) -> float:
    """Measure acts a day after the first act of another kind, as a multiple of those before it, over runs that have it."""
    played = here["here"]
    cause, counts = played.any_of(after)[:, played.free_from :], played.count_of(of)[:, played.free_from :]
    having = cause.any(axis=1)
    later = np.cumsum(cause, axis=1)[having] > 0
    counts = counts[having]
    early = counts[~later].mean() if (~later).any() else math.nan
    return float(counts[later].mean() / early) if early > 0.0 else math.nan


@measure
def leads(here: Ensembles, first: Selection, then: Selection) -> float:
    """Measure the correlation of one week's acts of one kind with the next week's of another."""
    played = here["here"]
    early, late = (_weeks(played.count_of(which), played.free_from) for which in (first, then))
    return _at_lag(early, late, 1)


@measure
def reply_lag(here: Ensembles, after: Selection, of: Selection, days: Days) -> float:
    """Measure the median days from an act to the first of another kind, over acts that one answers within so many days."""
    played, ahead = here["here"], int(days)
    cause, effect = played.any_of(after)[:, played.free_from :], played.any_of(of)[:, played.free_from :]
    lags = [
        times[where] - day
        for run, answers in zip(cause, effect, strict=True)
        for times in [np.flatnonzero(answers)]
        for day in np.flatnonzero(run)
        for where in [np.searchsorted(times, day, side="right")]
        if where < len(times) and times[where] - day <= ahead
    ]
    return float(np.median(lags)) if lags else math.nan


@measure
def first_day(here: Ensembles, of: Selection) -> float:
    """Measure the median days from the start of the clock to the first act, over runs that have it."""
    days = here["here"].any_of(of)
    having = days.any(axis=1)
    return float(np.median(days[having].argmax(axis=1))) if having.any() else math.nan


@measure
def in_order(here: Ensembles, first: Selection, then: Selection) -> float:
    """Measure the share of runs with an act of the second kind in which one of the first kind came before it or with it."""
    days = [here["here"].any_of(which) for which in (first, then)]
    having = days[1].any(axis=1)
    start = [np.where(one.any(axis=1), one.argmax(axis=1), one.shape[1]) for one in days]
    return _share((start[0] <= start[1])[having])
