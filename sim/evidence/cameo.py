"""CAMEO's codes of events: their names, and what a code means that lost its first zero.

Tables: `standards/cameo.csv`, the codes of CAMEO 1.1b3 with the names that it, ICEWS and GDELT give them (Gerner,
Schrodt & Yilmaz 2009; Boschee et al. 2015). A full code has three or four digits; two are the root of a family of
codes. Spreadsheets take the first zero off a number, and then 013, an optimistic comment, reads as 13, a threat.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

OF_ICEWS = {"13y": "137"}  # threaten with repression


class NoCodeError(ValueError):
    """A code that cannot be read: why, and what stands there."""

    def __init__(self, why: str, cell: str):
        super().__init__(f"{why}: '{cell}'")
        self.why = why
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is meant, what was written instead, and whether the cells beside it decided.

    scheme: whose code it is; empty for a word of one's own table. wider: the code that holds it, where its letters do
    not say so, as CAMEO's digits do.
    """

    code: str
    written: str = ""
    from_beside: bool = False
    scheme: str = "CAMEO"
    wider: str = ""


@cache
def code_names() -> dict[str, str]:
    """Read the name of each code; the first where the sources differ."""
    names: dict[str, str] = {}
    for code, name in _table():
        names.setdefault(code, name)
    return names


@cache
def _codes_by_name() -> dict[str, str]:
    """Full codes by the letters of their names."""
    return {_letters(name): code for code, name in _table() if len(code) > 2}


def _table() -> list[tuple[str, str]]:
    text = files("sim.evidence").joinpath("standards/cameo.csv").read_text(encoding="utf-8")
    return [(code, name) for code, name in list(csv.reader(text.splitlines()))[1:]]


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold()).removesuffix("notspecifiedbelow")


def code_of_text(text: str) -> str | None:
    """Find the full code of an event's name, or None. text: as ICEWS or CAMEO words it."""
    return _codes_by_name().get(_letters(text)) if text else None


def read_code(cell: str, text: str = "", root: str = "", *, roots: bool = False) -> Code:
    """Read a code of CAMEO.

    Parameters: cell, the text of the code's cell, empty if the table has no codes; text, the name of the event beside
    it; root, the root code beside it; roots, whether a root (13) may stand for a code, as in a table that a person
    wrote.
    Raises NoCodeError if neither the code nor what stands beside it says which code is meant.
    """
    if cell.lower() in OF_ICEWS:
        return Code(OF_ICEWS[cell.lower()], cell)
    if len(cell) > 2 and cell[:2] in code_names() and re.fullmatch(r"[0-9]{3,4}", cell):
        return Code(cell)
    if named := code_of_text(text):
        return Code(named, cell, from_beside=True)
    if not re.fullmatch(r"[0-9]{1,3}", cell):
        raise NoCodeError(*(("is not a code of CAMEO", cell) if cell else _no_name(text)))
    restored = "0" + cell
    if re.fullmatch(r"0[1-9]", cell):  # a root that kept its zero
        return Code(cell) if roots else Code(cell + "0", cell)
    if len(cell) > 1 and restored in code_names() and root.zfill(2) == restored[:2]:
        return Code(restored, cell, from_beside=True)
    if roots and cell in code_names():
        return Code(cell)
    if len(cell) < 3:
        raise NoCodeError("has fewer than three digits: a code that lost its first zero, or a root alone", cell)
    raise NoCodeError(
        "is a code that lost its first zero" if restored in code_names() else "is not a code of CAMEO", cell
    )


def _no_name(text: str) -> tuple[str, str]:
    return ("is not the name of an event of CAMEO", text) if text else ("there is no code", "")
