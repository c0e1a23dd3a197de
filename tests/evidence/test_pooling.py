"""Many dyads at once: laws of a base that is learned, and the numbers that made simulated dyads are found again."""

import math
from datetime import date

import numpy as np
import pytest

from sim.evidence.dyad_filter import drawn, followed, log_likelihoods, scored
from sim.evidence.dyads import Dyads
from sim.evidence.pair_numbers import Numbers
from sim.evidence.pooling import Population, offset_of, pool

TRUE = Numbers(momentum=0.3, momentum_days=3.0, reciprocity=0.3, memory_days=7.0, shape=1.0, mean=0.05)
SPREAD = 0.5
FIRST = date(2014, 1, 1)


def simulated(seed: int, pairs: int = 24, days: int = 200, numbers: Numbers = TRUE) -> Dyads:
    """Pairs that act on each other by the numbers given, rates log-normal over the pairs and bases gamma."""
    rng = np.random.default_rng(seed)
    marks = np.zeros((2, pairs, days))
    base = rng.gamma(numbers.shape, numbers.mean / numbers.shape, (2, pairs))
    momentum, reciprocity = np.exp(SPREAD * rng.standard_normal((2, 2, pairs)))
    memory, own_memory = np.zeros((2, pairs)), np.zeros((2, pairs))
    retained, retained_own = 2.0 ** (-1.0 / numbers.memory_days), 2.0 ** (-1.0 / numbers.momentum_days)
    for day in range(days):
        hazard = base + numbers.reciprocity * reciprocity * (1 - retained) * memory / 0.5
        hazard += numbers.momentum * momentum * (1 - retained_own) * own_memory / 0.5
        acted = rng.random((2, pairs)) < -np.expm1(-hazard)
        marks[:, :, day] = 0.5 * acted
        memory = retained * memory + 0.5 * acted[::-1]
        own_memory = retained_own * own_memory + 0.5 * acted
    names = [(("A", "state"), (str(number), "state")) for number in range(pairs)]
    return Dyads("state → state", names, FIRST, marks[0] > 0, marks[0], marks[1], np.ones(days))


def teach(dyads: Dyads, numbers: Numbers, last: int):
    return followed(dyads.acted, dyads.own_marks, dyads.other_marks, numbers, (0, last))


def test_an_average_act_draws_one_act_in_all():
    marks = np.zeros((1, 200))
    marks[0, 0] = 0.5
    acts = drawn(marks, 7.0)[0]
    assert acts.sum() == pytest.approx(1.0, abs=1e-6) and acts[1:8].sum() == pytest.approx(0.5, abs=0.01)


def test_a_silent_record_of_n_days_leaves_a_base_of_shape_over_shape_by_mean_and_n():
    days = 100
    silent = Dyads("state → state", [(("A", "state"), ("B", "state"))], FIRST, np.zeros((1, days), bool), np.zeros((1, days)), np.zeros((1, days)), np.ones(days))  # fmt: skip
    for n in (0, 1, 30, 100):
        taught = teach(silent, TRUE, n)
        assert taught.shapes / taught.exposures == pytest.approx(TRUE.shape / (TRUE.shape / TRUE.mean + n), rel=1e-12)
        assert taught.hazards[0, n:] == pytest.approx(TRUE.shape / (TRUE.shape / TRUE.mean + n), rel=1e-12)


def test_a_base_of_which_everything_is_known_beforehand_is_a_fixed_base():
    dyads = simulated(1)
    known = Numbers(TRUE.momentum, TRUE.momentum_days, TRUE.reciprocity, TRUE.memory_days, 1e12, TRUE.mean)
    taught, fixed = (teach(dyads, known, last).hazards for last in (200, 0))
    assert taught == pytest.approx(fixed, rel=1e-9)
    assert abs(teach(dyads, TRUE, 200).hazards / fixed - 1.0).max() > 0.5  # and one of which little is known is not


def test_with_neither_answers_nor_momentum_a_base_learns_as_a_gamma_of_counts():
    dyads = simulated(2)
    alone = Numbers(0.0, 3.0, 0.0, 7.0, TRUE.shape, TRUE.mean)
    taught = teach(dyads, alone, 200)
    assert taught.shapes == pytest.approx(TRUE.shape + dyads.acted.sum(axis=1))
    assert taught.exposures == pytest.approx(np.full(24, TRUE.shape / TRUE.mean + 200))


def test_answers_and_momentum_do_not_feed_the_base():
    dyads = simulated(3)
    taught, alone = teach(dyads, TRUE, 200), teach(dyads, Numbers(0.0, 3.0, 0.0, 7.0, TRUE.shape, TRUE.mean), 200)
    acts = dyads.acted.sum(axis=1)
    assert (taught.shapes[acts > 5] < alone.shapes[acts > 5]).all() and (taught.shapes >= TRUE.shape).all()


def test_the_quick_likelihood_is_the_sum_over_days():
    """Acts one after the other, a day of much news, rates of none, and a pair that never acts."""
    dyads = simulated(4, pairs=5)
    acted = dyads.acted.copy()
    acted[0] = False
    offset = np.random.default_rng(0).uniform(0.2, 3.0, 200)
    answers, momenta = drawn(dyads.other_marks, 7.0) * offset, drawn(dyads.own_marks, 3.0) * offset
    rates = np.array([[0.0, 0.0], [0.3, 0.2], [5.0, 4.0]])
    ln_l = np.empty((5, 3))
    starts = np.concatenate([[0], np.cumsum(acted.sum(axis=1))]).astype(np.int64)
    log_likelihoods(
        np.nonzero(acted)[1], starts, offset, answers, momenta, rates, np.array([0.7, 0.04]), np.empty((2, 201)), ln_l
    )
    for pair in range(5):
        for node, (reciprocity, momentum) in enumerate(rates):
            shape, exposure, total = 0.7, 0.7 / 0.04, 0.0
            for day in range(200):
                base = offset[day] * shape / exposure
                hazard = base + reciprocity * answers[pair, day] + momentum * momenta[pair, day]
                total += math.log(-math.expm1(-hazard)) if acted[pair, day] else -hazard
                exposure += offset[day]
                shape += base / hazard if acted[pair, day] else 0.0
            assert ln_l[pair, node] == pytest.approx(total, rel=1e-9)


def test_pairs_that_are_all_alike_have_the_likelihood_of_one_number():
    dyads = simulated(5)
    population = Population(dyads, 200, np.ones(200))
    logs = np.log([0.3, 0.3, 1e-6, 1e-6, 1.0, 0.05, 3.0, 7.0])
    one = scored(dyads.acted, teach(dyads, TRUE, 200).hazards).sum()
    assert population.log_likelihood(logs) == pytest.approx(one, rel=1e-6)


def test_the_offset_is_1_on_average_and_knows_volume_and_weekday():
    dyads = simulated(6)
    volume = np.where(np.arange(200) < 100, 0.5, 1.5)
    acted = dyads.acted & (np.arange(200) % 7 != 3)  # a weekday without any act
    offset = offset_of(Dyads(dyads.kind, dyads.pairs, FIRST, acted, dyads.own_marks, dyads.other_marks, volume), 200)
    assert offset.mean() == pytest.approx(1.0) and (offset[3::7] == 0.0).all()
    assert offset[100] == pytest.approx(3.0 * offset[2])  # the same weekday, three times the news


# Of spreads over pairs so few pairs say so little that the belief beforehand holds them.
TRUTHS = {
    "momentum": TRUE.momentum,
    "reciprocity": TRUE.reciprocity,
    "base_shape": TRUE.shape,
    "base_mean": TRUE.mean,
    "momentum_half_life_days": TRUE.momentum_days,
    "memory_half_life_days": TRUE.memory_days,
}


@pytest.mark.slow  # and the same on every Python
def test_intervals_of_simulated_dyads_hold_the_numbers_that_made_them():
    tries = 16
    holding = dict.fromkeys(TRUTHS, 0)
    for seed in range(tries):
        pooled = pool(simulated(seed), 200, steps=120, offset=np.ones(200))
        for name, truth in TRUTHS.items():
            _, low, high = pooled.centre(name)
            holding[name] += low <= truth <= high
    assert 0.90 <= sum(holding.values()) / (tries * len(TRUTHS)) <= 0.99
    assert min(holding.values()) >= 0.75 * tries
