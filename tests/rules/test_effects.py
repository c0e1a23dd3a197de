"""How acts land at night: what each changes, and that their order changes nothing."""

import itertools

import numpy as np
import pytest
from toy import compiled, day, force, night, set_facts, set_marks, toy

from sim.engine.crisis import Crisis
from sim.rules.arrays import COOPERATIVE, COUNT, HOSTILE, RISEN, SUPPORT, THREATS


def bench(folder, weights, **entries):
    """A model of two actors; `entries` are laid over the actions of `one`, by their number."""
    scenario = toy(weights=weights, days=30, replayed=29)
    scenario["facts"] = {"held": {"meaning": "held"}, "heavy": {"meaning": "heavy"}, "light": {"meaning": "light"}}
    for number, entry in entries.items():
        scenario["actions"]["one"][f"other{number}"] |= entry
    return Crisis(compiled(folder, scenario))


def memory(model, kind="hostility"):
    return model.memory(kind, "other", "one")


def promised(model, kind=THREATS):
    codes = [model.compiled.actors.index(name) for name in ("one", "other")]
    return model.state.commitments[kind, codes[0], codes[1]]


def test_an_act_is_remembered_whole_on_the_next_morning_and_by_half_after_its_half_life(tmp_path):
    scenario = toy(days=10, replayed=9)
    scenario["acts"] = force("one.other_0", 1)
    model = Crisis(compiled(tmp_path, scenario))
    evenings = []
    while model.running:
        model.step()
        evenings.append(memory(model))
    assert evenings[:2] == [0.0, 0.5]
    assert evenings[8] == pytest.approx(0.25, rel=1e-14)  # 7 days later


def test_half_lives_are_counted_in_nights_for_every_kind_of_memory(tmp_path):
    model = bench(tmp_path, (-5, 5))
    set_marks(model, model.state.memory, HOSTILE, "other", "one", 1.0)
    set_marks(model, model.state.memory, COOPERATIVE, "other", "one", 1.0)
    set_marks(model, model.state.commitments, THREATS, "one", "other", 1.0)
    set_marks(model, model.state.commitments, SUPPORT, "one", "other", 1.0)
    model.state.momentum[:] = 1.0
    for _ in range(420):
        night(model)
    assert memory(model) == memory(model, "goodwill") == pytest.approx(2.0 ** -(420 / 7), rel=1e-12)
    assert promised(model) == promised(model, SUPPORT) == pytest.approx(2.0 ** -(420 / 60), rel=1e-12)
    assert model.state.momentum == pytest.approx(2.0 ** -(420 / 2), rel=1e-12)


def test_the_marks_of_one_day_are_added(tmp_path):
    model = bench(tmp_path, (-5, -2.5, 6))
    night(model, "one.other_0", "one.other_1", "one.other_2")
    assert memory(model, "goodwill") == 0.6
    assert memory(model) == pytest.approx(0.5 + 0.25 - 0.6 / 2, rel=1e-15)


def test_cooperation_heals_half_its_mark_and_never_below_nothing(tmp_path):
    model = bench(tmp_path, (-5, 8))
    set_marks(model, model.state.memory, HOSTILE, "other", "one", 1.0)
    night(model, "one.other_1")
    assert memory(model) == pytest.approx(2 ** (-1 / 7) - 0.4, rel=1e-14)
    for _ in range(5):
        night(model, "one.other_1")
    assert memory(model) == 0.0


def test_kindness_of_the_same_day_heals_what_was_done_on_it(tmp_path):
    """Additions come before reductions: the other way round, the hostile mark would stay whole."""
    model = bench(tmp_path, (-5, 8))
    night(model, "one.other_0", "one.other_1")
    assert memory(model) == pytest.approx(0.1, rel=1e-14)


def test_an_act_is_added_to_its_own_channels_momentum_only(tmp_path):
    model = bench(tmp_path, (-5, 8))
    night(model, "one.other_0")
    night(model, "one.other_0", "one.other_1")
    by_channel = dict(zip(model.compiled.channels, model.state.momentum, strict=True))
    assert by_channel["one", "other", "hostile"] == pytest.approx(0.5 + 0.5 * 2**-0.5, rel=1e-14)
    assert by_channel["one", "other", "cooperative"] == 0.8
    assert by_channel["other", "one", "hostile"] == by_channel["other", "one", "cooperative"] == 0.0


def test_a_threat_opens_one_and_a_demand_half(tmp_path):
    model = bench(tmp_path, (-5, -5), _0={"role": "threat"}, _1={"role": "demand"})
    night(model, "one.other_0")
    assert promised(model) == 1.0
    night(model, "one.other_1")
    assert promised(model) == pytest.approx(2 ** (-1 / 60) + 0.5, rel=1e-14)


def test_a_measure_halves_the_open_threats_those_of_its_day_too(tmp_path):
    model = bench(tmp_path, (-5, -5, -5), _0={"role": "threat"}, _1={"role": "imposition"}, _2={"role": "imposition"})
    night(model, "one.other_0")
    night(model, "one.other_0", "one.other_1")
    once = (2 ** (-1 / 60) + 1) / 2
    assert promised(model) == pytest.approx(once, rel=1e-14)
    night(model, "one.other_1", "one.other_2")
    assert promised(model) == pytest.approx(once * 2 ** (-1 / 60) / 4, rel=1e-14)


def test_a_measure_settles_only_its_actors_threats_to_its_target(tmp_path):
    model = bench(tmp_path, (-5,), _0={"role": "imposition"})
    set_marks(model, model.state.commitments, THREATS, "other", "one", 1.0)
    night(model, "one.other_0")
    assert model.state.commitments[THREATS, 1, 0] == pytest.approx(2 ** (-1 / 60), rel=1e-14)


def test_an_act_of_support_is_kept_as_support_by_its_mark(tmp_path):
    model = bench(tmp_path, (8,), _0={"role": "support"})
    night(model, "one.other_0")
    night(model, "one.other_0")
    assert promised(model, SUPPORT) == pytest.approx(0.8 * (1 + 2 ** (-1 / 60)), rel=1e-14)


def test_opposed_interference_adds_a_fifth_of_support(baseline):
    model = Crisis(baseline)
    night(model, "china.oppose_interference")
    china, cambodia = (baseline.actors.index(name) for name in ("china", "cambodia"))
    assert model.state.commitments[SUPPORT, china, cambodia] == 0.2
    assert model.memory("hostility", "united_states", "china") == pytest.approx(0.2, rel=1e-15)


def test_an_appeal_abroad_is_felt_against_the_government_and_not_by_its_target_against_the_opposition(baseline):
    model = Crisis(baseline)
    night(model, "opposition.appeal_abroad")
    assert model.memory("hostility", "united_states", "cambodia") == 0.2
    assert model.memory("hostility", "united_states", "opposition") == 0.0
    assert model.memory("goodwill", "united_states", "opposition") == 0.0


def test_half_of_what_is_done_to_one_is_felt_by_who_feels_for_it_in_both_tones(baseline):
    model = Crisis(baseline)
    night(model, "cambodia.arrest")
    assert model.memory("hostility", "opposition", "cambodia") == 0.5
    assert model.memory("hostility", "united_states", "cambodia") == 0.25
    assert model.memory("hostility", "china", "cambodia") == 0.0
    night(model, "cambodia.release_detainees")
    assert model.memory("goodwill", "united_states", "cambodia") == pytest.approx(0.35, rel=1e-14)
    assert model.memory("hostility", "united_states", "cambodia") == pytest.approx(
        0.25 * 2 ** (-1 / 7) - 0.35 / 2, rel=1e-13
    )


def test_sympathy_is_for_acts_of_one_doer_only(baseline):
    model = Crisis(baseline)
    night(model, "united_states.criticise", "opposition.criticise")
    assert model.memory("hostility", "china", "united_states") == pytest.approx(0.1, rel=1e-15)
    assert model.memory("hostility", "china", "opposition") == 0.0


def test_facts_rise_and_fall_and_remember_the_day_of_their_last_rise(baseline):
    model = Crisis(baseline)
    night(model, "cambodia.detain_leader")
    assert (model.fact("leader_detained"), model.fact("detainees")) == (1, 1)
    model.day = 9
    night(model, "cambodia.arrest", "cambodia.release_leader")
    assert (model.fact("leader_detained"), model.fact("detainees")) == (0, 1)
    risen = dict(zip(baseline.facts, model.state.facts[RISEN], strict=True))
    assert (risen["leader_detained"], risen["detainees"], risen["party_sued"]) == (0, 9, -1)


def test_facts_never_fall_below_nothing(baseline):
    model = Crisis(baseline)
    set_facts(model, leader_detained=1, detainees=1)
    night(model, "cambodia.release_leader", "cambodia.release_detainees")
    assert (model.fact("leader_detained"), model.fact("detainees")) == (0, 0)


def test_who_is_arrested_and_released_on_one_day_is_free(baseline):
    model = Crisis(baseline)
    night(model, "cambodia.arrest", "cambodia.release_detainees")
    assert model.fact("detainees") == 0


def test_easing_lifts_the_heaviest_measure_in_force(baseline):
    model = Crisis(baseline)
    set_facts(model, officials_sanctioned=1, aid_cuts=1, visa_measures=2, programmes_ended=1)
    lifted = []
    for _ in range(6):
        before = model.state.facts[COUNT].copy()
        night(model, "united_states.ease_measures")
        lifted += [baseline.facts[fact] for fact in np.flatnonzero(before - model.state.facts[COUNT])] or ["nothing"]
    assert lifted == [
        "officials_sanctioned",
        "aid_cuts",
        "visa_measures",
        "visa_measures",
        "programmes_ended",
        "nothing",
    ]


def test_easing_lifts_a_measure_taken_on_the_same_day(baseline):
    model = Crisis(baseline)
    set_facts(model, programmes_ended=1)
    night(model, "united_states.sanction_officials", "united_states.ease_measures")
    assert (model.fact("officials_sanctioned"), model.fact("programmes_ended")) == (0, 1)


KINDS = {
    "hit": {"goldstein": -5.0},
    "threat": {"goldstein": -2.5, "role": "threat"},
    "demand": {"goldstein": -1.25, "role": "demand"},
    "measure": {"goldstein": -7.5, "role": "imposition", "raises": {"heavy": 1}},
    "ease": {"goldstein": 5.0, "lowers_first": ["heavy", "light"]},
    "free": {"goldstein": 2.5, "lowers": {"held": 1}, "raises": {"light": 2}},
    "seize": {"goldstein": -10.0, "raises": {"held": 1}, "lowers": {"light": 1}},
}


def landed(folder, kinds, names):
    """What a day with every kind of act leaves behind, where the kinds go by the given names."""
    scenario = toy([("one", "other")], days=3, replayed=2)
    scenario["facts"] = {"held": {"meaning": "held"}, "heavy": {"meaning": "heavy"}, "light": {"meaning": "light"}}
    common = {"target": "other", "rung": 1, "meaning": "acts"}
    scenario["actions"]["one"] = {name: common | KINDS[kind] for kind, name in zip(KINDS, names, strict=True)}
    scenario["channels"]["one"]["other"] = {"hostile": {"base": 0.0}, "cooperative": {"base": 0.0}}
    model = Crisis(compiled(folder, scenario))
    set_marks(model, model.state.commitments, THREATS, "one", "other", 0.25)
    set_facts(model, heavy=1)
    night(model, *(f"one.{name}" for kind, name in zip(KINDS, names, strict=True) if kind in kinds))
    state = model.state
    return [array.tolist() for array in (state.fading, state.largest, state.facts)]


@pytest.mark.parametrize("left_out", KINDS)
def test_the_order_in_which_acts_land_changes_nothing(tmp_path, left_out):
    """Acts land in the order of their names, so other names are another order. Marks are sums of powers of two: exactly."""
    kinds = [kind for kind in KINDS if kind != left_out]
    letters = "abcdefg"
    orders = [letters, letters[::-1], *("".join(letters[(i * k) % 7] for i in range(7)) for k in (2, 3, 5))]
    results = [landed(tmp_path, kinds, order) for order in orders]
    assert all(one == other for one, other in itertools.pairwise(results))


def test_a_dated_change_of_a_half_life_counts_from_that_nights_forgetting(tmp_path):
    scenario = toy(days=6, replayed=5)
    scenario["pairs"]["state_to_state"]["memory_half_life_days"] = {"value": 1, "steps": {day(3).isoformat(): 0.5}}
    scenario["acts"] = force("one.other_0", 0)
    model = Crisis(compiled(tmp_path, scenario))
    evenings = []
    while model.running:
        model.step()
        evenings.append(memory(model))
    assert evenings == [0.5, 0.25, 0.125, 0.03125, 0.0078125, 0.001953125]
