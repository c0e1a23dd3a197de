"""Update the generated tables of the documents, from code and data.

    python -m analysis.documents

A table stands between `<!-- escalate list KIND -->` and `<!-- end -->`.
"""

import re
from pathlib import Path

from sim.scenario.listing import listed_table

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCK = re.compile(r"<!-- escalate list (\w+) -->\n.*?<!-- end -->", re.S)


def fill_tables(text: str) -> str:
    """Write every table of a text as `escalate list KIND --format md` prints it."""

    def write_table(block: re.Match[str]) -> str:
        """Write the table of one block."""
        return f"<!-- escalate list {block[1]} -->\n{listed_table(block[1], 'baseline', (), 'md')}\n<!-- end -->"

    return BLOCK.sub(write_table, text)


def main() -> None:
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if (now := fill_tables(text)) != text:
            path.write_text(now, encoding="utf-8")
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
