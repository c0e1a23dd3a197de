"""Every figure by its name: what folder it is of, and what it shows. `escalate list figures` prints this table."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from matplotlib.figure import Figure


class CannotBeDrawn(Exception):  # noqa: N818 - a reason, told in a line
    """Why a figure cannot be made of what is there. Only this is passed over where a figure was not asked for by name."""


Draw = TypeVar("Draw", bound=Callable[..., Figure])
Kind = Literal["run", "runs", "sweep", "sensitivity", "fit", "backtest"]


@dataclass(frozen=True)
class Entry:
    """One figure. `of`: one run folder, several side by side, or the folder of another command."""

    name: str
    of: Kind
    shows: str
    draw: Callable[..., Figure]

    @property
    def module(self) -> str:
        """The file that it is in, which is a script too."""
        return Path(self.draw.__code__.co_filename).stem


FIGURES: dict[str, Entry] = {}


def figure(of: Kind, shows: str) -> Callable[[Draw], Draw]:
    """Put a function that draws a folder into the table, by its name less `_figure`."""

    def put(function: Draw) -> Draw:
        name = function.__name__.removesuffix("_figure")
        known = FIGURES.get(name)
        if known is not None and known.draw.__code__.co_filename != function.__code__.co_filename:
            raise ValueError(f"two figures are called {name}")
        FIGURES[name] = Entry(name, of, shows, function)
        return function

    return put
