"""What is wrong with a file: place, key, what was found, what is allowed, the nearest name."""

import difflib
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sim.scenario.signs import foreign, named_signs, plainer

MAX_PROBLEMS = 200  # of one kind: nobody reads more, and a hostile file must not take minutes
MAX_NAME = 200
MAX_NAMES = 5_000
MAX_COMPARED = 200
MAX_CONCERNED = 2
EMPTY = "is empty or null"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file and a line of it (from 1; 0 where there is no line to point at).

    played: for which players of which roles the line of a kind was expanded, if it was.
    """

    file: str
    line: int
    played: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} (for {self.played})" if self.played else place


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong, or (`warning`) one thing that a reader should know.

    concerns: who is hit by it, elsewhere. Problems that differ in nothing else are one (`one_a_cause`).
    """

    place: Place
    key: str
    text: str
    allowed: str = ""
    nearest: str = ""
    warning: bool = False
    concerns: str = ""

    def __str__(self) -> str:
        parts = [f"{self.place}: "]
        if self.key:
            parts.append(f"{self.key}: ")
        parts.append(self.text)
        if self.concerns:
            parts.append(f" {self.concerns}")
        if self.allowed:
            parts.append(f"; allowed: {self.allowed}")
        if self.nearest:
            parts.append(f"; did you mean '{self.nearest}'?")
        return printable("".join(parts))


class UserError(Exception):
    """A scenario, study or record that cannot be used, with all of its problems."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = one_a_cause(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["UserError"], tuple[list[Problem]]]:
        """Return what makes it again: so it comes whole from a process that raised it."""
        return UserError, (self.problems,)


def one_a_cause(problems: Iterable[Problem]) -> list[Problem]:
    """Sort problems, each once, and count those that differ only in whom they concern."""
    concerned: dict[Problem, set[str]] = {}
    for problem in problems:
        concerned.setdefault(replace(problem, concerns=""), set()).add(problem.concerns)
    return sorted(
        replace(problem, concerns=listed(sorted(names - {""}), MAX_CONCERNED)) for problem, names in concerned.items()
    )


def first_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that anybody will read; if more, the last one says so: an error unless all are warnings."""
    remaining = iter(problems)
    listed_problems = list(itertools.islice(remaining, MAX_PROBLEMS + 1))
    if len(listed_problems) > MAX_PROBLEMS:
        place = Place(listed_problems[0].place.file, 0)
        text = f"there are more problems of one kind; {MAX_PROBLEMS} of them are listed"
        warning = all(problem.warning for problem in itertools.chain(listed_problems, remaining))
        listed_problems[MAX_PROBLEMS:] = [Problem(place, "", text, warning=warning)]
    return listed_problems


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the most similar of some names, or nothing if none is similar."""
    name = name[:MAX_NAME]
    spelt = _spelling(name)
    sensible = (
        candidate
        for candidate in itertools.islice(names, MAX_NAMES)
        if len(candidate) <= MAX_NAME and candidate != name
    )
    likely = sorted(sensible, key=lambda candidate: (abs(len(candidate) - len(name)), candidate))
    spellings: dict[str, str] = {}
    for candidate in likely[:MAX_COMPARED]:
        spellings.setdefault(_spelling(candidate), candidate)
    close = difflib.get_close_matches(spelt, spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else ""


def _spelling(name: str) -> str:
    """Spell a name as it is compared: capitals, blanks, hyphens and odd signs make no difference."""
    return re.sub(r"[ \-]+", "_", plainer(name).casefold())


def listed(names: Iterable[str], most: int = 12) -> str:
    """Write names as a readable list, cut where it grows long."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def unknown(place: Place, key: str, noun: str, name: str, names: Iterable[str]) -> Problem:
    """Build the problem of a name that does not exist."""
    names = list(names)
    allowed = listed(names) or "none is declared"
    text = f"no {noun} is called '{shown(name)}'{signs_of(name)}" if name else f"is empty, and names no {noun}"
    return Problem(place, key, text, allowed, nearest(name, names))


def signs_of(name: str) -> str:
    """Describe the misleading signs of a name; nothing for a name in ASCII."""
    return f" (it holds {named_signs(foreign(name))})" if foreign(name) else ""


def shown(value: object, most: int = 60) -> str:
    """Write a value as it is quoted in a message."""
    text = printable(str(value))
    return text if len(text) <= most else text[: most - 1] + "…"


def printable(text: str) -> str:
    """Write text on one line, control and invisible signs as escapes."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " if sign in "\n\r" else ascii(sign)[1:-1] for sign in text)


def key_path(path: Sequence[int | str]) -> str:
    """Write a path as in a file: dots for keys, brackets for places in a list."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return shown(text, 120)
