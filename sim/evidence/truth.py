"""A back-test's questions: from which mornings, how far ahead, about which acts; and what the record answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sim.engine.learning import compile_scenario
from sim.evidence.case import Case, case_of, check_only_record, not_asked
from sim.rules.arrays import FORCED, ROLES
from sim.scenario.compile import Compiled
from sim.scenario.load import load
from sim.scenario.problems import Place, Problem, UserError
from sim.scenario.recorded import nothing_recorded

MONTH_ONLY = "middle"


@dataclass(frozen=True)
class Targets:
    """What is forecast: counts of classes of acts, and the highest rung of dyads; A actions."""

    classes: dict[str, np.ndarray]  # bool (A,): the acts of each
    dyads: dict[str, np.ndarray]  # bool (A,): the hostile acts of each
    rungs: np.ndarray  # int64 (A,)
    ladder: int  # how many rungs there are

    def counts(self, tallies: np.ndarray) -> np.ndarray:
        """Count the acts of each class: int64 (..., classes), of int64 (..., A), how often each was done."""
        return np.asarray(tallies @ np.array(list(self.classes.values()), np.int64).T)

    def highest(self, tallies: np.ndarray) -> np.ndarray:
        """Return the highest rung of each dyad, 0 where nothing is done: int64 (..., dyads), of int64 (..., A)."""
        reached = np.where(tallies > 0, self.rungs, 0)
        by_dyad = [np.where(members, reached, 0).max(axis=-1, initial=0) for members in self.dyads.values()]
        return np.stack(by_dyad, axis=-1) if by_dyad else np.zeros((*tallies.shape[:-1], 0), np.int64)


def targets_of(compiled: Compiled) -> Targets:
    """Return what is forecast of a scenario.

    Classes are every channel, and every role that an action has; dyads are those that have a hostile channel.
    """
    acts = compiled.acts
    classes = {
        f"{actor} → {target}, {tone}": np.array([act.channel == (actor, target, tone) for act in acts])
        for actor, target, tone in compiled.channels
    }
    for role in ROLES[1:]:
        members = np.array([act.entry.role == role for act in acts])
        if members.any() and not any((members == known).all() for known in classes.values()):
            classes[f"any {role}"] = members
    dyads = {
        f"{actor} → {target}": np.array([act.channel == (actor, target, tone) for act in acts])
        for actor, target, tone in compiled.channels
        if tone == "hostile"
    }
    rungs = np.array([act.entry.rung for act in acts], np.int64)
    return Targets(classes, dyads, rungs, len(compiled.loaded.scenario.rungs))


@dataclass(frozen=True)
class Truth:
    """The whole record, day by day; what a forecast is made of is cut from it before its origin."""

    file: str
    settings: tuple[str, ...]
    first: date
    last: date
    acts: np.ndarray  # bool (days, A)
    targets: Targets
    compiled: Compiled  # with all of it replayed

    def between(self, first: date, days: int) -> np.ndarray:
        """Return what was done in so many days from one on: bool (days, A)."""
        start = (first - self.first).days
        return self.acts[start : start + days]


def truth_of(file: str, settings: Iterable[str]) -> Truth:
    """Read a scenario's whole record. Raises UserError where it has none or it runs past the scenario's clock."""
    settings = tuple(settings)
    plain = load(file, settings)
    days = sorted(row.day for row in plain.rows_inside if row.day is not None)
    if not days:
        raise UserError([nothing_recorded(plain.scenario, plain.tree, "a back-test")])
    record_days = [row.day for row in plain.rows if row.day is not None]
    first, last = min(record_days), min(max(record_days), plain.scenario.clock.end - timedelta(1))
    replaying = [
        f"clock.start={first}",
        f"clock.replay_until={last}",
        "record.replay=all",
        f"record.month_only={MONTH_ONLY}",
        *not_asked(plain, first, last),
    ]
    loaded = load(file, [*settings, *replaying])
    check_only_record(loaded, loaded.scenario.clock.end)
    compiled = compile_scenario(loaded)
    acts = compiled.tables.schedule[: compiled.free_from] == FORCED
    return Truth(file, settings, first, last, acts, targets_of(compiled), compiled)


def month_starts(first: date, last: date) -> list[date]:
    """List the first of every month from one day to another, both included."""
    starts, year, month = [], first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first:
            starts.append(day)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return starts


def case_before(truth: Truth, origin: date, settings: Sequence[str], fixed: Sequence[str], fitted: bool = True) -> Case:
    """Return what is known on the morning of an origin: the case of the record to the day before.

    Parameters: settings, of the variant that forecasts; fixed, keys of numbers that it does not fit; fitted, whether it
    fits any.
    Raises UserError for a record that has nothing before the origin, or a number without a prior.
    """
    settings = [*truth.settings, *settings]
    free = None if fitted else ()
    return case_of(
        truth.file, origin - timedelta(1), settings=settings, month_only=MONTH_ONLY, free=free, without=fixed
    )


def option_error(option: str, text: str, allowed: str) -> UserError:
    """Return an error of an option, with what it must be."""
    return UserError([Problem(Place(option, 0), "", text, allowed)])
