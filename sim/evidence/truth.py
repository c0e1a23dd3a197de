"""A back-test's questions: from which mornings, how far ahead, about which acts; and what the record answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sim.evidence.case import Case, case_of, only_what_happened
from sim.rules.arrays import FORCED, ROLES
from sim.scenario.compile import Compiled, compile_scenario
from sim.scenario.load import load
from sim.scenario.problems import Place, Problem, UserError

MONTH_ONLY = "middle"


@dataclass(frozen=True)
class Asked:
    """What is forecast: classes of acts, and the dyads whose highest rung is; A actions."""

    classes: dict[str, np.ndarray]  # bool (A,): the acts of each
    dyads: dict[str, np.ndarray]  # bool (A,): the hostile acts of each
    rungs: np.ndarray  # int64 (A,)

    def counts(self, acts: np.ndarray) -> np.ndarray:
        """int64 (classes,): acts of each class in uint8 (days, A)."""
        by_action = acts.sum(axis=0, dtype=np.int64)
        return np.array([by_action[members].sum() for members in self.classes.values()])

    def highest(self, acts: np.ndarray) -> np.ndarray:
        """int64 (dyads,): the highest rung of each in uint8 (days, A); 0 where nothing is done."""
        done = acts.any(axis=0)
        return np.array([self.rungs[members & done].max(initial=0) for members in self.dyads.values()])


def asked_of(compiled: Compiled) -> Asked:
    """Every channel, every role that an action has, and every dyad that has a hostile channel."""
    acts = compiled.acts
    classes = {
        f"{actor} → {target}, {tone}": np.array([act.channel == (actor, target, tone) for act in acts])
        for actor, target, tone in compiled.channels
    }
    for role in ROLES[1:]:
        members = np.array([act.entry.role == role for act in acts])
        if members.any() and not any((members == other).all() for other in classes.values()):
            classes[f"any {role}"] = members
    dyads = {
        f"{actor} → {target}": np.array([act.channel == (actor, target, tone) for act in acts])
        for actor, target, tone in compiled.channels
        if tone == "hostile"
    }
    return Asked(classes, dyads, np.array([act.entry.rung for act in acts], np.int64))


@dataclass(frozen=True)
class Truth:
    """The whole record, day by day; what a forecast is made of is cut from it before its origin."""

    file: str
    settings: tuple[str, ...]
    first: date
    last: date
    acts: np.ndarray  # bool (days, A)
    asked: Asked
    compiled: Compiled  # with all of it replayed

    def between(self, first: date, days: int) -> np.ndarray:
        """bool (days, A): what was done from a day on."""
        start = (first - self.first).days
        return self.acts[start : start + days]


def truth_of(file: str, settings: Iterable[str]) -> Truth:
    """Read a scenario's whole record. Raises UserError where it has none or it runs past the scenario's clock."""
    settings = tuple(settings)
    plain = load(file, settings)
    days = sorted(row.day for row in plain.rows_inside if row.day is not None)
    if not days:
        text, allowed = (
            "names no record of dated acts, and a back-test is made on one",
            "record: {file: …, replay: all}",
        )
        raise UserError([Problem(plain.tree.place, "record", text, allowed)])
    seen = [row.day for row in plain.rows if row.day is not None]
    first, last = min(seen), min(max(seen), plain.scenario.clock.end - timedelta(1))
    replaying = [
        f"clock.start={first}",
        f"clock.replay_until={last}",
        "record.replay=all",
        f"record.month_only={MONTH_ONLY}",
    ]
    loaded = load(file, [*settings, *replaying])
    only_what_happened(loaded, loaded.scenario.clock.end)
    compiled = compile_scenario(loaded)
    acts = compiled.tables.schedule[: compiled.free_from] == FORCED
    return Truth(file, settings, first, last, acts, asked_of(compiled), compiled)


def monthly(first: date, last: date) -> list[date]:
    """The first of every month from one day to another."""
    found, year, month = [], first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first:
            found.append(day)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def case_before(truth: Truth, origin: date, settings: Sequence[str], held: Sequence[str], fitted: bool = True) -> Case:
    """What is known on the morning of an origin: the record to the day before, and nothing that came from after it.

    settings: of the variant that forecasts. held: keys of numbers that it does not fit; all, if it is not fitted.
    """
    settings = [*truth.settings, *settings]
    free = None if fitted else ()
    return case_of(truth.file, origin - timedelta(1), settings=settings, month_only=MONTH_ONLY, free=free, without=held)


def wrong_window(option: str, text: str, allowed: str) -> UserError:
    return UserError([Problem(Place(option, 0), "", text, allowed)])
