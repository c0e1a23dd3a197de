"""A ledger is only ever appended to, shows every change by its line, and is scored as its windows come to an end."""

import csv
import json
import multiprocessing
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import scoringrules
from click.testing import CliRunner

from sim import UserError, forecast, score
from sim.commands.group import main
from sim.commands.score import skill_words
from sim.evidence.forecast_tables import LiveForecast
from sim.evidence.ledger import append_forecast, read_ledger
from sim.evidence.ledger_outcomes import outcome_scores
from sim.evidence.scores import poisson
from sim.scenario.library import shipped_folder
from sim.scenario.record import read_record

START = date(2020, 1, 1)
RUNS = [60, 30, 10]  # of a hundred, with no act, one, two
RATE = poisson(np.array([0.4]))[0].tolist()


def made_up(number: int, days: int = 10, case: str = "Feud", end: str = "") -> LiveForecast:
    """A forecast of one pair, made on a day of its own. end: of the names of its actions."""
    on = START + timedelta(20 * number)
    window = {"days": days, "first": str(on + timedelta(1)), "last": str(on + timedelta(days))}
    names = (f"north.insult{end}", f"north.strike{end}")
    pair = {"actor": "north", "target": "south"}
    others = {"base_counts": RATE, "base_chance": 1 - RATE[0], "persistence_counts": [1.0], "persistence_chance": 0.0}
    chances = [
        {**pair, **window, "kind": kind, "class": label, "acts": list(acts), "runs": RUNS, **others}
        for kind, label, acts in [("tone", "hostile", names), *(("action", name[6:], (name,)) for name in names)]
    ]
    rungs = [
        {
            **pair,
            **window,
            "acts": list(names),
            "rungs": [1, 2],
            "runs": RUNS,
            "base": [0.7, 0.2, 0.1],
            "persistence": [1.0, 0.0, 0.0],
        }
    ]
    record = [f"{START + timedelta(20 * place)} north south insult{end}" for place in range(number + 1)]
    about = {
        "id": f"f{number}",
        "case": case,
        "file": "feud",
        "settings": [],
        "on": str(on),
        "horizons": [days],
        "runs": 100,
        "record": record,
    }
    return LiveForecast(Path("made_up"), about, chances, rungs, [])


def written(folder: Path, count: int = 4, days: int = 10) -> Path:
    path = folder / "ledger.jsonl"
    for number in range(count):
        assert append_forecast(path, made_up(number, days)) == (number + 1, True)
    return path


def record_of(folder: Path, *acts: tuple[date, str], before: int = 4) -> Path:
    """A record with what every forecast knew, and some acts."""
    path = folder / "newer.csv"
    rows = [(START + timedelta(20 * number), "insult") for number in range(before)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "actor", "target", "action", "source", "note"))
        writer.writerows((str(day), "north", "south", action, "made up", "") for day, action in sorted([*rows, *acts]))
    return path


# --- kept as it was written


def test_lines_are_only_ever_appended(tmp_path):
    path = written(tmp_path, 2)
    before = path.read_bytes()
    append_forecast(path, made_up(2))
    assert path.read_bytes().startswith(before) and len(read_ledger(path).lines) == 3
    assert append_forecast(path, made_up(1)) == (2, False) and len(read_ledger(path).lines) == 3


def test_all_that_was_forecast_is_in_its_line(tmp_path):
    (line,) = read_ledger(written(tmp_path, 1)).lines
    outlook = made_up(0)
    assert line["chances"] == outlook.chances and line["rungs"] == outlook.rungs and line["before"] == ""
    assert date.fromisoformat(line["made"][:10]) >= date(2026, 1, 1) and line["id"] == "f0"


def change(lines: list[str], how: str) -> list[str]:
    """The lines of a ledger after one of the things that may befall it."""
    if how == "a chance is altered":
        return [lines[0], lines[1].replace("[60,30,10]", "[10,30,60]", 1), *lines[2:]]
    if how == "white space is altered":
        return [lines[0], lines[1].replace('"on":', '"on": ', 1), *lines[2:]]
    if how == "the last is altered":
        return [*lines[:-1], lines[-1].replace('"runs":100', '"runs":999')]
    if how == "a line is cut":
        return [lines[0], lines[1][:80], *lines[2:]]
    if how == "a line is taken out":
        return [lines[0], *lines[2:]]
    if how == "two are exchanged":
        return [lines[0], lines[2], lines[1], lines[3]]
    if how == "a line is put in":
        return [lines[0], json.dumps({"hash": "made up"}), *lines[1:]]
    return [lines[0], lines[0], *lines[1:]]


@pytest.mark.parametrize(
    ("how", "number", "words"),
    [
        ("a chance is altered", 2, "was altered"),
        ("white space is altered", 2, "was altered"),
        ("the last is altered", 4, "was altered"),
        ("a line is cut", 2, "not JSON"),
        ("a line is taken out", 2, "does not follow"),
        ("two are exchanged", 2, "does not follow"),
        ("a line is put in", 2, "was altered"),
        ("a line is there twice", 2, "does not follow"),
    ],
)
def test_every_change_is_seen_and_named_by_its_line(tmp_path, how, number, words):
    path = written(tmp_path)
    path.write_text("".join(f"{line}\n" for line in change(path.read_text().splitlines(), how)))
    with pytest.raises(UserError, match=words) as error:
        read_ledger(path)
    assert error.value.problems[0].place.line == number
    raw = path.read_bytes()
    with pytest.raises(UserError):
        append_forecast(path, made_up(9))
    assert path.read_bytes() == raw


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"hash":"x","chances":NaN}', "was altered"),
        ('{"hash":"x","case":"\\ud800"}', "was altered"),
        ("[" * 100_000, "not JSON"),
        ("[]", "is not a forecast"),
    ],
)
def test_a_line_that_no_ledger_writes_is_named(tmp_path, line, words):
    (tmp_path / "ledger.jsonl").write_text(line + "\n")
    with pytest.raises(UserError, match=words):
        read_ledger(tmp_path / "ledger.jsonl")


def test_a_line_without_an_end_is_seen(tmp_path):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="cut off") as error:
        read_ledger(path)
    assert error.value.problems[0].place.line == 4


def test_last_lines_that_were_taken_off_are_seen_by_a_hash_that_was_written_down(tmp_path):
    path = written(tmp_path)
    head = read_ledger(path).head
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))
    with pytest.raises(UserError, match="taken off"):
        read_ledger(path).check_head(head)


def append_some(path: Path, first: int) -> None:
    for number in range(first, first + 10):
        append_forecast(path, made_up(number))


def test_two_processes_may_append_at_once(tmp_path):
    path = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=append_some, args=(path, first)) for first in (0, 100)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(read_ledger(path).lines) == 20


# --- scored


def test_scores_are_those_of_others(tmp_path):
    acts = [(START + timedelta(3), "insult"), (START + timedelta(3), "strike"), (START + timedelta(30), "strike")]
    scored = score(written(tmp_path), record_of(tmp_path, *acts, (START + timedelta(90), "insult")))
    values = {
        (row["on"], row["forecaster"], row["score_name"]): row for row in scored.rows if row["kind"] in ("tone", "rung")
    }
    first, third = str(START), str(START + timedelta(40))
    assert [values[on, "model", "brier"]["observed"] for on in (first, third)] == [2, 0]
    assert values[first, "model", "brier"]["score"] == pytest.approx(0.6**2)
    assert values[third, "model", "log"]["score"] == pytest.approx(-np.log(0.6))
    assert values[first, "base", "crps"]["score"] == pytest.approx(float(scoringrules.crps_poisson(2, 0.4)), abs=1e-6)
    assert values[first, "model", "rps"]["observed"] == 2 and values[first, "model", "rps"]["score"] == pytest.approx(
        0.6**2 + 0.9**2
    )
    assert values[first, "persistence", "log"]["score"] == pytest.approx(
        -np.log(1 / 102)
    )  # none can be told from 1 in 102


def test_an_act_on_the_first_and_the_last_day_counts_and_none_beside_them(tmp_path):
    for place, (after, count) in enumerate([(0, 0), (1, 1), (10, 1), (11, 0)]):
        folder = tmp_path / str(place)
        folder.mkdir()
        record = record_of(folder, (START + timedelta(after), "strike"), (START + timedelta(15), "insult"), before=1)
        rows = score(written(folder, 1), record).rows
        assert {row["observed"] for row in rows if row["kind"] == "tone"} == {count}


def test_what_is_not_due_is_listed_and_not_scored(tmp_path):
    path, record = written(tmp_path), record_of(tmp_path, before=3)
    scored = score(path, record)
    assert [row["on"] for row in scored.waiting] == [str(START + timedelta(40)), str(START + timedelta(60))]
    assert {row["line"] for row in scored.rows} == {1, 2}
    later = score(path, record, START + timedelta(70))
    assert not later.waiting and {row["line"] for row in later.rows} == {1, 2, 3, 4}
    with pytest.raises(UserError, match="has rows after"):
        score(path, record, START)


def test_rows_that_were_revised_are_named(tmp_path):
    path = written(tmp_path, 1)
    record = record_of(tmp_path, (START - timedelta(2), "strike"), (START + timedelta(30), "insult"), before=0)
    changes = {(row["change"], row["row"]) for row in score(path, record).revised}
    assert changes == {("gone", f"{START} north south insult"), ("new", f"{START - timedelta(2)} north south strike")}
    assert score(path, record_of(tmp_path)).revised == []


def test_few_forecasts_have_no_interval_and_many_do(tmp_path):
    few = score(written(tmp_path, 4), record_of(tmp_path, (START + timedelta(90), "insult")))
    assert all(np.isnan(row["low"]) and "n too few" in skill_words(row) for row in few.skills)
    (tmp_path / "many").mkdir()
    acts = [(START + timedelta(20 * number + 5), "strike") for number in range(0, 12, 2)]
    many = score(
        written(tmp_path / "many", 12), record_of(tmp_path, *acts, (START + timedelta(400), "insult"), before=12)
    )
    row = next(
        row for row in many.skills if (row["kind"], row["score_name"], row["rival"]) == ("tone", "brier", "base")
    )
    ours, theirs = np.array([0.6, 0.4] * 6), np.array([RATE[0], 1 - RATE[0]] * 6)
    assert row["skill"] == pytest.approx(1 - (ours**2).sum() / (theirs**2).sum(), abs=1e-9)
    assert row["low"] < row["skill"] < row["high"] and row["forecast_days"] == 12


def test_windows_that_overlap_hang_together(tmp_path):
    acts = (START + timedelta(400), "insult")
    scored = score(written(tmp_path, 12, days=130), record_of(tmp_path, acts, before=12))
    assert all(np.isnan(row["low"]) for row in scored.skills)  # seven windows overlap, and twelve are not twice as many


def test_outcomes_are_scored_once_the_record_settles_them(tmp_path):
    ledger, record = tmp_path / "ledger.jsonl", shipped_folder() / "record" / "cambodia_2016_2018.csv"
    forecast("baseline", "2017-09-15", [30], runs=100, ledger=ledger, out=tmp_path)
    scored = score(ledger, record)
    rows = {
        (row["class"], row["forecaster"]): row
        for row in scored.rows
        if row["score_name"] == "brier" and row["kind"] == "outcome"
    }
    dissolved = rows["dissolved_before_vote", "model"]
    assert dissolved["observed"] == 1 and dissolved["score"] == pytest.approx((1 - dissolved["chance"]) ** 2)
    assert rows["leader_freed_before_vote", "base"]["observed"] == 0
    assert not any(name.startswith("any_imposition") for name, _ in rows)  # its window ends after the record
    line = json.loads(ledger.read_text())
    for outcome in line["outcomes"]:
        outcome["definition"] = "of another scenario"
    rows_now, reasons = outcome_scores(line, read_record(record, "record"), date(2018, 7, 31))
    assert rows_now == [] and "asks something else now" in reasons[0]


def test_a_record_of_another_case_is_refused(tmp_path):
    record = record_of(tmp_path, before=1)
    record.write_text(record.read_text().replace("north", "east"))
    with pytest.raises(UserError, match="has no act"):
        score(written(tmp_path, 1), record)


def test_a_record_may_name_an_action_as_its_kind_does(tmp_path):
    path = tmp_path / "ledger.jsonl"
    append_forecast(path, made_up(0, end="_south"))
    record = record_of(tmp_path, (START + timedelta(3), "strike"), (START + timedelta(30), "insult"), before=1)
    scored = score(path, record)
    assert {row["observed"] for row in scored.rows if row["kind"] == "tone"} == {1} and scored.revised == []


def test_a_ledger_of_several_cases_is_scored_as_far_as_the_record_is_of_them(tmp_path):
    path = written(tmp_path, 1)
    line = made_up(1, case="Far away")
    for row in (*line.chances, *line.rungs):
        row["acts"] = [name.replace("north", "east") for name in row["acts"]]
    append_forecast(path, line)
    scored = score(path, record_of(tmp_path, (START + timedelta(60), "insult")))
    assert {row["case"] for row in scored.rows} == {"Feud"} and any(
        "Far away: the record has no act" in note for note in scored.notes
    )


def test_an_empty_ledger_is_told(tmp_path):
    (tmp_path / "ledger.jsonl").touch()
    with pytest.raises(UserError, match="holds no forecast"):
        score(tmp_path / "ledger.jsonl", record_of(tmp_path))


def test_acts_that_were_not_forecast_and_months_are_told(tmp_path):
    record = record_of(tmp_path, (START + timedelta(90), "insult"))
    with record.open("a") as file:
        file.write("2020-02,north,south,strike,made up,\n2020-03-01,north,south,besiege,made up,\n")
    notes = " ".join(score(written(tmp_path), record).notes)
    assert (
        "north.besiege" in notes
        and "1 later acts are known by their month only" in notes
        and "no test of foresight" in notes
    )


def test_the_command_prints_a_table_and_draws(tmp_path):
    path, record = written(tmp_path), record_of(tmp_path, (START + timedelta(65), "insult"))
    arguments = ["score", str(path), "--record", str(record), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "n too few" in result.output and "line 4, Feud on" in result.output and "agrees" in result.output
    data = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    assert data["head"] == read_ledger(path).head and len(data["not_due"]) == 1
    assert (Path(data["folder"]) / "figures" / "due.png").is_file()
    assert "<table>" in score(path, record)._repr_html_()
