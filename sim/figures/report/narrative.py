"""Describe one run: its ten turning points, and day by day, with the terms behind each act that was left to luck."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sim.engine.crisis import Crisis
from sim.engine.reasons import Reason
from sim.figures.report.digits import SPACE
from sim.results.run_folder import RunFolder
from sim.results.story import because
from sim.results.units import unit_of
from sim.scenario.selection import NamedAction

MOST = 10  # turning points of a run
REPLAYED, FORCED = "replayed", "made to happen by the scenario"


@dataclass(frozen=True)
class NarrativeLine:
    """A line of a narrative: an act of the run, or a date that the scenario names."""

    day: date
    dyad: str
    act: str
    rung: str
    reason: str
    short_reason: str = ""
    weight: float = field(default=0.0)  # how much the act weighs (Goldstein points, without sign)
    name: str = ""  # of the act, as the scenario has it
    level: int = 0  # the number of its rung; 0 for what is not hostile


@dataclass(frozen=True)
class Narrative:
    """What one run did, day by day, and the lines that are its turning points."""

    title: str
    about: str
    run: int
    lines: list[NarrativeLine]
    turning_points: list[NarrativeLine]


def narrate_run(folder: RunFolder, run: int, title: str, about: str) -> Narrative:
    """List a run's acts in order, also those that are replayed, with their reasons.

    Parameters: run, its number, from 0 on; title and about, what the page says of it.
    Raises UserError if today's rules give other acts than those that were kept.
    """
    model = Crisis(folder.numbers_of(run), run=run, seed=folder.seed)
    model.run_model()
    folder.same_rules(run, model.acts)
    lines = list(_lines(folder, model))
    events = [
        question
        for question in folder.compiled.questions
        if question.headline and (unit_of(question).kind == "share" or unit_of(question).may_never_come)
    ]
    asked_acts = {name for question in events for name in question.acts}
    single = {question.acts[0] for question in events if len(question.acts) == 1}
    return Narrative(title, about, run, lines, turning_points(lines, folder.replay_until, single, asked_acts))


def turning_points(
    lines: Sequence[NarrativeLine], replay_until: date, single: set[str], asked_acts: set[str]
) -> list[NarrativeLine]:
    """Choose at most ten acts by which a run turned, in the order of their days.

    First come the first acts that a headline outcome is about alone, then those by which the run climbs above every rung
    that it had reached since the replay, then first acts of each kind, the weightiest first.
    Parameters: lines, of the run; replay_until, up to which nothing was left to luck; single, the acts that a headline
    outcome is about alone; asked_acts, all that headline outcomes are about.
    """
    free = [line for line in lines if line.name and line.day > replay_until]
    firsts = list({line.name: line for line in reversed(free)}.values())
    deciding = sorted((line for line in firsts if line.name in single), key=lambda line: line.day)
    climbing, highest = [], 0
    for line in free:
        if line.level > highest:
            climbing.append(line)
            highest = line.level
    others = sorted(firsts, key=lambda line: (line.name not in asked_acts, -line.weight, line.day))
    chosen = list(dict.fromkeys([*deciding, *reversed(climbing), *others]))[:MOST]
    return sorted(chosen, key=lambda line: (line.day, lines.index(line)))


def _lines(folder: RunFolder, model: Crisis) -> Iterator[NarrativeLine]:
    compiled = model.compiled
    named = {entry.date: entry.label for entry in compiled.loaded.scenario.dates.values()}
    ordered = {(order.day, order.name): order for order in compiled.loaded.ordered}
    for index in range(compiled.days):
        day = compiled.date(index)
        if day in named:
            yield NarrativeLine(day, "", named[day], "", "")
        for code in model.acts[index].nonzero()[0]:
            act = compiled.acts[code]
            order = ordered.get((day, act.name))
            if order is not None:
                text = short = REPLAYED if order.replayed else FORCED
            else:
                reason = model.actor(act.actor).reason(day, act.action)
                text, short = reason_text(reason), short_reason(reason)
            dyad = f"{folder.labels[act.actor]} → {folder.labels[act.target]}"
            yield NarrativeLine(
                day, dyad, act.entry.meaning, _rung(folder, act), text, short,
                abs(act.goldstein), act.name, act.entry.rung if act.tone == "hostile" else 0,
            )  # fmt: skip


def _rung(folder: RunFolder, act: NamedAction) -> str:
    return f"{act.entry.rung} {folder.compiled.loaded.scenario.ladder[act.entry.rung]}"


def reason_text(reason: Reason) -> str:
    """Write the terms of a hazard as a sentence, with the names of drives in words."""
    return re.sub(r"(?<=[a-z0-9])_(?=[a-z0-9])", " ", because(reason))


def short_reason(reason: Reason) -> str:
    """Say in a few words what drew an act most, and its chance on the day."""
    drives = math.exp(sum(reason.channel_drives.values()))
    parts = {
        "unprovoked": reason.base * math.exp(sum(reason.base_drives.values())) * drives,
        "in answer": reason.answer * drives,
        "from its own campaign": reason.campaign * math.exp(sum(reason.own_drives.values())),
    }
    main = max(parts, key=lambda name: parts[name])
    return f"mostly {main}; its chance that day was {chance_text(reason.probability)}"


def chance_text(chance: float) -> str:
    """Write a chance (0 to 1) of one day in two digits at most."""
    percent = 100.0 * chance
    if percent < 0.01:
        return f"under 0.01{SPACE}%"
    return f"{float(f'{percent:.1g}' if percent < 1.0 else f'{percent:.2g}'):g}{SPACE}%"
