"""Blocks of runs, in threads: each run is played, asked and counted in one compiled loop that allocates nothing."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np

from sim.engine.ceilings import Ceilings, ceilings
from sim.engine.loop import FAILED, Room, failure_of, new_room, play
from sim.results.daily import BIN_WIDTH, BINS, DailyTension, empty_daily
from sim.results.outcomes import Questionnaire, ask, questionnaire
from sim.results.posterior import Posterior
from sim.results.tally import Tally, cells_of, empty_tally
from sim.rules.compiled import entry
from sim.scenario.compile import Compiled

BLOCK_RUNS = 500


class Sink(NamedTuple):
    """Where the runs of a block are counted; added to in place."""

    starts: np.ndarray  # int64 (Q,): see tally.Cells
    sizes: np.ndarray  # int64 (Q,)
    widths: np.ndarray  # float64 (Q,)
    counts: np.ndarray  # int64 (cells,)
    tension: np.ndarray  # int32 (D, pairs, bins), or (0, 0, 0) if it is not asked for
    acts: np.ndarray  # int64 (D, A): in how many runs each act is done on each day


@entry
def play_block(seed, first, last, keep_to, pairs, tables, limits, room, questions, sink, outcomes, kept):
    """Runs from `first` up to `last`, as far as there is room to keep the acts of those below `keep_to`.

    outcomes: float64 (last - first, Q). kept: int32 (any, 3), run, day and action of each act that is kept.
    Returns the first run not played and the number of acts kept; a run that failed is the first not played, and -1.
    """
    stored = 0
    for run in range(first, last):
        total = play(seed, run, pairs, tables, limits, room)
        if total < 0:
            return run, FAILED
        if run < keep_to:
            if stored + total > len(kept):
                return run, stored
            for k in range(total):
                kept[stored + k, 0], kept[stored + k, 1], kept[stored + k, 2] = run, room.days[k], room.codes[k]
            stored += total
        answers = outcomes[run - first]
        ask(questions, room.days, room.codes, total, room.tension, answers)
        for q in range(len(answers)):
            value = answers[q] / sink.widths[q] + 0.5
            cell = sink.sizes[q] - 1
            if value < cell:  # not if the day never came: NaN is below nothing
                cell = np.int64(value)
            sink.counts[sink.starts[q] + cell] += 1
        for k in range(total):
            sink.acts[room.days[k], room.codes[k]] += 1
        for day in range(len(sink.tension)):
            for pair in range(len(pairs)):
                place = room.tension[day, pair] / BIN_WIDTH + 0.5
                place = np.int64(place) if place < BINS - 1 else np.int64(BINS - 1)
                sink.tension[day, pair, place] += 1
    return last, stored


@dataclass(frozen=True)
class Block:
    """Some runs of an ensemble, one after another."""

    first: int
    outcomes: np.ndarray  # float64 (runs, Q); days as indices, NaN where the day never came
    acts: np.ndarray  # int32 (acts, 3): run, day, action, of the runs that are kept whole


@dataclass
class Totals:
    """What is counted over all runs."""

    tally: Tally
    daily: DailyTension
    acts: np.ndarray  # int64 (D, A): in how many runs each act is done on each day


def empty_totals(compiled: Compiled, with_daily: bool = True) -> Totals:
    """Totals of no run; without daily tension if it is not asked for."""
    daily = empty_daily(compiled.days if with_daily else 0, len(compiled.pairs))
    return Totals(empty_tally(compiled), daily, np.zeros((compiled.days, len(compiled.acts)), np.int64))


class Worker:
    """One thread's room and counts."""

    def __init__(
        self,
        compiled: Compiled,
        limits: Ceilings,
        questions: Questionnaire,
        with_daily: bool,
        posterior: Posterior | None = None,
    ):
        self.compiled, self.limits, self.questions, self.posterior = compiled, limits, questions, posterior
        self.room: Room = new_room(compiled)
        self.totals = empty_totals(compiled, with_daily)
        cells = cells_of(compiled)
        self.sink = Sink(
            cells.starts,
            cells.sizes,
            cells.widths,
            self.totals.tally.counts,
            self.totals.daily.counts,
            self.totals.acts,
        )

    def play(self, seed: int, runs: range, keep_to: int) -> Block:
        """Play a block. Raises ArithmeticError if a hazard is not a number."""
        outcomes = np.full((len(runs), len(self.compiled.questions)), np.nan)
        if self.posterior is None:
            acts = self._play(seed, runs, keep_to, self.compiled, self.limits, outcomes)
        else:
            each = [range(run, run + 1) for run in runs]
            acts = [
                part
                for one, to_come in zip(each, outcomes, strict=True)
                for part in self._play(seed, one, keep_to, *self.posterior.of(seed, one.start), to_come[None])
            ]
        return Block(runs.start, outcomes, np.concatenate(acts))

    def _play(
        self, seed: int, runs: range, keep_to: int, compiled: Compiled, limits: Ceilings, outcomes: np.ndarray
    ) -> list[np.ndarray]:
        """Runs under one set of numbers. The acts of those that are kept."""
        first, stored = runs.start, 0
        parts: list[np.ndarray] = []
        kept = np.empty((max(1, 100 * (min(runs.stop, keep_to) - runs.start)), 3), np.int32)
        with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
            while first < runs.stop:
                to_come = outcomes[first - runs.start :]
                first, stored = play_block(
                    seed, first, runs.stop, keep_to, compiled.pair_codes, compiled.tables, limits, self.room,
                    self.questions, self.sink, to_come, kept,
                )  # fmt: skip
                if stored == FAILED:
                    raise failure_of(compiled, self.room, first)
                parts.append(kept[:stored].copy())
                if stored == 0:  # not even one run found room
                    kept = np.empty((2 * len(kept), 3), np.int32)
        return parts


def play_blocks(
    compiled: Compiled,
    seed: int,
    runs: range,
    totals: Totals,
    *,
    keep_acts_of: int = 0,
    posterior: Posterior | None = None,
    threads: int | None = None,
    block_runs: int = BLOCK_RUNS,
) -> Iterator[Block]:
    """Play runs in blocks, yielded in order; what is counted is added to `totals` at the end.

    The acts of runs below `keep_acts_of` are kept whole. With a posterior each run has its own draw of numbers. Raises ArithmeticError if a hazard is not a number.
    """
    threads = threads or os.cpu_count() or 1
    limits, questions = ceilings(compiled), questionnaire(compiled)
    with_daily = len(totals.daily.counts) > 0
    workers = [Worker(compiled, limits, questions, with_daily, posterior) for _ in range(threads)]
    idle: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def play_next(part: range) -> Block:
        worker = idle.get()
        try:
            return worker.play(seed, part, keep_acts_of)
        finally:
            idle.put(worker)

    parts = (range(start, min(start + block_runs, runs.stop)) for start in range(runs.start, runs.stop, block_runs))
    waiting: deque[Future[Block]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for part in parts:
                waiting.append(pool.submit(play_next, part))
                if len(waiting) >= 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
    for worker in workers:
        totals.tally.counts += worker.totals.tally.counts
        totals.daily.counts += worker.totals.daily.counts
        totals.acts += worker.totals.acts
