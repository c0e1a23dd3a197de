"""Reading YAML that a stranger may have written: bounded, line-numbered, with no surprises.

Limits on size, depth, aliases and nodes are checked on the parser's stream of events, before anything is
composed (the C composer crashes on deep nesting, the Python one recurses). Scalars are those of YAML 1.2:
`NO` is a string, `1e-3` a number. What YAML 1.1 reads as octal or sexagesimal (`022`, `12:30`) is refused
unless quoted, since readers disagree about it.
"""

import math
import re
from datetime import date
from pathlib import Path

import yaml

from sim.scenario.nodes import Node, Scalar
from sim.scenario.problems import Place, Problem, ScenarioError, shown

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
MAX_NODES = 100_000

INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF|nan|NaN|NAN)")
DISPUTED = re.compile(r"[-+]?(0[0-9]+|0[xob][0-9a-fA-F_]+|[0-9][0-9_]*_[0-9_]*|[0-9]+(:[0-9]+)+)(\.[0-9]*)?")

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, shown_as: str) -> Node:
    """Read one file.

    Raises ScenarioError with the file and line of whatever cannot be read or trusted.
    """
    return parse_yaml(read_text(path, shown_as), shown_as)


def read_text(path: Path, shown_as: str, most_bytes: int = MAX_BYTES) -> str:
    """The text of a file that exists, is a file, is not too large and is UTF-8."""
    try:
        if path.is_dir():
            raise _error(shown_as, 0, "is a directory", "a file")
        if path.exists() and not path.is_file():
            raise _error(shown_as, 0, "is not a regular file", "a file")
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise _error(shown_as, 0, "there is no such file") from None
    except (OSError, ValueError) as error:
        raise _error(shown_as, 0, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(raw) > most_bytes:
        raise _error(shown_as, 0, "is too large", f"at most {most_bytes:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _error(shown_as, line, f"byte {raw[error.start]:#04x} is not UTF-8 text", "text encoded as UTF-8") from None


def parse_yaml(text: str, shown_as: str) -> Node:
    """Parse text that must hold one mapping."""
    builder = _Builder(shown_as)
    try:
        for event in yaml.parse(text, Loader=Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise _error(shown_as, line, f"is not YAML: {said}") from None
    except yaml.YAMLError as error:
        raise _error(shown_as, 0, f"is not YAML: {shown(error, 200)}") from None
    return builder.finished()


def parse_value(text: str, shown_as: str) -> Node:
    """Parse the value of a `--set key=value`."""
    node = parse_yaml("value: " + text, shown_as).items
    if set(node) != {"value"}:
        raise _error(shown_as, 0, "is not one value")
    return node["value"]


def _error(file: str, line: int, text: str, allowed: str = "") -> ScenarioError:
    return ScenarioError([Problem(Place(file, line), "", text, allowed)])


class _Builder:
    """Composes nodes from parser events, without recursion."""

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []
        self.open: list[tuple[Node, str | None, int]] = []  # container, its anchor, nodes counted before it
        self.keys: list[str | None] = []  # the key that waits for its value, per open container
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.nodes = 0
        self.root: Node | None = None
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _error(self.file, line, "a second document starts here", "one document a file")
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event, line)
            self._scalar(event, line)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line)

    def finished(self) -> Node:
        if self.problems:
            raise ScenarioError(self.problems)
        if self.root is None:
            raise _error(self.file, 0, "is empty", "a mapping of keys to values")
        if not self.root.is_mapping:
            raise _error(self.file, self.root.place.line, "is not a mapping", "keys and values, `key: value`")
        return self.root

    def _start(self, event: yaml.NodeEvent, line: int) -> None:
        self._refuse_tag(event, line)
        self._count(1, line)
        if len(self.open) >= MAX_DEPTH:
            raise _error(self.file, line, "is nested too deeply", f"at most {MAX_DEPTH} levels")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node({} if is_mapping else [], Place(self.file, line))
        if self._awaits_key():
            raise _error(self.file, line, "a list or mapping stands where a key should", "a key of plain text")
        self.open.append((node, event.anchor, self.nodes - 1))
        self.keys.append(None)

    def _end(self) -> None:
        node, anchor, before = self.open.pop()
        self.keys.pop()
        self._place(node)
        if anchor is not None:
            self.anchors[anchor] = (node, self.nodes - before)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._count(1, line)
        if self._awaits_key():
            self._take_key(event.value, line)
            return
        value: Scalar = event.value
        if event.implicit[0]:
            value = self._plain(event.value, line)
        node = Node(value, Place(self.file, line))
        self._place(node)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        if event.anchor not in self.anchors:
            raise _error(self.file, line, f"alias *{shown(event.anchor)} stands before its anchor is finished")
        node, size = self.anchors[event.anchor]
        self._count(size, line)
        if self._awaits_key():
            raise _error(self.file, line, "an alias stands where a key should", "a key of plain text")
        self._place(node)

    def _awaits_key(self) -> bool:
        return bool(self.open) and self.open[-1][0].is_mapping and self.keys[-1] is None

    def _take_key(self, key: str, line: int) -> None:
        container = self.open[-1][0].items
        if key == "<<":
            raise _error(self.file, line, "merge keys (<<) are not used here", "extends, at the top of the file")
        if key in container:
            first = container[key].place.line
            self.problems.append(Problem(Place(self.file, line), shown(key), f"the key is given twice (first at line {first})"))
        self.keys[-1] = key

    def _place(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        container = self.open[-1][0].value
        if isinstance(container, dict):
            container[str(self.keys[-1])] = node
            self.keys[-1] = None
        elif isinstance(container, list):
            container.append(node)

    def _count(self, size: int, line: int) -> None:
        self.nodes += size
        if self.nodes > MAX_NODES:
            raise _error(self.file, line, "holds too many values, aliases counted each time", f"at most {MAX_NODES:,}")

    def _refuse_tag(self, event: yaml.NodeEvent, line: int) -> None:
        if event.tag is not None:
            raise _error(self.file, line, f"the tag {shown(event.tag)} is not allowed", "plain values, no tags")

    def _plain(self, text: str, line: int) -> Scalar:
        """An unquoted scalar, by YAML 1.2."""
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if DATE.fullmatch(text):
            return self._date(text, line)
        if NOT_FINITE.fullmatch(text):
            return self._wrong(text, line, "is not a finite number", "a number, or the text in quotes")
        if DISPUTED.fullmatch(text):
            return self._wrong(text, line, "is a number to some readers of YAML and text to others", "the text in quotes, or a plain decimal number")
        if INTEGER.fullmatch(text) and len(text) <= 18:
            return int(text)
        if FLOAT.fullmatch(text):
            number = float(text)
            return number if math.isfinite(number) else self._wrong(text, line, "is too large for a number", "a finite number")
        return text

    def _date(self, text: str, line: int) -> Scalar:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            return self._wrong(text, line, f"is not a date: {error}", "a day of the calendar, year-month-day")

    def _wrong(self, text: str, line: int, what: str, allowed: str) -> Scalar:
        key = self.keys[-1] if self.keys and self.keys[-1] else ""
        self.problems.append(Problem(Place(self.file, line), key, f"{shown(text)} {what}", allowed))
        return None
