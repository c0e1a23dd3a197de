"""Describe one run day by day, with the terms behind each act that was left to luck."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sim.engine.crisis import Crisis
from sim.results.run_folder import RunFolder
from sim.results.story import because


@dataclass(frozen=True)
class NarrativeLine:
    """A line of a narrative: an act of the run, or a date that the scenario names."""

    day: date
    dyad: str
    act: str
    rung: str
    reason: str


@dataclass(frozen=True)
class Narrative:
    """What one run did, day by day."""

    title: str
    about: str
    run: int
    lines: list[NarrativeLine]


def narrate_run(folder: RunFolder, run: int, title: str, about: str) -> Narrative:
    """List a run's acts in order, also those that are replayed, with their reasons.

    Parameters: run, its number, from 0 on; title and about, what the page says of it.
    Raises UserError if today's rules give other acts than those that were kept.
    """
    model = Crisis(folder.numbers_of(run), run=run, seed=folder.seed)
    model.run_model()
    folder.same_rules(run, model.acts)
    return Narrative(title, about, run, list(_lines(folder, model)))


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
                reason = "replayed" if order.replayed else "made to happen by the scenario"
            else:
                reason = because(model.actor(act.actor).reason(day, act.action))
            dyad = f"{folder.labels[act.actor]} → {folder.labels[act.target]}"
            rung = f"{act.entry.rung} {compiled.loaded.scenario.ladder[act.entry.rung]}"
            yield NarrativeLine(day, dyad, act.entry.meaning, rung, reason)
