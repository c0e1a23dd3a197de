"""`escalate record`: check the record of a case, or make one of the machine-coded tables of the field."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.options import A_FILE, DAY, SETTING, OwnPath, scenario_option

if TYPE_CHECKING:
    from sim.evidence.importing import Report
    from sim.scenario.load import Loaded
    from sim.scenario.problems import Problem
    from sim.scenario.record import Row

MOST_SHOWN = 20


@click.group("record", short_help="Check the record of a case, or import one.")
def command() -> None:
    """Check the record of a case, or make one of machine-coded tables."""


@command.command("check")
@click.argument("file", type=A_FILE)
@scenario_option("The scenario whose actors and actions it uses.")
@with_desk()
def record_check(desk: Desk, file: Path, scenario: str) -> None:
    """Report everything wrong with a record FILE, or that it is sound.

    Each act that SCENARIO calls impossible is a warning: a requirement does not hold on its day.
    """
    check_record(desk, file, scenario)


@command.command("import")
@click.argument("file", type=A_FILE)
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["icews", "gdelt", "csv"]),
    help="What FILE is; plain, .gz or .zip.",
)
@click.option(
    "--map",
    "mapping",
    required=True,
    metavar="MAP",
    help="Who is who and what is what: a YAML file, or the name of a map that ships.",
)
@click.option("--out", required=True, type=OwnPath(dir_okay=False), help="The record to write (CSV).")
@scenario_option("The scenario whose actors and actions the map names.")
@click.option("--once-a-day", is_flag=True, help="Of repeats of an act on one day keep the first; a replay takes one.")
@click.option("--since", type=DAY, help="Only from this day on.")
@click.option("--until", type=DAY, help="Only up to this day.")
@SETTING
@with_desk("force", "json")
def record_import(desk: Desk, file: Path, **options: Any) -> None:
    """Make a record of FILE, and say what was left out.

    FILE is a table of ICEWS or GDELT, or a CSV of date, source, target and code.
    """
    import_record(desk, file, ImportRequest(**options))


@dataclass(frozen=True)
class ImportRequest:
    """The options of an import. mapping: a path or bare name. scenario: whose actors and actions the map names."""

    form: str
    mapping: str
    out: Path
    scenario: str
    once_a_day: bool
    since: date | None
    until: date | None
    settings: tuple[str, ...]


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
    desk.warn(problem for problem in problems if problem.warning)
    if errors := [problem for problem in problems if not problem.warning]:
        raise UserError(errors)
    impossible = impossible_acts(loaded.scenario, acts)
    desk.warn(impossible)
    fits = "Every act is possible on its day"
    if impossible:
        fits = f"{counted(len(impossible), 'act')} impossible on {'its day' if len(impossible) == 1 else 'their days'}"
    desk.answer(f"{file}: sound for {loaded.scenario.name}. {_record_text(rows, acts)} {fits}.")


def _record_text(rows: "Sequence[Row]", acts: "Sequence[Row]") -> str:
    days = sorted(row.day for row in acts if row.day is not None)
    span = f"{days[0]} to {days[-1]}" if days else "no day"
    months = sum(row.day is None for row in acts)
    doubtful = sum(row.confidence < 1 or row.date_confidence < 1 for row in acts)
    return (
        f"{counted(len(rows), 'row')}; {counted(len(acts), 'act')} of its actors, {span}"
        f"{f', of {months} only the month is known' if months else ''}"
        f"{f', {doubtful} less than sure' if doubtful else ''}; "
        f"{counted(sum(bool(row.outside) for row in rows), 'row')} outside the model, each with its reason."
    )


def counted(number: int, noun: str) -> str:
    """Write a number of things: 1 row, 2 rows."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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


def import_record(desk: Desk, file: Path, request: ImportRequest) -> None:
    """Make a record of a machine-coded table, and print what became of its rows.

    Raises UserError for a table, a map or a place to write that cannot be used, and where no row is written.
    """
    import io

    from sim.evidence.case_map import CaseMap, read_map
    from sim.evidence.event_tables import events
    from sim.evidence.importing import Choice, import_rows, record_writer
    from sim.keeping import whole_file
    from sim.scenario.library import find_map
    from sim.scenario.load import load
    from sim.scenario.problems import Place, Problem, UserError

    loaded, out = load(request.scenario, request.settings), request.out
    case = CaseMap(read_map(find_map(request.mapping), loaded.scenario), loaded.scenario)
    choice = Choice(loaded.scenario.clock, request.since, request.until, request.once_a_day)
    if out.exists() and not desk.force:
        text = "exists already, and is not overwritten"
        raise UserError([Problem(Place(str(out), 0), "", text, "--force, or another name")])
    with whole_file(out) as raw:
        sink = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
        report = import_rows(events(file, request.form), case, record_writer(sink), choice)
        sink.detach()
        if not report.written:
            print_report(desk, report, case, loaded, file, out)
            raise UserError([_nothing_written(report, file, request.form)])
    desk.result = out
    print_report(desk, report, case, loaded, file, out)


def print_report(desk: Desk, report: "Report", case: Any, loaded: "Loaded", file: Path, out: Path) -> None:
    """Print what became of the rows of a table."""
    data = _report_data(report, file, [pattern.text for pattern in case.patterns])
    if desk.as_json:
        desk.answer_data(data)
    else:
        desk.answer(_report_text(data, report, loaded, out))


def _nothing_written(report: "Report", file: Path, form: str) -> "Problem":
    """Say why no row became an act: the one cause, if all rows share it."""
    from sim.scenario.problems import Place, Problem

    text = "no row is an act between actors of the map, of a code that it has, on the days asked for"
    allowed = "another --map, --format, --since or --until"
    line = 0
    if len(report.refused) == 1 and report.refused.total() == report.rows:
        (row,) = report.first_refused.values()
        line, text, allowed = (
            row.line,
            f"no row is an event of --format {form}; {row}",
            "another --format, or another table",
        )
    return Problem(Place(str(file), line), "", f"{text}; no record was written", allowed)


def _report_data(report: "Report", file: Path, patterns: list[str]) -> dict[str, Any]:
    first, last = report.first, report.last
    return {
        "rows": report.rows,
        "written": report.written,
        "first_day": first.when if first else None,
        "last_day": last.when if last else None,
        "same_day_repeats_left_out": report.same_day,
        "same_event_repeats_left_out": report.same_event,
        "within_one_actor": report.within,
        "between_others": report.outside,
        "outside_the_days": report.beyond,
        "malformed": report.refused.total(),
        "first_malformed": [f"{file}:{row.line}: {row}" for row in report.first_refused.values()],
        "malformed_by_reason": [[why, count] for why, count in report.refused.most_common()],
        "codes_from_text_or_root": report.from_beside,
        "codes_of_two_digits": report.roots,
        "sides_of_two_actors": [[*pair, count] for pair, count in report.undecided.most_common()],
        "far_from_the_clock": report.far_rows,
        "first_far_from_the_clock": [f"{file}:{event.line}: {event.when}" for event in report.far],
        "unmapped": report.unmapped_codes.total(),
        "unmapped_actors": dict(report.unmapped_actors.most_common()),
        "unmapped_codes": [[*key, count] for key, count in report.unmapped_codes.most_common()],
        "idle_patterns": [text for text in patterns if not report.fitting[text]],
        "overruled_patterns": [text for text in patterns if report.fitting[text] and not report.deciding[text]],
    }


ALWAYS = {
    "rows": "rows read",
    "written": "acts written to {out}",
    "same_day_repeats_left_out": "repeats of an act on its day, left out",
    "same_event_repeats_left_out": "repeats of an event (same id), left out",
    "outside_the_days": "before or after the days asked for",
    "within_one_actor": "within one actor of the map",
    "between_others": "between others than two actors of the map",
    "unmapped": "between these, of a code that the map does not have",
    "malformed": "malformed, left out",
}


def _report_text(data: dict[str, Any], report: "Report", loaded: "Loaded", out: Path) -> str:
    from tabulate import tabulate

    counts = tabulate(
        [[label.format(out=out), f"{data[key]:,}"] for key, label in ALWAYS.items()],
        tablefmt="plain",
        disable_numparse=True,
        colalign=("left", "right"),
    )
    return "\n\n".join([counts, *_notes(data, report, loaded), *_tables(data, report)])


def _notes(data: dict[str, Any], report: "Report", loaded: "Loaded") -> Iterator[str]:
    """List what a reader must know of what was written, a sentence each."""
    from sim.scenario.problems import listed, shown
    from sim.scenario.record import FAR_YEARS

    if report.first and report.last:
        clock = loaded.scenario.clock
        yield (
            f"First day {report.first.when} (line {report.first.line}), last day {report.last.when} (line {report.last.line}); "
            f"the clock of {loaded.scenario.name} runs from {clock.start} to {clock.end}."
        )
    if report.far_rows:
        lines = ", ".join(f"{event.when} (line {event.line})" for event in report.far[:5])
        yield f"warning: acts more than {FAR_YEARS} years from the clock: {report.far_rows:,}; the first: {lines}."
    if report.from_beside:
        yield f"Acts whose code is read from the event's name or the root code beside it: {report.from_beside:,}."
    if report.roots:
        yield (
            f"warning: acts whose code is a root of two digits (13, to threaten): {report.roots:,}. "
            "If a spreadsheet took zeros off (013, an optimistic comment), they mean something else."
        )
    for (actor, second), count in report.undecided.most_common(MOST_SHOWN):
        yield f"Sides with roles of {actor} and of {second}, taken for {actor}, which the map names first: {count:,}."
    if data["idle_patterns"]:
        yield f"Patterns of the map that fit no row: {listed(map(shown, data['idle_patterns']), MOST_SHOWN)}."
    if data["overruled_patterns"]:
        overruled = listed(map(shown, data["overruled_patterns"]), MOST_SHOWN)
        yield f"Patterns of the map that never decide, because more particular ones of other actors fit the same rows: {overruled}."


def _tables(data: dict[str, Any], report: "Report") -> Iterator[str]:
    from sim.scenario.problems import shown

    if report.refused:
        rows = [
            [count, report.first_refused[why].line, shown(report.first_refused[why].cell, 30), why]
            for why, count in report.refused.most_common()
        ]
        yield _most("Malformed rows, by reason", ["rows", "first line", "cell", "why"], rows)
    if report.unmapped_codes:
        title = "Acts between the map's actors with a code that the map does not have"
        yield _most(title, ["actor", "target", "CAMEO", "rows"], data["unmapped_codes"])
    if report.unmapped_actors:
        title = "Names beside an actor of the map that it does not have"
        yield _most(title, ["name", "rows"], [[*pair] for pair in data["unmapped_actors"].items()])


def _most(title: str, head: list[str], rows: list[list[Any]]) -> str:
    from tabulate import tabulate

    more = len(rows) - MOST_SHOWN
    table = tabulate(rows[:MOST_SHOWN], head, disable_numparse=True)
    return f"{title}:\n\n{table}" + (f"\n… and {more:,} more: --json lists them all" if more > 0 else "")
