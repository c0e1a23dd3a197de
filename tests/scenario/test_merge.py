"""One merge rule: mappings merge, everything else replaces, null removes, a + key appends to a list."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.merge import expand_dots, lay
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem
from sim.scenario.yaml_file import parse_yaml


def node(plain: Any, file: str = "a.yaml") -> Node:
    if isinstance(plain, dict):
        plain = {key: node(value, file) for key, value in plain.items()}
    elif isinstance(plain, list):
        plain = [node(value, file) for value in plain]
    return Node(plain, Place(file, 1))


def merged(under: Any, over: Any) -> tuple[Any, list[str]]:
    problems: list[Problem] = []
    laid = lay(node(under), node(over), "", problems)
    return laid.plain() if laid is not None else None, [f"{problem.key}: {problem.text}" for problem in problems]


@pytest.mark.parametrize(
    ("under", "over", "result"),
    [
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3, "z": 4}}, {"a": {"x": 1, "y": 3, "z": 4}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": [1, 2]}, {"+a": [3]}, {"a": [1, 2, 3]}),
        ({"a": [1, 2]}, {"+a": [4], "a": [3]}, {"a": [3, 4]}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": {"x": 1}}, {"a": {"x": None}}, {"a": {}}),
        ({"a": {"x": 1}}, {"a": "text"}, {"a": "text"}),
        ({"a": "text"}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"a": {"x": 1}}, {"a": [1]}, {"a": [1]}),
        ({"a": {"x": 1}}, {"a": [1], "b": {}}, {"a": [1], "b": {}}),
    ],
)
def test_mappings_merge_the_rest_replaces_null_removes_plus_appends(under, over, result):
    assert merged(under, over) == (result, [])


ENTRY = {"value": 5, "steps": {"2030-01-01": 6}, "low": 0, "unit": "ratio"}


@pytest.mark.parametrize(
    ("under", "over", "result"),
    [
        (ENTRY, 4, {"value": 4, "low": 0, "unit": "ratio"}),
        (ENTRY, {"value": 4}, ENTRY | {"value": 4}),
        (ENTRY, {"low": 1}, ENTRY | {"low": 1}),
        (ENTRY, "leverage", "leverage"),
        (ENTRY, True, True),
        ("leverage", 4, 4),
        ("leverage", {"value": 4}, {"value": 4}),
        (4, {"low": 1}, {"value": 4, "low": 1}),
        (4, {"parameter": "leverage"}, {"parameter": "leverage"}),
        ({"x": 1}, 4, 4),
    ],
)
def test_a_bare_number_sets_the_value_of_an_entry_and_keeps_the_rest_but_its_steps(under, over, result):
    assert merged({"a": under}, {"a": over}) == ({"a": result}, [])


@pytest.mark.parametrize(
    ("under", "over", "said"),
    [
        ({"abc": 1}, {"abd": None}, "abd: is empty or null, which removes what stands there, and nothing does"),
        ({}, {"a": {"b": None}}, "a.b: is empty or null, which removes what stands there, and nothing does"),
        ({}, {"a": [1, None]}, "a[1]: is empty or null, which removes what stands there, and nothing does"),
        ({"a": {"x": 1}}, {"a": {}}, "a: is an empty mapping: mappings are merged, so it changes nothing"),
        ({"a": {"b": 1}}, {"a": {"b": {}}}, "a.b: is an empty mapping: mappings are merged, so it changes nothing"),
        ({"a": [1]}, {"+a": 2}, "+a: a + key appends to a list"),
        ({"a": 1}, {"+a": [2]}, "+a: there is no list 'a' to append to"),
        ({}, {"a": [{"+b": [1]}]}, "a[0].+b: there is no list 'b' to append to"),
    ],
)
def test_what_would_change_nothing_or_find_nothing_is_an_error(under, over, said):
    assert merged(under, over)[1] == [said]


def test_a_value_keeps_the_place_that_set_it():
    laid = lay(node({"a": {"value": 1, "low": 0}, "b": [1]}), node({"a": 2, "+b": [2]}, "b.yaml"), "", [])
    files = {("a",): "a.yaml", ("a", "low"): "a.yaml", ("a", "value"): "b.yaml", ("b",): "a.yaml", ("b", 1): "b.yaml"}
    assert {path: laid.node_at(path).place.file for path in files} == files


def expanded(text: str) -> tuple[Any, list[str]]:
    problems: list[Problem] = []
    return expand_dots(parse_yaml(text, "a.yaml"), problems).plain(), [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a.b.c: 1", {"a": {"b": {"c": 1}}}),
        ("a.b: 1\na.c: 2", {"a": {"b": 1, "c": 2}}),
        ("a: {b: 1}\na.c: 2", {"a": {"b": 1, "c": 2}}),
        ("a.c: 2\na: {b: 1}", {"a": {"b": 1, "c": 2}}),
        ("a.b: {c: 1}\na: {b: {d: 2}}", {"a": {"b": {"c": 1, "d": 2}}}),
        ("a.+b: [1]", {"a": {"+b": [1]}}),
        ("a: {b.c: 1}", {"a": {"b.c": 1}}),
        ("a.b: &x {c: 1}\na: {b: {d: 2}}\ne: *x", {"a": {"b": {"c": 1, "d": 2}}, "e": {"c": 1}}),
    ],
)
def test_a_dotted_key_at_the_top_of_a_file_is_a_path(text, result):
    assert expanded(text) == (result, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.b: 1\na: {b: 2}", "a.yaml:2: a.b: is given twice in this file (first at line 1)"),
        ("a: 1\na.b: 2", "a.yaml:2: a: is given twice in this file (first at line 1)"),
        ("a: {b: [1]}\na.b.c: 2", "a.yaml:2: a.b: is given twice in this file (first at line 1)"),
        ("a..b: 1", "a.yaml:1: a..b: is not a path; allowed: names joined by single dots"),
        (".a: 1", "a.yaml:1: .a: is not a path; allowed: names joined by single dots"),
        ("a" + ".a" * 30 + ": 1", "a.yaml:1: " + "a." * 29 + "a…: is nested too deeply; allowed: at most 30 levels"),
    ],
)
def test_two_things_said_at_one_path_and_what_is_no_path_are_errors(text, said):
    assert expanded(text)[1] == [said]


NAMES = st.sampled_from("abcd")
LEAVES = st.integers(-3, 3) | st.booleans() | st.sampled_from(["x", "y"])
CONTENT = st.recursive(
    LEAVES | st.lists(LEAVES, max_size=2),
    lambda inner: st.dictionaries(NAMES | st.just("value"), inner, max_size=3),
    max_leaves=8,
)
TREES = st.dictionaries(NAMES, CONTENT, max_size=4)
PATCHES = st.dictionaries(NAMES | st.sampled_from(["+a", "+b"]), CONTENT | st.none(), max_size=4)
lawful = settings(max_examples=150, deadline=None)


@given(TREES)
@lawful
def test_laying_nothing_changes_nothing_and_nor_does_laying_the_same_again(tree):
    assert merged(tree, {}) == (tree, [])
    assert merged({}, tree) == (tree, [])
    assert merged(tree, tree) == (tree, [])


@given(TREES, NAMES, LEAVES | st.lists(LEAVES))
@lawful
def test_what_is_laid_later_wins_and_what_null_removes_is_gone(tree, name, value):
    laid, problems = merged(tree, {name: value})
    sets_value = isinstance(tree.get(name), dict) and "value" in tree[name] and type(value) is int
    assert (laid[name]["value"] if sets_value else laid[name]) == value and not problems
    assert {key: laid[key] for key in tree if key != name} == {key: tree[key] for key in tree if key != name}
    assert name not in merged(laid, {name: None})[0]


@given(TREES, PATCHES, st.randoms())
@lawful
def test_the_order_of_keys_is_irrelevant(tree, patch, random):
    def shuffled(plain: Any) -> Any:
        if not isinstance(plain, dict):
            return plain
        return {key: shuffled(plain[key]) for key in random.sample(sorted(plain), len(plain))}

    laid, problems = merged(tree, patch)
    again, said = merged(shuffled(tree), shuffled(patch))
    assert (again, sorted(said)) == (laid, sorted(problems))


@given(TREES, PATCHES)
@lawful
def test_what_is_merged_is_never_changed(tree, patch):
    under, over = node(tree), node(patch)
    before = copy.deepcopy((under, over))
    lay(under, over, "", [])
    expand_dots(over, [])
    assert (under, over) == before
