"""Where compiled rules are kept between runs: a folder named by a hash of every source that they are made of.

Numba's own cache looks only at the file of the function that it compiled, so it would serve a stale rule after an edit
in another file. Nothing here loads the compiler.
"""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

SOURCES = sorted(
    path for room in ("rules", "engine", "results") for path in (Path(__file__).parent.parent / room).glob("*.py")
)
SECONDS = 15  # that compiling takes, about


@lru_cache
def rules_hash() -> str:
    """Return twelve hex digits that change with any source of the rules or the engines."""
    digest = hashlib.blake2b(digest_size=6)
    for path in SOURCES:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@lru_cache
def cache_folder() -> Path | None:
    """Return the folder of these rules, which is made if it is not there; None if there is nowhere to keep them.

    It is below NUMBA_CACHE_DIR, or else below the user's own folder of caches.
    """
    home = Path(os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "escalate" / rules_hash()
    if home.parts[-2:] == folder.parts[-2:]:  # a child of this process is told the whole path
        folder = home
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def is_compiled(entry: str = "play_block") -> bool:
    """Say whether the compiled code of an entry point is in the cache."""
    folder = cache_folder()
    return folder is not None and any(folder.rglob(f"*{entry}*.nbc"))
