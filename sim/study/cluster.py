"""Sweeps on a Dask scheduler: the same blocks, played by workers on any number of machines.

A worker gets the study once; a block comes back packed, as it is kept. A worker that dies costs a retry of the
blocks that it was playing. Workers of another version are refused, so the tables are those of a sweep on one machine.
"""

import ipaddress
import logging
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from typing import Any

from sim.optional import needed
from sim.scenario.problems import Place, Problem, UserError
from sim.study.folder import Block, Play, Player, Result, unpack

RETRIES = 20  # of a block whose workers die: the scheduler itself gives up after a few
BLOCKS_A_THREAD = 3  # with the scheduler for each thread of a worker, so that none is idle
SECONDS = 20  # to reach the scheduler
SCHEDULER = "a Dask scheduler at work, as tcp://host:port or tls://host:port"


def on_cluster(address: str, note: Callable[[str], object] = lambda text: None) -> Player:
    """Return a player on a Dask scheduler.

    Parameters: address, tcp://host:port or tls://host:port; note, takes a warning of an address that is not encrypted.
    Raises UserError if the library is missing; so does the player if the scheduler has no worker, cannot be reached or
    is lost, or a worker has another version.
    """
    distributed = needed("distributed", "cluster", "--cluster")
    if not address.startswith("tls://") and not is_loopback(address):
        note(f"warning: {address} is not encrypted, and whoever reaches it can run code there; better: tls://host:port")

    def play_blocks(play: Play, blocks: Iterator[Block]) -> Iterator[Result]:
        """Play blocks on the workers, and yield each result once it is done."""
        lost = (OSError, distributed.CancelledError, distributed.KilledWorker)
        _knock(address)
        try:
            client = distributed.Client(address, timeout=SECONDS, set_as_default=False)
        except Exception as error:  # whatever answers there, and however it fails, it is no scheduler
            raise _refusal(address, f"cannot be reached: {error}", SCHEDULER) from None
        try:
            with _quiet(), client:
                _check(client, address)
                yield from _play(distributed, client, address, play, blocks)
        except lost as error:
            text = f"was lost: {type(error).__name__}: {error}; finished blocks are kept"
            raise _refusal(address, text, f"{SCHEDULER}, and --resume") from None

    return play_blocks


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own log to itself: a failed connection is raised, in our words."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]
    loggers = {logging.getLogger(name): logging.getLogger(name).level for name in names}
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in loggers.items():
            logger.setLevel(level)


def _knock(address: str) -> None:
    """Refuse an address at which nothing listens; a client would wait for long."""
    scheme, _, place = address.rpartition("://")
    host, colon, port = place.rpartition(":")
    try:
        if scheme not in ("", "tcp", "tls") or not colon:
            raise ValueError("it is not an address of this form")
        socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS).close()
    except (OSError, ValueError) as error:
        raise _refusal(address, f"cannot be reached: {error}", SCHEDULER) from None


def _check(client: Any, address: str) -> None:
    """Refuse a scheduler without workers, or with one that cannot play what is played here."""
    from sim.study.cluster_worker import difference, version

    try:
        versions = client.run(version, on_error="return")
    except (ImportError, AttributeError) as error:
        raise _refusal(address, f"a worker cannot play: {error}", "workers of the same installation") from None
    if not versions:
        raise _refusal(address, "the scheduler has no worker", "one or more: dask worker ADDRESS")
    for worker, version_there in versions.items():
        if isinstance(version_there, OSError):  # it has died since; one that comes later is asked with its first block
            continue
        differing = str(version_there) if isinstance(version_there, Exception) else difference(version_there, version())
        if differing:  # an exception: without this package, or with one from before sweeps
            raise _refusal(address, f"the worker {worker} has {differing}", "workers of the same installation")


def _play(distributed: Any, client: Any, address: str, play: Play, blocks: Iterator[Block]) -> Iterator[Result]:
    """Play blocks on a client's workers, a few at a time for each of their threads."""
    from sim.study.cluster_worker import Study, play_there, version

    name = f"escalate-{uuid.uuid4().hex}"
    _register(client, Study(play, name))
    try:
        task, waiting = partial(play_there, name, version()), distributed.as_completed([], loop=client.loop)
        played: dict[str, tuple[Block, int]] = {}  # by key: the block, and how often its workers have died
        while True:
            room = BLOCKS_A_THREAD * max(1, sum(client.nthreads().values())) - waiting.count()
            for block in islice(blocks, max(0, room)):
                future = client.submit(task, block, pure=False)
                played[future.key] = block, 0
                waiting.add(future)
            if waiting.is_empty():
                return
            for future in waiting.next_batch(block=True):
                block, tries = played.pop(future.key)
                try:
                    raw = future.result()
                except distributed.KilledWorker:
                    if tries >= RETRIES:
                        raise
                    again = client.submit(task, block, pure=False)
                    played[again.key] = block, tries + 1
                    waiting.add(again)
                    continue
                if isinstance(raw, str):
                    raise _refusal(address, raw, "workers of the same installation")
                yield unpack(raw)
    finally:
        if client.status == "running":
            with suppress(OSError):  # a worker that dies meanwhile takes its plugin with it
                client.unregister_worker_plugin(name)


def _register(client: Any, plugin: Any) -> None:
    """Give every worker the study; again if one died meanwhile."""
    for attempt in range(RETRIES):
        try:
            client.register_plugin(plugin)
            return
        except OSError:
            if attempt == RETRIES - 1 or client.status != "running":
                raise


def _refusal(address: str, text: str, allowed: str) -> UserError:
    return UserError([Problem(Place(address, 0), "--cluster", text, allowed)])


def is_loopback(address: str) -> bool:
    """Tell whether an address is one of this machine."""
    host = address.split("://")[-1].rsplit(":", 1)[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
