"""The record: dated, sourced acts of a case, in a table of text.

`MEANINGS` says what its columns hold: those that it needs, and those that it may have. Other columns are refused.
"""

import calendar
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

from sim.scenario.problems import Place, Problem, UserError, first_of, listed, nearest, shown, unknown
from sim.scenario.schema import Clock, Record
from sim.scenario.text_files import undecodable
from sim.scenario.text_tables import Columns, TextTable, decimal, missing_columns, open_table

MEANINGS = {
    "date": "the day, 2017-09-03; 2017-09 where only the month is known, 2017-09-03/2017-09-10 where only two days between which it lies",
    "actor": "who acts, by the name that the scenario has; several who act jointly with a + between them",
    "target": "toward whom; several with a + between them",
    "action": "an action of the actor; empty if the row is outside the model",
    "outside": "why a row without an action is outside",
    "seed": "yes if a scenario that replays marked rows replays it",
    "description": "what happened, in words",
    "event": "free words",
    "source": "where the act is reported",
    "source_date": "the day, month or year of the source",
    "confidence": "how sure the act is: a number from 0 to 1, or verified, high, medium, recalled, low",
    "date_confidence": "how sure its day is: a number from 0 to 1, or firm, day_inferred, conflicting, recalled, month_only",
    "note": "a caveat, shown wherever the act is",
}
NEEDED = ("date", "actor", "target", "action", "source", "note")
WANTED = tuple(name for name in MEANINGS if name not in NEEDED)
COLUMNS = {name: (name,) for name in NEEDED + WANTED}
MAX_CHARACTERS = 50_000_000
DATES = "2017-09-03, or 2017-09 where only the month is known"
SPANS = f"{DATES}, or 2017-09-03/2017-09-10 for a day between the two"
JOINT = "+"
# How sure the words are of an act, and of its day, from 0 to 1 (judgement).
CONFIDENCE = {"verified": 1.0, "high": 0.9, "medium": 0.7, "recalled": 0.5, "low": 0.3}
MONTH_WORDS = ("month_only", "month")
DATE_CONFIDENCE = {
    "firm": 1.0,
    "day_inferred": 0.7,
    "conflicting": 0.5,
    "day_recalled": 0.5,
    "recalled": 0.5,
    **dict.fromkeys(MONTH_WORDS, 0.0),
}
FAR_YEARS = 10  # from the clock and from the other rows: perhaps a slip of the pen (judgement)
TOO_FAR_YEARS = 100  # from the clock: no act of the case (judgement)
MOST_WARNINGS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One act of the record; a joint one is an act of each actor toward each target. Confidences are shares from 0 to 1.

    `day` is None while only a month or two days are known between which it lies: `month` has them as the record does.
    """

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
    confidence: float = 1.0
    date_confidence: float = 1.0

    @property
    def name(self) -> str:
        """Name the action as scenarios do: actor.action."""
        return f"{self.actor}.{self.action}"

    @property
    def span(self) -> tuple[date, date]:
        """Return the first and the last day on which it may have been done."""
        if self.day is not None:
            return self.day, self.day
        if "/" in self.month:
            first, last = self.month.split("/")
            return date.fromisoformat(first), date.fromisoformat(last)
        year, month = (int(part) for part in self.month.split("-"))
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])

    @property
    def year(self) -> int:
        """Year of the day, or of the month."""
        return int(self.month[:4])


def read_record(path: Path, shown_as: str) -> list[Row]:
    """Read a record.

    Parameters
    ----------
    path : its file: CSV, or between semicolons or tabs; plain, gzipped or zipped.
    shown_as : the path as messages show it.

    Raises
    ------
    UserError : with every row that is not in the form described above.
    """
    rows, problems = read_rows(path, shown_as)
    if problems:
        raise UserError(problems)
    return rows


def read_rows(path: Path, shown_as: str) -> tuple[list[Row], list[Problem]]:
    """Read the sound rows of a record, and the problems of the others.

    Raises UserError for a file that cannot be read as a table at all.
    """
    problems: list[Problem] = []
    rows: list[Row] = []
    with open_table(path, shown_as, most_characters=MAX_CHARACTERS) as table:
        first = table.first()
        columns = Columns(first.cells, COLUMNS)
        if problems := _header_problems(table, first.number, columns):
            return [], problems
        for line in table.lines:
            line, place = columns.fitted(line), table.place(line.number)
            if line.fault:
                problems.append(Problem(place, "", line.fault, line.allowed))
                continue
            if byte := undecodable("".join(line.cells)):  # the rest is in the same encoding: one cause, one error
                problems.append(Problem(place, "", byte, "text encoded as UTF-8; a spreadsheet calls it CSV UTF-8"))
                break
            cells = columns.row(line)
            row = _row(cells, place, problems)
            if row is not None:
                rows += [replace(row, actor=actor, target=target) for actor, target in _sides(cells, place, problems)]
    return rows, problems


def _header_problems(table: TextTable, line: int, columns: Columns) -> list[Problem]:
    """Find what is wrong with the headings: one problem for one cause."""
    place = table.place(line)
    slips = {heading: nearest(heading.lower(), COLUMNS) for heading in columns.unknown if heading}
    misspelt = {name for name in slips.values() if name and name not in columns.places}
    if [name for name in NEEDED if name not in columns.places and name not in misspelt]:
        problem = missing_columns(table, line, columns, NEEDED)
        if any(map(_is_date, columns.headings)):
            text = f"{problem.text} (a row without headings?)"
            problem = replace(problem, text=text, nearest="")
        return [problem]
    wrong = [
        Problem(place, shown(heading), "unknown column", listed(COLUMNS, 20), near) for heading, near in slips.items()
    ]
    wrong += [Problem(place, name, "the column is given twice") for name in columns.twice]
    if "" in columns.unknown:
        wrong.append(Problem(place, "", f"column {columns.headings.index('') + 1} has no heading", listed(COLUMNS, 20)))
    return wrong


def _is_date(text: str) -> bool:
    try:
        _day_or_span(text.strip())
    except ValueError:
        return False
    return True


def _row(cells: Mapping[str, str], place: Place, problems: list[Problem]) -> Row | None:
    try:
        day, month = _day_or_span(cells["date"])
    except ValueError:
        text = f"'{shown(cells['date'])}' is not a date" if cells["date"] else "is empty"
        problems.append(Problem(place, "date", text, SPANS))
        day, month = None, ""
    seed = cells.get("seed", "")
    if seed not in ("", "yes", "no"):
        problems.append(Problem(place, "seed", f"found '{shown(seed)}'", "yes or no"))
    action, outside = cells["action"], cells.get("outside", "")
    if bool(action) == bool(outside):
        text = (
            f"stands beside a reason in `outside`: {shown(outside)}"
            if action
            else "is empty, and `outside` gives no reason"
        )
        problems.append(Problem(place, "action", text, "an action of the actor, or why the row is outside the model"))
    if not cells["source"]:
        problems.append(Problem(place, "source", "is empty", "where the act is reported"))
    if not re.fullmatch(r"([0-9]{4}(-[0-9]{2}){0,2})?", cells.get("source_date", "")):
        text = f"'{shown(cells['source_date'])}' is not a date"
        problems.append(Problem(place, "source_date", text, "2017-09-03, 2017-09, 2017 or nothing"))
    confidence = _confidence(cells, "confidence", CONFIDENCE, place, problems)
    date_confidence = _confidence(cells, "date_confidence", DATE_CONFIDENCE, place, problems)
    if day is not None and cells.get("date_confidence", "") in MONTH_WORDS:
        text = f"says that only the month is known, and the date is {day}"
        problems.append(Problem(place, "date_confidence", text, f"{month} as the date, or another word"))
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
        confidence,
        date_confidence,
    )


def _confidence(
    cells: Mapping[str, str], column: str, words: Mapping[str, float], place: Place, problems: list[Problem]
) -> float:
    """Return how sure a cell says that something is: 1 where it says nothing."""
    text = cells.get(column, "")
    if not text:
        return 1.0
    if text in words:
        return words[text]
    try:
        share = decimal(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        allowed = "a number from 0 to 1, or " + listed(words)
        problems.append(Problem(place, column, f"found '{shown(text)}'", allowed, nearest(text, words)))
    return share


def _sides(cells: Mapping[str, str], place: Place, problems: list[Problem]) -> list[tuple[str, str]]:
    """Return each actor with each target of a row; none, with a problem added, where one is empty or stands twice."""
    sides: dict[str, list[str]] = {}
    for column in ("actor", "target"):
        names = [name.strip() for name in cells[column].split(JOINT)] if JOINT in cells[column] else [cells[column]]
        if len(names) > 1 and (len(set(names)) < len(names) or "" in names):
            text = f"'{shown(cells[column])}' has an empty name, or one twice"
            problems.append(Problem(place, column, text, "names, with a + between them"))
            return []
        sides[column] = names
    return list(product(sides["actor"], sides["target"]))


def _day_or_span(text: str) -> tuple[date | None, str]:
    """Read a date of which perhaps only the month, or two days between which it lies, are known, as `day_or_month`."""
    if "/" not in text:
        return day_or_month(text)
    first, last = (day_or_month(part)[0] for part in text.split("/", 1))
    if first is None or last is None or first >= last:
        raise ValueError(f"'{shown(text)}' is not two days in their order")
    return None, text


def day_or_month(text: str) -> tuple[date | None, str]:
    """Read a date of which perhaps only the month is known.

    Returns
    -------
    tuple : the day, None for `2017-09`; and the month, as 2017-09.

    Raises
    ------
    ValueError : for any other text, and for a day or month that no calendar has.
    """
    month_only = re.fullmatch(r"[0-9]{4}-[0-9]{2}", text)
    if not month_only and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f"'{shown(text)}' is not a date")
    day = date.fromisoformat(text + "-01" if month_only else text)
    return None if month_only else day, text[:7]


def placed(row: Row, month_only: str) -> date | None:
    """Place a row on a day.

    Parameters
    ----------
    month_only : what a row of which only the month, or two days, are known gets: `first`, `middle` or `last` day, or
        `leave_out`.

    Returns
    -------
    date or None : the day; None if the row has none.
    """
    if row.day is not None or month_only == "leave_out":
        return row.day
    first, last = row.span
    middle = first + (last - first) // 2 if "/" in row.month else first.replace(day=15)
    return {"first": first, "middle": middle, "last": last}[month_only]


def days_of(rows: Iterable[Row], record: Record | None) -> list[date]:
    """List the days of the rows of a record that have one, in the order of the rows.

    record: the entry that names it, and says what a row gets of which only the month is known.
    """
    return [] if record is None else [day for row in rows if (day := placed(row, record.month_only)) is not None]


def inside(
    rows: list[Row], targets: Mapping[str, str], actors: Collection[str], outside: Mapping[str, str]
) -> tuple[list[Row], list[Problem]]:
    """Choose the rows whose actors and action a scenario has.

    Parameters
    ----------
    targets : the target of each actor.action of the scenario.
    actors : the actors of the scenario.
    outside : actors that it declares to be outside, and why.

    Returns
    -------
    tuple : the rows, and the problems of the others. A row of an actor that the scenario neither has nor declares
        outside, or of an action that its actor does not have, is a problem: nothing of a record is dropped in silence.
    """
    known = [*actors, *outside]
    inner = [row for row in rows if not row.outside]
    problems = first_of(problem for row in inner for problem in _strange(row, targets, known, outside))
    chosen = [
        row for row in inner if targets.get(row.name) == row.target and row.actor in actors and row.target in actors
    ]
    return [row for row in chosen if row.actor not in outside and row.target not in outside], problems


def _strange(row: Row, targets: Mapping[str, str], known: list[str], outside: Mapping[str, str]) -> Iterator[Problem]:
    """Find names of a row that the scenario does not have; of actors outside, no more is asked."""
    strangers = [(key, name) for key, name in (("actor", row.actor), ("target", row.target)) if name not in known]
    if strangers:
        yield from (unknown(row.place, key, "actor", name, known) for key, name in strangers)
    elif row.actor in outside or row.target in outside:
        return
    elif row.name not in targets:
        actions = [name.partition(".")[2] for name in targets if name.startswith(row.actor + ".")]
        yield unknown(row.place, "action", f"action of {row.actor}", row.action, actions)
    elif targets[row.name] != row.target:
        allowed = f"{targets[row.name]}, the target of {row.name}"
        yield Problem(row.place, "target", f"found '{shown(row.target)}'", allowed)


def years_outside(year: int, clock: Clock) -> int:
    """Count the years between a year and the clock of a scenario; 0 within it."""
    return max(clock.start.year - year, year - clock.end.year, 0)


def far_days(rows: Sequence[Row], clock: Clock) -> list[Problem]:
    """Find the rows whose year is hardly meant.

    Returns
    -------
    list : errors for rows more than TOO_FAR_YEARS from the clock; warnings for those more than FAR_YEARS from it and
        from the middle of the other rows.
    """
    years = sorted(row.year for row in rows)
    gaps = [years_outside(row.year, clock) for row in rows]
    allowed = f"{clock.start} to {clock.end}, or some years beside it"
    problems: list[Problem] = []
    far: list[Problem] = []
    for row, gap in zip(rows, gaps, strict=True):
        side = "before" if row.year < clock.start.year else "after"
        text = f"{row.day or row.month} lies {gap:,} years {side} the clock"
        if gap > TOO_FAR_YEARS:
            problems.append(Problem(row.place, "date", text, allowed))
        elif gap > FAR_YEARS and abs(row.year - _middle_of_others(years, row.year)) > FAR_YEARS:
            text += ", and far from the other rows: is the year right?"
            far.append(Problem(row.place, "date", text, warning=True))
    if len(far) > MOST_WARNINGS:
        text = f"{len(far)} rows lie so far from the clock and the other rows; {MOST_WARNINGS} of them are listed"
        far[MOST_WARNINGS:] = [Problem(far[-1].place, "date", text, warning=True)]
    if not problems and min(gaps, default=0) > FAR_YEARS:
        text = f"no row lies within {FAR_YEARS} years of the clock: are the record and the scenario of one case?"
        far = [Problem(rows[0].place, "date", text, allowed, warning=True)]
    return first_of(problems) + far


def _middle_of_others(years: Sequence[int], year: int) -> int:
    """Return the median of sorted years without one of them; that year if it is alone."""
    if len(years) < 2:
        return year
    middle = (len(years) - 2) // 2
    return years[middle] if middle < bisect_left(years, year) else years[middle + 1]
