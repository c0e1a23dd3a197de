"""The record of a case is held to its scenario, and all that is wrong with it is said at once."""

from click.testing import CliRunner

from sim.commands.group import main
from sim.commands.init import start_folder
from sim.scenario.load import load


def test_everything_that_is_wrong_with_a_record_is_said_at_once(tmp_path):
    rows = [
        "date,actor,target,action,source,note",
        "2017-09-03,cambodia,opposition,arrest,a paper,",
        "2017-13-03,cambodia,opposition,arrest,a paper,",
        "2017-09-04,cambodia,opposition,arest,a paper,",
        "2017-09-03,cambodia,opposition,arrest,another paper,",
    ]
    (tmp_path / "mine.csv").write_text("\n".join(rows) + "\n")
    result = CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv")])
    assert result.exit_code == 2
    lines = [line for line in result.output.splitlines() if line.startswith("error")]
    assert [line.partition("mine.csv:")[2].partition(":")[0] for line in lines] == [
        "4",
        "3",
        "5",
    ]  # what helps most comes first
    assert "did you mean 'arrest'" in lines[0] and "in line 2 already" in lines[2]


def test_a_record_without_marks_is_not_replayed_in_silence(tmp_path):
    start_folder(tmp_path / "mine", blank=False)
    rows = "date,actor,target,action,source,note\n2017-09-03,cambodia,opposition,arrest,a paper,\n"
    (tmp_path / "mine" / "own.csv").write_text(rows)
    (tmp_path / "mine" / "own.yaml").write_text("extends: baseline.yaml\nname: Own\nrecord.file: own.csv\n")
    warnings = [str(warning) for warning in load(str(tmp_path / "mine" / "own.yaml")).warnings]
    assert any("no row is marked (seed: yes)" in warning for warning in warnings)


def test_a_record_may_name_an_action_toward_one_of_several_players_as_its_kind_does(tmp_path):
    rows = "date,actor,target,action,source,note\n2018-03-01,venezuela,european_union,accuse,a paper,\n"
    (tmp_path / "mine.csv").write_text(rows)
    result = CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv"), "--for", "venezuela"])
    assert result.exit_code == 0 and "1 act of its actors" in result.output


def test_record_check_says_which_scenario_it_is_held_to(tmp_path):
    (tmp_path / "mine.csv").write_text("date,actor,target,action,source,note\n2017-09-03,north,south,accuse,a paper,\n")
    result = CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv")])
    assert (
        result.exit_code == 2
        and "Checked against baseline (Cambodia 2017–18); --for SCENARIO names another." in result.output
    )
    assert CliRunner().invoke(main, ["record", "check", str(tmp_path / "mine.csv"), "--for", "border"]).exit_code == 0
