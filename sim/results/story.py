"""One run told day by day: who did what to whom, and every term behind it."""

import math
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from sim.engine.crisis import Crisis
from sim.engine.reasons import Reason
from sim.scenario.compile import Compiled
from sim.scenario.selection import NamedAction

WIDTH = 110
INDENT = " " * 12  # of a reason, the width of a date and the gap after it
JSON_KEYS = {
    "happened": "done",
    "campaign": "own",
}  # as data, these fields of a reason keep the names that they came with
ORDERED = {"force": " (replayed or forced)", "withhold": " (withheld)"}


def story(model: Crisis, actor: str | None = None, day: date | None = None, width: int | None = None) -> Iterator[str]:
    """Yield the lines that tell a finished run.

    Parameters: model, that has run to its end; actor, whose acts alone are told; day, of which all decisions are told,
    the done and the undone; width, of a terminal: without it an act has one line, however long, and reasons have WIDTH.
    Raises ValueError for a day outside the clock.
    """
    for line in _whole_run(model, actor) if day is None else _one_day(model, day, actor):
        is_reason = line.startswith(INDENT)
        if width is None and not is_reason:
            yield line
        else:
            hang = INDENT + "  " if is_reason else INDENT
            yield from textwrap.wrap(
                line, width or WIDTH, subsequent_indent=hang, break_on_hyphens=False, break_long_words=False
            ) or [line]


def _whole_run(model: Crisis, actor: str | None) -> Iterator[str]:
    """Yield what is done day by day, the reasons of an act each in a line."""
    compiled = model.compiled
    clock = compiled.loaded.scenario.clock
    yield f"{compiled.loaded.scenario.name}, run {model.run}, seed {model.seed}: {clock.start} to {clock.end}"
    yield ""
    yield f"Replayed to {clock.replay_until}, with sources. From the next day on the actors are free."
    is_free = False
    for index in range(compiled.days):
        if index == compiled.free_from:
            is_free = True
            yield ""
            yield "Free days. Rates are acts per day; × are drives; the act is done if its luck is below its chance."
        for name, named in compiled.loaded.scenario.dates.items():
            if named.date == compiled.date(index):
                yield ""
                yield f"{compiled.date(index)}  ── {named.label} ({name}) ──"
        for code in model.acts[index].nonzero()[0]:
            act = compiled.acts[code]
            if actor in (None, act.actor):
                yield from _act_lines(model, act, compiled.date(index), with_reason=is_free)
    yield ""
    yield from _ending(model)


def decisions(model: Crisis, actor: str | None, day: date | None) -> list[dict[str, Any]]:
    """Return the story as data: acts of a run, or every decision of one day, with its terms."""
    compiled = model.compiled
    rows = []
    for index in range(compiled.days) if day is None else [compiled.day(day)]:
        for code, act in enumerate(compiled.acts):
            if actor in (None, act.actor) and (day is not None or model.acts[index, code]):
                reason = model.actor(act.actor).reason(compiled.date(index), act.action)
                fields = {JSON_KEYS.get(name, name): value for name, value in asdict(reason).items()}
                rows.append({**fields, "day": str(reason.day), "target": act.target, "probability": reason.probability})
    return rows


def _act_lines(model: Crisis, act: NamedAction, day: date, with_reason: bool) -> Iterator[str]:
    labels = {name: entry.label for name, entry in model.compiled.loaded.scenario.actors.items()}
    rung = model.compiled.loaded.scenario.ladder[act.entry.rung]
    yield f"{day}  {labels[act.actor]} → {labels[act.target]}: {act.action} (rung {act.entry.rung}, {rung}): {act.entry.meaning}"
    ordered = [order for order in model.compiled.loaded.ordered if (order.day, order.name) == (day, act.name)]
    for order in ordered:
        yield from _indented("source: " + (order.source or f"forced by the scenario, {order.place}"))
        if order.note:
            yield from _indented("caveat: " + order.note)
        if not model.actor(act.actor).reason(day, act.action).available:
            yield from _indented("ordered although its requirements do not hold")
    if with_reason and not ordered:
        yield from _indented(because(model.actor(act.actor).reason(day, act.action)))


def _indented(text: str) -> Iterator[str]:
    yield INDENT + text


def because(reason: Reason) -> str:
    """Write the terms of one hazard as a sentence. Rates are acts per day."""
    base = f"base {_rate(reason.base)}" + _factors(reason.base_drives)
    provoked = f"{base} + answers {_rate(reason.answer)}"
    drives = _factors(reason.channel_drives)
    intensity = (
        (f"({provoked}){drives}" if drives else provoked)
        + f" + own campaign {_rate(reason.campaign)}"
        + _factors(reason.own_drives)
    )
    share = f"its share of that {reason.share:.0%}" + _factors(reason.action_drives)
    return f"because {intensity} = {_rate(reason.intensity)}; {share}; so {_rate(reason.hazard)}, a chance of {reason.probability:.2%} (luck {reason.luck:.4f})"


def _rate(number: float) -> str:
    return f"{number:.4f}" if number < 0.1 else f"{number:.2f}"


def _factors(drives: dict[str, float]) -> str:
    return "".join(f" × {math.exp(term):.2f} {name}" for name, term in drives.items())


def _one_day(model: Crisis, day: date, actor: str | None) -> Iterator[str]:
    """Yield every decision of one day, the done and the undone."""
    compiled = model.compiled
    index = compiled.day(day)
    if not 0 <= index < compiled.days:
        raise ValueError(f"{day} lies outside the clock, {compiled.date(0)} to {compiled.date(compiled.days - 1)}")
    replayed = index < compiled.free_from
    by_order = {order.name: order.do for order in compiled.loaded.ordered if order.day == day}
    yield f"{compiled.loaded.scenario.name}, run {model.run}, seed {model.seed}: all decisions of {day}" + (
        " (replayed: nothing is left to luck)" if replayed else ""
    )
    for act in compiled.acts:
        if actor in (None, act.actor):
            reason = model.actor(act.actor).reason(day, act.action)
            order = by_order.get(act.name, "")
            yield f"{'DONE' if reason.happened else '    '}  {act.name} → {act.target}" + ORDERED.get(order, "")
            if not reason.available:
                yield from _indented("not available: its requirements do not hold")
            elif not replayed and not order:
                yield from _indented(because(reason))


def _ending(model: Crisis) -> Iterator[str]:
    compiled: Compiled = model.compiled
    facts = ", ".join(f"{name} {model.fact(name)}" for name in compiled.facts if model.fact(name)) or "none"
    yield f"At the end ({model.date}): facts that hold: {facts}."
