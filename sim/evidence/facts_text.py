"""Stylised facts as a person reads them: what is met, what is missed, and what is left of it without each idea."""

import math
from collections.abc import Sequence
from typing import Any

from tabulate import tabulate

from sim.evidence.facts import Facts, Met

READING = (
    "Each statement's measure over an ensemble, with a 95 % interval (jackknife over runs), beside the band that the literature gives. "
    "* marks what lies outside its band, interval and all; ~ what lies outside it by less than its interval: both are missed. A model whose ideas do the work meets fewer statements without them."
)


def facts_rows(facts: Facts, found: Sequence[Met]) -> list[dict[str, Any]]:
    """A row a statement and variant."""
    return [
        {
            "statement": one.statement,
            "says": facts.statements[one.statement].says,
            "variant": one.variant,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "band_low": facts.statements[one.statement].band[0],
            "band_high": facts.statements[one.statement].band[1],
            "met": one.met,
            "source": facts.statements[one.statement].source,
        }
        for one in found
    ]


def facts_text(facts: Facts, rows: Sequence[dict[str, Any]]) -> str:
    """The table of statements by variants, and how many each meets."""
    variants = list(dict.fromkeys(row["variant"] for row in rows))
    first = variants[0]
    cells = {(row["statement"], row["variant"]): row for row in rows}
    table = []
    for name, one in facts.statements.items():
        own = cells[name, first]
        others = [_value(cells[name, variant]) for variant in variants[1:]]
        table.append([name, one.says, f"{_number(one.band[0])} to {_number(one.band[1])}", _interval(own), *others])
    met = [sum(cells[name, variant]["met"] for name in facts.statements) for variant in variants]
    table.append(["", f"met, of {len(facts.statements)}", "", *(str(count) for count in met)])
    body = tabulate(
        table,
        ["", "statement", "band", *variants],
        disable_numparse=True,
        maxcolwidths=[None, 44, None, None, *[None] * (len(variants) - 1)],
        maxheadercolwidths=[9, 44, 20, 20, *[12] * (len(variants) - 1)],
    )
    missed = [name for name in facts.statements if not cells[name, first]["met"]]
    head = f"{facts.name}: {facts.runs} runs of each ensemble."
    return "\n\n".join([head, READING, body, f"Missed by {first}: {', '.join(missed) or 'none'}."])


def _number(value: float) -> str:
    return "none" if value is None or math.isnan(value) else f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _value(row: dict[str, Any]) -> str:
    if row["met"]:
        return _number(row["value"])
    reaches = row["low"] <= row["band_high"] and row["high"] >= row["band_low"]
    return _number(row["value"]) + (" ~" if reaches else " *")


def _interval(row: dict[str, Any]) -> str:
    return f"{_value(row)} ({_number(row['low'])} to {_number(row['high'])})"
