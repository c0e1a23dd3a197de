"""Work in a thread for a page whose controls move: one piece at a time, and only while it is wanted."""

import threading
from collections.abc import Callable
from typing import Any

import solara
from solara.lab import use_task

from sim.explorer.ensembles import NotWanted
from sim.scenario.problems import UserError

ONE_AT_A_TIME = threading.Lock()  # an ensemble uses all processors
# What a task gives: the key that it was for, what was played (None if it failed), and HTML, or what is wrong in words.
Answer = tuple[Any, Any, str]


# Returns what was played and its HTML. It is called with a function that returns the key that is wanted by now, and may
# raise NotWanted.
Work = Callable[[Callable[[], Any]], tuple[Any, str]]


def latest_only(work: Work, key: Any, current: Any) -> Callable[[], Answer | None]:
    """Wrap work so that it is done one at a time, and only while it is wanted.

    Parameters: work; key, the settings that it is for; current, a reference to the settings that are wanted now.
    """

    def task() -> Answer | None:
        """Do the work if its settings are still wanted; None if not."""
        with ONE_AT_A_TIME:
            if current.current != key:
                return None
            try:
                return key, *work(lambda: current.current)
            except NotWanted:
                return None
            except (UserError, ArithmeticError, ValueError) as error:
                return key, None, str(error)

    return task


def use_latest(work: Work, key: Any) -> Answer | None:
    """Do work in a thread whenever its key changes, and return the last answer.

    That may be the answer to an earlier key.
    """
    current = solara.use_ref(key)
    current.current = key
    answer: Any = solara.use_ref(None)
    task: Any = use_task(latest_only(work, key, current), dependencies=[key])
    if task.value is not None:
        answer.current = task.value
    return answer.current
