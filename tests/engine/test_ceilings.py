"""Passing over a decision is safe: no hazard is ever above its ceiling, for the reasons that `ceilings` gives."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import runs, shipped

from sim.engine.ceilings import MANY, _highest_term, ceilings
from sim.engine.crisis import Crisis
from sim.engine.loop import play_runs, raise_ceilings
from sim.rules import arrays as t
from sim.rules.compiled import entry
from sim.rules.drives import Sight
from sim.rules.registry import DRIVES, STRATEGIES
from sim.rules.strategies import Remembered
from sim.scenario.library import shipped_names

shares = st.floats(0, 1)
marks = st.floats(0, 100)
thorough = settings(max_examples=300, deadline=None)


@entry
def raised(now, era, tables, limits, state, ceiling):
    raise_ceilings(now, era, tables, limits, state, ceiling)


@pytest.mark.parametrize("name", DRIVES)
@given(
    weight=st.floats(-8, 8),
    constant=st.floats(0.01, 3),
    signals=st.tuples(shares, shares, shares).map(sorted),
    standing=shares,
    severity=st.floats(0, 2),
    tone=st.sampled_from([t.HOSTILE, t.COOPERATIVE, t.NEUTRAL]),
    strength=shares,
    backing=shares,
    pressure=shares,
    threats=st.floats(0, 50),
    fact=st.integers(0, 5),
)
@thorough
def test_a_drive_is_highest_at_a_corner_of_what_it_can_see(
    name, weight, constant, signals, standing, severity, tone, strength, backing, pressure, threats, fact
):
    drive = DRIVES[name]
    sight = Sight(
        weight, constant, signals[1], strength, backing, standing, pressure, threats, severity,
        tone == t.HOSTILE, fact, tone == t.NEUTRAL,
    )  # fmt: skip
    highest = _highest_term(drive.code, weight, constant, (signals[0], signals[2]), standing, severity, tone)
    assert drive.function(sight) <= highest + 1e-12 * abs(highest) or math.isinf(highest)


@pytest.mark.parametrize("name", STRATEGIES)
@given(total=marks, largest=marks, latest=marks, kept=shares, hostile=st.booleans(), forgiveness=shares)
@thorough
def test_a_strategy_answers_no_more_to_less(name, total, largest, latest, kept, hostile, forgiveness):
    """Over a quiet night what is remembered fades, and the largest memory stays."""
    answer = STRATEGIES[name].function
    evening = Remembered(total, largest, latest, 0.1, 0.5, hostile, forgiveness)
    morning = Remembered(kept * total, largest, kept * latest, 0.1, 0.5, hostile, forgiveness)
    assert answer(morning) <= answer(evening)


@pytest.mark.parametrize("name", shipped_names())
def test_no_hazard_is_above_its_ceiling_on_any_day(name):
    """Ceilings raised after each act, and at each window's start only, as the ensemble does."""
    scenario = shipped(name)
    tables, limits = scenario.tables, ceilings(scenario)
    for run in runs(3):
        model, ceiling, raised_for = Crisis(scenario, run=run), np.zeros(len(scenario.acts)), -1
        while model.running:
            day = model.day
            if raised_for != limits.window[day]:
                raised(limits.window[day], tables.clock[day, t.ERA], tables, limits, model.state, ceiling)
                raised_for = limits.window[day]
            model.step()
            assert (model.reasons.actions[:, t.HAZARD] <= ceiling).all()
            if model.acts_today:
                raised_for = -1


def test_more_threats_than_can_be_are_more_than_ever_are(baseline):
    for _, _, tensions in play_runs(baseline, 1, range(1)):
        assert tensions.max() < MANY


def test_a_hazard_that_is_no_number_fails_the_run_in_both_engines(baseline):
    """Infinitely many acts a day, of which one drive leaves none."""
    sound = shipped("baseline", "parameters.chinese_backing=0")
    bases = np.where([channel[0] == "china" for channel in sound.channels], np.inf, sound.tables.bases)
    broken = replace(sound, tables=sound.tables._replace(bases=bases))
    with pytest.raises(ArithmeticError, match="run 0: the hazard of china"):
        next(play_runs(broken, 1, range(1)))
    model = Crisis(broken)
    with pytest.raises(ArithmeticError, match="run 0: a hazard of china on"):
        model.run_model()
