"""Update everything in the documents that code and data can say: tables, and what commands print.

    python -m analysis.documents                    # README and every page of docs/
    python -m analysis.documents README.md docs/tour.md

A table stands between `<!-- escalate list KIND -->` and `<!-- end -->`. Commands are played as `analysis.transcripts` says;
it takes some minutes for all pages.
"""

import re
import sys
import tempfile
from pathlib import Path

from analysis.transcripts import PageError, play_page
from sim.scenario.listing import listed_table

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("findings/*.md"))]
BLOCK = re.compile(r"<!-- escalate list (\w+) -->\n.*?<!-- end -->", re.S)


def fill_tables(text: str) -> str:
    """Write every table of a text as `escalate list KIND --format md` prints it."""

    def write_table(block: re.Match[str]) -> str:
        """Write the table of one block."""
        return f"<!-- escalate list {block[1]} -->\n{listed_table(block[1], 'baseline', (), 'md')}\n<!-- end -->"

    return BLOCK.sub(write_table, text)


def updated_page(text: str) -> str:
    """Return a page with its tables, and with what its commands print now. Raises PageError as `play_page` does."""
    with tempfile.TemporaryDirectory() as folder:
        return play_page(fill_tables(text), Path(folder))[0]


def main() -> None:
    """Update the pages that the command line names, or all."""
    failed = False
    for path in [Path(word).resolve() for word in sys.argv[1:]] or PAGES:
        text = path.read_text(encoding="utf-8")
        try:
            now = updated_page(text)
        except PageError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            failed = True
            continue
        if now != text:
            path.write_text(now, encoding="utf-8")
            print(f"wrote {path}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
