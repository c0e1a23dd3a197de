"""Work shared out to processes: the same results in the same order, whatever the number of workers."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from sim.study.players import in_processes

Task = TypeVar("Task")
Result = TypeVar("Result")


def map_in_processes(work: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    """Yield what `work` returns for each task, in order.

    Each result comes as soon as it is there. With one worker no process is started.
    Raises whatever `work` raises.
    """
    if workers == 1:
        yield from map(work, tasks)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        try:
            yield from pool.map(work, tasks)
        finally:  # stopped, or a task failed: no other task is begun
            pool.shutdown(cancel_futures=True)


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
