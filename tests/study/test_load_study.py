"""Study files: what they come to, and every mistake told at its line."""

import itertools
from datetime import date

import numpy as np
import pytest
from studies import LEVERS, problems_of, write_study

from sim.commands.check import checked_file
from sim.scenario.library import study_names
from sim.scenario.problems import UserError
from sim.study.load_study import load_study, redesigned


@pytest.fixture
def study(tmp_path):
    return load_study(str(write_study(tmp_path)))


def test_a_study_is_every_row_of_its_design_for_every_combination_of_its_levers(study):
    rows = [study.plain(point) for point in range(study.points)]
    levels = [0.0, 0.15, 0.3, 0.45, 0.6]  # the range that the parameter's own entry gives
    expected = itertools.product(LEVERS["actors.south.strategy"], levels)
    assert [row["actors.south.strategy"] for row in rows] == [strategy for strategy, _ in expected]
    assert [row["parameters.reciprocity"] for row in rows] == pytest.approx(levels * 2)


def test_a_point_is_its_scenario_with_its_values_laid_over(study):
    loaded = study.scenario_at(7)
    assert loaded.scenario.actors["south"].strategy == "tit_for_tat"
    assert loaded.scenario.parameters["reciprocity"].value == pytest.approx(0.3)
    assert loaded.scenario.parameters["reciprocity"].unit == "acts per act"
    assert loaded.rows == study.base.rows


def test_a_range_may_be_given_in_place_of_its_own(tmp_path):
    study = load_study(str(write_study(tmp_path, vary={"parameters.reciprocity": {"high": 0.2}}, points=3)))
    assert study.design[:, 0] == pytest.approx([0.0, 0.1, 0.2])


def test_a_lever_may_be_anything_that_a_scenario_may_say(tmp_path):
    withheld = {"act": "north.mobilise", "date": date(2030, 3, 9), "do": "withhold"}
    study = load_study(str(write_study(tmp_path, levers={"acts.first_troops": [None, withheld]}, vary=None)))
    assert "first_troops" not in (study.scenario_at(0).scenario.acts or {})
    assert study.scenario_at(1).scenario.acts["first_troops"].do == "withhold"


def test_an_entry_of_outcomes_stands_for_all_of_its_pairs(tmp_path, study):
    assert study.outcomes == ["shots", "peak.north.south"]
    everything = load_study(str(write_study(tmp_path, outcomes=None))).outcomes
    assert {name.split(".")[0] for name in everything} == {"shots", "peak", "rung"}


def test_the_hash_changes_with_whatever_the_study_or_its_scenario_says(tmp_path, study):
    def hash_of(**entries):
        return load_study(str(write_study(tmp_path, **entries))).hash

    assert hash_of() == study.hash
    others = [hash_of(runs=21), hash_of(seed=2), hash_of(points=4), hash_of(outcomes=["shots"]), hash_of(vary=None)]
    path = write_study(tmp_path)
    (tmp_path / "two.yaml").write_text((tmp_path / "two.yaml").read_text().replace("base: 0.01", "base: 0.011"))
    others.append(load_study(str(path)).hash)
    assert len({study.hash, *others}) == 7


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"runs": 0}, "/study.yaml:10: runs: found 0"),
        ({"rums": 4}, "did you mean 'runs'?"),
        ({"name": 3}, "/study.yaml:1: name:"),
        ({"design": "spiral"}, "design: found spiral"),
        ({"levers": {"actors.south.stratgy": ["grim_trigger"]}}, "actors.south.stratgy: unknown key"),
        ({"levers": {"actors.south.strategy": ["grim", "tit_for_tat"]}}, "no strategy is called 'grim'"),
        ({"levers": {"actors.south.strategy": []}}, "levers.actors.south.strategy"),
        ({"levers": None, "vary": None}, "nothing is varied"),
        ({"vary": {"parameters.reciprocty": {}}}, "did you mean 'parameters.reciprocity'?"),
        ({"vary": {"reciprocity": {}}}, "did you mean 'parameters.reciprocity'?"),
        (
            {"vary": {"parameters.reciprocity": {"low": "0.1"}}},
            "a number in quotes is text, write 0.1; allowed: a number",
        ),
        (
            {"vary": {"parameters.reciprocity": {"scale": "log"}}},
            "found 0 to 0.6 on a log scale; allowed: a low above 0",
        ),
        ({"vary": {"parameters.reciprocity": {"scale": "exp"}}}, "scale: found exp (text); allowed: linear, log"),
        (
            {"vary": {"parameters.reciprocity": {"integer": True}}},
            "found 0 to 0.6 of whole numbers; allowed: ends that are",
        ),
        ({"vary": {"parameters.reciprocity": {"integer": "yes"}}}, "integer: "),
        ({"vary": {"parameters.reciprocity": {"step": 1}}}, "step: unknown key; allowed: low, high, scale, integer"),
        ({"constraints": ["a < b"]}, "constraints[0]: found 'a < b'; allowed: two sums with <, <=, > or >="),
        ({"constraints": ["parameters.reciprocty < 1"]}, "did you mean 'parameters.reciprocity'?"),
        ({"constraints": ["1 < 2"]}, "constraints[0]: names no number of the scenario"),
        (
            {"constraints": ["parameters.reciprocity < 0.5"], "design": "sobol", "points": 8},
            "allowed: lhs or grid with constraints",
        ),
        ({"constraints": ["parameters.reciprocity > 2"]}, "of 5 points that were drawn 0 meet them, and 1 are needed"),
        ({"leave_out": ["parameters.*"]}, "leave_out: leaves out of `vary: all`, and that is not there"),
        ({"vary": "all", "leave_out": ["parameters.recip"]}, "fits no number that has a range"),
        ({"vary": "every"}, "vary: "),
        ({"design": {"method": "lhs", "poinst": 8}}, "design.poinst: unknown key; allowed: method, points"),
        ({"design": {"points": 8}}, "design.method: is missing"),
        ({"design": "listed"}, "design: no points are listed"),
        (
            {"vary": None, "points": [{"parameters.reciprocity": 0.1}, {"parameters.reciprocty": 0.2}]},
            "did you mean 'parameters.reciprocity'?",
        ),
        ({"vary": None, "points": [{"parameters.reciprocity": 0.1}, {}]}, "points[1]: lacks parameters.reciprocity"),
        ({"vary": None, "points": [{"parameters.reciprocity": -1}]}, "found -1; allowed: at least 0"),
        ({"points": [{"parameters.reciprocity": 0.1}]}, "vary: the points are listed, so that no range is varied"),
        ({"vary": None, "points": "points.csv"}, "there is no file 'points.csv' beside the study"),
        (
            {
                "vary": None,
                "points": [{"parameters.reciprocity": 0.1}],
                "constraints": ["parameters.reciprocity > 0.2"],
            },
            "points[0]: breaks constraints[0]",
        ),
        ({"levers": {"parameters.reciprocity": [None]}, "vary": None}, "which takes away what is needed by"),
        ({"vary": {"parameters.reciprocity": {"low": 0.4, "high": 0.3}}}, "found 0.4 to 0.3; allowed: a low below"),
        (
            {"vary": {"parameters.reciprocity": {"high": -1}, "rules.rarity": {}}},
            "rules.rarity: has no range of its own",
        ),
        (
            {"vary": {"parameters.reciprocity": {"low": -1}}},
            "parameters.reciprocity.value: found -1; allowed: at least 0",
        ),
        (
            {"vary": {"parameters.reciprocity": {"high": 9}}},
            "study.yaml:9: reciprocity, momentum: with parameters.reciprocity 9.0, each act draws",
        ),
        ({"vary": {"pairs.state_to_state.reciprocity": {}}}, "is not a number of the scenario"),
        ({"levers": {"parameters.reciprocity": [0.1]}}, "is varied by levers.parameters.reciprocity too"),
        ({"levers": {"parameters.reciprocity.value": [0.1]}}, "is varied by vary.parameters.reciprocity too"),
        ({"levers": {"actors.south.strategy": ["grim_trigger"] * 2}}, "grim_trigger is listed twice"),
        ({"levers": {"record.file": ["a.csv"]}}, "names the record, which is read once for all points"),
        ({"levers": {"outcomes.shots.metric": ["first_day"]}}, "makes the outcome shots one of date"),
        ({"outcomes": ["shot"]}, "outcomes[0]: no outcome is called 'shot'; allowed: shots"),
        ({"points": 2_000_000}, "at most 1,000,000"),
        ({"design": "sobol", "points": 12}, "balanced only at powers of two"),
        ({"scenario": "three.yaml"}, "/study.yaml:3: scenario: there is no scenario 'three.yaml'"),
        ({"scenario": "baselin"}, "did you mean 'baseline'?"),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path, entries, words):
    problems = problems_of(tmp_path, **entries)
    assert any(words in problem for problem in problems), problems
    assert all(problem.startswith("/study.yaml:") for problem in problems)


def test_a_mistake_of_the_scenario_is_told_in_the_scenario(tmp_path):
    path = write_study(tmp_path)
    (tmp_path / "two.yaml").write_text((tmp_path / "two.yaml").read_text().replace("tit_for_tat", "tat_for_tit", 1))
    with pytest.raises(UserError, match=r"two.yaml:\d+: actors.north.strategy"):
        load_study(str(path))


def test_the_order_of_levers_and_ranges_numbers_the_points_so_it_is_part_of_the_hash(tmp_path):
    levers = {"actors.north.strategy": ["grim_trigger", "unresponsive"], **LEVERS}
    one, other = (
        load_study(str(write_study(tmp_path, levers=told))) for told in (levers, dict(reversed(levers.items())))
    )
    assert one.hash != other.hash


def test_another_design_of_the_same_name_is_another_study(tmp_path, monkeypatch):
    path = str(write_study(tmp_path, design="lhs"))
    before = load_study(path).hash
    monkeypatch.setattr("sim.study.points.cube", lambda *asked: np.full((5, 1), 0.5))
    assert load_study(path).hash != before


def test_a_study_named_like_its_scenario_is_not_taken_for_it(tmp_path):
    path = write_study(tmp_path, scenario="border", levers=None, vary={"parameters.reciprocity": {}}, outcomes=None)
    path = path.rename(tmp_path / "border.yaml")
    assert load_study(str(path)).base.scenario.name != "Who answers?"


def test_a_scenario_in_the_folder_above_is_found_wherever_one_stands(tmp_path, monkeypatch):
    path = write_study(tmp_path)
    (tmp_path / "studies").mkdir()
    path.rename(tmp_path / "studies" / "study.yaml")
    monkeypatch.chdir(tmp_path / "studies")
    assert load_study("study.yaml").points == 10


def test_a_value_beyond_its_own_range_is_warned_of(tmp_path):
    study = load_study(str(write_study(tmp_path, vary={"parameters.half_life": {"high": 400}})))
    assert any("400 lies outside the range that its entry gives" in str(warning) for warning in study.warnings)


def test_all_mistakes_come_at_once(tmp_path):
    problems = problems_of(
        tmp_path, vary={"parameters.x": {}}, levers={"parameters.y": [1]}, outcomes=["z"], points=3_000_000
    )
    assert {problem.split(": ")[1] for problem in problems} == {
        "vary.parameters.x",
        "parameters.y",
        "outcomes[0]",
        "points",
    }


def test_a_study_may_be_redesigned(study):
    other = redesigned(study, vary={"parameters.reciprocity": study.study.vary["parameters.reciprocity"]}, points=2)
    assert other.points == 4 and other.base is study.base


def test_every_study_that_ships_is_sound_and_asks_something():
    for name in study_names():
        study = load_study(name)
        assert study.study.description.rstrip().endswith("?")
        assert study.points > 1


def test_check_tells_a_study_from_a_scenario(tmp_path):
    path = write_study(tmp_path)
    assert "10 points × 20 runs, 200 in all" in checked_file(str(path)).summary
    assert "2 actors" in checked_file(str(tmp_path / "two.yaml")).summary
    assert checked_file("backing").sound
    (problem,) = checked_file(str(path), ["runs=3"]).problems
    assert "laid over scenarios" in problem.text


@pytest.mark.parametrize("name", ["nothing", "backin"])
def test_a_study_that_is_not_there_is_told_with_those_that_are(name):
    with pytest.raises(UserError, match=r"one of .*backing"):
        load_study(name)


def test_points_do_not_take_room_before_they_are_played(tmp_path):
    study = load_study(str(write_study(tmp_path, design="lhs", points=200_000, levers=None)))
    assert study.design.nbytes == 200_000 * 8 and np.ptp(study.design) > 0.59
