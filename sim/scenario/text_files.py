"""Files of text as people have them: plain, gzipped or zipped, in any encoding of Unicode or one that the reader names.

What a file is, is read from its first bytes and not from its name. A file that is no text (a workbook of a
spreadsheet, Parquet, a web page) is refused with what it looks like. Lines are read as they are asked for, so that a
table of a hundred megabytes needs no more memory than its longest line.
"""

import codecs
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn, cast

from sim.scenario.problems import Place, Problem, UserError, listed, shown

FIRST_BYTES = 4096  # by which a file is known
LONGEST_LINE = 1_000_000  # characters; what is longer is no line of a table
MOST_LAYERS = 3  # a gzipped file in a zip archive has two
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
ENCODINGS = {  # the longer mark first: UTF-32 begins as UTF-16 does
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
NOT_TEXT = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"\xd0\xcf\x11\xe0": "a workbook of Excel (.xls)",
    b"%PDF": "a PDF",
    b"SQLite format 3": "a SQLite database",
    b"BZh": "a file packed with bzip2",
    b"\xfd7zXZ": "a file packed with xz",
    b"\x28\xb5\x2f\xfd": "a file packed with zstd",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"PK\x05\x06": "an empty zip archive",
    b"RDX": "data of R (.RData)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
MARKUP = {
    r"<!doctype html|<html": "a web page",
    r"<\?xml": "XML",
    r"\{\s*\"|\[\s*[\[{]": "JSON",
}
WORKBOOKS = {"[content_types].xml": "a workbook of Excel (.xlsx)", "mimetype": "a workbook (.ods)"}
NOT_DECODED = re.compile("[\udc80-\udcff]")  # how `surrogateescape` marks bytes
NOT_LATIN = re.compile("[\udcc0-\udcff]{4}")
BESIDE_FILES = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
AS_TEXT = "a table of text: CSV or tab-separated, plain, .gz or .zip"
READ_ERRORS = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Source:
    """One table's bytes: a file, a member of an archive, or a stream such as standard input.

    path: of the file or archive; None for a stream. shown_as: as messages show it. member: its name in a zip archive;
    empty for any other. size: in bytes, 0 if nobody knows. stream: open, binary; an archive's can be sought in.
    encoding: as the reader names it; empty to find which one of Unicode it is.
    """

    path: Path | None
    shown_as: str
    member: str = ""
    size: int = 0
    stream: Any = None
    encoding: str = ""


@dataclass(frozen=True)
class TextFile:
    """Text that can be read, and where it comes from."""

    shown_as: str  # the path, as messages show it
    member: str  # the file within a zip archive; nothing for any other file
    encoding: str
    lines: Iterator[str]  # with their ends
    encoding_named: bool = False  # by the reader


@contextmanager
def open_text(
    path: Path | Source,
    shown_as: str,
    most_characters: int | None = None,
    advance: Callable[[int], object] | None = None,
) -> Iterator[TextFile]:
    """Open a file of text, whatever it is packed in.

    Parameters
    ----------
    path : the file: plain, gzipped, or a zip archive that holds one file (folders and what macOS adds are no files).
    shown_as : the path as messages show it.
    most_characters : the length at which it is refused; by default none.
    advance : takes how many bytes more of it were read.

    Raises
    ------
    UserError : if it cannot be read, is not text, or is too long; also while its lines are read.
    """
    with ExitStack() as stack:
        try:
            source = path if isinstance(path, Source) else Source(path, shown_as)
            raw, member = _unpacked(source, stack, advance)
            first = raw.peek(FIRST_BYTES)[:FIRST_BYTES]
        except FileNotFoundError:
            _refuse(shown_as, 0, "there is no such file")
        except READ_ERRORS as error:
            _refuse(shown_as, 0, f"cannot be read: {_reason(error)}")
        if looks := _looks_like(first):
            _refuse(shown_as, 0, f"looks like {looks}", AS_TEXT)
        encoding = _encoding_named(source.encoding, first, shown_as) if source.encoding else _encoding(first)
        errors = "strict" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        text = io.TextIOWrapper(cast(IO[bytes], raw), encoding=encoding, errors=errors, newline="")
        stack.callback(text.detach)
        lines = _lines(text, shown_as, encoding, most_characters)
        yield TextFile(shown_as, member, encoding, lines, bool(source.encoding))


def undecodable(text: str, encoding: str = "utf-8") -> str:
    """Describe the byte of a text that was not in its encoding, or is zero; nothing if there is none."""
    if "\0" in text:
        return "byte 0x00 is no text"
    byte = None if text.isascii() else NOT_DECODED.search(text)
    shown_as = encoding.removesuffix("-sig").upper() if encoding.startswith("utf") else encoding
    return f"byte {ord(byte[0]) - 0xDC00:#04x} is not {shown_as} text" if byte else ""


def likely_encoding(text: str) -> str:
    """Guess the encoding of a text that was read as UTF-8 and is not; nothing where only a stray byte is zero.

    Zeros are halves of UTF-16; letters of an alphabet that is not Latin stand beside each other, and accented letters
    of Latin ones alone. Which alphabet it is, nothing says: of those that are not Latin, Windows' Cyrillic stands for all.
    """
    if text.count("\0") * 4 > len(text):
        return "utf-16"
    if not NOT_DECODED.search(text):
        return ""
    return "cp1251" if NOT_LATIN.search(text) else "cp1252"


class _Counted(io.RawIOBase):
    """Bytes that say how many of them were read."""

    def __init__(self, raw: Any, advance: Callable[[int], object]):
        super().__init__()
        self.raw, self.advance = raw, advance

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell whether it can be sought in, as an archive must."""
        return bool(self.raw.seekable())

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place, and return it."""
        return int(self.raw.seek(offset, whence))

    def tell(self) -> int:
        """Return the place."""
        return int(self.raw.tell())

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, and return how many bytes were read."""
        count = int(self.raw.readinto(buffer))
        self.advance(count)
        return count


def _opened(source: Source, stack: ExitStack) -> Any:
    """Open the bytes of a source."""
    path = source.path
    if path is not None and path.is_dir():
        _refuse(source.shown_as, 0, "is a directory", "a file")
    if path is not None and path.exists() and not path.is_file():
        _refuse(source.shown_as, 0, "is not a regular file", "a file")
    if source.member:
        archive = stack.enter_context(zipfile.ZipFile(source.stream if path is None else path))
        return io.BufferedReader(stack.enter_context(archive.open(source.member)), FIRST_BYTES * 16)
    return source.stream if path is None else stack.enter_context(path.open("rb"))


def _unpacked(source: Source, stack: ExitStack, advance: Callable[[int], object] | None) -> tuple[Any, str]:
    """Unpack a file: its bytes, and the name within a zip archive."""
    shown_as, member = source.shown_as, source.member
    raw: Any = _opened(source, stack)
    if advance is not None:
        raw = _Counted(raw, advance)
    if source.stream is not None or advance is not None:
        raw = io.BufferedReader(raw, FIRST_BYTES * 16)
        stack.callback(raw.detach)  # who opened the bytes closes them
    for _ in range(MOST_LAYERS):
        first = raw.peek(4)[:4]
        if first.startswith(GZIP):
            raw = io.BufferedReader(stack.enter_context(gzip.GzipFile(fileobj=raw, mode="rb")), FIRST_BYTES * 16)
        elif first == ZIP:
            archive = stack.enter_context(zipfile.ZipFile(raw))
            entry = _only_member(archive, shown_as)
            member = entry.filename
            raw = io.BufferedReader(stack.enter_context(archive.open(entry)), FIRST_BYTES * 16)
        else:
            return raw, member
    return _refuse(shown_as, 0, "is packed too often", AS_TEXT)


def _only_member(archive: zipfile.ZipFile, shown_as: str) -> zipfile.ZipInfo:
    """Find the one file that an archive holds, without folders and what systems add."""
    files = [entry for entry in archive.infolist() if not entry.is_dir() and not BESIDE_FILES.search(entry.filename)]
    for entry in files:
        if looks := WORKBOOKS.get(entry.filename.lower()):
            _refuse(shown_as, 0, f"looks like {looks}", "the sheet, saved as CSV UTF-8")
    if len(files) != 1:
        names = listed([shown(entry.filename) for entry in files]) or "none"
        _refuse(shown_as, 0, f"holds {len(files)} files: {names}", "an archive of one file, or one of these, unpacked")
    if files[0].flag_bits & 1:
        _refuse(shown_as, 0, f"holds {PurePosixPath(files[0].filename).name}, which has a password", "one without")
    return files[0]


def _looks_like(first: bytes) -> str:
    """Name what bytes are that are not a table of text; nothing if they may be one."""
    for start, looks in NOT_TEXT.items():
        if first.startswith(start):
            return looks
    start_of_text = first.decode(_encoding(first), errors="replace").lstrip()[:100].lower()
    return next((looks for start, looks in MARKUP.items() if re.match(start, start_of_text)), "")


def _encoding(first: bytes) -> str:
    """Guess the encoding of a text by its mark, or by where its zeros stand.

    In UTF-16, every second byte of Latin letters is zero.
    """
    for mark, encoding in ENCODINGS.items():
        if first.startswith(mark):
            return encoding
    even, odd = first[0::2].count(0), first[1::2].count(0)
    if max(even, odd) * 4 > len(first) // 2 and min(even, odd) * 8 < max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8"


def _encoding_named(name: str, first: bytes, shown_as: str) -> str:
    """Return the encoding that the reader names, unless the mark with which a text begins is of another.

    Of UTF-8, 16 and 32 the variant is as found.
    """
    encoding, found_as = codecs.lookup(name).name, _encoding(first)
    if found_as.startswith(encoding):
        return found_as
    if first.startswith(tuple(ENCODINGS)):
        _refuse(
            shown_as, 1, f"begins with the mark of {found_as.removesuffix('-sig')} text", "no --encoding, or that one"
        )
    return encoding


def _lines(text: IO[str], shown_as: str, encoding: str, most: int | None) -> Iterator[str]:
    length = number = 0
    while True:
        number += 1
        try:
            line = text.readline(LONGEST_LINE)
        except UnicodeError as error:  # a missing mark of UTF-16 is one without a reason
            reason = getattr(error, "reason", error)
            _refuse(shown_as, number, f"is not {encoding.upper()} text: {reason}", "text encoded as UTF-8")
        except READ_ERRORS as error:
            _refuse(shown_as, number, f"cannot be read: {_reason(error)}")
        if not line:
            return
        length += len(line)
        if most is not None and length > most:
            _refuse(shown_as, 0, "is too large", f"at most {most:,} characters")
        yield line


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def _refuse(shown_as: str, line: int, text: str, allowed: str = "") -> NoReturn:
    raise UserError([Problem(Place(shown_as, line), "", text, allowed)]) from None
