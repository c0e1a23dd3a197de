"""Common slips of the pen where a number, a date, or true or false is wanted: what each is, and what was meant.

Each function takes a text and gives (what is wrong with it, what was meant, as one would write it); the second is
empty where more than one thing may have been meant, both are where the text is like nothing that is wanted.
"""

import re
from datetime import date, datetime

from sim.scenario.signs import foreign, named_signs, plainer
from sim.scenario.yaml_file import NotPlainError, plain_scalar

Slip = tuple[str, str]
NO_SLIP: Slip = ("", "")

TRUE, FALSE = ("true", "yes", "on", "y"), ("false", "no", "off", "n")
NO_NUMBERS = ("none", "nil", "null", "na", "n/a", "nan", "inf", "infinity", "-inf", "?", "-", "tbd")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,([0-9]{1,2}|[0-9]{4,})")
THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}([ ,'_][0-9]{3})+(\.[0-9]+)?")
FRACTION = re.compile(r"([0-9]+) ?[/:] ?([1-9][0-9]*)")
RANGE = re.compile(r"[0-9.]+ ?(-|\.\.\.?|to) ?[0-9.]+")
WITH_UNIT = re.compile(r"([-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]+)?)) ?([A-Za-z°$€£][A-Za-z ./°]*)")
SIGN_BEFORE = re.compile(r"[<>=~≈±$€£]+ ?([-+]?[0-9.]+)")

YEAR_FIRST = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})")
YEAR_LAST = re.compile(r"([0-9]{1,2})[-/. ]{1,2}([0-9]{1,2})[-/. ]{1,2}([0-9]{4})")
RUN_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
WRITTEN_OUT = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y")


def number_slip(text: str) -> Slip:
    """Describe a text in place of a number."""
    why, meant = _number_slip(text)
    return why, meant if _reads_as_number(meant) else ""


def _reads_as_number(text: str) -> bool:
    try:
        return isinstance(plain_scalar(text), int | float)
    except NotPlainError:
        return False


def _number_slip(text: str) -> Slip:
    plain = plainer(text)
    if foreign(text) and NUMBER.fullmatch(plain):
        return f"it holds {named_signs(foreign(text))}", plain
    if NUMBER.fullmatch(plain):
        return "a number in quotes is text", plain
    lower = plain.lower()
    if lower in (*TRUE, *FALSE):
        return "it is text here, not a number", ""
    if lower in NO_NUMBERS:
        return "it is text here; what is not known is left out", ""
    if THOUSANDS.fullmatch(plain):
        one_comma = plain.count(",") == 1 and "." not in plain
        return "a number has no separators", "" if one_comma else re.sub("[ ,'_]", "", plain)
    if DECIMAL_COMMA.fullmatch(plain):
        return "a number has a decimal point, not a comma", plain.replace(",", ".")
    return _reckoned(plain)


def _reckoned(plain: str) -> Slip:
    """Describe a text of which a number is only a part."""
    if plain.endswith("%") and NUMBER.fullmatch(plain[:-1].strip()):
        return "a number has no % sign", f"{float(plain[:-1]) / 100:g}"
    if fraction := FRACTION.fullmatch(plain):
        return "a fraction is not calculated", f"{int(fraction[1]) / int(fraction[2]):.6g}"
    if RANGE.fullmatch(plain) and len(re.findall("[0-9]+", plain)) > 1 and not YEAR_FIRST.fullmatch(plain):
        return "it is more than one number; a range has low and high", ""
    if with_unit := WITH_UNIT.fullmatch(plain):
        return "a number stands without its unit", with_unit[1]
    if signed := SIGN_BEFORE.fullmatch(plain):
        return "a number stands without a sign before it", signed[1] if NUMBER.fullmatch(signed[1]) else ""
    if re.fullmatch(r"[-+0-9.,eE ]*[0-9][-+0-9.,eE ]*", plain):
        return "it is not a decimal number", ""
    return NO_SLIP


def date_slip(text: str) -> Slip:
    """Describe a text, or digits, in place of a date."""
    plain = plainer(text)
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return "a date in quotes is text", _day(*text.split("-"))
    if match := YEAR_FIRST.fullmatch(plain) or RUN_TOGETHER.fullmatch(plain):
        return "a date is written with all of its digits and hyphens", _day(*match.groups())
    if match := YEAR_LAST.fullmatch(plain):
        first, second, year = match.groups()
        readings = {_day(year, first, second), _day(year, second, first)} - {""}
        return "a date begins with its year", readings.pop() if len(readings) == 1 else ""
    if match := re.match(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]", plain):
        return "a date has no time of day", _day(*match[1].split("-"))
    if re.fullmatch(r"[0-9]{4}([-/. ][0-9]{1,2})?", plain):
        return "it names no day", ""
    for form in WRITTEN_OUT:
        try:
            return "a date is written in digits", datetime.strptime(plain.replace(",", ""), form).date().isoformat()
        except ValueError:
            continue
    return NO_SLIP


def _day(year: str, month: str, day: str) -> str:
    """Write a day as dates are written; nothing if the calendar has none such."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def truth_slip(text: str) -> Slip:
    """Describe a text or number in place of true or false."""
    plain = plainer(text).lower()
    if plain in (*TRUE, "1"):
        return ("in quotes it is text" if text == "true" else ""), "true"
    if plain in (*FALSE, "0"):
        return ("in quotes it is text" if text == "false" else ""), "false"
    return NO_SLIP
