"""`escalate report`: one page of run folders, written whole or not at all."""

from pathlib import Path

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.switches import RESULTS, OwnPath, examples


@click.command(
    "report",
    short_help="Make one HTML page of run folders.",
    epilog=examples(
        "escalate report outputs/baseline/ID",
        "escalate report outputs/baseline/ID outputs/mine/ID --out page.html",
    ),
)
@click.argument("folders", nargs=-1, required=True, metavar="DIR…", type=RESULTS)
@click.option("--out", type=OwnPath(dir_okay=False), help="The page to write; report.html in the first DIR by default.")
@with_desk()
def command(desk: Desk, folders: tuple[Path, ...], out: Path | None) -> None:
    """Make one page of the run folder DIR, and of others beside it.

    It is HTML that opens from disk and prints.
    """
    from sim.figures.plot import kind_of
    from sim.figures.report.page import report
    from sim.keeping import write_file

    if all(kind_of(folder) in ("run", "forecast") for folder in folders):  # of others the page says what is wrong
        desk.compile("run", "model")
    path = out or folders[0] / "report.html"
    write_file(path, report(folders).encode())
    desk.answer(f"wrote {path}")
