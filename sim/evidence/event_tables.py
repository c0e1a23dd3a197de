"""The machine-coded tables that the field uses, row by row: ICEWS' tab files, GDELT 1.0 and 2.0, and plain CSV.

A table is read as a stream, plain, gzipped or zipped, so that a day of all the world's events needs no more memory than
a row. A row that is not in the form of its table is yielded as what is wrong with it.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from sim.scenario.problems import Place, Problem, UserError, listed


@dataclass(frozen=True, slots=True)
class Event:
    """One coded event: who did what to whom; every name and code that its table gives of each side."""

    line: int
    day: date
    source: tuple[str, ...]
    target: tuple[str, ...]
    code: str  # CAMEO
    reference: str  # where it can be found again
    text: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that is no event."""

    line: int
    why: str


Rows = Iterator[list[str]]
Read = Iterator[Event | Malformed]
ICEWS = ("Event Date", "Source Name", "Source Country", "CAMEO Code", "Target Name", "Target Country")
CSV = ("date", "source", "target", "code")
GDELT_COLUMNS = (57, 58, 61)  # 1.0 before and from April 2013; 2.0


def events(path: Path, form: str) -> Read:
    """The rows of a table. Raises UserError for a file that cannot be read or lacks a column that is needed."""
    delimiter = "," if form == "csv" else "\t"
    try:
        with _opened(path) as file:
            # tables of the wires hold quotation marks that nobody closes
            quotes: Any = {} if form == "csv" else {"quoting": csv.QUOTE_NONE}
            rows = _sound_rows(csv.reader(file, delimiter=delimiter, **quotes))
            yield from FORMS[form](rows, path)
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        text = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise UserError([Problem(Place(str(path), 0), "", text)]) from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """A file as text; of a zipped one the first file in it. What is no UTF-8 is kept as a mark."""
    with ExitStack() as stack:
        raw: Any
        if path.suffix.lower() == ".zip":
            archive = stack.enter_context(zipfile.ZipFile(path))
            inner = archive.namelist()
            if len(inner) != 1:
                raise zipfile.BadZipFile(f"holds {len(inner)} files, and one is wanted")
            raw = stack.enter_context(archive.open(inner[0]))
        elif path.suffix == ".gz":
            raw = stack.enter_context(gzip.open(path))
        else:
            raw = stack.enter_context(path.open("rb"))
        yield io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")


def _sound_rows(reader: Rows) -> Iterator[list[str]]:
    """Rows, with one that the reader itself refuses as an empty one."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield []


def _icews(rows: Rows, path: Path) -> Read:
    """Columns are found by their names; a side has its name, its country and country/sector for each sector."""
    header = next(rows, [])
    _all_there(header, ICEWS, path)
    at = {name: index for index, name in enumerate(header)}

    def side(row: list[str], which: str) -> tuple[str, ...]:
        country = row[at[f"{which} Country"]]
        sectors = row[at[f"{which} Sectors"]].split(",") if f"{which} Sectors" in at else []
        return (
            row[at[f"{which} Name"]],
            country,
            *(f"{country}/{sector.strip()}" for sector in sectors if sector.strip()),
        )

    for line, row in enumerate(rows, 2):
        if len(row) != len(header):
            yield Malformed(line, f"has {len(row)} cells; {len(header)}, as in the first line, are wanted")
            continue
        day = _day(row[at["Event Date"]])
        if day is None or not row[at["CAMEO Code"]].isdigit():
            yield Malformed(line, f"date '{row[at['Event Date']]}' or code '{row[at['CAMEO Code']]}' is none")
            continue
        reference = f"ICEWS event {row[at['Event ID']]}" if "Event ID" in at else "ICEWS"
        text = row[at["Event Text"]] if "Event Text" in at else ""
        yield Event(line, day, side(row, "Source"), side(row, "Target"), row[at["CAMEO Code"]], reference, text)


def _gdelt(rows: Rows, path: Path) -> Read:
    """Without a header: 57 or 58 columns (1.0) or 61 (2.0); a side has its code, its name and its country's code."""
    for line, row in enumerate(rows, 1):
        if len(row) not in GDELT_COLUMNS:
            yield Malformed(line, f"has {len(row)} cells; {listed(list(map(str, GDELT_COLUMNS)), 3)} are wanted")
            continue
        text = row[1]
        day = _day(f"{text[:4]}-{text[4:6]}-{text[6:]}")
        if day is None or not row[26].isdigit():
            yield Malformed(line, f"date '{text}' or code '{row[26]}' is none")
            continue
        url = row[-1] if row[-1].startswith("http") else ""
        yield Event(
            line, day, _named(row[5], row[6], row[7]), _named(row[15], row[16], row[17]), row[26],
            f"GDELT event {row[0]} {url}".strip(), "",
        )  # fmt: skip


def _plain(rows: Rows, path: Path) -> Read:
    """Columns date, source, target and code (CAMEO), in any order; others are passed over."""
    header = next(rows, [])
    _all_there(header, CSV, path)
    at = {name: header.index(name) for name in CSV}
    for line, row in enumerate(rows, 2):
        if len(row) != len(header):
            yield Malformed(line, f"has {len(row)} cells; {len(header)}, as in the first line, are wanted")
            continue
        day = _day(row[at["date"]])
        if day is None or not row[at["code"]].isdigit():
            yield Malformed(line, f"date '{row[at['date']]}' or code '{row[at['code']]}' is none")
            continue
        yield Event(
            line, day, (row[at["source"]],), (row[at["target"]],), row[at["code"]], f"{path.name}, line {line}", ""
        )


FORMS: dict[str, Callable[[Rows, Path], Read]] = {"icews": _icews, "gdelt": _gdelt, "csv": _plain}


def _named(*names: str) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _all_there(header: list[str], wanted: tuple[str, ...], path: Path) -> None:
    if missing := [name for name in wanted if name not in header]:
        place = Place(str(path), 1)
        raise UserError([Problem(place, "", f"lacks the columns {listed(missing, 9)}", listed(wanted, 9))])
