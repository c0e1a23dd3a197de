"""The work behind `escalate record`: check a record, or make one of a machine-coded table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from sim.results.machine import json_text
from sim.scenario.load import Loaded, load
from sim.scenario.problems import Place, Problem, UserError, listed, shown
from sim.scenario.record import FAR_YEARS, Row, far_days, inside, read_rows

if TYPE_CHECKING:
    from sim.evidence.importing import Report

Words = Callable[[str], None]
MOST_SHOWN = 20


def check_record(file: Path, scenario: str, tell: Words) -> None:
    """Check a record against a scenario's actors and actions, and `tell` what it holds.

    Raises
    ------
    UserError : with every row that is wrong.
    """
    loaded = load(scenario)
    tell(f"Checked against {scenario} ({loaded.scenario.name}); --for SCENARIO names another.")
    rows, problems = read_rows(file, str(file))
    record = loaded.scenario.record
    targets = {
        f"{actor}.{name}": action.target
        for actor, actions in loaded.scenario.actions.items()
        for name, action in actions.items()
    }
    acts, strange = inside(rows, targets, list(loaded.scenario.actors), record.outside_actors if record else {})
    problems += [*strange, *_repeats(acts), *far_days(rows, loaded.scenario.clock)]
    for problem in problems:
        if problem.warning:
            tell(f"warning: {problem}")
    if errors := [problem for problem in problems if not problem.warning]:
        raise UserError(errors)
    tell(f"{file}: sound for {loaded.scenario.name}. {_record_text(rows, acts)}")


def _record_text(rows: Sequence[Row], acts: Sequence[Row]) -> str:
    days = sorted(row.day for row in acts if row.day is not None)
    span = f"{days[0]} to {days[-1]}" if days else "no day"
    months = sum(row.day is None for row in acts)
    doubtful = sum(row.confidence < 1 or row.date_confidence < 1 for row in acts)
    return (
        f"{len(rows)} rows; {len(acts)} acts of its actors, {span}, of {months} only the month is known"
        f"{f', {doubtful} less than sure' if doubtful else ''}; "
        f"{sum(bool(row.outside) for row in rows)} rows outside the model, each with its reason."
    )


def _repeats(rows: Iterable[Row]) -> Iterator[Problem]:
    """Acts that stand twice on their day: a replay takes one."""
    first: dict[tuple[date, str], Row] = {}
    for row in rows:
        if row.day is not None and (earlier := first.setdefault((row.day, row.name), row)) is not row:
            text = f"{row.name} on {row.day} is in line {earlier.place.line} already, and a replay takes one act of a kind a day"
            yield Problem(
                row.place, "action", text, "a reason in `outside`, or --once-a-day when the record is imported"
            )


def import_record(
    file: Path,
    form: str,
    mapping: Path,
    scenario: str,
    out: Path,
    *,
    once_a_day: bool,
    since: date | None,
    until: date | None,
    settings: Iterable[str],
    as_json: bool,
    force: bool,
    tell: Words,
) -> None:
    """Make a record of a machine-coded table, and `tell` what became of its rows.

    Raises
    ------
    UserError : for a table, a map or a place to write that cannot be used, and where no row is written.
    """
    from sim.evidence.case_map import CaseMap, read_map
    from sim.evidence.event_tables import events
    from sim.evidence.importing import Choice, import_rows, writer

    loaded = load(scenario, settings)
    case = CaseMap(read_map(mapping, loaded.scenario), loaded.scenario)
    choice = Choice(loaded.scenario.clock, since, until, once_a_day)
    if out.exists() and not force:
        text = "is there already, and is not written over"
        raise UserError([Problem(Place(str(out), 0), "", text, "--force, or another name")])
    unfinished = out.with_name(f".{out.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as sink:
            report = import_rows(events(file, form), case, writer(sink), choice)
        if report.written:
            unfinished.replace(out)
    except OSError as error:
        text = f"cannot be written: {error.strerror or error}"
        raise UserError([Problem(Place(str(out), 0), "", text)]) from None
    finally:
        unfinished.unlink(missing_ok=True)
    data = _report_data(report, file, [pattern.text for pattern in case.patterns])
    tell(json_text(data) if as_json else _report_text(data, report, loaded, out))
    if not report.written:
        raise UserError([_nothing_written(report, file, form)])


def _nothing_written(report: "Report", file: Path, form: str) -> Problem:
    """Why no row became an act: the one cause, if all rows share it."""
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


def _report_text(data: dict[str, Any], report: "Report", loaded: Loaded, out: Path) -> str:
    counts = tabulate(
        [[label.format(out=out), f"{data[key]:,}"] for key, label in ALWAYS.items()],
        tablefmt="plain",
        disable_numparse=True,
        colalign=("left", "right"),
    )
    return "\n\n".join([counts, *_notes(data, report, loaded), *_tables(data, report)])


def _notes(data: dict[str, Any], report: "Report", loaded: Loaded) -> Iterator[str]:
    """What a reader must know of what was written, a sentence each."""
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
    for (actor, other), count in report.undecided.most_common(MOST_SHOWN):
        yield f"Sides with roles of {actor} and of {other}, taken for {actor}, which the map names first: {count:,}."
    if data["idle_patterns"]:
        yield f"Patterns of the map that fit no row: {listed(map(shown, data['idle_patterns']), MOST_SHOWN)}."
    if data["overruled_patterns"]:
        overruled = listed(map(shown, data["overruled_patterns"]), MOST_SHOWN)
        yield f"Patterns of the map that never decide, because more particular ones of other actors fit the same rows: {overruled}."


def _tables(data: dict[str, Any], report: "Report") -> Iterator[str]:
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
    more = len(rows) - MOST_SHOWN
    table = tabulate(rows[:MOST_SHOWN], head, disable_numparse=True)
    return f"{title}:\n\n{table}" + (f"\n… and {more:,} more: --json lists them all" if more > 0 else "")
