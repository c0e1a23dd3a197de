"""The README's tour is a transcript: every command in it runs, and prints what the README shows."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.commands.group import main
from sim.scenario.library import shipped_folder

pytestmark = pytest.mark.slow  # and the same on every Python

README = Path(__file__).parent.parent / "README.md"
FENCED = re.findall(r"^```\w*\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
BLOCKS = [block for block in FENCED if block.startswith("$ ")]


def calls(block: str) -> list[tuple[str, list[str]]]:
    """Each command of a block, and the lines that are shown under it."""
    parts = re.split(r"^\$ ", block, flags=re.M)[1:]
    return [(lines[0], lines[1:]) for lines in (part.rstrip().splitlines() for part in parts)]


def words(line: str) -> str:
    """A line with its white space folded: columns are as wide as their widest cell, shown or not."""
    return " ".join(re.sub("-{3,}", "---", line).split())


def assert_prints(shown: list[str], printed: list[str]) -> None:
    """Every shown line is printed, in this order; … stands for the rest of a line, or for lines."""
    rest = iter([words(line) for line in printed])
    for line in (words(line) for line in shown if words(line) not in ("", "…")):
        start = line.removesuffix("…").rstrip()
        assert any(one == line or (line.endswith("…") and one.startswith(start)) for one in rest), line


def test_there_is_a_tour():
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize("block", BLOCKS, ids=[calls(block)[0][0] for block in BLOCKS])
def test_the_tour_is_what_the_commands_print(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command, shown in calls(block):
        name, *arguments = shlex.split(command)
        if name == "cat" and arguments[0].startswith("scenarios/"):
            kept = (
                (shipped_folder() / Path(arguments[0]).relative_to("scenarios"))
                .read_text(encoding="utf-8")
                .splitlines()
            )
            assert_prints(shown, kept)
        elif name == "cat":  # a file of the reader's own
            Path(arguments[0]).write_text("\n".join(shown) + "\n", encoding="utf-8")
        else:
            assert name == "escalate"
            assert_prints(shown, CliRunner().invoke(main, arguments, catch_exceptions=False).output.splitlines())
