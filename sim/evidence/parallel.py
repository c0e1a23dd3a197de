"""Work shared out to processes: the same results in the same order, whatever the number of workers."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

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
