"""`escalate record`: check the record of a case, or make one of the machine-coded tables of the field."""

from pathlib import Path
from typing import Any

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.options import A_FILE, DAY, SETTING, OwnPath, scenario_option


@click.group("record", short_help="Check the record of a case, or import one.")
def command() -> None:
    """The record of a case: check one, or make one of the machine-coded tables of the field."""


@command.command("check")
@click.argument("file", type=A_FILE)
@scenario_option("The scenario whose actors and actions it uses.")
@with_desk()
def record_check(desk: Desk, file: Path, scenario: str) -> None:
    """Say all that is wrong with a record FILE, or that it is sound."""
    from sim.records import check_record

    check_record(file, scenario, desk.answer)


@command.command("import")
@click.argument("file", type=A_FILE)
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["icews", "gdelt", "csv"]),
    help="What FILE is; plain, .gz or .zip.",
)
@click.option("--map", "mapping", required=True, type=A_FILE, help="Who is who and what is what (YAML).")
@click.option("--out", required=True, type=OwnPath(dir_okay=False), help="The record to write (CSV).")
@scenario_option("The scenario whose actors and actions the map names.")
@click.option("--once-a-day", is_flag=True, help="Of repeats of an act on one day keep the first; a replay takes one.")
@click.option("--since", type=DAY, help="Only from this day on.")
@click.option("--until", type=DAY, help="Only up to this day.")
@SETTING
@with_desk("force", "json")
def record_import(desk: Desk, file: Path, form: str, mapping: Path, out: Path, scenario: str, **options: Any) -> None:
    """Make a record of FILE, a table of ICEWS or GDELT or a CSV (date, source, target, code), and say what was left out."""
    from sim.records import import_record

    import_record(
        file, form, mapping, scenario, out, tell=desk.answer, force=desk.force, as_json=desk.as_json, **options
    )
