"""Misperceived marks: off by default; the error has mean 1; each who perceives errs on its own."""

import math

import numpy as np
from scipy import stats
from toy import WITHOUT_JIT, compiled, counts, force, records, runs, toy

MANY = runs(40_000, 400)


def factors(folder, sd, bias=0.0, dyads=(("one", "other"), ("one", "third")), weights=(-5,)):
    """The factor on the mark of one act, as its target perceives it, per run."""
    scenario = toy(dyads, weights, days=2, replayed=1)
    scenario["rules"] |= {"misperception_sd": sd, "misperception_bias": bias}
    scenario["acts"] = force("one.other_0", 0) | force("one.third_0", 0)
    played = compiled(folder, scenario)
    pairs = [played.pairs.index(pair) for pair in (("one", "other"), ("one", "third"))]
    return np.array([tensions[0, pairs] for _, tensions in records(played, 1, MANY)]) / 0.5


def test_without_error_every_mark_is_perceived_as_it_is(baseline, tmp_path):
    assert (baseline.tables.rulebook[:, 5:7] == 0).all()
    assert (factors(tmp_path, sd=0.0) == 1.0).all()


def test_the_error_is_log_normal_with_mean_one(tmp_path):
    """The log has mean -sd²/2 and standard deviation sd; 40,000 runs put the mean within 0.0033 (one standard error)."""
    found = factors(tmp_path, sd=0.6)[:, 0]
    error = math.sqrt(math.expm1(0.36) / len(found))
    assert abs(found.mean() - 1.0) < 4 * error
    assert stats.kstest(np.log(found), stats.norm(-0.18, 0.6).cdf).pvalue > 0.001


def test_a_bias_is_the_log_of_the_mean_factor(tmp_path):
    assert np.allclose(factors(tmp_path, sd=0.0, bias=0.3), math.exp(0.3), rtol=1e-15, atol=0)
    found = factors(tmp_path, sd=0.6, bias=-0.3)[:, 0]
    assert abs(found.mean() / math.exp(-0.3) - 1.0) < 4 * math.sqrt(math.expm1(0.36) / len(found))


def test_two_who_perceive_two_acts_err_independently(tmp_path):
    one, other = np.log(factors(tmp_path, sd=0.6)).T
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / math.sqrt(len(one))


def test_a_sympathiser_perceives_the_same_act_with_an_error_of_its_own(tmp_path):
    scenario = toy([("one", "other"), ("third", "one")], days=2, replayed=1)
    scenario["rules"] |= {"misperception_sd": 0.6}
    scenario["sympathies"] = {"s": {"actor": "third", "feels_for": "other", "against": "one", "share": 0.5}}
    scenario["acts"] = force("one.other_0", 0)
    played = compiled(tmp_path, scenario)
    pairs = [played.pairs.index(pair) for pair in (("one", "other"), ("one", "third"))]
    target, sympathiser = np.log(
        np.array([tensions[0, pairs] for _, tensions in records(played, 1, MANY)]) / [0.5, 0.25]
    ).T
    assert abs(np.corrcoef(target, sympathiser)[0, 1]) < 4 / math.sqrt(len(target))
    assert stats.kstest(sympathiser, stats.norm(-0.18, 0.6).cdf).pvalue > 0.001


def test_goodwill_is_misperceived_as_much_as_hostility(tmp_path):
    """A friendly act of 0.8 marks heals half of what is perceived of it: hostility of 0.5 falls to 0.5 - 0.4·factor, or to nothing."""
    scenario = toy([("one", "other")], (-5, 8), days=3, replayed=2)
    scenario["rules"] |= {"misperception_bias": math.log(0.5)}
    scenario["acts"] = force("one.other_0", 0) | force("one.other_1", 0)
    ((_, tensions),) = records(compiled(tmp_path, scenario), 1, range(1))
    assert math.isclose(tensions[0, 0], 0.5 * 0.5 - 0.5 * 0.4, rel_tol=1e-14)


def test_an_error_in_what_is_perceived_changes_what_is_done(tmp_path):
    scenario = toy(base=0.02, days=200 if WITHOUT_JIT else 2000, reciprocity=0.4)
    plain = counts(compiled(tmp_path, scenario), runs(50, 3))
    scenario["rules"] |= {"misperception_sd": 0.6}
    assert (counts(compiled(tmp_path, scenario), runs(50, 3)) != plain).any()
