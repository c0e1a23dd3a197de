"""The drives, each against numbers worked out by hand."""

import math

import pytest

from sim.rules import drives
from sim.rules.drives import Sight, proximity
from sim.rules.registry import DRIVES

CALM = Sight(
    weight=1.0,
    constant=0.0,
    signal=0.0,
    strength=1.0,
    backing=0.0,
    standing=0.0,
    pressure=0.0,
    threats=0.0,
    severity=0.0,
    hostile=True,
    fact=0,
)


def seen(**what):
    return CALM._replace(**what)


def test_every_drive_acts_where_the_page_says():
    stages = {name: entry.stage for name, entry in DRIVES.items()}
    assert stages == {
        "electoral_incentive": "channel",
        "relief_seeking": "base",
        "distraction": "channel",
        "exposure": "action",
        "audience_cost": "action",
        "patronage": "channel",
        "lapsed_patronage": "momentum",
        "demobilised": "action",
    }


def test_a_vote_draws_nearer_by_its_horizon_and_turns_to_relief_the_day_after():
    assert proximity(0, 150.0, 0.5) == 1.0
    assert proximity(150, 150.0, 0.5) == pytest.approx(math.exp(-1), rel=1e-15)
    assert proximity(-1, 150.0, 0.5) == pytest.approx(-0.5 * math.exp(-1 / 150), rel=1e-15)
    assert proximity(-150, 150.0, 0.5) == pytest.approx(-0.5 * math.exp(-1), rel=1e-15)


def test_a_vote_draws_hostility_by_the_rivals_strength_and_holds_back_cooperation_whole():
    sight = seen(weight=1.5, signal=0.4, strength=0.75)
    assert drives.electoral_incentive(sight) == pytest.approx(1.5 * 0.4 * 0.75)
    assert drives.electoral_incentive(sight._replace(hostile=False)) == pytest.approx(-1.5 * 0.4)


def test_pressure_that_no_patron_covers_draws_concessions():
    sight = seen(weight=5.0, constant=0.5, backing=0.85, pressure=0.4)
    assert drives.relief_seeking(sight) == pytest.approx(0.5 * 5 * 0.15 * 0.4)
    assert drives.relief_seeking(sight._replace(backing=1.0)) == 0.0


def test_another_crisis_takes_attention_away():
    assert drives.distraction(seen(weight=0.8, signal=0.9)) == pytest.approx(-0.72)


def test_severe_acts_are_deterred_as_far_as_no_patron_stands_behind_the_actor():
    sight = seen(weight=5.0, constant=0.5, backing=0.85, pressure=0.2, severity=1.0)
    assert drives.exposure(sight) == pytest.approx(-5 * 0.15 * 0.7)
    assert drives.exposure(sight._replace(severity=0.5)) == pytest.approx(-5 * 0.15 * 0.7 / 2)
    assert drives.exposure(sight._replace(backing=1.0)) == 0.0


def test_open_threats_push_to_carry_them_out_up_to_a_point():
    sight = seen(weight=0.5, constant=1.0)
    assert [drives.audience_cost(sight._replace(threats=open_ones)) for open_ones in (0.0, 0.4, 1.0, 3.0)] == [
        0.0,
        0.2,
        0.5,
        0.5,
    ]
    assert drives.audience_cost(seen(weight=0.5, constant=2.0, threats=1.0)) == 0.25


def test_a_patron_doubles_halves_or_ends_its_activity_with_its_standing_backing():
    factors = [math.exp(drives.patronage(seen(weight=2.0, standing=standing))) for standing in (1.0, 0.5, 0.25, 0.0)]
    assert factors == pytest.approx([2.0, 1.0, 0.5, 0.0])


def test_no_patron_makes_its_own_campaign_feed_on_itself():
    factors = [
        math.exp(drives.lapsed_patronage(seen(weight=2.0, standing=standing))) for standing in (1.0, 0.5, 0.25, 0.0)
    ]
    assert factors == pytest.approx([1.0, 1.0, 0.5, 0.0])


def test_an_actor_whose_party_is_dissolved_does_a_share_of_what_it_did():
    assert math.exp(drives.demobilised(seen(weight=0.4, fact=0))) == 1.0
    assert math.exp(drives.demobilised(seen(weight=0.4, fact=1))) == pytest.approx(0.4)
    assert math.exp(drives.demobilised(seen(weight=0.0, fact=1))) == 0.0
