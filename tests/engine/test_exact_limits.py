"""Limits 1, 6, 7, 8 and 10 (design: The model, section 7): what must be identical to the last bit."""

import random
import shutil
from datetime import date
from typing import Any

import numpy as np
import pytest
import yaml
from toy import columns, compiled, records, runs, shipped, toy

from sim.engine.crisis import Actor, Crisis
from sim.engine.learning import compile_scenario
from sim.scenario.library import shipped_folder
from sim.scenario.load import load
from sim.scenario.taught import learned_section
from sim.scenario.yaml_text import write_yaml

THREE = ("cambodia", "united_states", "opposition")
NO_APPEAL_TO_CHINA = "acts.no_appeal={act: cambodia.seek_support, date: 2017-08-21, until: 2018-09-30, do: withhold}"


def bases_of(scenario):
    """Dotted keys of all bases of a scenario: a number given there takes the place of what is learned."""
    for actor, target, tone in scenario.channels:
        yield f"channels.{actor}.{target}.{tone}.base"


def identical(one, other, which=None, actors=None):
    """Whether the acts (of some actors, or all) and, for all, the tensions of two scenarios are the same in every run."""
    which = which or runs(100, 2)
    for (acts, tensions), (acts_too, tensions_too) in zip(
        records(one, 1, which), records(other, 1, which), strict=True
    ):
        if actors is not None:
            acts, acts_too = acts[:, columns(one, actors)], acts_too[:, columns(other, actors)]
        elif not np.array_equal(tensions, tensions_too):
            return False
        if not np.array_equal(acts, acts_too):
            return False
    return True


# --- limit 1 ---------------------------------------------------------------------------------------------------


def test_without_bases_and_without_a_replay_nothing_ever_happens(baseline):
    """Limit 1."""
    silent = shipped("baseline", "record.replay=none", *(f"{key}=0" for key in bases_of(baseline)))
    for acts, tensions in records(silent, 1, runs(50)):
        assert not acts.any()
        assert not tensions.any()


def test_without_bases_a_replay_is_answered(baseline):
    """Limit 1 is not true for want of anything that could act."""
    provoked = shipped("baseline", *(f"{key}=0" for key in bases_of(baseline)))
    assert any(acts[baseline.free_from :].any() for acts, _ in records(provoked, 1, runs(50, 3)))


# --- limit 6 ---------------------------------------------------------------------------------------------------


def test_with_full_backing_leverage_changes_nothing():
    """Limit 6: at backing 1 there is nothing left to be deterred by."""
    none, full = (shipped("baseline", "parameters.backing=1", f"parameters.leverage={leverage}") for leverage in (0, 8))
    assert identical(none, full)
    none, full = (shipped("baseline", "parameters.backing=0", f"parameters.leverage={leverage}") for leverage in (0, 8))
    assert not identical(none, full)


def test_without_leverage_backing_changes_nothing_but_what_china_does():
    """Limit 6: with no appeal to China, the acts of the other three are identical for any backing."""
    levels = [
        shipped("baseline", "parameters.leverage=0", NO_APPEAL_TO_CHINA, f"parameters.backing={backing}")
        for backing in (0, 0.4, 1)
    ]
    assert identical(levels[0], levels[1], actors=THREE)
    assert identical(levels[0], levels[2], actors=THREE)
    assert not identical(levels[0], levels[2], actors=["china"])


def test_with_leverage_backing_changes_what_the_others_do():
    """Limit 6 is not true because backing does nothing."""
    levels = [shipped("baseline", NO_APPEAL_TO_CHINA, f"parameters.backing={backing}") for backing in (0, 1)]
    assert not identical(*levels, actors=THREE)


# --- limit 7 ---------------------------------------------------------------------------------------------------

LONG_REPLAY = "clock.replay_until=2017-12-31"
HOME = ("restrict_media", "restrict_law", "threaten_ban", "sue_party", "dissolve_party", "offer_dialogue")


def hazards_of_united_states(sympathy, home_acts):
    """Its hazards on every day of 2017, given one list of acts toward it and another at home."""
    chance = random.Random(5)
    abroad = [
        (chance.choice(("accuse", "threaten", "offer_talks", "demand_withdrawal")), index)
        for index in sorted(chance.sample(range(30, 100), 20))
    ]
    arrests = [("arrest", index) for index in (40, 41, 77)]  # a fact that its demands require
    start = date(2017, 8, 21).toordinal()
    acts = [
        f"acts.x{number}={{act: cambodia.{name}, date: {date.fromordinal(start + index)}, do: force}}"
        for number, (name, index) in enumerate([*abroad, *arrests, *home_acts])
    ]
    model = Crisis(shipped("baseline", LONG_REPLAY, f"parameters.sympathy={sympathy}", *acts))
    while model.date < date(2017, 12, 31):
        model.step()
    actor = model.actor("united_states")
    names = [act.action for act in model.compiled.acts if act.actor == "united_states"]
    return [actor.reason(model.compiled.date(index), name).hazard for index in range(model.day) for name in names]


@pytest.mark.parametrize("seed", range(3))
def test_without_sympathy_washington_does_not_see_what_is_done_to_the_opposition(seed):
    """Limit 7: its hazards, given the acts toward it and the facts that its actions require, are identical."""
    chance = random.Random(seed)
    home = [(HOME[number % len(HOME)], index) for number, index in enumerate(chance.sample(range(27, 130), 30))]
    assert hazards_of_united_states(0, home) == hazards_of_united_states(0, [])
    assert hazards_of_united_states(0.5, home) != hazards_of_united_states(0.5, [])


def test_who_is_not_distracted_does_not_see_north_korea():
    """Limit 7: with a distraction of 0 its salience is irrelevant."""
    calm, loud = (
        shipped("baseline", "parameters.distraction=0", f"parameters.north_korea_salience={salience}")
        for salience in (0, 1)
    )
    assert identical(calm, loud)
    assert not identical(*(shipped("baseline", f"parameters.north_korea_salience={salience}") for salience in (0, 1)))


# --- limit 8 ---------------------------------------------------------------------------------------------------


def cooperative_acts_among_three(scenario):
    named = [
        index
        for index, act in enumerate(scenario.acts)
        if act.tone == "cooperative" and act.actor in THREE and act.target in THREE
    ]
    assert len(named) == 12
    return sum(int(acts[:, named].sum()) for acts, _ in records(scenario, 1, runs(200, 3)))


@pytest.mark.parametrize(
    "variant",
    [(), ("parameters.backing=0.15", "parameters.leverage=8"), ("actors.united_states.strategy=grim_trigger",)],
)
def test_without_generosity_nobody_ever_makes_the_first_kind_step(variant):
    """Limit 8: nothing cooperative among the three is replayed, so none of them ever cooperates."""
    assert cooperative_acts_among_three(shipped("baseline", "parameters.generosity=0", *variant)) == 0


def test_one_forced_kind_step_is_enough_to_be_answered():
    """Limit 8 is not true for want of an answer to kindness: it is answered although nobody is generous."""
    forced = [
        f"acts.x{day}={{act: united_states.offer_talks, date: 2017-09-{day}, do: force}}" for day in range(16, 31)
    ]
    kind = shipped("baseline", "parameters.generosity=0", "pairs.state_to_state.reciprocity=0.5", *forced)
    assert cooperative_acts_among_three(kind) > 15 * len(runs(200, 3))


# --- limit 10, exactly -----------------------------------------------------------------------------------------


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same data with every mapping in another order; lists keep theirs."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def complete(compiled):
    """A scenario as plain data, with what the record has taught it under the numbers of its case."""
    scenario = compiled.loaded.scenario.model_copy(update={"learned": learned_section(compiled)})
    return scenario.model_dump(exclude_none=True)


@pytest.mark.parametrize("name", ["baseline", "european_union"])
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_entries_in_a_file_changes_nothing(tmp_path, name, seed):
    """Limit 10: actors, actions, drives, sympathies, facts ... in any order."""
    original = shipped(name)
    shutil.copytree(shipped_folder() / "record", tmp_path / "record")
    (tmp_path / "shuffled.yaml").write_text(write_yaml(shuffled(complete(original), random.Random(seed))))
    other = compile_scenario(load(tmp_path / "shuffled.yaml"))
    assert list(other.loaded.scenario.actors) != list(original.loaded.scenario.actors) or seed
    assert identical(original, other, runs(30, 1))


@pytest.mark.parametrize("misperception", [0, 0.5])
@pytest.mark.parametrize("newcomer", ["abstainer", "zz_abstainer"])
def test_an_added_actor_that_never_acts_changes_nothing(newcomer, misperception):
    """Limit 10: not even where it stands first in every list, remembers, feels for others and errs in what it sees."""
    entry = shipped().loaded.resolved()["actors"]["china"] | {"label": "Abstainer"}
    settings = [
        f"actors.{newcomer}={yaml.safe_dump(entry, default_flow_style=True, width=9999).strip()}",
        f"actions.{newcomer}={{watch: {{target: cambodia, goldstein: -1, rung: 1, meaning: never happens}}}}",
        f"channels.{newcomer}={{cambodia: {{hostile: {{base: 0}}}}}}",
        f"sympathies.of_{newcomer}={{actor: {newcomer}, feels_for: opposition, against: cambodia, share: 0.3}}",
        f"actors.{newcomer}.strategy=unresponsive",
    ]
    error = f"rules.misperception_sd={misperception}"
    without, with_it = shipped("baseline", error), shipped("baseline", error, *settings)
    same_acts = [with_it.acts.index(act) for act in with_it.acts if act.actor != newcomer]
    same_pairs = [with_it.pairs.index(pair) for pair in without.pairs]
    assert [with_it.acts[index].name for index in same_acts] == [act.name for act in without.acts]
    which = runs(50, 2)
    for (acts, tensions), (acts_too, tensions_too) in zip(
        records(without, 1, which), records(with_it, 1, which), strict=True
    ):
        assert np.array_equal(acts, acts_too[:, same_acts])
        assert np.array_equal(tensions, tensions_too[:, same_pairs])


def test_the_order_in_which_agents_decide_changes_nothing(baseline, monkeypatch):
    """Limit 10: everyone decides on the same morning's picture."""
    in_order = Crisis(baseline)
    in_order.run_model()
    order = []
    decide = Actor.decide
    monkeypatch.setattr(Actor, "decide", lambda actor: (order.append(actor.name), decide(actor)))
    monkeypatch.setattr(type(in_order.agents), "do", type(in_order.agents).shuffle_do)
    at_random = Crisis(baseline)
    at_random.run_model()
    assert len({tuple(order[index : index + 4]) for index in range(0, len(order), 4)}) == 24  # every order came up
    assert np.array_equal(in_order.acts, at_random.acts)
    assert np.array_equal(in_order.tensions, at_random.tensions)


def test_adding_an_action_that_is_never_available_changes_nothing(tmp_path):
    """A door that never opens takes no share."""
    scenario = toy(base=0.05, reciprocity=0.3, days=300)
    scenario["facts"] = {"never": {"meaning": "never"}}
    scenario["actions"]["other"]["one_0"]["lowers"] = {"never": 1}
    plain = compiled(tmp_path, scenario)
    scenario["actions"]["one"]["other_1"] = scenario["actions"]["one"]["other_0"] | {
        "requires": [{"quantity": "hostility", "at_least": 1e9}]
    }
    more = compiled(tmp_path, scenario)
    same = [index for index, act in enumerate(more.acts) if act.action != "other_1"]
    which = runs(50, 2)
    assert all(
        np.array_equal(acts, too[:, same])
        for (acts, _), (too, _) in zip(records(plain, 1, which), records(more, 1, which), strict=True)
    )
