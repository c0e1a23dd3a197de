"""Where compiled rules are kept between runs: a folder named by a hash of every source that they are made of.

Numba's own cache looks only at the file of the function that it compiled, so it would serve a stale rule after an edit
in another file. Where they cannot be kept (the folder cannot be written, or a rule is registered by a file that is no
part of this package, and may depend on anything), a folder that ends with this process takes its place.
Nothing here loads the compiler.
"""

import atexit
import hashlib
import os
import re
import shutil
import sys
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from sim.rules.registry import DRIVES, METRICS, STRATEGIES, Registered

PACKAGE = Path(__file__).parent.parent
SOURCES = sorted(
    [
        *(path for room in ("rules", "engine", "results") for path in (PACKAGE / room).glob("*.py")),
        *(PACKAGE / "evidence" / name for name in ("dyad_filter.py", "likelihood.py")),
    ]
)
SECONDS = 15  # that compiling takes, about
FURTHER_SECONDS = 4  # for further kinds of work in one process
_temporary: dict[str, Path] = {}  # folders that end with this process, by their names


@lru_cache
def rules_hash() -> str:
    """Return twelve hex digits that change with any source of the rules or the engines, with Python and the compiler."""
    digest = hashlib.blake2b(f"{sys.version_info[:2]} {version('numba')}".encode(), digest_size=6)
    for path in SOURCES:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def outside_rules() -> list[Registered]:
    """List the registered rules that no source of this package holds."""
    modules = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in SOURCES}
    every = [entry for registry in (STRATEGIES, DRIVES, METRICS) for entry in registry.values()]
    return [entry for entry in every if entry.function.__module__ not in modules]


def kept_folder() -> Path:
    """Return the folder in which the rules that are registered now would be kept.

    It is below NUMBA_CACHE_DIR, or else below the user's own folder of caches.
    """
    home = Path(os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    if home.parent.name == "escalate" and re.fullmatch("[0-9a-f]{12}", home.name):
        home = home.parent.parent  # a child of this process is told the whole path
    return home / "escalate" / _folder_name()


def cache_folder() -> Path | None:
    """Return the folder of the rules that are registered now, which is made if it is not there.

    It is `kept_folder`, or a temporary one with whatever is kept; None if that cannot be made either.
    """
    folder = kept_folder()
    if outside_rules() and os.environ.get("NUMBA_CACHE_DIR") != str(folder):  # nor handed on by a parent process
        return _temporary_folder(folder, copied=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return _temporary_folder(folder)
    return folder if os.access(folder, os.W_OK) else _temporary_folder(folder)


def why_not_kept() -> str:
    """Return why the compiled rules are not kept for later runs; nothing if they are."""
    if rules := outside_rules():
        return f"{rules[0].function.__module__} registers rules of its own, which are compiled at every start"
    if cache_folder() != kept_folder():
        return f"compiled rules cannot be kept in {kept_folder().parent}: NUMBA_CACHE_DIR names another folder"
    return ""


def is_compiled(*entries: str) -> bool:
    """Say whether the compiled code of each of some entry points is in the cache."""
    folder = cache_folder()
    return folder is not None and all(any(folder.rglob(f"*.{entry}-*.nbc")) for entry in entries)


def _folder_name() -> str:
    rules = outside_rules()
    if not rules:
        return rules_hash()
    digest = hashlib.blake2b(rules_hash().encode(), digest_size=6)
    for entry in rules:
        code = entry.function.__code__
        digest.update(
            f"{entry.function.__module__} {entry.name} {code.co_consts} {code.co_names}".encode() + code.co_code
        )
    return digest.hexdigest()


def _temporary_folder(folder: Path, copied: bool = True) -> Path | None:
    """Return a folder that ends with this process, with a copy of what is in another if that is wanted."""
    if folder.name not in _temporary:
        try:
            root = Path(tempfile.mkdtemp(prefix="escalate-"))
        except OSError:
            return None
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        temporary = root / "escalate" / folder.name
        temporary.mkdir(parents=True)
        for path in folder.rglob("*.nb[ci]") if copied else ():
            target = temporary / path.relative_to(folder)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
        _temporary[folder.name] = temporary
    return _temporary[folder.name]
