"""Published tables of events whose codes are words: POLECAT, ACLED and UCDP GED; and the list of all forms.

Columns: POLECAT 2023 (PLOVER's types and modes; Halterman et al. 2023), ACLED since 2023 and its older headings, UCDP GED
25.1.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from sim.evidence.event_dates import CLEAR, UnclearError, When, clear_date, week_of, within_a_month
from sim.evidence.event_forms import (
    GDELT,
    ICEWS,
    MOST_SIDES,
    PLAIN,
    Cells,
    Form,
    Side,
    is_country,
    positions,
    published_columns,
    without_null,
)
from sim.evidence.event_words import acled_codes, plover_codes, plover_types, ucdp_codes
from sim.scenario.problems import nearest

POLECAT_HEADINGS = {
    "key": ("Event ID",),
    "date": ("Event Date",),
    "type": ("Event Type",),
    "mode": ("Event Mode",),
    "source_name": ("Actor Name",),
    "source_country": ("Actor Country",),
    "source_sectors": ("Actor Sectors",),
    "source_primary": ("Primary Actor Sector",),
    "target_name": ("Recipient Name",),
    "target_country": ("Recipient Country",),
    "target_sectors": ("Recipient Sectors",),
    "target_primary": ("Primary Recipient Sector",),
}
ACLED_HEADINGS = {
    "key": ("event_id_cnty",),
    "date": ("event_date",),
    "precision": ("time_precision",),
    "type": ("event_type",),
    "sub_type": ("sub_event_type",),
    "source": ("actor1",),
    "source_allies": ("assoc_actor_1", "ally_actor_1"),
    "target": ("actor2",),
    "target_allies": ("assoc_actor_2", "ally_actor_2"),
}
UCDP_HEADINGS = {
    "key": ("id",),
    "date": ("date_start",),
    "date_end": ("date_end",),
    "precision": ("date_prec",),
    "violence": ("type_of_violence",),
    "source": ("side_a",),
    "target": ("side_b",),
    "country": ("country",),
}


def _several(text: str) -> list[str]:
    """List what a cell holds between ; or |, without what means nothing."""
    return list(dict.fromkeys(part for part in map(str.strip, re.split(r"[;|]", text)) if without_null(part)))


@lru_cache(maxsize=MOST_SIDES)
def side_by_lists(name: str, country: str, sectors: str) -> Side:
    """Say who a side of POLECAT is: of one country, or each of several.

    A named one is a country's government only by its sectors; where there are several names or countries, each is one
    of several, and which name is of which country only lists of one length say.
    """
    kinds = tuple(_several(sectors.replace(",", ";")))
    names, countries = _several(name), _several(country)
    pairs = list(zip(name.split(";"), country.split(";"), strict=False))
    if len(countries) < 2:
        sides = [_plover_side(each, "".join(countries), kinds) for each in names or [""]]
    elif name.count(";") == country.count(";"):
        each_of = [(without_null(who.strip()), _several(where)) for who, where in pairs]
        sides = [_plover_side(who, where[0] if where else "", kinds) for who, where in each_of if who or where]
    else:
        sides = [Side((each,)) for each in names] + [_plover_side("", each, kinds) for each in countries]
    sides = list(dict.fromkeys(sides))
    return sides[0] if len(sides) == 1 else Side((), members=tuple(sides))


def _plover_side(name: str, country: str, kinds: tuple[str, ...]) -> Side:
    roles = tuple(f"{country}{kind}" for kind in kinds)
    if name and not is_country(name):
        return Side((name,), roles)
    itself = country or name
    return Side((), roles, (itself,) if itself and not roles else ())


def _polecat_side(cells: Cells, side: str) -> Side:
    sectors = without_null(cells.get(f"{side}_sectors", "")) or cells.get(f"{side}_primary", "")
    return side_by_lists(cells[f"{side}_name"], cells[f"{side}_country"], sectors)


def _acled_side(cells: Cells, side: str) -> Side:
    name = without_null(cells[side])
    return Side((name,) if name else (), tuple(_several(cells.get(f"{side}_allies", ""))))


def _ucdp_side(cells: Cells, side: str) -> Side:
    name, country = without_null(cells[side]), without_null(cells.get("country", ""))
    anonymous = name.casefold() == "civilians" and country
    return Side((name,) if name else (), (f"{country}/{name}",) if anonymous else ())


def _acled_when(dates: Callable[[str], When], cells: Cells) -> When:
    """Read a date of which ACLED says how sure it is: 1 the day, 2 the week, 3 the month."""
    day, text = dates(cells["date"])
    precision = cells.get("precision", "")
    if precision not in ("", "1", "2", "3"):
        raise UnclearError("is not a precision of time of ACLED, 1, 2 or 3", precision, "precision")
    if day is None or precision in ("", "1"):
        return day, text
    return week_of(day, cells["date"]) if precision == "2" else (None, text[:7])


def _ucdp_when(dates: Callable[[str], When], cells: Cells) -> When:
    """Read a span of days. UCDP says how sure it is: 1 the day, 2 and 3 some days of a week, 4 the month, 5 the year."""
    first, text = dates(cells["date"])
    end = cells.get("date_end", "")
    last = dates(end)[0] if without_null(end) else first
    precision = cells.get("precision", "")
    if precision not in ("", "1", "2", "3", "4", "5"):
        raise UnclearError("is not a precision of dates of UCDP, 1 to 5", precision, "precision")
    if first is None or last is None or (first == last and precision in ("", "1")):
        return first, text
    span = f"{cells['date']} to {end}" if end else cells["date"]
    if precision == "5":
        raise UnclearError("is known to the year: no day or month is guessed", span)
    if first == last and precision in ("2", "3"):
        return week_of(first, span)
    return within_a_month(min(first, last), max(first, last), span)


POLECAT = Form(
    "polecat",
    headings=POLECAT_HEADINGS,
    needed=("date", "type", "source_name", "source_country", "target_name", "target_country"),
    sides=_polecat_side,
    codes=lambda cells: plover_codes(cells["type"], _several(cells.get("mode", ""))),
    code_column="type",
    near_code=lambda code: nearest(code.upper(), plover_types().values()),
    dates=clear_date,
    dates_allowed=CLEAR,
    positions=positions(POLECAT_HEADINGS, "polecat"),
    widths=(len(published_columns("polecat")),),
    cited="POLECAT",
)
ACLED = Form(
    "acled",
    headings=ACLED_HEADINGS,
    needed=("date", "type", "source", "target"),
    sides=_acled_side,
    codes=lambda cells: acled_codes(cells["type"], without_null(cells.get("sub_type", ""))),
    code_column="type",
    dates=clear_date,
    when=_acled_when,
    dates_allowed=CLEAR,
    positions=positions(ACLED_HEADINGS, "acled"),
    widths=(len(published_columns("acled")),),
    cited="ACLED",
    caution="ACLED's two actors are in no order: which of them acted is read from the first, and is not sure in battles.",
    loose_quotes=False,
)
UCDP = Form(
    "ucdp",
    headings=UCDP_HEADINGS,
    needed=("date", "violence", "source", "target"),
    sides=_ucdp_side,
    codes=lambda cells: ucdp_codes(cells["violence"]),
    code_column="violence",
    dates=clear_date,
    when=_ucdp_when,
    dates_allowed=CLEAR,
    positions=positions(UCDP_HEADINGS, "ucdp"),
    widths=(len(published_columns("ucdp")),),
    cited="UCDP",
    caution="UCDP's side_a is taken to act: of two armed sides it says who fought, not who began.",
    loose_quotes=False,
)
FORMS = {form.name: form for form in (ICEWS, GDELT, POLECAT, ACLED, UCDP, PLAIN)}
