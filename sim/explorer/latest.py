"""Work in a thread for a page whose controls move: one piece at a time, and only while it is wanted."""

import threading
from collections.abc import Callable
from typing import Any

import solara
from solara.lab import use_task

from sim.scenario.problems import UserError

ONE_AT_A_TIME = threading.Lock()  # an ensemble uses all processors
# What a task gives: the key that it was for, what was played (None if it failed), and HTML, or what is wrong in words.
Answer = tuple[Any, Any, str]


def latest_only(work: Callable[[], tuple[Any, str]], key: Any, current: Any) -> Callable[[], Answer | None]:
    """Wrap work so that it is done one at a time, and only while it is wanted.

    Parameters: work, returns what was played and its HTML; key, the settings that it is for; current, a reference to
    the settings that are wanted now.
    """

    def task() -> Answer | None:
        """Do the work if its settings are still wanted; None if not."""
        with ONE_AT_A_TIME:
            if current.current != key:
                return None
            try:
                return key, *work()
            except (UserError, ArithmeticError, ValueError) as error:
                return key, None, str(error)

    return task


def use_latest(work: Callable[[], tuple[Any, str]], key: Any) -> Answer | None:
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
