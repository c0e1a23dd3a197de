"""Options that several commands share."""

import re
from collections.abc import Callable
from datetime import date
from encodings.aliases import aliases
from pathlib import Path
from typing import Any, NamedTuple

import click

from sim.scenario.library import shipped_default
from sim.scenario.problems import nearest, shown

Option = Callable[[Callable[..., Any]], Callable[..., Any]]
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # what libraries would take for the address of a store
MOST_RUNS = 2**31 - 1
ORDERS = ("d/m/y", "m/d/y", "y/m/d")  # of the numbers of a date


def examples(*commands: str) -> str:
    """Return the text under a command's help: commands to type, each whole in a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {command}" for command in commands)


class OwnPath(click.Path):
    """A path of the user's own: never empty, `~` expanded, never taken for an address."""

    def __init__(self, **rules: Any):
        super().__init__(path_type=Path, **rules)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Fails where it is empty, or breaks the rules that were given."""
        if str(value) == "":
            self.fail("an empty path; allowed: the path of a file or folder, as ./outputs", param, ctx)
        path = Path(value).expanduser()
        if self.exists and not path.exists():
            if not path.parent.is_dir():
                self.fail(f"there is no folder {shown(str(path.parent))}", param, ctx)
            near = nearest(path.name, [entry.name for entry in path.parent.iterdir()])
            hint = f"; did you mean '{path.with_name(near)}'?" if near else ""
            self.fail(f"there is no such file: '{shown(str(value))}'{hint}", param, ctx)
        return super().convert(Path.cwd() / path if ADDRESS.match(str(path)) else path, param, ctx)


class TablePath(OwnPath):
    """A path of tables: of a file, a folder or an archive; or - for standard input."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Fails where it is empty."""
        return Path(value) if str(value) == "-" else super().convert(value, param, ctx)


class WholeNumber(click.IntRange):
    """A whole number between two limits; the help says them as a reader would, and no limit that nobody meets."""

    name = "number"

    def limits_text(self) -> str:
        """Say between which limits it lies."""
        if self.max is None or self.max >= MOST_RUNS - 1:
            return f"{self.min:,} or more"
        return f"{self.min:,} to {self.max:,}"

    def _describe_range(self) -> str:
        return self.limits_text()


class Day(click.ParamType):
    """A date, as 2017-09-15."""

    name = "yyyy-mm-dd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day. Fails for what is not a day of the calendar."""
        try:
            if isinstance(value, date):
                return value
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):  # Python reads weeks and more since 3.11
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a date; allowed: a day of the calendar, as 2017-09-15", param, ctx)


def is_encoding(name: str) -> bool:
    """Tell whether Python knows an encoding of text by a name, and reads past bytes that are none of it."""
    try:
        return " ".encode(name).decode(name, "surrogateescape") == " "
    except (LookupError, ValueError):
        return False


class Encoding(click.ParamType):
    """The name of an encoding of text, as Python knows them."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; an empty one leaves the encoding to be found. Fails for what is no encoding of text."""
        text = str(value)
        if text and not is_encoding(text):
            near = nearest(text, filter(is_encoding, {*aliases, *aliases.values()}))
            allowed = "utf-8, utf-16, cp1252 (Windows, Western Europe), cp1251 (Cyrillic), or another that Python knows"
            self.fail(
                f"'{shown(text)}' is no encoding of text; {f'did you mean {near}? ' if near else ''}allowed: {allowed}",
                param,
                ctx,
            )
        return text


DAY = Day()
A_FILE = OwnPath(exists=True, dir_okay=False)
TABLES = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=TablePath())
A_FOLDER = OwnPath(file_okay=False)
RESULTS = OwnPath()  # what a result is read from, and checked where it is read


class DeskOption(NamedTuple):
    """An option of the desk, and the field that it sets."""

    field: str
    option: Option


DESK_OPTIONS = {
    "out": DeskOption(
        "out",
        click.option("--out", default="outputs", show_default=True, type=A_FOLDER, help="Where folders of results go."),
    ),
    "force": DeskOption(
        "force", click.option("--force", is_flag=True, help="Make the result again even if an identical one exists.")
    ),
    "verify": DeskOption(
        "verify",
        click.option("--verify", is_flag=True, help="Check the contents of a result that exists, not only file sizes."),
    ),
    "wide": DeskOption(
        "wide", click.option("--wide", is_flag=True, help="Every column of tables, though wider than the terminal.")
    ),
    "json": DeskOption("as_json", click.option("--json", "as_json", is_flag=True, help="Print data for a machine.")),
}

SETTING = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="What if? Lay a value over the file: parameters.leverage=4. What the record taught stays.",
)
SETTING_OF_CASE = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Lay a value over the file: parameters.leverage=4. What the record teaches is learned under it.",
)
BELIEF = click.option(
    "--believe",
    "beliefs",
    multiple=True,
    metavar="KEY=VALUE",
    help="Believe a value of the case itself: what the record teaches is learned anew under it.",
)
BASES = click.option(
    "--bases",
    type=click.Choice(["draw", "mean"]),
    default="draw",
    show_default=True,
    help="Each run draws the bases that the record leaves open, or has their means: then chance alone is left.",
)
SEED = click.option("--seed", default=1, show_default=True, type=WholeNumber(0, 2**63 - 1), help="Seed of all luck.")
TO = click.option(
    "--to", metavar="ADDRESS", help="Copy the finished folder to any fsspec address (s3://bucket/folder)."
)
CLUSTER = click.option(
    "--cluster", metavar="ADDRESS", help="Play on a Dask scheduler (tcp://host:port, tls://…) in place of this machine."
)
EVERYTHING = click.option("--all", "everything", is_flag=True, help="Every outcome, not only the headline ones.")
CSV = click.option("--csv", is_flag=True, help="Write CSV beside Parquet.")
RUNS_A_POINT = click.option(
    "--runs", type=WholeNumber(1, MOST_RUNS), help="Runs a point, in place of the study's own number."
)
WORKERS = click.option(
    "--workers", type=WholeNumber(1, 1024), help="How many workers; by default as many as there are processors."
)
RESUME = click.option("--resume", is_flag=True, help="Continue what was begun: only what is missing is done.")
POSTERIOR = click.option(
    "--posterior",
    metavar="FIT",
    type=RESULTS,
    help="Play each run with a draw of the numbers that a fit found: its folder, or its draws.parquet.",
)
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


def runs_option(default: int, meaning: str, least: int = 1, most: int = MOST_RUNS) -> Option:
    """Return the option of how many runs, between two limits."""
    return click.option("--runs", default=default, show_default=True, type=WholeNumber(least, most), help=meaning)


def scenario_option(meaning: str, *, of_map: bool = False) -> Option:
    """Return the option of the scenario whose actors and actions a record uses.

    of_map: None, where it is not given, for the scenario of the map; otherwise it is then the baseline.
    """
    return click.option(
        "--for",
        "--case",
        "scenario",
        default=None if of_map else lambda: shipped_default("scenario"),
        show_default="the one that the map is for" if of_map else "the baseline that ships",
        help=meaning,
    )


def check_one_place(workers: int | None, cluster: str | None) -> None:
    """Refuse workers of this machine together with those of a cluster. Raises UsageError."""
    if workers is not None and cluster is not None:
        raise click.UsageError("--workers is for this machine; with --cluster, the cluster's workers play")


HORIZONS = click.option(
    "--horizon",
    "horizons",
    multiple=True,
    default=(30, 90),
    show_default=True,
    type=WholeNumber(1, 3650),
    help="Days ahead.",
)
