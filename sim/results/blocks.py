"""Blocks of runs, in threads: each run is played, asked and counted in one compiled loop that allocates nothing."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np

from sim.engine.learning import BaseDraws
from sim.engine.loop import FAILED, Room, Scene, failure_of, new_room, play, scene_of
from sim.results.daily import BIN_WIDTH, BINS, DailyTension, empty_daily
from sim.results.outcomes import Questionnaire, ask, questionnaire
from sim.results.posterior import Posterior
from sim.results.tally import Tally, cells_of, empty_tally
from sim.rules.compiled import entry, rule
from sim.scenario.compile import Compiled
from sim.scenario.outline import outline

BLOCK_RUNS = 500
NO_DAY = -1  # in a room's record of a failure: it is of an outcome, not of a day's hazard


class Sink(NamedTuple):
    """Where the runs of a block are counted; added to in place."""

    starts: np.ndarray  # int64 (Q,): see tally.Cells
    sizes: np.ndarray  # int64 (Q,)
    widths: np.ndarray  # float64 (Q,)
    counts: np.ndarray  # int64 (cells,)
    tension: np.ndarray  # int32 (bins, counted days, pairs); no day if it is not asked for
    step: int  # days from one whose tension is counted to the next
    acts: np.ndarray  # int64 (D, A): in how many runs each act is done on each day


class Span(NamedTuple):
    """Which runs are played: from `first` up to `last` under a seed; the acts of those below `keep_to` are kept."""

    seed: int
    first: int
    last: int
    keep_to: int


@rule
def count_outcomes(answers, sink):
    """Count one run's outcomes: float64 (questions,), days as indices, NaN for never.

    Returns the first question whose outcome is below 0, and so has no cell to be counted in; -1 if there is none.
    """
    for q in range(len(answers)):
        if answers[q] < 0.0:
            return q
        value = answers[q] / sink.widths[q] + 0.5
        cell = sink.sizes[q] - 1
        if value < cell:  # not if the day never came: NaN is below nothing
            cell = np.int64(value)
        sink.counts[sink.starts[q] + cell] += 1
    return -1


@rule
def count_days(first, last, first_act, last_act, runs, room, sink):
    """Count the acts and the tension of some days of a run, as often as `runs` says."""
    for k in range(first_act, last_act):
        sink.acts[room.days[k], room.codes[k]] += runs
    for row in range(-(-first // sink.step), min(-(-last // sink.step), sink.tension.shape[1])):
        for pair in range(sink.tension.shape[2]):
            place = room.tension[row * sink.step, pair] / BIN_WIDTH + 0.5
            place = np.int64(place) if place < BINS - 1 else np.int64(BINS - 1)
            sink.tension[place, row, pair] += runs


@entry
def play_block(span, bases, scene, room, questions, sink, outcomes, acts):
    """Play runs, as far as there is room to keep their acts.

    bases: float64 (last - first, C), those of each run.
    outcomes: float64 (last - first, Q). acts: int32 (any, 3), run, day and action of each act that is kept.
    Returns the first run not played and the number of acts kept; a run that failed is the first not played, and -1.
    """
    seed, first, last, keep_to = span
    replay = scene.replay
    stored, run = 0, first
    while run < last:
        total = play(seed, run, bases[run - first], scene, room)
        if total < 0:
            return run, FAILED
        if run < keep_to:
            if stored + total > len(acts):
                break
            for k in range(total):
                acts[stored + k, 0], acts[stored + k, 1], acts[stored + k, 2] = run, room.days[k], room.codes[k]
            stored += total
        ask(questions, room.days, room.codes, total, room.tension, outcomes[run - first])
        below = count_outcomes(outcomes[run - first], sink)
        if below >= 0:
            room.failure[0], room.failure[1] = NO_DAY, below
            return run, FAILED
        count_days(replay.day, len(room.tension), replay.acts, total, 1, room, sink)
        run += 1
    if run > first:  # what every run began with
        count_days(0, replay.day, 0, replay.acts, run - first, room, sink)
    return run, stored


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

    def __repr__(self) -> str:
        days, actions = self.acts.shape
        return outline(self, self.tally.compiled.loaded.scenario.name, f"{days} days, {actions} actions")


def empty_totals(compiled: Compiled, daily_step: int = 1) -> Totals:
    """Build totals of no run.

    daily_step: the tension of one day in so many is counted; 0 for none.
    """
    daily = empty_daily(compiled.days, len(compiled.pairs), daily_step)
    return Totals(empty_tally(compiled), daily, np.zeros((compiled.days, len(compiled.acts)), np.int64))


class Worker:
    """One thread's room and counts."""

    def __init__(
        self,
        compiled: Compiled,
        scene: Scene,
        questions: Questionnaire,
        daily_step: int,
        posterior: Posterior | None = None,
    ):
        self.compiled, self.scene, self.questions, self.posterior = compiled, scene, questions, posterior
        self.room: Room = new_room(compiled)
        self.totals = empty_totals(compiled, daily_step)
        cells = cells_of(compiled)
        self.sink = Sink(
            cells.starts,
            cells.sizes,
            cells.widths,
            self.totals.tally.counts,
            self.totals.daily.counts,
            max(1, daily_step),
            self.totals.acts,
        )

    def play(self, seed: int, runs: range, keep_to: int) -> Block:
        """Play a block of runs.

        Raises ArithmeticError if a hazard is not a number, or an outcome is below 0.
        """
        outcomes = np.full((len(runs), len(self.compiled.questions)), np.nan)
        if self.posterior is None:
            acts = self._play(Span(seed, runs.start, runs.stop, keep_to), self.compiled, self.scene, outcomes)
        else:
            acts = [
                part
                for run, to_come in zip(runs, outcomes, strict=True)
                for part in self._play(
                    Span(seed, run, run + 1, keep_to), *self.posterior.drawn_scenario(seed, run), to_come[None]
                )
            ]
        return Block(runs.start, outcomes, np.concatenate(acts))

    def _failure(self, compiled: Compiled, run: int) -> ArithmeticError:
        """Return why a run could not be played or counted."""
        day, question = (int(number) for number in self.room.failure)
        if day != NO_DAY:
            return failure_of(compiled, self.room, run)
        asked_question = compiled.questions[question]
        return ArithmeticError(
            f"run {run}: the outcome {asked_question.name} is below 0; allowed: a metric {asked_question.metric} that returns 0 or more"
        )

    def _play(self, span: Span, compiled: Compiled, scene: Scene, outcomes: np.ndarray) -> list[np.ndarray]:
        """Play runs under one set of numbers, and return the acts of those that are kept."""
        parts: list[np.ndarray] = []
        first, bases = span.first, BaseDraws(compiled, span.seed).of_runs(range(span.first, span.last))
        acts = np.empty((max(1, 100 * (min(span.last, span.keep_to) - span.first)), 3), np.int32)
        with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
            while span.first < span.last:
                to_come = outcomes[span.first - first :]
                run, stored = play_block(
                    span, bases[span.first - first :], scene, self.room, self.questions, self.sink, to_come, acts
                )
                if stored == FAILED:
                    raise self._failure(compiled, run)
                span = span._replace(first=run)
                parts.append(acts[:stored].copy())
                if stored == 0:  # not even one run found room
                    acts = np.empty((2 * len(acts), 3), np.int32)
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
    """Play runs in blocks, yielded in order; add what is counted to `totals` at the end.

    The acts of runs below `keep_acts_of` are kept whole. With a posterior each run has its own draw of numbers. Raises ArithmeticError if a hazard is not a number.
    """
    threads = threads or os.cpu_count() or 1
    scene, questions = scene_of(compiled), questionnaire(compiled)
    workers = [Worker(compiled, scene, questions, totals.daily.step, posterior) for _ in range(threads)]
    idle: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def play_next(part: range) -> Block:
        """Play a part of the runs on the next idle worker."""
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
        totals.daily.add_counts(worker.totals.daily)
        totals.acts += worker.totals.acts
