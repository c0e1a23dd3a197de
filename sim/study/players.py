"""Where the blocks of a sweep are played on this machine: in threads, or in processes where there are many of them.

A block spends some of its time in Python, where threads wait for each other; processes do not, but take seconds to
start.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice

from sim.scenario.problems import Place, Problem, UserError
from sim.study.folder import Block, Play, Player, Result

MANY_BLOCKS = 200  # for each worker: from so many on, a process is worth its start
SECONDS = 1.0  # between looks whether the process that began a sweep is still there


def on_this_machine(blocks: int, workers: int | None = None) -> Player:
    """Return a player for so many blocks.

    workers: by default as many as processors.
    """
    count = workers or os.cpu_count() or 1
    return in_processes(count) if count > 1 and blocks >= MANY_BLOCKS * count else in_threads(count)


def on_cluster(address: str, note: Callable[[str], object] = lambda text: None) -> Player:
    """Return a player on a Dask scheduler.

    Parameters: address, tcp://host:port or tls://host:port; note, takes a warning of an address that is not encrypted.
    Raises UserError if the library is missing; so does the player where the scheduler cannot be used.
    """
    from sim.study import cluster  # its library is optional

    return cluster.on_cluster(address, note)


def in_threads(workers: int) -> Player:
    """Return a player with so many threads."""

    def play_blocks(play: Play, blocks: Iterator[Block]) -> Iterator[Result]:
        """Play blocks in threads, and yield each result as it is done."""
        with ThreadPoolExecutor(workers) as pool:
            yield from _play_blocks(pool, play, blocks, workers)

    return play_blocks


def in_processes(workers: int) -> Player:
    """Return a player with so many processes.

    The player raises UserError if one of them dies.
    """

    def play_blocks(play: Play, blocks: Iterator[Block]) -> Iterator[Result]:
        """Play blocks in processes, and yield each result as it is done."""
        context = multiprocessing.get_context("spawn")  # a copy of a process with threads may hang
        arguments = (play, os.getpid())
        pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=arguments)
        try:
            with _without_ctrl_c():  # which its processes inherit
                pool.submit(os.getpid)
            yield from _play_blocks(pool, _play_here, blocks, workers)
        except BrokenProcessPool:
            text, allowed = "a worker process died, perhaps because memory ran out", "--resume, with fewer --workers"
            raise UserError([Problem(Place("--workers", 0), "", text, allowed)]) from None
        finally:
            with _without_ctrl_c():  # a second one would leave processes behind
                for process in list((pool._processes or {}).values()):
                    process.kill()  # what it was playing is not kept anyway
                pool.shutdown(cancel_futures=True)

    return play_blocks


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Ignore Ctrl-C; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _play_blocks(pool: Executor, play: Play, blocks: Iterator[Block], workers: int) -> Iterator[Result]:
    """Yield blocks as they are done, in any order.

    Two for each worker are under way, so that memory does not grow.
    """
    at_work: set[Future[Result]] = set()
    try:
        while True:
            at_work |= {pool.submit(play, block) for block in islice(blocks, 2 * workers - len(at_work))}
            if not at_work:
                return
            finished, at_work = wait(at_work, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in finished)
    finally:
        for future in at_work:
            future.cancel()


_play: list[Callable[[Block], Result]] = []  # of this process


def _begin(play: Play, parent: int) -> None:
    """Prepare a process before its first block: it ends with its parent, in any case."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _play.append(play)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS)
    os._exit(1)


def _play_here(block: Block) -> Result:
    return _play[0](block)
