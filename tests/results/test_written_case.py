"""A scenario that is written without what its record taught names its case, so that it is learned there again."""

import numpy as np
import pytest

from sim.engine.learning import compile_scenario
from sim.results.run import write_scenario
from sim.scenario.load import Loaded, load, under_settings
from sim.scenario.problems import Place, UserError

LAID = ["parameters.backing=0.15"]


def same_lessons(one: Loaded, other: Loaded) -> bool:
    taught = [compile_scenario(loaded).teaching for loaded in (one, other)]
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(taught[0][:-1], taught[1][:-1], strict=True))


@pytest.mark.parametrize(("settings", "beliefs"), [(LAID, []), ([], LAID), ([], [])])
def test_what_is_written_learns_what_it_learned(tmp_path, settings, beliefs):
    loaded = load("baseline", settings, beliefs)
    write_scenario(loaded, tmp_path)
    again = load(tmp_path / "scenario.yaml")
    assert same_lessons(again, loaded)
    assert again.hash == loaded.hash
    assert (tmp_path / "case.yaml").exists() == bool(settings)  # what is believed is of the case itself


def test_a_what_if_over_what_was_written_keeps_its_case(tmp_path):
    write_scenario(load("baseline", LAID), tmp_path)
    assert same_lessons(load(tmp_path / "scenario.yaml", ["parameters.leverage=1"]), load("baseline"))


def test_bases_are_not_learned_from_the_record_of_another_case(tmp_path, monkeypatch):
    """A setting that names another record makes the scenario its own case; one that only replays it otherwise does not."""
    write_scenario(load("baseline"), tmp_path)
    written = load(tmp_path / "scenario.yaml")
    monkeypatch.chdir(tmp_path)  # a setting names files from here
    lines = (tmp_path / "record.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "shorter.csv").write_text("".join(lines[:150]), encoding="utf-8")

    def under(setting: str) -> Loaded:
        return under_settings(written, [(setting, Place("here", 1))])

    assert len(under("record.file=shorter.csv").case.rows) < len(written.rows)
    assert under("record.replay=none").case is written.case


def test_a_case_that_is_not_there_is_found_before_anything_is_learned(tmp_path):
    write_scenario(load("baseline", LAID), tmp_path)
    (tmp_path / "case.yaml").rename(tmp_path / "cases.yaml")
    with pytest.raises(UserError, match=r"record\.case: there is no file 'case\.yaml'.*did you mean 'cases\.yaml'"):
        load(tmp_path / "scenario.yaml")
