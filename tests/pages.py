"""Working through a page of the documents: its files are written, and its commands run, in their order, in one folder."""

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

from analysis.documents import DOCS
from analysis.transcripts import Page, play_page


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


def played(page: Path) -> Page:
    """Play a page in the working folder. It must show what its commands print now."""
    text = page.read_text(encoding="utf-8")
    now, state = play_page(text, Path.cwd(), served)
    assert now == text, "run python -m analysis.documents"
    return state


def work_through(page: Path) -> int:
    """Do what a page says in the working folder, and count its commands, each of which must work."""
    return played(page).ran
