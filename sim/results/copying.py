"""A copy of a finished folder at any address that fsspec knows: another disk, s3://…, ssh://…, memory://…"""

from pathlib import Path

from sim.optional import needed
from sim.scenario.problems import Place, Problem, UserError

MANIFEST = "manifest.json"
NOT_COPIED = "blocks"  # the parts of a sweep, of which its tables are made


def copy_to(folder: Path, address: str) -> str:
    """Copy a finished folder below an address, and return where it is then.

    The manifest comes last: without it a copy is not whole.

    What a whole copy has already is left as it is. Raises UserError if the address cannot be written, or its
    library is missing.
    """
    if not address:
        raise UserError([Problem(Place("--to", 0), "", "is empty", "an address that fsspec can write to")])
    url_to_fs = needed("fsspec.core", "cluster", "--to").url_to_fs
    try:
        store, root = url_to_fs(address)
        there = f"{root.rstrip('/')}/{folder.parent.name}/{folder.name}"
        is_whole = store.exists(f"{there}/{MANIFEST}")
        for path in sorted(_files(folder), key=lambda path: (path.name == MANIFEST, path)):
            target = f"{there}/{path.relative_to(folder).as_posix()}"
            if not (is_whole and store.exists(target)):
                store.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
                store.put_file(str(path), target)
        return f"{address.rstrip('/')}/{folder.parent.name}/{folder.name}"
    except Exception as error:  # no such protocol, no library for it, no way to write: every store has its own errors
        problem = Problem(
            Place(address, 0), "--to", f"cannot be written: {error}", "an address that fsspec can write to"
        )
        raise UserError([problem]) from None


def _files(folder: Path) -> list[Path]:
    files = (
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".part"
    )
    return [path for path in files if NOT_COPIED not in path.relative_to(folder).parts]
