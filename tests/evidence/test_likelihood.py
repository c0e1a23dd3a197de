"""The likelihood of acts that happened: by hand, against the reasons that the Mesa model keeps, and at the truth."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from toy import compiled as toy_compiled
from toy import day, force, records, toy

from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.engine.reasons import Reason
from sim.evidence.likelihood import Scorer, log_likelihood
from sim.rules.arrays import FORCED, WITHHELD
from sim.scenario.compile import Compiled
from sim.scenario.load import load

DAYS = 200


def test_a_lone_action_is_scored_as_by_hand(tmp_path):
    base, acts = 0.03, (5, 17, 18, 120)
    scenario = toy([("one", "other")], days=DAYS + 1, base=base, replayed=DAYS)
    scored = log_likelihood(
        toy_compiled(tmp_path, scenario | {"acts": force("one.other_0", *acts)}), day(0), day(DAYS - 1)
    )
    assert scored.total == pytest.approx(4 * math.log(1 - math.exp(-base)) - (DAYS - 4) * base)
    assert scored.acts.tolist() == [4] and scored.days == DAYS


def test_acts_before_the_window_only_enter_memory(tmp_path):
    scenario = toy(days=DAYS + 1, base=0.03, replayed=DAYS, reciprocity=0.5)
    with_acts, without = (
        toy_compiled(tmp_path, scenario | {"acts": acts}) for acts in (force("one.other_0", 3, 4), {})
    )
    scored, blank = (log_likelihood(one, day(5), day(40)) for one in (with_acts, without))
    assert scored.acts.sum() == 0
    assert scored.of_actor("one") == blank.of_actor("one")  # nobody did anything to it
    assert scored.of_actor("other") < blank.of_actor("other")  # it was provoked, and did nothing


def by_reasons(reasons: list[Reason]) -> float:
    """ln L of decisions, from the terms that the Mesa model keeps."""
    total = 0.0
    for reason in reasons:
        unprovoked = reason.base * math.exp(sum(reason.base_drives.values()))
        own = reason.campaign * math.exp(sum(reason.own_drives.values()))
        intensity = (unprovoked + reason.answer) * math.exp(sum(reason.channel_drives.values())) + own
        hazard = reason.share * intensity * math.exp(sum(reason.action_drives.values()))
        total += math.log(-math.expm1(-hazard)) if reason.happened else -hazard
    return total


def decisions(model: Crisis, channel: tuple[str, str, str]) -> list[Reason]:
    """Every decision of one channel on every day of the replay."""
    compiled, agent = model.compiled, model.actor(channel[0])
    names = [act.action for act in compiled.acts if act.channel == channel]
    return [agent.reason(compiled.date(day), name) for day in range(model.day) for name in names]


@pytest.fixture(scope="module")
def case():
    """The record of the case up to the crisis, replayed by the Mesa model, with bases that are given and mixes as believed."""
    plain = compile_scenario(load("baseline"))
    settings = [f"channels.{actor}.{target}.{tone}.base=0.02" for actor, target, tone in plain.channels]
    settings += [f"pairs.{kind}.mix_weight=1e15" for kind in plain.loaded.scenario.pairs]
    replaying = ["clock.start=2016-05-26", "record.replay=all", "record.month_only=middle"]
    model = Crisis(compile_scenario(load("baseline", [*settings, *replaying])))
    while model.day < model.compiled.free_from:
        model.step()
    return model


def test_the_case_is_scored_as_the_reasons_of_the_mesa_model_say(case):
    compiled = case.compiled
    scored = log_likelihood(compiled, compiled.date(0), compiled.date(compiled.free_from - 1))
    for channel in compiled.channels:
        made = [reason for reason in decisions(case, channel) if reason.available]
        mine = sum(term for term, act in zip(scored.terms, compiled.acts, strict=True) if act.channel == channel)
        assert mine == pytest.approx(by_reasons(made), rel=1e-9)
    assert sum(scored.of_actor(actor) for actor in compiled.actors) == pytest.approx(scored.total)


def test_windows_add_up(case):
    compiled = case.compiled
    middle, last = date(2017, 3, 1), compiled.date(compiled.free_from - 1)
    parts = [(compiled.date(0), middle), (middle + timedelta(1), last)]
    whole = log_likelihood(compiled, compiled.date(0), last).total
    assert sum(log_likelihood(compiled, *part).total for part in parts) == pytest.approx(whole)


def test_days_that_are_not_replayed_are_not_scored(case):
    with pytest.raises(ValueError, match="is not replayed"):
        log_likelihood(case.compiled, date(2017, 9, 1), date(2017, 9, 16))


LIVED = 400
TRUTH = {"base": 0.02, "reciprocity": 0.4, "memory_half_life_days": 7.0}


def replaying(folder: Path, **told: float) -> Compiled:
    """Two actors over the days that are scored, all of them replayed."""
    return toy_compiled(folder, toy(days=LIVED + 1, replayed=LIVED, **(TRUTH | told)))


def histories(folder: Path, runs: range) -> Iterator[np.ndarray]:
    """The acts of free runs at the truth, as the schedules that a record of them would make: int8 (days, actions)."""
    for acts, _ in records(toy_compiled(folder, toy(days=LIVED + 1, **TRUTH)), 1, runs):
        yield np.where(acts > 0, FORCED, WITHHELD).astype(np.int8)


def scores(one: Compiled, lived: list[np.ndarray]) -> np.ndarray:
    """ln L of each history under one set of numbers."""
    scorer = Scorer(one)
    had = (replace(one, tables=one.tables._replace(schedule=history)) for history in lived)
    return np.array([scorer.score(history, day(0), day(LIVED - 1)).total for history in had])


def test_the_slope_of_the_likelihood_is_zero_at_the_truth_on_average(tmp_path):
    """The score has mean zero: in base, reciprocity and memory alike (Cox & Hinkley 1974)."""
    lived, step = list(histories(tmp_path, range(300))), 1e-4
    for name, value in TRUTH.items():
        low, high = (scores(replaying(tmp_path, **{name: value * (1 + side * step)}), lived) for side in (-1, 1))
        slopes = (high - low) / (2 * step * value)
        assert abs(slopes.mean()) < 4 * slopes.std() / math.sqrt(len(lived)), name
        assert slopes.std() > 0


def test_the_truth_is_likelier_than_other_numbers_on_average(tmp_path):
    lived = list(histories(tmp_path, range(200)))
    others = [{"base": 0.03}, {"base": 0.013}, {"reciprocity": 0.2}, {"reciprocity": 0.6}]
    best = scores(replaying(tmp_path), lived).mean()
    assert all(scores(replaying(tmp_path, **other), lived).mean() < best for other in others)
