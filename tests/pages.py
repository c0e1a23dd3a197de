"""Working through a page of the documents: its files are written, and its commands run, in their order, in one folder."""

import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

from click.testing import CliRunner

from sim.commands.group import main

DOCS = Path(__file__).parent.parent / "docs"


def served(arguments: list[str]) -> None:
    """Start the explorer, and stop it once the address that it prints answers."""
    server = subprocess.Popen(
        [sys.executable, "-m", "sim", *arguments, "--port", "8799"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(DOCS.parent)},
    )
    try:
        addresses = (found.group() for line in server.stderr if (found := re.search(r"http://\S+", line)))
        urllib.request.urlopen(next(addresses), timeout=60).close()
    finally:
        server.terminate()
        server.wait(10)


def work_through(page: Path) -> int:
    """Do what a page says in the working folder, and count its commands, each of which must work.

    A block of YAML or CSV is a file, whose first line names it; one of sh holds commands.
    """
    ran = 0
    for kind, block in re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S):
        if kind in ("yaml", "csv"):
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
    return ran
