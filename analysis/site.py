"""Build hook of MkDocs: adds the pages that are not files of docs/.

The front page is the README; the pages of `analysis.reference` are made of the code.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.reference import PAGES

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent
FROM_ROOT = {"index.md": "README.md", "contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}


def site_links(text: str) -> str:
    """Turn the links of a file of the top folder into links of the site."""
    for page, name in FROM_ROOT.items():
        text = text.replace(f"]({name}", f"]({page}")
    return re.sub(r'(\]\(|src(?:set)?=")docs/', r"\1", text)


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the pages that are made when the site is built."""
    from mkdocs.structure.files import File

    for page, name in FROM_ROOT.items():
        text = site_links((ROOT / name).read_text(encoding="utf-8"))
        files.append(File.generated(config, page, content=text))
    for page, written in PAGES.items():
        files.append(File.generated(config, page, content=written()))
    return files
