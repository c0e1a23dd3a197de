"""`base_times`: what if an actor did something more often of its own accord, or less?"""

from datetime import timedelta

import numpy as np
import pytest
from test_engines_agree import same_in_both
from test_learning import case as case  # a fixture
from toy import START, WITHOUT_JIT, compiled, records, shipped, toy

from sim.engine.learning import compile_scenario
from sim.engine.loop import play_runs
from sim.evidence.case import case_of, free_keys
from sim.scenario.load import load

TWICE = "channels.one.other.hostile.base_times=2"


def mean_acts(scenario, count: int) -> np.ndarray:
    """Mean number of each action in a run."""
    return np.mean([acts.sum(axis=0) for _, acts, _ in play_runs(scenario, 1, range(count))], axis=0)


@pytest.mark.skipif(WITHOUT_JIT, reason="thousands of runs")
@pytest.mark.parametrize("base", [0.002, None])
def test_twice_the_base_is_twice_as_many_unprovoked_acts(tmp_path, base):
    """Where nobody answers; the base given, or as believed before any record."""
    plain = toy(days=100, base=base, base_mean=0.002, base_shape=5)
    (one, other), twice = (mean_acts(compiled(tmp_path, plain, *settings), 20_000) for settings in ([], [TWICE]))
    assert twice[0] / one == pytest.approx(2.0, rel=0.05)
    assert twice[1] == other


def test_a_factor_on_a_given_base_is_that_base_times_it(tmp_path):
    times, given = (
        compiled(tmp_path, toy(days=60, base=0.05, reciprocity=0.2), setting)
        for setting in (TWICE, "channels.one.other.hostile.base=0.1")
    )
    for (acts, _), (others, _) in zip(records(times, 1, range(50)), records(given, 1, range(50)), strict=True):
        assert np.array_equal(acts, others)


def test_what_the_record_teaches_does_not_depend_on_it(case):
    plain = compile_scenario(load(case))
    for settings, beliefs in (([TWICE], []), ([], [TWICE])):
        changed = compile_scenario(load(case, settings, beliefs))
        for one, other in zip(plain.teaching[:-1], changed.teaching[:-1], strict=True):
            assert np.array_equal(one, other)


def test_a_fit_neither_sees_nor_frees_it(case):
    until = START + timedelta(300)
    plain, twice = case_of(case, until, free=[]), case_of(case, until, settings=[TWICE], free=[])
    assert twice.score([]).penalised == plain.score([]).penalised
    ranged = load(case, ["channels.one.other.hostile.base_times={value: 2, low: 1, high: 3}"])
    assert "channels.one.other.hostile.base_times" not in free_keys(ranged.scenario)


def test_it_may_name_a_parameter_and_be_a_dated_series(tmp_path):
    plain = toy(days=60, base=0.05)
    named = compiled(
        tmp_path,
        plain
        | {"parameters": {"times": {"value": 3, "low": 1, "high": 5, "unit": "ratio", "meaning": "m", "source": "s"}}},
        "channels.one.other.hostile.base_times=times",
    )
    dated = compiled(
        tmp_path, plain, f"channels.one.other.hostile.base_times={{value: 3, steps: {{{START + timedelta(30)}: 1}}}}"
    )
    alike = [
        np.array_equal(a[:30], b[:30])
        for (a, _), (b, _) in zip(records(named, 1, range(50)), records(dated, 1, range(50)), strict=True)
    ]
    assert all(alike)


def test_both_engines_play_a_dated_factor_alike():
    series = "{value: 3, steps: {2018-01-01: 0.5}}"
    same_in_both(shipped("baseline", f"channels.cambodia.opposition.hostile.base_times={series}"), 1, range(1))
