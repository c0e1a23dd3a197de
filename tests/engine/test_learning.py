"""Limit 11 (design: The model, section 7): what a record teaches, and what a what-if leaves as it was."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy import special
from toy import WITHOUT_JIT, day, records, runs, shipped, toy
from toy import compiled as toy_compiled

from sim.engine.crisis import Crisis
from sim.engine.learning import BaseDraws, compile_scenario
from sim.evidence.likelihood import Scorer
from sim.results.posterior import Posterior, read_draws, write_draws
from sim.results.run import learned_section
from sim.rules import arrays as t
from sim.scenario.load import load, varied
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, UserError

AS_IT_WAS = str(Path(__file__).parent / "version_1" / "baseline.yaml")
KINDS = ("state_to_state", "state_to_society", "society_to_state")
# The baseline as it was before Cambodia became a case of a kind, and numbers under which an implementation of its own, by the page of rules alone, gave what `BY_OTHERS` says.
VERSION_1 = [
    *(f"pairs.{kind}.reciprocity={0.05 if kind == 'society_to_state' else 0.16}" for kind in KINDS),
    *(f"pairs.{kind}.{number}" for kind in KINDS for number in (
        "momentum=0.2", "memory_half_life_days=7", "momentum_half_life_days=2", "base_shape=0.1", "base_mean=0.03",
        "generosity=1", "mix_weight=1e9",
    )),
    "parameters.generosity=null",
    "parameters.repression_for_a_third_party=1",
    "channels.cambodia.united_states.cooperative.answers_to=[{memory: goodwill, of: united_states}, {memory: hostility, of: united_states}]",
    "channels.cambodia.opposition.cooperative.answers_to=[{memory: goodwill, of: opposition}, {memory: hostility, of: united_states}]",
]  # fmt: skip
BY_OTHERS = {  # mean and 95 % interval, acts per day
    ("cambodia", "opposition", "hostile"): (0.0236, 0.0115, 0.0401),
    ("cambodia", "united_states", "hostile"): (0.0127, 0.0046, 0.0250),
    ("united_states", "cambodia", "hostile"): (0.0047, 0.0002, 0.0166),
    ("china", "cambodia", "cooperative"): (0.0068, 0.0024, 0.0135),
    ("opposition", "cambodia", "hostile"): (0.0016, 0.0, 0.0065),
}


def learned(compiled) -> dict[tuple[str, str, str], tuple[float, float, float]]:
    """Mean and 95 % interval of each base."""
    shape, days = compiled.teaching.shape, compiled.teaching.days
    low, high = (special.gammaincinv(shape, share) / days for share in (0.025, 0.975))
    return dict(zip(compiled.channels, zip(shape / days, low, high, strict=True), strict=True))


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Path:
    """A quarrel of two with the record of one of its own runs, at a base of .05."""
    return write_case(tmp_path_factory.mktemp("case"), seed=1)


def write_case(folder: Path, seed: int, base: float = 0.05, days: int = 400, **numbers: float) -> Path:
    scenario = toy(days=days + 30, base=base, **numbers)
    (acts, _), *_ = records(toy_compiled(folder, scenario), seed, range(1))
    rows = ["date,actor,target,action,source,note", f"{day(0)},one,other,other_0,made up,"]
    for index, code in zip(*acts[1:days].nonzero(), strict=True):
        who, whom = ("one", "other") if code == 0 else ("other", "one")
        rows.append(f"{day(int(index) + 1)},{who},{whom},{whom}_0,made up,")
    (folder / "record.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    scenario = toy(days=days + 30, replayed=days, **numbers)
    del scenario["channels"]
    scenario["record"] = {"file": "record.csv", "replay": "none", "month_only": "leave_out"}
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump(scenario, sort_keys=False), encoding="utf-8")
    return path


def test_bases_are_those_that_an_implementation_of_its_own_learned():
    found = learned(compile_scenario(load(AS_IT_WAS, (), VERSION_1)))
    for channel, expected in BY_OTHERS.items():
        assert found[channel] == pytest.approx(expected, abs=6e-5), channel


def test_forecasts_day_by_day_are_those_of_an_implementation_of_its_own():
    """ln L of each day's acts by channel, all that came before them known: -255.4."""
    scenario = compile_scenario(load(AS_IT_WAS, ["clock.start=2016-05-26", "record.replay=all"], VERSION_1))
    chances = Scorer(scenario).chances(scenario, date(2016, 5, 26), date(2017, 9, 15))
    hazards, came = -np.log1p(-chances), scenario.tables.schedule[: len(chances)] == t.FORCED
    total = 0.0
    for channel in range(len(scenario.channels)):
        members = scenario.tables.actions[:, t.CHANNEL] == channel
        hazard, act = hazards[:, members].sum(axis=1), came[:, members].any(axis=1)
        total += np.log(-np.expm1(-hazard[act])).sum() - hazard[~act].sum()
    assert total == pytest.approx(-255.4, abs=0.05)


def test_a_silent_record_of_n_days_leaves_the_mean_that_the_filter_says(tmp_path):
    """E[b] = a₀/(a₀/m₀ + n): the only action of the channel is open on every day."""
    path = write_case(tmp_path, seed=1, base=0.0, days=100, base_shape=0.5, base_mean=0.02)
    mean, _, _ = learned(compile_scenario(load(path)))["other", "one", "hostile"]
    assert mean == pytest.approx(0.5 / (0.5 / 0.02 + 100), rel=1e-12)


@pytest.mark.skipif(WITHOUT_JIT, reason="a hundred runs of four hundred days")
def test_simulated_records_give_their_bases_back(tmp_path):
    """95 % intervals hold the true base in 90 to 99 of 100 records, with answers and momentum as a society draws them."""
    held = 0
    for seed in range(100):
        folder = tmp_path / str(seed)
        folder.mkdir()
        path = write_case(folder, seed, base=0.04, base_mean=0.02, reciprocity=0.04, momentum=0.1)
        _, low, high = learned(compile_scenario(load(path)))["other", "one", "hostile"]
        held += low <= 0.04 <= high
    assert 90 <= held <= 99


def test_a_belief_that_nothing_can_shake_is_a_fixed_base(case):
    """Limit 11: with a shape without end at the mean m, a run is that of the base m."""
    sure = compile_scenario(load(case, ["pairs.state_to_state={base_shape: 1e15, base_mean: 0.03}"]))
    fixed = compile_scenario(load(case, [f"channels.{pair}.hostile.base=0.03" for pair in ("one.other", "other.one")]))
    for (acts, _), (others, _) in zip(records(sure, 1, runs(50)), records(fixed, 1, runs(50)), strict=True):
        assert np.array_equal(acts, others)


def test_what_if_keeps_the_bases_and_a_belief_learns_them_anew(case):
    plain, what_if, believed = (
        compile_scenario(load(case, *laid))
        for laid in ((), (["pairs.state_to_state.momentum=0.5"],), ((), ["pairs.state_to_state.momentum=0.5"]))
    )
    assert learned(what_if) == learned(plain) != learned(believed)
    assert what_if.teaching.from_case.all() and not believed.teaching.from_case.any()


def test_backing_as_a_what_if_keeps_the_bases_of_the_case_and_as_a_belief_does_not():
    """Learned at backing .15, repression would have a base so high that the contrast in backing were explained away."""
    key = ("cambodia", "opposition", "hostile")
    plain, what_if = learned(shipped("baseline"))[key], learned(shipped("baseline+weak_backing"))[key]
    believed = learned(compile_scenario(load("baseline", (), ["parameters.backing=0.15"])))[key]
    assert what_if == plain
    assert believed[0] > 1.5 * plain[0]


def test_a_record_that_a_part_names_belongs_to_the_scenario_that_the_part_makes_whole(case, tmp_path):
    """What extends that scenario asks what if, as if the scenario named the record itself."""
    main = yaml.safe_load(case.read_text())
    (tmp_path / "record.csv").write_bytes((case.parent / "record.csv").read_bytes())
    (tmp_path / "part.yaml").write_text(yaml.safe_dump({"record": main.pop("record")}))
    (tmp_path / "main.yaml").write_text(yaml.safe_dump({"extends": "part.yaml", **main}))
    patch = "name: What if\ndescription: What if?\n"
    (tmp_path / "child.yaml").write_text(f"extends: main.yaml\n{patch}pairs.state_to_state.momentum: 0.5\n")
    (tmp_path / "grandchild.yaml").write_text(f"extends: child.yaml\n{patch}pairs.state_to_state.reciprocity: 0.3\n")
    plain = learned(compile_scenario(load(case)))
    for name in ("main", "child", "grandchild"):
        assert learned(compile_scenario(load(tmp_path / f"{name}.yaml"))) == plain, name
    assert load(tmp_path / "grandchild.yaml").case.file.endswith("main.yaml")


def test_a_belief_about_what_the_case_lacks_leaves_the_case_as_it_was():
    """Of the actor that european_union adds, the baseline knows nothing: its bases stay, and those of others too."""
    key, plain = "actors.european_union.commitment_half_life_days", shipped("european_union")
    believed = compile_scenario(load("european_union", (), [f"{key}=90", "parameters.sympathy=0.1"]))
    there = compile_scenario(load("baseline", (), ["parameters.sympathy=0.1"]))
    assert believed.teaching.from_case.tolist() == plain.teaching.from_case.tolist()
    assert learned(there).items() <= learned(believed).items()
    nodes = {name: Node(value, Place("study.yaml", 1)) for name, value in ((key, 90), ("parameters.sympathy", 0.1))}
    studied = compile_scenario(varied(load("european_union"), {}, nodes))
    assert learned(studied) == learned(believed)


def test_draws_of_a_fit_are_believed_of_a_case_as_far_as_it_leaves_their_numbers_as_they_were_fitted(tmp_path):
    """A patch keeps its own value, also a dated one, and its case is drawn; a case that is believed otherwise keeps its own."""
    keys, about = ["parameters.backing", "parameters.leverage"], {"scenario": "Cambodia 2017–18", "converged": True}
    about |= {"until": "2017-09-15", "defaults": {keys[0]: 0.85, keys[1]: 5.0}}
    write_draws(tmp_path / "draws.parquet", keys, np.array([[0.5, 4.0]]), ["share", "log-hazard"], about)

    def drawn(name: str, *beliefs: str):
        scenario = compile_scenario(load(name, (), beliefs))
        return learned(Posterior(scenario, read_draws(tmp_path)).drawn_scenario(1, 0)[0])

    def believed(*beliefs: str):
        return learned(compile_scenario(load("baseline", (), beliefs)))

    both = believed("parameters.backing=0.5", "parameters.leverage=4")
    assert drawn("baseline") == drawn("baseline+weak_backing") == drawn("baseline+backing_withdrawn") == both
    kept = believed("parameters.backing=0.5", "parameters.leverage=2")
    assert drawn("baseline+weak_backing", "parameters.leverage=2") == kept != both


def test_two_scenarios_of_one_case_have_the_same_bases_run_by_run():
    one, other = (BaseDraws(shipped(name), 1).of_runs(range(20)) for name in ("baseline", "baseline+weak_backing"))
    assert np.array_equal(one, other) and len(np.unique(one[:, 2])) == 20


def test_bases_of_runs_are_distributed_as_what_was_learned():
    scenario = shipped("baseline")
    key = ("cambodia", "opposition", "hostile")
    draws = BaseDraws(scenario, 1).of_runs(range(4_000))[:, scenario.channels.index(key)]
    _, low, high = learned(scenario)[key]
    assert np.mean(draws < low) == pytest.approx(0.025, abs=0.01)
    assert np.mean(draws > high) == pytest.approx(0.025, abs=0.01)


def test_means_are_the_same_in_every_run_and_in_both_engines(case):
    scenario = compile_scenario(load(case), bases="mean")
    bases = BaseDraws(scenario, 1).of_runs(range(5))
    assert (bases == bases[0]).all()
    assert np.array_equal(Crisis(scenario, run=3).state.base, bases[3])


def test_a_forced_act_teaches_nothing_and_a_later_day_of_knowledge_does(case):
    forced = load(case, [f"acts.x={{act: one.other_0, date: {day(200)}, do: force}}"])
    assert learned(compile_scenario(forced)) == learned(compile_scenario(load(case)))
    earlier = load(case, [f"clock.replay_until={day(200)}"])
    assert learned(compile_scenario(earlier)) != learned(compile_scenario(load(case)))


def test_what_is_learned_goes_into_the_resolved_scenario_and_comes_back(tmp_path):
    scenario = shipped("baseline+weak_backing")
    text = scenario.loaded.resolved_yaml(record="record.csv", learned=learned_section(scenario))
    (tmp_path / "record.csv").write_bytes(scenario.loaded.record_path.read_bytes())
    (tmp_path / "kept.yaml").write_text(text, encoding="utf-8")
    again = compile_scenario(load(tmp_path / "kept.yaml"))
    assert learned(again) == learned(scenario)
    assert again.teaching.chances.tolist() == scenario.teaching.chances.tolist()
    assert learned(compile_scenario(load(tmp_path / "kept.yaml", ["parameters.leverage=3"]))) == learned(scenario)
    with pytest.raises(UserError, match=r"--believe .*: would change nothing"):
        load(tmp_path / "kept.yaml", (), ["parameters.leverage=3"])


def test_an_actor_whom_the_case_lacks_is_learned_of_under_the_scenario_that_adds_it():
    union = shipped("european_union")
    of_case = dict(zip(union.channels, union.teaching.from_case, strict=True))
    assert not of_case["european_union", "cambodia", "hostile"] and of_case["united_states", "cambodia", "hostile"]
    assert dict(zip(union.channels, union.teaching.acts, strict=True))["european_union", "cambodia", "hostile"] == 6


def test_a_door_that_was_closed_does_not_make_an_action_rare(tmp_path):
    """Two actions equally common, one of them possible from day 300 of 400 on: both shares stay near one half.

    Counted over all acts alike, the late one would have fallen to about a fifth.
    """
    shares = []
    for seed in range(1, 6):
        scenario = toy([("one", "other")], (-5, -5), days=500, base=0.2)
        scenario["facts"] = {"open": {"meaning": "the door is open"}}
        scenario["actions"]["one"]["other_1"]["requires"] = [{"quantity": "open", "at_least": 1}]
        scenario["actions"]["one"]["open_door"] = {
            "target": "other", "goldstein": 0, "rung": 1, "meaning": "opens", "raises": {"open": 1},
            "requires": [{"quantity": "open", "at_most": 0}],
        }  # fmt: skip
        scenario["acts"] = {"opens": {"act": "one.open_door", "date": day(300), "do": "force"}}
        scenario["channels"]["one"]["other"]["neutral"] = {"base": 0}
        truth = toy_compiled(tmp_path, scenario)
        ((acts, _),) = records(truth, seed, range(1))
        rows = ["date,actor,target,action,source,note"] + [
            f"{day(int(index))},one,other,{truth.acts[code].action},made up,"
            for index, code in zip(*acts[:400].nonzero(), strict=True)
        ]
        (tmp_path / "record.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        del scenario["acts"]
        scenario["clock"]["replay_until"] = day(399)
        scenario["record"] = {"file": "record.csv", "replay": "all", "month_only": "leave_out"}
        compiled = toy_compiled(tmp_path, scenario)
        early, late = compiled.teaching.counted[1:]
        believed = 4 * compiled.tables.action_numbers[0, 1:, t.FREQUENCY]
        frequency = (believed + np.array([early, late])) / (4 + compiled.teaching.chances[1:])
        shares.append(frequency[1] / frequency.sum())
        assert (2 + late) / (4 + early + late) < 0.3
    assert np.mean(shares) == pytest.approx(0.5, abs=0.08)


def test_an_act_that_its_requirements_did_not_allow_makes_its_action_no_more_common(tmp_path):
    """The record goes against a requirement ten times: the mix stays as it was believed, and the base counts every act."""
    scenario = toy([("one", "other")], (-5, -5), days=90, replayed=60)
    del scenario["channels"]
    scenario["facts"] = {"open": {"meaning": "the door is open"}}
    scenario["actions"]["one"]["other_0"]["raises"] = {"open": 1}
    scenario["actions"]["one"]["other_1"]["requires"] = [{"quantity": "open", "at_least": 1}]
    rows = ["date,actor,target,action,source,note", f"{day(0)},one,other,other_1,made up,"]
    rows += [f"{day(index)},one,other,other_1,made up," for index in range(5, 50, 5)]
    (tmp_path / "record.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    scenario["record"] = {"file": "record.csv", "replay": "all", "month_only": "leave_out"}
    teaching = toy_compiled(tmp_path, scenario).teaching
    assert teaching.counted.tolist() == teaching.chances.tolist() == [0, 0]
    assert teaching.acts.tolist() == [10] and teaching.shape[0] > 0.2 + 9


def test_an_action_is_expected_as_often_as_its_drives_and_its_door_leave_it():
    """The chances of an action that was always open, and that nothing deters more than others, are the acts of its channel."""
    scenario = shipped("baseline")
    counted, chances = (
        {act.name: float(number) for act, number in zip(scenario.acts, numbers, strict=True)}
        for numbers in (scenario.teaching.counted, scenario.teaching.chances)
    )
    assert counted["china.endorse"] == 2 and chances["china.endorse"] == pytest.approx(7.0, abs=1e-6)
    assert counted["cambodia.dissolve_party"] == chances["cambodia.dissolve_party"] == 0  # there was no suit to rule on
    assert (
        chances["cambodia.detain_leader"] < chances["cambodia.restrict_media"]
    )  # deterred more, and once held no more
