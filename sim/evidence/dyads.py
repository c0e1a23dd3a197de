"""A machine-coded record of many dyads, as the daily series that a hazard of acts needs.

The file is a table of text, plain, gzipped or zipped: date, source, source_side, target, target_side, cameo_name,
goldstein. A side is `state` or `society`; acts between states, of a state on its own society, and of a society on its
own state are three kinds of dyad, which need not answer alike.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sim.evidence.cameo import code_of_text
from sim.scenario.problems import Place, Problem, UserError, first_of, listed, nearest, shown
from sim.scenario.record import day_or_month
from sim.scenario.text_files import undecodable
from sim.scenario.text_tables import Columns, decimal, missing_columns, open_table

COLUMNS = ("date", "source", "source_side", "target", "target_side", "cameo_name", "goldstein")
SIDES = ("state", "society")
KINDS = {
    "state → state": ("state", "state", False),
    "state → own society": ("state", "society", True),
    "society → own state": ("society", "state", True),
}
MOST_MARKS = 1.5  # a day: a day on which the wires repeat themselves is no war (judgement)
MOST_YEARS = 40  # from the middle of the file: every year more is a year of silence for every pair (judgement)
Side = tuple[str, str]  # country, side


@dataclass(frozen=True)
class Echoes:
    """What counts as the same story again: an act between the same two within so many days of its last mention.

    days: 0, nothing does. by_root: whether acts of one CAMEO root are the same act, otherwise those of one name.
    """

    days: int
    by_root: bool = False


ONCE = Echoes(3)  # judgement: the wires tell an act again for about so long


@dataclass(frozen=True, slots=True)
class Coded:
    """One act of the file; `goldstein` is its weight, from -10 (worst) to 10."""

    day: date
    source: Side
    target: Side
    name: str
    goldstein: float


@dataclass(frozen=True)
class Dyads:
    """P ordered pairs of one kind over D days, in `pairs` the one that acts first.

    first: the day of column 0. acted: bool (P, D), any hostile act of the first of a pair toward the second. own_marks,
    other_marks: float64 (P, D), hostile marks of the first toward the second, and of the second toward the first, at
    most MOST_MARKS a day. volume: float64 (D,), all the acts of the file that day, 1 on average.
    """

    kind: str
    pairs: list[tuple[Side, Side]]
    first: date
    acted: np.ndarray
    own_marks: np.ndarray
    other_marks: np.ndarray
    volume: np.ndarray


def read_coded(path: Path) -> list[Coded]:
    """Read all the acts of a file, in the order of days.

    Raises UserError for a file that cannot be read or lacks a column, and with every row that is not an act: a date
    that is not one or lies more than MOST_YEARS from the middle of the file, a side that is neither `state` nor
    `society`, a weight that is not a number from -10 to 10.
    """
    acts: list[tuple[Coded, Place]] = []
    problems: list[Problem] = []
    with open_table(path, str(path)) as table:
        first = table.first()
        columns = Columns(first.cells, {name: (name,) for name in COLUMNS})
        if columns.twice:
            raise UserError([Problem(table.place(first.number), columns.twice[0], "the column is given twice")])
        if len(columns.places) < len(COLUMNS):
            raise UserError([missing_columns(table, first.number, columns, COLUMNS)])
        for line in table.lines:
            fitted, place = columns.fitted(line), table.place(line.number)
            if byte := undecodable("".join(fitted.cells)):  # the rest is in the same encoding
                raise UserError([Problem(place, "", byte, "text encoded as UTF-8")])
            if fitted.fault:
                problems.append(Problem(place, "", fitted.fault, fitted.allowed))
                continue
            act = _act(columns.row(fitted), place)
            if isinstance(act, Coded):
                acts.append((act, place))
            else:
                problems += act
    acts.sort(key=lambda pair: pair[0].day)
    problems += _far(acts)
    if problems:
        raise UserError(first_of(problems))
    return [act for act, _ in acts]


def _act(cells: Mapping[str, str], place: Place) -> Coded | list[Problem]:
    """Read the act of one row, or what is wrong with it."""
    problems = []
    try:
        day, _ = day_or_month(cells["date"])
    except ValueError:
        day = None
    if day is None:
        problems.append(Problem(place, "date", f"'{shown(cells['date'])}' is not a day", "a day, as 2014-09-03"))
    for column in ("source_side", "target_side"):
        side, lower = cells[column], cells[column].lower()
        if side not in SIDES:
            near = lower if lower in SIDES else nearest(lower, SIDES)
            problems.append(Problem(place, column, f"found '{shown(side)}'", listed(SIDES), near))
    problems += [Problem(place, column, "is empty", "a name") for column in ("source", "target") if not cells[column]]
    try:
        weight = decimal(cells["goldstein"])
    except ValueError:
        weight = math.nan
    if not -10.0 <= weight <= 10.0:
        text = f"found '{shown(cells['goldstein'])}'"
        problems.append(Problem(place, "goldstein", text, "a number from -10 to 10"))
    if problems or day is None:
        return problems
    source, target = (cells["source"], cells["source_side"]), (cells["target"], cells["target_side"])
    return Coded(day, source, target, cells["cameo_name"], weight)


def _far(acts: list[tuple[Coded, Place]]) -> list[Problem]:
    """Acts so far from the middle of the file that their year is hardly meant; acts in the order of days."""
    if not acts:
        return []
    middle = acts[len(acts) // 2][0].day
    most = timedelta(days=366 * MOST_YEARS)
    allowed = f"days within {MOST_YEARS} years of {middle}, the middle of the file"
    return [
        Problem(place, "date", f"{act.day} lies {abs(act.day.year - middle.year):,} years from most acts", allowed)
        for act, place in acts
        if abs(act.day - middle) > most
    ]


def without_echoes(acts: list[Coded], echoes: Echoes = ONCE) -> list[Coded]:
    """Drop acts that repeat another one, between the same two. acts: in the order of days."""
    if echoes.days == 0:
        return acts
    last: dict[tuple[Side, Side, str], tuple[date, bool]] = {}  # day of the last mention, and whether it was new
    new_acts = []
    for act in acts:
        key = (act.source, act.target, root_of(act.name) if echoes.by_root else act.name)
        before, was_new = last.get(key, (date.min, True))
        is_new = was_new if act.day == before else (act.day - before).days > echoes.days
        last[key] = act.day, is_new
        if is_new:
            new_acts.append(act)
    return new_acts


def root_of(name: str) -> str:
    """Return the CAMEO root of an act, two digits; a name that is not CAMEO's is a root of its own."""
    code = code_of_text(name)
    return name if code is None else code[:2]


@dataclass(frozen=True)
class Choice:
    """Which pairs count, by the acts of the days that are fitted.

    least: how many it takes. by_contact: of acts of either toward the other, hostile ones of the first left out, so that
    a pair that was spared is not; otherwise of days of hostile acts of the first toward the second.
    """

    least: int
    by_contact: bool = False


def dyads_of(acts: list[Coded], kind: str, fit_until: date, choice: Choice) -> Dyads:
    """Gather the pairs of one kind and their daily series.

    Parameters: acts, in the order of days; kind, one of KINDS; fit_until, pairs are chosen by the acts up to this day,
    so that what comes after can test them.
    """
    first, last = acts[0].day, acts[-1].day
    days = (last - first).days + 1
    counts = np.bincount([(act.day - first).days for act in acts], minlength=days).astype(np.float64)
    marks: dict[tuple[Side, Side], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for act in acts:
        if act.goldstein < 0.0:
            marks[act.source, act.target][(act.day - first).days] += -act.goldstein / 10.0
    chosen = _chosen([act for act in acts if act.day <= fit_until], kind, choice)
    own_marks, other_marks = np.zeros((2, len(chosen), days))
    for row, (source, target) in enumerate(chosen):
        for series, pair in ((own_marks, (source, target)), (other_marks, (target, source))):
            for day, mark in marks[pair].items() if pair in marks else ():
                series[row, day] = mark
    return Dyads(
        kind,
        chosen,
        first,
        own_marks > 0.0,
        np.minimum(own_marks, MOST_MARKS),
        np.minimum(other_marks, MOST_MARKS),
        counts / counts.mean(),
    )


def _chosen(acts: list[Coded], kind: str, choice: Choice) -> list[tuple[Side, Side]]:
    """List the pairs of a kind that have enough acts, sorted."""
    if choice.by_contact:
        toward = Counter((act.source, act.target) for act in acts)
        hostile = Counter((act.source, act.target) for act in acts if act.goldstein < 0.0)
        both_ways = {pair for acting in toward for pair in (acting, acting[::-1])}
        counts = Counter({pair: toward[pair] - hostile[pair] + toward[pair[::-1]] for pair in both_ways})
    else:
        days = {(act.source, act.target, act.day) for act in acts if act.goldstein < 0.0}
        counts = Counter((source, target) for source, target, _ in days)
    return sorted(pair for pair, count in counts.items() if _is_of_kind(pair, kind) and count >= choice.least)


def _is_of_kind(pair: tuple[Side, Side], kind: str) -> bool:
    source_side, target_side, at_home = KINDS[kind]
    (source, side), (target, other_side) = pair
    return side == source_side and other_side == target_side and (source == target) == at_home
