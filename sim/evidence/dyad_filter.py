"""A dyad's days under the model of a base that is learned: hazards, likelihood, and what the record has taught.

On day t the first of a pair acts against the second with a chance of 1 - exp(-λ),

    λ = offset · (base + reciprocity · (1 - δ) · memory of the other's acts / h0 + momentum · (1 - δ_M) · own marks / h0)

with h0 = 0.5 marks. The base is a/B, from a = shape and B = shape/mean on the first morning; every night B rises by the
day's offset and, after an act, a by the base's share of the hazard that brought it: answers and momentum do not feed it.
Between acts a stays, and the hazards of quiet days add up: only the days of acts take any work.
"""

from dataclasses import dataclass

import numpy as np

from sim.evidence.pair_numbers import Numbers
from sim.rules.compiled import entry, rule
from sim.rules.marks import kept_overnight

AVERAGE_MARK = 0.5
SMALL = 0.01  # below, 1 - exp(-x) is summed up by its series, which keeps ten digits there
SELDOM = 1e-200  # a product of chances below it is turned into its log before it is lost


@rule
def chance_of(hazard):
    """Return the chance of an act, 1 - exp(-hazard), faster than by `expm1` and as exact as is needed here."""
    if hazard < SMALL:
        return hazard * (1.0 - hazard / 2.0 * (1.0 - hazard / 3.0 * (1.0 - hazard / 4.0)))
    return 1.0 - np.exp(-hazard)


@entry
def remember(marks, retained, drawn):
    """Fill `drawn` with the average acts a day that the marks of the days before draw, at one act an act.

    Parameters: marks, drawn, float64 (P, D); retained, the share of a memory that one night leaves.
    """
    for pair in range(marks.shape[0]):
        memory = 0.0
        for day in range(marks.shape[1]):
            drawn[pair, day] = (1.0 - retained) * memory / AVERAGE_MARK
            memory = retained * memory + marks[pair, day]


@entry
def log_likelihoods(act_days, starts, offset, answers, momenta, rates, prior, room, ln_l):
    """Fill `ln_l` with ln L of each pair at each of N pairs of rates, bases learned day by day.

    Parameters: act_days, int64 (acts,), the days of acts, pair after pair; starts, int64 (P + 1,), where each pair's
    begin; offset, float64 (D,); answers, momenta, float64 (P, D), see `remember`, times the offset; rates, float64
    (N, 2), reciprocity and momentum; prior, float64 (2,), shape and mean of a base's; room, float64 (2, D + 1); ln_l,
    float64 (P, N).
    """
    days = len(offset)
    shape, mean = prior[0], prior[1]
    exposure = shape / mean
    room[1, 0] = 0.0
    for day in range(days):
        room[0, day] = offset[day] / exposure
        room[1, day + 1] = room[1, day] + room[0, day]
        exposure += offset[day]
    for pair in range(answers.shape[0]):
        quiet_answers, quiet_momenta = 0.0, 0.0
        for day in range(days):
            quiet_answers += answers[pair, day]
            quiet_momenta += momenta[pair, day]
        for index in range(starts[pair], starts[pair + 1]):
            quiet_answers -= answers[pair, act_days[index]]
            quiet_momenta -= momenta[pair, act_days[index]]
        for node in range(rates.shape[0]):
            reciprocity, momentum = rates[node, 0], rates[node, 1]
            total = -reciprocity * quiet_answers - momentum * quiet_momenta
            learned, since, chance = shape, 0, 1.0
            for index in range(starts[pair], starts[pair + 1]):
                day = act_days[index]
                total -= learned * (room[1, day] - room[1, since])
                base = learned * room[0, day]
                hazard = base + reciprocity * answers[pair, day] + momentum * momenta[pair, day]
                chance *= chance_of(hazard)
                if chance < SELDOM:
                    total += np.log(chance)
                    chance = 1.0
                learned += base / hazard
                since = day + 1
            ln_l[pair, node] = total + np.log(chance) - learned * (room[1, days] - room[1, since])


@entry
def follow(acted, answers, momenta, rates, first, until, shapes, exposures, hazards):
    """Fill `hazards` day by day, bases learned from the days `first` to `until`, the latter not included.

    Parameters: acted, bool (P, D); answers, momenta, float64 (P, D), see `remember`; rates, float64 (2,), reciprocity and
    momentum; shapes, exposures, float64 (P,), a and B of each pair's base, changed in place; hazards, float64 (P, D).
    """
    reciprocity, momentum = rates[0], rates[1]
    for pair in range(acted.shape[0]):
        for day in range(acted.shape[1]):
            base = shapes[pair] / exposures[pair]
            hazard = base + reciprocity * answers[pair, day] + momentum * momenta[pair, day]
            hazards[pair, day] = hazard
            if first <= day < until:
                exposures[pair] += 1.0
                if acted[pair, day]:
                    shapes[pair] += base / hazard


@dataclass(frozen=True)
class Followed:
    """Pairs followed through their record.

    hazards: float64 (P, D). shapes, exposures: float64 (P,), a and B of each base after the last day that taught it.
    """

    hazards: np.ndarray
    shapes: np.ndarray
    exposures: np.ndarray


def drawn(marks: np.ndarray, half_life_days: float) -> np.ndarray:
    """Return the average acts a day that the marks of the days before draw, at one act an act.

    Parameters: marks, float64 (P, D). Returns float64 (P, D).
    """
    acts = np.empty_like(marks)
    remember(marks, kept_overnight(half_life_days), acts)
    return acts


def followed(
    acted: np.ndarray, own_marks: np.ndarray, other_marks: np.ndarray, numbers: Numbers, learn: tuple[int, int]
) -> Followed:
    """Follow pairs through their record, every day alike, as a forecast does.

    Parameters: acted, bool (P, D); own_marks, other_marks, float64 (P, D); learn, the days that teach, the second not
    included.
    """
    shapes = np.full(len(acted), numbers.shape)
    exposures = np.full(len(acted), numbers.shape / numbers.mean)
    hazards = np.empty(acted.shape)
    answers, momenta = drawn(other_marks, numbers.memory_days), drawn(own_marks, numbers.momentum_days)
    rates = np.array([numbers.reciprocity, numbers.momentum])
    follow(acted, answers, momenta, rates, *learn, shapes, exposures, hazards)
    return Followed(hazards, shapes, exposures)


def scored(acted: np.ndarray, hazards: np.ndarray) -> np.ndarray:
    """Return ln of the chance of what happened on each day: float64 of the shape of both."""
    return np.where(acted, np.log(-np.expm1(-hazards)), -hazards)
