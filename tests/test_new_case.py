"""`escalate init --kind` starts a case that works at once; a wrong answer is told with the nearest name, and nothing is lost."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.commands import init
from sim.commands.group import main
from sim.evidence.case_map import read_map
from sim.scenario.load import load
from sim.scenario.new_case import FILES

REGIME = [
    "--kind",
    "regime_crisis",
    "--role",
    "government=belarus",
    "--role",
    "opposition=opposition",
    "--role",
    "patrons=russia",
    "--role",
    "outside_powers=european_union,united_states",
    "--date",
    "vote=2020-08-09",
    "--start",
    "2020-05-01",
    "--replay-until",
    "2020-07-31",
    "--end",
    "2021-12-31",
    "--name",
    "Belarus_2020",
]
STATES = [
    "--kind",
    "interstate",
    "--role",
    "challenger=north",
    "--role",
    "defender=south",
    "--date",
    "deadline=2030-10-01",
    "--start",
    "2030-03-01",
    "--replay-until",
    "2030-03-31",
    "--end",
    "2030-12-31",
]


@pytest.fixture(autouse=True)
def stand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def escalate(*words: str, code: int = 0, answers: str = ""):
    result = CliRunner().invoke(main, list(words), catch_exceptions=False, input=answers)
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize("answers", [REGIME, STATES], ids=["regime", "states"])
def test_a_new_case_is_thirty_lines_and_every_file_of_it_is_sound(answers):
    escalate("init", "mine", *answers)
    assert sorted(path.name for path in Path("mine").iterdir()) == sorted(FILES)
    assert len(Path("mine/case.yaml").read_text().splitlines()) <= 36
    checked = escalate("check", "mine/case.yaml", "mine/study.yaml", "mine/map.yaml")
    assert checked.stdout.count(": sound.") == 3
    assert checked.stderr.count("warning: ") == checked.stderr.count("no row has a day up to") == 2
    assert "sound for" in escalate("record", "check", "mine/record.csv", "--for", "mine/case.yaml").stdout


def test_a_new_case_says_who_plays_what_and_the_kind_the_rest():
    escalate("init", "mine", *REGIME)
    scenario = load("mine/case.yaml").scenario
    assert scenario.roles == {
        "government": ["belarus"],
        "opposition": ["opposition"],
        "outside_powers": ["european_union", "united_states"],
        "patrons": ["russia"],
    }
    assert scenario.name == "Belarus_2020" and str(scenario.dates["vote"].date) == "2020-08-09"
    assert scenario.actors["united_states"].label == "United States"


@pytest.mark.parametrize("answers", [REGIME, STATES], ids=["regime", "states"])
def test_run_compare_sweep_trace_and_record_work_on_it_and_a_fit_says_that_there_is_nothing_to_learn_from(answers):
    escalate("init", "mine", *answers)
    escalate("run", "mine/case.yaml", "--runs", "5")
    escalate("compare", "mine/case.yaml", "mine/case.yaml", "--runs", "5")
    escalate("sweep", "mine/study.yaml", "--runs", "3")
    escalate("trace", "mine/case.yaml")
    text = "record.csv holds no act with a day, so a fit has nothing to learn from"
    assert text in escalate("fit", "mine/case.yaml", "--until", "2020-07-31", code=2).stderr
    assert text.replace("a fit", "a back-test") in escalate("backtest", "mine/case.yaml", code=2).stderr


def test_acts_of_machine_coded_tables_come_into_it_by_its_map():
    escalate("init", "mine", *REGIME)
    loaded = load("mine/case.yaml")
    read = read_map(Path("mine/map.yaml"), loaded)
    assert read.actors.keys() == loaded.scenario.actors.keys()
    assert "BLRGOV*" in read.actors["belarus"] and "BLROPP*" in read.actors["opposition"]
    assert read.actions["belarus.arrest"][0] == "173" and read.actions["united_states.cut_aid"][0] == "162"


def without(words: list[str], option: str, start: str = "") -> list[str]:
    """Options without one, and its value."""
    (place,) = [n for n, word in enumerate(words) if word == option and words[n + 1].startswith(start)]
    return words[:place] + words[place + 2 :]


@pytest.mark.parametrize(
    ("words", "problems"),
    [
        (["--kind", "regime_crises"], ["error: --kind: no kind is called 'regime_crises'; allowed: interstate, regime_crisis, regime_crisis_pooled; did you mean 'regime_crisis'?"]),
        ([*without(REGIME, "--role", "gov"), "--role", "goverment=belarus"], ["error: --role goverment=belarus: roles.goverment: no role is called 'goverment'; allowed: government, opposition, outside_powers, patrons; did you mean 'government'?"]),
        (without(REGIME, "--role", "opp"), ["error: --role: roles.opposition: no actor plays this role (its opposition: parties and independent civil society); allowed: the name of an actor, or a list of them"]),
        ([*without(REGIME, "--role", "gov"), "--role", "government=Minsk"], ["error: --role government=Minsk: roles.government: 'Minsk' is not the name of an actor; allowed: the name of an actor, or a list of them"]),
        ([*REGIME, "--role", "government=minsk"], ["error: --role government=minsk: government is given twice; allowed: one of them"]),
        ([*REGIME, "--role", "government"], ["error: --role government: is not a pair; allowed: a role and its actors, as government=belarus"]),
        ([*without(REGIME, "--date"), "--date", "vot=2020-08-09"], ["error: --date vot=2020-08-09: no open date of regime_crisis is called 'vot'; allowed: vote; did you mean 'vote'?"]),
        ([*without(REGIME, "--date"), "--date", "vote=2020-08-32"], ["error: --date vote=2020-08-32: vote: '2020-08-32' is not a date; allowed: a day of the calendar, as 2017-09-15"]),
        (without(REGIME, "--date"), ["error: --date: is missing: the day of the national vote; allowed: --date vote=2020-08-09"]),
        (without(without(REGIME, "--start"), "--end"), [
            "error: --end: is missing: the last day of the clock; allowed: --end 2020-08-09",
            "error: --start: is missing: the first day of the clock; allowed: --start 2020-08-09",
        ]),
        ([*without(REGIME, "--end"), "--end", "2020-06-01"], ["error: --replay-until: the clock goes from 2020-05-01 over 2020-07-31 to 2020-06-01; allowed: --start, --replay-until and --end in their order"]),
    ],
)  # fmt: skip
def test_a_wrong_or_missing_answer_is_told_and_nothing_is_written(words, problems):
    assert escalate("init", "mine", *words, code=2).stderr.splitlines() == problems
    assert not Path("mine").exists()


def test_options_of_a_new_case_need_a_kind_which_is_not_blank():
    assert "--role is of a new case: it takes --kind" in escalate("init", "m", "--role", "a=b", code=2).stderr
    assert "one of the two" in escalate("init", "m", "--blank", *STATES, code=2).stderr


def test_what_is_there_stays_as_it_is_and_nothing_is_written_beside_it():
    Path("mine").mkdir()
    Path("mine/record.csv").write_text("mine")
    problems = escalate("init", "mine", *STATES, code=2).stderr.splitlines()
    assert problems == ["error: mine/record.csv: exists already, and nothing is overwritten; allowed: a new folder"]
    assert [path.read_text() for path in Path("mine").iterdir()] == ["mine"]


def test_on_a_terminal_what_options_leave_open_is_asked(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(init.sys, "stdin", Terminal())
    asked: list[str] = []

    def prompt(text: str, **rules):
        asked.append(text.partition(":")[0].partition(" (")[0])
        answers = {"challenger": "north", "defender": "south", "allies_of_defender": "west, isle"}
        return answers.get(asked[-1], "") if "type" not in rules else rules["type"].convert("2030-03-31", None, None)

    monkeypatch.setattr(init.click, "prompt", prompt)
    days = {"start": "2030-03-01", "end": "2030-12-31"}
    case = init.new_case(
        Path("mine"),
        "interstate",
        init.Answers("", (), ("deadline=2030-10-01",), {name: init.DAY.convert(days[name], None, None) if name in days else None for name in init.DAYS}),
    )  # fmt: skip
    assert asked == [
        "challenger", "defender", "allies_of_challenger", "allies_of_defender", "third_parties",
        "the last day that is replayed from the record",
    ]  # fmt: skip
    assert case.cast.players == {
        "challenger": ("north",),
        "defender": ("south",),
        "allies_of_defender": ("isle", "west"),
    }
    assert case.name == "mine" and str(case.replay_until) == "2030-03-31"


def test_a_record_is_checked_under_the_names_that_the_kind_has():
    escalate("init", "mine", *REGIME)
    with Path("mine/record.csv").open("a") as record:
        record.write("2020-07-14,belarus,european_union,suspend_cooperation,,,a paper,,,\n")
    assert "1 act of its actors" in escalate("record", "check", "mine/record.csv", "--for", "mine/case.yaml").stdout
    assert "warning" not in escalate("check", "mine/case.yaml").stderr


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ("scenario: case.yaml\n", "", "error: mine/map.yaml:4: scenario: is missing, so there is nothing to check the map against; allowed: the file of a scenario beside it, or the name of one that ships"),
        ("scenario: case.yaml", "scenario: cas.yaml", "error: mine/map.yaml:4: scenario: there is no scenario 'cas.yaml'; allowed: a file beside the map or in the folder above, or the name of one that ships"),
        ("actors:\n", "actions: {belarus.arest: ['173']}\nactors:\n", "no action is called 'belarus.arest'"),
    ],
)  # fmt: skip
def test_a_map_is_checked_against_the_scenario_that_it_names(line, instead, problem):
    escalate("init", "mine", *REGIME)
    text = Path("mine/map.yaml").read_text()
    assert line in text
    Path("mine/map.yaml").write_text(text.replace(line, instead, 1))
    assert problem in escalate("check", "mine/map.yaml", code=2).stderr
