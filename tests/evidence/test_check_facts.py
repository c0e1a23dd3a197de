"""A file of facts is held against its scenario before anything is played: every mistake at its line."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "scenario"))

from two import TWO

from sim.commands.check import checked_file
from sim.evidence.load_facts import load_facts
from sim.evidence.measures import MEASURES
from sim.scenario.load import load
from sim.scenario.problems import UserError

pytestmark = pytest.mark.slow  # and the same on every Python

FACTS = """\
name: Two statements
facts_of: two.yaml
runs: 100
ablations:
  no answers: [parameters.reciprocity=0]
statements:
  A:
    says: acts are answered
    measure: risk_ratio
    acts: {after: {actor: north, tone: hostile}, of: {actor: south}}
    numbers: {days: 7}
    band: [1.3, 9]
    source: made up
  B:
    says: weeks go together
    measure: echo_that_lasts
    words: {one: north, other: south}
    numbers: {weeks: 2}
    band: [0, 1]
    source: made up
  C:
    says: and more of it before the summit
    measure: rate_ratio
    acts: {of: {actions: [north.accuse, south.accuse]}}
    words: {around: summit}
    numbers: {before: 100, after: 60}
    band: [1, 9]
    source: made up
  D:
    says: less without answers
    measure: change
    acts: {of: {tone: hostile}}
    ensembles:
      here: [parameters.reciprocity=0]
      other: []
    band: [-1, 0]
    source: made up
"""
MEASURE_NAMES = ", ".join(list(MEASURES)[:12]) + f" and {len(MEASURES) - 12} more"


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What is said of a file of facts in which one text is replaced by another."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text(TWO, encoding="utf-8")

    def said(old: str = "", new: str = "", scenario: str | None = None) -> list[str]:
        assert old in FACTS
        (tmp_path / "facts.yaml").write_text(FACTS.replace(old, new, 1) if old else FACTS, encoding="utf-8")
        try:
            load_facts("facts.yaml", scenario)
        except UserError as error:
            return [str(problem) for problem in error.problems]
        return []

    return said


def line(words: str) -> int:
    """The first line that holds some words."""
    return next(number for number, text in enumerate(FACTS.splitlines(), 1) if words in text)


def test_a_sound_file_is_sound(said):
    assert said() == []


@pytest.mark.parametrize(
    ("old", "new", "at", "problem"),
    [
        ("actor: north, tone", "actor: nroth, tone", "acts: {after", "statements.A.acts.after.actor: no actor is called 'nroth'; allowed: north, south; did you mean 'north'?"),
        ("[north.accuse,", "[north.acuse,", "acts: {of: {actions", "statements.C.acts.of.actions[0]: no action is called 'north.acuse'; allowed: north.accuse, north.clash, north.mobilise, north.offer_talks, north.threaten, south.accuse, south.declare; did you mean 'north.accuse'?"),
        ("[north.accuse,", "[nroth.accuse,", "acts: {of: {actions", "statements.C.acts.of.actions[0]: no action is called 'nroth.accuse'; allowed: north.accuse, north.clash, north.mobilise, north.offer_talks, north.threaten, south.accuse, south.declare; did you mean 'north.accuse'?"),
        ("of: {actor: south}", "of: {actor: south, role: threat}", "acts: {after", "statements.A.acts.of: selects no action: none fits all of its parts; allowed: actions that there are"),
        ("one: north", "one: nroth", "words: {one", "statements.B.words.one: no actor is called 'nroth'; allowed: north, south; did you mean 'north'?"),
        ("one: north", "one: south", "words: {one", "statements.B.words: south and south do not act on each other; allowed: two actors, each with actions toward the other"),
        ("around: summit", "around: sumit", "words: {around", "statements.C.words.around: no date is called 'sumit'; allowed: summit; did you mean 'summit'?"),
        ("band: [1.3, 9]", "band: [9, 1.3]", "band: [1.3", "statements.A.band: found 9 to 1.3; allowed: the lowest, then the highest"),
        ("band: [1.3, 9]", "band: [1.3]", "band: [1.3", "statements.A.band: found a list; allowed: a list of at least 2"),
        ("band: [1.3, 9]", "band: [1.3, much]", "band: [1.3", "statements.A.band[1]: found much (text); allowed: a number"),
        ("days: 7", "days: 1.5", "numbers: {days", "statements.A.numbers.days: found 1.5; allowed: a whole number of days, 1 to 150"),
        ("days: 7", "days: 0", "numbers: {days", "statements.A.numbers.days: found 0; allowed: a whole number of days, 1 to 150"),
        ("days: 7", "days: 151", "numbers: {days", "statements.A.numbers.days: found 151; allowed: a whole number of days, 1 to 150"),
        ("days: 7", "days: '7'", "numbers: {days", "statements.A.numbers.days: found 7 (text): a number in quotes is text, write 7; allowed: a number"),
        ("weeks: 2", "weeks: 800", "numbers: {weeks", "statements.B.numbers.weeks: found 800; allowed: a whole number of weeks, 1 to 40"),
        ("before: 100", "before: 300", "numbers: {before", "statements.C.numbers.before: found 300; allowed: a whole number of days, 1 to 209"),
        ("after: 60", "after: 92", "numbers: {before", "statements.C.numbers.after: found 92; allowed: a whole number of days, 1 to 91"),
        ("measure: risk_ratio", "measure: risk_ration", "measure: risk_ratio", f"statements.A.measure: no measure is called 'risk_ration'; allowed: {MEASURE_NAMES}; did you mean 'risk_ratio'?"),
        ("days: 7", "dayz: 7", "numbers: {days", "statements.A.numbers.dayz: risk_ratio does not take this; allowed: after, of, days; did you mean 'days'?"),
        ("numbers: {days: 7}", "numbers: {}", "  A:", "statements.A: lacks days, which risk_ratio needs; allowed: days, under numbers"),
        ("{one: north,", "{one: north, days: three,", "words: {one", "statements.B.words.days: echo_that_lasts does not take this; allowed: one, other, weeks"),
        ("numbers: {days: 7}", "words: {days: seven}", "numbers: {days", "statements.A.words.days: stands under words; allowed: days, under numbers"),
        ("other: []", "others: []", "other: []", "statements.D.ensembles.others: change does not look at this; allowed: here, other; did you mean 'other'?"),
        ("      other: []\n", "", "ensembles:", "statements.D.ensembles: lacks other, which change needs; allowed: here, other"),
        ("here: [parameters.reciprocity=0]", "here: [parameters.reciprocty=0]", "here: [", "statements.D.ensembles.here: parameters.reciprocty: nothing names this parameter, so it would change nothing; allowed: a parameter that an entry names; did you mean 'reciprocity'?"),
        ("here: [parameters.reciprocity=0]", "here: [parameters.reciprocity]", "here: [", "statements.D.ensembles.here: is not a setting; allowed: key=value, such as parameters.leverage=4"),
        ("here: [parameters.reciprocity=0]", "here: [parameters.reciprocity=-1]", "here: [", "statements.D.ensembles.here: parameters.reciprocity.value: found -1; allowed: at least 0 (acts per act)"),
        ("here: [parameters.reciprocity=0]", "here: [parameters.reciprocity=yes]", "here: [", "statements.D.ensembles.here: parameters.reciprocity: found yes (text): it is text here, not a number; allowed: a number where another file has the entry, or an entry with value, low, high, unit, meaning, source"),
        ("here: [parameters.reciprocity=0]", "here: [clock.replay_until=2030-12-30]", "acts: {of: {tone", None),
        ("no answers: [parameters.reciprocity=0]", "no answers: [parameters.reciprocity=022]", "no answers", "ablations.no answers: parameters.reciprocity: 022 is a number to some readers of YAML and text to others; allowed: the text in quotes, or a plain decimal number"),
        ("no answers: [parameters.reciprocity=0]", "no answers: parameters.reciprocity=0", "no answers", "ablations.no answers: found parameters.reciprocity=0 (text); allowed: a list, `[…]`"),
        ("runs: 100", "runs: 50", "runs", "runs: found 50 (a number); allowed: at least 100"),
        ("name: Two", "seeds: [3, 1]\nchoosing_seeds: [1]\nname: Two", "name", "seeds[1]: rules were chosen on seed 1; allowed: a seed that chose nothing"),
        ("name: Two", "seeds: [3, 3]\nname: Two", "name", "seeds[1]: seed 3 stands there twice; allowed: each seed once"),
        ("name: Two", "seeds: []\nname: Two", "name", "seeds: is empty; allowed: one seed or more"),
        ("runs: 100", "rums: 100", "runs", "rums: unknown key; allowed: name, facts_of, runs, seeds, choosing_seeds, ablations, statements; did you mean 'runs'?"),
        ("    source: made up\n", "    sorce: made up\n", "source", "statements.A.sorce: unknown key; allowed: says, measure, acts, numbers, words, ensembles, band, of_this_case, runs, source; did you mean 'source'?"),
        ("facts_of: two.yaml", "facts_of: baselin", "facts_of", None),
        ("name: Two statements", "name:\xa0Two statements", "name", "is not YAML: it holds an odd sign, no-break space (U+00A0); allowed: plain spaces, and no sign that cannot be seen"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_line_and_nothing_else_is(said, old, new, at, problem):
    problems = said(old, new)
    assert problem is None or problems == [f"facts.yaml:{line(at)}: {problem}"]
    assert all(one.startswith("facts.yaml:") for one in problems)


def test_a_scenario_that_is_not_there_is_told_with_the_nearest(said):
    (found,) = said("facts_of: two.yaml", "facts_of: baselin")
    assert found.startswith(
        "facts.yaml:2: facts_of: there is no scenario 'baselin' beside this file or in the folder above"
    )
    assert found.endswith("did you mean 'baseline'?")


def test_an_ensemble_whose_clock_leaves_no_room_is_told(said):
    settings = "here: [clock.replay_until=2030-12-20, outcomes=null]"
    statement = (
        "measure: chance\n    acts: {of: {actor: north}}\n    numbers: {days: 20}\n    ensembles:\n      " + settings
    )
    (found,) = said("measure: risk_ratio\n    acts: {after: {actor: north, tone: hostile}, of: {actor: south}}\n    numbers: {days: 7}", statement)  # fmt: skip
    assert found == "facts.yaml:11: statements.A.numbers.days: found 20; allowed: a whole number of days, 1 to 11"


def test_an_ablation_that_does_not_go_with_an_ensemble_is_told(said):
    ablation = "no answers: [parameters.reciprocity=0]\n  no talk: [actions.south.declare=null, channels.south.north.neutral=null]"
    ensemble = "here: ['acts.word={act: south.declare, date: 2030-04-01, do: force}']"
    problems = said("here: [parameters.reciprocity=0]", ensemble)
    assert problems == []
    text = FACTS.replace("no answers: [parameters.reciprocity=0]", ablation).replace(
        "here: [parameters.reciprocity=0]", ensemble
    )
    Path("facts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_facts("facts.yaml")
    (problem,) = caught.value.problems
    assert problem.key == "statements.D.ensembles.here" and problem.text.startswith("after the ablation 'no talk', ")
    assert problem.place.line


def test_facts_are_held_against_the_scenario_that_is_asked_for(said):
    assert {problem.split(": ")[1] for problem in said(scenario="baseline")} >= {"statements.A.acts.after.actor"}


@pytest.mark.parametrize("file", ["baseline", "two.yaml"])
def test_a_scenario_is_no_file_of_facts_and_the_reverse(said, file):
    said()
    with pytest.raises(
        UserError, match=r"there is no such file, and no file of facts|this is a scenario or study, not a file of facts"
    ):
        load_facts(file)
    with pytest.raises(
        UserError, match=r"facts.yaml:2: this is a file of facts, not a scenario; allowed: a scenario; for"
    ):
        load("facts.yaml")


def test_check_tells_a_file_of_facts_from_others_and_checks_it(said):
    assert said() == []
    report = checked_file("facts.yaml")
    assert report.sound
    assert report.summary.startswith("4 statements of Two (two.yaml), 100 runs of each ensemble; ")
    assert report.summary.endswith("taken away one by one: no answers.")
    problems = said("measure: risk_ratio", "measure: risk_ratios")
    report = checked_file("facts.yaml")
    assert not report.sound and problems and [str(problem) for problem in report.problems] == problems
    assert checked_file("stylised").sound
    (problem,) = checked_file("facts.yaml", ["runs=3"]).problems
    assert "laid over scenarios" in problem.text
    assert "no scenario, study, file of facts or map of that name ships" in str(checked_file("stylise").problems[0])


def test_statements_in_roles_are_about_those_who_play_them_each_by_itself_where_there_are_several():
    one, two = (load_facts("stylised", scenario)[0].statements for scenario in ("baseline", "european_union"))
    assert one["F1"].words == {"one": "cambodia", "other": "united_states"}
    assert two["F1_european_union"].words == {"one": "cambodia", "other": "european_union"} and "F1" not in two
    assert one["F9"].acts["by"].actions == two["F9_united_states"].acts["by"].actions == ["cambodia.release_leader"]
    assert "cambodia.offer_talks_european_union" in two["F8_european_union"].acts["then"].actions
    assert one["F5"] == two["F5"]  # of the government alone


def test_a_mistake_in_a_statement_about_roles_says_of_whom_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = FACTS.replace("two.yaml", "baseline").replace("{actor: north, tone: hostile}", "{actor: outside_power}")
    (tmp_path / "facts.yaml").write_text(text.replace("{actor: south}", "{actor: goverment}"), encoding="utf-8")
    with pytest.raises(UserError) as error:
        load_facts("facts.yaml")
    texts = [str(problem) for problem in error.value.problems]
    assert any(
        "acts.of.actor: no actor is called 'goverment'" in text and "did you mean 'government'?" in text
        for text in texts
    )


def test_what_cannot_be_asked_of_another_case_is_left_out_and_named(tmp_path, monkeypatch):
    facts, _, not_asked = load_facts("stylised", "venezuela")
    assert list(not_asked) == ["F13"] and "F13" not in facts.statements
    assert "numbers.before: found 270" in not_asked["F13"]
    assert load_facts("stylised").not_asked == {}


def test_a_case_of_which_nothing_can_be_asked_is_an_error():
    with pytest.raises(UserError):
        load_facts("stylised", "border")
