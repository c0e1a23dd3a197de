"""Work shared out to processes: the same results, whatever the number of workers."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from sim.study.players import in_processes

Task = TypeVar("Task")
Result = TypeVar("Result")


def as_they_are_done(
    work: Callable[[Task], Result], tasks: Sequence[Task], workers: int
) -> Iterator[tuple[int, Result]]:
    """Yield the place of each task and what `work` returns for it, as soon as it is there, in whatever order.

    Parameters: workers, how many processes; with one, or for one task, none is started. They end with this process,
    however it ends.
    Raises whatever `work` raises, and UserError if a process dies.
    """
    numbered = partial(_numbered, work)
    if min(workers, len(tasks)) <= 1:
        yield from map(numbered, enumerate(tasks))
        return
    player: Any = in_processes(min(workers, len(tasks)))  # plays whatever it is given
    yield from player(numbered, iter(enumerate(tasks)))


def _numbered(work: Callable[[Task], Result], task: tuple[int, Task]) -> tuple[int, Result]:
    return task[0], work(task[1])
