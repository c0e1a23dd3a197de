"""Only runs of one crisis over the same days are pairs; what else differs is said."""

import pytest
from studies import TWO

from sim.scenario.library import shipped_names
from sim.scenario.load import Loaded, load
from sim.scenario.problems import UserError
from sim.study.pairing import check_pair

VARIANTS = [name for name in shipped_names() if name != "border"]


@pytest.fixture
def variant(tmp_path, monkeypatch):
    """The small scenario of two, changed by one patch."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text(TWO, encoding="utf-8")

    def variant(patch: str) -> Loaded:
        (tmp_path / "patch.yaml").write_text("extends: two.yaml\n" + patch, encoding="utf-8")
        return load("patch.yaml")

    return variant


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_that_ships_pairs_with_the_baseline(name):
    said = [str(warning) for warning in check_pair(load("baseline"), load(name))]
    assert bool(said) is (name == "european_union")


def test_an_actor_of_one_side_alone_is_said():
    warning, _ = check_pair(load("baseline"), load("european_union"))
    assert warning.warning and warning.text == "european_union can act in european_union, and not in baseline"


@pytest.mark.parametrize(("one", "other"), [("baseline", "border"), ("border", "baseline")])
def test_two_crises_are_no_pair(one, other):
    with pytest.raises(UserError) as caught:
        check_pair(load(one), load(other))
    (problem,) = caught.value.problems
    assert problem.key == "actions" and problem.text.startswith(f"is another crisis than {one}: of its ")
    assert "actors here: " in problem.text and problem.place.line


def test_another_first_or_last_day_is_an_error_at_its_line(variant):
    with pytest.raises(UserError) as caught:
        check_pair(load("two.yaml"), variant("clock.start: 2030-02-01\nclock.end: 2030-11-30\n"))
    assert [str(problem).split(" and ")[0] for problem in caught.value.problems] == [
        "patch.yaml:2: clock.start: found 2030-02-01,",
        "patch.yaml:3: clock.end: found 2030-11-30,",
    ]


def test_a_replay_that_ends_on_another_day_is_said(variant):
    (warning,) = check_pair(load("two.yaml"), variant("clock.replay_until: 2030-03-20\n"))
    assert str(warning) == (
        "patch.yaml:2: clock.replay_until: found 2030-03-20, and in two.yaml 2030-03-05: "
        "between them one is replayed and the other free"
    )


def test_an_action_more_is_said_from_either_side(variant):
    more = variant("actions.south.threaten: {target: north, cameo: '138', rung: 2, meaning: threatens}\n")
    for one, other in ((load("two.yaml"), more), (more, load("two.yaml"))):
        (warning,) = check_pair(one, other)
        assert warning.text == "south.threaten can be done in patch.yaml, and not in two.yaml"
