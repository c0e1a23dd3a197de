"""The forms of table that machine-coded events come in: ICEWS, GDELT 1.0 and 2.0, and plain CSV.

A form is a small description: which headings its columns have, where they stand if it has none, how it writes dates,
and how it says who a side is. A form more is one entry of FORMS.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from sim.scenario.record import DATES, day_or_month
from sim.scenario.text_tables import Columns, heading_key

Cells = Mapping[str, str]
When = tuple[date | None, str]  # the day, None if only the month is known; and as a record writes it
NOTHING = ("", "null", "none", "na", "n/a", "nan")  # what tables write where there is nothing
MOST_SIDES = 30_000  # that are remembered: names return often


@dataclass(frozen=True, slots=True)
class Side:
    """Who acts or is acted upon.

    names: names of a person or an organisation. roles: country/sector (ICEWS), or codes of a country with a role
    (GDELT). countries: names or codes of a country; only where the side is that country itself, without a role.
    """

    names: tuple[str, ...]
    roles: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " | ".join(dict.fromkeys((*self.names, *self.roles, *self.countries))) or "(nobody)"


@dataclass(frozen=True)
class Form:
    """One kind of table.

    name: as --format has it. headings: for each column that is read, its possible headings, the usual one first.
    needed: the columns without which there is no event. sides: reads from the cells of a row who its `source` or its
    `target` is. dates: reads a date; raises ValueError for a text that is not a date, DayFirstError for one with its
    day first. dates_allowed: what it reads, in words. one_of: columns of which one at least must be there. positions:
    where columns stand in a table without headings, from 0. widths: how many cells a row of such a table may have;
    empty if every table has headings. cited: what the source of its events is called; by default the file's name.
    roots: whether a root of CAMEO may stand for a code. loose_quotes: see `text_tables.open_table`.
    """

    name: str
    headings: Mapping[str, Sequence[str]]
    needed: Sequence[str]
    sides: Callable[[Cells, str], Side]
    dates: Callable[[str], When]
    dates_allowed: str
    one_of: Sequence[str] = ()
    positions: Mapping[str, int] = field(default_factory=dict)
    widths: Sequence[int] = ()
    cited: str = ""
    roots: bool = False
    loose_quotes: bool = True

    def headings_needed(self, columns: Columns) -> list[str]:
        """List the headings that a table of this form must have.

        They are spelt as the table has them where it does.
        """
        usual = {name: headings[0] for name, headings in self.headings.items()}
        usual |= {name: columns.headings[index] for name, index in columns.places.items()}
        either = [] if self.fits_one(columns) else [" or ".join(usual[name] for name in self.one_of)]
        return [usual[name] for name in self.needed] + either

    def fits_one(self, columns: Columns) -> bool:
        """Tell whether a table has one of the columns in `one_of`."""
        return not self.one_of or any(name in columns.places for name in self.one_of)

    def fits(self, columns: Columns) -> bool:
        """Tell whether these columns hold all that an event needs."""
        return self.fits_one(columns) and all(name in columns.places for name in self.needed)


class DayFirstError(ValueError):
    """A date that shows that its table writes days before months."""


@lru_cache(maxsize=50_000)
def american_or_iso(text: str) -> When:
    """Read 2017-09-03 or 9/3/2017 (ICEWS of 2017). Raises ValueError for other text, DayFirstError for 23/9/2017."""
    parts = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    if parts is None:
        return _whole_day(text)
    month, day, year = map(int, parts.groups())
    if month > 12 >= day:
        raise DayFirstError(f"'{text}' has its day first, so that 3/9 would be read as the ninth of March")
    return _whole_day(f"{year:04}-{month:02}-{day:02}")


@lru_cache(maxsize=50_000)
def compact_or_iso(text: str) -> When:
    """Read 20170903 or 2017-09-03. Raises ValueError for any other text."""
    digits = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", text)
    return _whole_day("-".join(digits.groups()) if digits else text)


def _whole_day(text: str) -> When:
    day, month = day_or_month(text)
    if day is None:
        raise ValueError(f"{month} is a month")
    return day, text


@lru_cache(maxsize=50_000)
def as_in_a_record(text: str) -> When:
    """Read 2017-09-03, or 2017-09 where only the month is known. Raises ValueError for any other text."""
    day, _ = day_or_month(text)
    return day, text


def without_null(text: str) -> str:
    """Return a cell, empty where tables write a word for nothing (NULL, NA)."""
    return "" if text.lower() in NOTHING else text


@lru_cache(maxsize=MOST_SIDES)
def side_by_sectors(name: str, country: str, sectors: str) -> Side:
    """Say who a side is by its sectors, divided by commas.

    A side that has its country's name and no sector is that country; anybody else is who the name and the sectors say,
    and no country, even without a sector.
    """
    name, country = without_null(name), without_null(country)
    each = [sector.strip() for sector in sectors.split(",") if without_null(sector.strip())]
    roles = tuple(f"{country}/{sector}" if country else sector for sector in each)
    if name and name.casefold() != country.casefold():
        return Side((name,), roles)
    return Side((), roles, () if roles or not country else (country,))


@lru_cache(maxsize=MOST_SIDES)
def side_by_codes(name: str, code: str, country: str, kinds: tuple[str, ...]) -> Side:
    """Say who a side is by its codes: that of a country alone, or one that goes on with roles (KHMOPP).

    Beside a role the name is often that of the country (USABUS, UNITED STATES), which is then no name of its own.
    """
    name, code, country = without_null(name), without_null(code), without_null(country)
    roles = [code] if code and code != country else []
    roles += [f"{country}{kind}" for kind in kinds if without_null(kind)]
    named = name and not (roles and heading_key(name) in _country_names())
    return Side((name,) if named else (), tuple(dict.fromkeys(roles)), (country,) if country and not roles else ())


@cache
def _country_names() -> frozenset[str]:
    text = files("sim.evidence").joinpath("standards/countries.txt").read_text(encoding="utf-8")
    return frozenset(map(heading_key, text.splitlines()))


def _icews_side(cells: Cells, side: str) -> Side:
    return side_by_sectors(cells[f"{side}_name"], cells[f"{side}_country"], cells.get(f"{side}_sectors", ""))


def _gdelt_side(cells: Cells, side: str) -> Side:
    kinds = tuple(cells.get(f"{side}_{kind}", "") for kind in GDELT_KINDS)
    return side_by_codes(cells.get(f"{side}_name", ""), cells[f"{side}_code"], cells[f"{side}_country"], kinds)


def _plain_side(cells: Cells, side: str) -> Side:
    """Read a side of a table of one's own, which may be a name or a code."""
    either = (cells[side],) if without_null(cells[side]) else ()
    return Side(either, either)


GDELT_KINDS = {"group": "KnownGroupCode", "type1": "Type1Code", "type2": "Type2Code", "type3": "Type3Code"}

GDELT_OFFSETS = {"code": 0, "name": 1, "country": 2, "group": 3, "type1": 7, "type2": 8, "type3": 9}


def _gdelt_headings(side: str, number: int) -> dict[str, tuple[str]]:
    """Name the columns of GDELT about one of the two."""
    columns = {"name": "Name", "code": "Code", "country": "CountryCode", **GDELT_KINDS}
    return {f"{side}_{column}": (f"Actor{number}{heading}",) for column, heading in columns.items()}


ICEWS = Form(
    "icews",
    headings={
        "key": ("Event ID",),
        "date": ("Event Date",),
        "text": ("Event Text",),
        "code": ("CAMEO Code",),
        "source_name": ("Source Name",),
        "source_country": ("Source Country",),
        "source_sectors": ("Source Sectors",),
        "target_name": ("Target Name",),
        "target_country": ("Target Country",),
        "target_sectors": ("Target Sectors",),
    },
    needed=("date", "source_name", "source_country", "target_name", "target_country"),
    one_of=("code", "text"),
    cited="ICEWS",
    sides=_icews_side,
    dates=american_or_iso,
    dates_allowed="2017-09-03, or 9/3/2017 with the month first",
)
GDELT = Form(
    "gdelt",
    headings={
        "key": ("GLOBALEVENTID",),
        "date": ("SQLDATE", "Day"),
        "code": ("EventCode",),
        "root": ("EventRootCode",),
        "url": ("SOURCEURL",),
        **_gdelt_headings("source", 1),
        **_gdelt_headings("target", 2),
    },
    needed=("date", "source_code", "source_country", "target_code", "target_country", "code"),
    cited="GDELT",
    sides=_gdelt_side,
    dates=compact_or_iso,
    dates_allowed="20170903",
    positions={
        "key": 0,
        "date": 1,
        **{f"source_{column}": 5 + index for column, index in GDELT_OFFSETS.items()},
        **{f"target_{column}": 15 + index for column, index in GDELT_OFFSETS.items()},
        "code": 26,
        "root": 28,
    },
    widths=(57, 58, 61),  # 1.0 before and from April 2013; 2.0
)
PLAIN = Form(
    "csv",
    headings={
        "key": ("id", "event_id"),
        "date": ("date",),
        "source": ("source",),
        "target": ("target",),
        "code": ("code", "cameo"),
        "text": ("text", "event_text"),
    },
    needed=("date", "source", "target", "code"),
    sides=_plain_side,
    dates=as_in_a_record,
    dates_allowed=DATES,
    roots=True,
    loose_quotes=False,
)
FORMS = {form.name: form for form in (ICEWS, GDELT, PLAIN)}
