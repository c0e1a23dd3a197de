"""`escalate init`: a folder of scenarios of one's own, copied from those that ship."""

from pathlib import Path

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.options import A_FOLDER

BLANK = (
    "border.yaml",
    "kinds/interstate.yaml",
    "parts/scale.yaml",
    "parts/pairs.yaml",
    "schemas/scenario.schema.json",
    "schemas/patch.schema.json",
    "schemas/study.schema.json",
)


@click.command("init", short_help="Make a folder with scenarios of your own.")
@click.argument("directory", type=A_FOLDER)
@click.option("--blank", is_flag=True, help="Only a small crisis of two neighbours, to start from.")
@with_desk()
def command(desk: Desk, directory: Path, blank: bool) -> None:
    """Make DIRECTORY with scenarios of your own: all that ship, or a small one."""
    for path in start_folder(directory, blank):
        desk.answer(f"wrote {path}")


def start_folder(directory: Path, blank: bool) -> list[Path]:
    """Copy the scenarios that ship into a folder.

    Parameters: blank, copy only a small crisis to start from.
    Returns the paths written. Raises UserError if one of the files exists (nothing is overwritten) or cannot be
    written.
    """
    from sim.keeping import write_file, writing
    from sim.scenario.library import shipped_folder
    from sim.scenario.problems import Place, Problem, UserError

    shipped = shipped_folder()
    every = sorted(path.relative_to(shipped) for path in shipped.rglob("*") if path.is_file())
    files = [Path(name) for name in BLANK] if blank else every
    if there := [directory / file for file in files if (directory / file).exists()]:
        text, allowed = "exists already, and nothing is overwritten", "a new folder"
        raise UserError([Problem(Place(str(path), 0), "", text, allowed) for path in there])
    for file in files:
        with writing(directory):
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
        write_file(directory / file, (shipped / file).read_bytes())
    return [directory / file for file in files]
