"""A scenario may extend others of its folder; a setting is laid over all; every message points at who said it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two import TWO, line_of, said

from sim.scenario import library
from sim.scenario.files import MAX_FILES, files_between, merged, option_places
from sim.scenario.library import find, root_of, shipped_extendable, shipped_folder, shipped_names
from sim.scenario.load import load
from sim.scenario.problems import UserError


def write(folder, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_files_are_laid_over_each_other_from_left_to_right_and_the_file_itself_last(folder):
    write(folder, a="x: 1\ny: 1\nz: 1", b="y: 2\nz: 2", c="extends: [a.yaml, b.yaml]\nz: 3")
    assert merged("c.yaml")[0].plain() == {"x": 1, "y": 2, "z": 3}


def test_settings_are_laid_over_the_file_in_their_order():
    tree, *_ = merged(
        "two.yaml",
        option_places(
            [
                "pairs.state_to_state.momentum=0.1",
                "pairs.state_to_state.momentum=0.3",
                "drives=null",
                "parameters.half_life=9",
            ]
        ),
    )
    assert tree.node_at(("pairs", "state_to_state", "momentum")).value == 0.3
    assert "drives" not in tree.items
    assert tree.node_at(("parameters", "half_life")).plain()["value"] == 9
    assert "steps" not in tree.node_at(("parameters", "half_life")).items


@pytest.mark.parametrize("option", ["--set", "--believe"])
def test_a_mistake_in_an_option_is_told_of_that_option(option, folder):
    laid = {"--set": (["rules.rarity=-1"], []), "--believe": ([], ["rules.rarity=-1"])}[option]
    with pytest.raises(UserError, match=f"^{option} rules.rarity=-1: rules.rarity.value: found -1"):
        load("two.yaml", *laid)


def test_files_between_a_scenario_and_what_it_extends_are_listed_from_there_up(folder):
    write(folder, part="x: 1", low="extends: part.yaml\n", middle="extends: low.yaml\n", top="extends: middle.yaml\n")
    assert files_between("top.yaml", folder / "part.yaml") == ["low.yaml", "middle.yaml"]
    assert files_between("low.yaml", folder / "part.yaml") == []


def test_a_value_is_traced_to_the_file_and_line_or_the_setting_that_set_it(folder):
    write(folder, patch="extends: two.yaml\npairs.state_to_state:\n  momentum: 0.1\n")
    tree, *_ = merged("patch.yaml", option_places(["rules.rarity=0.5"]))
    assert str(tree.node_at(("pairs", "state_to_state", "momentum")).place) == "patch.yaml:3"
    assert str(tree.node_at(("rules", "rarity")).place) == "--set rules.rarity=0.5"
    assert str(tree.node_at(("rules", "rarity_from")).place) == f"two.yaml:{line_of('rarity_from')}"


@pytest.mark.parametrize(
    ("where", "change", "settings", "place"),
    [
        ("in the file itself", {"two": TWO.replace("strategy: tit_for_tat", "strategy: tat")}, [], f"two.yaml:{line_of(' strategy: tit_for_tat')}"),
        ("in a file that is extended", {"two": TWO.replace("strategy: tit_for_tat", "strategy: tat")}, [], f"two.yaml:{line_of(' strategy: tit_for_tat')}"),
        ("in the file that extends", {"patch": "extends: two.yaml\n\nactors.north.strategy: tat\n"}, [], "patch.yaml:3"),
        ("in a setting", {}, ["actors.north.strategy=tat"], "--set actors.north.strategy=tat"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)  # fmt: skip
def test_a_mistake_is_pointed_at_where_it_was_made(folder, where, change, settings, place):
    write(folder, patch="extends: two.yaml\n")
    write(folder, **change)
    file = "two.yaml" if where == "in the file itself" else "patch.yaml"
    strategies = "tit_for_tat, tit_for_two_tats, generous_tit_for_tat, grim_trigger, mirror_last, unresponsive"
    problem = f"{place}: actors.north.strategy: no strategy is called 'tat'; allowed: {strategies}"
    assert said(*settings, file=file) == [problem]


def test_what_is_missing_from_the_whole_is_pointed_at_the_file_that_was_asked_for(folder):
    write(folder, patch="extends: base.yaml\n", base=TWO.replace("name: Two\n", ""))
    assert said(file="patch.yaml") == ["patch.yaml:1: name: is missing; allowed: text"]


def test_what_a_null_took_away_is_pointed_at_the_null_whoever_wrote_it(folder):
    write(folder, patch="extends: part.yaml\n", part="extends: two.yaml\n\nname: null\n")
    assert said(file="patch.yaml") == ["part.yaml:3: name: is empty or null, and cannot be left out; allowed: text"]
    assert said("name=Again", file="patch.yaml") == []


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"a": "extends: a.yaml"}, "a.yaml:1: extends: extends itself: a.yaml → a.yaml"),
        ({"a": "extends: b.yaml", "b": "\nextends: a.yaml"}, "b.yaml:2: extends: extends itself: a.yaml → b.yaml → a.yaml"),
        ({"a": "extends: two.yml"}, "a.yaml:1: extends: there is no file 'two.yml' (escalate init copies those that ship); did you mean 'two.yaml'?"),
        ({"a": "extends: baseline.yaml"}, "a.yaml:1: extends: there is no file 'baseline.yaml' (escalate init copies those that ship); allowed: a file of this folder, or baseline without folder and ending, which ships; did you mean 'baseline'?"),
        ({"a": "extends: parts/two.yaml"}, "a.yaml:1: extends: there is no file 'parts/two.yaml' (escalate init copies those that ship)"),
        ({"a": "extends:\n  - two.yaml\n  - 3"}, "a.yaml:3: extends: is not the name of a file; allowed: a file name or a list of them"),
        ({"a": "extends: {two.yaml: 1}"}, "a.yaml:1: extends: is not the name of a file; allowed: a file name or a list of them"),
        ({"a": "extends: .."}, "a.yaml:1: extends: '..' lies outside the scenario folder .; allowed: files of that folder (escalate init copies those that ship)"),
        ({"a": "extends: /etc/passwd"}, "a.yaml:1: extends: '/etc/passwd' lies outside the scenario folder .; allowed: files of that folder (escalate init copies those that ship)"),
        ({"a": "extends: ."}, "a.yaml:1: extends: '.' is a directory; allowed: a file"),
        ({"a": "extends: record.csv/a.yaml"}, "a.yaml:1: extends: 'record.csv/a.yaml' cannot be read: Not a directory"),
        ({"a": "extends: b.yaml", "b": ""}, "a.yaml:1: extends: 'b.yaml' is empty; allowed: a mapping of keys to values"),
        ({"a": "extends: b.yaml", "b": "[1]"}, "b.yaml:1: is not a mapping; allowed: keys and values, `key: value`"),
        ({"a": "+extends: [two.yaml]"}, "a.yaml:1: +extends: cannot be appended to; allowed: extends: [file, file]"),
        ({"a": f"extends: two.yaml\ndescription: {'x' * 10}\nrules.bar: null"}, "a.yaml:3: rules.bar: is empty or null, which removes what stands there, and nothing does"),
    ],
)  # fmt: skip
def test_what_cannot_be_extended_is_told_at_the_line_that_extends_it(folder, files, problem):
    write(folder, **files)
    assert said(file="a.yaml") == [problem]


def test_a_link_does_not_lead_out_of_the_folder_and_a_link_to_itself_leads_nowhere(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    elsewhere.write_text("name: secret")
    (folder / "link.yaml").symlink_to(elsewhere)
    (folder / "loop.yaml").symlink_to("loop.yaml")
    write(folder, a="extends: link.yaml", b="extends: loop.yaml")
    assert said(file="a.yaml")[0].startswith("a.yaml:1: extends: 'link.yaml' lies outside the scenario folder .")
    assert said(file="b.yaml")[0].startswith("b.yaml:1: extends: 'loop.yaml' cannot be read: ")
    assert said(file="loop.yaml")[0].startswith("loop.yaml: cannot be read: ")


def test_two_unreadable_parts_are_both_told(folder):
    write(folder, a="extends: [none.yaml, broken.yaml]", broken="x: [1\ny: 022")
    assert [problem.split(": ")[0] for problem in said(file="a.yaml")] == ["a.yaml:1", "broken.yaml:2"]


def test_a_file_may_be_extended_twice_but_not_without_end(folder):
    write(folder, a="extends: [b.yaml, b.yaml]", b="extends: two.yaml")
    assert load("a.yaml").scenario == load("two.yaml").scenario
    names = [f"x{number}" for number in range(MAX_FILES + 1)]
    write(folder, **{name: f"extends: [{after}.yaml, {after}.yaml]" for name, after in itertools.pairwise(names)})
    problems = said(file="x0.yaml")
    assert problems[0].endswith(f"extends: more than {MAX_FILES} files are read; allowed: fewer parts")


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("leverage", "is not a setting; allowed: key=value, such as parameters.leverage=4"),
        ("=4", "is not a setting; allowed: key=value, such as parameters.leverage=4"),
        ("rules.rarity=", "rules.rarity: is given no value; allowed: key=value; key=null removes what stands there"),
        ("rules..rarity=1", "rules..rarity: is not a path; allowed: names joined by single dots"),
        ("rules.rarity=022", "rules.rarity: 022 is a number to some readers of YAML and text to others; allowed: the text in quotes, or a plain decimal number"),
        ("rules.rarity={value: 022}", "rules.rarity.value: 022 is a number to some readers of YAML and text to others; allowed: the text in quotes, or a plain decimal number"),
        ("rules.rarity=[1", "rules.rarity: is not YAML: while parsing a flow sequence, did not find expected ',' or ']'; allowed: `[value, value]`; text with a comma or bracket in it stands in quotes"),
        ("rules.rarity=1\n---\n2", "rules.rarity: a second document starts here; allowed: one document a file"),
        ("rules.rarity={a: 1, a: 2}", "rules.rarity.a: the key is given twice"),
        ("rules.rarityy=1", "rules.rarityy: unknown key; allowed: average_mark, rarity, rarity_from, cooperation_heals, threat_opens, demand_opens, imposition_leaves, misperception_sd, misperception_bias; did you mean 'rarity'?"),
        ("rules.rarityy=null", "rules.rarityy: is empty or null, which removes what stands there, and nothing does; did you mean 'rarity'?"),
        ("extends=two.yaml", "extends: is not for a setting; allowed: extends at the top of a file"),
        ("name=\udcff", "name: holds \\udcff, which is not text; allowed: text"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_told_with_the_setting(setting, problem):
    shown = setting.replace("\n", " ").replace("\udcff", "\\udcff")
    assert said(setting) == [f"--set {shown}: {problem}"]


def test_every_wrong_setting_is_told():
    assert len(said("a", "rules.rarity=022", "rules.foo=null")) == 3


@given(
    st.text(max_size=30)
    | st.builds(
        "{}={}".format,
        st.sampled_from(["name", "rules.rarity", "acts", "scale.+112", "drives.audience"]),
        st.text("{}[],:'\"&*!|>#-?%@` \n\tabc0.1", max_size=12),
    )
)
@settings(max_examples=120, deadline=None)
def test_any_setting_is_taken_or_refused_in_words(setting):
    assert all(problem and problem.isprintable() for problem in said(setting))


def test_a_bare_name_finds_what_ships_and_the_baseline_comes_first():
    assert shipped_names()[0] == "baseline"
    assert find("baseline") == shipped_folder() / "baseline.yaml"
    assert root_of(shipped_folder() / "parts" / "scale.yaml") == shipped_folder().resolve()


def test_a_file_of_ones_own_may_not_leave_its_folder(folder):
    assert root_of(folder / "two.yaml") == folder.resolve()


def test_an_installed_package_finds_the_scenarios_inside_it(folder, monkeypatch):
    (folder / "sim" / "scenarios").mkdir(parents=True)
    monkeypatch.setattr(library, "__file__", str(folder / "sim" / "scenario" / "library.py"))
    assert shipped_folder() == folder / "sim" / "scenarios"


def test_a_name_that_neither_is_a_file_nor_ships_is_told_with_the_nearest():
    with pytest.raises(UserError) as caught:
        find("baselin")
    assert str(caught.value).startswith(
        "baselin: there is no such file, and no scenario of that name ships; allowed: a path to a .yaml file, or one of baseline, "
    )
    assert str(caught.value).endswith("did you mean 'baseline'?")


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("none.yaml", "none.yaml: there is no such file"),
        (".", ".: is a directory; allowed: a file"),
        ("two.yaml/more.yaml", "two.yaml/more.yaml: cannot be read: Not a directory"),
        ("a\0.yaml", "a\\x00.yaml: there is no such file"),
        ("a" * 300, "a" * 59 + "…: there is no such file, and no scenario of that name ships"),
        ("a" * 300 + ".yaml", "a" * 300 + ".yaml: cannot be read: "),
        ("\0", "\\x00: there is no such file, and no scenario of that name ships"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_in_words(file, problem):
    (found,) = said(file=file)
    assert found.startswith(problem)


def test_a_bare_name_is_a_kind_or_scenario_that_ships_and_its_parts_are_found_where_it_stands(folder):
    write(folder, a="extends: border\nname: Ours\ndescription: What if?\n", b="extends: kinds/interstate.yaml\n")
    assert said(file="a.yaml") == []
    assert load("a.yaml").scenario.actions == load("border").scenario.actions
    assert said(file="b.yaml")[0].startswith("b.yaml:1: extends: there is no file 'kinds/interstate.yaml'")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"a": "extends: bordr"}, "no kind or scenario called 'bordr' ships; allowed: the path of a file of this folder, or one of {ships}; did you mean 'border'?"),
        ({"a": "extends: two"}, "no kind or scenario called 'two' ships; allowed: the path of a file of this folder, or one of {ships}; did you mean 'two.yaml'?"),
        ({"a": "extends: border", "border": TWO}, "is the name of border.yaml in this folder, and of what ships; allowed: border.yaml, or that file under another name"),
    ],
)  # fmt: skip
def test_a_bare_name_that_is_nobodys_or_of_two_files_is_refused(folder, files, problem):
    write(folder, **files)
    assert said(file="a.yaml") == ["a.yaml:1: extends: " + problem.format(ships=", ".join(shipped_extendable()))]
