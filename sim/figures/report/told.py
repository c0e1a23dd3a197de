"""One run told day by day, with the terms behind each act that was left to luck."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sim.engine.crisis import Crisis
from sim.results.run_folder import RunFolder
from sim.results.story import because


@dataclass(frozen=True)
class Line:
    """An act of the run, or a date that the scenario names."""

    day: date
    who: str
    what: str
    rung: str
    why: str


@dataclass(frozen=True)
class Told:
    title: str
    about: str
    run: int
    lines: list[Line]


def told(folder: RunFolder, run: int, title: str, about: str) -> Told:
    """The run's acts in order, those that are replayed too."""
    model = Crisis(folder.numbers_of(run), run=run, seed=folder.seed)
    model.run_model()
    folder.same_rules(run, model.acts)
    return Told(title, about, run, list(_lines(folder, model)))


def _lines(folder: RunFolder, model: Crisis) -> Iterator[Line]:
    compiled = model.compiled
    named = {entry.date: entry.label for entry in compiled.loaded.scenario.dates.values()}
    ordered = {(order.day, order.name): order for order in compiled.loaded.ordered}
    for index in range(compiled.days):
        day = compiled.date(index)
        if day in named:
            yield Line(day, "", named[day], "", "")
        for code in model.acts[index].nonzero()[0]:
            act = compiled.acts[code]
            order = ordered.get((day, act.name))
            if order is not None:
                why = "replayed" if order.replayed else "made to happen by the scenario"
            else:
                why = because(model.actor(act.actor).reason(day, act.action))
            who = f"{folder.labels[act.actor]} → {folder.labels[act.target]}"
            rung = f"{act.entry.rung} {compiled.loaded.scenario.ladder[act.entry.rung]}"
            yield Line(day, who, act.entry.meaning, rung, why)
