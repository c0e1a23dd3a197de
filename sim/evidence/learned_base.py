"""The learned base as a forecast: how often a channel acts, learned from the record and drawn toward pairs of its kind.

Before the record a rate b is believed to be Gamma(a, a/m): m acts a day on average among pairs of the kind, of a shape
a that is small, for pairs differ much. After n acts in d days it is Gamma(a + n, a/m + d) (Gelman et al. 2013, ch. 2),
and a count ahead is negative binomial: what is not known of b is in the forecast.
"""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from sim.evidence.forecast import Forecast
from sim.evidence.scores import negative_binomial, sum_of_counts
from sim.evidence.truth import Truth
from sim.rules.arrays import CHANNEL
from sim.scenario.quantities import settled
from sim.scenario.schema import Scenario

MIX_ACTS = 0.5  # that an even mix of a channel's actions weighs beside its record


class Learned(NamedTuple):
    """What is known of every action's rate on a morning. Actions of one channel share its rate."""

    shape: np.ndarray  # float64 (A,): of its channel
    days: np.ndarray  # float64 (A,): that its channel's acts weigh: shape / days is the mean a day
    share: np.ndarray  # float64 (A,): of its channel's acts

    def none(self, days: float) -> np.ndarray:
        """Return the chance that each action is not done in so many days: float64 (A,)."""
        return np.asarray((self.days / (self.days + self.share * days)) ** self.shape)


def learned_base(truth: Truth, origin: date, horizons: tuple[int, ...]) -> Forecast:
    """Forecast each channel at its learned rate; each morning's choices know what came before it."""
    known = learned_on(truth, origin)
    counts = np.array(
        [
            [count_forecast(truth, known, members, days) for members in truth.targets.classes.values()]
            for days in horizons
        ]
    )
    rungs = np.array([highest_rung_forecast(truth, known, days) for days in horizons])
    mornings = [origin + timedelta(day) for day in range(min(horizons))]
    daily = np.array([1.0 - learned_on(truth, morning).none(1.0) for morning in mornings])
    return Forecast("learned base", origin, counts, rungs, daily)


def learned_on(truth: Truth, morning: date) -> Learned:
    """Return what the whole record before a morning teaches of every action's rate."""
    days = (morning - truth.first).days
    by_action = truth.between(truth.first, days).sum(axis=0).astype(float)
    shape, weight, share = (np.zeros(len(by_action)) for _ in range(3))
    scenario = truth.compiled.loaded.scenario
    for actor, target, tone in truth.compiled.channels:
        members = truth.targets.classes[f"{actor} → {target}, {tone}"]
        a, mean = believed_base(scenario, (actor, target, tone))
        acts = by_action[members].sum()
        shape[members], weight[members] = a + acts, a / mean + days
        share[members] = (by_action[members] + MIX_ACTS / members.sum()) / (acts + MIX_ACTS)
    return Learned(shape, weight, share)


def believed_base(scenario: Scenario, key: tuple[str, str, str]) -> tuple[float, float]:
    """Return shape and mean, in acts per day, of what is believed of a channel's rate before the record.

    They are those of its kind of pair, also where the scenario gives the base.
    """
    actor, target, tone = key
    pair = scenario.pair(actor, target)
    shape, mean, generosity = (
        settled(quantity, scenario.parameters).value or 0.0
        for quantity in (pair.base_shape, pair.base_mean, scenario.channel(key).generosity or pair.generosity)
    )
    return shape, mean if tone == "hostile" else mean * generosity


def count_forecast(truth: Truth, known: Learned, members: np.ndarray, days: int) -> np.ndarray:
    """Forecast how often some actions are done in so many days, a channel's together.

    Parameters: members, bool (A,), one action or more. Returns float64 (COUNTS,).
    """
    channel_of = truth.compiled.tables.actions[:, CHANNEL]
    parts = []
    for channel in np.unique(channel_of[members]):
        chosen = members & (channel_of == channel)
        first = int(np.flatnonzero(chosen)[0])
        mean = known.shape[first] / known.days[first] * known.share[chosen].sum() * days
        parts.append(negative_binomial(known.shape[first], mean))
    return sum_of_counts(np.array(parts))


def highest_rung_forecast(truth: Truth, known: Learned, days: int) -> np.ndarray:
    """Forecast the highest rung of each dyad, whose acts are of one channel: float64 (dyads, rungs)."""
    chances = []
    for members in truth.targets.dyads.values():
        first = int(np.flatnonzero(members)[0])
        shares = np.array(
            [known.share[members & (truth.targets.rungs > rung)].sum() for rung in range(truth.targets.ladder)]
        )
        below = (known.days[first] / (known.days[first] + shares * days)) ** known.shape[first]
        chances.append(np.diff(below, prepend=0.0))
    return np.array(chances)
