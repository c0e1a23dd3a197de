"""A folder of scenarios of one's own, copied from those that ship."""

import shutil
from pathlib import Path

from sim.scenario.library import shipped_folder
from sim.scenario.problems import Place, Problem, UserError

BLANK = (
    "border.yaml",
    "parts/scale.yaml",
    "schemas/scenario.schema.json",
    "schemas/patch.schema.json",
    "schemas/study.schema.json",
)


def start_folder(directory: Path, blank: bool) -> list[Path]:
    """Copy the scenarios that ship into a folder; the paths written.

    Raises UserError if one of the files is there already: nothing is overwritten.
    """
    shipped = shipped_folder()
    files = (
        [Path(name) for name in BLANK]
        if blank
        else sorted(p.relative_to(shipped) for p in shipped.rglob("*") if p.is_file())
    )
    there = [directory / file for file in files if (directory / file).exists()]
    if there:
        raise UserError(
            [
                Problem(Place(str(path), 0), "", "is there already, and nothing is overwritten", "a new folder")
                for path in there
            ]
        )
    try:
        for file in files:
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipped / file, directory / file)
    except OSError as error:
        raise UserError(
            [Problem(Place(str(directory), 0), "", f"cannot be written: {error.strerror or error}")]
        ) from None
    return [directory / file for file in files]
