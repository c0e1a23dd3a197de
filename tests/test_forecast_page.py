"""The page on forecasts works: its commands and its Python run, in their order, in one folder."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.commands.group import main

pytestmark = pytest.mark.slow  # and the same on every Python
PAGE = Path(__file__).parent.parent / "docs" / "forecast.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


def test_every_command_of_the_page_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    ran = 0
    for kind, block in BLOCKS:
        if kind == "python":
            exec(block, names)
        for line in block.splitlines() if kind == "sh" else []:
            name, *arguments = shlex.split(line)
            result = CliRunner().invoke(main, arguments)
            assert name == "escalate" and result.exit_code == 0, f"{line}\n{result.output}"
            ran += 1
    assert ran >= 8 and len(names["frame"]) and len(names["skills"])
    assert len(Path("mine/ledger.jsonl").read_text().splitlines()) == 4
    assert len(list(Path().glob("outputs/*/forecast-*/figures/chances.png"))) == 6
    assert len(list(Path().glob("outputs/ledger/score-*/figures/due.png"))) == 2
