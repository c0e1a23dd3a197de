"""Write the generated tables of the documents anew, from code and data.

    python -m analysis.documents

A table stands between `<!-- escalate list KIND -->` and `<!-- end -->`.
"""

import re
from pathlib import Path

from sim.scenario.listing import listed_table

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCK = re.compile(r"<!-- escalate list (\w+) -->\n.*?<!-- end -->", re.S)


def filled(text: str) -> str:
    """The text with every table as `escalate list KIND --format md` prints it."""

    def table(found: re.Match[str]) -> str:
        return f"<!-- escalate list {found[1]} -->\n{listed_table(found[1], 'baseline', (), 'md')}\n<!-- end -->"

    return BLOCK.sub(table, text)


def main() -> None:
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if (now := filled(text)) != text:
            path.write_text(now, encoding="utf-8")
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
