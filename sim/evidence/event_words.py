"""Codes in words: PLOVER's types and modes of events, ACLED's types and sub-types, UCDP's types of violence.

Table: `standards/event_words.csv`, each code with the wider one that holds it (PLOVER 2021; ACLED 2024 and the types of
its older versions; UCDP GED 25.1). Beside it stands the code of CAMEO that is nearest, PLOVER's by its authors' own
table, the others by judgement: it says which action a survey proposes, and decides nothing.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from sim.evidence.cameo import Code, NoCodeError

VIOLENCE = {"1": "State-based conflict", "2": "Non-state conflict", "3": "One-sided violence"}


class Word(NamedTuple):
    """One code: whose it is, how they write it, the wider code that holds it, and the nearest of CAMEO."""

    scheme: str
    code: str
    wider: str
    cameo: str


def code_key(code: str) -> str:
    """Write a code as codes are compared: one space between words, no case of letters."""
    return " ".join(code.split()).casefold()


@cache
def words() -> dict[str, Word]:
    """Read the codes in words, by their keys."""
    text = files("sim.evidence").joinpath("standards/event_words.csv").read_text(encoding="utf-8")
    return {code_key(row[1]): Word(*row) for row in list(csv.reader(text.splitlines()))[1:]}


@cache
def plover_types() -> dict[str, str]:
    """Return PLOVER's types of events as it writes them, by their keys."""
    return {key: word.code for key, word in words().items() if word.scheme == "PLOVER" and not word.wider}


def is_plover(code: str) -> bool:
    """Tell whether a code is one of PLOVER's types, with or without a mode: coders add modes."""
    kind, _, mode = code_key(code).partition("-")
    return kind in plover_types() and (mode != "" or "-" not in code)


def plover_codes(kind: str, modes: list[str]) -> tuple[Code, ...]:
    """Read the codes of an event of PLOVER. Raises NoCodeError for a type that PLOVER does not have."""
    written = plover_types().get(code_key(kind))
    if written is None:
        raise NoCodeError("is not a type of event of PLOVER" if kind else "there is no type of event", kind)
    codes = [Code(f"{written}-{mode}", scheme="PLOVER", wider=written) for mode in modes]
    return tuple(codes) or (Code(written, scheme="PLOVER"),)


def acled_codes(kind: str, narrower: str) -> tuple[Code, ...]:
    """Read the code of an event of ACLED: its sub-type within its type. Raises NoCodeError where there is neither."""
    if not kind and not narrower:
        raise NoCodeError("there is no type of event", "")
    return (Code(narrower or kind, scheme="ACLED", wider=kind if narrower else ""),)


def ucdp_codes(kind: str) -> tuple[Code, ...]:
    """Read the type of violence of an event of UCDP. Raises NoCodeError for any number but 1, 2 and 3."""
    if kind not in VIOLENCE:
        raise NoCodeError("is not a type of violence of UCDP, 1, 2 or 3", kind)
    return (Code(VIOLENCE[kind], scheme="UCDP"),)


def word_code(text: str) -> Code:
    """Read a code in words of a table of one's own: one of a scheme if it is known, else a word of the table's."""
    if word := words().get(code_key(text)):
        return Code(word.code, scheme=word.scheme, wider=word.wider)
    if is_plover(text):
        return plover_codes(text.partition("-")[0], [text.partition("-")[2]])[0]
    return Code(text, scheme="")
