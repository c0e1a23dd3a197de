"""`escalate plot`: the figures of folders of results."""

from pathlib import Path

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.switches import A_FOLDER, RESULTS, examples

PLAYED = {"acts", "tension"}  # figures for which a run is played again


@click.command(
    "plot",
    short_help="Draw the figures of folders of results.",
    epilog=examples(
        "escalate plot outputs/baseline/ID",
        "escalate plot outputs/baseline/ID --figure tension --format pdf",
    ),
)
@click.argument("folders", nargs=-1, required=True, metavar="DIR…", type=RESULTS)
@click.option("--figure", "names", multiple=True, metavar="NAME", help="Only this figure (escalate list figures).")
@click.option("--outcome", metavar="NAME", help="Which share of a sweep is drawn; its first if none is named.")
@click.option("--format", "form", type=click.Choice(["png", "svg", "pdf"]), default="png", show_default=True)
@click.option("--out", type=A_FOLDER, help="Where the figures go; figures/ of each folder by default.")
@with_desk()
def command(
    desk: Desk, folders: tuple[Path, ...], names: tuple[str, ...], form: str, out: Path | None, outcome: str | None
) -> None:
    """Draw the figures of each DIR, a folder of results.

    It may be of a run, several runs side by side, a sweep, a sensitivity, a fit, a back-test or a pool.
    """
    from sim.figures.plot import kind_of, plot

    if (not names or PLAYED.intersection(names)) and "run" in map(kind_of, folders):
        desk.compile("run")

    plot(folders, names, form, out, outcome, desk.answer)
