"""What a user says of a table of one's own: which column is what, and in which order its dates have their numbers."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.evidence.event_dates import CLEAR, date_in
from sim.evidence.event_forms import PLAIN, Form
from sim.evidence.event_sources import FORMS
from sim.scenario.problems import Place, Problem, UserError, listed, nearest, shown
from sim.scenario.text_tables import heading_key

OPTION = Place("--columns", 0)
NAMES = {"id": "key", **{name: name for name in ("date", "source", "target", "code", "text", "url")}}
NAMES |= {name: name for side in ("source", "target") for name in (f"{side}_country", f"{side}_sectors")}


def form_of(name: str, columns: str = "", order: str = "") -> Form:
    """Return a form of table as a user describes it.

    Parameters: name, one of FORMS; columns, which column is what, as `date=event_date,source=actor1`, or by their places
    from 1 if the table has no headings; order, of the numbers of its dates, d/m/y, m/d/y or
    y/m/d.
    Raises UserError for columns that are no such list, or of a form whose columns are known.
    """
    form = FORMS[name]
    if columns:
        form = _with_columns(form, columns)
    if order:
        form = replace(form, dates=date_in(order), dates_allowed=f"{order} with a year of four digits, or {CLEAR}")
    return form


def _with_columns(form: Form, text: str) -> Form:
    if form is not PLAIN:
        raise UserError([Problem(OPTION, "", f"the columns of --format {form.name} are known", "--format csv")])
    picks = _picks(text)
    if all(heading.isdecimal() for heading in picks.values()):
        return _at_places(picks)
    headings: dict[str, Sequence[str]] = {name: (heading,) for name, heading in picks.items()}
    owners = {heading_key(heading): name for name, heading in picks.items()}
    for name, usual in PLAIN.headings.items():
        left = [heading for heading in usual if heading_key(heading) not in owners]
        if name not in headings and left:
            headings[name] = left
        elif name not in headings and name in PLAIN.needed:
            text = f"its usual column is {owners[heading_key(usual[0])]} here, and no other is named for it"
            raise UserError([Problem(OPTION, name, text, f"{name}=… beside it")])
    return replace(PLAIN, headings=headings)


def _picks(text: str) -> dict[str, str]:
    """Read the headings by the names that PLAIN has for them."""
    picks: dict[str, str] = {}
    for entry in next(csv.reader([text], skipinitialspace=True), []):
        name, equals, heading = (part.strip() for part in entry.partition("="))
        if name not in NAMES:
            text = f"'{shown(entry)}' is not a column that is read, an equals sign, and the table's heading for it"
            raise UserError(
                [Problem(OPTION, "", text, f"as date=event_date; {listed(NAMES, 20)}", nearest(name, NAMES))]
            )
        if not equals or not heading_key(heading):
            problem = Problem(
                OPTION, name, f"'{shown(heading)}' is no heading", f"as {name}=actor1, or a place: {name}=3"
            )
            raise UserError([problem])
        if NAMES[name] in picks:
            raise UserError([Problem(OPTION, name, "is given twice", "each once")])
        if taken := next((name for name, key in picks.items() if heading_key(key) == heading_key(heading)), ""):
            raise UserError([Problem(OPTION, name, f"'{shown(heading)}' is {taken} already", "another column")])
        picks[NAMES[name]] = heading
    return picks


def _at_places(picks: Mapping[str, str]) -> Form:
    """Return the form of a table without headings, whose columns stand at places from 1."""
    if missing := [name for name in PLAIN.needed if name not in picks]:
        text = f"lacks {listed(missing)}, and columns are given by their places"
        raise UserError([Problem(OPTION, "", text, f"a place for each of {listed(PLAIN.needed)}")])
    places = {name: int(heading) - 1 for name, heading in picks.items()}
    if least := next((name for name, index in places.items() if index < 0), ""):
        raise UserError([Problem(OPTION, least, "places count from 1", "1 for the first column")])
    return replace(PLAIN, positions=places, least_width=max(places.values()) + 1)
