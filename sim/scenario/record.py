"""The record: dated, sourced acts of a case, in a CSV file.

Columns: `date` (2017-09-03, or 2017-09 where only the month is known), `actor`, `target`, `action` (an
action of the actor; empty if the row is outside the model), `source`, `note`; and, if wanted, `outside`
(why a row without an action is), `seed` (yes: replayed by a scenario that replays marked rows),
`description`, `event`, `source_date`, `confidence`, `date_confidence`. Other columns are refused.
"""

import calendar
import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sim.scenario.problems import Place, Problem, UserError, first_of, listed, nearest, shown, unknown
from sim.scenario.yaml_file import read_text

NEEDED = ("date", "actor", "target", "action", "source", "note")
WANTED = ("outside", "seed", "description", "event", "source_date", "confidence", "date_confidence")
MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One act of the record. `day` is None while only the month is known."""

    place: Place
    day: date | None
    month: str
    actor: str
    target: str
    action: str
    outside: str
    seed: bool
    description: str
    source: str
    note: str

    @property
    def name(self) -> str:
        return f"{self.actor}.{self.action}"


def read_record(path: Path, shown_as: str) -> list[Row]:
    """Read a record. Raises UserError with every row that is not in the form described above."""
    rows, problems = read_rows(path, shown_as)
    if problems:
        raise UserError(problems)
    return rows


def read_rows(path: Path, shown_as: str) -> tuple[list[Row], list[Problem]]:
    """The rows of a record that are in the form described above, and what is wrong with the others."""
    reader = csv.reader(io.StringIO(read_text(path, shown_as, MAX_BYTES), newline=""), strict=True)
    problems: list[Problem] = []
    rows: list[Row] = []
    try:
        header = next(reader, [])
        problems += _header_problems(header, shown_as)
        if problems:
            return [], problems
        before = reader.line_num
        for cells in reader:
            place, before = Place(shown_as, before + 1), reader.line_num
            if not cells:  # an empty line is no row
                continue
            if len(cells) != len(header):
                problems.append(Problem(place, "", f"has {len(cells)} cells", f"{len(header)}, as in the first line"))
                continue
            row = _row(dict(zip(header, cells, strict=True)), place, problems)
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        problems.append(Problem(Place(shown_as, reader.line_num), "", f"is not CSV: {error}"))
    return rows, problems


def _header_problems(header: list[str], shown_as: str) -> list[Problem]:
    place = Place(shown_as, 1)
    known = NEEDED + WANTED
    if not header:
        return [Problem(place, "", "the first line is empty", "the columns " + listed(known, 20))]
    found = [
        Problem(place, name, "the column is missing", "the columns " + listed(known, 20))
        for name in NEEDED
        if name not in header
    ]
    found += [
        Problem(place, shown(name), "unknown column", listed(known, 20), nearest(name, known))
        for name in header
        if name not in known
    ]
    found += [Problem(place, name, "the column is given twice") for name in known if header.count(name) > 1]
    return found


def _row(cells: Mapping[str, str], place: Place, problems: list[Problem]) -> Row | None:
    day, month = _dated(cells["date"], place, problems)
    seed = cells.get("seed", "")
    if seed not in ("", "yes", "no"):
        problems.append(Problem(place, "seed", f"found '{shown(seed)}'", "yes or no"))
    action, outside = cells["action"], cells.get("outside", "")
    if bool(action) == bool(outside):
        found = (
            f"stands beside a reason in `outside`: {shown(outside)}"
            if action
            else "is empty, and `outside` gives no reason"
        )
        problems.append(Problem(place, "action", found, "an action of the actor, or why the row is outside the model"))
    if not cells["source"]:
        problems.append(Problem(place, "source", "is empty", "where the act is told"))
    if not month:
        return None
    return Row(
        place,
        day,
        month,
        cells["actor"],
        cells["target"],
        action,
        outside,
        seed == "yes",
        cells.get("description", ""),
        cells["source"],
        cells["note"],
    )


def _dated(text: str, place: Place, problems: list[Problem]) -> tuple[date | None, str]:
    allowed = "2017-09-03, or 2017-09 where only the month is known"
    month_only = re.fullmatch(r"[0-9]{4}-[0-9]{2}", text)
    try:
        if not month_only and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        day = date.fromisoformat(text + "-01" if month_only else text)
    except ValueError:
        problems.append(Problem(place, "date", f"'{shown(text)}' is not a date", allowed))
        return None, ""
    return None if month_only else day, text[:7]


def placed(row: Row, month_only: str) -> date | None:
    """The day of a row; one dated by month only gets the day that the scenario chose, or none."""
    if row.day is not None or month_only == "leave_out":
        return row.day
    year, month = (int(part) for part in row.month.split("-"))
    last = calendar.monthrange(year, month)[1]
    return date(year, month, {"first": 1, "middle": 15, "last": last}[month_only])


def inside(
    rows: list[Row], targets: Mapping[str, str], actors: Collection[str], outside: Mapping[str, str]
) -> tuple[list[Row], list[Problem]]:
    """The rows whose actors and action this scenario has; `targets` maps actor.action to its target.

    A row of an actor that the scenario neither has nor declares outside, or of an action that its actor
    does not have, is a problem: nothing of a record is dropped in silence.
    """
    known = [*actors, *outside]
    inner = [row for row in rows if not row.outside]
    problems = first_of(problem for row in inner for problem in _strange(row, targets, known, outside))
    kept = [
        row for row in inner if targets.get(row.name) == row.target and row.actor in actors and row.target in actors
    ]
    return [row for row in kept if row.actor not in outside and row.target not in outside], problems


def _strange(row: Row, targets: Mapping[str, str], known: list[str], outside: Mapping[str, str]) -> Iterator[Problem]:
    """What a row names that the scenario does not have; nothing more is asked of an actor declared outside."""
    strangers = [(key, name) for key, name in (("actor", row.actor), ("target", row.target)) if name not in known]
    if strangers:
        yield from (unknown(row.place, key, "actor", name, known) for key, name in strangers)
    elif row.actor in outside or row.target in outside:
        return
    elif row.name not in targets:
        own = [name.partition(".")[2] for name in targets if name.startswith(row.actor + ".")]
        yield unknown(row.place, "action", f"action of {row.actor}", row.action, own)
    elif targets[row.name] != row.target:
        allowed = f"{targets[row.name]}, the target of {row.name}"
        yield Problem(row.place, "target", f"found '{shown(row.target)}'", allowed)
