"""The morning's picture: backing, pressure and strength from facts and commitments, by hand."""

import math

import pytest
from toy import picture, set_facts, set_marks, shipped

from sim.engine.crisis import Crisis
from sim.rules.arrays import BACKING, PRESSURE, STRENGTH, SUPPORT, THREATS


def test_backing_without_recent_support_is_the_standing_one(baseline):
    assert picture(Crisis(baseline), BACKING, "cambodia") == pytest.approx(0.85, rel=1e-15)


@pytest.mark.parametrize("standing", [0.15, 0.85])
def test_recent_support_tops_backing_up(standing):
    model = Crisis(shipped("baseline", f"parameters.backing={standing}"))
    set_marks(model, model.state.commitments, SUPPORT, "china", "cambodia", 1.2)
    assert picture(model, BACKING, "cambodia") == pytest.approx(
        1 - (1 - standing) * math.exp(-standing * 1.2), rel=1e-14
    )


def test_support_cannot_help_whom_its_patron_does_not_stand_behind():
    model = Crisis(shipped("baseline", "parameters.backing=0"))
    set_marks(model, model.state.commitments, SUPPORT, "china", "cambodia", 9.0)
    assert picture(model, BACKING, "cambodia") == 0.0


def test_an_actor_without_a_patron_has_no_backing(baseline):
    assert picture(Crisis(baseline), BACKING, "united_states") == 0.0


def test_pressure_grows_with_measures_up_to_their_caps_and_with_threats_by_less(baseline):
    model = Crisis(baseline)
    assert picture(model, PRESSURE, "cambodia") == 0.0
    set_facts(model, programmes_ended=1, visa_measures=5, aid_cuts=1, officials_sanctioned=2)
    measures = 0.15 * 1 + 0.15 * 3 + 0.25 * 1 + 0.35 * 2  # visas weigh no more than three times
    assert picture(model, PRESSURE, "cambodia") == pytest.approx(1 - math.exp(-measures), rel=1e-14)
    set_marks(model, model.state.commitments, THREATS, "united_states", "cambodia", 1.5)
    assert picture(model, PRESSURE, "cambodia") == pytest.approx(
        1 - math.exp(-measures) * math.exp(-1.5 / 4), rel=1e-14
    )


def test_only_the_threats_of_those_whom_an_actor_fears_press_on_it(baseline):
    model = Crisis(baseline)
    set_marks(model, model.state.commitments, THREATS, "opposition", "cambodia", 5.0)
    set_marks(model, model.state.commitments, THREATS, "cambodia", "united_states", 5.0)
    assert picture(model, PRESSURE, "cambodia") == 0.0
    assert picture(model, PRESSURE, "united_states") == 0.0


def test_carrying_a_threat_out_raises_the_pressure(baseline):
    """Threats weigh a quarter, and an imposition halves them: every measure still presses more than the threat it settles."""
    model = Crisis(baseline)
    for threats in (0.3, 1.0):
        set_facts(model, programmes_ended=0)
        set_marks(model, model.state.commitments, THREATS, "united_states", "cambodia", threats)
        before = picture(model, PRESSURE, "cambodia")
        set_facts(model, programmes_ended=1)
        set_marks(model, model.state.commitments, THREATS, "united_states", "cambodia", threats / 2)
        assert picture(model, PRESSURE, "cambodia") > before


@pytest.mark.parametrize(
    ("detainees", "dissolved", "strength"),
    [(0, 0, 1.0), (2, 0, 1 - 0.25 / 2), (4, 0, 0.75), (9, 0, 0.75), (0, 1, 0.15), (9, 1, 0.75 * 0.15)],
)
def test_detentions_take_a_quarter_of_the_oppositions_strength_at_most_and_dissolution_most_of_the_rest(
    baseline, detainees, dissolved, strength
):
    model = Crisis(baseline)
    set_facts(model, detainees=detainees, party_dissolved=dissolved)
    assert picture(model, STRENGTH, "opposition") == pytest.approx(strength, rel=1e-14)


def test_an_actor_from_whom_nothing_takes_strength_keeps_it(baseline):
    assert picture(Crisis(baseline), STRENGTH, "china") == 1.0
