"""Blocks of runs: no number of threads, size of a block or order of runs changes a byte of what is found."""

import os
import subprocess
import sys

import numpy as np
import pytest
from toy import shipped

from sim.engine.loop import play_runs, scene_of
from sim.results.blocks import Worker, empty_totals, play_blocks
from sim.results.daily import BIN_WIDTH
from sim.results.outcomes import each_run, questionnaire
from sim.results.simulate import simulate
from sim.results.tally import tallied
from sim.results.units import MARKS

RUNS = 40


def found(scenario, **how):
    results = simulate(scenario, RUNS, seed=3, **how)
    totals = results.totals
    return [
        totals.tally.counts,
        totals.daily.counts,
        totals.acts,
        results.outcomes,
        results.acts,
        results.first_tension,
    ]


@pytest.fixture(scope="module")
def plain(baseline):
    return found(baseline, threads=1, block_runs=RUNS)


@pytest.mark.parametrize(("threads", "block_runs"), [(1, 1), (1, 7), (2, 7), (2, 40), (3, 500)])
def test_threads_and_blocks_change_no_byte(baseline, plain, threads, block_runs):
    for one, other in zip(plain, found(baseline, threads=threads, block_runs=block_runs), strict=True):
        assert one.tobytes() == other.tobytes()


def test_blocks_hold_what_single_runs_do(baseline, plain):
    counts, daily, by_day, outcomes, acts, _ = plain
    for run, done, tension, answers in each_run(baseline, 3, range(RUNS)):
        assert np.array_equal(outcomes[run], answers, equal_nan=True)
        day, action = done.nonzero()
        assert np.array_equal(acts[acts[:, 0] == run, 1:], np.stack([day, action], axis=1))
        for pair in range(tension.shape[1]):
            bins = (tension[:, pair] / BIN_WIDTH + 0.5).astype(int)
            assert daily[bins, np.arange(len(tension)), pair].all()
    assert np.array_equal(by_day, sum(done.astype(int) for _, done, _ in play_runs(baseline, 3, range(RUNS))))
    assert np.array_equal(counts, tallied(baseline, outcomes).counts)


@pytest.mark.parametrize("step", [2, 7, 1000])
def test_one_day_in_so_many_is_counted_as_among_all(baseline, plain, step):
    totals = empty_totals(baseline, daily_step=step)
    list(play_blocks(baseline, 3, range(RUNS), totals, block_runs=7))
    assert np.array_equal(totals.daily.counts, plain[1][:, ::step])


def test_a_run_from_the_middle_is_the_same_run(baseline, plain):
    worker = Worker(baseline, scene_of(baseline), questionnaire(baseline), daily_step=0)
    for run in (30, 12, 13):
        block = worker.play(3, range(run, run + 1), keep_to=RUNS)
        assert np.array_equal(block.outcomes[0], plain[3][run], equal_nan=True)
        assert np.array_equal(block.acts, plain[4][plain[4][:, 0] == run])


def test_acts_are_kept_of_so_many_runs_and_counted_of_all(baseline, plain):
    totals = empty_totals(baseline)
    blocks = list(play_blocks(baseline, 3, range(RUNS), totals, keep_acts_of=5, block_runs=7))
    acts = np.concatenate([block.acts for block in blocks])
    assert np.array_equal(acts, plain[4][plain[4][:, 0] < 5])
    assert np.array_equal(totals.acts, plain[2])


def test_more_acts_than_there_was_room_for_are_kept_all_the_same():
    """Forty times as many acts as in the baseline, whose room holds a hundred a run."""
    busy = shipped("baseline", "channels.china.cambodia.cooperative.base=3", "parameters.backing=1")
    acts = simulate(busy, 6, block_runs=3).acts
    assert len(acts) > 6 * 400
    assert len(acts) == sum(int(done.sum()) for _, done, _ in play_runs(busy, 1, range(6)))


def test_averages_of_marks_are_off_by_half_a_bin_at_most(baseline, plain):
    tally = tallied(baseline, plain[3])
    for number, question in enumerate(baseline.questions):
        counts = tally.counts_of(number)
        values = MARKS.cell_values(len(counts))
        if question.metric in ("peak_tension", "mean_tension"):
            rounded = counts[counts > 0] @ values[counts > 0] / RUNS
            assert abs(rounded - plain[3][:, number].mean()) <= MARKS.width / 2


def test_an_outcome_below_0_fails_the_run_and_is_named():
    """A metric of one's own that falls below 0 has no cell to be counted in."""
    code = (
        "import math\nfrom sim.rules.registry import metric\nimport sim.rules.metrics as m\n"
        "from sim.rules.registry import METRICS\nfrom dataclasses import replace\n"
        "def count(run):\n    return -1.0\n"
        "METRICS['count'] = replace(METRICS['count'], function=count)\n"
        "from sim import load, simulate\n"
        "try:\n    simulate(load('border'), 3)\nexcept ArithmeticError as error:\n    print(error)\n"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert (
        "run 0: the outcome " in done.stdout
        and "is below 0; allowed: a metric count that returns 0 or more" in done.stdout
    )
