"""Reading YAML that a stranger may have written: bounded, line-numbered, with no surprises.

Limits on size, depth, aliases and nodes are checked on the parser's stream of events, before anything is
composed (the C composer crashes on deep nesting, the Python one recurses). Scalars are those of YAML 1.2:
`NO` is a string, `1e-3` a number. What YAML 1.1 reads as octal or sexagesimal (`022`, `12:30`) is refused
unless quoted, since readers disagree about it.
"""

import math
import re
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from sim.scenario.nodes import Node, Scalar
from sim.scenario.problems import Place, Problem, UserError, key_path, shown
from sim.scenario.signs import invisible, is_invisible, named_signs, plainer

PLAYED = "scenario.yaml"  # what a folder of results was made from
MAX_BYTES = 1_000_000
MAX_DEPTH = 30
TOO_DEEP, AT_MOST_DEEP = "is nested too deeply", f"at most {MAX_DEPTH} levels"
MAX_NODES = 100_000
PARSED = 32  # texts that stay in memory: a case under other settings is laid over the case itself
WIDE_SIGNS = "：，［］｛｝＃"
KEY_BEFORE_ODD_SPACE = re.compile(r"\s*[-+.\w\"']+:[^\S \t\r\n]")

NULLS = ("", "~", "null", "Null", "NULL")
TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF|nan|NaN|NAN)")
DISPUTED = re.compile(r"[-+]?(0[0-9]+|0[xob][0-9a-fA-F_]+|[0-9][0-9_]*_[0-9_]*|[0-9]+(:[0-9]+)+)(\.[0-9]*)?")
LINE_ENDS = re.compile("[\x85\u2028\u2029]")  # to some readers only
PLAIN_SIGNS = "plain spaces, and no sign that cannot be seen"
NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

HINTS = {
    "mapping values are not allowed": "one `key: value` a line; text with a colon in it stands in quotes",
    "cannot start any token": "spaces, not tabs, before a key; text that starts with a sign stands in quotes",
    "found a tab character": "spaces, not tabs, before a key",
    "did not find expected ',' or '}'": "`{key: value, key: value}`; text with a comma or bracket in it stands in quotes",
    "did not find expected ',' or ']'": "`[value, value]`; text with a comma or bracket in it stands in quotes",
    "could not find expected ':'": "`key: value`, with a space after the colon",
}

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, shown_as: str) -> Node:
    """Read one file.

    Raises UserError with the file and line of whatever cannot be read or trusted.
    """
    return parse_yaml(read_text(path, shown_as), shown_as)


def read_text(path: Path, shown_as: str, most_bytes: int = MAX_BYTES) -> str:
    """Read the text of a file, of bounded size and in UTF-8."""
    try:
        if path.is_dir():
            inside = f", as {shown_as}/{PLAYED}" if (path / PLAYED).is_file() else ""
            raise _error(Place(shown_as, 0), "is a directory", f"a file{inside}")
        if path.exists() and not path.is_file():
            raise _error(Place(shown_as, 0), "is not a regular file", "a file")
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise _error(Place(shown_as, 0), "there is no such file") from None
    except (OSError, ValueError) as error:
        raise _error(Place(shown_as, 0), f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(raw) > most_bytes:
        raise _error(Place(shown_as, 0), "is too large", f"at most {most_bytes:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        fault = f"byte {raw[error.start]:#04x} is not UTF-8 text"
        raise _error(Place(shown_as, line), fault, "text encoded as UTF-8") from None


@lru_cache(PARSED)
def parse_yaml(text: str, shown_as: str) -> Node:
    """Parse text that must hold one mapping; the same text again is not parsed again."""
    builder = _Builder(shown_as)
    root = builder.built(text)
    if root is None:
        raise builder.error(0, "is empty", "a mapping of keys to values")
    if not root.is_mapping:
        builder.refuse_odd_signs(text, root.place.line, root.place.line)
        raise builder.error(root.place.line, "is not a mapping", "keys and values, `key: value`")
    return root


def parse_value(text: str, place: Place, key: str) -> Node:
    """Parse the value of a setting, key=value; all of its parts stand at its place."""
    builder = _Builder(place.file, key, place.line)
    root = builder.built(text)
    if root is None:
        raise builder.error(0, "is given no value", "key=value; key=null removes what stands there")
    return root


def plain_scalar(text: str) -> Scalar:
    """Read an unquoted scalar as YAML 1.2 does.

    Raises NotPlainError where readers of YAML disagree.
    """
    if text in NULLS:
        return None
    if text in TRUTHS:
        return TRUTHS[text]
    if DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise NotPlainError(f"is not a date: {error}", "a day of the calendar, year-month-day") from None
    if NOT_FINITE.fullmatch(text):
        raise NotPlainError("is not a finite number", "a number, or the text in quotes")
    if DISPUTED.fullmatch(text):
        allowed = "the text in quotes, or a plain decimal number"
        raise NotPlainError("is a number to some readers of YAML and text to others", allowed)
    if INTEGER.fullmatch(text) and len(text) <= 18:
        return int(text)
    if FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise NotPlainError("is too large for a number", "a finite number")
        return number
    return text


class NotPlainError(ValueError):
    """An unquoted scalar that is refused: what is wrong with it, and what is allowed."""

    def __init__(self, fault: str, allowed: str):
        super().__init__(fault)
        self.fault = fault
        self.allowed = allowed


def _error(place: Place, text: str, allowed: str = "", key: str = "") -> UserError:
    return UserError([Problem(place, key, text, allowed)])


def _structural(line: str) -> str:
    """Select the signs of a line, outside its comment, that stand where YAML's own do.

    They are odd spaces and colons.
    """
    line = line.split(" #")[0]
    return invisible(line) + "".join(dict.fromkeys(sign for sign in line if sign in WIDE_SIGNS))


def _misleading(text: str) -> str:
    """Select the misleading invisible signs of an unquoted scalar.

    They are those at its ends, or in what looks like a number or date.
    """
    signs = invisible(text)
    if not signs:
        return ""
    try:
        looks_like_text = isinstance(plain_scalar(plainer(text)), str)
    except NotPlainError:
        looks_like_text = False
    return signs if is_invisible(text[0]) or is_invisible(text[-1]) or not looks_like_text else ""


class _Builder:
    """Composes nodes from parser events, without recursion.

    A value is placed at the line of its key: that is the line to look for, also where the value itself
    starts further down.
    """

    def __init__(self, file: str, under: str = "", line: int = 0):
        self.file = file
        self.under = under  # the key of a setting
        self.line = line  # of a setting: it has no lines of its own
        self.problems: list[Problem] = []
        self.open: list[tuple[Node, str | None, int]] = []  # container, its anchor, nodes counted before it
        self.keys: list[tuple[str, int] | None] = []  # the key that waits for its value and its line, per container
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.nodes = 0
        self.root: Node | None = None
        self.documents = 0

    def built(self, text: str) -> Node | None:
        """Return the node that some text holds, if it holds one."""
        self._refuse_line_ends(text)
        try:
            for event in yaml.parse(text, Loader=Loader):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            raise self._not_yaml(error, text) from None
        except yaml.reader.ReaderError as error:
            line = text[: error.position].count("\n") + 1
            raise self.error(line, f"is not YAML: {error.reason}", "text without control characters") from None
        except UnicodeEncodeError as error:
            raise self.error(0, f"holds {ascii(text[error.start])[1:-1]}, which is not text", "text") from None
        if self.problems:
            raise UserError(self.problems)
        return self.root

    def error(self, line: int, text: str, allowed: str = "") -> UserError:
        """Build the error of what is being read."""
        return _error(self._place(line), text, allowed, self._key())

    def _refuse_line_ends(self, text: str) -> None:
        """Raise where a line ends for some readers and goes on for others: from there on no line number would be sure."""
        if ends := LINE_ENDS.search(text):
            line = len(re.findall("\r\n|\r|\n", text[: ends.start()])) + 1
            fault = f"holds an odd sign, {named_signs(ends.group())}, which ends a line to some readers only"
            raise self.error(line, fault, "lines that end as usual")

    def _not_yaml(self, error: yaml.MarkedYAMLError, text: str) -> UserError:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        self.refuse_odd_signs(text, min(error.context_mark.line + 1 if error.context_mark else line, line), line)
        fault = error.problem or ""
        if error.context:
            start = error.context_mark.line + 1 if error.context_mark else line
            since = f" that starts at line {start}" if start != line and not self.under else ""
            fault = f"{error.context}{since}, {fault}"
        if "maximum nesting depth" in fault:  # libyaml's own limit, where it has one
            raise self.error(line, TOO_DEEP, AT_MOST_DEEP)
        allowed = next((hint for words, hint in HINTS.items() if words in fault), "")
        return _error(self._place(line), f"is not YAML: {fault}", allowed, self.under)

    def refuse_odd_signs(self, text: str, first: int, last: int) -> None:
        """Raise if unreadable lines hold signs that look like YAML's own.

        After a key, any line above may.
        """
        for number, line in enumerate(re.split("\r\n|\r|\n", text)[:last], 1):
            signs = _structural(line) if number >= first or KEY_BEFORE_ODD_SPACE.match(line) else ""
            if signs:
                raise self.error(number, f"is not YAML: it holds an odd sign, {named_signs(signs)}", PLAIN_SIGNS)

    def _key(self) -> str:
        """Return the path of what is being read."""
        path: list[int | str] = [self.under] if self.under else []
        for (node, _, _), key in zip(self.open, self.keys, strict=True):
            if isinstance(node.value, list):
                path.append(len(node.value))
            elif key is not None:
                path.append(key[0])
        return key_path(path)

    def _problem(self, line: int, text: str, allowed: str = "") -> None:
        self.problems.append(Problem(self._place(line), self._key(), text, allowed))

    def _place(self, line: int) -> Place:
        return Place(self.file, self.line if self.under else line)

    def _take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.error(line, "a second document starts here", "one document a file")
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event, line)
            self._scalar(event, line)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line)

    def _start(self, event: yaml.CollectionStartEvent, line: int) -> None:
        self._refuse_tag(event, line)
        self._count(1, line)
        if len(self.open) >= MAX_DEPTH:
            raise self.error(line, TOO_DEEP, AT_MOST_DEEP)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node({} if is_mapping else [], self._place(line))
        if self._awaits_key():
            raise self.error(line, "a list or mapping stands where a key should", "a key of plain text")
        self.open.append((node, event.anchor, self.nodes - 1))
        self.keys.append(None)

    def _end(self) -> None:
        node, anchor, before = self.open.pop()
        self.keys.pop()
        self._put(node)
        if anchor is not None:
            self.anchors[anchor] = (node, self.nodes - before)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._count(1, line)
        wrong = NOT_TEXT.search(event.value)
        if wrong:
            self._problem(line, f"holds {ascii(wrong.group())[1:-1]}, which is not text", "text")
        plain = event.implicit[0]
        if self._awaits_key():
            self._take_key(event.value, line, plain)
            return
        node = Node(self._plain(event.value, line) if plain else event.value, self._place(line))
        self._put(node)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        if event.anchor not in self.anchors:
            name = shown(event.anchor)
            raise self.error(line, f"no value above is marked &{name}", f"*{name} after the end of what it repeats")
        node, size = self.anchors[event.anchor]
        self._count(size, line)
        if self._awaits_key():
            raise self.error(line, "an alias stands where a key should", "a key of plain text")
        self._put(node)

    def _awaits_key(self) -> bool:
        return bool(self.open) and self.open[-1][0].is_mapping and self.keys[-1] is None

    def _take_key(self, key: str, line: int, plain: bool) -> None:
        container = self.open[-1][0].items
        if key == "<<":
            raise self.error(line, "merge keys (<<) are not used here", "extends, at the top of the file")
        self.keys[-1] = (key, line)
        if signs := invisible(key):
            self._problem(line, f"the key holds an odd sign, {named_signs(signs)}", PLAIN_SIGNS)
        if plain and DISPUTED.fullmatch(key):
            self._problem(line, f"the key {shown(key)} is a number to some readers of YAML", "the key in quotes")
        if key in container:
            first = "" if self.under else f" (first at line {container[key].place.line})"
            self._problem(line, f"the key is given twice{first}")

    def _put(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        container = self.open[-1][0].value
        key = self.keys[-1]
        if isinstance(container, list):
            container.append(node)
        elif isinstance(container, dict) and key is not None:
            container[key[0]] = Node(node.value, self._place(key[1]))
            self.keys[-1] = None

    def _count(self, size: int, line: int) -> None:
        self.nodes += size
        if self.nodes > MAX_NODES:
            allowed = f"at most {MAX_NODES:,}"
            raise self.error(line, "the file holds too many values, aliases counted each time", allowed)

    def _refuse_tag(self, event: yaml.CollectionStartEvent | yaml.ScalarEvent, line: int) -> None:
        if event.tag is not None:
            raise self.error(line, f"the tag {shown(event.tag)} is not allowed", "plain values, no tags")

    def _plain(self, text: str, line: int) -> Scalar:
        if signs := _misleading(text):
            self._problem(line, f"{shown(text)} holds an odd sign, {named_signs(signs)}", PLAIN_SIGNS)
            return None
        try:
            return plain_scalar(text)
        except NotPlainError as error:
            self._problem(line, f"{shown(text)} {error.fault}", error.allowed)
            return None
