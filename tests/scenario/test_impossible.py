"""A scenario is told which acts of its own record it calls impossible: by the engine's rules, without its compiler."""

import numpy as np
import pytest
from click.testing import CliRunner
from two import RECORD, TWO, WITH_RECORD

from sim.commands.group import main
from sim.engine.crisis import Crisis
from sim.engine.learning import compile_scenario
from sim.rules.arrays import FORCED
from sim.scenario.impossible import impossible_acts
from sim.scenario.load import load
from sim.scenario.summary import checked

# Numbers under which many acts of the record are impossible, each by another of the requirements.
HARDER = [
    "parameters.suit_days=60",
    "facts.party_sued.at_start=1",
    "parameters.threat_before_imposition=1.2",
    "parameters.threat_before_suit=0.9",
    "parameters.commitment_half_life_days.steps={2017-09-01: 12}",
    "actions.united_states.criticise.requires=[{quantity: hostility, at_least: 0.6}]",
    "actions.china.endorse.requires=[{quantity: goodwill, at_least: 0.05}]",
    "actions.cambodia.restrict_law.requires=[{quantity: hostility, at_most: 0.4}]",
    "actions.cambodia.threaten_ban.requires=[{quantity: detainees, at_least: 1}]",
]


@pytest.mark.parametrize("name", ["baseline", "european_union"])
def test_the_replay_without_the_compiler_is_that_of_the_engine(name):
    loaded = load(name, HARDER)
    days = [row.day for row in loaded.rows if row.day is not None]
    replaying = [f"clock.start={min(days)}", f"clock.replay_until={max(days)}", "record.replay=all", "outcomes=null"]
    model = Crisis(compile_scenario(load(name, [*HARDER, *replaying])))
    impossible = []
    while model.date < max(days):
        model.step()
        for code in np.flatnonzero(model.compiled.tables.schedule[model.day - 1] == FORCED):
            act = model.compiled.acts[code]
            if not model.actor(act.actor).reason(model.date, act.action).available:
                impossible.append(f"{act.name} on {model.date}")
    assert len({name.partition(" ")[0] for name in impossible}) >= 6
    found = [
        problem.text.partition(" is impossible")[0] for problem in impossible_acts(loaded.scenario, loaded.rows_inside)
    ]
    assert sorted(found) == sorted(impossible)


@pytest.fixture
def two(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "record.csv").write_text(RECORD + "2030-05-03,south,north,declare,,no,a paper,\n")
    (tmp_path / "two.yaml").write_text(TWO)
    (tmp_path / "case.yaml").write_text("extends: two.yaml\nname: Case\n" + WITH_RECORD)
    return "case.yaml"


def test_an_impossible_act_is_told_with_its_row_what_was_asked_and_what_held(two):
    (warning,) = checked(two, ["record.month_only=leave_out"]).problems
    assert str(warning) == (
        "record.csv:7: action: north.clash on 2030-05-01 is impossible in this scenario: one of these must hold: "
        "threats_open toward south must be at least 0.3, and was 0; "
        "hostility toward south must be at least 1, and was 0.000641"
    )
    assert warning.warning


def test_each_kind_of_requirement_is_put_in_words(two):
    setting = (
        "actions.south.declare.requires=[{quantity: troops, at_most: 0}, {quantity: troops, days_since: half_life},"
        "{quantity: goodwill, at_least: 0.25}]"
    )
    words = " ".join(problem.text for problem in checked(two, [setting, "parameters.half_life.value=90"]).problems)
    assert "troops must be at most 0, and was 1" in words
    assert (
        "troops must have risen 90 (half_life) days before or more, and it last rose on 2030-03-02, 62 before" in words
    )
    assert "goodwill toward north must be at least 0.25, and was 0" in words


def test_record_check_names_all_and_check_the_first_of_them(two, tmp_path):
    rows = [f"2030-06-{day:02},north,south,clash,,no,a paper," for day in range(1, 29)]
    header = RECORD.splitlines()[0]
    (tmp_path / "record.csv").write_text("\n".join([header, *rows]) + "\n")
    told = CliRunner().invoke(main, ["record", "check", "record.csv", "--for", two])
    assert told.exit_code == 0 and told.output.count("is impossible") == 28
    assert "28 acts impossible on their days" in told.output
    told = CliRunner().invoke(main, ["check", two])
    assert told.exit_code == 0 and told.output.count("north.clash on") == 10
    assert "28 acts of the record are impossible in this scenario; 10 of them are listed" in told.output


def test_every_act_of_the_record_that_ships_is_possible():
    assert checked("baseline").problems == [] and checked("european_union").problems == []
