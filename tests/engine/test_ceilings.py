"""Passing over a decision is safe: no hazard is ever above its ceiling, for the reasons that `ceilings` gives."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import runs, shipped

import sim.engine.ceilings as ceilings_module
from sim.engine.ceilings import MANY, ceilings, highest_term
from sim.engine.crisis import Crisis
from sim.engine.laws import answers_no_more_to_less, is_highest_at_a_corner
from sim.engine.learning import BaseDraws
from sim.engine.loop import FAILED, Room, failure_of, new_room, play_one, play_runs, raise_ceilings, scene_of
from sim.rules import arrays as t
from sim.rules.compiled import entry
from sim.rules.drives import Sight
from sim.rules.registry import DRIVES, STRATEGIES, drive
from sim.rules.strategies import Remembered
from sim.scenario.library import shipped_names
from sim.scenario.problems import UserError

ORIGINAL_DRIVES = dict(DRIVES)
shares = st.floats(0, 1)
marks = st.floats(0, 100)
thorough = settings(max_examples=300, deadline=None)


@entry
def raise_ceiling(channel, day, tables, limits, room):
    raise_ceilings(channel, day, 0, tables, limits, room)


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
    highest = highest_term(drive.code, weight, constant, (signals[0], signals[2]), standing, severity, tone)
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


@pytest.mark.slow  # and the same on every Python
@pytest.mark.parametrize("name", shipped_names())
def test_no_hazard_is_above_its_ceiling_on_any_day(name):
    """Ceilings of the channels that an act makes stale, and of all at each window's start, as the ensemble does."""
    scenario = shipped(name)
    tables, limits = scenario.tables, ceilings(scenario)
    for run in runs(3):
        model, stale = Crisis(scenario, run=run), set(range(len(scenario.channels)))
        room: Room = new_room(scenario)._replace(state=model.state)
        while model.running:
            day = model.day
            if day == 0 or limits.window[day] != limits.window[day - 1]:
                stale = set(range(len(scenario.channels)))
            for channel in stale:
                raise_ceiling(channel, day, tables, limits, room)
            model.step()
            assert (model.reasons.actions[:, t.HAZARD] <= room.ceiling).all()
            done = model.acts[day].nonzero()[0]
            stale = {int(channel) for channel in limits.stale[done].ravel() if channel >= 0}


def test_more_threats_than_can_be_are_more_than_ever_are(baseline):
    for _, _, tensions in play_runs(baseline, 1, range(1)):
        assert tensions.max() < MANY


def test_a_hazard_that_is_no_number_fails_the_run_in_both_engines(baseline):
    """Infinitely many acts a day, of which one drive leaves none."""
    sound = shipped("baseline", "parameters.backing=0")
    of_china = np.array([channel[0] == "china" for channel in sound.channels])
    broken = replace(
        sound,
        tables=sound.tables._replace(
            bases=np.where(of_china, np.inf, sound.tables.bases),
            learns=np.where(of_china, 0, sound.tables.learns).astype(np.uint8),
        ),
    )
    with pytest.raises(ArithmeticError, match="run 0: the hazard of china"):
        next(play_runs(broken, 1, range(1)))
    model = Crisis(broken)
    with pytest.raises(ArithmeticError, match="run 0: a hazard of china on"):
        model.run_model()


# --- rules of one's own


@pytest.fixture
def rule_of_ones_own():
    """Register rules for the length of a test; the compiled chains do not know them."""
    before = dict(DRIVES), dict(STRATEGIES)
    yield
    for registry, kept in zip((DRIVES, STRATEGIES), before, strict=True):
        registry.clear()
        registry.update(kept)


def with_rule(registry, function, old: str):
    """Put a rule in the place of another, under its name and code."""
    registry[old] = replace(registry[old], function=function)


def test_a_drive_with_an_inner_maximum_is_refused_by_name(rule_of_ones_own):
    def hump(sight: Sight) -> float:
        """Highest where half of all pressure is felt."""
        return 8.0 * sight.pressure * (1.0 - sight.pressure)

    is_highest_at_a_corner.cache_clear()
    ceilings_module.highest_term.cache_clear()
    with_rule(DRIVES, hump, "exposure")
    ceilings_module.FUNCTIONS[:] = [entry.function for entry in DRIVES.values()]
    try:
        with pytest.raises(UserError, match=r"drives\.exposure\S*: the drive exposure is highest inside what it sees"):
            scene_of(shipped("baseline"))
    finally:
        ceilings_module.FUNCTIONS[:] = [entry.function for entry in ORIGINAL_DRIVES.values()]
        is_highest_at_a_corner.cache_clear()
        ceilings_module.highest_term.cache_clear()


def test_a_strategy_that_answers_more_to_less_is_refused_by_name(rule_of_ones_own):
    def sulk(memory: Remembered) -> float:
        """Answers the more the longer ago it was."""
        return memory.largest - memory.total

    answers_no_more_to_less.cache_clear()
    with_rule(STRATEGIES, sulk, "tit_for_tat")
    try:
        with pytest.raises(UserError, match=r"actors\.\w+\.strategy: the strategy tit_for_tat answers more to less"):
            scene_of(shipped("baseline"))
    finally:
        answers_no_more_to_less.cache_clear()


def test_a_hazard_above_its_ceiling_stops_the_run_and_names_the_rules(baseline):
    scene = scene_of(baseline)
    low = scene._replace(limits=scene.limits._replace(action=scene.limits.action * 0.5))
    room = new_room(baseline)
    with np.errstate(over="ignore"):
        bases = BaseDraws(baseline, 1).of_runs(range(50))
        failed = next(run for run in range(50) if play_one(1, run, bases[run], low, room) == FAILED)
    text = str(failure_of(baseline, room, failed))
    assert "lies above the highest that its rules were taken to allow" in text and "strategy" in text


def test_no_ceiling_hides_a_hazard_from_the_first_run(baseline):
    """With ceilings of nothing no luck lies below one, and yet the first decision that is possible is weighed."""
    scene, room = scene_of(baseline), new_room(baseline)
    blind = scene._replace(limits=scene.limits._replace(action=scene.limits.action * 0.0))
    with np.errstate(over="ignore"):
        bases = BaseDraws(baseline, 1).of_runs(range(2))
        assert play_one(1, 0, bases[0], blind, room) == FAILED
        assert play_one(1, 1, bases[1], blind, room) == scene.replay.acts


def test_a_drive_that_rises_with_the_count_of_a_fact_is_lawful(rule_of_ones_own):
    def rising(sight: Sight) -> float:
        """Grows with each detainee, up to three."""
        return sight.weight * min(sight.fact, 3)

    with_rule(DRIVES, rising, "exposure")
    code = DRIVES["exposure"].code
    ceilings_module.FUNCTIONS[code] = rising
    is_highest_at_a_corner.cache_clear()
    ceilings_module.highest_term.cache_clear()
    try:
        for tone in (t.HOSTILE, t.COOPERATIVE):
            assert is_highest_at_a_corner(code, 1.0, 1.0, (0.0, 0.0), 0.0, 0.5, tone)
        assert ceilings_module.highest_term(code, 1.0, 1.0, (0.0, 0.0), 0.0, 0.5, t.HOSTILE) == 3.0
    finally:
        ceilings_module.FUNCTIONS[code] = ORIGINAL_DRIVES["exposure"].function
        is_highest_at_a_corner.cache_clear()
        ceilings_module.highest_term.cache_clear()


@pytest.mark.parametrize("name", DRIVES)
@given(weight=st.floats(-8, 8), constant=st.floats(0.01, 3), standing=shares, severity=st.floats(0, 2))
@settings(max_examples=30, deadline=None)
def test_no_rule_that_ships_is_refused(name, weight, constant, standing, severity):
    code = DRIVES[name].code
    assert is_highest_at_a_corner(code, weight, constant, (0.0, 1.0), standing, severity, t.HOSTILE)


def test_a_rule_cannot_be_registered_once_the_engine_is_made(rule_of_ones_own):
    with pytest.raises(ValueError, match="late is registered too late: register it before"):

        @drive(on="action")
        def late(sight: Sight) -> float:
            """Comes too late."""
            return 0.0


def test_without_ceilings_the_acts_are_the_same(baseline):
    """Each decision is weighed then, which is faster for a set of numbers that few runs are played with."""
    for (_, acts, tensions), (_, acts_too, tensions_too) in zip(
        play_runs(baseline, 1, range(1, 9)), play_runs(baseline, 1, range(1, 9), thinned=False), strict=True
    ):
        assert acts.tobytes() == acts_too.tobytes() and tensions.tobytes() == tensions_too.tobytes()
