"""Draw the figures of one ensemble: a run's acts beside the record, and the fan of tension.

python -m sim.figures.run_figures outputs/baseline/ID
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib.figure import Figure

from sim.engine.loop import play_runs
from sim.figures.fan import Fan, fan
from sim.figures.lanes import LaneAct, lanes
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.style import Timeline
from sim.results.daily import BIN_WIDTH
from sim.results.run_folder import RunFolder
from sim.scenario.compile import Compiled


@dataclass(frozen=True)
class Ensemble:
    """What both figures need of a folder of runs."""

    compiled: Compiled
    made_by: str
    number: int  # of the run that is drawn
    acts: np.ndarray  # int32 (acts, 3): run, day and action, of that run
    tension: np.ndarray  # float64 (days, pairs), marks: that of the run
    quantiles: Mapping[float, np.ndarray]  # float64 (days, pairs), marks, by share of runs


def acts_lanes(ensemble: Ensemble) -> Figure:
    """Draw the acts of one run and of the record, on a dated lane per dyad."""
    compiled = ensemble.compiled
    scenario = compiled.loaded.scenario
    clock = scenario.clock
    run = [(compiled.date(day), compiled.acts[action].name) for _, day, action in ensemble.acts]
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

    return lanes(
        _lane_acts(compiled, run),
        _lane_acts(compiled, record),
        timeline=Timeline(clock.start, clock.end, clock.replay_until, _marks(compiled)),
        ladder=scenario.ladder,
        labels=_labels(compiled),
        title=f"{scenario.name}: one run's acts" + (" beside what happened" if record else ""),
        note=f"Run {ensemble.number} of {ensemble.made_by} One of many, not a forecast.{of_record}",
    )


def _lane_acts(compiled: Compiled, acts: Iterable[tuple[date, str]]) -> list[LaneAct]:
    by_name = {act.name: act for act in compiled.acts}
    dated = [(day, by_name[name]) for day, name in acts]
    return [LaneAct(day, act.actor, act.target, act.action, act.entry.rung, act.tone) for day, act in dated]


def tension_fans(ensemble: Ensemble) -> Figure:
    """Draw the fan of tension of each pair, in marks."""
    compiled = ensemble.compiled
    days = [compiled.date(day) for day in range(compiled.days)]
    fans = [
        Fan(
            pair,
            days,
            {share: values[:, index].tolist() for share, values in ensemble.quantiles.items()},
            ensemble.tension[:, index].tolist(),
        )
        for index, pair in enumerate(compiled.pairs)
    ]
    return fan(
        fans,
        replay_until=compiled.loaded.scenario.clock.replay_until,
        marks=_marks(compiled),
        labels=_labels(compiled),
        title=f"{compiled.loaded.scenario.name}: tension of each pair, day by day",
        note=f"{ensemble.made_by} Tension in steps of {BIN_WIDTH} marks. Bands hold 50 % and 90 % of the runs.",
    )


@figure("run", "one run's acts beside the record's, on a dated lane per dyad, coloured by rung")
def acts_figure(folder: RunFolder, number: int = 0) -> Figure:
    """Draw the acts of one run beside the record's.

    Parameters: number, of a run that is kept whole, from 0 on; run 0 is played again if none is kept.
    Raises CannotBeDrawn for another; UserError if today's rules give other acts than those that were kept.
    """
    if number >= folder.kept_whole and (number > 0 or not folder.is_of_this_code):
        raise CannotBeDrawn(f"run {number} is not kept whole; the first {folder.kept_whole:,} are")
    return acts_lanes(_read_ensemble(folder, number))


@figure("run", "the fan of tension of each pair, with the replayed part and the marked dates")
def tension_figure(folder: RunFolder) -> Figure:
    """Draw the fan of tension of each pair: the quantiles of all runs, and run 0.

    Raises UserError if today's rules give run 0 other acts than those that were kept.
    """
    return tension_fans(_read_ensemble(folder, 0))


def _read_ensemble(folder: RunFolder, number: int) -> Ensemble:
    """Read a folder of runs, and play one of them again for its tension."""
    played = play_runs(folder.numbers_of(number), folder.seed, range(number, number + 1))
    _, acts_by_day, tension = next(played)
    if number < folder.kept_whole:
        folder.same_rules(number, acts_by_day)
    day, action = acts_by_day.nonzero()
    acts = np.column_stack([np.full(len(day), number), day, action])
    return Ensemble(folder.compiled, folder.made_by, number, acts, tension, folder.quantiles())


def _marks(compiled: Compiled) -> dict[str, date]:
    return {named.label: named.date for named in compiled.loaded.scenario.dates.values()}


def _labels(compiled: Compiled) -> dict[str, str]:
    return {name: actor.label for name, actor in compiled.loaded.scenario.actors.items()}


if __name__ == "__main__":
    from sim.figures.plot import script

    script("run_figures", __doc__)
