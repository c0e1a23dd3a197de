"""Register every figure by its name: what folder it is of, and what it shows. `escalate list figures` prints this."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from matplotlib.figure import Figure


class CannotBeDrawn(Exception):  # noqa: N818 - a reason, given in a line
    """Why a figure cannot be drawn of what is there; such a figure is left out, unless it was named."""


Draw = TypeVar("Draw", bound=Callable[..., Figure])
Kind = Literal[
    "run", "runs", "sweep", "sensitivity", "fit", "backtest", "pool", "forecast", "score", "options", "turning"
]


@dataclass(frozen=True)
class Entry:
    """One figure. `kind`: drawn of one run folder, of several side by side, or of the folder of another command."""

    name: str
    kind: Kind
    shows: str
    draw: Callable[..., Figure]

    @property
    def module(self) -> str:
        """Return the name of the module that draws it, which is a script too."""
        return Path(self.draw.__code__.co_filename).stem


FIGURES: dict[str, Entry] = {}


def figure(kind: Kind, shows: str) -> Callable[[Draw], Draw]:
    """Register a function that draws a folder, by its name less `_figure`.

    Parameters: kind, what it is drawn of; shows, in half a sentence. Raises ValueError if two files have a figure of
    this name.
    """

    def register(function: Draw) -> Draw:
        """Put the function into the table."""
        name = function.__name__.removesuffix("_figure")
        known = FIGURES.get(name)
        if known is not None and known.draw.__code__.co_filename != function.__code__.co_filename:
            raise ValueError(f"two figures are called {name}")
        FIGURES[name] = Entry(name, kind, shows, function)
        return function

    return register
