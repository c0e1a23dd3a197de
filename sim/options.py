"""Options and words that several commands share."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

SETTING = click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Lay a value over the file: parameters.leverage=4."
)
SEED = click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**63 - 1), help="Seed of all luck.")
OUT = click.option(
    "--out",
    default="outputs",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where folders of results go.",
)
TO = click.option(
    "--to", metavar="ADDRESS", help="Copy the finished folder to any fsspec address (s3://bucket/folder)."
)
CLUSTER = click.option(
    "--cluster", metavar="ADDRESS", help="Play on a Dask scheduler (tcp://host:port, tls://…) in place of this machine."
)


class Day(click.ParamType):
    """A date, as 2017-09-15."""

    name = "yyyy-mm-dd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is no date; allowed: a day of the calendar, as 2017-09-15", param, ctx)


DAY = Day()
FORCE = click.option("--force", is_flag=True, help="Make it again although an identical result is there.")
EVERYTHING = click.option("--all", "everything", is_flag=True, help="Every outcome, not only the headline ones.")
CSV = click.option("--csv", is_flag=True, help="Write CSV beside Parquet.")
A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def runs_option(default: int, what: str, least: int = 1, most: int = 2**31 - 1) -> Option:
    """How many runs."""
    return click.option("--runs", default=default, show_default=True, type=click.IntRange(least, most), help=what)


def scenario_option(what: str) -> Option:
    """Whose actors and actions a record uses."""
    return click.option("--for", "scenario", default="baseline", show_default=True, help=what)


RUNS_A_POINT = click.option(
    "--runs", type=click.IntRange(1, 2**31 - 1), help="Runs a point, in place of the study's own number."
)
WORKERS = click.option(
    "--workers", type=click.IntRange(1, 1024), help="How many play at a time; as many as there are processors."
)
RESUME = click.option(
    "--resume", is_flag=True, help="Go on with a sweep that was begun: only what is missing is played."
)
POSTERIOR = click.option(
    "--posterior",
    metavar="FIT",
    type=click.Path(path_type=Path),
    help="Play each run with a draw of the numbers that a fit found: its folder, or its draws.parquet.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print data for a machine.")
SINCE = click.option(
    "--since",
    type=DAY,
    help="The first day that is scored; acts before it only enter memory. The record's first by default.",
)
FREE = click.option(
    "--free",
    multiple=True,
    metavar="KEY",
    help="A number to fit, in place of all that say how strongly something acts.",
)


def say_unless(quiet: bool) -> Callable[[str], None]:
    """Words beside the result go to standard error, and nowhere if a machine reads."""
    return (lambda text: None) if quiet else (lambda text: click.echo(text, err=True))
