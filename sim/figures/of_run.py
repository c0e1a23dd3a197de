"""The figures of one ensemble: a run's acts beside the record, and the fan of tension.

python -m sim.figures.of_run outputs/baseline/ID
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from sim.engine.loop import play_runs
from sim.figures.fan import Fan, fan
from sim.figures.lanes import LaneAct, lanes
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.run_folder import RunFolder
from sim.figures.style import save
from sim.results.daily import BIN_WIDTH
from sim.results.simulate import Results
from sim.scenario.compile import Compiled


@dataclass(frozen=True)
class Ensemble:
    """What both figures need, of runs that were just played or of a folder."""

    compiled: Compiled
    made_by: str
    number: int  # of the run that is told
    acts: np.ndarray  # int32 (acts, 3): run, day and action, of that run
    tension: np.ndarray  # float64 (days, pairs): that of the run
    quantiles: Mapping[float, np.ndarray]


def draw(results: Results, folder: Path) -> None:
    """Save both figures of an ensemble that was just played."""
    drawn = "each with numbers drawn from a fit" if results.posterior else "parameters fixed"
    made_by = f"{results.runs:,} runs, seed {results.seed}, {drawn}."
    one = Ensemble(
        results.compiled, made_by, 0, results.first_acts, results.first_tension, results.totals.daily.quantiles()
    )
    save(lanes_of(one), folder / "acts.png")
    save(fans_of(one), folder / "tension.png")


def lanes_of(one: Ensemble) -> Figure:
    """The acts of one run and of the record, on a dated lane per dyad."""
    compiled = one.compiled
    scenario = compiled.loaded.scenario
    clock = scenario.clock
    by_name = {act.name: act for act in compiled.acts}
    run = [(compiled.date(day), compiled.acts[action].name) for _, day, action in one.acts]
    record = [
        (row.day, row.name)
        for row in compiled.loaded.rows_inside
        if row.day is not None and clock.start <= row.day <= clock.end
    ]
    replayed = sum(order.replayed for order in compiled.loaded.ordered)

    before = sum(day <= clock.replay_until for day, _ in record)
    of_record = (
        f" Of the record's acts up to {clock.replay_until}, {replayed} of {before} are replayed. Those dated by month only are not shown."
        if record
        else ""
    )

    def placed(day: date, name: str) -> LaneAct:
        act = by_name[name]
        return LaneAct(day, act.actor, act.target, act.action, act.entry.rung, act.tone)

    return lanes(
        [placed(*act) for act in run],
        [placed(*act) for act in record],
        start=clock.start,
        end=clock.end,
        replay_until=clock.replay_until,
        marks=_marks(compiled),
        labels=_labels(compiled),
        title=f"{scenario.name}: one run's acts" + (" beside what happened" if record else ""),
        note=f"Run {one.number} of {one.made_by} One of many, not a forecast.{of_record}",
    )


def fans_of(one: Ensemble) -> Figure:
    """The fan of tension of each pair."""
    compiled = one.compiled
    days = [compiled.date(day) for day in range(compiled.days)]
    fans = [
        Fan(
            pair,
            days,
            {share: values[:, index].tolist() for share, values in one.quantiles.items()},
            one.tension[:, index].tolist(),
        )
        for index, pair in enumerate(compiled.pairs)
    ]
    return fan(
        fans,
        replay_until=compiled.loaded.scenario.clock.replay_until,
        marks=_marks(compiled),
        labels=_labels(compiled),
        title=f"{compiled.loaded.scenario.name}: tension of each pair, day by day",
        note=f"{one.made_by} Tension in steps of {BIN_WIDTH} marks. Bands hold 50 % and 90 % of the runs.",
    )


@figure("run", "one run's acts beside the record's, on a dated lane per dyad, coloured by rung")
def acts_figure(folder: RunFolder, number: int = 0) -> Figure:
    """One of the runs whose acts are kept. Raises CannotBeDrawn for another."""
    if number >= folder.kept_whole:
        raise CannotBeDrawn(f"run {number} is not kept whole; the first {folder.kept_whole:,} are")
    return lanes_of(_of_folder(folder, number))


@figure("run", "the fan of tension of each pair, with the replayed part and the marked dates")
def tension_figure(folder: RunFolder) -> Figure:
    """The quantiles of all runs, and run 0."""
    return fans_of(_of_folder(folder, 0))


def _of_folder(folder: RunFolder, number: int) -> Ensemble:
    compiled, one_run = folder.numbers_of(number), range(number, number + 1)
    _, again, tension = next(play_runs(compiled, folder.seed, one_run))
    if number < folder.kept_whole:
        folder.same_rules(number, again)
    acts = folder.acts[folder.acts[:, 0] == number]
    return Ensemble(folder.compiled, folder.made_by, number, acts, tension, folder.quantiles())


def _marks(compiled: Compiled) -> dict[str, date]:
    return {named.label: named.date for named in compiled.loaded.scenario.dates.values()}


def _labels(compiled: Compiled) -> dict[str, str]:
    return {name: actor.label for name, actor in compiled.loaded.scenario.actors.items()}


if __name__ == "__main__":
    from sim.figures.plot import script

    script("of_run", __doc__)
