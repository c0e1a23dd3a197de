"""`case+variant`: what-ifs written in roles, laid over any case, named by both, and refused where they change nothing."""

from pathlib import Path

import pytest
from quarrel import CASE, KIND, case
from two import TWO, said

from sim.engine.learning import compile_scenario
from sim.scenario.library import shipped_files
from sim.scenario.load import load
from sim.scenario.variants import split_variants

GRIM = "name: a grim crown\ndescription: What if the crown never lets go?\nactors.crown.strategy: grim_trigger\n"


@pytest.fixture(autouse=True)
def files(folder: Path) -> Path:
    (folder / "quarrel.yaml").write_text(KIND, encoding="utf-8")
    (folder / "case.yaml").write_text(CASE + "actors.rivals.strategy: tit_for_two_tats\n", encoding="utf-8")
    (folder / "grim.yaml").write_text(GRIM, encoding="utf-8")
    return folder


def test_a_variant_speaks_of_roles_and_the_scenario_is_named_by_both():
    plain, varied = load("case.yaml").scenario, load("case.yaml+grim.yaml").scenario
    assert (plain.actors["king"].strategy, varied.actors["king"].strategy) == ("tit_for_tat", "grim_trigger")
    assert varied.name == f"{plain.name}, a grim crown"
    assert varied.description == f"{plain.description} What if the crown never lets go?"


def test_variants_are_laid_in_their_order_and_settings_over_them(folder):
    (folder / "mild.yaml").write_text("actors.crown.strategy: generous_tit_for_tat\n", encoding="utf-8")
    both = load("case.yaml+grim+mild").scenario
    assert (both.actors["king"].strategy, both.name.split(", ")[1:]) == (
        "generous_tit_for_tat",
        ["a grim crown", "mild"],
    )
    assert load("case.yaml+mild+grim").scenario.actors["king"].strategy == "grim_trigger"
    laid = load("case.yaml+mild+grim", ["actors.king.strategy=unresponsive", "name=Mine"]).scenario
    assert (laid.actors["king"].strategy, laid.name) == ("unresponsive", "Mine")


def test_a_variant_reaches_every_player_of_a_role(folder):
    (folder / "four.yaml").write_text(case(crown="king", rivals="[duke, earl]", friends="[bishop, abbot]"))
    (folder / "calm.yaml").write_text("name: calm rivals\nactors.rivals.strategy: unresponsive\n", encoding="utf-8")
    actors = load("four+calm").scenario.actors
    assert [name for name, actor in actors.items() if actor.strategy == "unresponsive"] == ["duke", "earl"]


def test_results_have_a_folder_of_their_own():
    names = [load(file).output_name for file in ("baseline", "baseline+weak_backing", "case.yaml+./grim.yaml")]
    assert names == ["baseline", "baseline+weak_backing", "case+grim"]


def test_a_variant_is_a_what_if_that_keeps_what_the_record_taught_its_case():
    plain, varied, believed = (
        compile_scenario(loaded).teaching.shape.tolist()
        for loaded in (
            load("baseline"),
            load("baseline+weak_backing"),
            load("baseline", (), ["parameters.backing=0.15"]),
        )
    )
    assert plain == varied != believed
    assert load("baseline+weak_backing").case.hash == load("baseline").hash


def test_a_variant_beside_the_case_comes_before_the_one_that_ships(folder):
    (folder / "mine" / "variants").mkdir(parents=True)
    (folder / "mine" / "case.yaml").write_text(TWO, encoding="utf-8")
    (folder / "mine" / "record.csv").write_text((folder / "record.csv").read_text())
    (folder / "mine" / "variants" / "no_backing.yaml").write_text("name: mine\ndescription: Mine?\n", encoding="utf-8")
    assert load("mine/case.yaml+no_backing").scenario.name.endswith(", mine")


def test_a_plus_in_the_path_of_a_file_that_there_is_joins_nothing(folder):
    (folder / "a+b").mkdir()
    (folder / "a+b" / "c+d.yaml").write_text(TWO, encoding="utf-8")
    assert split_variants("a+b/c+d.yaml") == ("a+b/c+d.yaml", [])
    assert split_variants("a+b/c+d.yaml+grim.yaml+no_backing") == ("a+b/c+d.yaml", ["grim.yaml", "no_backing"])
    assert split_variants("baseline+weak_backing") == ("baseline", ["weak_backing"])


@pytest.mark.parametrize(
    ("variant", "problem"),
    [
        ("parameters.strenght: 0.3", "v.yaml:1: parameters.strenght: no parameter of this case is called 'strenght'; allowed: {parameters}"),
        ("actors.corwn.strategy: grim_trigger", "v.yaml:1: actors.corwn: no actor of this case is called 'corwn'; allowed: king, duke, bishop, crown, friends, rivals; did you mean 'crown'?"),
        ("channels.king.queen.hostile.base: 0.1", "v.yaml:1: channels.king.queen: no actor of this case is called 'queen'; allowed: king, duke, bishop, crown, friends, rivals"),
        ("actions.king.acuse.rung: 2", "v.yaml:1: actions.king.acuse: no action of this case is called 'acuse'; allowed: accuse, ban, thank; did you mean 'accuse'?"),
        ("extends: case.yaml", "v.yaml:1: extends: a variant extends nothing, for it is laid over a case; allowed: a scenario that extends another by itself"),
    ],
)  # fmt: skip
def test_a_change_of_what_the_case_lacks_is_told_with_the_nearest(folder, variant, problem):
    (folder / "v.yaml").write_text(variant + "\n", encoding="utf-8")
    (text,) = said(file="case.yaml+v.yaml")
    assert text == problem.replace("{parameters}", ", ".join(load("case.yaml").scenario.parameters))


def test_a_variant_of_a_role_that_nobody_plays_is_refused(folder):
    (folder / "alone.yaml").write_text(case(crown="king", rivals="duke"), encoding="utf-8")
    (folder / "v.yaml").write_text("actors.friends.strategy: grim_trigger\n", encoding="utf-8")
    assert said(file="alone+v") == [
        "v.yaml:1: actors.friends: is about a role that nobody plays here (friends); allowed: what is about others, or roles with it"
    ]


def test_a_variant_alone_is_told_how_to_be_used():
    assert "; it is a variant: baseline+weak_backing" in said(file="weak_backing")[0]
    assert said(file="grim.yaml") == [
        "grim.yaml:1: this is a patch, sound only over a scenario; allowed: CASE+grim.yaml, with the name of a case"
    ]
    (problem,) = said(file="baseline+no_arrest")
    assert problem.startswith("no_arrest: there is no such file, and no variant of that name ships; it is a scenario: ")


CASES = [name for name in shipped_files("scenario") if name not in ("border", "no_arrest", "north_korea_calm")]


@pytest.mark.parametrize("case", CASES)
def test_every_variant_that_ships_can_be_laid_over_any_case(case):
    names = list(shipped_files("variant"))
    scenario = load("+".join([case, *names])).scenario
    assert scenario.name.startswith(f"{load(case).scenario.name}, ") and scenario.name.count(", ") >= len(names)


def test_a_variant_that_is_laid_twice_or_replaces_what_one_before_it_says_is_told(folder):
    (folder / "mild.yaml").write_text("actors.crown.strategy: generous_tit_for_tat\n", encoding="utf-8")
    (folder / "also.yaml").write_text(GRIM.replace("a grim crown", "also grim"), encoding="utf-8")
    assert said(file="case.yaml+grim+grim") == ["grim.yaml: this variant is laid twice; allowed: each variant once"]
    (warning,) = [one for one in load("case.yaml+grim+mild").warnings if "replaces" in one.text]
    assert (str(warning.place), warning.key) == ("mild.yaml:1", "actors.crown.strategy")
    assert "what the variant grim says" in warning.text
    assert not [one for one in load("case.yaml+grim+also").warnings if "replaces" in one.text]  # both say the same
