"""One slip, one problem: at the line that made it, however much else comes of it, and with the name that was meant."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two import RECORD, TWO, WITH_RECORD, line_of, said

from sim.scenario.library import shipped_folder
from sim.scenario.load import load
from sim.scenario.problems import Place, Problem, UserError
from sim.scenario.yaml_file import parse_yaml
from sim.scenario.yaml_text import write_yaml

Path_ = tuple[str | int, ...]
SMALL = parse_yaml(TWO, "two.yaml").plain()
BASELINE = load("baseline")
RECORD_TEXT = (shipped_folder() / "record" / "cambodia_2016_2018.csv").read_text(encoding="utf-8")
LARGE = parse_yaml(BASELINE.resolved_yaml("record.csv"), "baseline.yaml").plain()


def keys(tree: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The path of every key, however deep, that is long enough to be misspelt."""
    if isinstance(tree, dict):
        for key, inner in tree.items():
            if isinstance(key, str) and len(key) > 3:
                yield (*path, key)
            yield from keys(inner, (*path, key))
    elif isinstance(tree, list):
        for index, inner in enumerate(tree):
            yield from keys(inner, (*path, index))


def is_free(path: Path_) -> bool:
    """Whether a key is a name or date of one's own, that nothing else has to spell in the same way."""
    free = {"drives", "acts", "outcomes", "patrons", "sympathies", "roles"}
    of_actions = path[0] == "actions" and len(path) == 3
    return "steps" in path[:-1] or path[0] == "scale" or of_actions or (path[0] in free and len(path) == 2)


def misspelt(tree: Any, path: Path_) -> str:
    """A scenario as text, with the third letter of one key left out."""
    tree = here = copy.deepcopy(tree)
    for step in path[:-1]:
        here = here[step]
    slip = str(path[-1])[:2] + str(path[-1])[3:]
    entries = [(slip if key == path[-1] else key, value) for key, value in here.items()]
    here.clear()
    here.update(entries)
    return write_yaml(tree)


def one_problem_of(text: str, path: Path_) -> None:
    """Hold the loader to one problem: at the slip, or at the one entry that has the name right, which is as likely wrong."""
    Path("slip.yaml").write_text(text, encoding="utf-8")
    (problem,) = said(file="slip.yaml")
    meant, slip = str(path[-1]), str(path[-1])[:2] + str(path[-1])[3:]
    assert problem.endswith((f"; did you mean '{meant}'?", f"; did you mean '{slip}'?")), problem
    assert slip in problem


@pytest.mark.parametrize("path", [path for path in keys(SMALL) if not is_free(path)], ids=str)
def test_a_key_that_is_misspelt_is_told_once_with_the_key_that_was_meant(path):
    one_problem_of(misspelt(SMALL, path), path)


@given(st.sampled_from([path for path in keys(LARGE) if not is_free(path)]))
@settings(max_examples=60, deadline=None)
def test_so_is_one_of_a_large_scenario_with_a_record(path):
    Path("record.csv").write_text(RECORD_TEXT, encoding="utf-8")
    one_problem_of(misspelt(LARGE, path), path)


NEEDS = "is empty or null, which takes away what is needed by"
ALLOWED = "; allowed: what is needed, or nothing that needs it"


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ("parameters.half_life: ~", f"parameters.half_life: {NEEDS} pairs.state_to_state.memory_half_life_days (two.yaml:N){ALLOWED}"),
        ("parameters.half_life:", f"parameters.half_life: {NEEDS} pairs.state_to_state.memory_half_life_days (two.yaml:N){ALLOWED}"),
        ("facts: null", f"facts: {NEEDS} actions.north.clash.requires[0].quantity (two.yaml:N), actions.north.mobilise.raises.troops (two.yaml:N) and 2 more{ALLOWED}"),
        ("facts: {}", "facts: is an empty mapping: mappings are merged, so it changes nothing; allowed: null, which removes what stands there, or entries"),
        ("dates.summit: null", f"dates.summit: {NEEDS} outcomes.shots.until (two.yaml:N){ALLOWED}"),
        ("actors.south: null", None),
        ("actions.north.mobilise: null", None),
        ("strengths: null\ndrives.vote: {drive: electoral_incentive, actor: north, weight: 1, constant: 0.5, deadline: summit, horizon_days: 30, rival: south}", f"strengths: {NEEDS} drives.vote.rival (patch.yaml:3){ALLOWED}"),
        ("scale.'112': null", None),
        ("clock.end: null", "clock.end: is empty or null, and cannot be left out; allowed: a date, year-month-day without quotes"),
        ("actors.north.strategy:", "actors.north.strategy: is empty or null, and cannot be left out; allowed: one of `escalate list strategies`"),
        ("drives.audience.constant: null", "drives.audience: lacks constant; allowed: what audience_cost reads: weight, constant"),
        ("facts.snow: null", "facts.snow: is empty or null, which removes what stands there, and nothing does"),
        ("facts.trops: null", "facts.trops: is empty or null, which removes what stands there, and nothing does; did you mean 'troops'?"),
        ("pairs.state_to_state.momentum: {value: null}", "pairs.state_to_state.momentum: gives neither a number (value) nor the name of a parameter (parameter)"),
    ],
)  # fmt: skip
def test_what_a_null_takes_away_is_told_at_the_null_with_who_needs_it(patched, patch, problem):
    (found,) = patched(patch)
    assert found.startswith("patch.yaml:2: ")
    assert problem is None or re.sub(r"two.yaml:[0-9]+", "two.yaml:N", found) == f"patch.yaml:2: {problem}"


def test_a_row_that_names_what_a_null_took_away_is_told_at_the_null(patched):
    (found,) = patched("actions.south.accuse: null\nchannels.south.north.hostile: null\n" + WITH_RECORD)
    assert found == f"patch.yaml:2: actions.south.accuse: {NEEDS} record.csv:4{ALLOWED}"


def test_rows_with_the_same_thing_wrong_are_told_once_with_their_number(patched, folder):
    (folder / "record.csv").write_text(
        RECORD.replace("north,south,accuse", "nroth,south,accuse") + "2030-05-02,nroth,south,accuse,,no,a paper,\n"
    )
    (found,) = patched(WITH_RECORD)
    assert found.startswith("record.csv:2: actor: no actor is called 'nroth' (the first of 2 such rows); ")


def test_another_value_that_takes_the_last_use_of_a_parameter_is_told(patched):
    (found,) = patched("rules.average_mark: 0.5\n")
    assert re.sub(r"two.yaml:[0-9]+", "two.yaml:N", found) == (
        f"patch.yaml:2: rules.average_mark: takes the place of what is needed by parameters.average_mark (two.yaml:N){ALLOWED}"
    )


def test_a_name_that_much_uses_and_nothing_declares_is_told_where_it_is_declared_in_another_spelling(folder):
    text = TWO.replace("  south:\n    label", "  soth:\n    label")
    (folder / "slip.yaml").write_text(text)
    (found,) = said(file="slip.yaml")
    assert found.startswith(f"slip.yaml:{line_of('  soth:', text)}: actors.soth: nothing names this actor, and ")
    assert found.endswith("did you mean 'south'?")


def test_problems_that_differ_in_whom_they_concern_are_one():
    place = Place("a.yaml", 3)
    alike = [Problem(place, "key", "is needed by", "it", concerns=name) for name in ("d", "b", "c", "a", "b")]
    other = Problem(place, "key", "is wrong")
    assert [str(one) for one in UserError([*alike, other]).problems] == [
        "a.yaml:3: key: is needed by a, b and 2 more; allowed: it",
        "a.yaml:3: key: is wrong",
    ]
