"""Dates as tables of events write them. Which of two numbers is the day is never guessed.

What a reader returns is the day, None if only the month is known, and the text that a record has for it.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from sim.scenario.record import day_or_month

When = tuple[date | None, str]  # the day, None if only the month is known; and as a record writes it
CLEAR = "2017-09-03 (a time may follow), 20170903, 3 September 2017, or 2017-09 where only the month is known"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip
WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?")  # fmt: skip
DAY_IN_WORDS = re.compile(r"([0-9]{1,2})[ ./-]*([A-Za-z]+)\.?[ ,./-]*([0-9]{4})")
MONTH_FIRST = re.compile(r"([A-Za-z]+)\.? *([0-9]{1,2}),? *([0-9]{4})")
MONTH_IN_WORDS = re.compile(r"([A-Za-z]+)\.?[ ,./-]*([0-9]{4})")
NUMBERS = re.compile(r"([0-9]{1,4})([/. -])([0-9]{1,2})\2([0-9]{1,4})")
MOST_KEPT = 50_000  # days that are remembered: they return often


class OrderError(ValueError):
    """A date that cannot be read in the order that its table is taken to have: the whole table is in doubt."""


class DayFirstError(OrderError):
    """A date that shows that its table writes days before months."""


class UnclearError(ValueError):
    """A date that leaves open in which month it lies: why, what stands there, and in which column."""

    def __init__(self, why: str, cell: str, column: str = "date"):
        super().__init__(f"{why}: '{cell}'")
        self.why = why
        self.cell = cell
        self.column = column


@lru_cache(maxsize=MOST_KEPT)
def american_or_iso(text: str) -> When:
    """Read 2017-09-03 or 9/3/2017 (ICEWS of 2017). Raises ValueError for other text, DayFirstError for 23/9/2017."""
    parts = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    if parts is None:
        return _whole_day(text)
    month, day, year = map(int, parts.groups())
    if month > 12 >= day:
        raise DayFirstError(f"'{text}' has its day first, so that 3/9 would be read as the ninth of March")
    return _whole_day(f"{year:04}-{month:02}-{day:02}")


@lru_cache(maxsize=MOST_KEPT)
def compact_or_iso(text: str) -> When:
    """Read 20170903 or 2017-09-03. Raises ValueError for any other text."""
    digits = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", text)
    return _whole_day("-".join(digits.groups()) if digits else text)


def _whole_day(text: str) -> When:
    day, month = day_or_month(text)
    if day is None:
        raise ValueError(f"{month} is a month")
    return day, text


def clear_date(text: str) -> When:
    """Read a date that leaves no doubt, in any of the forms of CLEAR.

    Raises ValueError for other text, OrderError for 3/9/2017, of which nothing says which number is the day.
    """
    return _dated(text, "")


def date_in(order: str) -> Callable[[str], When]:
    """Return what reads the numbers of a date in an order, and the forms of CLEAR. order: d/m/y, m/d/y or y/m/d.

    It raises ValueError for other text, OrderError for a date that shows another order.
    """
    return lambda text: _dated(text, order)


@lru_cache(maxsize=MOST_KEPT)
def _dated(text: str, order: str) -> When:
    if timed := WITH_TIME.fullmatch(text):
        text = timed[1]
    if re.fullmatch(r"[0-9]{8}", text):
        return compact_or_iso(text)
    if words := DAY_IN_WORDS.fullmatch(text):
        return _day(words[3], _month(words[2]), words[1])
    if words := MONTH_FIRST.fullmatch(text):
        return _day(words[3], _month(words[1]), words[2])
    if words := MONTH_IN_WORDS.fullmatch(text):
        return as_in_a_record(f"{words[2]}-{_month(words[1]):02}")
    numbers = NUMBERS.fullmatch(text)
    if numbers is None or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return as_in_a_record(text)
    return _in_order(text, [numbers[1], numbers[3], numbers[4]], order)


def _in_order(text: str, numbers: list[str], order: str) -> When:
    """Read three numbers. Only a year has four digits, and where it comes first the month follows it."""
    if len(numbers[0]) == 4:
        order = "y/m/d"
    if not any(len(number) == 4 for number in numbers):
        raise ValueError(f"'{text}' has no year of four digits")
    if not order:
        raise OrderError(f"of '{text}' nothing says which number is the day and which the month")
    parts = dict(zip(order.split("/"), numbers, strict=True))
    if len(parts["y"]) != 4:
        raise OrderError(f"'{text}' has no year where {order} has it")
    if int(parts["m"]) > 12 >= int(parts["d"]):
        raise OrderError(f"'{text}' has its month where {order} has its day")
    return _day(parts["y"], int(parts["m"]), parts["d"])


def _month(word: str) -> int:
    """Number a month by its English name or the first three letters of it. Raises ValueError for any other word."""
    word = word.casefold()
    if word in NAMES:
        return NAMES.index(word) + 1
    return MONTHS.index("sep" if word == "sept" else word) + 1


def _day(year: str, month: int, day: str) -> When:
    return as_in_a_record(f"{year}-{month:02}-{int(day):02}")


@lru_cache(maxsize=MOST_KEPT)
def as_in_a_record(text: str) -> When:
    """Read 2017-09-03, or 2017-09 where only the month is known. Raises ValueError for any other text."""
    day, _ = day_or_month(text)
    return day, text


def within_a_month(first: date, last: date, text: str) -> When:
    """Return the month of an event of which only the span of days is known.

    Raises UnclearError, with the text of its cell, where the span lies in more than one month.
    """
    if (first.year, first.month) != (last.year, last.month):
        raise UnclearError("is not known to the month: no day or month is guessed", text)
    return None, f"{first:%Y-%m}"


def week_of(day: date, text: str) -> When:
    """Return the month of an event of which only the week is known: that may begin or end on the day.

    Raises UnclearError where it may lie in two months.
    """
    return within_a_month(day - timedelta(days=6), day + timedelta(days=6), text)
