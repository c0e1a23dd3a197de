"""The tutorial works: its files are written, and its commands run, in their order, in one folder."""

import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.commands.group import main

pytestmark = pytest.mark.slow  # and the same on every Python
TUTORIAL = Path(__file__).parent.parent / "docs" / "tutorial.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TUTORIAL.read_text(encoding="utf-8"), re.M | re.S)


def served(arguments: list[str]) -> None:
    """Start the explorer, and stop it once the address that it prints answers."""
    server = subprocess.Popen(
        [sys.executable, "-m", "sim", *arguments, "--port", "8799"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TUTORIAL.parent.parent)},
    )
    try:
        addresses = (found.group() for line in server.stderr if (found := re.search(r"http://\S+", line)))
        urllib.request.urlopen(next(addresses), timeout=60).close()
    finally:
        server.terminate()
        server.wait(10)


def test_every_command_of_the_tutorial_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = 0
    for kind, block in BLOCKS:
        if kind in ("yaml", "csv"):  # the first line names the file
            head, _, body = block.partition("\n")
            Path(head.removeprefix("# ")).write_text(body if kind == "csv" else block, encoding="utf-8")
        for line in block.splitlines() if kind == "sh" else []:
            name, *words = shlex.split(line)
            arguments = [
                found for word in words for found in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
            ]
            assert name == "escalate", line
            if arguments[0] == "explore":
                served(arguments)
            else:
                told = CliRunner().invoke(main, arguments)
                assert told.exit_code == 0, f"{line}\n{told.output}"
            ran += 1
    assert ran >= 20
    for made in (
        "outputs/mine-baseline/*/figures/outcomes.png",
        "outputs/mine-baseline/*/figures/apart.png",
        "outputs/mine-christmas/*/figures/survival.svg",
    ):
        assert len(list(Path().glob(made))) == 1, made
    assert (
        len(list(Path().glob("outputs/studies-silence/*/figures/heat.png"))) == 1 and Path("christmas.html").is_file()
    )
