"""Which acts are not left to luck: those replayed from the record, forced, or withheld."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Literal

from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, nearest
from sim.scenario.record import Row, placed
from sim.scenario.schema import Scenario, WhatIf
from sim.scenario.selection import NamedAction, acts_of, selected


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


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one entry or row orders: its acts, and its days from the first to the last."""

    first: date
    last: date
    names: tuple[str, ...]
    order: Ordered  # one of them

    @property
    def days(self) -> str:
        """Write its day, or its first and last."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def stretches(ordered: Sequence[Ordered]) -> list[Stretch]:
    """Put together what one entry withholds on many days, or of many acts; what happens stands by itself.

    ordered: of a scenario, in the order of their days.
    """
    together: dict[tuple[object, ...], list[Ordered]] = {}
    for order in ordered:
        alone = (order.day, order.name) if order.do == "force" else ()
        together.setdefault((order.place, order.source, order.note, *alone), []).append(order)
    return [
        Stretch(orders[0].day, orders[-1].day, tuple(dict.fromkeys(order.name for order in orders)), orders[0])
        for orders in together.values()
    ]


def schedule(scenario: Scenario, rows: list[Row], tree: Node) -> tuple[list[Ordered], list[Problem]]:
    """Return the ordered acts of a scenario, by day and name, and their problems.

    Withheld acts cancel those of the record on their days: that is what they are for.
    """
    replayed, problems = _replayed(scenario, rows, tree.node_at(("record", "replay")).place)
    ordered = {(order.day, order.name): order for order in replayed}
    acts = acts_of(scenario)
    for key, what_if in scenario.acts.items():
        place = tree.node_at(("acts", key)).place
        span = _days(what_if.date, what_if.until)
        if what_if.until is not None and (what_if.do == "force" or not span):
            forced = what_if.do == "force"
            text = (
                "an act is forced on one day, so `until` means nothing"
                if forced
                else f"{what_if.until} lies before the date"
            )
            lifted = "date alone (another entry forces the act that ends it)"
            allowed = lifted if forced else f"{what_if.date} or later"
            problems.append(Problem(tree.node_at(("acts", key, "until")).place, f"acts.{key}.until", text, allowed))
            continue
        names = _names(what_if, acts)
        ordered_already = ((day, name) for day in span for name in names if (day, name) in ordered)
        clashes = [ordered[there] for there in ordered_already if _clash(ordered[there], what_if.do)]
        if clashes:
            problems.append(_said_already(key, clashes[0], place))
        elif what_if.do == "withhold" and not any(_can_happen(scenario, name, span, replayed) for name in names):
            problems.append(_nothing_withheld(key, names[0], span, replayed, place))
        for day, name in product(span, names):
            ordered[day, name] = Ordered(day, name, what_if.do, place, what_if.source or "", what_if.note or "")
    return sorted(ordered.values(), key=lambda order: (order.day, order.name)), problems


def _names(what_if: WhatIf, acts: list[NamedAction]) -> list[str]:
    """Return the names of the acts that an entry is about."""
    return [act.name for act in selected(acts, what_if.acts)] if what_if.acts else [str(what_if.act)]


def _clash(there: Ordered, do: str) -> bool:
    """Tell whether an entry says again, or contradicts, what another entry says.

    It may withhold what is replayed.
    """
    return there.do == do or not there.replayed


def _said_already(key: str, there: Ordered, place: Place) -> Problem:
    ordered_as = "replayed" if there.replayed else "forced" if there.do == "force" else "withheld"
    text = f"{there.name} on {there.day} is {ordered_as} already, at {there.place}"
    return Problem(
        place, f"acts.{key}", text, "one entry for an act and a day; null in place of an entry takes it away"
    )


def _replayed(scenario: Scenario, rows: list[Row], place: Place) -> tuple[list[Ordered], list[Problem]]:
    record, clock = scenario.record, scenario.clock
    if record is None or record.replay == "none":
        return [], []
    orders: dict[tuple[date, str], Ordered] = {}
    problems = []
    for row in rows:
        marked = record.replay == "marked"
        if marked and not row.seed:
            continue
        day = placed(row, record.month_only)
        if day is None and marked:
            text, allowed = (
                f"{row.month} is marked for replay and names no day",
                "a day, or record.month_only: first, middle or last",
            )
            problems.append(Problem(row.place, "date", text, allowed))
        elif day is not None and day < clock.start and marked:
            text = f"{day} is marked for replay and lies before the clock"
            problems.append(Problem(row.place, "date", text, f"{clock.start} to {clock.end}"))
        if day is None or not clock.start <= day <= clock.replay_until:
            continue
        if (day, row.name) in orders:
            text = f"{row.name} on {day} is replayed already, from line {orders[day, row.name].place.line}"
            problems.append(
                Problem(row.place, "action", text, "one act of a kind a day; say in `outside` that it repeats")
            )
            continue
        orders[day, row.name] = Ordered(day, row.name, "force", row.place, row.source, row.note, replayed=True)
    if record.replay == "marked" and rows and not any(row.seed for row in rows):
        text = "says to replay marked rows, and no row is marked (seed: yes), so nothing is replayed"
        problems.append(Problem(place, "record.replay", text, "all, none, or a record with marked rows", warning=True))
    return list(orders.values()), problems


def _days(first: date, last: date | None) -> list[date]:
    return [first + timedelta(days) for days in range(((last or first) - first).days + 1)]


def _can_happen(scenario: Scenario, name: str, span: list[date], replayed: list[Ordered]) -> bool:
    """Tell whether withholding an act changes anything: it is replayed then, or free to happen."""
    if any(day > scenario.clock.replay_until for day in span):
        return True
    return any(order.name == name and order.day in span for order in replayed)


def _nothing_withheld(key: str, name: str, span: list[date], replayed: list[Ordered], place: Place) -> Problem:
    when = f"on {span[0]}" if len(span) == 1 else f"from {span[0]} to {span[-1]}"
    days = [str(order.day) for order in replayed if order.name == name]
    near = "" if days else nearest(name, sorted({order.name for order in replayed}))
    allowed = f"a day on which it is: {', '.join(days)}" if days else "an act that is replayed then, or a free day"
    text = f"{name} is not replayed {when}, so there is nothing to withhold"
    return Problem(place, f"acts.{key}", text, allowed, near)
