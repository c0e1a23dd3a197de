"""`escalate priors`: what many dyads say of answers and momentum."""

from pathlib import Path
from typing import Any

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.options import A_FILE, DAY, WORKERS


@click.command("priors", short_help="Estimate answers and momentum over many dyads.")
@click.argument("file", type=A_FILE)
@click.option("--until", required=True, type=DAY, help="The last day that is fitted; what follows tests it.")
@click.option(
    "--least",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="Days of hostile acts that a pair must have to count.",
)
@WORKERS
@with_desk("out", "force", "verify", "json")
def command(desk: Desk, file: Path, **options: Any) -> None:
    """Estimate answers and momentum over the many dyads of FILE, as priors for a case that is not in it.

    FILE is CSV, plain or gzipped, with the columns date, source, source_side, target, target_side, cameo_name, goldstein;
    a side is `state` or `society`. ICEWS and GDELT tell the side by their sectors and types of actors.
    """
    from sim.pooling import dyad_priors

    dyad_priors(desk, file, **options)
