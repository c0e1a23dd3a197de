"""Acts of a record that the scenario itself calls impossible: their requirements do not hold on their day."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sim.scenario.load import Loaded
from sim.scenario.problems import Problem
from sim.scenario.record import Row, placed
from sim.scenario.schema import Scenario
from sim.scenario.selection import NamedAction, acts_of
from sim.scenario.standing import Standing

MOST_NAMED = 10  # by `check`, where they are warnings beside others; `record check` names them all


def impossible_acts(scenario: Scenario, rows: Sequence[Row]) -> list[Problem]:
    """Replay a record, and find the acts whose requirements do not hold on the morning of their day.

    What an earlier act was to bring about is brought about although that act was impossible itself: it happened.
    The scenario's own what-ifs (`acts`) are no part of its record.

    Parameters: rows, of the record, inside the scenario; those that get no day by `record.month_only` are left out.
    Returns a warning for each such act, at its row.
    """
    month_only = "leave_out" if scenario.record is None else scenario.record.month_only
    by_day: dict[date, dict[str, Row]] = {}
    for row in rows:
        day = placed(row, month_only)
        if day is not None:
            by_day.setdefault(day, {}).setdefault(row.name, row)
    if not by_day:
        return []
    acts = {act.name: act for act in acts_of(scenario)}
    if not any(acts[name].entry.requires for today in by_day.values() for name in today):
        return []
    return list(_replay(scenario, by_day, acts))


def _replay(scenario: Scenario, by_day: dict[date, dict[str, Row]], acts: dict[str, NamedAction]) -> Iterator[Problem]:
    day = min(by_day)
    standing = Standing(scenario, day)
    while day <= max(by_day):
        today = by_day.get(day, {})
        for name, row in today.items():
            if failing := standing.failing(acts[name], day):
                text = f"{name} on {day} is impossible in this scenario: {'; and '.join(failing)}"
                yield Problem(row.place, "action", text, warning=True)
        standing.pass_night(day, [acts[name] for name in today])
        day += timedelta(1)


def unfitting(loaded: Loaded) -> list[Problem]:
    """Return warnings of the acts of a scenario's record that it calls impossible, the first of them by name."""
    problems = impossible_acts(loaded.scenario, loaded.rows_inside)
    if len(problems) > MOST_NAMED:
        text = f"{len(problems)} acts of the record are impossible in this scenario; {MOST_NAMED} of them are listed"
        rest = Problem(
            replace(problems[0].place, line=0), "", text, "escalate record check lists them all", warning=True
        )
        problems[MOST_NAMED:] = [rest]
    return problems
