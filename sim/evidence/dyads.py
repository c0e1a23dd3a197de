"""A machine-coded record of many dyads, as the daily series that a hazard of acts needs.

The file is CSV, plain or gzipped: date, source, source_side, target, target_side, cameo_name, goldstein. A side is
`state` or `society`; acts between states, of a state on its own society, and of a society on its own state are three
kinds of dyad, which need not answer alike.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sim.scenario.problems import Place, Problem, UserError, listed

COLUMNS = ("date", "source", "source_side", "target", "target_side", "cameo_name", "goldstein")
KINDS = {
    "state → state": ("state", "state", False),
    "state → own society": ("state", "society", True),
    "society → own state": ("society", "state", True),
}
MOST_MARKS = 1.5  # a day: a day on which the wires repeat themselves is no war (judgement)
ECHO_DAYS = 3  # the same act between the same two within so many days is the same story told again (judgement)
Side = tuple[str, str]  # country, side


@dataclass(frozen=True)
class Coded:
    """One act of the file."""

    day: date
    source: Side
    target: Side
    name: str
    goldstein: float


@dataclass(frozen=True)
class Dyads:
    """Ordered pairs of one kind, day by day; P pairs, D days."""

    kind: str
    pairs: list[tuple[Side, Side]]
    first: date
    acted: np.ndarray  # bool (P, D): any hostile act of the first toward the second
    own: np.ndarray  # float64 (P, D): hostile marks of the first toward the second, capped
    others: np.ndarray  # float64 (P, D): hostile marks of the second toward the first, capped
    volume: np.ndarray  # float64 (D,): all the acts of the file that day, 1 on average


def read_coded(path: Path) -> list[Coded]:
    """All the acts of a file, by day. Raises UserError with what is not in the form described above."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", newline="") as file:
            return sorted(_acts(csv.DictReader(file), path), key=lambda act: act.day)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        text = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise UserError([Problem(Place(str(path), 0), "", text)]) from None


def _acts(reader: "csv.DictReader[str]", path: Path) -> Iterator[Coded]:
    header = reader.fieldnames or []
    if missing := [name for name in COLUMNS if name not in header]:
        place = Place(str(path), 1)
        raise UserError([Problem(place, "", f"lacks the columns {listed(missing, 9)}", listed(COLUMNS, 9))])
    for row in reader:
        try:
            yield Coded(
                date.fromisoformat(row["date"]),
                (row["source"], row["source_side"]),
                (row["target"], row["target_side"]),
                row["cameo_name"],
                float(row["goldstein"]),
            )
        except (TypeError, ValueError) as error:
            problem = Problem(Place(str(path), reader.line_num), "", f"is no act: {error}", listed(COLUMNS, 9))
            raise UserError([problem]) from None


def without_echoes(acts: list[Coded]) -> list[Coded]:
    """Without what repeats an act of the same name between the same two within the last days."""
    last: dict[tuple[Side, Side, str], tuple[date, bool]] = {}  # day of the last mention, and whether it was kept
    kept = []
    for act in acts:
        key = (act.source, act.target, act.name)
        before, was_kept = last.get(key, (date.min, True))
        is_new = was_kept if act.day == before else (act.day - before).days > ECHO_DAYS
        last[key] = act.day, is_new
        if is_new:
            kept.append(act)
    return kept


def dyads_of(acts: list[Coded], kind: str, fit_until: date, least: int, volume: bool = True) -> Dyads:
    """The pairs of one kind with `least` days of hostile acts or more up to a day, and their series.

    Pairs are chosen by that part alone, so that what comes after can test them. Without `volume`, every day counts alike.
    """
    first, last = acts[0].day, acts[-1].day
    days = (last - first).days + 1
    marks: dict[tuple[Side, Side], np.ndarray] = defaultdict(lambda: np.zeros(days))
    counts = np.zeros(days)
    for act in acts:
        day = (act.day - first).days
        counts[day] += 1
        if act.goldstein < 0.0:
            marks[act.source, act.target][day] += -act.goldstein / 10.0
    chosen = sorted(
        pair
        for pair, series in marks.items()
        if _is(pair, kind) and (series[: (fit_until - first).days + 1] > 0.0).sum() >= least
    )
    own = np.array([marks[pair] for pair in chosen]).reshape(-1, days)
    others = np.array([marks[second, one] if (second, one) in marks else np.zeros(days) for one, second in chosen])
    return Dyads(
        kind,
        chosen,
        first,
        own > 0.0,
        np.minimum(own, MOST_MARKS),
        np.minimum(others.reshape(-1, days), MOST_MARKS),
        counts / counts.mean() if volume else np.ones(days),
    )


def _is(pair: tuple[Side, Side], kind: str) -> bool:
    source_side, target_side, at_home = KINDS[kind]
    (country, side), (other, other_side) = pair
    return side == source_side and other_side == target_side and (country == other) == at_home
