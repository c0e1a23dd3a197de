"""A case as it is known on the evening of a day: its record up to then, dated series as they stand, nothing later."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np

from sim.evidence.case import DONE, not_asked
from sim.evidence.truth import Truth, option_error, targets_of
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded, load
from sim.scenario.problems import Problem, UserError, listed
from sim.scenario.quantities import dotted, on_day, quantities
from sim.scenario.record import Row, placed
from sim.scenario.revalue import as_known_on

FEWEST_DAYS = 30  # of the record up to the day of a forecast
YEAR = 365  # days


@dataclass(frozen=True)
class Known:
    """A case as it is known on a day.

    settings, beliefs: all that is laid over the file, and over its case. first: the record's first day. last: its last dated row up to the day.
    notes: what a reader must know of it, a sentence each.
    """

    loaded: Loaded
    settings: tuple[str, ...]
    beliefs: tuple[str, ...]
    on: date
    first: date
    last: date
    notes: tuple[str, ...]

    @property
    def last_year_days(self) -> int:
        """Return of how many days what the last year had is: fewer than 365 where the record is younger."""
        return min(YEAR, (self.on - self.first).days + 1)


def known_on(
    file: str, on: date | None, farthest: int, settings: Iterable[str] = (), beliefs: Iterable[str] = ()
) -> Known:
    """Load a case as it is known on a day: that day's acts are the last that are replayed.

    Parameters: on, the day, by default the last that the scenario replays; farthest, so many days are looked ahead;
    settings, beliefs, laid over the file as `load` does.
    Acts of which only the month is known count once the month is over. An outcome whose window is over is not asked.
    Raises UserError for a case without a record, for a day that leaves too little record or clock, and for a case that
    knows more than its record up to the day.
    """
    settings, beliefs = tuple(settings), tuple(beliefs)
    plain = load(file, settings, beliefs)
    on = plain.scenario.clock.replay_until if on is None else on
    first = _first_day(plain)
    _check_day(plain, on, first, farthest)
    start = plain.scenario.clock.start if plain.scenario.clock.start <= on else first
    replaying = [f"clock.replay_until={on}", "record.replay=all"]
    if start != plain.scenario.clock.start:
        replaying.append(f"clock.start={start}")
    replaying += not_asked(plain, start, on)
    loaded = _cut(load(file, [*settings, *replaying], beliefs), on)
    last = max(row.day for row in loaded.rows if row.day is not None)
    return Known(loaded, (*settings, *replaying), beliefs, on, first, last, tuple(_notes(plain, loaded, on, last)))


def _first_day(plain: Loaded) -> date:
    days = [row.day for row in plain.rows if row.day is not None]
    if not days:
        text, allowed = "names no record of dated acts, which a forecast needs", "record: {file: …, replay: all}"
        raise UserError([Problem(plain.tree.place, "record", text, allowed)])
    return min(days)


def _check_day(plain: Loaded, on: date, first: date, farthest: int) -> None:
    """Check that a day has record before it and clock after it. Raises UserError."""
    end = plain.scenario.clock.end
    latest = end - timedelta(farthest)
    earliest = first + timedelta(FEWEST_DAYS - 1)
    if on + timedelta(farthest) > end:
        text = f"{farthest} days after {on} lie beyond {end}, where the clock ends"
        allowed = f"a day up to {latest}, fewer days, or --set clock.end={on + timedelta(farthest)}"
        raise option_error("--on, --days", text, allowed)
    if on < earliest:
        text = f"on {on} the record, which begins on {first}, teaches too little"
        raise option_error("--on", text, f"a day from {earliest} to {latest}")
    learned = plain.scenario.learned
    if learned is not None and learned.until > on:
        text = f"holds what the record taught to {learned.until}, after {on}"
        raise UserError([Problem(plain.tree.place, "learned", text, "the scenario that the record belongs to")])


def _cut(loaded: Loaded, on: date) -> Loaded:
    """Cut off a case, and the case from which its bases are learned, after a day."""
    rows = [row for row in loaded.rows if is_known(row, on)]
    places = {row.place for row in rows}
    find_case = None if loaded.case is loaded else partial(_cut, loaded.case, on)
    cut = replace(
        loaded,
        rows=rows,
        rows_inside=[row for row in loaded.rows_inside if is_known(row, on)],
        ordered=[act for act in loaded.ordered if not act.replayed or act.place in places],
        find_case=find_case,
    )
    return as_known_on(cut, on)


def is_known(row: Row, on: date) -> bool:
    """Tell whether an act had come by a day: of a month, whether all of it had."""
    if row.day is not None:
        return row.day <= on
    year, month = (int(part) for part in row.month.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1]) <= on


def _notes(plain: Loaded, loaded: Loaded, on: date, last: date) -> Iterable[str]:
    """Yield what a reader must know: which series are held, what is assumed, where the record ends."""
    scenario = loaded.scenario
    series = sorted(
        {
            dotted(entry.path): entry.quantity for entry in quantities(scenario) if entry.quantity.steps is not None
        }.items()
    )
    if series:
        values = [f"{key} {on_day(quantity, on, scenario.parameters):g}" for key, quantity in series]
        yield f"Dated series are held at their value of {on}: {', '.join(values)}."
    dates = [f"{entry.label}, {entry.date}" for entry in scenario.dates.values() if entry.date > on]
    if dates:
        yield f"Dates to come that are taken as known: {'; '.join(dates)}."
    what_ifs = [f"{act.name} is {DONE[act.do]} on {act.day}" for act in loaded.ordered if not act.replayed]
    if what_ifs:
        yield f"A what-if, not only a forecast: the scenario says that {listed(what_ifs, 5)}."
    if last < on:
        yield f"The record's last row is of {last}: the days from then to {on} are taken for days without an act."
    if plain.scenario.clock.start != scenario.clock.start:
        yield f"The replay begins with the record, on {scenario.clock.start}, because {on} is before the scenario's clock."


def truth_on(known: Known, compiled: Compiled) -> Truth:
    """Return the whole record of a case to the day on which it is known, day by day."""
    record = known.loaded.scenario.record
    assert record is not None
    codes = {act.name: code for code, act in enumerate(compiled.acts)}
    acts = np.zeros(((known.on - known.first).days + 1, len(compiled.acts)), bool)
    for row in known.loaded.rows_inside:
        day = placed(row, record.month_only)
        if day is not None and known.first <= day <= known.on:
            acts[(day - known.first).days, codes[row.name]] = True
    return Truth(known.loaded.file, known.settings, known.first, known.on, acts, targets_of(compiled), compiled)


def record_lines(rows: Sequence[Row]) -> list[str]:
    """Write rows of a record in a line each, as a ledger keeps them: date, actor, target, action."""
    return sorted(f"{row.day or row.month} {row.actor} {row.target} {row.action}" for row in rows)
