"""`escalate list`: tables of what there is to choose from."""

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.options import SETTING


@click.command("list", short_help="List actions, drives, parameters, outcomes, scenarios, …")
@click.argument("kind", default="")
@click.argument("file", default="baseline")
@click.option("--format", "form", type=click.Choice(["text", "md"]), default="text", show_default=True)
@SETTING
@with_desk("json")
def command(desk: Desk, kind: str, file: str, form: str, settings: tuple[str, ...]) -> None:
    """List the actions, drives, parameters, outcomes, scenarios, … that there are; without KIND, the kinds of lists."""
    from sim.scenario.listing import listed_table

    more = {"figures": lambda loaded: figures()}
    desk.answer(listed_table(kind, file, settings, "json" if desk.as_json else form, more))


def figures() -> list[Row]:
    """Return a row for each figure: its name, what folder it is of, its script, what it shows."""
    from sim.figures.plot import known

    return [
        {"figure": entry.name, "of": entry.of, "script": f"sim.figures.{entry.module}", "shows": entry.shows}
        for entry in known().values()
    ]
