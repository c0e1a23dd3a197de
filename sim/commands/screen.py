"""The screens of a command: how wide standard output and standard error are, and whether they have colour."""

import os
import sys
from typing import Any

from sim.layout import LEAST_WIDTH, PLAIN_WIDTH, Screen

USUAL_WIDTH = 80  # of a terminal that does not say
RED, YELLOW = "31", "33"


def is_terminal(stream: Any) -> bool:
    """Tell whether a stream is a terminal."""
    return stream is not None and not stream.closed and stream.isatty()


def has_colour(stream: Any) -> bool:
    """Tell whether a stream shows colour: a terminal does, unless NO_COLOR is set or it is a dumb one."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def screen_of(stream: Any, wide: bool = False) -> Screen:
    """Return the screen that pages are laid out for: a terminal's, or the fixed one of files and pipes.

    Parameters: wide, whether tables keep every column on a terminal too.
    """
    if not is_terminal(stream):
        return Screen()
    return Screen(width_of(stream), wide, has_colour(stream))


def width_of(stream: Any) -> int:
    """Return how many columns a terminal has: COLUMNS if it is set, else what the terminal says."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(int(columns), LEAST_WIDTH)
    try:
        return max(os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH, LEAST_WIDTH)
    except (OSError, ValueError):
        return USUAL_WIDTH


def message(text: str, colour: str = "") -> str:
    """Lay out a message to standard error: on a terminal wrapped and its first word in colour, elsewhere one line.

    Parameters: colour, of the word before the first colon.
    """
    if not is_terminal(sys.stderr):
        return text
    from sim.layout import prose

    laid = prose(text, Screen(min(width_of(sys.stderr), PLAIN_WIDTH)))
    if not colour or not has_colour(sys.stderr):
        return laid
    word, colon, rest = laid.partition(":")
    return f"\033[1;{colour}m{word}{colon}\033[0m{rest}"
