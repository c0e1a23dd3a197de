"""`escalate check`: everything wrong with scenario or study files."""

import sys

import click

from sim.commands.desk import Desk, encodable, with_desk
from sim.commands.options import SETTING


@click.command("check", short_help="Report everything wrong with scenario or study files.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@SETTING
@with_desk("json")
def command(desk: Desk, files: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Report everything wrong with scenario or study files, or that they are sound."""
    from sim.study.checked import checked_file

    reports = [checked_file(file, settings) for file in files]
    if desk.as_json:
        desk.answer_data([report.as_data() for report in reports])
    for report in [] if desk.as_json else reports:
        for problem in report.problems:
            line = f"{'warning' if problem.warning else 'error'}: {problem}"
            click.echo(encodable(line, sys.stderr), err=True)
        if report.sound:
            desk.answer(f"{report.file}: sound. {report.summary}")
    sys.exit(0 if all(report.sound for report in reports) else 2)
