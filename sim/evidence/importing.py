"""From a machine-coded table to a record: what the map knows is written, and everything else is counted."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sim.evidence.case_map import NOBODY, CaseMap
from sim.evidence.event_tables import Event, Refused
from sim.scenario.record import FAR_YEARS, TOO_FAR_YEARS, years_outside
from sim.scenario.schema import Clock

COLUMNS = ("date", "actor", "target", "action", "source", "note")
MOST_FAR = 20  # rows that are named


@dataclass(frozen=True)
class Choice:
    """Which rows are wanted.

    clock: of the scenario; a row more than TOO_FAR_YEARS from it is refused. since, until: the first and the last day;
    a month counts if all of it lies between them. once_within: days within which the same act between the same two
    counts once, as the first of them; 0 for those of one day; None if each counts.
    """

    clock: Clock
    since: date | None = None
    until: date | None = None
    once_within: int | None = None

    def holds(self, event: Event) -> bool:
        """Tell whether an event lies on the days that are wanted."""
        first, last = _span(event)
        return not (self.since and first < self.since) and not (self.until and last > self.until)


def _span(event: Event) -> tuple[date, date]:
    """First and last day on which an event may have been."""
    if event.day is not None:
        return event.day, event.day
    first = date.fromisoformat(f"{event.when}-01")
    if event.when == "9999-12":
        return first, date.max
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


class Act(NamedTuple):
    """An event that is an act between two actors of the map."""

    event: Event
    actor: str
    target: str
    action: str


@dataclass
class Report:
    """What became of the rows of some tables, in numbers of them."""

    rows: int = 0
    tables: Counter[str] = field(default_factory=Counter)  # rows by the table that they stand in
    acts: Counter[tuple[str, str]] = field(default_factory=Counter)  # rows that are written, by actor and action
    written: int = 0
    same_day: int = 0  # repeats of an act on its day
    echoes: Counter[tuple[str, str]] = field(default_factory=Counter)  # of an act some days before, by actor and action
    same_event: int = 0  # of an event that is in the table already
    within: Counter[str] = field(default_factory=Counter)  # by the actor of the map that both sides are
    outside: int = 0  # between others than the map's actors
    beyond: int = 0  # before or after the days that were asked for
    from_beside: int = 0  # written with a code from the event's name or the root code beside it
    by_places: int = 0  # written of a row that has the published columns, under headings that have more
    roots: int = 0  # written with a root of two digits for a code
    refused: Counter[str] = field(default_factory=Counter)  # by why
    first_refused: dict[str, Refused] = field(default_factory=dict)  # of each why
    unmapped_actors: Counter[str] = field(default_factory=Counter)  # beside an actor of the map
    several_actors: Counter[str] = field(default_factory=Counter)  # rows by who their side with several is
    several_codes: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # of several actions, or some of none
    unmapped_codes: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # actor, target, code
    undecided: Counter[tuple[str, str]] = field(default_factory=Counter)  # sides by the actor they are, and might be
    fitting: Counter[str] = field(default_factory=Counter)  # sides by the pattern of the map that fits them
    deciding: Counter[str] = field(default_factory=Counter)  # the same, where they are the actor of that pattern
    holding: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # rows by actor, target, code of the map
    far: list[Event] = field(default_factory=list)  # written, years from the clock; the first of them
    far_rows: int = 0
    first: Event | None = None  # written, with the earliest day
    last: Event | None = None

    def refuse(self, row: Refused) -> None:
        """Count a row that is refused, and keep the first of its kind."""
        self.refused[row.why] += 1
        self.first_refused.setdefault(row.why, row)

    def write(self, event: Event, name: tuple[str, str], clock: Clock) -> None:
        """Count a row that is written. name: its actor and action."""
        self.written += 1
        self.acts[name] += 1
        self.from_beside += any(code.from_beside for code in event.codes)
        self.by_places += event.by_places
        self.roots += any(code.scheme == "CAMEO" and len(code.code) == 2 for code in event.codes)
        if self.first is None or event.when < self.first.when:
            self.first = event
        if self.last is None or event.when > self.last.when:
            self.last = event
        if years_outside(int(event.when[:4]), clock) > FAR_YEARS:
            self.far_rows += 1
            if len(self.far) < MOST_FAR:
                self.far.append(event)


def import_rows(
    table: Iterable[Event | Refused], case: CaseMap, write: Callable[[tuple[Any, ...]], object], choice: Choice
) -> Report:
    """Hand every event that a map knows to `write`, and count all others.

    Parameters: table, the rows, read as they are asked for; write, takes the cells of a row in the order of COLUMNS.
    Returns what became of the rows. An event whose key was written is not written again. Where acts count once within
    some days, all that the map knows wait until the last row is read, and are written by their days.
    """
    report = Report()
    keys: set[tuple[str, str]] = set()
    days: set[tuple[date, str, str]] = set()
    waiting: list[Act] = []
    for event in table:
        report.rows += 1
        report.tables[event.table] += 1
        if isinstance(event, Event) and not choice.holds(event):
            report.beyond += 1
            continue
        act = _act(event, case, choice, report)
        if act is None:
            continue
        if act.event.key and act.event.identity in keys:
            report.same_event += 1
            continue
        if act.event.key:
            keys.add(act.event.identity)
        if act.event.day is None or choice.once_within is None:
            _write(act, write, choice, report)
        elif choice.once_within:
            waiting.append(act)
        elif (act.event.day, act.actor, act.action) in days:
            report.same_day += 1
        else:
            days.add((act.event.day, act.actor, act.action))
            _write(act, write, choice, report)
    for act in _without_echoes(waiting, choice.once_within or 0, report):
        _write(act, write, choice, report)
    return report


def _write(act: Act, write: Callable[[tuple[Any, ...]], object], choice: Choice, report: Report) -> None:
    event = act.event
    write((event.when, act.actor, act.target, act.action, event.reference, _note(event)))
    report.write(event, (act.actor, act.action), choice.clock)


def _without_echoes(acts: list[Act], within: int, report: Report) -> Iterator[Act]:
    """Yield acts by their days, without those that follow the same act, as it was last yielded, within some days."""
    last: dict[tuple[str, str], date] = {}
    for act in sorted(acts, key=lambda act: act.event.when):
        name, day = (act.actor, act.action), act.event.day
        if day is None:
            continue
        gap = (day - last[name]).days if name in last else None
        if gap == 0:
            report.same_day += 1
        elif gap is not None and gap <= within:
            report.echoes[name] += 1
        else:
            last[name] = day
            yield act


def _act(event: Event | Refused, case: CaseMap, choice: Choice, report: Report) -> Act | None:
    """Find the act that an event is, where it is one between two actors of the map; else count why not."""
    if isinstance(event, Event) and years_outside(int(event.when[:4]), choice.clock) > TOO_FAR_YEARS:
        why = f"lies more than {TOO_FAR_YEARS} years from the clock, {choice.clock.start} to {choice.clock.end}"
        event = Refused(event.table, event.line, why, event.when)
    if isinstance(event, Refused):
        report.refuse(event)
        return None
    source, target = case.decide(event.source), case.decide(event.target)
    for decision in (source, target):
        for pattern in decision.fitting:
            report.fitting[pattern.text] += 1
            report.deciding[pattern.text] += pattern.actor == (decision.actor or NOBODY)
        if decision.actor is not None and decision.instead_of:
            report.undecided[decision.actor, decision.instead_of] += 1
    several = [decision.several for decision in (source, target) if decision.several]
    if several and all(decision.actor or decision.several for decision in (source, target)):
        report.several_actors["; ".join(map(" and ".join, several))] += 1
        return None
    if source.actor is None or target.actor is None:
        report.outside += 1
        if source.actor is not None or target.actor is not None:
            report.unmapped_actors[str(event.source if source.actor is None else event.target)] += 1
        return None
    if source.actor == target.actor:
        report.within[source.actor] += 1
        return None
    holders = [case.holder(source.actor, target.actor, code) for code in event.codes]
    report.holding.update((source.actor, target.actor, holder) for holder in holders if holder is not None)
    actions = {None if holder is None else case.codes[source.actor, target.actor][holder] for holder in holders}
    action = actions.pop()
    if actions or action is None:
        left_out = report.several_codes if actions else report.unmapped_codes
        left_out[source.actor, target.actor, " and ".join(code.code for code in event.codes)] += 1
        return None
    return Act(event, source.actor, target.actor, action)


def _note(event: Event) -> str:
    """Say what of a row a record has no column for: its code, who the sides are, and what is not sure of its date."""
    codes = ", ".join(
        f"{code.scheme} {code.code}".strip() + (f" (written {code.written})" if code.written else "")
        for code in event.codes
    )
    text = f" {event.text}" if event.text else ""
    date = f"; date {event.date}, known to the month" if event.day is None and event.date != event.when else ""
    return f"{codes}{text}: {event.source} → {event.target}{date}"


def record_writer(file: Any) -> Callable[[tuple[Any, ...]], object]:
    """Write the heading of a record, and return what writes its rows."""
    sink = csv.writer(file, lineterminator="\n")
    sink.writerow(COLUMNS)
    return sink.writerow
