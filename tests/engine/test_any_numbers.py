"""Whatever numbers within their ranges a scenario gives: nothing negative, nothing infinite, no closed door opened."""

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy import WITHOUT_JIT, records, shipped

from sim.engine.crisis import Crisis
from sim.rules import arrays as t
from sim.rules.registry import STRATEGIES
from sim.scenario.load import load
from sim.scenario.quantities import quantities

BASELINE = load("baseline").scenario
RANGES = {
    ".".join(str(step) for step in found.path): (found.quantity.low, found.quantity.high)
    for found in quantities(BASELINE)
    if found.quantity.low is not None and found.quantity.high is not None
}
DAYS = 60 if WITHOUT_JIT else 406

numbers = st.fixed_dictionaries({key: st.floats(low, high) for key, (low, high) in RANGES.items()})
manners = st.fixed_dictionaries({actor: st.sampled_from(sorted(STRATEGIES)) for actor in BASELINE.actors})
some = settings(
    max_examples=6 if WITHOUT_JIT else 25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def drawn(given_numbers, given_manners):
    """The baseline under drawn numbers and strategies. Some of these draw acts without end, which is allowed here."""
    laid_over = [f"{key}={value!r}" for key, value in given_numbers.items()]
    return shipped(
        "baseline",
        "allow_explosive=true",
        *laid_over,
        *(f"actors.{actor}.strategy={name}" for actor, name in given_manners.items()),
    )


def test_all_numbers_of_the_baseline_are_drawn():
    assert {f"parameters.{name}" for name in BASELINE.parameters} < set(RANGES)
    entries = [entry for actions in BASELINE.actions.values() for entry in actions.values()]
    common = sum(entry.commonness is not None and entry.commonness.parameter is None for entry in entries)
    # those of three kinds of pair, the two of misperception, and how common an action is
    assert len(RANGES) == len(BASELINE.parameters) + 3 * 7 + 2 + common


@some
@given(numbers, manners, st.integers(0, 1000))
def test_on_no_day_is_anything_negative_infinite_or_done_behind_a_closed_door(given_numbers, given_manners, run):
    scenario = drawn(given_numbers, given_manners)
    model, tables = Crisis(scenario, run=run), scenario.tables
    for day in range(DAYS):
        model.step()
        state, reasons, done = model.state, model.reasons, model.acts[day].astype(bool)
        for marks in (state.fading, state.largest, state.facts[t.COUNT]):
            assert (marks >= 0).all()
            assert np.isfinite(marks).all()
        assert ((state.picture >= 0) & (state.picture <= 1)).all()
        hazards, is_open = reasons.actions[:, t.HAZARD], reasons.actions[:, t.AVAILABLE].astype(bool)
        assert (hazards >= 0).all()
        assert np.isfinite(hazards).all()
        assert (hazards[~is_open] == 0).all()
        for members in tables.channel_actions:
            total = reasons.actions[members[members >= 0], t.SHARE].sum()
            assert math.isclose(total, 1.0, rel_tol=1e-12) if is_open[members[members >= 0]].any() else total == 0.0
        if day >= scenario.free_from:
            assert is_open[done].all()
    assert (model.tensions >= 0).all()


@some
@given(numbers, manners)
def test_both_engines_agree_whatever_the_numbers(given_numbers, given_manners):
    scenario = drawn(given_numbers, given_manners)
    model = Crisis(scenario)
    for _ in range(DAYS):
        model.step()
    ((acts, tensions),) = records(scenario, 1, range(1))
    assert np.array_equal(model.acts[:DAYS], acts[:DAYS])
    assert np.array_equal(model.tensions[:DAYS], tensions[:DAYS])


orders = st.lists(
    st.tuples(
        st.sampled_from(sorted(f"{actor}.{name}" for actor, names in BASELINE.actions.items() for name in names)),
        st.integers(16, 30),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda order: order[:2],
)


@some
@given(orders)
def test_what_is_ordered_is_done_and_what_is_withheld_is_not_whatever_doors_are_open(ordered):
    acts = [
        f"acts.x{index}={{act: {name}, date: 2017-09-{day}, do: {'force' if do else 'withhold'}}}"
        for index, (name, day, do) in enumerate(ordered)
    ]
    scenario = shipped("baseline", *acts)
    model = Crisis(scenario)
    for _ in range(50):
        model.step()
    names = [act.name for act in scenario.acts]
    for name, day, do in ordered:
        assert model.acts[10 + day, names.index(name)] == do
    assert (model.state.facts[t.COUNT] >= 0).all()
