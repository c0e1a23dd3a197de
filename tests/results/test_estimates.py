"""Estimates, their intervals, and the daily quantiles."""

import numpy as np
from toy import shipped

from sim.engine.learning import compile_scenario
from sim.results.daily import BIN_WIDTH, BINS, empty_daily
from sim.results.estimates import estimates
from sim.results.tally import tallied
from sim.scenario.load import load


def test_a_date_that_never_came_has_no_median_and_a_path_is_a_share_each():
    compiled = compile_scenario(load("baseline"))
    names = [question.name for question in compiled.questions]
    outcomes = np.zeros((4, len(names)))
    outcomes[:, names.index("day_dissolved")] = np.nan
    outcomes[:, names.index("path")] = [0, 3, 3, 1]
    found = {one.name: one for one in estimates(tallied(compiled, outcomes))}
    assert np.isnan(found["day_dissolved"].value) and found["day_dissolved"].counted_runs == 0
    assert [
        found[f"path.{name}"].value for name in ("managed_tension", "de-escalation", "entrenched_repression", "rupture")
    ] == [0.25, 0.25, 0, 0.5]


def test_classes_are_called_as_the_scenario_calls_them(tmp_path):
    scenario = shipped("baseline", "outcomes.path.classes.calm=a quiet end")
    (question,) = [question for question in scenario.questions if question.name == "path"]
    assert question.classes == ("managed tension", "a quiet end", "entrenched repression", "rupture")
    assert question.names[1] == "path.a_quiet_end"


def test_daily_quantiles_are_those_of_numpy_to_half_a_bin_in_any_order():
    rng = np.random.default_rng(3)
    runs = rng.gamma(2.0, 0.7, size=(101, 5, 2))
    forward, backward = empty_daily(5, 2), empty_daily(5, 2)
    for run in runs:
        forward.add(run)
    for run in runs[::-1]:
        backward.add(run)
    assert (forward.counts == backward.counts).all()
    for share in (0.05, 0.5, 0.95):
        exact = np.quantile(runs, share, axis=0, method="inverted_cdf")
        assert np.abs(forward.quantiles()[share] - exact).max() <= BIN_WIDTH / 2 + 1e-12


def test_tension_beyond_the_last_bin_is_told_as_unbounded():
    daily = empty_daily(1, 1)
    daily.add(np.array([[BINS * BIN_WIDTH + 1.0]]))
    assert daily.quantiles()[0.5][0, 0] == np.inf
