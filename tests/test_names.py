"""In a folder that `escalate init` made, many names are in two places: what a default means, and what a name means there."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.commands.group import main
from sim.engine.crisis import Crisis
from sim.scenario.library import shipped_default, shipped_files
from sim.scenario.load import load
from sim.scenario.problems import UserError


def escalate(*words: str, code: int = 0):
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def mine(tmp_path, monkeypatch) -> Path:
    """Stand in a folder of one's own, in which the baseline is another."""
    escalate("init", str(tmp_path / "mine"))
    monkeypatch.chdir(tmp_path / "mine")
    for name in ("baseline.yaml", "facts/stylised.yaml"):
        (tmp_path / "mine" / Path(name).name).write_text("name: [")
    return tmp_path / "mine"


def test_a_bare_name_that_is_in_two_places_is_an_error_that_names_both(mine):
    with pytest.raises(UserError, match=r"is the name of \./baseline\.yaml, and of the scenario that ships"):
        load("baseline")


def test_a_default_is_what_ships_whatever_the_working_folder_holds(mine):
    assert shipped_default("scenario") == str(shipped_files("scenario")["baseline"])
    assert Crisis().compiled.loaded.hash == load(shipped_default("scenario")).hash
    assert "leverage" in escalate("list", "parameters").stdout
    record = "date,actor,target,action,source,note\n2017-09-03,cambodia,opposition,detain_leader,x,\n"
    (mine / "record.csv").write_text(record)
    assert "sound for Cambodia 2017–18" in escalate("record", "check", "record.csv").stdout


def test_the_facts_that_are_measured_by_default_are_those_that_ship(mine, monkeypatch):
    named = []
    monkeypatch.setattr("sim.commands.facts.check_facts", lambda desk, file, request: named.append(file))
    escalate("facts")
    assert named == [shipped_default("facts")]


@pytest.mark.parametrize(
    ("words", "noun", "nearest"),
    [
        (["run", "baselin"], "scenario", "baseline"),
        (["sweep", "bakcing"], "study", "backing"),
        (["facts", "stylized"], "file of facts", "stylised"),
        (["record", "import", "t.csv", "--format", "csv", "--out", "x.csv", "--map", "camboda"], "map", "cambodia"),
    ],
)
def test_a_name_of_nothing_is_told_with_the_nearest_of_its_kind(tmp_path, monkeypatch, words, noun, nearest):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").touch()
    text = escalate(*words, code=2).stderr
    assert f"there is no such file, and no {noun} of that name ships; allowed: " in text
    assert text.endswith(f"; did you mean '{nearest}'?\n")


def test_an_import_takes_the_map_that_ships_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("table.csv").write_text("date,source,target,code\n2017-09-03,Hun Sen,Kem Sokha,173\n")
    options = ("--format", "csv", "--map", "cambodia", "--out", "mine.csv")
    escalate("record", "import", "table.csv", *options)
    assert "2017-09-03,cambodia,opposition," in Path("mine.csv").read_text()
