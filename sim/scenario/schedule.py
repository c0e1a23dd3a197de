"""Which acts are not left to luck: those replayed from the record, forced, or withheld."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, nearest
from sim.scenario.record import Row, placed
from sim.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class Ordered:
    """An act that happens (`force`) or does not (`withhold`) on one day, and who says so."""

    day: date
    name: str
    do: Literal["force", "withhold"]
    place: Place
    source: str
    note: str
    replayed: bool = False


def schedule(scenario: Scenario, rows: list[Row], tree: Node) -> tuple[list[Ordered], list[Problem]]:
    """The ordered acts of a scenario, by day and name, and what is wrong with them.

    Withheld acts cancel those of the record on their days: that is what they are for.
    """
    replayed, problems = _replayed(scenario, rows)
    ordered = {(order.day, order.name): order for order in replayed}
    for key, what_if in scenario.acts.items():
        place = tree.at(("acts", key)).place
        span = _days(what_if.date, what_if.until)
        if what_if.until is not None and what_if.do == "force":
            problems.append(Problem(place, f"acts.{key}.until", "an act is forced on one day", "until with `do: withhold`"))
        if not span:
            problems.append(Problem(place, f"acts.{key}.until", "lies before the date"))
        if what_if.do == "withhold" and not _can_happen(scenario, what_if.act, span, replayed):
            problems.append(_nothing_withheld(key, what_if.act, what_if.date, replayed, place))
        for day in span:
            clash = ordered.get((day, what_if.act))
            if clash is not None and (clash.do == what_if.do or not clash.replayed):
                text = f"{what_if.act} on {day} is already {'forced' if clash.do == 'force' else 'withheld'} at {clash.place}"
                problems.append(Problem(place, f"acts.{key}", text))
            ordered[day, what_if.act] = Ordered(day, what_if.act, what_if.do, place, what_if.source or "", what_if.note or "")
    return sorted(ordered.values(), key=lambda order: (order.day, order.name)), problems


def _replayed(scenario: Scenario, rows: list[Row]) -> tuple[list[Ordered], list[Problem]]:
    record, clock = scenario.record, scenario.clock
    if record is None or record.replay == "none":
        return [], []
    found: dict[tuple[date, str], Ordered] = {}
    problems = []
    for row in rows:
        if record.replay == "marked" and not row.seed:
            continue
        day = placed(row, record.month_only)
        if day is None or day > clock.replay_until:
            continue
        if day < clock.start:
            if record.replay == "marked":
                problems.append(Problem(row.place, "date", f"{day} lies before the clock", f"{clock.start} to {clock.end}"))
            continue
        if (day, row.name) in found:
            text = f"{row.name} on {day} is replayed already, from line {found[day, row.name].place.line}"
            problems.append(Problem(row.place, "action", text, "one act of a kind a day; say in `outside` that it repeats"))
        found[day, row.name] = Ordered(day, row.name, "force", row.place, row.source, row.note, replayed=True)
    return list(found.values()), problems


def _days(first: date, last: date | None) -> list[date]:
    return [first + timedelta(days) for days in range(((last or first) - first).days + 1)]


def _can_happen(scenario: Scenario, name: str, span: list[date], replayed: list[Ordered]) -> bool:
    """Whether withholding an act changes anything: it is replayed on one of the days, or free to happen."""
    if any(day > scenario.clock.replay_until for day in span):
        return True
    return any(order.name == name and order.day in span for order in replayed)


def _nothing_withheld(key: str, name: str, day: date, replayed: list[Ordered], place: Place) -> Problem:
    days = [str(order.day) for order in replayed if order.name == name]
    if days:
        return Problem(place, f"acts.{key}.date", f"{name} is not replayed on {day}", "it is on " + ", ".join(days))
    names = sorted({order.name for order in replayed})
    return Problem(place, f"acts.{key}.act", f"{name} is not replayed on {day}, so there is nothing to withhold", nearest=nearest(name, names))
