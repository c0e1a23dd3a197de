"""What is wrong with the form of an entry is told in words, and hides nothing that is wrong elsewhere."""

from pathlib import Path

import pytest
from two import TWO, line_of, said

from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.yaml_file import parse_yaml
from sim.scenario.yaml_text import write_yaml

QUANTITY = "a number, the name of a parameter, or {value: …}"
NAME = "a name of lower-case letters, digits and _, starting with a letter, at most 60"
ROLES = "none, threat, demand, imposition, support"
DATE = "a date, year-month-day without quotes"
UNITS = "share, ratio, acts per day, acts per act, days, log-hazard, marks, count, acts, Goldstein points, per Goldstein point"


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ("drives.audience.wieght: 1", "drives.audience.wieght: unknown key; allowed: drive, actor, toward, tone, role, weight, constant, signal, deadline, horizon_days, rival, client, fact, meaning; did you mean 'weight'?"),
        ("drive: {}", "drive: unknown key; allowed: name, description, caveats, clock, dates, scale, roles, rungs, rules, parameters, actors, facts, actions, pairs, channels, sympathies, patrons, pressures, strengths, drives and 5 more; did you mean 'drives'?"),
        ("actions.north.accuse.role: thret", f"actions.north.accuse.role: found thret (text); allowed: {ROLES}; did you mean 'threat'?"),
        ("rungs.high: above all", "rungs.high: 'high' cannot be a key here; allowed: the number of a rung, 0 to 99"),
        ("rungs.5: 3", "rungs.5: found 3 (a number); allowed: text (in quotes if it looks like something else)"),
        ("outcomes.peak.classes: {calm: 'a.b'}", "outcomes.peak.classes.calm: found a.b (text); allowed: letters, digits, spaces and hyphens, starting with a letter, at most 60"),
        ("rungs: [still, said]", "rungs: found a list; allowed: a mapping, `key: value`"),
        ("actions.north.accuse.rung: -1", "actions.north.accuse.rung: found -1 (a number); allowed: at least 0"),
        ("actions.north.accuse.rung: 2.5", "actions.north.accuse.rung: found 2.5 (a number); allowed: a whole number"),
        ("outcomes.shots.days: 20.0", "outcomes.shots.days: found 20.0 (a number): write 20; allowed: a whole number"),
        ("actions.north.accuse.cameo: 112", "actions.north.accuse.cameo: found 112 (a number); allowed: text (in quotes if it looks like something else)"),
        ("actions.north.accuse.cameo: '11x'", "actions.north.accuse.cameo: found 11x (text); allowed: a CAMEO code of 2 to 4 digits, in quotes"),
        ("actions.north.accuse.goldstein: 11", "actions.north.accuse.goldstein: found 11 (a number); allowed: at most 10"),
        ("actions.north.accuse.meaning: ''", "actions.north.accuse.meaning: found text that is empty; allowed: text that is not empty"),
        ("actions.north.accuse.target: The South", f"actions.north.accuse.target: found The South (text); allowed: {NAME}"),
        ("actions.north.accuse.target: [south, north]", "actions.north.accuse.target: found a list, where one name or text is wanted; allowed: one actor; an action toward two is two actions"),
        ("actions.north.accuse.requires: [{quantity: date, at_least: 2030-04-01}]", "actions.north.accuse.requires[0]: asks for a date, and requirements are about facts and memories; an act is kept away until a day by an entry of acts (do: withhold, until)"),
        ("actions.north.mobilise.raises: {troops: 0}", "actions.north.mobilise.raises.troops: found 0 (a number); allowed: at least 1"),
        ("actions.north.mobilise.raises: [troops]", "actions.north.mobilise.raises: found a list; allowed: a mapping, `key: value`"),
        ("actions.north.clash.requires: {troops: 1}", "actions.north.clash.requires: found a mapping; allowed: a list, `[…]`"),
        ("actions.north.clash.requires: [{quantity: troops}]", "actions.north.clash.requires[0]: needs a quantity and one of at_least, at_most, days_since"),
        ("actions.north.clash.requires: [{any: []}]", "actions.north.clash.requires[0]: `any` holds one level of one or more tests"),
        ("actions.north.clash.requires: [{any: [{quantity: troops, at_least: 1}], at_most: 2}]", "actions.north.clash.requires[0]: gives `any` beside a test of its own"),
        ("actions.north.accuse: says it", "actions.north.accuse: found says it (text); allowed: a mapping, `key: value`"),
        ("actors.north.label: NO\npairs.state_to_state.momentum: true", f"pairs.state_to_state.momentum: found true (true or false); allowed: {QUANTITY}"),
        ("pairs.state_to_state.momentum: [1]", f"pairs.state_to_state.momentum: found a list; allowed: {QUANTITY}"),
        ("pairs.state_to_state.momentum: '5'", f"pairs.state_to_state.momentum: found 5 (text): a number in quotes is text, write 5; allowed: {QUANTITY}"),
        ("pairs.state_to_state.momentum: {value: high}", "pairs.state_to_state.momentum.value: found high (text); allowed: a number"),
        ("pairs.state_to_state.momentum: {parameter: The One}", f"pairs.state_to_state.momentum.parameter: found The One (text); allowed: {NAME}"),
        ("pairs.state_to_state.momentum: {low: 1}", None),
        ("pairs.state_to_state.momentum: {value: 1, parameter: reciprocity}", "pairs.state_to_state.momentum: gives both a number (value) and the name of a parameter (parameter)"),
        ("pairs.state_to_state.momentum: {value: 1, unit: days per act}", f"pairs.state_to_state.momentum.unit: found days per act (text); allowed: {UNITS}; did you mean 'acts per act'?"),
        ("pairs.state_to_state.momentum: {value: 0.3, low: 0.5, high: 0.1}", "pairs.state_to_state.momentum: has a low above its high"),
        ("pairs.state_to_state.momentum: {steps: {2030-13-01: 1}}", f"pairs.state_to_state.momentum.steps.2030-13-01: '2030-13-01' cannot be a key here; allowed: {DATE}"),
        ("pairs.state_to_state.momentum: {steps: {2030-06-01: high}}", "pairs.state_to_state.momentum.steps.2030-06-01: found high (text); allowed: a number"),
        ("clock.start: 2030-3-1", f"clock.start: found 2030-3-1 (text): a date is written with all of its digits and hyphens, write 2030-03-01; allowed: {DATE}"),
        ("clock.start: '2030-03-01'", f"clock.start: found 2030-03-01 (text): a date in quotes is text, write 2030-03-01; allowed: {DATE}"),
        ("clock: 2030-03-01", "clock: found 2030-03-01 (a date); allowed: a mapping, `key: value`"),
        ("scale.abc: 3", "scale.abc: 'abc' cannot be a key here; allowed: a CAMEO code of 2 to 4 digits, in quotes"),
        ("channels.north.south.hostil: {base: 1}", "channels.north.south.hostil: 'hostil' cannot be a key here; allowed: hostile, cooperative, neutral; did you mean 'hostile'?"),
        ("channels.north.south.hostile.generosity: 1", "channels.north.south.hostile: gives both base and generosity"),
        ("facts.Big-Guns: {meaning: big}", f"facts.Big-Guns: 'Big-Guns' cannot be a key here; allowed: {NAME}"),
        ("acts.more: {act: accuse, date: 2030-03-02, do: force}", "acts.more.act: found accuse (text); allowed: actor.action"),
        ("outcomes.peak.pair: [north]", "outcomes.peak.pair: found a list; allowed: a list of at least 2"),
        ("outcomes.peak.pair: [north, south, north]", "outcomes.peak.pair: found a list; allowed: a list of at most 2"),
        ("outcomes.peak.share: 0", "outcomes.peak.share: found 0 (a number); allowed: more than 0"),
        ("outcomes.peak.headline: maybe", "outcomes.peak.headline: found maybe (text); allowed: true or false"),
        (f"description: {'x' * 4001}", f"description: found {'x' * 59}… (text); allowed: at most 4000 letters"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_entry_is_told_with_what_is_allowed(patched, patch, problem):
    line = patch.count("\n") + 2
    assert patched(patch) == ([f"patch.yaml:{line}: {problem}"] if problem else [])


@pytest.mark.parametrize(
    ("gone", "problem"),
    [
        ("name", "name: is missing; allowed: text"),
        ("clock", "clock: is missing; allowed: a mapping with start, replay_until, end"),
        ("clock.end", f"clock.end: is missing; allowed: {DATE}"),
        ("rules.rarity_from", f"rules.rarity_from: is missing; allowed: {QUANTITY}, in Goldstein points: the weight from which rarity counts"),
        ("actors", "actors: is missing; allowed: a mapping, `key: value`"),
        ("actors.north.strategy", "actors.north.strategy: is missing; allowed: one of `escalate list strategies`"),
        ("actions.north.accuse.rung", "actions.north.accuse.rung: is missing; allowed: one of `rungs`, by its number"),
        ("rungs", "rungs: is missing; allowed: the name of each rung of the ladder, by its number, from 0 up; parts/scale.yaml has a ladder"),
        ("actions.north.accuse.target", "actions.north.accuse.target: is missing; allowed: one actor; an action toward two is two actions"),
        ("drives.audience.weight", f"drives.audience.weight: is missing; allowed: {QUANTITY}"),
        ("acts.first_troops.do", "acts.first_troops.do: is missing; allowed: force, withhold"),
        ("pressures.north.threats_from", "pressures.north.threats_from: is missing; allowed: a list, `[…]`"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_with_what_should_stand_there(gone, problem):
    (found,) = said(f"{gone}=null")
    assert found == f"--set {gone}=null: {problem.replace('is missing', 'is empty or null, and cannot be left out')}"
    assert _without(gone) == [problem]


def _without(key: str) -> list[str]:
    """What is said of the small scenario without a key, each problem without its place."""
    tree = here = parse_yaml(TWO, "two.yaml").plain()
    *steps, last = key.split(".")
    for step in steps:
        here = here[step]
    del here[last]
    Path("without.yaml").write_text(write_yaml(tree), encoding="utf-8")
    return [problem.partition(": ")[2] for problem in said(file="without.yaml")]


def test_the_line_of_a_missing_key_is_that_of_its_entry(folder):
    (folder / "without.yaml").write_text(TWO.replace("    label: North\n", ""), encoding="utf-8")
    line = line_of("label: North") - 1
    assert said(file="without.yaml") == [f"without.yaml:{line}: actors.north.label: is missing; allowed: text"]


def test_a_sound_scenario_is_typed_as_it_is_written(folder):
    scenario = load("two.yaml").scenario
    assert isinstance(scenario, Scenario)
    assert scenario.pairs["state_to_state"].momentum.value == 0.2
    assert scenario.parameters["half_life"].steps is not None


@pytest.mark.parametrize("section", list(Scenario.model_fields))
@pytest.mark.parametrize("value", ["3", "text", "[1]", "{a: 1}", "true", "2030-01-01"])
def test_a_section_of_the_wrong_kind_brings_no_error_that_is_not_about_it(section, value):
    about_it = [problem for problem in said(f"{section}=null", f"{section}={value}") if f": {section}" in problem]
    sound = (section, value) in [("name", "text"), ("description", "text"), ("allow_explosive", "true")]
    assert said(f"{section}={value}") == [] if sound else about_it


def test_an_error_of_form_in_one_entry_does_not_hide_what_is_wrong_with_another(patched):
    problems = patched("actions.north.accuse.rung: 9\nactions.north.clash.target: east\nactors.north.strategy: tat\n")
    assert [problem.split(": ")[1] for problem in problems] == [
        "actions.north.accuse.rung",
        "actions.north.clash.target",
        "actors.north.strategy",
    ]


@pytest.mark.parametrize(
    "setting",
    [
        "actors.north.strategy=3",
        "pairs.state_to_state.momentum=true",
        "actors.south.label=''",
        "facts.troops.meaning=3",
        "dates.summit.label=3",
        "parameters.half_life.unit=weeks",
        "parameters.reciprocity.low=none",
        "scale.112=high",
        "actions.north.mobilise.rung=9",
        "actions.north.accuse.target=3",
        "actions.south.declare.cameo=10",
        "actions.north.clash.requires=[3]",
        "channels.north.south.hostile.base=true",
        "channels.north.south.hostile.bass=1",
        "channels.south.north.neutral=often",
        "pressures.north.threat_weight=true",
        "strengths.south.troops.share=true",
        "drives.audience.weight=true",
        "acts.first_troops.do=forbid",
        "outcomes.shots.headline=3",
        "clock.end='2030-12-31'",
        "rules.rarity=true",
    ],
)
def test_one_error_of_form_brings_no_other_error(setting):
    (found,) = said(setting)
    assert found.startswith(f"--set {setting.partition('=')[0]}=")
