"""Estimates as a table that a person reads, or as data that a machine does."""

import math
import textwrap
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from tabulate import tabulate

from sim.results.estimates import Estimate, intervals_are
from sim.results.what_happened import Happened
from sim.scenario.compile import Compiled

HEADERS = ("outcome", "estimate", "95 % interval", "what\nhappened", "what it is")
MOST_SIGNS = 120  # in a line
LEAST_SIGNS = 24  # of what an outcome is


def table(
    compiled: Compiled,
    rows: list[Estimate],
    everything: bool = False,
    drawn: bool = False,
    happened: Happened | None = None,
    paragraphs: Sequence[str] = (),
) -> str:
    """Write the table of headline outcomes, or of all, with its intervals and caveats.

    Parameters: rows, the estimates of an ensemble; everything, whether to show those that are no headline; drawn,
    whether each run has numbers of its own, drawn from a fit; happened, what the record says of the outcomes;
    paragraphs, what stands between the table and the caveats.
    """
    scenario = compiled.loaded.scenario
    days = f"{compiled.date(compiled.free_from)} to {compiled.date(compiled.days - 1)}"
    if not rows:
        return f"{scenario.name}: {days}. The scenario has no outcomes, so there is nothing to report."
    lines = [_row(compiled, estimate, happened) for estimate in rows if everything or estimate.headline]
    parts = [f"{scenario.name}: {rows[0].runs:,} runs, {days}. {intervals_are(compiled, drawn)}", _laid_out(lines)]
    parts += [text for text in paragraphs if text]
    if scenario.caveats:
        parts.append("\n".join(["Caveats:", *(f"- {caveat}" for caveat in scenario.caveats)]))
    return "\n\n".join(parts)


def _laid_out(lines: list[list[str]]) -> str:
    """Lay out rows under HEADERS, in lines of MOST_SIGNS where that can be.

    A column that is empty is left out, and what a row means is not said again under the row that means the same.
    """
    shown = [place for place in range(len(HEADERS)) if place != 3 or any(line[place] for line in lines)]
    widths = [
        max(len(part) for text in (HEADERS[place], *(line[place] for line in lines)) for part in text.split("\n"))
        for place in shown[:-1]
    ]
    left = max(MOST_SIGNS - sum(widths) - 2 * len(widths), LEAST_SIGNS)
    meanings = [line[-1] for line in lines]
    words = ['"' if meaning == above else textwrap.fill(meaning, left) for above, meaning in pairwise(["", *meanings])]
    cells = [[*(line[place] for place in shown[:-1]), meaning] for line, meaning in zip(lines, words, strict=True)]
    return tabulate(cells, headers=[HEADERS[place] for place in shown], disable_numparse=True)


def _row(compiled: Compiled, estimate: Estimate, happened: Happened | None) -> list[str]:
    answer = "" if happened is None else happened.answer(estimate.name)
    if estimate.counted_runs == 0:
        return [estimate.name, "never came", "", answer, estimate.meaning]
    unit, start = estimate.unit, compiled.start
    low, high = (unit.number(end, start) for end in (estimate.low, estimate.high))
    interval = f"{low} to {high}" if not math.isnan(estimate.low) else ""
    came = f", in {estimate.counted_runs / estimate.runs:.0%} of runs" if estimate.counted_runs < estimate.runs else ""
    kind = f"{estimate.kind} " if estimate.kind != "share" else ""
    return [estimate.name, kind + unit.text(estimate.value, start), interval, answer, estimate.meaning + came]


def as_data(compiled: Compiled, rows: list[Estimate], happened: Happened | None = None) -> list[dict[str, Any]]:
    """Return the estimates for a machine, beside what happened if that is given: dates as text, what never came as null."""
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
            **({} if happened is None else happened.data(estimate.name)),
            "meaning": estimate.meaning,
        }
        for estimate in rows
    ]


def _plain(compiled: Compiled, estimate: Estimate, number: float) -> Any:
    value = estimate.unit.data(number, compiled.start)
    return str(value) if isinstance(value, date) else value
