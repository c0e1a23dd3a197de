"""The commands as a user types them: what they print, what they write, how they fail."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner

from sim.commands.group import main
from sim.engine.learning import compile_scenario
from sim.results.run import RunPlan
from sim.scenario.library import shipped_folder, shipped_names
from sim.scenario.listing import KINDS
from sim.scenario.load import load


def escalate(*words: str, code: int = 0):
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return the folder of one small run."""
    out = tmp_path_factory.mktemp("outputs")
    escalate("run", "border", "--runs", "20", "--out", str(out), "--csv")
    (run_folder,) = (out / "border").iterdir()
    return run_folder


def test_check_says_that_a_sound_file_is_sound():
    text = escalate("check", "baseline").stdout
    assert text.startswith("baseline: sound. 4 actors, 56 actions; 2017-08-21 to 2018-09-30")
    assert "17 acts replayed" in text and "117 of 173 rows" in text


def test_check_reports_every_error_of_every_file_and_exits_with_2(tmp_path):
    (tmp_path / "one.yaml").write_text("name: [")
    result = escalate("check", str(tmp_path / "one.yaml"), "baseline", "nothing.yaml", code=2)
    assert "one.yaml:2: is not YAML" in result.stderr
    assert "nothing.yaml: there is no such file" in result.stderr
    assert "baseline: sound" in result.stdout


def test_a_slip_of_the_fingers_is_told_with_the_nearest_name_and_what_is_allowed(folder, tmp_path):
    assert "did you mean '--runs'?" in escalate("run", "border", "--rusn", "4", code=2).stderr
    assert (
        "--runs: found 'ten'; allowed: a whole number, 1 or more"
        in escalate("run", "border", "--runs", "ten", code=2).stderr
    )
    assert f"a file, as {folder}/scenario.yaml" in escalate("run", str(folder), code=2).stderr
    (tmp_path / "record.csv").write_text("date,actor\n")
    refusal = escalate("run", str(tmp_path / "record.csv"), code=2).stderr
    assert "is a table, not a scenario" in refusal and "escalate record check" in refusal
    refusal = escalate("record", "check", str(tmp_path / "recrod.csv"), code=2).stderr
    assert f"did you mean '{tmp_path / 'record.csv'}'?" in refusal


def test_check_speaks_json(tmp_path):
    result = escalate("check", "baseline", "--set", "parameters.leverag=4", "--json", code=2)
    (report,) = json.loads(result.stdout)
    assert not report["sound"]
    assert {"leverage"} == {problem["nearest"] for problem in report["problems"] if problem["nearest"]}


def test_show_prints_a_scenario_that_loads_to_the_same(tmp_path):
    text = escalate("show", "border").stdout
    (tmp_path / "border.yaml").write_text(text)
    assert load(tmp_path / "border.yaml").hash == load("border").hash


def test_show_tells_where_a_value_was_set_and_what_differs():
    origins = escalate("show", "baseline+weak_backing", "parameters.backing", "--origins").stdout.splitlines()
    (value,) = [line for line in origins if line.startswith("parameters.backing.value = 0.15 share  # ")]
    assert value.endswith("variants/weak_backing.yaml:4")
    assert any("baseline.yaml:" in line for line in origins) and any("regime_crisis.yaml:" in line for line in origins)
    differences = escalate("show", "baseline+weak_backing", "--against", "baseline").stdout
    (line,) = [
        line for line in differences.splitlines() if line.startswith("parameters.backing.value (Chinese backing)")
    ]
    assert line.split()[-4:] == ["0.15", "share", "0.85", "share"]
    assert "are the same" in escalate("show", "baseline", "--against", "baseline").stdout


def test_show_knows_no_key_that_is_not_there():
    assert "did you mean 'parameters.leverage'?" in escalate("show", "baseline", "parameters.leverag", code=2).stderr


def test_run_prints_a_table_under_a_line_that_says_what_the_intervals_are(tmp_path):
    text = escalate("run", "border", "--runs", "20", "--out", str(tmp_path)).stdout
    assert "Border dispute: 20 runs" in text and "simulation error only" in text
    assert "shots_before_deadline" in text and "95 % interval" in text


def test_a_run_goes_on_without_an_outcome_that_the_replay_leaves_no_days(tmp_path):
    late = ["border", "--runs", "3", "--set", "clock.replay_until=2030-11-01", "--out", str(tmp_path)]
    result = escalate("run", *late)
    assert "outcomes.shots_before_deadline: is not asked: after 2030-11-01" in result.stderr
    assert "shots_before_deadline" not in result.stdout and "\nhighest_rung." in result.stdout


def test_a_run_folder_holds_all_that_reproduces_the_run(folder, tmp_path):
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "scenario.yaml", "acts.parquet", "acts.csv", "acts_by_day.parquet", "acts_by_day.csv", "outcomes.parquet", "outcomes.csv", "daily.parquet", "daily.csv", "figures",
    }  # fmt: skip
    assert {path.name for path in (folder / "figures").iterdir()} == {"acts.png", "tension.png"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["scenario_hash"] == load(folder / "scenario.yaml").hash
    escalate("run", str(folder / "scenario.yaml"), "--runs", "20", "--out", str(tmp_path))
    (again,) = (tmp_path / f"{folder.name}-scenario").iterdir()
    assert again.name == folder.name
    for name in (
        "acts.parquet",
        "outcomes.parquet",
        "daily.parquet",
        "scenario.yaml",
        "figures/acts.png",
        "figures/tension.png",
    ):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_run_folder_of_a_scenario_with_a_record_runs_elsewhere(tmp_path):
    escalate("run", "baseline", "--runs", "2", "--out", str(tmp_path))
    (run_folder,) = (tmp_path / "baseline").iterdir()
    assert (run_folder / "record.csv").is_file()
    assert RunPlan(compile_scenario(load(run_folder / "scenario.yaml")), 2).id == run_folder.name


def test_columns_carry_their_units(folder):
    schema = pyarrow.parquet.read_schema(folder / "outcomes.parquet")
    assert schema.field("peak_tension.north.south").metadata == {b"unit": b"marks"}
    assert schema.field("day_of_first_shots").metadata == {b"unit": b"date"}


def test_both_engines_write_the_same_bytes(folder, tmp_path):
    escalate("run", "border", "--runs", "20", "--engine", "mesa", "--out", str(tmp_path))
    (run_folder,) = (tmp_path / "border").iterdir()
    for name in ("acts.parquet", "outcomes.parquet", "daily.parquet", "figures/acts.png", "figures/tension.png"):
        assert (run_folder / name).read_bytes() == (folder / name).read_bytes(), name


def test_an_identical_run_finds_its_folder_and_prints_the_same_table(folder):
    out = str(folder.parent.parent)
    again = escalate("run", "border", "--runs", "20", "--out", out)
    forced = escalate("run", "border", "--runs", "20", "--out", out, "--force")
    assert "An identical run is in" in again.stderr and "An identical run" not in forced.stderr
    assert again.stdout == forced.stdout


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_played(tmp_path):
    (tmp_path / "border").write_text("a file stands where a folder should")
    result = escalate("run", "border", "--runs", "2", "--out", str(tmp_path), code=2)
    assert not result.stdout and "cannot be written: " in result.stderr


def test_run_speaks_json(tmp_path):
    data = json.loads(escalate("run", "border", "--runs", "20", "--out", str(tmp_path), "--json").stdout)
    first = data["estimates"][0]
    assert first["outcome"] == "shots_before_deadline" and 0 <= first["low"] <= first["estimate"] <= first["high"] <= 1


def test_compare_tells_differences_and_where_runs_part():
    text = escalate("compare", "baseline", "no_arrest", "baseline+weak_backing", "--runs", "30").stdout
    assert "No arrest on 3 September against Cambodia 2017–18: 30 pairs of runs, seed 1." in text
    assert "Cambodia 2017–18, weak backing against Cambodia 2017–18: " in text
    assert "pairs what is left to luck parts" in text and "The contrast in backing is built in" in text


def test_compare_speaks_json():
    (data,) = json.loads(escalate("compare", "baseline", "baseline+no_backing", "--runs", "30", "--json").stdout)
    first = data["differences"][0]
    assert first["outcome"] == "dissolved_before_vote" and first["low"] <= first["difference"] <= first["high"]
    assert sum(data["first_days"].values()) == data["pairs_that_part"] <= 30


def test_compare_wants_two_scenarios():
    assert "one or more others" in escalate("compare", "baseline", code=2).stderr


def test_compare_of_two_crises_is_refused():
    error = escalate("compare", "baseline", "border", "--runs", "5", code=2).stderr
    assert "border: is a different crisis from baseline: they share no action" in error


def test_two_files_of_one_name_do_not_share_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("mine", "."):
        Path(folder).mkdir(exist_ok=True)
        Path(folder, "border.yaml").write_text(
            escalate("show", "border").stdout if folder == "mine" else Path("mine/border.yaml").read_text()
        )
    for file in ("mine/border.yaml", "./border.yaml"):
        escalate("run", file, "--runs", "2", "--out", "out")
    assert sorted(path.name for path in Path("out").iterdir()) == sorted(["mine-border", f"{tmp_path.name}-border"])


def test_trace_tells_sources_reasons_and_the_vote():
    text = escalate("trace", "baseline", "--run", "3").stdout
    assert "caveat: State Dept said solely about deportees" in text
    assert "because (base" in text and "electoral_incentive" in text and "National vote" in text


def test_trace_of_one_day_tells_what_was_not_done_either():
    text = escalate("trace", "baseline", "--day", "2017-10-20", "--actor", "cambodia").stdout
    assert "cambodia.accuse → united_states" in text and "not available: its requirements do not hold" in text
    assert "china." not in text


def test_trace_as_json_holds_every_term():
    (first, *_) = json.loads(escalate("trace", "border", "--day", "2030-06-01", "--json").stdout)
    assert {"base", "answer", "own", "share", "hazard", "luck", "probability", "channel_drives"} <= set(first)


def test_trace_of_a_stranger_or_of_a_day_outside_the_clock_is_refused():
    assert "did you mean 'cambodia'?" in escalate("trace", "baseline", "--actor", "camboda", code=2).stderr
    assert "2019-01-01 lies outside the clock" in escalate("trace", "baseline", "--day", "2019-01-01", code=2).stderr


@pytest.mark.parametrize("kind", KINDS)
def test_list_prints_every_kind_as_text_markdown_and_json(kind):
    assert escalate("list", kind).stdout
    assert escalate("list", kind, "--format", "md").stdout.startswith("|")
    assert json.loads(escalate("list", kind, "--json").stdout)


def test_list_knows_no_kind_that_is_not_there():
    assert "did you mean 'drives'?" in escalate("list", "drive", code=2).stderr


def test_init_copies_the_scenarios_and_overwrites_nothing(tmp_path):
    escalate("init", str(tmp_path / "mine"))
    escalate("check", *(str(tmp_path / "mine" / f"{name}.yaml") for name in shipped_names()))
    assert "exists already" in escalate("init", str(tmp_path / "mine"), code=2).stderr


def test_init_blank_starts_a_crisis_of_ones_own(tmp_path):
    escalate("init", str(tmp_path / "mine"), "--blank")
    mine = tmp_path / "mine" / "border.yaml"
    mine.write_text(mine.read_text().replace("label: North", "label: Ruritania"))
    escalate("run", str(mine), "--runs", "3", "--out", str(tmp_path / "outputs"))


def test_a_variant_of_ones_own_extends_a_copy(tmp_path):
    shutil.copytree(shipped_folder(), tmp_path / "mine")
    (tmp_path / "mine" / "what_if.yaml").write_text(
        "extends: baseline.yaml\nname: Freed\ndescription: What if he is freed at Christmas?\n"
        "acts.freed: {act: cambodia.release_leader, date: 2017-12-25, do: force, note: invented}\n"
    )
    text = escalate("trace", str(tmp_path / "mine" / "what_if.yaml"), "--actor", "cambodia").stdout
    assert "2017-12-25  Cambodia's government → Opposition: release_leader" in text and "caveat: invented" in text


def test_show_tells_what_ifs_from_beliefs():
    text = escalate(
        "show", "baseline+weak_backing", "--set", "parameters.leverage=3", "--believe", "parameters.rarity=0.3"
    ).stdout
    what_ifs, beliefs = text.split("# What ifs, over ")[1].split("# Beliefs, under which")
    assert "#   parameters.leverage.value: 3.0 (there 5.0)" in what_ifs and "rarity" not in what_ifs
    assert "#   parameters.rarity.value: 0.3" in beliefs and "leverage" not in beliefs
