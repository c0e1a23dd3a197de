"""What is believed beforehand: distributions whose quantiles are the value and range of an entry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import UserError, load
from sim.evidence.priors import Prior, Priors, prior_of
from sim.scenario.problems import Place
from sim.scenario.schema import Quantity

HERE = Place("here", 1)


def prior_from(**entry) -> Prior:
    return prior_of("key", Quantity.model_validate(entry), HERE)


def test_a_rate_is_log_normal_about_its_value_with_its_range_as_95_percent():
    prior = prior_from(value=0.02, low=0.005, high=0.08, unit="acts per day")
    assert prior.family == "log-normal"
    assert [prior.quantile(share) for share in (0.025, 0.5, 0.975)] == pytest.approx([0.005, 0.02, 0.08], rel=1e-3)


def test_a_range_that_is_lopsided_still_holds_95_percent():
    prior = prior_from(value=0.16, low=0.02, high=0.5, unit="acts per act")
    z = np.random.default_rng(1).standard_normal((200_000, 1))
    values = Priors([prior]).values(z)
    assert np.median(values) == pytest.approx(0.16, rel=0.01)
    assert ((values > 0.02) & (values < 0.5)).mean() == pytest.approx(0.95, abs=0.003)


def test_a_share_is_beta_with_its_value_as_the_mean():
    prior = prior_from(value=0.4, low=0.1, high=0.8, unit="share")
    values = Priors([prior]).values(np.random.default_rng(1).standard_normal((200_000, 1)))
    assert values.mean() == pytest.approx(0.4, abs=0.003)
    assert ((values > 0.1) & (values < 0.8)).mean() == pytest.approx(0.95, abs=0.003)
    assert prior_from(value=0.5, low=0, high=1, unit="share").text() == "Beta(2, 2)"


def test_of_a_drive_none_is_the_likeliest():
    prior = prior_from(value=5, low=0, high=8, unit="log-hazard")
    assert prior.family == "half-normal" and prior.quantile(0.95) == pytest.approx(8.0, rel=1e-6)
    assert prior.default == 5


def test_a_prior_of_its_own_goes_before_the_range():
    interval = {"median": 0.19, "low": 0.033, "high": 0.89, "source": "other dyads"}
    prior = prior_from(value=0.16, low=0.02, high=0.5, unit="acts per act", prior=interval)
    assert prior.quantile(0.5) == pytest.approx(0.19) and prior.source == "other dyads"
    assert prior.quantile(0.975) - prior.quantile(0.025) > 0.7


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"value": 1.0}, "has no range"),
        ({"value": 3.0, "low": 0.0, "high": 2.0, "unit": "ratio"}, "3 lies outside its own range"),
        ({"value": 0.0, "low": 0.0, "high": 2.0, "unit": "ratio"}, "log-normal has no such median"),
        ({"value": 1.0, "low": 0.5, "high": 1.0, "unit": "share"}, "beta has no such mean"),
        ({"value": 1.0, "low": 0.0, "high": 1.0, "unit": "share"}, "beta has no such mean"),
        ({"value": 0.03, "low": 0.0, "high": 0.2, "unit": "share"}, "no beta of mean 0.03"),
        ({"value": 0.6, "low": 0.1, "high": 0.6, "unit": "ratio"}, "is an end of its own range"),
    ],
)
def test_a_number_that_says_too_little_of_itself_has_none(entry, why):
    with pytest.raises(UserError, match=why):
        prior_from(**entry)


FAMILIES = [
    prior_from(value=0.02, low=0.005, high=0.08, unit="acts per day"),
    prior_from(value=0.4, low=0.1, high=0.8, unit="share"),
    prior_from(value=5, low=0, high=8, unit="log-hazard"),
]


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3))
def test_deviates_are_what_values_turns_back(z):
    priors = Priors(FAMILIES)
    assert priors.deviates(priors.values(np.array(z))) == pytest.approx(z, abs=1e-6)


def test_every_number_of_the_baseline_that_a_fit_frees_has_a_prior_with_its_source():
    from sim.evidence.case import free_keys

    scenario = load("baseline").scenario
    keys = free_keys(scenario)
    assert {"pairs.state_to_state.reciprocity", "pairs.society_to_state.momentum", "parameters.leverage"} <= set(keys)
    assert "parameters.backing" not in keys  # it does not say how strongly something acts
    assert "parameters.north_korea_salience" not in keys  # a series is no one number
