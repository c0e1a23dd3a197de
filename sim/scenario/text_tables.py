"""Tables of text, line by line, whatever separates their cells: commas, semicolons, tabs or bars.

What separates them is read from the first line, or from a first line `sep=;` as Excel writes one. Empty rows and empty
columns at the end, which spreadsheets leave behind, are passed over; headings are known by their letters and digits
alone, so that `Event Date`, `event_date` and `EventDate` are one.
"""

import csv
import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.problems import Place, Problem, UserError, listed, nearest, shown
from sim.scenario.text_files import Source, TextFile, likely_encoding, open_text, undecodable

SEPARATORS = ("\t", ",", ";", "|")  # in this order where two fit alike
SEPARATOR_NAMES = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}
MOST_SNIFFED = 20_000  # characters of the first line
MOST_SHOWN = 25  # headings in a message
NUMBER = re.compile(r"[-+]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: where it starts (lines count from 1), its cells, and what is wrong with it, if anything is."""

    number: int
    cells: list[str]
    fault: str = ""
    allowed: str = ""


@dataclass(frozen=True)
class TextTable:
    """The rows of a file, a heading among them if it has one."""

    file: TextFile
    separator: str
    lines: Iterator[Line]

    def place(self, line: int) -> Place:
        """Name a line of the file, as errors point at it."""
        return Place(self.file.shown_as, line)

    def first(self) -> Line:
        """Take the first row. Raises UserError if there is none."""
        line = next(self.lines, Line(0, [], "is empty"))
        if line.fault:
            raise UserError([Problem(self.place(line.number), "", line.fault, "a table with a row of headings")])
        return line

    def undecodable(self, line: int, text: str) -> str:
        """Describe the byte of a line that is not in the encoding of the file; nothing if all of it is.

        Raises UserError where nobody named that encoding, with the one that it may be.
        """
        fault = undecodable(text, self.file.encoding)
        if fault and not self.file.encoding_named:
            near = likely_encoding(text)
            allowed = f"text encoded as UTF-8, or --encoding NAME{'; perhaps ' if near else ''}{near}"
            allowed += ". --encoding utf-8 leaves such rows out, and counts them"
            raise UserError([Problem(self.place(line), "", fault, allowed)])
        return fault


@contextmanager
def open_table(
    path: Path | Source,
    shown_as: str,
    *,
    loose_quotes: bool = False,
    most_characters: int | None = None,
    advance: Callable[[int], object] | None = None,
) -> Iterator[TextTable]:
    """Open a table of text.

    Parameters
    ----------
    path, shown_as, most_characters, advance : see `text_files.open_text`.
    loose_quotes : between tabs, take quotation marks off whole cells only. Tables of the wires hold marks that nobody
        closes, which would swallow the rows that follow.

    Raises
    ------
    UserError : if the file cannot be read, is not text or is empty; also while its rows are read.
    """
    with open_text(path, shown_as, most_characters, advance) as file:
        before, first = next(((count, line) for count, line in enumerate(file.lines) if line.strip()), (0, ""))
        if not first:
            raise UserError([Problem(Place(shown_as, 0), "", "is empty", "a table with a row of headings")])
        named = re.fullmatch(r"sep=(.)\s*", first)
        separator = named[1] if named else _separator(first)
        before += 1 if named else 0
        lines = itertools.chain([] if named else [first], file.lines)
        if separator == "\t" and loose_quotes:
            yield TextTable(file, separator, _split(lines, before))
        else:
            yield TextTable(file, separator, _parsed(lines, separator, before))


def _separator(first: str) -> str:
    """Find the sign that splits the first line into most cells."""
    start = first[:MOST_SNIFFED]
    return max(SEPARATORS, key=lambda sign: len(next(csv.reader([start], delimiter=sign, skipinitialspace=True))))


def _split(lines: Iterable[str], before: int) -> Iterator[Line]:
    """Rows between tabs, one a line, with the quotation marks around a whole cell taken off."""
    for number, line in enumerate(lines, before + 1):
        cells = line.rstrip("\r\n").split("\t")
        if '"' in line:
            cells = [_unquoted(cell) for cell in cells]
        if any(cell and not cell.isspace() for cell in cells):
            yield Line(number, cells)


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('\\"', '"').replace('""', '"')
    return cell


def _parsed(lines: Iterable[str], separator: str, before: int) -> Iterator[Line]:
    """Rows of CSV; one that is no CSV says why."""
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
    while True:
        start = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(start, [], _csv_fault(error, start, before + reader.line_num), "CSV, each cell's marks in pairs")
            continue
        if any(cell and not cell.isspace() for cell in cells):
            yield Line(start, cells)


def _csv_fault(error: csv.Error, start: int, end: int) -> str:
    if "end of data" in str(error) or "field larger" in str(error):
        rows = f", and takes lines {start} to {end} into one cell" if end > start else ""
        return f"is not CSV: a quotation mark is not closed{rows}"
    return f"is not CSV: {error}"


def heading_key(heading: str) -> str:
    """Reduce a heading to its letters and digits, in lower case."""
    return re.sub(r"[\W_]+", "", heading).casefold()


class Columns:
    """Where the columns of a table stand, by the names that its reader uses."""

    def __init__(self, headings: Sequence[str], names: Mapping[str, Sequence[str]]):
        """Find columns.

        Parameters
        ----------
        headings : the cells of the first row.
        names : for each column its possible headings.
        """
        while headings and not headings[-1].strip():
            headings = headings[:-1]
        self.headings = list(headings)
        self.width = len(headings)
        keys: dict[str, str] = {}
        for name, alternatives in names.items():
            keys |= {heading_key(heading): name for heading in alternatives}
        matched = [(keys.get(heading_key(heading)), index) for index, heading in enumerate(headings)]
        self.places = {name: index for name, index in reversed(matched) if name is not None}
        self.twice = [name for name in self.places if sum(name == heading for heading, _ in matched) > 1]
        self.unknown = [headings[index] for name, index in matched if name is None]

    def fitted(self, line: Line) -> Line:
        """Cut empty cells beyond the headings off a row; one of another length says so."""
        cells, width = line.cells, self.width
        if line.fault or len(cells) == width:
            return line
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            return Line(line.number, cells[:width])
        return Line(line.number, cells, f"has {len(cells)} cells", f"{width}, as in the first line")

    def row(self, line: Line) -> dict[str, str]:
        """Name the cells of a row, leaving out columns that the table does not have."""
        return {name: line.cells[index].strip() for name, index in self.places.items()}


def missing_columns(table: TextTable, line: int, columns: Columns, needed: Sequence[str], looks: str = "") -> Problem:
    """Say in one sentence which columns a table lacks, and which it has.

    Parameters
    ----------
    needed : the headings of all columns that the table must have.
    looks : what the table seems to be instead, if that is known.
    """
    have = {heading_key(heading) for heading in columns.headings}
    missing = [heading for heading in needed if heading_key(heading) not in have]
    text = f"lacks the column{'s' if len(missing) > 1 else ''} {listed(missing, MOST_SHOWN)}"
    near = ""
    if columns.width == 1:
        text += f"; the first line is one cell, '{shown(columns.headings[0])}'"
    else:
        near = next((name for name in missing if any(nearest(heading, [name]) for heading in columns.unknown)), "")
        between = SEPARATOR_NAMES.get(table.separator, repr(table.separator))
        text += f"; the first line holds, between {between}, {listed(map(shown, columns.headings), MOST_SHOWN)}"
    text += f" ({looks})" if looks else ""
    return Problem(table.place(line), "", text, "the columns " + listed(needed, MOST_SHOWN), near)


def decimal(text: str) -> float:
    """Read a finite number, its decimals after a point or a comma.

    Raises
    ------
    ValueError : if the text is not such a number.
    """
    number = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"'{shown(text)}' is not a finite number")
    return number
