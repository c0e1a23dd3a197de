"""Readers meet labels, never keys: every number that ships has a name in plain English, and no two share one."""

import re
from collections import Counter

import pytest

from sim.scenario.labels import labelled, labels_of
from sim.scenario.library import shipped_files, shipped_folder, shipped_names
from sim.scenario.load import load
from sim.scenario.quantities import dotted, quantities
from sim.scenario.yaml_file import read_yaml

KEY = re.compile(r"[a-z]_[a-z]")
CASES = [*shipped_names(), *(f"baseline+{name}" for name in shipped_files("variant"))]


@pytest.mark.parametrize("name", CASES)
def test_every_parameter_has_a_label_and_every_number_a_name_of_its_own(name):
    scenario = load(name).scenario
    labels = labels_of(scenario)
    assert not [key for key, entry in scenario.parameters.items() if not entry.label]
    movable = [dotted(number.path) for number in quantities(scenario) if number.quantity.low is not None]
    names = [labels[key] for key in movable]
    assert not [words for words in labels.values() if KEY.search(words)]
    assert [words for words, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("file", [*shipped_folder().glob("kinds/*.yaml"), *shipped_folder().glob("parts/*.yaml")])
def test_every_parameter_of_a_kind_is_labelled_where_it_is_explained(file):
    entries = read_yaml(file, file.name).items.get("parameters")
    explained = entries.items if entries is not None else {}
    assert [name for name, entry in explained.items() if "meaning" in entry.items and "label" not in entry.items] == []


def test_a_number_without_a_label_is_called_after_its_place():
    labels = labels_of(load("border").scenario)
    assert labelled("pairs.state_to_state.memory_half_life_days", labels) == "Half-life of memory between states"
    assert labelled("channels.north.south.hostile.base.value", labels) == "North → South, hostile: unprovoked acts"
    assert labelled("actors.north.strategy", labels) == "Strategy, North"
    assert labelled("nothing.of_the_kind", labels) == "nothing.of_the_kind"
