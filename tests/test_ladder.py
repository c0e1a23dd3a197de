"""The ladder and the classes of a run are data: another crisis calls them otherwise, and nothing in the code is in the way."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from toy import compiled, force, shipped, toy

from sim import UserError, estimates, load_study, simulate
from sim.__main__ import main
from sim.evidence.truth import targets_of
from sim.rules.registry import METRICS

ROOT = Path(__file__).parent.parent
PLAIN = {"calm", "material"}  # words of other meanings too
THREE = {"0": "idle", "1": "heard", "2": "felt"}
CLASSES = {"acts_and_others": "the end", "acts": "half-way", "calm": "a lull", "otherwise": "as ever"}


def three_rungs() -> dict:
    """A toy of three rungs, in which the highest is reached on day 4 and the path is asked for."""
    scenario = toy(days=40, weights=(-5.0, -2.0)) | {
        "rungs": THREE,
        "acts": force("one.other_1", 2) | force("one.other_0", 4),
    }
    scenario["actions"]["one"]["other_0"] |= {"rung": 2, "role": "imposition"}
    scenario["dates"] = {"late": {"date": scenario["clock"]["end"], "label": "Late", "source": "made up"}}
    selected = {"acts": {"actions": ["one.other_0"]}, "others": {"role": "imposition"}}
    path = {"metric": "path_class", **selected, "at_least": 1, "before": "late", "since": "start"}
    path |= {
        "pair": ["one", "other"],
        "share": 0.5,
        "days": 5,
        "classes": CLASSES,
        "headline": True,
        "meaning": "how it goes",
    }
    rung = {
        "metric": "highest_rung",
        "acts": {"tone": "hostile"},
        "since": "start",
        "headline": True,
        "meaning": "rung",
    }
    return scenario | {"outcomes": {"path": path, "rung": rung}}


def test_rungs_and_classes_are_counted_as_they_are_named(tmp_path):
    scenario = compiled(tmp_path, three_rungs())
    results = simulate(scenario, 10)
    found = {one.name: one.value for one in estimates(results.totals.tally)}
    assert found == {"path.as_ever": 0, "path.a_lull": 0, "path.half-way": 0, "path.the_end": 1, "rung": 2}
    assert len(results.totals.tally.counts_of(1)) == 3
    assert list(found)[:4] == scenario.questions[0].names


def test_a_forecast_of_the_highest_rung_has_a_cell_for_each(tmp_path):
    targets = targets_of(compiled(tmp_path, three_rungs()))
    assert targets.ladder == 3
    assert targets.highest(np.eye(4, dtype=np.uint8)[:1]).tolist() == [[2, 0]]


def test_traces_figures_and_the_report_call_them_so(tmp_path):
    path = tmp_path / "three.yaml"
    path.write_text(yaml.safe_dump(three_rungs()))

    def escalate(*words: str) -> str:
        result = CliRunner().invoke(main, [*words])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "(rung 2, felt)" in escalate("trace", str(path))
    told = json.loads(escalate("run", str(path), "--runs", "20", "--json", "--out", str(tmp_path / "out")))
    assert [row["outcome"] for row in told["estimates"]][3] == "path.the_end"
    (folder,) = {found.parent for found in (tmp_path / "out").rglob("outcomes.parquet")}
    escalate("report", str(folder), "--out", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "The path is the end all 20" in text and "Rung 2, felt (2 to 2)" in text and " 2 felt " in text
    kept = yaml.safe_load((folder / "scenario.yaml").read_text(encoding="utf-8"))
    assert kept["rungs"] == THREE and kept["outcomes"]["path"]["classes"] == CLASSES


def test_a_lever_that_renames_a_class_is_refused(tmp_path):
    """Its points would have other columns than the rest."""
    study = {
        "name": "Names",
        "description": "What is in a name?",
        "scenario": "baseline",
        "runs": 10,
        "outcomes": ["path"],
    }
    path = tmp_path / "names.yaml"
    path.write_text(yaml.safe_dump(study | {"levers": {"outcomes.path.classes.calm": ["de-escalation", "a lull"]}}))
    with pytest.raises(UserError, match=r"names\.yaml:.*asks an outcome path\.a_lull that the scenario does not"):
        load_study(str(path))


def strings(path: Path) -> list[str]:
    return [
        node.value.lower()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


@pytest.mark.parametrize("room", ["sim", "analysis"])
def test_no_code_names_a_rung_or_a_class_of_the_case_that_ships(room):
    scenario = shipped("baseline").loaded.scenario
    names = {*scenario.ladder, *scenario.outcomes["path"].classes.values()} - PLAIN
    assert names
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for text in strings(path)
        for name in names
        if name in text
    ]
    assert not found, found


def test_classes_are_asked_for_by_the_keys_of_their_metric():
    scenario = shipped("baseline").loaded.scenario
    for outcome in scenario.outcomes.values():
        assert set(outcome.classes or ()) == set(METRICS[outcome.metric].classes)
