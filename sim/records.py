"""The work behind `escalate record`: check a record, or make one of a machine-coded table."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from tabulate import tabulate

from sim.keeping import json_text
from sim.scenario.load import load
from sim.scenario.problems import Place, Problem, UserError
from sim.scenario.record import Row, inside, read_rows

Words = Callable[[str], None]
MOST_SHOWN = 20


def check_record(file: Path, scenario: str, tell: Words) -> None:
    """Say what a record holds, and of a scenario's actors and actions; raises UserError with every row that is wrong."""
    loaded = load(scenario)
    rows, malformed = read_rows(file, str(file))
    record = loaded.scenario.record
    outside = record.outside_actors if record is not None else {}
    targets = {
        f"{actor}.{name}": action.target
        for actor, own in loaded.scenario.actions.items()
        for name, action in own.items()
    }
    kept, strange = inside(rows, targets, list(loaded.scenario.actors), outside)
    if problems := [*malformed, *strange, *_repeats(kept)]:
        raise UserError(sorted(problems, key=lambda problem: problem.place.line))
    dated = sorted(row.day for row in kept if row.day is not None)
    span = f"{dated[0]} to {dated[-1]}" if dated else "no day"
    months = sum(row.day is None for row in kept)
    tell(
        f"{file}: sound for {loaded.scenario.name}. {len(rows)} rows; {len(kept)} acts of its actors, {span}, "
        f"of {months} only the month is known; {sum(bool(row.outside) for row in rows)} rows outside the model, each with its reason."
    )


def _repeats(rows: Iterable[Row]) -> Iterator[Problem]:
    """Acts that are told twice on their day: a replay takes one."""
    first: dict[tuple[date, str], Row] = {}
    for row in rows:
        if row.day is not None and (told := first.setdefault((row.day, row.name), row)) is not row:
            text = f"{row.name} on {row.day} is in line {told.place.line} already, and a replay takes one act of a kind a day"
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

    Raises UserError for a table, a map or a place to write that cannot be used.
    """
    from sim.evidence.event_tables import events
    from sim.evidence.importing import Mapping, import_rows, read_map, writer

    loaded = load(scenario, settings)
    known = Mapping(read_map(mapping, loaded.scenario), loaded.scenario)
    if out.exists() and not force:
        raise UserError(
            [Problem(Place(str(out), 0), "", "is there already, and is not written over", "--force, or another name")]
        )
    unfinished = out.with_name(f".{out.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as sink:
            report = import_rows(
                events(file, form), known, writer(sink), once_a_day=once_a_day, since=since, until=until
            )
        if report.written:
            unfinished.replace(out)
    except OSError as error:
        text = f"cannot be written: {error.strerror or error}"
        raise UserError([Problem(Place(str(out), 0), "", text)]) from None
    finally:
        unfinished.unlink(missing_ok=True)
    told = {
        "rows": report.rows,
        "written": report.written,
        "same_day_repeats_left_out": report.repeats,
        "between_others": report.outside,
        "outside_the_days": report.beyond,
        "malformed": report.malformed,
        "first_malformed": [f"{file}:{one.line}: {one.why}" for one in report.first_malformed],
        "unmapped": sum(report.unmapped_codes.values()),
        "unmapped_actors": dict(report.unmapped_actors.most_common()),
        "unmapped_codes": [[*key, count] for key, count in report.unmapped_codes.most_common()],
    }
    tell(json_text(told) if as_json else _told(told, out))
    if not report.written:
        text = "no row is an act between actors of the map, of a code that it has, on the days asked for: no record was written"
        raise UserError([Problem(Place(str(file), 0), "", text, "another --map, --format, --since or --until")])


def _told(told: dict[str, object], out: Path) -> str:
    labels = {
        "rows": "rows read",
        "written": f"acts written to {out}",
        "same_day_repeats_left_out": "repeats of an act on its day, left out",
        "outside_the_days": "before or after the days asked for",
        "between_others": "between others than two actors of the map",
        "unmapped": "between these, of a code that the map does not have",
        "malformed": "malformed",
    }
    parts = [
        tabulate(
            [[label, f"{told[key]:,}"] for key, label in labels.items()],
            tablefmt="plain",
            disable_numparse=True,
            colalign=("left", "right"),
        )
    ]
    malformed: list[str] = told["first_malformed"]  # type: ignore[assignment]
    if malformed:
        parts.append("The first malformed rows:\n" + "\n".join(f"  {one}" for one in malformed))
    codes: list[list[object]] = told["unmapped_codes"]  # type: ignore[assignment]
    if codes:
        parts.append(
            _most(
                "Acts between the map's actors with a code that the map does not have",
                ["actor", "target", "CAMEO", "rows"],
                codes,
            )
        )
    actors: dict[str, int] = told["unmapped_actors"]  # type: ignore[assignment]
    if actors:
        parts.append(
            _most(
                "Names beside an actor of the map that it does not have",
                ["name", "rows"],
                [[*pair] for pair in actors.items()],
            )
        )
    return "\n\n".join(parts)


def _most(title: str, head: list[str], rows: list[list[object]]) -> str:
    more = len(rows) - MOST_SHOWN
    table = tabulate(rows[:MOST_SHOWN], head, disable_numparse=True)
    return f"{title}:\n\n{table}" + (f"\n… and {more:,} more: --json lists them all" if more > 0 else "")
