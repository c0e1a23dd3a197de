"""Whatever the bytes: a scenario that can be run, or everything wrong with it in words; never anything else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from two import RECORD, TWO, said

from sim.scenario.library import shipped_folder
from sim.scenario.load import load
from sim.scenario.yaml_file import parse_yaml
from sim.scenario.yaml_text import write_yaml

LINES = TWO.splitlines()
SIGNS = st.text(st.sampled_from("abz09 .-+:,{}[]\"'#&*!|>%@`?~\n\t\0é\ud800"), min_size=1, max_size=4)
SCRAPS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["north", "south", "troops", "clash", "half_life", [], {}, 0.5, "2030-04-01"])
)
any_example = settings(max_examples=200, deadline=None)


LARGE = load("baseline").resolved_yaml("record.csv")
RECORD_TEXT = (shipped_folder() / "record" / "cambodia_2016_2018.csv").read_text(encoding="utf-8")
WRONG = ("null", "{}", "[]", "x", "north", "true", "-1", "0", "1e9", "2017-10-01", '"5"', "[x]", "{x: 1}", "yes", "5%", "[null]", "{value: null}")  # fmt: skip


def paths(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of everything in a scenario that a dotted key can name."""
    for key, inner in tree.items() if isinstance(tree, dict) else ():
        if key.replace("_", "").isalnum():
            yield (*path, key)
            yield from paths(inner, (*path, key))


def judged(text: str | bytes) -> None:
    """Load it: the loader raises nothing but problems that can be printed."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8", errors="surrogatepass")
    Path("any.yaml").write_bytes(raw)
    assert all(problem and problem.isprintable() for problem in said(file="any.yaml"))


@given(st.text(max_size=200))
@any_example
def test_any_text_is_judged(text):
    judged(text)


@given(st.binary(max_size=200))
@any_example
def test_any_bytes_are_judged(raw):
    judged(raw)


@given(st.integers(0, len(TWO) - 1), st.integers(0, 12), st.just("") | SIGNS)
@any_example
def test_a_scenario_with_signs_struck_out_or_put_in_is_judged(start, length, signs):
    judged(TWO[:start] + signs + TWO[start + length :])


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1)), min_size=1, max_size=3))
@any_example
def test_a_scenario_with_lines_swapped_is_judged(swaps):
    lines = list(LINES)
    for one, other in swaps:
        lines[one], lines[other] = lines[other], lines[one]
    judged("\n".join(lines))


@pytest.mark.parametrize(("text", "record"), [(TWO, RECORD), (LARGE, RECORD_TEXT)], ids=["two", "baseline"])
@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_patch_of_one_line_makes_a_sound_scenario_or_an_error_at_that_line(text, record, data):
    """Whatever comes of it elsewhere, in the file that it patches or in the record."""
    key = data.draw(st.sampled_from([".".join(path) for path in paths(parse_yaml(text, "base.yaml").plain())]))
    Path("base.yaml").write_text(text, encoding="utf-8")
    Path("record.csv").write_text(record, encoding="utf-8")
    Path("patch.yaml").write_text(f"extends: base.yaml\n{key}: {data.draw(st.sampled_from(WRONG))}\n", encoding="utf-8")
    problems = said(file="patch.yaml")
    assert not problems or any(problem.startswith("patch.yaml:2: ") for problem in problems), problems
    assert len(problems) <= 4, problems


@pytest.mark.parametrize("wrong", ["{}", "{x: 1}", "{value: null}", "[null]", "-1", "null"])
@pytest.mark.parametrize("role", ["government", "outside_powers", "patrons"])
def test_a_player_that_is_none_is_an_error_at_its_line(role, wrong):
    Path("base.yaml").write_text(LARGE, encoding="utf-8")
    Path("record.csv").write_text(RECORD_TEXT, encoding="utf-8")
    Path("patch.yaml").write_text(f"extends: base.yaml\nroles.{role}: {wrong}\n", encoding="utf-8")
    problems = said(file="patch.yaml")
    assert not problems or any(problem.startswith("patch.yaml:2: ") for problem in problems), problems


@given(st.data())
@any_example
def test_a_scenario_with_a_value_replaced_or_removed_is_judged(data):
    """Values of the wrong kind reach deeper than signs do: past the parser, to the checks."""
    tree = parse_yaml(TWO, "two.yaml").plain()
    for _ in range(data.draw(st.integers(1, 2))):
        here = tree
        while True:
            key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if isinstance(here[key], dict | list) and here[key] and data.draw(st.integers(0, 3)):
                here = here[key]
            else:
                break
        here[key] = data.draw(SCRAPS)
    judged(write_yaml(tree))
