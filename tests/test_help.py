"""Help fits a terminal of 80 columns: each verb's first sentence, and its line in the lists of verbs, are whole."""

import click
import pytest
from click.testing import CliRunner

from sim.commands.group import VERBS, main

CONTEXT = click.Context(main)
COMMANDS = {verb: command for verb in VERBS if (command := main.get_command(CONTEXT, verb))}
COMMANDS |= {
    f"{verb} {name}": command
    for verb, group in COMMANDS.items()
    if isinstance(group, click.Group)
    for name, command in group.commands.items()
}


@pytest.mark.parametrize("words", COMMANDS)
def test_the_first_line_of_help_is_one_whole_sentence_within_80_columns(words):
    text = CliRunner().invoke(main, [*words.split(), "--help"], terminal_width=80, color=False).output
    paragraphs = text.split("\n\n")
    first = paragraphs[1].splitlines()
    assert len(first) == 1 and first[0].startswith("  ") and first[0].rstrip().endswith(".")
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("words", ["", "record"])
def test_the_verbs_are_listed_within_80_columns_each_in_one_line(words):
    text = CliRunner().invoke(main, [*words.split(), "--help"], terminal_width=80).output
    names = VERBS if not words else main.get_command(CONTEXT, words).commands
    for name in names:
        (line,) = [line for line in text.splitlines() if line.startswith(f"  {name} ")]
        assert len(line) <= 80 and line.endswith((".", "…")) and "..." not in line


def test_there_is_help_for_every_verb():
    assert set(VERBS) < set(COMMANDS) and {"record check", "record import"} < set(COMMANDS)


@pytest.mark.parametrize(
    ("verb", "words"),
    [("fit", "learned under it"), ("calibrate", "learned under it"), ("backtest", "learned under it"), ("run", "taught stays")],
)  # fmt: skip
def test_help_says_whether_bases_are_learned_under_a_setting(verb, words):
    text = CliRunner().invoke(main, [verb, "--help"], terminal_width=80).output
    assert words in " ".join(text.split())
