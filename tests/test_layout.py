"""Pages fit what they are printed on: no line longer than a terminal, nothing cut within a word; pipes get fixed bytes."""

import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
from fcntl import ioctl

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sim.commands import desk as desks
from sim.commands.group import VERBS, main
from sim.layout import PLAIN_WIDTH, Headline, Page, Screen, Table, Verbatim, wrapped

WIDTHS = (80, 100, 160)
LISTS = (
    "actors", "actions", "facts", "strategies", "drives", "metrics", "parameters", "outcomes", "acts", "record", "scenarios",
    "variants", "kinds", "studies", "bases", "mix", "figures", "baselines",
)  # fmt: skip
WORD = st.text("abcdefg_0123456789-–%", min_size=1, max_size=24)
TEXT = st.lists(WORD, min_size=0, max_size=12).map(" ".join)


def printed(words: list[str], screen: Screen, monkeypatch) -> str:
    """What a command prints on such a screen."""
    monkeypatch.setattr(desks, "screen_of", lambda stream, wide=False: Screen(screen.width, wide or screen.whole))
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def pieces(text: str) -> set[str]:
    """The words of a text, and the parts of its dotted keys."""
    parts = set(text.split())
    for word in [word for word in parts if "." in word]:
        steps = re.findall(r"[^.]+\.?", word)
        parts |= {"".join(steps[start:end]) for end in range(len(steps) + 1) for start in range(end)}
    return parts


def assert_fits(narrow: str, whole: str, width: int) -> None:
    """No line is longer than the width, but for an address, and each word of it is one of the whole page."""
    assert max(len(line) for line in narrow.splitlines() if "://" not in line) <= width
    body = re.sub(r"\(not shown at this width: .*?\)", "", narrow, flags=re.S)
    known = pieces(whole)
    assert {word for word in body.split() if set(word) != {"-"}} <= known | {f"{word}:" for word in known}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", ["", *LISTS])
def test_every_list_fits_the_terminal(kind, width, monkeypatch):
    words = ["list", *([kind] if kind else [])]
    assert_fits(printed(words, Screen(width, False), monkeypatch), printed(words, Screen(), monkeypatch), width)


@pytest.mark.slow  # and the same on every Python
@pytest.mark.parametrize("command", ["run border --runs 40 --all", "compare border border --runs 20", "facts --runs 100 --no-ablations", "check baseline border"])  # fmt: skip
def test_the_tables_of_commands_fit_the_terminal(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = printed(shlex.split(command), Screen(), monkeypatch)
    for width in WIDTHS:
        assert_fits(printed(shlex.split(command), Screen(width, False), monkeypatch), whole, width)


def test_a_heading_that_ends_in_a_lone_sign_has_room_for_it():
    rows = [["0 0 0000 000000000", "", "", "0 0 00000 000000000000000000000 000000000000000000000000", "", "000", ""]]
    table = Table(["c", "aaa", "aaaaa", "aa", "a d", "a", "b"], rows, leaves=["aaaaa", "aa"])
    assert max(map(len, table.text(Screen(100, whole=False)).splitlines())) <= 100


@given(
    headers=st.lists(
        st.text("abcdefg ", min_size=1, max_size=20).filter(str.strip), min_size=1, max_size=7, unique=True
    ),
    data=st.data(),
    width=st.sampled_from(WIDTHS),
)
def test_any_table_of_words_that_are_not_too_long_fits(headers, data, width):
    row = st.lists(TEXT, min_size=len(headers), max_size=len(headers))
    table = Table(headers, data.draw(st.lists(row, max_size=5)), leaves=headers[2:4])
    narrow = table.text(Screen(width, whole=False))
    assert max(map(len, narrow.splitlines())) <= width
    assert {word for word in re.sub(r"\(not shown.*", "", narrow, flags=re.S).split() if set(word) != {"-"}} <= pieces(
        " ".join([*headers, *(cell for line in table.rows for cell in line)])
    )


def test_columns_that_matter_less_go_first_and_are_named():
    rows = [["x" * 30, "12.5 %", "y" * 30, "z" * 30]]
    table = Table(["outcome", "estimate", "a", "b"], rows, leaves=["a"])
    lines = table.text(Screen(80, whole=False)).splitlines()
    assert lines[0].split() == ["outcome", "estimate", "b"]
    assert lines[-1] == "(not shown at this width: a; --wide shows every column)"
    assert "not shown" not in table.text(Screen(80, whole=True)) and "not shown" not in table.text(Screen(120, False))


def test_prose_stands_under_its_row_where_there_is_no_room_beside_it():
    words = "what a run is asked, in a sentence that is long"
    rows = [["x" * 60, words, "a page of the press " * 3], ["y", '"', ""]]
    table = Table(["outcome", "what it is", "source"], rows, under=["what it is", "source"])
    lines = table.text(Screen(80, whole=False)).splitlines()
    assert lines == [
        "outcome",
        "  what it is",
        "-" * 60,
        "x" * 60,
        f"  {words}",
        "  source: " + "a page of the press " * 2 + "a page of the press",
        "y",
    ]
    assert table.text(Screen(160, whole=False)).splitlines()[0].split() == ["outcome", "what", "it", "is", "source"]


def test_numbers_stay_whole_where_prose_can_be_wrapped():
    table = Table(["outcome", "interval", "what it is"], [["day", "2018-05-05 to 2018-06-02", "the day on which " * 4]])
    assert "2018-05-05 to 2018-06-02" in table.text(Screen(80, False))


@given(text=TEXT, width=st.integers(40, 120))
def test_wrapping_changes_nothing_but_the_ends_of_lines(text, width):
    lines = wrapped(text, width)
    assert " ".join(line.strip() for line in lines) == text or text == lines[0]
    assert all(len(line) <= width for line in lines)


def test_items_of_a_list_hang_and_verbatim_text_stays():
    item = wrapped("- " + "word " * 30, 40)
    assert item[0].startswith("- ") and all(line.startswith("  word") for line in item[1:])
    assert Page(Verbatim("x " * 200)).text(Screen(80, False)) == "x " * 200


def test_a_headline_is_bold_where_there_is_colour_only():
    page = Page(Headline("The answer."), Table(["a"], [["1"]]))
    assert page.text(Screen(80, False, colour=True)).startswith("\033[1mThe answer.\033[0m\n\n\033[1ma\033[0m\n")
    assert "\033" not in page.text(Screen(80, False)) + str(page)


def in_terminal(words: list[str], columns: int, **environment: str) -> str:
    """What a command prints on a terminal of so many columns: both outputs."""
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", *words],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=inherited | {"TERM": "xterm"} | environment,
    )
    os.close(follower)
    printed_bytes = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        printed_bytes += part
    process.wait()
    os.close(leader)
    return printed_bytes.decode().replace("\r\n", "\n")


def in_pipe(words: list[str], **environment: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-m", "sim", *words], capture_output=True, check=False, env=os.environ | environment
    ).stdout


def test_a_real_terminal_is_fitted_and_has_colour_unless_it_is_not_wanted():
    text = in_terminal(["list", "facts"], 80)
    assert "\033[1mfact" in text
    plain = in_terminal(["list", "facts"], 80, NO_COLOR="1")
    assert "\033" not in plain and max(map(len, plain.splitlines())) <= 80
    assert plain == re.sub(r"\033\[[0-9;]*m", "", text)
    error = in_terminal(["check", "baselin"], 80)
    assert error.startswith("\033[1;31merror:\033[0m") and max(map(len, error.splitlines())) <= 80 + 12
    assert "\033" not in in_terminal(["check", "baselin"], 80, NO_COLOR="1")


def test_a_pipe_gets_the_same_plain_bytes_whatever_the_terminal():
    plain = in_pipe(["list", "parameters"])
    assert plain == in_pipe(["list", "parameters"], COLUMNS="60", TERM="xterm-256color", FORCE_COLOR="1")
    assert b"\033" not in plain and b"source" in plain.splitlines()[0]


def test_prose_in_a_pipe_has_a_fixed_width(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = CliRunner().invoke(main, ["run", "border", "--runs", "20"]).stdout
    prose = [line for paragraph in text.split("\n\n") if "---" not in paragraph for line in paragraph.splitlines()]
    assert max(map(len, prose)) <= PLAIN_WIDTH


def test_a_run_leads_with_the_answer_and_ends_with_what_to_do_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["run", "border", "--runs", "20"])
    assert re.match(r"In [\d.]+% of runs \(95 % interval", result.stdout)
    assert result.stderr.splitlines()[-3:][0].startswith("  escalate trace border")


COMMANDS = [
    (f"{verb} {name}".strip(), command)
    for verb in VERBS
    if (top := main.get_command(click.Context(main), verb)) is not None
    for name, command in [("", top), *(top.commands.items() if isinstance(top, click.Group) else [])]
]


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[words for words, _ in COMMANDS])
def test_every_command_shows_two_examples_of_options_that_it_has(words, command):
    text = CliRunner().invoke(main, [*words.split(), "--help"], terminal_width=80).output
    examples = [line.strip() for line in text.split("Examples:")[1].splitlines() if "escalate " in line]
    assert len(examples) >= 2 and max(map(len, text.splitlines())) <= 80
    for example in examples:
        assert f"escalate {words}" in example
        if isinstance(command, click.Group):
            continue
        options = {word for word in shlex.split(example) if word.startswith("--") and word != "--help"}
        assert options <= {
            name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
        }


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["rn", "baseline"], "error: no command is called 'rn'; did you mean 'run'?"),
        (["run", "baseline", "--set", "parameters.leverag=4", "--set", "actors.x=3"], "did you mean 'leverage'?"),
        (["run"], "error: Missing argument 'FILE'."),
    ],
)
def test_the_error_that_helps_comes_first(words, first):
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2 and first in result.stderr.splitlines()[0]


def test_warnings_of_one_kind_are_counted_and_each_is_said_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bare.yaml").write_text("extends: baseline\nrecord: null\n")
    result = CliRunner().invoke(main, ["check", "bare.yaml"])
    (warning,) = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert re.search(r"the bases of \d+ channels are neither given nor learned", warning)
    until = ["--set", "clock.replay_until=2030-11-01"]
    result = CliRunner().invoke(main, ["compare", "border", "border", *until, "--runs", "10"])
    lines = [line for line in result.stderr.splitlines() if "is not asked" in line]
    assert lines and len(set(lines)) == len(lines)


def test_what_is_shown_of_a_number_has_its_unit():
    show = ["show", "baseline", "parameters.leverage.value"]
    assert CliRunner().invoke(main, show).stdout == "5.0  # log-hazard\n"
    assert "value = 5 log-hazard  # " in CliRunner().invoke(main, [*show, "--origins"]).stdout
