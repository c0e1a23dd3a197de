"""Build hook of MkDocs: adds the pages that are not files of docs/, and keeps the site off the network.

The front page is the README; the pages of `analysis.reference` are made of the code.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.reference import PAGES

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
FROM_ROOT = {"index.md": "README.md", "contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}

# Material's offline plugin takes a script from a network, so that the search works from disk; ours is in docs/.
REMOTE_SCRIPT = re.compile(r'https://unpkg\.com/iframe-worker/shim(?=")')
LOCAL_SCRIPT = "offline-worker.js"


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


def on_post_page(output: str, page: "Page", config: "MkDocsConfig") -> str:
    """Put our script in the place of the remote one. Raises ValueError if a page would still load something remote."""
    from mkdocs.utils import get_relative_url

    output = REMOTE_SCRIPT.sub(get_relative_url(LOCAL_SCRIPT, page.url), output)
    output = output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )
    if remote := re.search(
        r'<(?:script|img|iframe|link rel="stylesheet")[^>]*(?:src|href)="(?:https?:)?//[^"]*', output
    ):
        raise ValueError(f"{page.file.src_uri} asks the network: {remote[0]}")
    return output
