"""What is wrong with a file: place, key, what was found, what is allowed, the nearest name."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file and a line of it (from 1; 0 where there is no line to point at)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong, or (`warning`) one thing that a reader should know."""

    place: Place
    key: str
    text: str
    allowed: str = ""
    nearest: str = ""
    warning: bool = False

    def __str__(self) -> str:
        parts = [f"{self.place}: "]
        if self.key:
            parts.append(f"{self.key}: ")
        parts.append(self.text)
        if self.allowed:
            parts.append(f"; allowed: {self.allowed}")
        if self.nearest:
            parts.append(f"; did you mean '{self.nearest}'?")
        return "".join(parts)


class ScenarioError(Exception):
    """A scenario, study or record that cannot be used, with all of its problems."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(name: str, names: Iterable[str]) -> str:
    """The most similar of some names, or nothing if none is similar."""
    close = difflib.get_close_matches(name[:200], list(names), n=1, cutoff=0.6)
    return close[0] if close else ""


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names as a readable list, cut where it grows long."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def unknown(place: Place, key: str, what: str, name: str, names: Iterable[str]) -> Problem:
    """The problem of a name that does not exist."""
    names = list(names)
    return Problem(place, key, f"no {what} is called '{shown(name)}'", listed(names) or "none is declared", nearest(name, names))


def shown(value: object, most: int = 60) -> str:
    """A value as it is quoted in a message."""
    text = str(value).replace("\n", " ")
    return text if len(text) <= most else text[: most - 1] + "…"
