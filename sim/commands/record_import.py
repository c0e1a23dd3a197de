"""Make a record of machine-coded tables, and report what became of their rows."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands.desk import Desk, counted

if TYPE_CHECKING:
    from sim.evidence.case_map import CaseMap
    from sim.evidence.event_forms import Form
    from sim.evidence.event_tables import Event, Refused
    from sim.evidence.importing import Report
    from sim.layout import Page
    from sim.scenario.load import Loaded
    from sim.scenario.problems import Problem
    from sim.scenario.text_sources import Sources

MOST_SHOWN = 20
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ImportRequest:
    """The options of an import.

    files: of tables, folders, archives, or - for standard input. mapping: a path or bare name. scenario: whose actors
    and actions the map names; None for the one that the map is for.
    """

    files: tuple[Path, ...]
    form: str
    columns: str
    dates: str | None
    mapping: str
    out: Path
    scenario: str | None
    encoding: str
    once_a_day: bool
    once_within: int | None
    since: date | None
    until: date | None
    settings: tuple[str, ...]


def import_record(desk: Desk, request: ImportRequest) -> None:
    """Make a record of machine-coded tables, and print what became of their rows.

    Raises UserError for a table, a map or a place to write that cannot be used, and where no row is written.
    """
    import io

    from sim.evidence.case_map import CaseMap, read_map, scenario_named
    from sim.evidence.column_picks import form_of
    from sim.evidence.importing import Choice, import_rows, record_writer
    from sim.keeping import whole_file
    from sim.scenario.library import find_map
    from sim.scenario.load import load
    from sim.scenario.problems import Place, Problem, UserError
    from sim.scenario.text_sources import open_sources

    if request.since is not None and request.until is not None and request.since > request.until:
        problem = Problem(
            Place("--since", 0), "", f"{request.since} lies after --until {request.until}", "that day or before"
        )
        raise UserError([problem])
    form = form_of(request.form, request.columns, request.dates or "")
    mapping, out = find_map(request.mapping), request.out
    loaded = load(scenario_named(request.scenario, mapping), request.settings)
    case = CaseMap(read_map(mapping, loaded), loaded.scenario)
    once_within = 0 if request.once_a_day and request.once_within is None else request.once_within
    choice = Choice(loaded.scenario.clock, request.since, request.until, once_within)
    if out.exists() and not desk.force:
        text = "exists already, and is not overwritten"
        raise UserError([Problem(Place(str(out), 0), "", text, "--force, or another name")])
    with open_sources(request.files, request.encoding) as sources, whole_file(out) as raw:
        sink = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
        with read_tables(desk, sources, form) as rows:
            report = import_rows(rows, case, record_writer(sink), choice)
        sink.detach()
        answer = Answer(report, sources, loaded, out, case, form.caution)
        if not report.written:
            print_report(desk, answer)
            raise UserError([_nothing_written(report, sources, request.form)])
    desk.result = out
    print_report(desk, answer)


@contextmanager
def read_tables(desk: Desk, sources: "Sources", form: "Form") -> "Iterator[Iterator[Event | Refused]]":
    """Read the rows of tables one after the other, and show how far that has come.

    Raises UserError for a table that cannot be read, or is not of that form.
    """
    from sim.evidence.event_tables import events

    with desk.progress(sources.size // MEGABYTE, "MB", "Reading") if sources.size else nullcontext() as each:
        advance = each and megabytes(each)
        yield itertools.chain.from_iterable(events(source, form, advance) for source in sources.tables)


def megabytes(each: Callable[[int], object]) -> Callable[[int], object]:
    """Return what takes bytes, and hands each whole megabyte of them on."""
    left = 0

    def advance(count: int) -> None:
        """Take how many bytes more were read."""
        nonlocal left
        whole, left = divmod(left + count, MEGABYTE)
        if whole:
            each(whole)

    return advance


@dataclass(frozen=True)
class Answer:
    """What is said of an import. case: the map. caution: what a reader must know of the form of the tables."""

    report: "Report"
    sources: "Sources"
    loaded: "Loaded"
    out: Path
    case: "CaseMap"
    caution: str

    def place(self, row: "Event | Refused") -> str:
        """Name where a row stands, with its table where there are several."""
        return f"line {row.line}" if len(self.sources.tables) == 1 else f"{row.table}, line {row.line}"


def print_report(desk: Desk, answer: Answer) -> None:
    """Print what became of the rows of the tables."""
    data = _report_data(answer)
    if desk.as_json:
        desk.answer_data(data)
    else:
        desk.answer(_report_text(data, answer))


def _nothing_written(report: "Report", sources: "Sources", form: str) -> "Problem":
    """Say why no row became an act: the one cause, if all rows share it."""
    from sim.scenario.problems import Place, Problem

    text = "no row is an act between actors of the map, of a code that it has, on the days asked for"
    allowed = "another --map, --format, --since or --until"
    table, line = sources.tables[0].shown_as, 0
    if len(sources.tables) > 1:
        text = f"{counted(len(sources.tables), 'table')}: {text}"
    if len(report.refused) == 1 and report.refused.total() == report.rows:
        (row,) = report.first_refused.values()
        table, line = row.table, row.line
        text, allowed = (
            f"no row is an event of --format {form}; {row}",
            "another --format or --encoding, or another table",
        )
    return Problem(Place(table, line), "", f"{text}; no record was written", allowed)


def _report_data(answer: Answer) -> dict[str, Any]:
    report, case = answer.report, answer.case
    first, last = report.first, report.last
    patterns = [pattern.text for pattern in case.patterns]
    return {
        "rows": report.rows,
        "tables": {source.shown_as: report.tables[source.shown_as] for source in answer.sources.tables},
        "cautions": [answer.caution] if answer.caution and report.written else [],
        "passed_over": answer.sources.passed_over,
        "written": report.written,
        "acts": [[*name, count] for name, count in report.acts.most_common()],
        "first_day": first.when if first else None,
        "last_day": last.when if last else None,
        "same_day_repeats_left_out": report.same_day,
        "echoes_left_out": report.echoes.total(),
        "echoes": [[*name, count] for name, count in report.echoes.most_common()],
        "same_event_repeats_left_out": report.same_event,
        "within_one_actor": report.within.total(),
        "within_by_actor": dict(report.within.most_common()),
        "between_others": report.outside,
        "of_several_actors": report.several_actors.total(),
        "of_several_codes": report.several_codes.total(),
        "outside_the_days": report.beyond,
        "malformed": report.refused.total(),
        "first_malformed": [f"{row.table}:{row.line}: {row}" for row in report.first_refused.values()],
        "malformed_by_reason": [[why, count] for why, count in report.refused.most_common()],
        "codes_from_text_or_root": report.from_beside,
        "by_published_places": report.by_places,
        "codes_of_two_digits": report.roots,
        "sides_of_two_actors": [[*pair, count] for pair, count in report.undecided.most_common()],
        "far_from_the_clock": report.far_rows,
        "first_far_from_the_clock": [f"{event.table}:{event.line}: {event.when}" for event in report.far],
        "unmapped": report.unmapped_codes.total(),
        "several_actors": dict(report.several_actors.most_common()),
        "several_codes": [[*key, count] for key, count in report.several_codes.most_common()],
        "unmapped_actors": dict(report.unmapped_actors.most_common()),
        "unmapped_codes": [[*key, count] for key, count in report.unmapped_codes.most_common()],
        "idle_patterns": [text for text in patterns if not report.fitting[text]],
        "idle_codes": [
            [f"{actor}.{action}", case.written[actor, target, key]]
            for (actor, target), codes in case.codes.items()
            for key, action in codes.items()
            if not report.holding[actor, target, key]
        ],
        "overruled_patterns": [text for text in patterns if report.fitting[text] and not report.deciding[text]],
    }


ALWAYS = {
    "rows": "rows read",
    "written": "acts written to {out}",
    "same_day_repeats_left_out": "repeats of an act on its day, left out",
    "echoes_left_out": "repeats of an act some days before, left out",
    "same_event_repeats_left_out": "repeats of an event (same id), left out",
    "outside_the_days": "before or after the days asked for",
    "within_one_actor": "within one actor of the map",
    "between_others": "between others than two actors of the map",
    "of_several_actors": "with a side of several, who are not one actor of the map",
    "of_several_codes": "of several codes, which are not one action of the map",
    "unmapped": "between these, of a code that the map does not have",
    "malformed": "malformed, left out",
}


def _report_text(data: dict[str, Any], answer: Answer) -> "Page":
    from sim.layout import Page, Table

    cells = [[label.format(out=answer.out), f"{data[key]:,}"] for key, label in ALWAYS.items()]
    counts = Table(["rows", "number"], cells, "<>")
    return Page(counts, *_notes(data, answer), *_tables(data, answer), *_idle(data, answer))


def _notes(data: dict[str, Any], answer: Answer) -> Iterator[str]:
    """List what a reader must know of what was written, a sentence each."""
    from sim.scenario.problems import listed, shown
    from sim.scenario.record import FAR_YEARS

    report, scenario = answer.report, answer.loaded.scenario
    if report.first and report.last:
        clock = scenario.clock
        yield (
            f"First day {report.first.when} ({answer.place(report.first)}), "
            f"last day {report.last.when} ({answer.place(report.last)}); "
            f"the clock of {scenario.name} runs from {clock.start} to {clock.end}."
        )
    if data["passed_over"]:
        yield f"Passed over, for they are empty or their names are not those of tables: {listed(data['passed_over'], MOST_SHOWN)}."
    if report.far_rows:
        lines = ", ".join(f"{event.when} ({answer.place(event)})" for event in report.far[:5])
        yield f"warning: acts more than {FAR_YEARS} years from the clock: {report.far_rows:,}; the first: {lines}."
    yield from data["cautions"]
    if report.from_beside:
        yield f"Acts whose code is read from the event's name or the root code beside it: {report.from_beside:,}."
    if report.by_places:
        yield (
            "warning: acts of rows that have fewer cells than their table has headings, and as many as it has as "
            f"published; they are read in that order: {report.by_places:,}."
        )
    if report.roots:
        yield (
            f"warning: acts whose code is a root of two digits (13, to threaten): {report.roots:,}. "
            "If a spreadsheet took zeros off (013, an optimistic comment), they mean something else."
        )
    for (actor, second), count in report.undecided.most_common(MOST_SHOWN):
        yield f"Sides with roles of {actor} and of {second}, taken for {actor}, which the map names first: {count:,}."
    if data["overruled_patterns"]:
        overruled = listed(map(shown, data["overruled_patterns"]), MOST_SHOWN)
        yield f"Patterns of the map that never decide, because more particular ones of other actors fit the same rows: {overruled}."


def _tables(data: dict[str, Any], answer: Answer) -> "Iterator[Page]":
    from sim.scenario.problems import shown

    report = answer.report
    if len(answer.sources.tables) > 1:
        yield _most("Tables", ["table", "rows"], [[*pair] for pair in data["tables"].items()])
    if report.acts:
        yield _most("Acts written", ["actor", "action", "rows"], data["acts"])
    if report.refused:
        rows = [
            [
                count,
                answer.place(report.first_refused[why]).removeprefix("line "),
                report.first_refused[why].column,
                shown(report.first_refused[why].cell, 30),
                why,
            ]
            for why, count in report.refused.most_common()
        ]
        yield _most("Malformed rows, by reason", ["rows", "first line", "column", "cell", "why"], rows)
    if report.echoes:
        yield _most("Repeats of an act some days before", ["actor", "action", "rows"], data["echoes"])
    if report.within:
        yield _most("Rows within one actor", ["actor", "rows"], [[*pair] for pair in data["within_by_actor"].items()])
    if report.unmapped_codes:
        title = "Acts between the map's actors with a code that the map does not have"
        yield _most(title, ["actor", "target", "code", "rows"], data["unmapped_codes"])
    if report.several_codes:
        yield _most("Rows of several codes", ["actor", "target", "codes", "rows"], data["several_codes"])
    if report.several_actors:
        yield _most("Sides of several", ["side", "rows"], [[*pair] for pair in data["several_actors"].items()])
    if report.unmapped_actors:
        title = "Names beside an actor of the map that it does not have"
        yield _most(title, ["name", "rows"], [[*pair] for pair in data["unmapped_actors"].items()])


def _idle(data: dict[str, Any], answer: Answer) -> Iterator[str]:
    """List what of the map fits no row, by what it is of: patterns, actions, and single codes of those that have rows."""
    from sim.scenario.problems import listed, shown

    idle, codes = set(data["idle_patterns"]), Counter(name for name, _ in data["idle_codes"])
    of_action = Counter(f"{actor}.{name}" for (actor, _), keys in answer.case.codes.items() for name in keys.values())
    patterns: dict[str, list[str]] = {}
    for pattern in answer.case.patterns:
        if pattern.text in idle:
            patterns.setdefault(pattern.actor or "nobody", []).append(shown(pattern.text))
    actions: dict[str, list[str]] = {}
    single: dict[str, list[str]] = {}
    for name, code in data["idle_codes"]:
        actor, _, action = name.partition(".")
        if codes[name] < of_action[name]:
            single.setdefault(name, []).append(code)
        elif action not in actions.setdefault(actor, []):
            actions[actor].append(action)
    parts = {"Patterns": patterns, "Actions": actions, "Codes of other actions": single}
    for noun, by_owner in parts.items():
        if by_owner:
            lines = [f"  {owner}: {listed(texts)}" for owner, texts in by_owner.items()]
            yield "\n".join([f"{noun} of the map that fit no row (--json lists all):", *lines])


def _most(title: str, head: list[str], rows: list[list[Any]]) -> "Page":
    from sim.layout import Page, Table

    more = len(rows) - MOST_SHOWN
    rest = f"… and {more:,} more: --json lists them all" if more > 0 else ""
    return Page(f"{title}:", Table(head, rows[:MOST_SHOWN]), rest)
