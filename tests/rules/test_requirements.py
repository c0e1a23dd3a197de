"""What an action requires, and what is left to do when a door is closed."""

import math

import numpy as np
import pytest
from toy import compiled, force, look, set_facts, set_marks, term, toy

from sim.engine.crisis import Crisis
from sim.rules.arrays import AVAILABLE, COOPERATIVE, HOSTILE, SHARE, THREATS

NOTHING: dict[str, int] = {}
HELD = {"leader_detained": 1, "detainees": 1}
# action, facts, open threats (of Washington, and of the government at home), Washington's goodwill, whether it is open
DOORS = [
    ("cambodia.arrest", NOTHING, 0, 0, True),
    ("cambodia.suspend_cooperation", NOTHING, 0, 0, True),
    ("cambodia.restore_cooperation", NOTHING, 0, 0, False),
    ("cambodia.restore_cooperation", {"cooperation_suspended": 1}, 0, 0, True),
    ("cambodia.detain_leader", NOTHING, 0, 0, True),
    ("cambodia.detain_leader", HELD, 0, 0, False),
    ("cambodia.sue_party", NOTHING, 0.31, 0, False),
    ("cambodia.sue_party", {"detainees": 1}, 0.31, 0, True),
    ("cambodia.sue_party", {"detainees": 1}, 0.29, 0, False),
    ("cambodia.sue_party", {"detainees": 0}, 0.31, 0, True),  # there was an arrest once
    ("cambodia.sue_party", {"detainees": 1, "party_sued": 1}, 0.31, 0, False),
    ("cambodia.threaten_ban", {"party_dissolved": 1}, 0, 0, False),
    ("cambodia.release_detainees", NOTHING, 0, 0, False),
    ("cambodia.release_detainees", {"detainees": 1}, 0, 0, True),
    ("cambodia.release_detainees", HELD, 0, 0, False),  # the only one held is the leader
    ("cambodia.release_detainees", {"leader_detained": 1, "detainees": 2}, 0, 0, True),
    ("cambodia.release_leader", {"detainees": 3}, 0, 0, False),
    ("cambodia.release_leader", HELD, 0, 0, True),
    ("united_states.demand_release", NOTHING, 0, 0, False),
    ("united_states.demand_release", {"detainees": 1}, 0, 0, True),
    ("united_states.end_programme", NOTHING, 0.29, 0, False),
    ("united_states.end_programme", NOTHING, 0.31, 0, True),
    ("united_states.end_programme", {"programmes_ended": 1}, 0.29, 0, False),
    ("united_states.end_programme", {"measures_taken": 1}, 0.29, 0, True),  # who has taken one threatens no more
    ("united_states.suspend_visas", {"visa_measures": 3}, 0.31, 0, True),
    ("united_states.cut_aid", NOTHING, 0.29, 0, False),
    ("united_states.cut_aid", NOTHING, 0.31, 0, True),
    ("united_states.sanction_officials", {"visa_measures": 1}, 0.29, 0, False),
    ("united_states.sanction_officials", NOTHING, 0.31, 0, True),
    ("united_states.sanction_economy", {"measures_taken": 1}, 0, 0, True),
    ("united_states.ease_measures", NOTHING, 0, 0.6, False),
    ("united_states.ease_measures", {"aid_cuts": 1}, 0, 0, True),
]


@pytest.mark.parametrize(("act", "facts", "threats", "goodwill", "is_open"), DOORS)
def test_a_door_is_open_when_what_it_requires_is_so(baseline, act, facts, threats, goodwill, is_open):
    model = Crisis(baseline)
    set_facts(model, **facts)
    set_marks(model, model.state.commitments, THREATS, "united_states", "cambodia", threats)
    set_marks(model, model.state.commitments, THREATS, "cambodia", "opposition", threats)
    set_marks(model, model.state.memory, COOPERATIVE, "united_states", "cambodia", goodwill)
    assert term(model, AVAILABLE, act) == is_open


def test_a_requirement_reads_the_actors_own_threats(baseline):
    model = Crisis(baseline)
    set_marks(model, model.state.commitments, THREATS, "cambodia", "united_states", 5.0)
    assert term(model, AVAILABLE, "united_states.suspend_visas") == 0


def test_the_court_can_rule_thirty_days_after_the_suit_and_not_a_day_before(tmp_path):
    scenario = toy(weights=(-5, -5), days=40, replayed=39)
    scenario["facts"] = {"sued": {"meaning": "sued"}}
    scenario["actions"]["one"]["other_0"]["raises"] = {"sued": 1}
    scenario["actions"]["one"]["other_1"]["requires"] = [{"quantity": "sued", "days_since": 30}]
    scenario["acts"] = force("one.other_0", 3)
    model = Crisis(compiled(tmp_path, scenario))
    model.run_model()
    actor, start = model.actor("one"), model.compiled.start.toordinal()
    doors = [actor.reason(type(model.date).fromordinal(start + index), "other_1").available for index in range(40)]
    assert doors == [index >= 33 for index in range(40)]


def test_days_are_counted_from_the_last_time_that_a_fact_rose(tmp_path):
    scenario = toy(weights=(-5, -5), days=20, replayed=19)
    scenario["facts"] = {"sued": {"meaning": "sued"}}
    scenario["actions"]["one"]["other_0"]["raises"] = {"sued": 1}
    scenario["actions"]["one"]["other_1"]["requires"] = [{"quantity": "sued", "days_since": 5}]
    scenario["acts"] = force("one.other_0", 2, 6)
    model = Crisis(compiled(tmp_path, scenario))
    model.run_model()
    actor, start = model.actor("one"), model.compiled.start.toordinal()
    doors = [actor.reason(type(model.date).fromordinal(start + index), "other_1").available for index in range(20)]
    assert doors == [index >= 11 for index in range(20)]  # never between: from day 7 the second suit counts


def test_what_holds_at_the_start_opens_doors_on_the_first_day_and_days_are_counted_from_it(tmp_path):
    scenario = toy(weights=(-5, -5, 4), days=8, replayed=7)
    scenario["facts"] = {"held": {"meaning": "held", "at_start": 2}, "other": {"meaning": "holds for nobody"}}
    scenario["actions"]["one"]["other_1"]["requires"] = [{"quantity": "held", "days_since": 3}]
    scenario["actions"]["one"]["other_2"] |= {"requires": [{"quantity": "held", "at_least": 1}], "lowers": {"held": 1}}
    scenario["acts"] = force("one.other_2", 1, 4)
    model = Crisis(compiled(tmp_path, scenario))
    assert (model.fact("held"), model.fact("other")) == (2, 0)
    model.run_model()
    actor, start = model.actor("one"), model.compiled.start.toordinal()
    doors = [[actor.reason(type(model.date).fromordinal(start + index), f"other_{k}").available for index in range(8)] for k in (1, 2)]  # fmt: skip
    assert doors[0] == [index >= 3 for index in range(8)]
    assert doors[1] == [index < 5 for index in range(8)]


def test_a_hostility_requirement_reads_hostility(tmp_path):
    scenario = toy(weights=(-5, -5), days=2, replayed=1)
    scenario["actions"]["one"]["other_1"]["requires"] = [{"quantity": "hostility", "at_least": 0.4}]
    model = Crisis(compiled(tmp_path, scenario))
    assert term(model, AVAILABLE, "one.other_1") == 0
    set_marks(model, model.state.memory, HOSTILE, "one", "other", 0.4)
    assert term(model, AVAILABLE, "one.other_1") == 1


def test_lists_mean_and_and_any_means_or(tmp_path):
    scenario = toy(weights=(-5, -5, -5), days=2, replayed=1)
    scenario["facts"] = {name: {"meaning": name} for name in ("a", "b", "c")}
    scenario["actions"]["one"]["other_0"]["raises"] = {"a": 1, "b": 1, "c": 1}
    either = [{"quantity": "a", "at_least": 1}, {"quantity": "b", "at_least": 1}]
    scenario["actions"]["one"]["other_1"]["requires"] = [{"any": either}, {"quantity": "c", "at_most": 0}]
    table = {}
    model = Crisis(compiled(tmp_path, scenario))
    for a in (0, 1):
        for b in (0, 1):
            for c in (0, 1):
                set_facts(model, a=a, b=b, c=c)
                table[a, b, c] = term(model, AVAILABLE, "one.other_1") == 1
    assert table == {(a, b, c): bool((a or b) and not c) for a, b, c in table}


def shares(model, *channel):
    """Share of each action of a channel this morning, by name."""
    model.state.counted[:] = model.state.chances[:] = 0.0  # as before any record
    look(model)
    members = [(index, act.action) for index, act in enumerate(model.compiled.acts) if act.channel == channel]
    return {name: float(model.reasons.actions[index, SHARE]) for index, name in members}


def test_shares_follow_commonness_and_rarity_among_the_open_doors(baseline):
    """On the first day nobody is held and no threat is open: no U.S. measure is open."""
    found = shares(Crisis(baseline), "united_states", "cambodia", "hostile")
    common = {
        "criticise": 1.6,
        "reject_accusation": 0.21,
        "security_alert": 0.1,
        "demand_reform": 0.86 * math.exp(-0.25 * 3),
        "reduce_relations": 0.2 * math.exp(-0.25 * 2),
        "recognise_rival": 0.13 * math.exp(-0.25 * 2),
        "threaten_sanctions": 0.77 * math.exp(-0.25 * 3.8),
    }
    assert {name: share for name, share in found.items() if share > 0} == pytest.approx(
        {name: weight / sum(common.values()) for name, weight in common.items()}, rel=1e-13
    )


def test_a_closed_door_raises_the_others_in_proportion(baseline):
    model = Crisis(baseline)
    before = shares(model, "cambodia", "opposition", "hostile")
    set_facts(model, leader_detained=1)
    after = shares(model, "cambodia", "opposition", "hostile")
    closed = before.pop("detain_leader")
    assert after.pop("detain_leader") == 0.0
    assert after == pytest.approx({name: share / (1 - closed) for name, share in before.items()}, rel=1e-14)


def test_shares_of_a_channel_sum_to_one_or_to_nothing_when_all_doors_are_closed(tmp_path):
    scenario = toy(weights=(-5, -6, -7), days=2, replayed=1)
    scenario["facts"] = {"open": {"meaning": "open"}}
    scenario["actions"]["other"]["one_0"]["raises"] = {"open": 1}
    for action in scenario["actions"]["one"].values():
        action["requires"] = [{"quantity": "open", "at_least": 1}]
    model = Crisis(compiled(tmp_path, scenario))
    assert sum(shares(model, "one", "other", "hostile").values()) == 0.0
    look(model)
    assert np.isfinite(model.reasons.actions).all()
    set_facts(model, open=1)
    assert sum(shares(model, "one", "other", "hostile").values()) == pytest.approx(1.0, rel=1e-15)
