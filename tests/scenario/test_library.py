"""A bare name is a file of the working folder, or one that ships; where it is both, nobody chooses for the user."""

import os

import pytest
from two import TWO, said

from sim.scenario.library import KINDS, find, find_beside, find_file, find_map, shipped_files, shipped_folder
from sim.scenario.load import load
from sim.scenario.problems import UserError


def refused(file: str, *kinds: str) -> str:
    with pytest.raises(UserError) as caught:
        find_file(file, *(kinds or ("scenario",)))
    return str(caught.value)


@pytest.mark.parametrize(("name", "suffix"), [("mine", ".yaml"), ("mine", ".yml"), ("mine", "")])
def test_a_bare_name_finds_a_file_of_the_working_folder(folder, name, suffix):
    (folder / (name + suffix)).write_text(TWO)
    assert str(find(name)) == name + suffix
    assert load(name).scenario.name == "Two"


@pytest.mark.parametrize("kind", KINDS)
def test_a_bare_name_finds_what_ships_of_its_kind(kind):
    for name, path in shipped_files(kind).items():
        assert find_file(name, kind) == path and path.is_file()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("scenario", "no_arrest"),
        ("variant", "weak_backing"),
        ("study", "backing"),
        ("facts", "stylised"),
        ("map", "cambodia"),
    ],
)
def test_a_name_of_a_file_here_and_of_one_that_ships_is_refused_with_both(folder, kind, name):
    (folder / f"{name}.yaml").write_text("name: mine")
    noun = "file of facts" if kind == "facts" else kind
    theirs = os.path.relpath(shipped_files(kind)[name])
    theirs = str(shipped_files(kind)[name]) if theirs.startswith("..") else theirs
    assert refused(name, kind) == (
        f"{name}: is the name of ./{name}.yaml, and of the {noun} that ships; allowed: ./{name}.yaml, or {theirs}"
    )
    assert str(find_file(f"./{name}.yaml", kind)) == f"{name}.yaml"
    assert find_file(theirs, kind).samefile(shipped_files(kind)[name])


def test_two_files_here_of_one_name_are_refused_too(folder):
    (folder / "mine.yaml").write_text(TWO)
    (folder / "mine.yml").write_text(TWO)
    assert refused("mine") == "mine: is the name of ./mine.yaml and ./mine.yml; allowed: ./mine.yaml, or ./mine.yml"


def test_in_the_folder_of_what_ships_a_name_is_one_file(monkeypatch):
    monkeypatch.chdir(shipped_folder())
    assert find("baseline").samefile(shipped_files("scenario")["baseline"])


def test_a_folder_of_that_name_is_no_file(folder):
    (folder / "baseline").mkdir()
    (folder / "own").mkdir()
    assert find("baseline") == shipped_files("scenario")["baseline"]
    assert refused("own").startswith("own: there is a folder, not a file, and no scenario of that name")


@pytest.mark.parametrize(
    ("file", "words", "meant"),
    [
        ("BASELINE", "there is no such file, and no scenario of that name ships", "baseline"),
        ("No Arrest", "there is no such file, and no scenario of that name ships", "no_arrest"),
        ("weak_backing", "; it is a variant: baseline+weak_backing", None),
        ("twoo", "there is no such file, and no scenario of that name ships", "two"),
        ("backing", "; it is a study: escalate sweep", None),
        ("stylised", "; it is a file of facts: escalate facts", None),
        ("baseline.yaml", "there is no such file", "baseline"),
        ("two.yml", "there is no such file", "two.yaml"),
        ("TWO.yaml", "there is no such file", "two.yaml"),
        ("sub/crisis", "there is no such file", "sub/crisis.yaml"),
        ("sub/crsis.yaml", "there is no such file", "sub/crisis.yaml"),
        ("", "cannot be the name of a file; allowed: a path, or the name of a scenario", None),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest_that_is(folder, file, words, meant):
    (folder / "sub").mkdir()
    (folder / "sub" / "crisis.yaml").write_text(TWO)
    if (folder / file).exists() and file:  # where capitals make no difference
        pytest.skip("this folder takes capitals for small letters")
    text = refused(file)
    assert words in text
    assert text.endswith(f"; did you mean '{meant}'?") if meant else "did you mean" not in text


def test_a_file_that_another_names_is_looked_for_beside_it_and_above_it_before_what_ships(folder):
    (folder / "studies").mkdir()
    study = folder / "studies" / "baseline.yaml"
    study.write_text("scenario: baseline")
    assert find_beside("baseline", study) == shipped_files("scenario")["baseline"]
    (folder / "baseline.yaml").write_text(TWO)
    assert find_beside("baseline", study) == folder.resolve() / "baseline.yaml"
    (folder / "studies" / "other.yaml").write_text(TWO)
    assert find_beside("other", study) == folder.resolve() / "studies" / "other.yaml"
    assert find_beside("other", study, lambda path: path.name == "other.yaml") is None
    assert find_beside("nothing", study) is None
    assert find_beside("\0", study) is None


def test_maps_have_names_too(folder):
    assert find_map("cambodia") == shipped_files("map")["cambodia"]


def test_results_of_ones_own_do_not_share_the_folder_of_what_ships(folder):
    for place in ("mine", "other"):
        (folder / place).mkdir()
        (folder / place / "baseline.yaml").write_text(TWO)
    names = [load(file).output_name for file in ("baseline", "mine/baseline.yaml", "other/baseline.yaml", "./two.yaml")]
    assert names == ["baseline", "mine-baseline", "other-baseline", "two"]
    assert load(shipped_files("scenario")["baseline"]).output_name == "baseline"


def test_an_ambiguous_name_is_a_problem_of_checking_it(folder):
    (folder / "weak_backing.yaml").write_text(TWO)
    (found,) = said(file="baseline+weak_backing")
    assert found.startswith(
        "weak_backing: is the name of ./weak_backing.yaml, and of the variant that ships; allowed: "
    )
