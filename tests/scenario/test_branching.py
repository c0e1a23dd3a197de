"""How many acts an act draws: laws of the spectral radius, its value where it is known, and no work done twice."""

import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from many import many_actors

from sim.scenario.branching import branching_matrix, spectral_radius, spectral_radius_of, strong_components
from sim.scenario.load import Loaded, load, varied
from sim.scenario.nodes import Node
from sim.scenario.problems import Place
from sim.scenario.schema import Scenario
from sim.scenario.yaml_text import write_yaml


def loaded(count: int, share: float = 0.0) -> Loaded:
    text = write_yaml(yaml.safe_load(yaml.safe_dump(many_actors(count, share))))
    for day in ("2030-03-01", "2030-03-05", "2030-12-31"):
        text = text.replace(f'"{day}"', day)
    Path("many.yaml").write_text(text, encoding="utf-8")
    return load("many.yaml")


def blocks(scenario: Scenario) -> list[int]:
    """How many channels hang together in each block."""
    followers: dict[int, list[int]] = {}
    for row, column, _ in branching_matrix(scenario, scenario.clock.start, set()):
        followers.setdefault(column, []).append(row)
    return sorted(len(block) for block in strong_components(followers))


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("baseline", "0.45680"),
        ("border", "0.58458"),
        ("baseline+mobilised_opposition", "0.45680"),
        ("baseline+outside_hard_line", "0.45680"),
    ],
)
def test_the_radius_of_scenarios_that_ship(name, digits):
    assert f"{spectral_radius(load(name).scenario):.5f}" == digits


@pytest.mark.parametrize(
    ("matrix", "radius"),
    [
        ((), 0.0),
        (((0, 0, 0.3),), 0.3),
        (((0, 1, 0.5), (1, 0, 0.08)), 0.2),
        (((0, 0, 0.2), (1, 1, 0.2), (0, 1, 0.3), (1, 0, 0.3)), 0.5),
        (((1, 0, 5.0), (2, 1, 5.0), (3, 2, 5.0)), 0.0),  # one way: acts draw acts, and these no more
        (((0, 0, 0.4), (1, 1, 0.4), (1, 0, 7.0)), 0.4),
        (((0, 1, 1e308), (1, 0, 1e308)), 1e308),
        (((0, 0, 1e308), (0, 1, 1e308), (1, 0, 1e308), (1, 1, 1e308)), math.inf),
        (((0, 1, math.inf),), math.inf),
        (((0, 1, math.nan),), math.inf),
    ],
)
def test_the_radius_of_small_matrices_by_hand(matrix, radius):
    assert spectral_radius_of(matrix) == pytest.approx(radius, rel=1e-8)


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_radius_of_a_ring_is_the_geometric_mean_of_its_links(links):
    ring = tuple((place, (place + 1) % len(links), link) for place, link in enumerate(links))
    mean = math.exp(sum(map(math.log, links)) / len(links))
    assert spectral_radius_of(ring) == pytest.approx(mean, rel=1e-6)


EDGES = st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30)


@given(EDGES)
@settings(max_examples=150, deadline=None)
def test_two_places_are_in_one_component_if_each_reaches_the_other(edges):
    followers: dict[int, list[int]] = {}
    for one, other in sorted(edges):
        followers.setdefault(one, []).append(other)
    reached = {(place, place) for edge in edges for place in edge} | edges
    for through in range(10):
        reached |= {(a, c) for a, b in reached if b == through for b2, c in reached if b2 == through}
    component = {place: set(block) for block in strong_components(followers) for place in block}
    assert component == {
        place: {other for other in range(10) if {(place, other), (other, place)} <= reached}
        for place in {place for edge in edges for place in edge}
    }


def test_pairs_that_answer_each_other_alone_make_blocks_of_two_however_many_they_are():
    assert set(blocks(loaded(12).scenario)) == {2}
    assert spectral_radius(loaded(12).scenario) == pytest.approx(spectral_radius(loaded(3).scenario))


def test_where_everyone_feels_for_another_all_hostile_channels_make_one_block():
    assert max(blocks(loaded(12, share=0.05).scenario)) == 12 * 11
    assert spectral_radius(loaded(12, share=0.05).scenario) > spectral_radius(loaded(12).scenario)


@pytest.mark.parametrize(
    ("key", "again"), [("channels.north.south.hostile.base", 0), ("pairs.state_to_state.momentum", 4)]
)
def test_the_linear_algebra_of_a_sweep_is_done_once_unless_its_numbers_change(key, again):
    base = load("two.yaml")
    before = spectral_radius_of.cache_info().misses
    for number in (0.11, 0.12, 0.13, 0.14):
        varied(base, {key: Node(number, Place("study.yaml", 1))})
    assert spectral_radius_of.cache_info().misses - before == again


def test_the_largest_radius_of_all_days_counts():
    steps = "steps: {2030-06-01: 0.5, 2031-06-01: 9}, low: 0, high: 1, unit: acts per act, meaning: m, source: s"
    later = load("two.yaml", [f"parameters.reciprocity={{value: 0.1, {steps}}}"]).scenario
    assert spectral_radius(later) == spectral_radius(load("two.yaml", ["parameters.reciprocity=0.5"]).scenario)
