"""What one act weighs, by hand."""

import math

import pytest

from sim.rules.marks import cooperative_mark, frequency, hostile_mark, kept_overnight, severity


@pytest.mark.parametrize(
    ("goldstein", "salience", "hostile", "cooperative", "severe"),
    [
        (-5.0, 1.0, 0.5, 0.0, 0.5),
        (-5.0, 2.0, 1.0, 0.0, 1.0),
        (7.0, 1.0, 0.0, 0.7, 0.7),
        (7.0, 2.0, 0.0, 1.4, 1.4),
        (0.0, 3.0, 0.0, 0.0, 0.0),
    ],
)
def test_an_act_is_hostile_or_cooperative_by_its_sign_and_weighs_a_tenth_of_its_goldstein_weight(
    goldstein, salience, hostile, cooperative, severe
):
    assert hostile_mark(goldstein, salience) == hostile
    assert cooperative_mark(goldstein, salience) == cooperative
    assert severity(goldstein, salience) == severe


def test_severe_actions_are_rarer_from_a_weight_on_whatever_their_sign():
    assert frequency(-2.0, 1.0, 1.0, rarity=0.25, rarity_from=2.0) == 1.0
    assert frequency(-1.0, 1.0, 1.0, rarity=0.25, rarity_from=2.0) == 1.0
    assert frequency(-5.8, 1.0, 2.0, rarity=0.25, rarity_from=2.0) == pytest.approx(2.0 * math.exp(-0.95), rel=1e-15)
    assert frequency(5.8, 1.0, 2.0, rarity=0.25, rarity_from=2.0) == frequency(-5.8, 1.0, 2.0, 0.25, 2.0)


def test_salience_makes_an_action_rarer_as_weight_does():
    assert (
        frequency(-5.0, 2.0, 1.0, 0.25, 2.0)
        == frequency(-10.0, 1.0, 1.0, 0.25, 2.0)
        == pytest.approx(math.exp(-2.0), rel=1e-15)
    )


@pytest.mark.parametrize("half_life_days", [1, 2, 7, 60, 0.5])
def test_half_of_a_memory_is_left_after_its_half_life(half_life_days):
    assert kept_overnight(half_life_days) ** half_life_days == pytest.approx(0.5, rel=1e-14)
