"""Limits 2 to 5, 9 and the law of limit 10 (design: The model, section 7): rates, over long clocks and many runs.

A comment beside each bound says what the standard error is; seeds are fixed, so a test passes always or never.
"""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq
from toy import CENTURY, compiled, counts, day, force, needs_the_compiler, records, runs, toy

from sim.engine.crisis import Crisis

ONE_WAY = [("one", "other")]


def per_day(scenario, which):
    """Mean rate of each action, in acts per day, and the standard error of the mean over runs."""
    rates = counts(scenario, which) / scenario.days
    return rates.mean(axis=0), rates.std(axis=0, ddof=1) / math.sqrt(len(rates))


# --- limit 2 ---------------------------------------------------------------------------------------------------


def bernoulli(folder, days):
    """Three actions of one channel with base 0.9 a day and shares of 1 : 2 : exp(-0.25·3)."""
    scenario = toy(ONE_WAY, (-2, -2, -5), days=days, base=0.9)
    scenario["rules"] |= {"rarity": 0.25}
    scenario["actions"]["one"]["other_1"]["commonness"] = 2.0
    common = np.array([1.0, 2.0, math.exp(-0.25 * 3)])
    return compiled(folder, scenario), 1 - np.exp(-0.9 * common / common.sum())


def test_without_answers_each_action_is_a_bernoulli_stream(tmp_path):
    """Limit 2: p = 1 - exp(-share·base), each action by itself and none moved by another."""
    scenario, chance = bernoulli(tmp_path, days=2_000)
    acts = np.vstack([acts for acts, _ in records(scenario, 1, runs(100, 2))])
    done, days = acts.sum(axis=0), len(acts)
    z = (done - days * chance) / np.sqrt(days * chance * (1 - chance))
    assert (np.abs(z) < 4).all(), z
    together = np.unique(acts @ [4, 2, 1], return_counts=True)[1]
    expected = [days * np.prod(np.where(pattern, chance, 1 - chance)) for pattern in np.ndindex(2, 2, 2)]
    assert stats.chisquare(together, expected, sum_check=False).pvalue > 0.001


@needs_the_compiler
def test_counts_of_a_bernoulli_stream_vary_less_than_those_of_a_poisson_one(tmp_path):
    """Limit 2: variance/mean = 1 - p. 7,300 windows of 50 days: a standard error of 1.7 %, while p is .12 to .40."""
    scenario, chance = bernoulli(tmp_path, days=36_500)
    windows = np.concatenate([acts.reshape(-1, 50, 3).sum(axis=1) for acts, _ in records(scenario, 1, range(10))])
    dispersion = windows.var(axis=0, ddof=1) / windows.mean(axis=0)
    assert dispersion == pytest.approx(1 - chance, rel=4 * math.sqrt(2 / len(windows)))
    assert (chance > 4 * math.sqrt(2 / len(windows))).all()  # a Poisson stream would fail


@needs_the_compiler
def test_a_bernoulli_stream_does_not_remember_yesterday(tmp_path):
    """Limit 2: no correlation with the days before; 365,000 days, a standard error of .0017."""
    scenario, _ = bernoulli(tmp_path, days=36_500)
    acts = [acts.astype(float) - acts.mean(axis=0) for acts, _ in records(scenario, 1, range(10))]
    for lag in (1, 2, 7):
        for action in range(3):
            pairs = np.hstack([np.stack([one[lag:, action], one[:-lag, action]]) for one in acts])
            assert abs(np.corrcoef(pairs)[0, 1]) < 4 / math.sqrt(pairs.shape[1])


# --- limit 3 ---------------------------------------------------------------------------------------------------


@needs_the_compiler
@pytest.mark.parametrize("half_life", [2, 30])
def test_two_who_answer_each_other_settle_at_richardsons_point(half_life, tmp_path):
    """Limit 3: λ₁ = (b₁ + n₁₂b₂)/(1 - n₁₂n₂₁), n = reciprocity·mean mark/average mark, within 5 % at b ≤ .001, reciprocity ≤ .3.

    Unequal bases, reciprocities and marks; 400 centuries leave a standard error of 1 % or less.
    """
    scenario = toy(weights=(-2, -9), reciprocity=0.3, memory_half_life_days=half_life)
    scenario["channels"]["one"]["other"]["hostile"]["base"] = 0.001
    scenario["channels"]["other"]["one"]["hostile"]["base"] = 0.0007
    scenario["channels"]["other"]["one"]["hostile"]["reciprocity"] = 0.2
    scenario["actions"]["one"]["other_1"]["commonness"] = 3.0
    mark_of_one, mark_of_other = (0.2 + 3 * 0.9) / 4, (0.2 + 0.9) / 2
    drawn_from_one, drawn_from_other = (
        0.3 * mark_of_other / 0.5,
        0.2 * mark_of_one / 0.5,
    )  # answers per act of the other
    point = (0.001 + drawn_from_one * 0.0007) / (1 - drawn_from_one * drawn_from_other)
    counterpoint = (0.0007 + drawn_from_other * 0.001) / (1 - drawn_from_one * drawn_from_other)

    rates = counts(compiled(tmp_path, scenario), range(400)) / CENTURY
    both = np.stack([rates[:, :2].sum(axis=1), rates[:, 2:].sum(axis=1)])
    error = both.std(axis=1, ddof=1) / math.sqrt(400) / both.mean(axis=1)
    assert (error < 0.01).all()
    assert both.mean(axis=1) == pytest.approx([point, counterpoint], rel=0.05)


@needs_the_compiler
@pytest.mark.parametrize("half_life", [2, 14])
def test_a_campaign_settles_at_its_base_over_one_less_momentum(half_life, tmp_path):
    """Limit 3: one actor, momentum only, average marks: b/(1 - κ) within 5 % at b ≤ .001, κ ≤ .3. Standard error below 1 %."""
    scenario = compiled(tmp_path, toy(ONE_WAY, base=0.001, momentum=0.3, momentum_half_life_days=half_life))
    rate, error = per_day(scenario, range(400))
    assert error < 0.01 * rate
    assert rate == pytest.approx(0.001 / 0.7, rel=0.05)


# --- limit 4 ---------------------------------------------------------------------------------------------------


@needs_the_compiler
@pytest.mark.parametrize(
    ("dyads", "explosive"),
    [
        (ONE_WAY, {"momentum": 1.5, "momentum_half_life_days": 30}),
        ([("one", "other"), ("other", "one")], {"reciprocity": 1.5, "memory_half_life_days": 30}),
    ],
)
def test_a_crisis_that_feeds_on_itself_settles_where_one_act_a_day_bounds_it(dyads, explosive, tmp_path):
    """Limit 4: branching 1.5, half-life 30 days: within 5 % of the root of r = 1 - exp(-(b + 1.5·r)). Standard error below 0.5 %."""
    scenario = toy(dyads, base=0.01, **explosive) | {"allow_explosive": True}
    rate, error = per_day(compiled(tmp_path, scenario), range(10))
    root = brentq(lambda r: r - 1 + math.exp(-(0.01 + 1.5 * r)), 0.1, 1.0)
    assert (error < 0.005 * root).all()
    assert rate == pytest.approx([root] * len(rate), rel=0.05)


# --- limit 5 ---------------------------------------------------------------------------------------------------


def one_blow(folder, reciprocity, days, free):
    """One act of 0.8 marks by `one` on the first day; only `other` answers."""
    scenario = toy(weights=(-8,), days=days, replayed=1 if free else days - 1, reciprocity=reciprocity)
    scenario["actors"]["one"]["strategy"] = "unresponsive"
    scenario["acts"] = force("one.other_0", 0)
    return compiled(folder, scenario)


def test_one_blow_draws_as_many_answers_as_reciprocity_says_half_of_them_within_the_half_life(tmp_path):
    """Limit 5, as hazards: exactly ρ·h/h₀ in all, and half of that in the first seven mornings."""
    model = Crisis(one_blow(tmp_path, 0.3, days=282, free=False))
    model.run_model()
    hazards = [model.actor("other").reason(day(morning), "one_0").hazard for morning in range(1, 281)]
    assert sum(hazards) == pytest.approx(0.3 * 0.8 / 0.5 * (1 - 2**-40), rel=1e-12)
    assert sum(hazards[:7]) == pytest.approx(0.3 * 0.8 / 0.5 / 2, rel=1e-12)


@needs_the_compiler
def test_one_blow_draws_that_many_answers_in_the_play_of_chance_too(tmp_path):
    """Limit 5, as acts: 60,000 runs expect 4,800 answers, a standard error of 1.4 %; small ρ costs them 0.4 %."""
    scenario = one_blow(tmp_path, 0.05, days=85, free=True)
    answers = np.sum([acts[:, 1] for acts, _ in records(scenario, 1, range(60_000))], axis=0, dtype=float)
    expected = 60_000 * 0.05 * 0.8 / 0.5
    assert abs(answers.sum() - expected) < 4 * math.sqrt(expected)
    assert abs(answers[1:8].sum() - expected / 2) < 4 * math.sqrt(expected / 2)


# --- limit 9 ---------------------------------------------------------------------------------------------------


def half_steps_against_whole_ones(folder, base):
    """Ratio of daily counts under steps of half a day to those under steps of a day, and its standard error."""
    whole = toy(base=base, reciprocity=0.3, momentum=0.2, days=CENTURY // 2)
    halves = toy(
        base=base / 2,
        reciprocity=0.3,
        momentum=0.2,
        memory_half_life_days=14,
        momentum_half_life_days=4,
        days=CENTURY // 2 * 2,
    )
    many = range(round(5 / base))
    coarse, fine = (counts(compiled(folder, scenario), many).sum(axis=1) for scenario in (whole, halves))
    error = math.hypot(*(found.std(ddof=1) / found.mean() for found in (coarse, fine))) / math.sqrt(len(many))
    return fine.mean() / coarse.mean(), error


@needs_the_compiler
def test_half_day_steps_with_half_the_rates_give_nearly_the_same_counts_and_nearer_as_rates_fall(tmp_path):
    """Limit 9: within 15 % at b ≤ .1, nearer as rates fall. Standard errors below 0.5 %, far below the differences."""
    (busy, busy_error), (calm, calm_error) = (half_steps_against_whole_ones(tmp_path, base) for base in (0.1, 0.02))
    assert max(busy_error, calm_error) < 0.005
    assert abs(busy - 1) < 0.15
    assert abs(calm - 1) < abs(busy - 1) - 4 * math.hypot(busy_error, calm_error)


# --- limit 10, the law -----------------------------------------------------------------------------------------


@needs_the_compiler
def test_two_identical_actors_follow_one_law_whatever_they_are_called(tmp_path):
    """Limit 10: counts of either, under these names and under others, come from one distribution. 3,000 runs each."""
    names = [("one", "other"), ("zealot", "aardvark")]
    samples = []
    for pair in names:
        scenario = compiled(
            tmp_path, toy([pair, pair[::-1]], (-4, -7), days=400, base=0.02, reciprocity=0.4, momentum=0.2)
        )
        found = counts(scenario, range(3_000))
        samples += [found[:, :2].sum(axis=1), found[:, 2:].sum(axis=1)]
    pooled = np.concatenate(samples)
    assert stats.kruskal(*samples).pvalue > 0.001
    for sample in samples:
        assert abs(sample.mean() - pooled.mean()) < 4 * pooled.std() / math.sqrt(len(sample))
        assert sample.var() == pytest.approx(pooled.var(), rel=0.15)  # standard error of a variance here: 3 %
