"""Estimates as a table that a person reads, or as data that a machine does."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sim.layout import SAME, Headline, Page, Table, capital
from sim.results.estimates import Estimate, intervals_are
from sim.results.what_happened import Happened
from sim.scenario.compile import Compiled

HEADERS = ("outcome", "estimate", "95 % interval", "what\nhappened", "what it is")
UNDER = ("what it is",)  # on a narrow terminal


def table(
    compiled: Compiled,
    rows: list[Estimate],
    everything: bool = False,
    drawn: bool = False,
    happened: Happened | None = None,
    paragraphs: Sequence[str | Page] = (),
) -> Page:
    """Write the table of headline outcomes, or of all, with its intervals and caveats.

    Parameters: rows, the estimates of an ensemble; everything, whether to show those that are no headline; drawn,
    whether each run has numbers of its own, drawn from a fit; happened, what the record says of the outcomes;
    paragraphs, what stands between the table and the caveats.
    """
    scenario = compiled.loaded.scenario
    days = f"{compiled.date(compiled.free_from)} to {compiled.date(compiled.days - 1)}"
    if not rows:
        return Page(f"{scenario.name}: {days}. The scenario has no outcomes, so there is nothing to report.")
    lines = [_row(compiled, estimate, happened) for estimate in rows if everything or estimate.headline]
    head = f"{scenario.name}: {rows[0].runs:,} runs, {days}. {intervals_are(compiled, drawn)}"
    caveats = "\n".join(["Caveats:", *(f"- {caveat}" for caveat in scenario.caveats)]) if scenario.caveats else ""
    return Page(Headline(answer(compiled, rows, happened)), head, _laid_out(lines), *paragraphs, caveats)


def answer(compiled: Compiled, rows: Sequence[Estimate], happened: Happened | None = None) -> str:
    """Say in a sentence what came of the first headline outcome, and what really happened.

    Parameters: rows, the estimates of an ensemble, in the order of the scenario; of these an outcome that comes in a
    share of the runs goes before others.
    """
    headlines = [row for row in rows if row.headline] or rows
    shares = [row for row in headlines if row.kind == "share" and "." not in row.name]
    first = (shares or headlines)[0]
    low, high = (first.unit.number(end, compiled.start) for end in (first.low, first.high))
    fact = "" if happened is None else happened.answer(first.name)
    if first.kind == "share":
        ending = {"yes": "; that happened", "no": "; that did not happen"}.get(fact, "")
        return f"In {first.unit.text(first.value, compiled.start)} of runs (95 % interval {low} to {high}) {first.meaning}{ending}."
    ending = f"; what happened: {fact}" if fact else ""
    if first.counted_runs == 0:
        return f"{capital(first.meaning)}: that never came{ending}."
    return f"{capital(first.meaning)}: {first.kind} {first.unit.text(first.value, compiled.start)} (95 % interval {low} to {high}){ending}."


def _laid_out(lines: list[list[str]]) -> Table:
    """Return the table of rows under HEADERS.

    A column that is empty is left out, and what a row means is not said again under the row that means the same.
    """
    shown = [place for place in range(len(HEADERS)) if place != 3 or any(line[place] for line in lines)]
    words = [
        SAME if meaning and meaning == above else meaning
        for above, meaning in pairwise(["", *(line[-1] for line in lines)])
    ]
    cells = [[*(line[place] for place in shown[:-1]), meaning] for line, meaning in zip(lines, words, strict=True)]
    return Table([HEADERS[place] for place in shown], cells, under=UNDER)


def _row(compiled: Compiled, estimate: Estimate, happened: Happened | None) -> list[str]:
    answer = "" if happened is None else happened.answer(estimate.name)
    says_more = not estimate.name.endswith(f".{estimate.meaning.replace(' ', '_')}")  # than the name of a class does
    meaning = estimate.meaning if says_more else ""
    if estimate.counted_runs == 0:
        return [estimate.name, "never came", "", answer, meaning]
    unit, start = estimate.unit, compiled.start
    low, high = (unit.number(end, start) for end in (estimate.low, estimate.high))
    interval = f"{low} to {high}" if not math.isnan(estimate.low) else ""
    came = f", in {estimate.counted_runs / estimate.runs:.0%} of runs" if estimate.counted_runs < estimate.runs else ""
    kind = f"{estimate.kind} " if estimate.kind != "share" else ""
    return [estimate.name, kind + unit.text(estimate.value, start), interval, answer, meaning + came]


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
