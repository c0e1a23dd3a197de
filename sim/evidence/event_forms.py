"""The forms of table that machine-coded events come in: ICEWS, GDELT 1.0 and 2.0, and plain CSV.

A form is a small description: which headings its columns have, where they stand if it has none, how it writes dates and
codes, and how it says who a side is. A form more is one entry of FORMS, in `event_sources`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from sim.evidence.cameo import Code, read_code
from sim.evidence.event_dates import CLEAR, When, american_or_iso, clear_date, compact_or_iso
from sim.evidence.event_words import word_code
from sim.scenario.text_tables import Columns, heading_key

Cells = Mapping[str, str]
NOTHING = ("", "null", "none", "na", "n/a", "nan")  # what tables write where there is nothing
EMPTY = "(nobody)"  # how a side is written that a table leaves empty
MOST_SIDES = 30_000  # that are remembered: names return often


@dataclass(frozen=True, slots=True)
class Side:
    """Who acts or is acted upon.

    names: names of a person or an organisation. roles: country/sector (ICEWS), or codes of a country with a role
    (GDELT). countries: names or codes of a country; only where the side is that country itself, without a role.
    members: each of several that a table has in one row, in place of all these.
    """

    names: tuple[str, ...]
    roles: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    members: tuple["Side", ...] = ()

    def __str__(self) -> str:
        if self.members:
            return "; ".join(map(str, self.members))
        return " | ".join(dict.fromkeys((*self.names, *self.roles, *self.countries))) or EMPTY


@dataclass(frozen=True)
class Form:
    """One kind of table.

    name: as --format has it. headings: for each column that is read, its possible headings, the usual one first.
    needed: the columns without which there is no event. sides: reads from the cells of a row who its `source` or its
    `target` is. codes: reads the codes of an event from them; raises NoCodeError. code_column: where they stand.
    near_code: finds what a code may be meant for that is none. dates: reads the text of a date;
    raises ValueError for one that is none, OrderError for one that puts the whole table in doubt. when: finds by that
    reader when an event was; raises these, and UnclearError. dates_allowed: what it reads, in words. one_of: columns of which one at least must be there. positions:
    where columns stand in a table without headings, from 0. widths: how many cells a row of such a table may have;
    empty if every table has headings. least_width: how many it has at least, where the user says that there are no
    headings. cited: what the source of its events is called; by default the file's name.
    caution: what a reader must know of its sides. loose_quotes: see `text_tables.open_table`.
    """

    name: str
    headings: Mapping[str, Sequence[str]]
    needed: Sequence[str]
    sides: Callable[[Cells, str], Side]
    codes: Callable[[Cells], tuple[Code, ...]]
    dates: Callable[[str], When]
    dates_allowed: str
    when: Callable[[Callable[[str], When], Cells], When] = lambda dates, cells: dates(cells["date"])
    code_column: str = "code"
    near_code: Callable[[str], str] = lambda code: ""
    one_of: Sequence[str] = ()
    positions: Mapping[str, int] = field(default_factory=dict)
    widths: Sequence[int] = ()
    least_width: int = 0
    cited: str = ""
    caution: str = ""
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
    named = name and not (roles and is_country(name))
    return Side((name,) if named else (), tuple(dict.fromkeys(roles)), (country,) if country and not roles else ())


def is_country(name: str) -> bool:
    """Tell whether a name is that of a country."""
    return heading_key(name) in country_codes()


@cache
def country_codes() -> dict[str, str]:
    """Read the code of each country, as CAMEO and ISO 3166 have it, by the key of its name; empty if it has none."""
    text = files("sim.evidence").joinpath("standards/countries.txt").read_text(encoding="utf-8")
    lines = (line.partition("\t") for line in text.splitlines())
    return {heading_key(name): code for name, _, code in lines}


def _icews_side(cells: Cells, side: str) -> Side:
    return side_by_sectors(cells[f"{side}_name"], cells[f"{side}_country"], cells.get(f"{side}_sectors", ""))


def _gdelt_side(cells: Cells, side: str) -> Side:
    kinds = tuple(cells.get(f"{side}_{kind}", "") for kind in GDELT_KINDS)
    return side_by_codes(cells.get(f"{side}_name", ""), cells[f"{side}_code"], cells[f"{side}_country"], kinds)


def _plain_side(cells: Cells, side: str) -> Side:
    """Read a side of a table of one's own: a name or a code, or several of them between ; or |."""
    country, sectors = cells.get(f"{side}_country", ""), cells.get(f"{side}_sectors", "")
    if without_null(country) or without_null(sectors):
        return side_by_sectors(cells[side], country, sectors.replace(";", ","))
    texts = [text.strip() for text in re.split(r"[;|]", cells[side])]
    sides = [Side((text,), (text,)) for text in dict.fromkeys(texts) if without_null(text)]
    if len(sides) == 1:
        return sides[0]
    return Side((), members=tuple(sides))


def _cameo_code(cells: Cells) -> tuple[Code, ...]:
    return (read_code(cells.get("code", ""), cells.get("text", ""), cells.get("root", "")),)


def _plain_codes(cells: Cells) -> tuple[Code, ...]:
    """Read the codes of a row of a table of one's own: CAMEO's in digits, or words; several between ; or |."""
    texts = [text.strip() for text in re.split(r"[;|]", cells.get("code", "")) if without_null(text.strip())]
    beside = cells.get("text", "") if len(texts) < 2 else ""
    return tuple(dict.fromkeys(_plain_code(text, beside) for text in texts or [""]))


def _plain_code(text: str, beside: str) -> Code:
    is_word = text[:1].isalpha() or (text != "" and not text[0].isdigit() and any(map(str.isalpha, text)))
    return word_code(text) if is_word else read_code(text, beside, roots=True)


GDELT_KINDS = {"group": "KnownGroupCode", "type1": "Type1Code", "type2": "Type2Code", "type3": "Type3Code"}

GDELT_OFFSETS = {"code": 0, "name": 1, "country": 2, "group": 3, "type1": 7, "type2": 8, "type3": 9}


def _gdelt_headings(side: str, number: int) -> dict[str, tuple[str]]:
    """Name the columns of GDELT about one of the two."""
    columns = {"name": "Name", "code": "Code", "country": "CountryCode", **GDELT_KINDS}
    return {f"{side}_{column}": (f"Actor{number}{heading}",) for column, heading in columns.items()}


def published_columns(form: str) -> list[str]:
    """Read all columns of a table as it is published, in their order."""
    text = files("sim.evidence").joinpath("standards/columns.csv").read_text(encoding="utf-8")
    return next(line.split(",")[1:] for line in text.splitlines() if line.startswith(f"{form},"))


def positions(headings: Mapping[str, Sequence[str]], form: str) -> dict[str, int]:
    """Find where the columns that are read stand in a table as it is published."""
    columns = published_columns(form)
    return {name: columns.index(usual[0]) for name, usual in headings.items() if usual[0] in columns}


ICEWS_HEADINGS = {
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
}
ICEWS = Form(
    "icews",
    headings=ICEWS_HEADINGS,
    needed=("date", "source_name", "source_country", "target_name", "target_country"),
    one_of=("code", "text"),
    cited="ICEWS",
    positions=positions(ICEWS_HEADINGS, "icews"),
    widths=(len(published_columns("icews")),),
    sides=_icews_side,
    codes=_cameo_code,
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
    codes=_cameo_code,
    dates=compact_or_iso,
    dates_allowed="20170903",
    positions={
        "key": 0,
        "date": 1,
        **{f"source_{column}": 5 + index for column, index in GDELT_OFFSETS.items()},
        **{f"target_{column}": 15 + index for column, index in GDELT_OFFSETS.items()},
        "code": 26,
        "root": 28,
        "url": -1,
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
    codes=_plain_codes,
    near_code=lambda code: re.sub(r"[.,]0+$", "", code) if re.fullmatch(r"[0-9]+[.,]0+", code) else "",
    dates=clear_date,
    dates_allowed=CLEAR,
    loose_quotes=False,
)
