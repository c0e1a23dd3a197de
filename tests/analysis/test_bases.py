"""The bases that the baseline ships are those that the script finds in the record, and look at nothing later."""

import math

import pytest

from analysis.bases import PLACEMENTS, estimate_base, log_likelihood, replay_record

pytestmark = pytest.mark.slow  # and the same on every Python

JUDGED = [("china", "united_states", "hostile")]  # no such act in the record before 16 September 2017: a judgement


@pytest.fixture(scope="module")
def models():
    return [replay_record("baseline", month_only) for month_only in PLACEMENTS]


@pytest.fixture(scope="module")
def channels(models):
    scenario = models[0].compiled.loaded.scenario
    return {key: scenario.channel(key).base.value for key in models[0].compiled.channels if scenario.channel(key).base}


def test_the_baseline_ships_what_the_record_says(models, channels):
    for key, shipped in channels.items():
        estimate = estimate_base(models, key)
        if key in JUDGED:
            assert estimate.acts == 0 and estimate.low <= shipped <= estimate.high
        else:
            assert estimate.base == pytest.approx(shipped, rel=0.05), key
            assert estimate.low <= shipped <= estimate.high


def test_nothing_after_the_replay_is_looked_at(models):
    assert all(str(model.date) == "2017-09-15" for model in models)


def test_every_act_of_the_record_was_possible_in_the_model_on_its_day(models, channels):
    assert not [act for key in channels for act in estimate_base(models, key).unavailable]


def test_a_channel_without_answers_or_drives_has_its_acts_per_day_as_base():
    """With nothing but a base, the likeliest probability of an act on a day is the share of days that had one."""
    from sim.engine.reasons import Reason

    def day(acted: bool) -> Reason:
        return Reason(None, "", acted, "", True, 1.0, {}, 0.0, {}, 0.0, {}, 1.0, 1.0, {}, 1.0, 0.5)

    days = [day(acted) for acted in [True] * 3 + [False] * 97]
    best = -math.log1p(-3 / 100)
    assert log_likelihood(best, days) > max(log_likelihood(best * 1.01, days), log_likelihood(best * 0.99, days))
    assert log_likelihood(best, days) == pytest.approx(3 * math.log(0.03) + 97 * math.log(0.97))
