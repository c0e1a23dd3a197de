"""Where files are found: by a path, or by a bare name in the working folder or among those that ship."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sim.scenario.problems import Place, Problem, UserError, listed, nearest, shown

SUFFIXES = (".yaml", ".yml")
TABLE_SUFFIXES = (".csv", ".tsv", ".xls", ".xlsx", ".parquet")
USED_BY = {
    "scenario": "run",
    "study": "sweep",
    "facts": "facts",
    "map": "record import --map",
    "kind": "init DIR --kind",
}
DEFAULTS = {"scenario": "baseline", "facts": "stylised"}
# of files that ship, by their folder
KINDS = {
    "scenario": "",
    "variant": "variants",
    "study": "studies",
    "facts": "facts",
    "map": "maps",
    "kind": "kinds",
}


def shipped_folder() -> Path:
    """Find the folder of the files that ship.

    It is in the package when installed, beside it in a checkout.
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def shipped_files(kind: str) -> dict[str, Path]:
    """Find the files of a kind that ship, by their bare names; the baseline comes first.

    kind: scenario, variant, study, facts, map or kind (of crisis).
    """
    files = {path.stem: path for path in sorted((shipped_folder() / KINDS[kind]).glob("*.yaml"))}
    return dict(sorted(files.items(), key=lambda entry: kind == "scenario" and entry[0] != "baseline"))


def shipped_default(kind: str) -> str:
    """Return the path of the file that a kind means where none is named: one that ships, whatever the working folder holds.

    kind: scenario (the baseline) or facts (the stylised facts).
    """
    return str(shipped_files(kind)[DEFAULTS[kind]])


def shipped_names() -> list[str]:
    """List the names of the scenarios that ship, the baseline first."""
    return list(shipped_files("scenario"))


def shipped_extendable() -> dict[str, Path]:
    """Find what ships and a scenario may extend by its bare name: kinds and scenarios."""
    return shipped_files("kind") | shipped_files("scenario")


def study_names() -> list[str]:
    """List the names of the studies that ship."""
    return list(shipped_files("study"))


def find(file: str) -> Path:
    """Find a scenario by its path or bare name.

    Raises UserError as `find_file` does.
    """
    return find_file(file, "scenario")


def find_map(file: str) -> Path:
    """Find a map of who is who by its path or bare name.

    Raises UserError as `find_file` does.
    """
    return find_file(file, "map")


def find_file(file: str, *kinds: str) -> Path:
    """Find a file by its path, or by its bare name.

    A bare name is looked for in the working folder, with or without .yaml, and among what ships.

    Parameters
    ----------
    file: a path, or a bare name without folder and suffix.
    kinds: one or more of scenario, variant, study, facts and map.

    Raises
    ------
    UserError: there is no such file, with the nearest there is; or more than one has the bare name, with each.
    """
    if not file:
        raise UserError(
            [Problem(Place("''", 0), "", "cannot be the name of a file", f"a path, or the name of a {_nouns(kinds)}")]
        )
    if not is_bare(file):
        return _existing(file, kinds)
    files = _called(file, kinds)
    if len(files) == 1:
        return files[0]
    raise UserError([_ambiguous(file, kinds, files) if files else _missing(file, kinds)])


def is_bare(file: str) -> bool:
    """Tell whether the name of a file is bare: without a folder and a suffix."""
    path = Path(file)
    return not path.suffix and path.name == file and file not in (".", "..")


def _shipped(kinds: Iterable[str]) -> dict[str, Path]:
    """Find the files of some kinds that ship, by their bare names; the first kind wins."""
    shipped: dict[str, Path] = {}
    for kind in kinds:
        shipped |= {name: path for name, path in shipped_files(kind).items() if name not in shipped}
    return shipped


def _called(name: str, kinds: Iterable[str]) -> list[Path]:
    """Find every file that a bare name stands for.

    One that ships, seen from its own folder, is one.
    """
    shipped = _shipped(kinds)
    here = [path for path in (Path(name + suffix) for suffix in ("", *SUFFIXES)) if is_file(path)]
    there = [shipped[name]] if name in shipped else []
    return here + [path for path in there if not any(path.samefile(file) for file in here)]


def _ambiguous(name: str, kinds: Iterable[str], files: list[Path]) -> Problem:
    """Build the problem of a bare name of more than one file: name each, and how to ask for it."""
    here = [f".{os.sep}{path}" for path in files if not path.is_absolute()]
    there = [shown_path(path) for path in files if path.is_absolute()]
    text = f"is the name of {' and '.join(here)}"
    text += f", and of the {_nouns(kinds)} that ships" if there else ""
    return Problem(Place(shown(name), 0), "", text, ", or ".join(here + there))


def _missing(name: str, kinds: Iterable[str]) -> Problem:
    """Build the problem of a bare name that nothing has."""
    shipped = _shipped(kinds)
    there = "is a folder, not a file" if _is_folder(Path(name)) else "is no such file"
    text = f"there {there}, and no {_nouns(kinds)} of that name ships"
    others = [kind for kind in KINDS if kind not in kinds and name in shipped_files(kind)]
    text += f"; it is a {_nouns(others)}: {_use_of(others[0], name)}" if others else ""
    here = [path.stem for suffix in SUFFIXES for path in Path().glob(f"*{suffix}")]
    allowed = "a path to a .yaml file, or one of " + listed(shipped, 30)
    return Problem(Place(shown(name), 0), "", text, allowed, "" if others else nearest(name, [*here, *shipped]))


def _use_of(kind: str, name: str) -> str:
    """Return how a file that ships is used."""
    if kind == "variant":
        return f"{DEFAULTS['scenario']}+{name}"
    return f"escalate {USED_BY[kind]}"


def _existing(file: str, kinds: Iterable[str]) -> Path:
    """Return a path at which there is something, which reading it will judge.

    Raises UserError with the nearest name if there is nothing.
    """
    path = Path(file)
    try:
        if path.suffix.lower() in TABLE_SUFFIXES and path.is_file():
            text, allowed = (
                f"is a table, not a {_nouns(kinds)}",
                f"a .yaml file; for a record: escalate record check {file}",
            )
            raise UserError([Problem(Place(shown(file), 0), "", text, allowed)])
        if not path.parent.is_dir() and not path.parent.exists() and path.parent.parent.is_dir():
            raise UserError([_no_folder(path.parent, file)])
        if path.exists() or path.is_symlink() or not path.parent.is_dir():
            return path
        names = [neighbour.name for suffix in SUFFIXES for neighbour in path.parent.glob(f"*{suffix}")]
    except (OSError, ValueError):  # reading it will say why
        return path
    known = {name: name for name in (_shipped(kinds) if len(path.parts) == 1 else ())}
    known |= {Path(name).stem: str(path.with_name(name)) for name in names}
    near = known.get(path.stem) or known.get(nearest(path.stem, known), "")
    where = "this folder" if path.parent == Path() else str(path.parent)
    allowed = f"one of {listed(sorted(names), 8)} in {where}, or another path" if names and not near else ""
    raise UserError([Problem(Place(shown(file), 0), "", "there is no such file", allowed, near)])


def _no_folder(folder: Path, file: str) -> Problem:
    """Build the problem of a path whose folder does not exist."""
    near = nearest(folder.name, [entry.name for entry in folder.parent.iterdir() if entry.is_dir()])
    text = f"there is no folder {shown(str(folder))}"
    return Problem(
        Place(shown(file), 0), "", text, nearest=str(folder.with_name(near) / Path(file).name) if near else ""
    )


def _nouns(kinds: Iterable[str]) -> str:
    *first, last = ["file of facts" if kind == "facts" else kind for kind in kinds]
    return f"{', '.join(first)} or {last}" if first else last


def is_file(path: Path) -> bool:
    """Tell whether there is a file at a path; an impossible name is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def find_beside(named: str, file: Path, is_other: Callable[[Path], bool] = lambda path: False) -> Path | None:
    """Find the scenario that another file names.

    It is looked for beside that file, in the folder above it, and among what ships.

    Parameters
    ----------
    named: a path from one of those folders, with or without .yaml, or the bare name of one that ships.
    is_other: whether a file is of another kind, and so passed over, as `file` itself is.

    Returns
    -------
    The path; None if there is no such file.
    """
    file = file.resolve()
    for folder in (file.parent, file.parent.parent):
        for path in (folder / named, *(folder / f"{named}{suffix}" for suffix in SUFFIXES)):
            if is_file(path) and path.resolve() != file and not is_other(path):
                return path
    return shipped_files("scenario").get(named)


def shown_path(path: Path) -> str:
    """Write a path as messages show it: relative to where the user is, if shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
    return relative if not relative.startswith("..") else str(path)


def root_of(path: Path) -> Path:
    """Find the folder that a scenario and what it extends must stay in."""
    return shipped_folder().resolve() if is_shipped(path) else path.resolve().parent


def is_shipped(path: Path) -> bool:
    """Tell whether a file is one of those that ship."""
    return path.resolve().is_relative_to(shipped_folder().resolve())


def output_name(path: Path, names: Sequence[str]) -> str:
    """Return the folder name of a file's results, which no other crisis of the name shares.

    Parameters: path, of a scenario or study; names, of those that ship.
    A file that ships, or one of the working folder under a name of its own, gives its bare name; any other that of its
    folder too: `mine/baseline.yaml` gives `mine-baseline`.
    """
    path = path.resolve()
    if is_shipped(path) or (path.parent == Path.cwd() and path.stem not in names):
        return path.stem
    return f"{path.parent.name}-{path.stem}" if path.parent.name else path.stem
