"""Machine-coded events, row by row, of a table in one of the forms of `event_forms`.

Rows are read as they are asked for, so that a day of all the world's events needs no more memory than a row. A row that
is no event is yielded as what is wrong with it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sim.evidence.cameo import Code, NoCodeError
from sim.evidence.event_dates import OrderError, UnclearError, clear_date
from sim.evidence.event_forms import Cells, Form, Side, without_null
from sim.evidence.event_sources import FORMS
from sim.scenario.problems import Problem, UserError, listed, nearest, shown
from sim.scenario.text_files import Source
from sim.scenario.text_tables import Columns, Line, TextTable, missing_columns, open_table

SERIAL_DAY = re.compile(r"[1-6][0-9]{4}([.,][0-9]+)?")  # days since 1900, as spreadsheets count them


@dataclass(frozen=True, slots=True)
class Event:
    """One coded event: who did what to whom.

    table, line: where it stands, lines from 1. day: None if only the month is known. when: the day, as 2017-09-03, or
    the month, as 2017-09. codes: one, or several of one row. key: what its table knows it by; empty if it has no such column. reference: where it can be
    found again. date: as its table writes it. cited: the source that published it; empty for a table of one's own.
    by_places: whether its cells are those of the table as it is published, for the headings are of other columns.
    """

    table: str
    line: int
    day: date | None
    when: str
    source: Side
    target: Side
    codes: tuple[Code, ...]
    key: str
    reference: str
    text: str
    date: str = ""
    cited: str = ""
    by_places: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        """Return the key, and whose it is: a published source's, wherever it stands, or that of one's own table."""
        return self.cited or self.table, self.key


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is no event: where, why, in words that many rows share, and what stands there.

    column: the heading of the cell; empty if the whole row is meant. near: what may be meant instead.
    """

    table: str
    line: int
    why: str
    cell: str = ""
    column: str = ""
    near: str = ""

    def __str__(self) -> str:
        column, near = f"{self.column}: " if self.column else "", f"; did you mean '{self.near}'?" if self.near else ""
        return column + (f"'{self.cell}' {self.why}" if self.cell else self.why) + near


def events(
    source: Source | Path, form: Form | str, advance: Callable[[int], object] | None = None
) -> Iterator[Event | Refused]:
    """Read the rows of a table.

    Parameters: source, the table, plain, gzipped or zipped; form, of its columns, or the name of one of FORMS; advance, takes how many bytes more were
    read.
    Raises UserError for a file that cannot be read, lacks a column that is needed, or writes days before months.
    """
    layout = FORMS[form] if isinstance(form, str) else form
    shown_as = source.shown_as if isinstance(source, Source) else str(source)
    with open_table(source, shown_as, loose_quotes=layout.loose_quotes, advance=advance) as table:
        first = table.first()
        columns = Columns(first.cells, layout.headings)
        if layout.least_width or (
            layout.widths and len(columns.places) < 2 and not _forms_of(columns)
        ):  # no headings: the first row is an event
            yield from _without_headings(table, first, layout)
            return
        if columns.twice or not layout.fits(columns):
            table.undecodable(first.number, "".join(first.cells))
            raise UserError([_wrong_headings(table, first.number, columns, layout)])
        for line in table.lines:
            fitted = columns.fitted(line)
            if not fitted.fault:
                yield _event(table, fitted.number, columns.row(fitted), layout)
            elif not line.fault and columns.width > len(line.cells) and [len(line.cells)] == list(layout.widths):
                yield _event(table, line.number, _by_places(line.cells, layout), layout, by_places=True)
            else:
                yield Refused(shown_as, fitted.number, f"{fitted.fault}; allowed: {fitted.allowed}")


def _by_places(cells: Sequence[str], layout: Form) -> dict[str, str]:
    return {name: cells[index].strip() for name, index in layout.positions.items()}


def _without_headings(table: TextTable, first: Line, layout: Form) -> Iterator[Event | Refused]:
    allowed = f"{listed(map(str, layout.widths))} without headings, or a first row of headings"
    if layout.least_width:
        allowed = f"{layout.least_width} or more"
    line: Line | None = first
    while line is not None:
        cells = line.cells
        fits = len(cells) >= layout.least_width if layout.least_width else len(cells) in layout.widths
        if line.fault or not fits:
            yield Refused(
                table.file.shown_as, line.number, f"{line.fault or f'has {len(cells)} cells'}; allowed: {allowed}"
            )
        else:
            yield _event(table, line.number, _by_places(cells, layout), layout)
        line = next(table.lines, None)


def _wrong_headings(table: TextTable, line: int, columns: Columns, layout: Form) -> Problem:
    if columns.twice:
        return Problem(table.place(line), layout.headings[columns.twice[0]][0], "the column is given twice")
    others = _forms_of(columns)
    looks = f"these are the columns of --format {others[0]}" if others else ""
    if not others and any(_is_date(heading) for heading in columns.headings):
        looks = "a row without headings? Then --columns names places: date=1,source=2,target=3,code=4"
    second = next(table.lines, None)
    if second is not None and not second.fault and layout.fits(Columns(second.cells, layout.headings)):
        looks = f"line {second.number} has them: take out what stands before it"
    needed = layout.headings_needed(columns)
    if not looks and layout.name == "csv" and layout.headings == FORMS["csv"].headings and columns.width > 1:
        looks = "of other headings, --columns says which is which: date=HEADING,source=HEADING"
    problem = missing_columns(table, line, columns, needed, looks)
    if layout.headings == FORMS[layout.name].headings:
        return problem
    near = [nearest(heading, columns.headings) for heading in needed if heading not in columns.headings]
    return replace(problem, nearest=next(filter(None, near), ""))  # the user's slip, not the table's


def _is_date(cell: str) -> bool:
    """Tell whether a cell is a date in any form, its numbers in whatever order."""
    try:
        clear_date(cell.strip())
    except OrderError:
        return True
    except ValueError:
        return False
    return True


def _forms_of(columns: Columns) -> list[str]:
    """List the forms of table that have these headings."""
    return [form.name for form in FORMS.values() if form.fits(Columns(columns.headings, form.headings))]


def _event(table: TextTable, number: int, cells: Cells, layout: Form, *, by_places: bool = False) -> Event | Refused:
    """Read the event of one row, or say why there is none."""
    if byte := table.undecodable(number, "".join(cells.values())):
        return Refused(table.file.shown_as, number, byte)
    shown_as, headings = table.file.shown_as, layout.headings
    try:
        day, when = layout.when(layout.dates, cells)
        codes = layout.codes(cells)
    except OrderError as error:
        allowed = f"{layout.dates_allowed}; --dates says the order of numbers: d/m/y, m/d/y or y/m/d"
        raise UserError([Problem(table.place(number), headings["date"][0], str(error), allowed)]) from None
    except NoCodeError as error:
        column = layout.code_column if cells.get(layout.code_column) or not error.cell else "text"
        near = layout.near_code(error.cell)
        return Refused(shown_as, number, error.why, shown(error.cell), headings[column][0], near)
    except UnclearError as error:
        return Refused(shown_as, number, error.why, shown(error.cell), headings[error.column][0])
    except ValueError:
        number_of_day = "is a spreadsheet's number of a day: give the column the format of a date"
        why = number_of_day if SERIAL_DAY.fullmatch(cells["date"]) else "is not a date"
        why = f"{why}; allowed: {layout.dates_allowed}"
        return Refused(shown_as, number, why, shown(cells["date"]), headings["date"][0])
    source, target = layout.sides(cells, "source"), layout.sides(cells, "target")
    key = without_null(cells.get("key", ""))
    url = cells.get("url", "") if cells.get("url", "").startswith("http") else ""
    place = f"event {key}" if key else f"line {number}"
    reference = f"{layout.cited} {place}" if key and layout.cited else f"{Path(table.file.shown_as).name}, {place}"
    return Event(
        table=shown_as,
        line=number,
        day=day,
        when=when,
        source=source,
        target=target,
        codes=codes,
        key=key,
        reference=f"{reference} {url}".strip(),
        text=" ".join(cells.get("text", "").split()),  # cells of spreadsheets may have several lines
        date=cells["date"],
        cited=layout.cited,
        by_places=by_places,
    )
