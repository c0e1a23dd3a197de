"""`escalate explore`: the interactive page of a scenario."""

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.switches import SEED, WholeNumber, examples, runs_option


@click.command(
    "explore",
    short_help="Open a page of levers; the ensemble is redrawn as they move.",
    epilog=examples(
        "escalate explore baseline",
        "escalate explore mine/case.yaml --port 8080 --no-browser",
    ),
)
@click.argument("file")
@runs_option(1000, "Runs of each ensemble.", 100, 100_000)
@SEED
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; by default only this machine can connect.",
)
@click.option("--port", default=8765, show_default=True, type=WholeNumber(1, 65535))
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page in a browser.")
@with_desk()
def command(desk: Desk, file: str, runs: int, seed: int, host: str, port: int, browser: bool) -> None:
    """Open a page with FILE's levers as sliders and menus.

    Its ensemble is drawn anew as they move, beside the scenario as it is or settings that are pinned. The page also
    opens the variants of FILE's case, and the other cases that ship.
    """
    from sim.explorer.server import serve

    serve(file, runs, seed, host, port, browser, lambda: desk.compile("ensemble", "model"))
