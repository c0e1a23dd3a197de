"""A ledger of forecasts: a file of JSON lines to which is only ever appended, each line bound to the one before.

Every line has a hash of itself and the hash of the line before, so that a line that was altered, cut, moved or taken
out is seen, and named. What no file can show by itself is that its last lines were taken off: for that the hash of the
last line, which is printed, is written down elsewhere (`head`). One process appends at a time; another waits.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.evidence.forecast_tables import LiveForecast
from sim.keeping import lock, writing
from sim.scenario.problems import Place, Problem, UserError, listed

Row = dict[str, Any]
NO_LINE = ""  # that comes before the first
WAIT_SECONDS = 30.0  # for another process that appends
REMEDY = "the ledger as it was written, from a copy; nothing in it is ever changed"
NOT_KEPT = ("notes", "labels", "last_year_days")  # of what a forecast says of itself
NEEDED = (
    "id", "case", "file", "settings", "on", "horizons", "runs", "made", "chances", "rungs", "outcomes", "record",
)  # fmt: skip


@dataclass(frozen=True)
class Ledger:
    """The lines of a ledger, in their order, each sound and bound to the one before."""

    path: Path
    lines: list[Row]

    @property
    def head(self) -> str:
        """Return the hash of the last line; nothing for an empty ledger."""
        return str(self.lines[-1]["hash"]) if self.lines else NO_LINE

    def check_head(self, head: str) -> None:
        """Check that a hash that was written down is that of a line. Raises UserError if no line has it."""
        if head not in [line["hash"] for line in self.lines]:
            text = f"has no line whose hash is {head}: its last lines were taken off, or it is another ledger"
            raise UserError([Problem(Place(str(self.path), len(self.lines)), "--head", text, REMEDY)])


def read_ledger(path: Path) -> Ledger:
    """Read a ledger. Raises UserError for none, and for every line that was altered, cut, moved or taken out."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        text = "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        allowed = "a ledger that escalate forecast --ledger wrote"
        raise UserError([Problem(Place(str(path), 0), "", text, allowed)]) from None
    return Ledger(path, _sound_lines(path, raw))


def _sound_lines(path: Path, raw: bytes) -> list[Row]:
    problems: list[Problem] = []
    lines: list[Row] = []
    before = NO_LINE
    *whole, rest = raw.split(b"\n")
    for number, text in enumerate(whole, 1):
        fault, line = _line(text, number, before)
        if fault:
            problems.append(Problem(Place(str(path), number), "", fault, REMEDY))
        lines.append(line)
        before = line.get("hash", NO_LINE)
    if rest:
        fault = "is cut off: it has no end"
        problems.append(Problem(Place(str(path), len(whole) + 1), "", fault, REMEDY))
    if problems:
        raise UserError(problems)
    return lines


def _line(raw: bytes, number: int, before: str) -> tuple[str, Row]:
    """Read a line: what is wrong with it, if anything, and what it says."""
    try:
        line = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return "is damaged: it is not JSON", {}
    if not isinstance(line, dict) or "hash" not in line:
        return "is not a forecast", {}
    content = {key: value for key, value in line.items() if key != "hash"}
    try:
        as_written = _text({**content, "hash": _hash(content)})
    except ValueError:  # NaN, or half of a pair of UTF-16, which no ledger writes
        as_written = ""
    if raw.decode() != as_written:
        return "was altered: it does not have the hash that it says", line
    if missing := [key for key in NEEDED if key not in line]:
        return f"is not a forecast: it lacks {listed(missing)}", line
    if line.get("line") != number or line.get("before") != before:
        return f"does not follow the line before: it was written as line {line.get('line')}, after another", line
    return "", line


def append_forecast(path: Path, forecast: LiveForecast) -> tuple[int, bool]:
    """Append a forecast to a ledger, unless it is in it.

    Returns the number of its line, and whether it is new. Raises UserError where the ledger is not sound, cannot be
    written, or is held by another process for half a minute.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    busy, allowed = "another process holds this ledger", "wait for its end"
    with lock(path.with_name(f".{path.name}.lock"), busy, allowed, WAIT_SECONDS):
        lines = read_ledger(path).lines if path.exists() else []
        for number, line in enumerate(lines, 1):
            if line["id"] == forecast.about["id"]:
                return number, False
        content = ledger_line(forecast, len(lines) + 1, lines[-1]["hash"] if lines else NO_LINE)
        raw = (_text({**content, "hash": _hash(content)}) + "\n").encode()
        with writing(path), path.open("ab") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    return len(lines) + 1, True


def ledger_line(forecast: LiveForecast, number: int, before: str) -> Row:
    """Return what a ledger keeps of a forecast: what it was made of, when, and all of its chances."""
    about = {key: value for key, value in forecast.about.items() if key not in NOT_KEPT}
    tables = {"chances": forecast.chances, "rungs": forecast.rungs, "outcomes": forecast.outcomes}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"line": number, "before": before, "made": now, **about, **tables}


def _text(line: Row) -> str:
    return json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _hash(content: Row) -> str:
    return hashlib.blake2b(_text(content).encode(), digest_size=16).hexdigest()
