"""Where tables come from: files, folders of them, archives of several members, and standard input.

Of a folder or an archive the files are tables that have a suffix of one (`SUFFIXES`); the others are passed over and
named, and so are empty files among several. What a file is, its bytes say when it is read.
"""

import io
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from sim.scenario.problems import Place, Problem, UserError, listed, nearest, shown
from sim.scenario.text_files import AS_TEXT, BESIDE_FILES, READ_ERRORS, WORKBOOKS, ZIP, Source

STDIN = "-"
SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".gz", ".zip")
MOST_SHOWN = 20


@dataclass
class Sources:
    """The tables that some paths hold, in the order of the paths and then of their names; and what is passed over."""

    tables: list[Source] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of all of them; 0 if that of one is not known."""
        sizes = [source.size for source in self.tables]
        return sum(sizes) if all(sizes) else 0


@contextmanager
def open_sources(paths: Sequence[Path], encoding: str = "") -> Iterator[Sources]:
    """Find the tables of paths.

    Parameters: paths, of files, folders (searched to the bottom) and zip archives; `-` is standard input, once;
    encoding, of all of them, as `Source` has it.
    Raises UserError for a path at which there is nothing, that is given twice, or that holds no table.
    """
    sources = Sources()
    taken: set[Path] = set()
    with ExitStack() as stack:
        for path in paths:
            before = len(sources.tables)
            if str(path) == STDIN:
                _check_once(path, Path(STDIN), taken)
                _add_input(sources, stack)
            elif path.is_dir():
                _add_folder(path, sources, taken)
            else:
                _check_once(path, path.resolve(), taken)
                _add_file(path, sources)
            if len(sources.tables) == before:
                others = f"; it holds {listed(sources.passed_over, MOST_SHOWN)}" if sources.passed_over else ""
                _refuse(str(path), f"holds no table{others}", f"files that end in {', '.join(SUFFIXES)}")
        if len(sources.tables) > 1:
            _pass_over_empty(sources)
        sources.tables = [replace(source, encoding=encoding) for source in sources.tables]
        yield sources


def _pass_over_empty(sources: Sources) -> None:
    """Pass over empty files among others, of which archives of every quarter of an hour have some."""
    empty = [source for source in sources.tables if not source.size and source.stream is None]
    if len(empty) < len(sources.tables):
        sources.tables = [source for source in sources.tables if source not in empty]
        sources.passed_over += [f"{source.shown_as} (empty)" for source in empty]


def _check_once(path: Path, key: Path, taken: set[Path]) -> None:
    if key in taken:
        _refuse(str(path), "is given twice, and its rows would count twice", "each file once")
    taken.add(key)


def _add_folder(folder: Path, sources: Sources, taken: set[Path]) -> None:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).as_posix()
        if not path.is_file() or BESIDE_FILES.search(inner) or any(part.startswith(".") for part in Path(inner).parts):
            continue
        if path.suffix.lower() not in SUFFIXES:
            sources.passed_over.append(str(path))
            continue
        _check_once(path, path.resolve(), taken)
        _add_file(path, sources)


def _add_file(path: Path, sources: Sources) -> None:
    """Add a file, or each member of an archive."""
    if path.exists() and not path.is_file():
        _refuse(str(path), "is not a regular file", "a file, a folder, or - for standard input")
    try:
        with path.open("rb") as raw:
            if raw.read(4) == ZIP:
                _add_members(raw, Source(path, str(path)), sources)
                return
        sources.tables.append(Source(path, str(path), size=path.stat().st_size))
    except FileNotFoundError:
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = nearest(path.name, names)
        _refuse(str(path), "there is no such file", near=str(path.with_name(near)) if near else "")
    except READ_ERRORS as error:
        _refuse(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}")


def _add_input(sources: Sources, stack: ExitStack) -> None:
    """Add standard input; an archive is kept in a file, for it is read from its end."""
    if sys.stdin is None:
        _refuse("standard input", "is closed")
    stream: Any = sys.stdin.buffer
    raw = io.BufferedReader(stream)
    stack.callback(raw.detach)
    try:
        if raw.peek(4)[:4] != ZIP:
            sources.tables.append(Source(None, "standard input", stream=raw))
            return
        whole = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  the stack closes it
        shutil.copyfileobj(raw, whole)
        _add_members(whole, Source(None, "standard input", stream=whole), sources)
    except READ_ERRORS as error:
        _refuse("standard input", f"cannot be read: {getattr(error, 'strerror', None) or error}")


def _add_members(raw: Any, archive: Source, sources: Sources) -> None:
    with zipfile.ZipFile(raw) as opened:
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
    files = sorted((e for e in entries if not BESIDE_FILES.search(e.filename)), key=lambda entry: entry.filename)
    for entry in files:
        if looks := WORKBOOKS.get(entry.filename.lower()):
            _refuse(archive.shown_as, f"looks like {looks}", "the sheet, saved as CSV UTF-8")
    tables = [entry for entry in files if PurePosixPath(entry.filename).suffix.lower() in (*SUFFIXES, "")]
    if not tables and len(files) == 1:
        tables = files
    for entry in tables:
        if entry.flag_bits & 1:
            _refuse(archive.shown_as, f"holds {shown(entry.filename)}, which has a password", "one without")
        shown_as = f"{archive.shown_as}/{shown(entry.filename, 100)}"
        sources.tables.append(Source(archive.path, shown_as, entry.filename, entry.file_size, archive.stream))
    sources.passed_over += [f"{archive.shown_as}/{shown(entry.filename)}" for entry in files if entry not in tables]


def _refuse(shown_as: str, text: str, allowed: str = AS_TEXT, near: str = "") -> NoReturn:
    raise UserError([Problem(Place(shown_as, 0), "", text, allowed, near)]) from None
