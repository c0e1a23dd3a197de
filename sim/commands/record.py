"""`escalate record`: check the record of a case, or make one of the machine-coded tables of the field."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, counted, with_desk
from sim.commands.record_import import ImportRequest, import_record
from sim.commands.record_survey import SurveyRequest, survey_record
from sim.commands.switches import (
    A_FILE,
    DAY,
    ORDERS,
    SETTING,
    TABLES,
    Encoding,
    OwnPath,
    WholeNumber,
    examples,
    scenario_option,
)
from sim.layout import Page

if TYPE_CHECKING:
    from datetime import date

    from sim.scenario.problems import Problem
    from sim.scenario.record import Row
    from sim.scenario.schema import Clock


FORMAT = click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["icews", "gdelt", "polecat", "acled", "ucdp", "csv"]),
    help="What each FILE is; plain, .gz or .zip.",
)
COLUMNS = click.option(
    "--columns",
    default="",
    metavar="NAME=HEADING,...",
    help="With csv: which column is what, date=event_date,source=actor1; or places, date=1, without headings.",
)
ORDER = click.option("--dates", type=click.Choice(ORDERS), help="The order of numbers in dates such as 3/9/2017.")

ENCODING = click.option(
    "--encoding",
    default="",
    type=Encoding(),
    help="Of text that is not Unicode, as cp1252. By default UTF-8, or UTF-16 where a table looks like it.",
)


@click.group(
    "record",
    short_help="Check the record of a case, or import one.",
    epilog=examples("escalate record check mine.csv --for baseline", "escalate record import --help"),
)
def command() -> None:
    """Check the record of a case, or make one of machine-coded tables."""


@command.command(
    "check",
    epilog=examples(
        "escalate record check mine.csv --for baseline",
        "escalate record check mine/record.csv --for mine/case.yaml",
    ),
)
@click.argument("file", type=A_FILE)
@scenario_option("The scenario whose actors and actions it uses.")
@with_desk()
def record_check(desk: Desk, file: Path, scenario: str) -> None:
    """Report everything wrong with a record FILE, or that it is sound.

    Each act that SCENARIO calls impossible is a warning: a requirement does not hold on its day.
    """
    check_record(desk, file, scenario)


@command.command(
    "import",
    epilog=examples(
        "escalate record import events.tab --format icews --map map.yaml --out r.csv",
        "escalate record import *.CSV.zip --format gdelt --map venezuela --out r.csv",
    ),
)
@TABLES
@FORMAT
@COLUMNS
@ORDER
@ENCODING
@click.option(
    "--map",
    "mapping",
    required=True,
    metavar="MAP",
    help="Who is who and what is what: a YAML file, or the name of a map that ships.",
)
@click.option("--out", required=True, type=OwnPath(dir_okay=False), help="The record to write (CSV).")
@scenario_option("The scenario whose actors and actions the map names.", of_map=True)
@click.option("--once-a-day", is_flag=True, help="Of repeats of an act on one day keep the first; a replay takes one.")
@click.option(
    "--once-within",
    metavar="DAYS",
    type=WholeNumber(0, 3650),
    help="Echoes: the same act between the same two within so many days counts once, as the first.",
)
@click.option("--since", type=DAY, help="Only from this day on.")
@click.option("--until", type=DAY, help="Only up to this day.")
@SETTING
@with_desk("force", "wide", "json")
def record_import(desk: Desk, **options: Any) -> None:
    """Make a record of each FILE, and say what was left out.

    FILE is a table of ICEWS, GDELT, POLECAT, ACLED or UCDP GED, or a CSV of date, source, target and code; or a folder of them, a zip archive
    of several, or - for standard input.
    """
    import_record(desk, ImportRequest(**options))


@command.command(
    "survey",
    epilog=examples(
        "escalate record survey 20170903.export.CSV --format gdelt --for baseline",
        "escalate record survey events.tab --format icews --out map.yaml",
    ),
)
@TABLES
@FORMAT
@COLUMNS
@ORDER
@ENCODING
@scenario_option("The case whose actors are looked for; without a map the baseline.", of_map=True)
@click.option("--map", "mapping", metavar="MAP", help="What is known already: it is left out.")
@click.option("--most", default=30, show_default=True, type=WholeNumber(1), help="Rows that a table shows.")
@click.option("--out", type=OwnPath(dir_okay=False), help="A map to write of these lines: a draft to correct.")
@with_desk("force", "wide", "json")
def record_survey(desk: Desk, **options: Any) -> None:
    """List what of each FILE touches a case, as lines of a map.

    The names, roles and codes of its actors, the most frequent first, each with the line of YAML that would map it.
    """
    survey_record(desk, SurveyRequest(**options))


def check_record(desk: Desk, file: Path, scenario: str) -> None:
    """Check a record against a scenario's actors, actions and requirements, and print what it holds.

    Raises UserError with every row that is wrong.
    """
    from sim.scenario.impossible import impossible_acts
    from sim.scenario.library import shipped_default
    from sim.scenario.load import load
    from sim.scenario.problems import UserError
    from sim.scenario.record import far_days, inside, read_rows
    from sim.scenario.recorded import rows_as_expanded

    loaded = load(scenario)
    name = "baseline" if scenario == shipped_default("scenario") else scenario
    desk.note(f"Checked against {name} ({loaded.scenario.name}); --for SCENARIO names another.")
    rows, problems = read_rows(file, str(file))
    rows = rows_as_expanded(rows, loaded.scenario)
    record = loaded.scenario.record
    targets = {
        f"{actor}.{name}": action.target
        for actor, actions in loaded.scenario.actions.items()
        for name, action in actions.items()
    }
    acts, strange = inside(rows, targets, list(loaded.scenario.actors), record.outside_actors if record else {})
    problems += [*strange, *_repeats(acts), *far_days(rows, loaded.scenario.clock)]
    desk.warn((problem for problem in problems if problem.warning), whole=True)
    if errors := [problem for problem in problems if not problem.warning]:
        raise UserError(errors)
    impossible = impossible_acts(loaded.scenario, acts)
    desk.warn(impossible, whole=True)
    fits = "Every act is possible on its day"
    if impossible:
        fits = f"{counted(len(impossible), 'act')} impossible on {'its day' if len(impossible) == 1 else 'their days'}"
    text = _record_text(rows, acts, loaded.scenario.clock)
    desk.answer(Page(f"{file}: sound for {loaded.scenario.name}. {text} {fits}."))


def _record_text(rows: "Sequence[Row]", acts: "Sequence[Row]", clock: "Clock") -> str:
    """Describe what a record holds. rows: all of it; acts: those of the actors of the scenario, whose clock it is."""
    days = sorted(row.day for row in acts if row.day is not None)
    span = f"{days[0]} to {days[-1]}" if days else "no day"
    months = sum(row.day is None for row in acts)
    doubtful = sum(row.confidence < 1 or row.date_confidence < 1 for row in acts)
    beside = sum(not clock.start <= day <= clock.end for day in days)
    return (
        f"{counted(len(rows), 'row')}; {counted(len(acts), 'act')} of its actors, {span}"
        f"{f', {beside} before or after the clock, {clock.start} to {clock.end}' if beside else ''}"
        f"{f', of {months} only the month is known' if months else ''}"
        f"{f', {doubtful} less than sure' if doubtful else ''}; "
        f"{counted(sum(bool(row.outside) for row in rows), 'row')} outside the model, each with its reason."
    )


def _repeats(rows: "Iterable[Row]") -> "Iterator[Problem]":
    """Find acts that stand twice on their day: a replay takes one."""
    from sim.scenario.problems import Problem

    first: dict[tuple[date, str], Row] = {}
    for row in rows:
        if row.day is not None and (earlier := first.setdefault((row.day, row.name), row)) is not row:
            text = f"{row.name} on {row.day} is in line {earlier.place.line} already, and a replay takes one act of a kind a day"
            yield Problem(
                row.place, "action", text, "a reason in `outside`, or --once-a-day when the record is imported"
            )
