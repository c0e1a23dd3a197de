"""Estimates as a table that a person reads, or as data that a machine does."""

import math
from datetime import date
from typing import Any

from tabulate import tabulate

from sim.results.estimates import Estimate, intervals_are
from sim.scenario.compile import Compiled


def table(compiled: Compiled, rows: list[Estimate], everything: bool = False, drawn: bool = False) -> str:
    """Write the table of headline outcomes, or of all, with its intervals and caveats.

    Parameters: rows, the estimates of an ensemble; everything, whether to show those that are no headline; drawn,
    whether each run has numbers of its own, drawn from a fit.
    """
    scenario = compiled.loaded.scenario
    lines = [_row(compiled, estimate) for estimate in rows if everything or estimate.headline]
    days = f"{compiled.date(compiled.free_from)} to {compiled.date(compiled.days - 1)}"
    text = tabulate(lines, headers=["outcome", "estimate", "95 % interval", "what it is"], disable_numparse=True)
    if not rows:
        return f"{scenario.name}: {days}. The scenario has no outcomes, so there is nothing to report."
    parts = [f"{scenario.name}: {rows[0].runs:,} runs, {days}. {intervals_are(compiled, drawn)}", text]
    if scenario.caveats:
        parts.append("\n".join(["Caveats:", *(f"- {caveat}" for caveat in scenario.caveats)]))
    return "\n\n".join(parts)


def _row(compiled: Compiled, estimate: Estimate) -> list[str]:
    if estimate.counted_runs == 0:
        return [estimate.name, "never came", "", estimate.meaning]
    unit, start = estimate.unit, compiled.start
    low, high = (unit.number(end, start) for end in (estimate.low, estimate.high))
    interval = f"{low} to {high}" if not math.isnan(estimate.low) else ""
    came = f", in {estimate.counted_runs / estimate.runs:.0%} of runs" if estimate.counted_runs < estimate.runs else ""
    kind = f"{estimate.kind} " if estimate.kind != "share" else ""
    return [estimate.name, kind + unit.text(estimate.value, start), interval, estimate.meaning + came]


def as_data(compiled: Compiled, rows: list[Estimate]) -> list[dict[str, Any]]:
    """Return the estimates for a machine: dates as text, what never came as null."""
    return [
        {
            "outcome": estimate.name,
            "unit": estimate.unit.name,
            "kind": estimate.kind,
            "estimate": _plain(compiled, estimate, estimate.value),
            "low": _plain(compiled, estimate, estimate.low),
            "high": _plain(compiled, estimate, estimate.high),
            "runs": estimate.runs,
            "runs_in_which_it_came": estimate.counted_runs,
            "meaning": estimate.meaning,
        }
        for estimate in rows
    ]


def _plain(compiled: Compiled, estimate: Estimate, number: float) -> Any:
    value = estimate.unit.data(number, compiled.start)
    return str(value) if isinstance(value, date) else value
