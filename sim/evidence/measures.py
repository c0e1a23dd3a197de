"""What the literature measures of interaction between states, measured of ensembles. One function a measure.

A measure takes ensembles by the names that its statement gives them (most use one, `here`), selections of acts and
numbers. It gives what it needs of each run, and the number that the sums of that over runs come to: NaN where no run
says anything. Ensembles are blocks of the same runs.
"""

import math
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import numpy as np

from sim.evidence import sums as s
from sim.evidence.ensembles import Played
from sim.evidence.registry import (
    MEASURES,
    Days,
    DaysAhead,
    DaysOnBothSides,
    Ensembles,
    Span,
    Weeks,
    measure,
    measure_of,
)
from sim.evidence.sums import Sums, of_runs
from sim.scenario.fields import ActorName, DateName
from sim.scenario.schema import Selection

__all__ = ["MEASURES"]


def _weeks(daily: np.ndarray, first: int) -> np.ndarray:
    """Sum whole weeks from a day on: float64 (R, weeks)."""
    runs, days = daily.shape
    whole = (days - first) // 7
    return np.asarray(daily[:, first : first + 7 * whole].reshape(runs, whole, 7).sum(axis=2), float)


def _weeks_of(played: Played, first: str, second: str) -> tuple[np.ndarray, np.ndarray]:
    """Sum the Goldstein weights of two opposite dyads week by week: float64 (R, weeks) each."""
    return (
        _weeks(played.goldstein(first, second), played.free_from),
        _weeks(played.goldstein(second, first), played.free_from),
    )


def _free(played: Played, *selections: Selection) -> list[np.ndarray]:
    """Tell on which free days any act of each selection is done: bool (R, days)."""
    return [played.any_of(selection)[:, played.free_from :] for selection in selections]


def _count_free(played: Played, selection: Selection) -> np.ndarray:
    """Count the acts that are done on each free day: float64 (R, days)."""
    return played.count_of(selection)[:, played.free_from :]


def _within(days: np.ndarray, ahead: int) -> np.ndarray:
    """Tell whether any of the next `ahead` days is marked: bool (R, D)."""
    total = np.cumsum(np.pad(days, ((0, 0), (1, ahead))), axis=1, dtype=np.int64)
    size = days.shape[1]
    upto = total[:, [min(day + 1 + ahead, size) for day in range(size)]]
    return np.asarray(upto > total[:, 1 : size + 1])


def _since(days: np.ndarray, back: int) -> np.ndarray:
    """Tell whether this day or any of the `back` before it is marked: bool (R, D)."""
    return np.asarray(_within(np.pad(days[:, ::-1], ((0, 0), (1, 0))), back + 1)[:, :-1][:, ::-1])


def _hits(hits: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Count of each run the hits among those that count, and those that count: float64 (R, 2), of (R, D) both."""
    return of_runs((hits & among).sum(axis=1), among.sum(axis=1))


def _any_day(days: np.ndarray) -> np.ndarray:
    """Tell whether any day of each run is marked: bool (R,)."""
    return np.asarray(days.any(axis=1))


def _share_of_runs(hits: np.ndarray, among: np.ndarray) -> Sums:
    """Take the share of hits among the runs that count. Both bool (R,)."""
    return Sums(of_runs(hits & among, among), s.ratio, is_share=True)


@measure
def echo(here: Ensembles, one: ActorName, other: ActorName) -> Sums:
    """Measure the correlation of weekly sums of Goldstein weights of two opposite dyads, average of the same week and the next.

    Each week's mean over runs is taken off first.
    """
    first, second = _weeks_of(here["here"], one, other)
    return Sums(s.lagged(first, second, (0, 1)), partial(s.average_at_lags, first.shape[1], (0, 1)))


@measure
def echo_of_hostile_weeks(here: Ensembles, one: ActorName, other: ActorName) -> Sums:
    """Measure that correlation in weeks after one in which the two did each other more harm than good, less that in the others.

    The mean of each week over the runs of its kind is taken off.
    """
    first, second = _weeks_of(here["here"], one, other)
    hostile = (first + second)[:, :-1] < -1e-9
    now = first[:, 1:], second[:, 1:]
    return Sums(
        of_runs(s.in_cells(*now, hostile), s.in_cells(*now, ~hostile)),
        partial(s.difference_within_cells, hostile.shape[1]),
    )


@measure
def echo_that_lasts(here: Ensembles, one: ActorName, other: ActorName, weeks: Weeks) -> Sums:
    """Measure the correlation after so many weeks as a share of that after one; each week's mean over runs is taken off."""
    first, second = _weeks_of(here["here"], one, other)
    lags = (1, int(weeks))
    return Sums(s.lagged(first, second, lags), partial(s.share_at_lag, first.shape[1], lags))


@measure
def half_life_of_excess(here: Ensembles, after: Selection, of: Selection, days: DaysOnBothSides) -> Sums:
    """Measure days within which half of the excess of acts after an act comes: acts on each day after it, less as many days before."""
    far = int(days)
    (cause,), effect = _free(here["here"], after), _count_free(here["here"], of)
    size = cause.shape[1]
    middle = cause[:, far : size - far]
    excess = [
        ((effect[:, far + lag : size - far + lag] - effect[:, far - lag : size - far - lag]) * middle).sum(axis=1)
        for lag in range(1, far + 1)
    ]
    return Sums(of_runs(*excess), s.half_way)


@measure
def risk_ratio(here: Ensembles, after: Selection, of: Selection, days: DaysOnBothSides) -> Sums:
    """Measure the chance of an act within so many days after another, as a multiple of that on mornings without one as long before."""
    ahead = int(days)
    cause, effect = _free(here["here"], after, of)
    known = slice(ahead, cause.shape[1] - ahead)
    follows, lately = _within(effect, ahead)[:, known], _since(cause, ahead - 1)[:, known]
    return Sums(of_runs(_hits(follows, cause[:, known]), _hits(follows, ~lately)), s.ratio_of_ratios)


@measure
def branching(here: Ensembles) -> Sums:
    """Measure the spectral radius of the branching matrix; the mean over draws."""
    radii = here["here"].radii()
    return Sums(of_runs(radii, np.ones(len(radii))), s.ratio)


@dataclass(frozen=True)
class _Gaps:
    """Days between one act and the next of the same run, of runs with enough acts; G of them in order, of R runs."""

    runs: int
    run: np.ndarray  # int64 (G,)
    days: np.ndarray  # float64 (G,)

    @property
    def counts(self) -> np.ndarray:
        """Count the gaps of each run: float64 (R,)."""
        return self.summed(np.ones(len(self.run)))

    def summed(self, values: np.ndarray) -> np.ndarray:
        """Sum a value of each gap by run: float64 (R,)."""
        return np.bincount(self.run, values, self.runs)


def _gaps(played: Played, selection: Selection, least: int) -> _Gaps:
    """Find the gaps between selected acts of runs that have so many acts or more."""
    (acts,) = _free(played, selection)
    run, day = np.nonzero(acts & (acts.sum(axis=1) >= least)[:, None])
    same = np.diff(run) == 0
    return _Gaps(played.runs, run[1:][same], np.diff(day)[same].astype(float))


def _burstiness(played: Played, selection: Selection) -> np.ndarray:
    """Compute Kim & Jo's burstiness of each run with six acts or more, and whether it has them: float64 (R, 2)."""
    gaps = _gaps(played, selection, 6)
    count = gaps.counts
    has = count > 0
    mean = np.divide(gaps.summed(gaps.days), count, where=has, out=np.ones(len(count)))
    variance = np.divide(gaps.summed((gaps.days - mean[gaps.run]) ** 2), count, where=has, out=np.zeros(len(count)))
    spread = np.sqrt(variance) / mean
    up, down = np.sqrt(count + 2.0), np.sqrt(count)
    values = np.divide(up * spread - down, (up - 2.0) * spread + down, where=has, out=np.zeros(len(count)))
    return of_runs(values, has)


@measure
def burstiness(here: Ensembles, of: Selection) -> Sums:
    """Measure Kim & Jo's burstiness of the gaps between acts, on average over runs with six or more: 0 for a Poisson stream."""
    return Sums(_burstiness(here["here"], of), s.ratio)


@measure_of("here", "other")
def burstiness_beyond(here: Ensembles, of: Selection) -> Sums:
    """Measure the burstiness in the first ensemble less that in the second, `other`."""
    return Sums(
        of_runs(*(_burstiness(here[name], of) for name in ("here", "other"))),
        s.difference_of_ratios,
    )


@measure
def memory_of_gaps(here: Ensembles, of: Selection) -> Sums:
    """Measure the correlation of one gap between acts with the next (Goh & Barabási 2008), over all runs with eight acts or more."""
    gaps = _gaps(here["here"], of, 8)
    mean = gaps.summed(gaps.days) / np.maximum(gaps.counts, 1.0)
    away = gaps.days - mean[gaps.run]
    same = np.diff(gaps.run) == 0
    pairs = _Gaps(gaps.runs, gaps.run[1:][same], gaps.days[1:][same])
    x, y = away[:-1][same], away[1:][same]
    sums = [pairs.summed(values) for values in (x, y, x**2, y**2, x * y)]
    return Sums(of_runs(pairs.counts, *sums), s.correlation)


@measure
def dispersion(here: Ensembles, of: Selection) -> Sums:
    """Measure the variance of the number of acts over runs, as a multiple of its mean."""
    counts = _count_free(here["here"], of).sum(axis=1)
    return Sums(of_runs(np.ones(len(counts)), counts, counts**2), s.dispersion)


def _followed(played: Played, first: Selection, then: Selection, days: float) -> np.ndarray:
    """Count acts that are followed within so many days, and acts after which that many are left: float64 (R, 2)."""
    cause, effect = _free(played, first, then)
    known = slice(0, max(0, cause.shape[1] - int(days)))
    return _hits(_within(effect, int(days))[:, known], cause[:, known])


@measure
def followed(here: Ensembles, first: Selection, then: Selection, days: DaysAhead) -> Sums:
    """Measure the share of acts of one kind that one of another kind follows within so many days, where that many are left."""
    return Sums(_followed(here["here"], first, then, days), s.ratio)


@measure
def followed_more(here: Ensembles, first: Selection, than: Selection, then: Selection, days: DaysAhead) -> Sums:
    """Measure `followed` after acts of one kind less `followed` after acts of another."""
    parts = [_followed(here["here"], cause, then, days) for cause in (first, than)]
    return Sums(of_runs(*parts), s.difference_of_ratios)


@measure
def undone(here: Ensembles, by: Selection, given: Selection, before: DateName) -> Sums:
    """Measure the share of runs with an act before a date in which an act that undoes follows it before that date."""
    played = here["here"]
    window = slice(played.free_from, played.day(before))
    cause, effect = played.any_of(given)[:, window], played.any_of(by)[:, window]
    later = _within(effect, effect.shape[1]) & cause
    return _share_of_runs(_any_day(later), _any_day(cause))


def _having(played: Played, selection: Selection, days: float) -> np.ndarray:
    """Tell whether each run has an act within so many free days: bool (R,)."""
    acts = played.any_of(selection)[:, played.free_from :]
    return _any_day(acts[:, : None if math.isinf(days) else int(days)])


def _hits_and_runs(played: Played, selection: Selection) -> np.ndarray:
    """Tell whether each run has an act, beside a 1: float64 (R, 2)."""
    return of_runs(_having(played, selection, math.inf), np.ones(played.runs))


@measure
def chance(here: Ensembles, of: Selection, days: Days = math.inf) -> Sums:
    """Measure the chance of an act within so many free days; of all of them if none is said."""
    having = _having(here["here"], of, days)
    return _share_of_runs(having, np.ones(len(having), bool))


@measure_of(fewest=2)
def least_rise(here: Ensembles, of: Selection) -> Sums:
    """Measure the smallest step in log odds of an act from one ensemble to the next, in the order of their names."""
    return Sums(of_runs(*(_hits_and_runs(here[name], of) for name in sorted(here))), s.least_step)


@measure_of("none", "some", "all")
def part_of_rise(here: Ensembles, of: Selection) -> Sums:
    """Measure what `some` does to the chance of an act beside `none`, as a share of what `all` does."""
    return Sums(of_runs(*(_hits_and_runs(here[name], of) for name in ("none", "some", "all"))), s.part_of_rise)


@measure_of("here", "other")
def change(here: Ensembles, of: Selection, days: Days = math.inf) -> Sums:
    """Measure acts within so many free days in the first ensemble, less those in `other`, as a share of these; paired by luck."""
    upto = None if math.isinf(days) else int(days)
    counts = [_count_free(here[name], of)[:, :upto].sum(axis=1) for name in ("here", "other")]
    return Sums(of_runs(*counts), s.ratio_less_one)


@measure
def rate_ratio(
    here: Ensembles,
    of: Selection,
    around: DateName,
    before: Annotated[float, Span(before="around")],
    after: Annotated[float, Span(after="around")],
) -> Sums:
    """Measure acts a day over so many days before a date, as a multiple of those after it; free days only."""
    played = here["here"]
    day, counts = played.day(around), played.count_of(of)
    early = counts[:, max(played.free_from, day - int(before)) : day]
    late = counts[:, day + 1 : day + 1 + int(after)]
    parts = [
        part for of_days in (early, late) for part in (of_days.sum(axis=1), np.full(len(counts), of_days.shape[1]))
    ]
    return Sums(of_runs(*parts), s.ratio_of_ratios)


@measure
def rate_after(here: Ensembles, of: Selection, after: Selection) -> Sums:
    """Measure acts a day after the first act of another kind, as a multiple of those before it, over runs that have it."""
    (cause,), counts = _free(here["here"], after), _count_free(here["here"], of)
    having = _any_day(cause)[:, None]
    later = np.cumsum(cause, axis=1) > 0
    parts = [(counts * when, when) for when in (later & having, ~later & having)]
    return Sums(of_runs(*(daily.sum(axis=1) for part in parts for daily in part)), s.ratio_of_ratios)


@measure
def leads(here: Ensembles, first: Selection, then: Selection) -> Sums:
    """Measure the correlation of one week's acts of one kind with the next week's of another; each week's mean over runs is taken off."""
    played = here["here"]
    early, late = (_weeks(played.count_of(selection), played.free_from) for selection in (first, then))
    return Sums(s.lagged(early, late, (1,)), partial(s.average_at_lags, early.shape[1], (1,)))


@measure
def reply_lag(here: Ensembles, after: Selection, of: Selection, days: Days) -> Sums:
    """Measure the median days from an act to the first of another kind, over acts that one answers within so many days."""
    ahead = int(days)
    cause, effect = _free(here["here"], after, of)
    runs, size = cause.shape
    never = size + ahead + 1
    times = np.where(effect, np.arange(size), never)[:, ::-1]
    following = np.minimum.accumulate(times, axis=1)[:, ::-1]  # this day or the next one with an answer
    lags = np.full(cause.shape, never)
    lags[:, :-1] = following[:, 1:] - np.arange(size - 1)
    run, day = np.nonzero(cause & (lags <= ahead))
    counts = np.bincount(run * ahead + lags[run, day] - 1, minlength=runs * ahead)
    return Sums(of_runs(counts.reshape(runs, ahead)), partial(s.median, 1))


@measure
def first_day(here: Ensembles, of: Selection) -> Sums:
    """Measure the median days from the start of the clock to the first act, over runs that have it."""
    days = here["here"].any_of(of)
    return Sums(of_runs(days & (np.cumsum(days, axis=1) == 1)), partial(s.median, 0))


@measure
def in_order(here: Ensembles, first: Selection, then: Selection) -> Sums:
    """Measure the share of runs with an act of the second kind in which one of the first kind came before it or with it."""
    marks = [here["here"].any_of(selection) for selection in (first, then)]
    start = [np.where(days.any(axis=1), days.argmax(axis=1), days.shape[1]) for days in marks]
    return _share_of_runs(start[0] <= start[1], _any_day(marks[1]))
