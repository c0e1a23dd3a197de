"""A loaded scenario is the same whatever the order of its entries, and can be written out and loaded again."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two import RECORD, TWO, WITH_RECORD, line_of, said

from sim.scenario.load import load
from sim.scenario.problems import MAX_PROBLEMS
from sim.scenario.yaml_file import parse_yaml
from sim.scenario.yaml_text import write_yaml

PLAIN = parse_yaml(TWO, "two.yaml").plain()


@pytest.mark.parametrize("patch", ["", WITH_RECORD])
def test_a_resolved_scenario_loads_to_the_same(folder, patched, patch):
    assert patched(patch) == []
    loaded = load("patch.yaml")
    (folder / "again.yaml").write_text(loaded.resolved_yaml(), encoding="utf-8")
    again = load("again.yaml")
    assert (again.scenario, again.hash) == (loaded.scenario, loaded.hash)
    assert [(order.day, order.name) for order in again.ordered] == [(order.day, order.name) for order in loaded.ordered]


@given(st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_entries_changes_nothing(random):
    def shuffled(plain):
        if not isinstance(plain, dict):
            return plain
        return {key: shuffled(plain[key]) for key in random.sample(list(plain), len(plain))}

    Path("shuffled.yaml").write_text(write_yaml(shuffled(PLAIN)))
    assert load("shuffled.yaml").hash == load("two.yaml").hash


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("name: Two", "name: Two", True),
        ("name: Two", "name: Two   # a comment", True),
        ("name: Two", "name: Too", False),
        ("momentum: 0.2", "momentum: 0.21", False),
        ("source: judgement", "source: a study", False),
        ("do: force", "do: force, note: seen", False),
    ],
)
def test_the_hash_changes_with_anything_that_is_said_and_with_nothing_else(folder, old, new, same):
    (folder / "other.yaml").write_text(TWO.replace(old, new, 1))
    assert (load("other.yaml").hash == load("two.yaml").hash) is same


def test_the_hash_changes_with_the_record(folder, patched):
    assert patched(WITH_RECORD) == []
    before = load("patch.yaml").hash
    (folder / "record.csv").write_text(RECORD.replace("told late", "told early"))
    assert load("patch.yaml").hash != before


def test_a_record_lies_beside_the_file_that_names_it(folder):
    (folder / "case").mkdir()
    (folder / "record.csv").rename(folder / "case" / "record.csv")
    (folder / "case" / "case.yaml").write_text(WITH_RECORD.splitlines()[1])
    (folder / "whole.yaml").write_text("extends: [two.yaml, case/case.yaml]\nacts.first_troops: null\n")
    assert said(file="whole.yaml") == []
    assert len(load("whole.yaml").ordered) == 2


def test_acts_that_draw_acts_without_end_are_an_error_unless_allowed_and_a_warning_when_close():
    words = (
        "each act draws 2.46 acts in all, so acts draw acts without end; allowed: less than 1, or allow_explosive: true"
    )
    place = "--set pairs.state_to_state.momentum=3: reciprocity, momentum"
    assert said("pairs.state_to_state.momentum=3") == [f"{place}: {words}"]
    Path("own.yaml").write_text(TWO.replace("momentum: 0.2", "momentum: 3", 1), encoding="utf-8")
    assert said(file="own.yaml") == [f"own.yaml:{line_of('rules:')}: reciprocity, momentum: {words}"]
    (warning,) = load("two.yaml", ["pairs.state_to_state.momentum=3", "allow_explosive=true"]).warnings
    assert str(warning) == f"{place}: each act draws 2.46 acts in all, close to without end"


def test_everything_wrong_anywhere_is_told_at_once_in_the_order_of_files_and_lines(folder, patched):
    (folder / "record.csv").write_text(RECORD.replace("a paper,told late", ",told late"))
    problems = patched(WITH_RECORD + "actors.north.strategy: tat\nactions.north.clash.rung: 9\n", "rules.rarity=-1")
    assert [problem.split(": ")[:2] for problem in problems] == [
        ["--set rules.rarity=-1", "rules.rarity.value"],
        ["patch.yaml:4", "actors.north.strategy"],
        ["patch.yaml:5", "actions.north.clash.rung"],
        ["record.csv:3", "source"],
    ]


@pytest.mark.parametrize("entry", ["{label: x}", "3", "{strategy: nothing}"])
def test_a_flood_of_problems_is_cut_and_said_to_be(patched, entry):
    problems = patched("".join(f"actors.a{number}: {entry}\n" for number in range(MAX_PROBLEMS + 1)))
    assert f"patch.yaml: there are more problems of one kind; {MAX_PROBLEMS} of them are listed" in problems


@pytest.mark.parametrize("file", ["record.csv", "./record.csv", "{folder}/record.csv"])
def test_a_record_named_by_a_setting_is_looked_for_beside_the_scenario(
    folder, patched, file, tmp_path_factory, monkeypatch
):
    assert patched(WITH_RECORD) == []
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert said(f"record.file={file.format(folder=folder)}", file=folder / "patch.yaml") == []


def test_a_record_that_is_a_link_to_itself_is_told(folder, patched):
    (folder / "loop.csv").symlink_to("loop.csv")
    assert patched(WITH_RECORD.replace("record.csv", "loop.csv"))


def test_an_action_without_a_weight_does_not_make_its_rows_wrong(patched):
    (found,) = patched(WITH_RECORD + "actions.north.accuse.cameo: '999'")
    assert found.startswith("patch.yaml:4: actions.north.accuse.cameo: ")


def test_a_record_that_cannot_be_read_does_not_make_a_what_if_wrong(patched):
    acts = "acts.one: {act: south.accuse, date: 2030-03-03, do: withhold}"
    assert patched(WITH_RECORD.replace("record.csv", "none.csv") + acts) == [
        "patch.yaml:3: record.file: there is no file 'none.csv'"
    ]


def test_a_mistake_of_merging_does_not_hide_what_is_wrong_with_an_entry(patched):
    problems = patched("facts.snow: null\nactors.north.strategy: tat\n")
    assert [problem.split(": ")[1] for problem in problems] == ["facts.snow", "actors.north.strategy"]


def test_a_mark_beyond_all_numbers_is_told_in_words(patched):
    assert patched("actions.north.accuse.salience: 1e308")
