"""Maps of who is who: the most particular pattern decides, and nobody is taken for a government by a country alone."""

import pytest

from sim.evidence.cameo import Code
from sim.evidence.case_map import CaseMap, Map, read_map
from sim.evidence.event_forms import Side, side_by_codes, side_by_sectors
from sim.evidence.event_words import acled_codes, plover_codes, word_code
from sim.scenario.library import shipped_folder
from sim.scenario.load import load
from sim.scenario.problems import UserError


@pytest.fixture(scope="module")
def loaded():
    return load("baseline")


@pytest.fixture(scope="module")
def scenario(loaded):
    return loaded.scenario


@pytest.fixture(scope="module")
def shipped(loaded):
    return CaseMap(read_map(shipped_folder() / "maps" / "cambodia.yaml", loaded), loaded.scenario)


def case(scenario, **actors: list[str]) -> CaseMap:
    return CaseMap(Map(actors=actors, actions={}), scenario)


def named(text: str) -> Side:
    return Side((text,), (text,))


@pytest.mark.parametrize(
    ("name", "country", "sectors", "actor"),
    [
        ("Cambodia", "Cambodia", "NULL", "cambodia"),
        ("Cambodia", "Cambodia", "", "cambodia"),
        ("Head of Government (Cambodia)", "Cambodia", "Executive,Government", "cambodia"),
        ("Police (Cambodia)", "Cambodia", "Government,Police", "cambodia"),
        ("Citizen (Cambodia)", "Cambodia", "General Population / Civilian / Social,Social", None),
        ("Media (United States)", "United States", "Media,Social", None),
        ("Company (China)", "China", "Business,Social", None),
        ("Somebody Unknown", "Cambodia", "NULL", None),  # a person is no country
        ("Kem Sokha", "Cambodia", "NULL", "opposition"),
        ("KEM  SOKHA", "Cambodia", "Government,Legislative / Parliament", "opposition"),
        ("Member of Parliament (Cambodia)", "Cambodia", "Legislative / Parliament,Government", "cambodia"),
        ("A Member", "Cambodia", "Government,Legislative / Parliament,Opposition Major Party (Out Of Government),Parties", "opposition"),
        ("A Leader", "Cambodia", "Opposition Major Party (Out Of Government)", "opposition"),
        ("A Minister", "Cambodia", "Government Major Party (In Government),Parties", "cambodia"),
        ("Protester (Cambodia)", "Cambodia", "Protestors / Popular Opposition / Mobs,Social", "opposition"),
        ("Foreign Affairs (United States)", "United States", "Foreign Ministry,Government", "united_states"),
        ("Opposition Legislator (Cambodia)", "Cambodia", "Government,Legislative / Parliament", "opposition"),
        ("Member of Parliament - Opposition (Cambodia)", "Cambodia", "Government,Legislative / Parliament", "opposition"),
        ("Somebody Sok", "Cambodia", "Legislative / Parliament,Moon Party (Out Of Government)", "opposition"),
        ("Moon Human Rights Group", "Cambodia", "Government,Human Rights NGOs", None),
        ("Human Rights Activist (Cambodia)", "Cambodia", "Government,Social", None),
        ("Embassy of Norland", "Cambodia", "Foreign Ministry,Government", None),
        ("Foreign Embassy (Cambodia)", "Cambodia", "Foreign Ministry,Government", None),
        ("Embassy of the United States", "Cambodia", "Foreign Ministry,Government", "united_states"),
        ("Embassy (United States)", "United States", "Foreign Ministry,Government", "united_states"),
        ("Laos", "Laos", "NULL", None),
        ("NULL", "NULL", "NULL", None),
    ],
)  # fmt: skip
def test_a_side_with_sectors_is_who_its_name_or_sectors_say(shipped, name, country, sectors, actor):
    assert shipped.actor(side_by_sectors(name, country, sectors)) == actor


@pytest.mark.parametrize(
    ("name", "code", "country", "kinds", "actor"),
    [
        ("CAMBODIA", "KHM", "KHM", (), "cambodia"),
        ("PHNOM PENH", "KHM", "KHM", (), "cambodia"),
        ("CAMBODIA", "KHMGOV", "KHM", ("GOV",), "cambodia"),
        ("NIKE", "USABUS", "USA", ("BUS",), None),
        ("NIKE", "USA", "USA", ("BUS",), None),
        ("UNITED STATES", "USABUS", "USA", ("BUS",), None),  # beside a role a country's name is no name of its own
        ("CAMBODIA", "KHMMED", "KHM", (), None),
        ("CHINESE", "CHNCVL", "CHN", ("CVL",), None),
        ("KEM SOKHA", "KHM", "KHM", (), "opposition"),
        ("KEM SOKHA", "KHMLEG", "KHM", ("LEG",), "opposition"),
        ("CAMBODIA", "KHMLEGOPP", "KHM", ("LEG", "OPP"), "opposition"),
        ("CAMBODIA", "KHMLEGOPP", "KHM", (), "opposition"),  # the roles stand in the code alone
        ("MOON HUMAN RIGHTS GROUP", "KHMGOV", "KHM", ("GOV", "HRI"), None),
        ("HUN SEN", "KHMELI", "KHM", ("ELI",), "cambodia"),
        ("WHITE HOUSE", "USAGOV", "USA", ("GOV",), "united_states"),
        ("", "MED", "", ("MED",), None),
        ("NULL", "KHM", "KHM", ("NULL",), "cambodia"),
        ("", "", "", (), None),
    ],
)
def test_a_side_with_codes_is_who_its_name_or_roles_say(shipped, name, code, country, kinds, actor):
    assert shipped.actor(side_by_codes(name, code, country, kinds)) == actor


def test_of_patterns_that_fit_the_most_particular_decides_whatever_their_order_and_case(scenario):
    for actors in (
        {"cambodia": ["KHM*"], "opposition": ["khmopp*", "Party of *"], "united_states": ["PARTY OF THE *"]},
        {"united_states": ["PARTY OF THE *"], "opposition": ["Party of *", "khmopp*"], "cambodia": ["KHM*"]},
    ):
        mapped = case(scenario, **actors)
        labels = ("KHMGOV", "KHMOPP", "KHMOPPX", "party of one", "Party of the Sun", "Party")
        assert [mapped.actor(named(label)) for label in labels] == [
            "cambodia", "opposition", "opposition", "opposition", "united_states", None,
        ]  # fmt: skip


def test_only_a_star_is_special(scenario):
    mapped = case(scenario, cambodia=["Police [Cambodia]", "a.c", "(x*y)"], opposition=["What?"])
    labels = ("Police [Cambodia]", "Police C", "abc", "a.c", "(x and y)", "What?", "Whats")
    assert [mapped.actor(named(label)) for label in labels] == [
        "cambodia", None, None, "cambodia", "cambodia", "opposition", None,
    ]  # fmt: skip


def test_a_country_code_with_any_role_is_compared_with_codes_alone(scenario):
    mapped = case(scenario, united_states=["USA*"], opposition=["Kim*"])
    assert mapped.actor(side_by_codes("USAMA", "SAUREB", "SAU", ("REB",))) is None
    assert mapped.actor(side_by_codes("ANYBODY", "USABUS", "USA", ("BUS",))) == "united_states"  # as the map says
    assert mapped.actor(named("USAGOV")) == "united_states" and mapped.actor(named("Kim Il")) == "opposition"


def test_roles_of_two_actors_are_of_the_one_named_first_and_that_is_told(scenario):
    side = side_by_codes("", "KHMLEGOPP", "KHM", ("LEG", "OPP"))
    for first, second in (("opposition", "cambodia"), ("cambodia", "opposition")):
        patterns = {"cambodia": ["KHMLEG*"], "opposition": ["KHMOPP*"]}
        decision = case(scenario, **{first: patterns[first], second: patterns[second]}).decide(side)
        assert (decision.actor, decision.instead_of) == (first, second)
        assert {pattern.text for pattern in decision.fitting} == {"KHMLEG*", "KHMOPP*"}


def test_who_is_nobody_stays_out_unless_a_more_particular_pattern_names_it(scenario):
    read = Map(actors={"cambodia": ["Ministry of *", "Cambodia/Government"]}, nobody=["Ministry of M*"], actions={})
    mapped = CaseMap(read, scenario)
    assert [mapped.actor(named(name)) for name in ("Ministry of Health", "Ministry of Mines")] == ["cambodia", None]
    decision = mapped.decide(Side(("Ministry of Moons",), ("Cambodia/Government",)))
    assert decision.actor is None and [pattern.text for pattern in decision.fitting if not pattern.actor]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("actors: {cambodia: [KHM], opposition: [khm]}\nactions: {}\n", "actors.opposition: 'khm' is a pattern of cambodia already, so it can never decide"),
        ("actors: {cambodia: [KHM]}\nnobody: ['x', 'khm']\nactions: {}\n", "nobody: 'khm' is a pattern of cambodia already"),
        ("actors: {cambodia: ['  ']}\nactions: {}\n", "actors.cambodia: a pattern is empty"),
        ("actors: {}\nactions: {cambodia.accuse: ['99']}\n", "actions.cambodia.accuse: no code of CAMEO begins with '99'"),
        ("actors: {}\nactions: {cambodia.accuse: [COERCE-arest, Arests]}\n", "actions.cambodia.accuse: 'Arests' is no code of PLOVER, ACLED or UCDP; allowed: one of theirs, or one that the map lists under `codes`; did you mean 'Arrests'?"),
        ("actors: {}\nactions: {cambodia.accuse: ['']}\n", "actions.cambodia.accuse: no code of CAMEO begins with ''"),
        ("actors: {}\nactions: {cambodia.accuse: ['11'], cambodia.threaten: ['13', '11']}\n", "actions.cambodia.threaten: 11 is a code of cambodia.accuse already, toward the same target"),
    ],
)  # fmt: skip
def test_a_pattern_or_code_that_can_never_count_is_refused(tmp_path, loaded, text, problem):
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(UserError) as error:
        read_map(tmp_path / "map.yaml", loaded)
    (only,) = error.value.problems
    assert problem in str(only) and f"map.yaml:{only.place.line}" in str(only) and only.place.line


def test_codes_in_words_are_of_their_type_and_a_table_of_ones_own_may_have_others(tmp_path, loaded):
    (tmp_path / "map.yaml").write_text(
        "actors: {}\ncodes: [grumble]\nactions:\n"
        "  cambodia.accuse: [ACCUSE, grumble]\n  cambodia.threaten: [accuse-disapprove, Strategic developments]\n"
    )
    mapped = CaseMap(read_map(tmp_path / "map.yaml", loaded), loaded.scenario)
    codes = [*plover_codes("ACCUSE", ["disapprove", "investigate"]), *acled_codes("Strategic developments", "Other")]
    codes += [word_code("Grumble"), word_code("ACCUSE-wink"), word_code("Arrests"), Code("112")]
    assert [mapped.action("cambodia", "united_states", code) for code in codes] == [
        "threaten", "accuse", "threaten", "accuse", "accuse", "threaten", None,
    ]  # fmt: skip


def test_a_side_that_a_table_leaves_empty_is_named_as_such(scenario):
    mapped = case(scenario, opposition=["*"], cambodia=["(nobody)"])
    assert [mapped.actor(side) for side in (Side(()), named("anybody"))] == ["cambodia", "opposition"]
    assert case(scenario, opposition=["*"]).actor(Side(())) is None


def test_a_pattern_written_twice_for_one_actor_or_a_code_toward_two_targets_is_no_mistake(tmp_path, loaded):
    (tmp_path / "map.yaml").write_text(
        "actors: {cambodia: [KHM, khm]}\nactions: {cambodia.threaten: ['13'], cambodia.threaten_ban: ['13']}\n"
    )
    mapped = CaseMap(read_map(tmp_path / "map.yaml", loaded), loaded.scenario)
    assert [pattern.text for pattern in mapped.patterns] == ["KHM"]
    assert mapped.action("cambodia", "opposition", "137") == "threaten_ban"


def test_a_map_in_roles_means_those_who_play_them():
    read = read_map(shipped_folder() / "maps" / "cambodia.yaml", load("european_union"))
    assert (
        read.actions["cambodia.accuse_european_union"]
        == read.actions["cambodia.accuse_united_states"]
        == ["11", "ACCUSE-disapprove"]
    )
    assert read.actions["european_union.cut_aid"][0] == "162" and "government.accuse" not in read.actions
