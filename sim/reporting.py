"""The work behind `escalate report`: one page of run folders, written whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

from sim.scenario.problems import Place, Problem, UserError


def write_report(folders: Sequence[Path], out: Path | None) -> Path:
    """Write the page; its path. Raises UserError for a folder that is none, or a place that cannot be written."""
    from sim.figures.report.page import report

    page = report(folders)
    path = out or folders[0] / "report.html"
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        text = f"cannot be written: {error.strerror or error}"
        raise UserError([Problem(Place(str(path), 0), "", text, "--out, a file in a folder that is there")]) from None
    return path
