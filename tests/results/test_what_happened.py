"""The record is asked what runs are asked, by the same metrics; what it does not settle is left open, and said so."""

import csv
import json
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from toy import START, day, toy

from sim.commands.group import main
from sim.engine.learning import compile_scenario
from sim.engine.loop import play_runs
from sim.results.act_counts import act_counts
from sim.results.outcomes import outcomes_of, questionnaire
from sim.results.run import run
from sim.results.tally import tallied
from sim.results.what_happened import recorded_tension, what_happened
from sim.scenario.compile import Compiled
from sim.scenario.load import load

DAYS = 60
ACTS = [(2, "one", 0), (9, "one", 1), (9, "other", 0), (10, "other", 0), (24, "one", 2), (31, "one", 1)]
HOSTILE = {"tone": "hostile"}
OUTCOMES = {
    "rung": {"metric": "highest_rung", "acts": HOSTILE},
    "when": {"metric": "day_of_highest_rung", "acts": HOSTILE},
    "number": {"metric": "count", "acts": {}},
    "any": {"metric": "happened", "acts": {"actions": ["one.other_1"]}},
    "first": {"metric": "first_day", "acts": {"actions": ["one.other_1"]}},
    "peak": {"metric": "peak_tension", "each": "pair"},
    "mean": {"metric": "mean_tension", "each": "pair"},
    "calm": {"metric": "de_escalated", "each": "pair", "share": 0.5, "days": 10},
}


def case(folder: Path, *more: tuple[str, str, str], until: int = 40, since: str = "start", **changes: object) -> str:
    """A quarrel of two with a record to day 40: acts of `ACTS`, and further rows of (date, actor, action)."""
    data = toy(weights=(-5.0, -2.0, 4.0), days=DAYS, replayed=8, reciprocity=0.2)
    rows = [(str(day(index)), who, f"{'other' if who == 'one' else 'one'}_{number}") for index, who, number in ACTS]
    rows += [(str(day(40)), "one", ""), *more]
    with (folder / "record.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "actor", "target", "action", "outside", "source", "note"))
        for when, who, action in rows:
            writer.writerow(
                (when, who, {"one": "other", "other": "one"}[who], action, "" if action else "else", "a", "")
            )
    data["dates"] = {"horizon": {"date": day(until), "label": "Horizon", "source": "made up"}}
    data["record"] = {"file": "record.csv", "replay": "all", "month_only": "leave_out"}
    data["outcomes"] = {
        name: {"meaning": name, "since": since, "until": "horizon", "headline": True, **entry}
        for name, entry in OUTCOMES.items()
    }
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump({**data, **changes}, sort_keys=False))
    return str(path)


def replayed(file: str) -> tuple[Compiled, np.ndarray]:
    """The case with all of its record replayed, and what the engine answers to its questions."""
    compiled = compile_scenario(load(file, [f"clock.replay_until={day(DAYS - 2)}"]))
    (answers,) = (
        outcomes_of(questionnaire(compiled), acts, tension) for _, acts, tension in play_runs(compiled, 1, range(1))
    )
    return compiled, answers


def test_the_tension_of_the_record_is_that_of_a_run_that_does_what_it_says(tmp_path):
    file = case(tmp_path)
    compiled = compile_scenario(load(file, [f"clock.replay_until={day(DAYS - 2)}"]))
    ((_, _, tension),) = play_runs(compiled, 1, range(1))
    recorded = recorded_tension(compile_scenario(load(file)))
    assert recorded is not None and np.isnan(recorded[41:]).all()  # the record ends on day 40
    assert recorded[:41] == pytest.approx(tension[:41], abs=1e-9) and recorded[:41].max() > 0.5


def test_the_record_answers_as_a_run_that_does_what_it_says(tmp_path):
    file = case(tmp_path)
    happened, (compiled, answers) = what_happened(compile_scenario(load(file))), replayed(file)
    names = list(chain.from_iterable(question.names for question in compiled.questions))
    assert list(happened.answers) == names and happened.note() == ""
    assert list(happened.answers.values()) == pytest.approx(answers.tolist(), rel=1e-12, nan_ok=True)
    words = [happened.answer(name) for name in names]
    assert words[:5] == ["1", str(day(2)), "6", "yes", str(day(9))]


def test_what_if_acts_are_not_what_happened(tmp_path):
    what_if = {"no_act": {"act": "one.other_1", "date": day(9), "do": "withhold"}}
    happened = what_happened(
        compile_scenario(load(case(tmp_path, acts=what_if), ["clock.replay_until=" + str(day(9))]))
    )
    assert happened.answer("first") == str(day(9)) and happened.answer("number") == "6"


def test_a_window_that_the_record_does_not_reach_is_settled_only_by_what_cannot_be_undone(tmp_path):
    happened = what_happened(compile_scenario(load(case(tmp_path, until=DAYS - 5))))
    assert set(happened.answers) == {"any", "first"}
    assert happened.answer("number") == "" and happened.data("number") == {"record_settles_it": False, "happened": None}
    assert f"the record ends on {day(40)}, before the days asked about do" in happened.note()


def test_an_act_of_which_only_the_month_is_known_leaves_open_what_it_bears_on(tmp_path):
    file = case(tmp_path, (str(START)[:7], "other", "one_1"))
    happened = what_happened(compile_scenario(load(file)))
    assert set(happened.answers) == {"any", "first"}  # of the other's acts, and of the pair's tension, nothing is sure
    assert "known by its month only" in happened.note()
    placed = what_happened(compile_scenario(load(file, ["record.month_only=middle"])))
    assert placed.answer("number") == "7" and placed.note() == ""


def test_without_a_record_there_is_nothing_to_say():
    happened = what_happened(compile_scenario(load("border")))
    assert happened.answers == {} and happened.note() == "" and happened.answer("shots_before_summit") == ""


def test_how_many_runs_had_come_to_it_by_its_day(tmp_path):
    compiled = compile_scenario(load(case(tmp_path)))
    first = [question.name for question in compiled.questions].index("first")
    outcomes = np.zeros((10, len(compiled.questions)))
    outcomes[:, first] = [np.nan, np.nan, np.nan, 10, 10, 20, 9, 8, 3, 59]  # it came on day 9
    text = what_happened(compiled).likelihood(tallied(compiled, outcomes))
    assert f"first, {day(9)}: by then in 30.0% of runs (10.8% to 60.3%)" in text


def test_run_and_compare_have_a_column_of_what_happened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = case(tmp_path, until=DAYS - 5)
    ran = CliRunner().invoke(main, ["run", file, "--runs", "20"]).stdout
    lines = [line.split() for line in ran.splitlines()]
    assert any(line[:1] == ["any"] and "yes" in line for line in lines), ran
    assert "happened" in ran and "the record ends on" in ran and f"first, {day(9)}: by then in" in ran
    assert max(len(line) for line in ran.splitlines()[2:12]) <= 120
    data = json.loads(CliRunner().invoke(main, ["run", file, "--runs", "20", "--json"]).stdout)
    by_name = {entry["outcome"]: entry for entry in data["estimates"]}
    assert by_name["any"]["happened"] is True and by_name["first"]["happened"] == str(day(9))
    assert by_name["number"]["happened"] is None and not by_name["number"]["record_settles_it"]
    assert any("by then in" in text for text in data["what_happened"])
    (tmp_path / "other.yaml").write_text("extends: case.yaml\nname: Other\npairs.state_to_state.reciprocity: 0\n")
    compared = CliRunner().invoke(main, ["compare", file, "other.yaml", "--runs", "20"]).stdout
    (line,) = [line for line in compared.splitlines() if line.startswith("any ")]
    assert "yes" in line and "happened" in compared
    (compared_data,) = json.loads(
        CliRunner().invoke(main, ["compare", file, "other.yaml", "--runs", "20", "--json"]).stdout
    )
    assert {entry["outcome"]: entry["happened"] for entry in compared_data["differences"]}["any"] is True


def test_acts_are_counted_in_the_record_and_in_the_runs_over_the_same_days(tmp_path):
    months = [("2000-01", "other", "one_1"), ("2000-02", "other", "one_1"), (str(day(24)), "one", "other_2")]
    # February ends after the record does; the act of day 24 is in the record already
    file = case(tmp_path, *months, record={"file": "record.csv", "replay": "all", "month_only": "first"})
    settings = [f"clock.replay_until={day(-1)}", "pairs.state_to_state.base_shape=0.2", "record.replay=none"]
    folder = run(file, runs=40, out=tmp_path / "out", settings=settings)
    counts = act_counts(folder)
    assert counts is not None and (counts.first, counts.last, counts.runs) == (day(0), day(40), 40)
    by_name = {count.action: count for count in counts.counts}
    recorded = {name: count.recorded for name, count in by_name.items()}
    assert recorded == {
        "one.other_0": 1, "one.other_1": 2, "one.other_2": 1, "other.one_0": 2, "other.one_1": 1, "other.one_2": 0
    }  # fmt: skip
    acts = [(number, code) for number, index, code in folder.acts.tolist() if index <= 40]
    for code, act in enumerate(folder.compiled.acts):
        in_runs = sorted(acts.count((number, code)) for number in range(40))
        count = by_name[act.name]
        assert count.mean == pytest.approx(sum(in_runs) / 40) and (count.low, count.high) == (in_runs[0], in_runs[38])
        expected = "more" if count.recorded > count.high else "fewer" if count.recorded < count.low else ""
        assert count.differs == expected
    assert {count.differs for count in counts.counts} >= {"more"}
    assert counts.data()["actions"][1]["recorded_a_year"] == pytest.approx(2 * 365.25 / 41)


def test_run_counts_acts_only_where_there_is_something_to_compare(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["run", case(tmp_path), "--runs", "20", "--all"]).stdout
    assert f"Acts of the record and of 20 runs, {day(8)} to {day(40)}." in told
    assert "Acts of the record" not in CliRunner().invoke(main, ["run", "case.yaml", "--runs", "20"]).stdout
    data = json.loads(CliRunner().invoke(main, ["run", "case.yaml", "--runs", "20", "--json"]).stdout)
    assert data["acts"]["actions"][0]["action"] == "one.other_0"
    nothing = json.loads(CliRunner().invoke(main, ["run", "border", "--runs", "5", "--json"]).stdout)
    assert nothing["acts"] is None
