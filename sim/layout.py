"""Pages of prose and tables, laid out for a width: that of a terminal, or a fixed one where there is none.

A page is written once, as blocks; what it looks like is decided where it is printed. On a terminal no line is longer
than the terminal is wide: prose and headings are wrapped between words, columns that matter less are left out, and a
line under the table names them. Elsewhere lines of prose have PLAIN_WIDTH signs and tables have all of their columns,
whatever the terminal: the same bytes for the same page.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

PLAIN_WIDTH = 100  # of prose, and of tables where their prose can be wrapped to it
LEAST_WIDTH = 40  # below it lines are as long as they must be
LEAST_PROSE = 24  # a column of prose is left out rather than made narrower
PROSE_WORDS = 5  # so many words in a cell make a column of prose
GAP = INDENT = "  "
SAME = '"'  # in a column of prose: as in the row above
LONE = frozenset(["%", "×", "±", "=", "<", ">", "≥", "≤", "h", "d", "points"])  # what a line does not begin with
DOTTED = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)+")  # a key
NO_LIMIT = 10**9
PROSE_COST, KEY_COST, NUMBER_COST = 1, 2, 6  # of wrapping a line
BOLD, END = "\033[1m", "\033[0m"


@dataclass(frozen=True)
class Screen:
    """What a page is laid out for. whole: tables keep every column. colour: headlines and headings are bold."""

    width: int = PLAIN_WIDTH
    whole: bool = True
    colour: bool = False

    def bold(self, text: str) -> str:
        """Return text in bold, line by line, where there is colour."""
        return "\n".join(f"{BOLD}{line}{END}" for line in text.split("\n")) if self.colour and text else text


PLAIN = Screen()


@dataclass(frozen=True)
class Verbatim:
    """Text that is printed as it is: YAML, Markdown, one item a line."""

    text: str


@dataclass(frozen=True)
class Headline:
    """The sentence that a page leads with."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows under headings.

    align: a sign for each column, < or >; left for those that have none. leaves: headings of the columns that a narrow
    terminal does without, the first to go first; when they are gone, the other columns go from the last on, the first
    never. under: headings of columns of prose that stand under each row where there is no room beside it.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[Any]]
    align: str = ""
    leaves: Sequence[str] = ()
    under: Sequence[str] = ()

    @property
    def heads(self) -> list[str]:
        """Return the headings, each line of them without space around it."""
        return ["\n".join(line.strip() for line in heading.split("\n")) for heading in self.headers]

    @property
    def cells(self) -> list[list[str]]:
        """Return the rows as text; one that ends early is empty from there on."""
        return [[str(cell) for cell in row] + [""] * (len(self.headers) - len(row)) for row in self.rows]

    def text(self, screen: Screen = PLAIN) -> str:
        """Lay the table out; where columns are left out, a line under it names them."""
        shown, widths = self._fit(screen)
        sides = [(self.align[place : place + 1] or "<") for place in shown]
        below = [place for place in self._places(self.under) if place not in shown]
        head = [
            *_laid([self.heads[place] for place in shown], widths, sides),
            *self._below(self.heads, below[:1], screen),
        ]
        lines = [*(screen.bold(line) for line in head), GAP.join("-" * width for width in widths)]
        for row in self.cells:
            lines += [*_laid([row[place] for place in shown], widths, sides), *self._below(row, below, screen)]
        gone = [_flat(heading) for place, heading in enumerate(self.headers) if place not in (*shown, *below)]
        if gone:
            lines += wrapped(f"(not shown at this width: {', '.join(gone)}; --wide shows every column)", screen.width)
        return "\n".join(lines)

    def markdown(self) -> str:
        """Write the table in Markdown."""
        lines = [
            [_flat(heading) for heading in self.headers],
            *([_flat(cell) for cell in row] for row in self.cells),
        ]
        marks = ["--:" if self.align[place : place + 1] == ">" else "---" for place in range(len(self.headers))]
        cells = [lines[0], marks, *([cell.replace("|", "\\|") for cell in line] for line in lines[1:])]
        return "\n".join(f"| {' | '.join(line)} |" for line in cells)

    def html(self) -> str:
        """Write the table in HTML."""
        head = "".join(f"<th>{html.escape(_flat(heading))}</th>" for heading in self.headers)
        body = "\n".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self.cells)
        return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"

    @classmethod
    def from_records(
        cls, rows: Sequence[Mapping[str, Any]], leaves: Sequence[str] = (), under: Sequence[str] = ()
    ) -> "Table":
        """Return the table of rows that have the same keys, which are its headings."""
        headers = list(rows[0]) if rows else []
        return cls(headers, [[str(row[key]) for key in headers] for row in rows], leaves=leaves, under=under)

    def _places(self, names: Sequence[str]) -> list[int]:
        """Return the places of columns by their headings, in the order of the names."""
        return [place for name in names for place, heading in enumerate(self.headers) if _flat(heading) == name]

    def _below(self, row: Sequence[str], places: list[int], screen: Screen) -> list[str]:
        """Lay out what stands under a row, without what is empty or the same as above; from the second on with its heading."""
        names = ["" if place == places[0] else f"{_flat(self.headers[place])}: " for place in places]
        texts = [
            name + _flat(row[place]) for name, place in zip(names, places, strict=True) if row[place] not in ("", SAME)
        ]
        return [line for text in texts for line in wrapped(INDENT + text, min(screen.width, PLAIN_WIDTH))]

    def _fit(self, screen: Screen) -> tuple[list[int], list[int]]:
        """Choose the columns that are shown, and their widths."""
        columns = [_Column(heading, [row[place] for row in self.cells]) for place, heading in enumerate(self.heads)]
        shown = list(range(len(columns)))
        leaving = self._places(list(dict.fromkeys([*self.under, *self.leaves])))
        others = [place for place in reversed(shown[1:]) if place not in leaving]
        while True:
            chosen = [columns[place] for place in shown]
            whole = [column.whole for column in chosen]
            if _total(whole) <= screen.width:
                return shown, whole
            least = [column.prose for column in chosen]
            if screen.whole or _total(least) <= screen.width:
                return shown, _narrowed(chosen, least, screen.width)
            if leaving:
                shown.remove(leaving.pop(0))
                continue
            least = [column.word for column in chosen]
            if _total(least) <= screen.width or not others:
                return shown, _narrowed(chosen, least, screen.width)
            shown.remove(others.pop(0))


class _Column:
    """The widths that a column can have.

    whole: no line is wrapped. body: only the heading is. prose: so is its text, if it is prose. word: its longest word.
    """

    def __init__(self, heading: str, cells: list[str]):
        lines = [line for cell in cells for line in cell.split("\n")]
        words = [word for line in (heading, *lines) for word in _bound_words(line, True)]
        self.lengths = [_width(line) for line in lines]
        self.whole = max([*self.lengths, *map(_width, heading.split("\n"))])
        bound = [word for line in heading.split("\n") for word in _bound_words(line)]
        self.body = max([*self.lengths, *map(_width, bound)], default=0)
        self.word = max(map(_width, words), default=0)
        is_prose = any(_is_prose(line) for line in lines)
        self.weight = PROSE_COST if is_prose else NUMBER_COST if any(map(_has_number, lines)) else KEY_COST
        longest = max((_width(word) for line in (heading, *lines) for word in _bound_words(line)), default=0)
        self.prose = min(self.body, max(longest, LEAST_PROSE)) if is_prose else self.body

    def cost(self, width: int) -> float:
        """Return how much longer, about, the column becomes if it is made narrower than a width.

        Numbers that are wrapped are harder to read than keys, and keys than prose.
        """
        return self.weight * sum(length / width for length in self.lengths if length >= width)


def _is_prose(text: str) -> bool:
    return sum(any(map(str.isalpha, word)) for word in text.split()) >= PROSE_WORDS


def _has_number(text: str) -> bool:
    return any(word[:1].isdecimal() or word[1:2].isdecimal() for word in text.split())


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _narrowed(columns: list[_Column], least: list[int], width: int) -> list[int]:
    """Make columns narrower until all fit a width, those first in which the fewest lines are wrapped by it.

    Parameters: least, what each needs. Returns the least of all if that is too wide.
    """
    widths = [max(column.body, needed) for column, needed in zip(columns, least, strict=True)]
    while _total(widths) > width:
        places = [place for place in range(len(widths)) if widths[place] > least[place]]
        if not places:
            return least
        widths[min(places, key=lambda place: columns[place].cost(widths[place]))] -= 1
    return widths


def _laid(cells: list[str], widths: list[int], sides: list[str]) -> Iterator[str]:
    """Yield the lines of a row."""
    columns = [list(_wrapped_cell(cell, width)) for cell, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        padded = (_padded(part, width, side) for part, width, side in zip(parts, widths, sides, strict=True))
        yield GAP.join(padded).rstrip()


def _wrapped_cell(text: str, width: int) -> Iterator[str]:
    for line in text.split("\n"):
        yield from wrapped(line, width)


def _padded(text: str, width: int, side: str) -> str:
    space = " " * (width - _width(text))
    return space + text if side == ">" else text + space


def _flat(text: str) -> str:
    return " ".join(text.split())


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def wrapped(line: str, width: int) -> list[str]:
    """Wrap a line between words, never within one; what an item of a list goes on with hangs under its first word.

    A sign that stands alone, as that of percent, stays with the word before it. In a column too narrow for the parts of
    a dotted key side by side, these come one under the other.
    """
    if _width(line) <= width:
        return [line]
    indent = len(line) - len(line.lstrip(" "))
    hang = " " * (indent + 2 * line[indent:].startswith("- "))
    words = [part for word in _bound_words(line) for part in _pieces(word, width - len(hang))]
    lines, current = [], " " * indent
    for word, gap in words:
        if not current.strip():
            current += word
        elif _width(current) + len(gap) + _width(word) > width:
            lines.append(current)
            current = hang + word
        else:
            current += gap + word
    return [*lines, current]


def _bound_words(line: str, in_parts: bool = False) -> Iterator[str]:
    """Yield the words of a line, a lone sign with the word before it. in_parts: those of dotted keys each by itself."""
    current = ""
    for word in line.split():
        if current and word.rstrip(".,;:)") in LONE:
            current += f" {word}"
            continue
        if current:
            yield from (part for part, _ in _pieces(current, 0 if in_parts else NO_LIMIT))
        current = word
    if current:
        yield from (part for part, _ in _pieces(current, 0 if in_parts else NO_LIMIT))


def _pieces(word: str, width: int) -> list[tuple[str, str]]:
    """Return a word with the gap before it; a dotted key that is wider than that, part by part."""
    if _width(word) <= width or not DOTTED.fullmatch(word):
        return [(word, " ")]
    return [(part, "" if number else " ") for number, part in enumerate(re.findall(r"[^.]+\.?", word))]


Block = str | Verbatim | Headline | Table


class Page:
    """Blocks of a text, one under the other with an empty line between; empty ones are left out.

    parts: prose, of one line or more; headlines, tables and verbatim text; other pages, whose blocks it takes over.
    """

    def __init__(self, *parts: "Block | Page"):
        self.blocks: list[Block] = []
        for part in parts:
            self.blocks += part.blocks if isinstance(part, Page) else [part] if part else []

    def __str__(self) -> str:
        """Return the page as a pipe gets it."""
        return self.text()

    def text(self, screen: Screen = PLAIN) -> str:
        """Lay the page out."""
        return "\n\n".join(_block_text(block, screen) for block in self.blocks)


def _block_text(block: Block, screen: Screen) -> str:
    if isinstance(block, Verbatim):
        return block.text
    if isinstance(block, Table):
        return block.text(screen)
    text = prose(block.text if isinstance(block, Headline) else block, screen)
    return screen.bold(text) if isinstance(block, Headline) else text


def prose(text: str, screen: Screen = PLAIN) -> str:
    """Wrap each line of a text to a screen's width, at most PLAIN_WIDTH: longer lines are hard to read."""
    width = max(min(screen.width, PLAIN_WIDTH), LEAST_WIDTH)
    return "\n".join(part for line in text.split("\n") for part in wrapped(line, width))


def capital(text: str) -> str:
    """Begin a sentence with a capital letter."""
    return text[:1].upper() + text[1:]
