"""Estimate how often each channel acts unprovoked: bases by maximum likelihood on the record before the crisis went free.

    python analysis/bases.py [SCENARIO]

Replays the whole record up to the scenario's `replay_until` and, channel by channel, finds the base under
which the acts that happened, and the days on which none did, are likeliest; everything else stays as in the
scenario. Intervals are where the log-likelihood falls by 1.92. Nothing after the replay is looked at.

Acts of which only the month is known did happen, so leaving them out would bias the bases downwards; their
day is not known, so they are put on the first, middle and last day of the month in turn, and the likelihood
is the average of the three.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.optimize import brentq, minimize_scalar

from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.engine.reasons import Reason
from sim.scenario.library import shipped_default
from sim.scenario.load import load

PLACEMENTS = ("first", "middle", "last")
HIGHEST_BASE = 1.0  # acts per day; far above any channel's


@dataclass(frozen=True)
class Estimate:
    """A channel's base, its 95 % interval, and what it rests on."""

    channel: tuple[str, str, str]
    base: float
    low: float
    high: float
    acts: int
    unavailable: list[str]  # acts of the record that the model's requirements did not allow on their day


def replay_record(scenario: str, month_only: str) -> Crisis:
    """Replay the whole record of a scenario, from its first row on.

    Parameters: month_only, where acts stand of which only the month is known: first, middle or last.
    Returns the Mesa model after the last replayed day. Raises UserError for a scenario that is not sound.
    """
    loaded = load(scenario)
    first = min(row.day for row in loaded.rows if row.day is not None)  # of any row: from then on acts would be seen
    settings = [f"clock.start={first}", "record.replay=all", f"record.month_only={month_only}"]
    model = Crisis(compile_scenario(load(scenario, settings)))
    while model.day < model.compiled.free_from:
        model.step()
    return model


def log_likelihood(base: float, decisions: list[Reason]) -> float:
    """Return the log-likelihood of a channel's decisions at another base.

    ln L = Σ y·ln(1 - exp(-λ)) - (1 - y)·λ over the available actions and days. Parameters: base, in acts per day.
    """
    total = 0.0
    for reason in decisions:
        provoked = base * math.exp(sum(reason.base_drives.values())) + reason.answer
        unprovoked = reason.own * math.exp(sum(reason.own_drives.values()))
        intensity = provoked * math.exp(sum(reason.channel_drives.values())) + unprovoked
        hazard = reason.share * intensity * math.exp(sum(reason.action_drives.values()))
        if not reason.done:
            total -= hazard
        else:
            total += math.log(-math.expm1(-hazard)) if hazard > 0.0 else -math.inf
    return total


def decisions(model: Crisis, channel: tuple[str, str, str]) -> list[Reason]:
    """List every decision of one channel on every day of the replay."""
    compiled, agent = model.compiled, model.actor(channel[0])
    names = [act.action for act in compiled.acts if act.channel == channel]
    return [agent.reason(compiled.date(day), name) for day in range(model.day) for name in names]


def estimate_base(models: list[Crisis], channel: tuple[str, str, str]) -> Estimate:
    """Estimate the base of one channel over all placements.

    Parameters: models, the record replayed with each placement; channel, actor, target and tone.
    Returns the likeliest base, in acts per day, with the interval in which ln L is within 1.92 of its peak.
    """
    placed = [decisions(model, channel) for model in models]
    unavailable = sorted(
        {
            f"{reason.day} {reason.act}"
            for decided in placed
            for reason in decided
            if reason.done and not reason.available
        }
    )
    scored = [[reason for reason in decided if reason.available] for decided in placed]
    acts = sum(reason.done for reason in scored[0])

    def log_likelihood_at(base: float) -> float:
        """Average the likelihood over placements, as a logarithm."""
        logs = [log_likelihood(base, decided) for decided in scored]
        highest = max(logs)
        return highest + math.log(sum(math.exp(log - highest) for log in logs) / len(logs))

    best = float(
        minimize_scalar(
            lambda base: -log_likelihood_at(base),
            bounds=(1e-9, HIGHEST_BASE),
            method="bounded",
            options={"xatol": 1e-7},
        ).x
    )
    return Estimate(
        channel,
        best,
        _edge(log_likelihood_at, best, 1e-9),
        _edge(log_likelihood_at, best, HIGHEST_BASE),
        acts,
        unavailable,
    )


def _edge(log_likelihood_at: Callable[[float], float], best: float, end: float) -> float:
    """Find where ln L has fallen by 1.92 between its peak and an end; the end itself if it has not."""
    peak = log_likelihood_at(best)
    if log_likelihood_at(end) > peak - 1.92:
        return 0.0 if end < best else end
    return float(brentq(lambda base: log_likelihood_at(base) - peak + 1.92, min(best, end), max(best, end), xtol=1e-7))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=shipped_default("scenario"))
    models = [replay_record(parser.parse_args().scenario, month_only) for month_only in PLACEMENTS]
    print(f"{models[0].compiled.start} to {models[0].date}, {models[0].day} days")
    print(f"{'channel':42} acts  base     95 %")
    for channel in models[0].compiled.channels:
        channel_numbers = models[0].compiled.loaded.scenario.channel(channel)
        if channel_numbers.base is None:
            continue
        estimate = estimate_base(models, channel)
        print(
            f"{' → '.join(channel[:2]) + ', ' + channel[2]:42} {estimate.acts:4}  {estimate.base:.4f}   {estimate.low:.4f} to {estimate.high:.4f}"
        )
        for act in estimate.unavailable:
            print(f"    not scored, since it was not available: {act}")


if __name__ == "__main__":
    main()
