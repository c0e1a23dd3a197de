"""One rulebook, two engines: the Mesa model and the compiled loop give the same acts, with the compiler and without."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from toy import WITHOUT_JIT, compiled, force, records, shipped, toy

from sim.engine.crisis import Crisis
from sim.scenario.library import shipped_names

ROOT = Path(__file__).parents[2]
SEEDS, RUNS = ((1,), range(1)) if WITHOUT_JIT else ((1, 2017), range(2))


def same_in_both(scenario, seed, runs):
    for run, (acts, tensions) in zip(runs, records(scenario, seed, runs), strict=True):
        model = Crisis(scenario, run=run, seed=seed)
        model.run_model()
        assert np.array_equal(model.acts, acts)
        assert np.array_equal(model.tensions, tensions)


@pytest.mark.parametrize("name", shipped_names())
def test_both_engines_play_every_scenario_alike(name):
    scenario = shipped(name)
    for seed in SEEDS:
        same_in_both(scenario, seed, RUNS)


@pytest.mark.parametrize(
    "strategy", ["tit_for_two_tats", "generous_tit_for_tat", "grim_trigger", "mirror_last", "unresponsive"]
)
def test_both_engines_play_every_strategy_alike(strategy):
    everyone = (f"actors.{actor}.strategy={strategy}" for actor in ("cambodia", "united_states", "china", "opposition"))
    same_in_both(shipped("baseline", *everyone), 1, RUNS)


def test_both_engines_misperceive_alike():
    same_in_both(shipped("baseline", "rules.misperception_sd=0.6", "rules.misperception_bias=0.2"), 1, RUNS)


def test_both_engines_do_what_is_ordered_alike():
    orders = (
        "acts.a={act: united_states.cut_aid, date: 2017-10-01, do: force}",  # although no threat is open
        "acts.b={act: cambodia.arrest, date: 2017-10-01, until: 2018-03-01, do: withhold}",
        "acts.c={act: cambodia.detain_leader, date: 2017-09-03, do: withhold}",
    )
    scenario = shipped("baseline", *orders)
    same_in_both(scenario, 1, RUNS)
    names = [act.name for act in scenario.acts]
    for acts, _ in records(scenario, 1, RUNS):
        assert acts[41, names.index("united_states.cut_aid")]
        assert not acts[41:193, names.index("cambodia.arrest")].any()
        assert not acts[13, names.index("cambodia.detain_leader")]


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(baseline):
    one, again, other = (
        b"".join(part.tobytes() for record in records(baseline, seed, RUNS) for part in record) for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other


def test_a_run_can_be_replayed_alone(baseline):
    """Run 3 of four is run 3 of one, and of a run backwards: nothing is carried from run to run."""
    forwards, backwards, alone = (
        records(baseline, 1, range(4)),
        records(baseline, 1, range(3, -1, -1)),
        records(baseline, 1, range(3, 4)),
    )
    for run in range(4):
        assert all(np.array_equal(one, other) for one, other in zip(forwards[run], backwards[3 - run], strict=True))
    assert all(np.array_equal(one, other) for one, other in zip(forwards[3], alone[0], strict=True))
    assert not np.array_equal(forwards[0][0], forwards[1][0])


def test_runs_are_paired_an_act_differs_only_where_its_hazard_does(baseline):
    """Up to the first day on which two scenarios differ, two runs under one seed are the same."""
    later = shipped("baseline", "acts.x={act: united_states.sanction_officials, date: 2018-02-01, do: force}")
    day = (baseline.date(0).replace(year=2018, month=2, day=1) - baseline.start).days
    parted = 0
    for (acts, tensions), (acts_too, tensions_too) in zip(
        records(baseline, 1, RUNS), records(later, 1, RUNS), strict=True
    ):
        assert np.array_equal(acts[:day], acts_too[:day])
        assert np.array_equal(tensions[:day], tensions_too[:day])
        parted += not np.array_equal(tensions[day:], tensions_too[day:])
    assert parted == len(RUNS)


# --- with the compiler and without it ---------------------------------------------------------------------------

PLAY = """
import hashlib
from sim.engine.crisis import Crisis
from sim.engine.loop import play_runs
from sim.engine.learning import compile_scenario
from sim.scenario.load import load
baseline = compile_scenario(load("baseline", ["rules.misperception_sd=0.3"]))
digest = hashlib.blake2b()
for _, acts, tensions in play_runs(baseline, 1, range(3)):
    digest.update(acts.tobytes() + tensions.tobytes())
model = Crisis(baseline, run=1)
model.run_model()
digest.update(model.acts.tobytes() + model.tensions.tobytes())
print(digest.hexdigest())
"""


def test_the_compiler_changes_no_byte(capsys):
    """Three runs of the compiled loop and one of the Mesa model: here, and in a process that compiles if this one does not."""
    exec(PLAY, {})
    here = capsys.readouterr().out.strip()
    surroundings = os.environ | {"NUMBA_DISABLE_JIT": "0" if WITHOUT_JIT else "1", "PYTHONPATH": str(ROOT)}
    there = subprocess.run(
        [sys.executable, "-c", PLAY], env=surroundings, capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert here == there.stdout.strip()
    assert len(here) == 128


def test_every_scenario_is_of_one_type_to_the_compiler(tmp_path):
    """A scenario whose arrays had another type or layout would be compiled anew, for half a minute."""
    toys = [compiled(tmp_path, toy(days=10)), compiled(tmp_path, toy(days=10) | {"acts": force("one.other_0", 3)})]
    kinds = {
        tuple(str(numba.typeof(array)) for array in scenario.tables)
        for scenario in [*map(shipped, shipped_names()), *toys]
    }
    assert len(kinds) == 1
