"""A kind written in roles is written out for those who play them; what is wrong with a cast is said where it stands."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quarrel import CASE, KIND, by_hand, case
from two import said

from sim.scenario.load import load, under_settings, varied
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, UserError


@pytest.fixture(autouse=True)
def kind(folder: Path) -> Path:
    (folder / "quarrel.yaml").write_text(KIND, encoding="utf-8")
    return folder


def resolved(text: str, *over: str) -> dict[str, Any]:
    """What a case comes to, without who plays what."""
    Path("case.yaml").write_text(text, encoding="utf-8")
    scenario = load("case.yaml", over).resolved()
    scenario.pop("roles", None)
    for fact in scenario["facts"].values():
        fact.pop("of", None)
    return scenario


def problems(text: str) -> list[str]:
    Path("case.yaml").write_text(text, encoding="utf-8")
    return said(file="case.yaml")


def line(words: str, text: str = KIND) -> int:
    return next(number for number, row in enumerate(text.splitlines(), 1) if words in row)


TWO_RIVALS = case(crown="king", rivals="[duke, earl]", friends="bishop")
FOUR = case(crown="king", rivals="[duke, earl]", friends="[bishop, abbot]")


def test_one_player_a_role_is_the_same_as_the_file_written_by_hand():
    assert resolved(CASE) == resolved(by_hand(crown="king", rivals="duke", friends="bishop"))


def test_an_entry_about_a_role_of_two_players_is_written_for_each_and_named_after_it():
    scenario = resolved(TWO_RIVALS)
    assert list(scenario["actions"]["king"]) == ["accuse_duke", "accuse_earl", "ban_duke", "ban_earl", "thank"]
    ban = scenario["actions"]["king"]["ban_earl"]
    assert (ban["target"], ban["raises"], ban["requires"][0]["quantity"]) == ("earl", {"banned_earl": 1}, "banned_earl")
    assert list(scenario["facts"]) == ["banned_duke", "banned_earl", "armed"]
    assert list(scenario["actions"]["earl"]) == ["protest", "offer"]  # an actor's own keep their names
    assert scenario["actions"]["duke"]["protest"]["requires"][0]["quantity"] == "banned_duke"


def test_lists_and_mappings_of_roles_are_written_out_in_place():
    scenario = resolved(TWO_RIVALS)
    assert scenario["drives"]["audience"]["toward"] == ["duke", "earl"]
    assert list(scenario["pressures"]["king"]["measures"]) == ["banned_duke", "banned_earl"]
    assert scenario["pressures"]["king"]["threats_from"] == ["duke", "earl"]
    assert scenario["outcomes"]["bans"]["acts"]["actions"] == ["king.ban_duke", "king.ban_earl"]
    assert [scenario["outcomes"][f"tension_{name}"]["pair"] for name in ("duke", "earl")] == [["king", "duke"], ["king", "earl"]]  # fmt: skip
    assert scenario["channels"]["bishop"]["earl"]["hostile"]["answers_to"][0]["of"] == "earl"


def test_two_roles_of_two_players_give_an_entry_for_each_pair():
    sympathies = resolved(FOUR)["sympathies"]
    pairs = {name: (entry["actor"], entry["against"]) for name, entry in sympathies.items()}
    assert pairs == {f"for_crown_{friend}_{rival}": (friend, rival) for friend in ("abbot", "bishop") for rival in ("duke", "earl")}  # fmt: skip


def test_what_is_about_a_role_without_players_vanishes():
    scenario = resolved(case(crown="king", rivals="duke"))
    assert list(scenario["actors"]) == ["king", "duke"] and "bishop" not in str(scenario)
    assert (scenario["sympathies"], list(scenario["actions"]["king"])) == ({}, ["accuse", "ban"])


def test_a_requirement_of_a_fact_of_nobody_is_never_met_and_its_absence_always():
    rules = (
        "  crown:\n    reward: {target: rivals, cameo: '036', rung: 0, meaning: m, requires: [{quantity: lent, %s}]}\n"
    )
    lent = "facts:\n  lent: {of: friends, meaning: money lent}\n"
    for test, there in (("at_least: 1", False), ("at_most: 0", True), ("days_since: 3", False)):
        Path("quarrel.yaml").write_text(
            KIND.replace("facts:\n", lent).replace("  crown:\n    accuse", rules % test + "    accuse")
        )
        scenario = resolved(case(crown="king", rivals="duke"))
        assert ("reward" in scenario["actions"]["king"]) is there


def test_what_is_laid_over_a_role_or_an_entry_of_the_kind_reaches_every_player():
    over = "actors.rivals.strategy: grim_trigger\nactions.king.accuse.rung: 2\nactions.crown.ban.meaning: bars it\noutcomes.bans: null\n"
    scenario = resolved(TWO_RIVALS + over)
    assert [scenario["actors"][name]["strategy"] for name in ("king", "duke", "earl")] == [
        "tit_for_tat",
        "grim_trigger",
        "grim_trigger",
    ]
    assert [scenario["actions"]["king"][f"accuse_{name}"]["rung"] for name in ("duke", "earl")] == [2, 2]
    assert [scenario["actions"]["king"][f"ban_{name}"]["meaning"] for name in ("duke", "earl")] == ["bars it"] * 2
    assert "bans" not in scenario["outcomes"]


def test_another_player_is_one_line_over_a_case():
    Path("first.yaml").write_text(CASE + "actions.king.accuse.rung: 2\n")
    wider = resolved("extends: first.yaml\nroles.rivals: [duke, earl]\nactors.earl.label: Earl\n")
    assert wider["actors"].keys() == {"king", "duke", "earl", "bishop"}
    assert wider["actions"]["king"]["accuse_earl"]["rung"] == 2
    Path("first.yaml").write_text(
        TWO_RIVALS.replace("[duke, earl]", "[duke]").replace(", earl: {label: Earl}", "")
        + "actions.king.accuse.rung: 2\n"
    )
    assert resolved("extends: first.yaml\nroles.+rivals: [earl]\nactors.earl.label: Earl\n") == wider


def test_a_record_names_acts_as_the_kind_does():
    Path("acts.csv").write_text(
        "date,actor,target,action,outside,seed,source,note\n2030-03-02,king,earl,accuse,,yes,a paper,\n"
    )
    Path("case.yaml").write_text(TWO_RIVALS + "record: {file: acts.csv, replay: marked, month_only: leave_out}\n")
    assert [row.name for row in load("case.yaml").rows_inside] == ["king.accuse_earl"]


def test_the_resolved_text_loads_to_the_same_scenario():
    resolved(FOUR)
    loaded = load("case.yaml")
    Path("again.yaml").write_text(loaded.resolved_yaml())
    assert load("again.yaml").scenario == loaded.scenario


def test_an_error_points_at_the_line_of_the_kind_and_says_for_whom_it_was_expanded():
    Path("quarrel.yaml").write_text(KIND.replace("rung: 1, meaning: warns", "rung: 9, meaning: warns"))
    (first, second) = problems(TWO_RIVALS)
    place = f"quarrel.yaml:{line('warn:')}"
    assert first.startswith(f"{place} (for friends bishop, rivals duke): actions.bishop.warn_duke.rung: ")
    assert second.startswith(f"{place} (for friends bishop, rivals earl): actions.bishop.warn_earl.rung: ")


def with_roles(cast: str) -> str:
    return CASE.replace("{crown: king, rivals: duke, friends: bishop}", cast)


@pytest.mark.parametrize(
    ("cast", "problem"),
    [
        ("{crown: king, friends: bishop}", "roles.rivals: no actor plays this role (who contests it); allowed: the name of an actor, or a list of them"),
        ("{crown: king, rivals: [], friends: bishop}", "roles.rivals: no actor plays this role (who contests it); allowed: the name of an actor, or a list of them"),
        ("{crown: king, rivals: duke, friends: king}", "roles.friends: 'king' plays crown already; allowed: one role for each actor"),
        ("{crown: king, rivals: [duke, duke], friends: bishop}", "roles.rivals: 'duke' plays this role twice; allowed: one role for each actor"),
        ("{crown: king, rivals: friends}", "roles.rivals: 'friends' is the name of another role; allowed: another name"),
        ("{crown: king, rival: duke, friends: bishop}", "roles.rival: no role is called 'rival'; allowed: crown, rivals, friends; did you mean 'rivals'?"),
        ("{crown: [king, queen], rivals: duke}", "roles.crown: 2 actors play it (king, queen); allowed: one actor, who rules"),
        ("{crown: King, rivals: duke}", "roles.crown: 'King' is not the name of an actor; allowed: the name of an actor, or a list of them"),
        (f"{{crown: king, rivals: [{', '.join(f'r{number}' for number in range(51))}]}}", "roles.rivals: 51 actors play it; allowed: at most 50 actors"),
        ("king", "roles: names no roles; found king; allowed: a mapping of roles to the actors that play them"),
    ],
)  # fmt: skip
def test_a_cast_that_does_not_fit_the_kind_is_an_error(cast, problem):
    assert problem in [text.removeprefix("case.yaml:4: ") for text in problems(with_roles(cast))]


def test_a_kind_that_is_missing_extends_a_case_or_is_run_by_itself_is_an_error():
    assert problems(CASE.replace("quarrel.yaml", "quarel.yaml")) == [
        "case.yaml:1: extends: there is no file 'quarel.yaml' (escalate init copies those that ship); did you mean 'quarrel.yaml'?"
    ]
    assert said(file="quarrel.yaml") == [
        "quarrel.yaml:1: this is a kind: nobody plays its roles; allowed: a scenario that extends it, with roles"
    ]
    Path("first.yaml").write_text(CASE)
    assert problems("extends: first.yaml\nroles: {judge: {label: who judges}}\n") == [
        "case.yaml:1: extends: a kind cannot extend a case; allowed: kinds, or parts of them"
    ]


def test_a_role_misspelt_in_a_kind_and_a_role_without_players_in_a_case_are_errors():
    Path("quarrel.yaml").write_text(KIND.replace("accuse: {target: rivals", "accuse: {target: rivalls"))
    assert problems(CASE)[0] == (
        f"quarrel.yaml:{line('accuse: {')}: actions.crown.accuse.target: no role is called 'rivalls'; "
        "allowed: crown, friends, rivals; did you mean 'rivals'?"
    )
    Path("quarrel.yaml").write_text(KIND)
    assert problems(case(crown="king", rivals="duke") + "actors.friends.strategy: grim_trigger\n") == [
        "case.yaml:7: actors.friends: is about a role that nobody plays here (friends); allowed: what is about others, or roles with it"
    ]


def test_roles_are_not_recast_once_the_kind_is_expanded():
    Path("case.yaml").write_text(CASE)
    loaded, place = load("case.yaml"), Place("study.yaml", 3)
    text = "study.yaml:3: roles.rivals: cannot change here: the kind is expanded when the scenario is read"
    with pytest.raises(UserError, match=text):
        varied(loaded, {"roles.rivals": Node("earl", place)})
    with pytest.raises(UserError, match=text):
        under_settings(loaded, [("roles.rivals=earl", place)])


def test_a_setting_may_give_a_role_to_another_player_and_speak_of_roles():
    scenario = resolved(CASE, "actors.crown.strategy=grim_trigger")
    assert scenario["actors"]["king"]["strategy"] == "grim_trigger"
    Path("case.yaml").write_text(CASE)
    settings = ["roles.rivals=[duke, earl]", "actors.earl.label=Earl"]
    assert load("case.yaml", settings).scenario.roles == {
        "crown": ["king"],
        "rivals": ["duke", "earl"],
        "friends": ["bishop"],
    }


def test_a_player_that_is_no_actor_is_an_error_where_it_is_cast():
    assert problems(CASE.replace("rivals: duke", "rivals: dukke")) == [
        "case.yaml:4: roles.rivals: no actor is called 'dukke'; allowed: king, duke, bishop, or another that `actors` gives a label; did you mean 'duke'?"
    ]


def test_a_declaration_of_a_role_that_is_none_is_an_error():
    Path("quarrel.yaml").write_text(KIND.replace("{label: who rules}", "{lable: who rules}"))
    assert any(
        text.startswith("quarrel.yaml:2: roles.crown") and "does not declare a role" in text for text in problems(CASE)
    )


@given(
    st.permutations(["crown: king", "rivals: [duke, earl]", "friends: [bishop, abbot]"]),
    st.permutations(["duke", "earl"]),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_roles_and_players_gives_the_same_scenario(roles, rivals):
    cast = ", ".join(roles).replace("[duke, earl]", f"[{', '.join(rivals)}]")
    text = FOUR.replace("crown: king, rivals: [duke, earl], friends: [bishop, abbot]", cast)
    Path("case.yaml").write_text(text, encoding="utf-8")
    shuffled = load("case.yaml")
    Path("case.yaml").write_text(FOUR, encoding="utf-8")
    assert shuffled.hash == load("case.yaml").hash


NAME = st.from_regex(r"[a-z]{1,4}_[0-9]", fullmatch=True)


@given(st.lists(NAME, min_size=3, max_size=3, unique=True))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_plays_one_player_a_role_is_the_same_as_by_hand(names):
    roles = dict(zip(("crown", "rivals", "friends"), names, strict=True))
    assert resolved(case(**roles)) == resolved(by_hand(**roles))


def test_an_actor_that_lost_its_role_is_told_once_at_its_line(folder):
    (folder / "case.yaml").write_text("extends: venezuela\nroles: {patrons: russia}\n", encoding="utf-8")
    (problem,) = said(file="case.yaml")
    assert "actors.china: plays no role of the kind, and nothing but its label is said of it" in problem
    assert "allowed: a role that names it (" in problem and "null in its place" in problem
