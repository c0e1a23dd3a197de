"""Estimates as a table that a person reads, or as data that a machine does."""

import math
from datetime import date
from typing import Any

from tabulate import tabulate

from sim.results.estimates import Estimate, intervals_are
from sim.scenario.compile import Compiled


def table(compiled: Compiled, rows: list[Estimate], everything: bool = False, drawn: bool = False) -> str:
    """Return the headline outcomes, or all of them, between what the intervals are and what must be read beside them.

    Parameters: rows, the estimates of an ensemble; everything, whether to show those that are no headline; drawn,
    whether each run has numbers of its own, drawn from a fit.
    """
    scenario = compiled.loaded.scenario
    lines = [_row(compiled, estimate) for estimate in rows if everything or estimate.headline]
    days = f"{compiled.date(compiled.free_from)} to {compiled.date(compiled.days - 1)}"
    text = tabulate(lines, headers=["outcome", "estimate", "95 % interval", "what it is"], disable_numparse=True)
    if not rows:
        return f"{scenario.name}: {days}. The scenario asks nothing: it has no outcomes."
    parts = [f"{scenario.name}: {rows[0].runs:,} runs, {days}. {intervals_are(drawn)}", text]
    if scenario.caveats:
        parts.append("\n".join(["To be read beside it:", *(f"- {caveat}" for caveat in scenario.caveats)]))
    return "\n\n".join(parts)


def _row(compiled: Compiled, estimate: Estimate) -> list[str]:
    if estimate.of == 0:
        return [estimate.name, "never came", "", estimate.meaning]
    unit, start = estimate.unit, compiled.start
    low, high = (unit.number(end, start) for end in (estimate.low, estimate.high))
    interval = f"{low} to {high}" if not math.isnan(estimate.low) else ""
    came = f", in {estimate.of / estimate.runs:.0%} of runs" if estimate.of < estimate.runs else ""
    kind = f"{estimate.kind} " if estimate.kind != "share" else ""
    return [estimate.name, kind + unit.text(estimate.value, start), interval, estimate.meaning + came]


def as_data(compiled: Compiled, rows: list[Estimate]) -> list[dict[str, Any]]:
    """Return the estimates for a machine: dates as text, what never came as null."""
    return [
        {
            "outcome": one.name,
            "unit": one.unit.name,
            "kind": one.kind,
            "estimate": _plain(compiled, one, one.value),
            "low": _plain(compiled, one, one.low),
            "high": _plain(compiled, one, one.high),
            "runs": one.runs,
            "runs_in_which_it_came": one.of,
            "meaning": one.meaning,
        }
        for one in rows
    ]


def _plain(compiled: Compiled, estimate: Estimate, number: float) -> Any:
    value = estimate.unit.data(number, compiled.start)
    return str(value) if isinstance(value, date) else value
