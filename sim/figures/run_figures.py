"""Draw the figures of one ensemble: a run's acts beside the record, and the fan of tension.

python -m sim.figures.run_figures outputs/baseline/ID
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from matplotlib.figure import Figure

from sim.engine.loop import play_runs
from sim.figures.fan import Fan, fan
from sim.figures.hostility import last_known
from sim.figures.lanes import LaneAct, lanes
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.scale import FEW
from sim.figures.style import Timeline, spelled
from sim.figures.words import percent
from sim.results.daily import BIN_WIDTH
from sim.results.run_folder import RunFolder
from sim.results.what_happened import recorded_tension
from sim.scenario.compile import Compiled

STILL = 0.02  # of the highest tension of all: a pair that never comes there is left out
Dated = list[tuple[date, str]]


@figure("run", "one run's acts beside the record's, on a dated lane per dyad, coloured by rung")
def acts_figure(folder: RunFolder, number: int = 0) -> Figure:
    """Draw the acts of one run beside the record's.

    Parameters: number, of a run that is kept whole, from 0 on; run 0 is played again if none is kept.
    Raises CannotBeDrawn for another; UserError if today's rules give other acts than those that were kept.
    """
    if number >= folder.kept_whole and (number > 0 or not folder.is_of_this_code):
        raise CannotBeDrawn(f"run {number} is not kept whole; the first {folder.kept_whole:,} are")
    compiled = folder.compiled
    run = [(compiled.date(day), compiled.acts[action].name) for _, day, action in _play(folder, number)[0]]
    replayed = sum(order.replayed for order in compiled.loaded.ordered)
    before = sum(day <= folder.replay_until for day, _ in folder.record)
    of_record = (
        f" Of the record's acts up to {spelled(folder.replay_until)}, {replayed} of {before} are replayed. Those dated by month only are not shown.{_end_of_record(folder)}"
        if folder.record
        else ""
    )
    return lanes(
        _lane_acts(compiled, run),
        _lane_acts(compiled, folder.record) if folder.record else None,
        timeline=Timeline(folder.start, folder.end, folder.replay_until, folder.marks),
        ladder=compiled.loaded.scenario.ladder,
        labels=folder.labels,
        title=_acts_finding(folder, number, run),
        note=f"{folder.name}: run {number} of {folder.made_by} One of many, not a forecast.{of_record}",
    )


def _end_of_record(folder: RunFolder) -> str:
    """Say where the record ends, if that is before the days do."""
    last = last_known(folder)
    return f" The record ends on {spelled(last)}." if last is not None and last < folder.end else ""


def _acts_finding(folder: RunFolder, number: int, run: Dated) -> str:
    """Count the hostile acts after the replay in this run, on average over runs, and in the record as far as it goes."""
    compiled = folder.compiled
    hostile = np.array([act.tone == "hostile" for act in compiled.acts])
    names = {act.name for act in compiled.acts if act.tone == "hostile"}
    ends = [row.day for row in compiled.loaded.rows if row.day is not None]
    is_known = bool(folder.record) and max(ends) > folder.replay_until
    last = min(folder.end, max(ends)) if is_known else folder.end

    def count(acts: Dated) -> int:
        """Count the hostile acts between the replay and the last day."""
        return sum(folder.replay_until < day <= last and name in names for day, name in acts)

    average = float(folder.acts_by_day[compiled.free_from : compiled.day(last) + 1, hostile].sum()) / folder.runs
    over_runs = f", {average:.{0 if average >= 10 else 1}f} on average over runs" if folder.runs > 1 else ""
    truth = f", {count(folder.record)} in fact" if is_known else ""
    return f"Hostile acts after the replay, to {spelled(last)}: {count(run)} in run {number}{over_runs}{truth}"


def _lane_acts(compiled: Compiled, acts: Iterable[tuple[date, str]]) -> list[LaneAct]:
    by_name = {act.name: act for act in compiled.acts}
    dated = [(day, by_name[name]) for day, name in acts]
    return [LaneAct(day, act.actor, act.target, act.action, act.entry.rung, act.tone) for day, act in dated]


@figure(
    "run", "the fan of tension of each pair beside what really happened, with the replayed part and the marked dates"
)
def tension_figure(folder: RunFolder) -> Figure:
    """Draw the fan of tension of each pair: the quantiles of all runs, or each of a few, and what really happened.

    Pairs that are always next to still are left out. Without a record, run 0 is drawn in its place.
    Raises UserError if today's rules give a run other acts than those that were kept.
    """
    shown, hidden = _fans(folder)
    note = f"{folder.name}: {folder.made_by} Tension, in steps of {BIN_WIDTH} marks: the hostility that the two remember of each other."
    if shown and shown[0].record is not None:
        note += " What really happened: by the record's dated acts, replayed or not."
    if shown and hidden:
        note += f" Not shown: {len(hidden)} {'pair' if len(hidden) == 1 else 'pairs'} whose tension is never {100 * STILL:.0f} % of the highest here."
    return fan(
        shown, replay_until=folder.replay_until, marks=folder.marks, labels=folder.labels, title=_tension_finding(folder, shown), note=note
    )  # fmt: skip


def _fans(folder: RunFolder) -> tuple[list[Fan], list[Fan]]:
    """Return the fans of all pairs, the tensest first: those that are shown, and those that are next to still."""
    compiled, record = folder.compiled, recorded_tension(folder.compiled)
    is_few = folder.runs < FEW
    quantiles = {} if is_few else folder.quantiles()
    needed = range(folder.runs) if is_few else range(1 if record is None else 0)
    runs = [_play(folder, number)[1] for number in needed]
    fans = [
        Fan(
            pair, folder.days, {share: values[:, index] for share, values in quantiles.items()},
            one_run=None if is_few or not runs else runs[0][:, index],
            record=None if record is None else record[:, index],
            runs=[tension[:, index] for tension in runs] if is_few else (),
        )
        for index, pair in enumerate(compiled.pairs)
    ]  # fmt: skip
    fans.sort(key=lambda pair_fan: (-pair_fan.highest, pair_fan.pair))
    least = STILL * max((pair_fan.highest for pair_fan in fans), default=0.0)
    shown = [pair_fan for pair_fan in fans if pair_fan.highest > least]
    return shown, [pair_fan for pair_fan in fans if pair_fan.highest <= least]


def _tension_finding(folder: RunFolder, fans: Sequence[Fan]) -> str:
    """Say for which pair runs and record are farthest apart; without a record or with few runs, how high tension goes."""
    if not fans:
        return "There is no tension between anybody, in any run"
    free = np.array([day > folder.replay_until for day in folder.days])
    first = fans[0]
    name = " – ".join(folder.labels[actor] for actor in first.pair)
    if first.runs:
        peaks = [float(np.max(np.where(free, line, 0.0))) for line in first.runs]
        runs = f"{_span(peaks)} marks in {len(peaks)} runs" if len(peaks) > 1 else f"{peaks[0]:.1f} marks in one run"
        truth = "" if first.record is None else f", {float(np.nanmax(np.where(free, first.record, 0.0))):.1f} in fact"
        return f"{name}: tension peaks after the replay at {runs}{truth}"
    if first.record is None or not np.isfinite(np.asarray(first.record)[free]).any():
        low, middle, high = (float(np.asarray(first.quantiles[share])[-1]) for share in (0.05, 0.5, 0.95))
        return f"{name}: on {spelled(folder.end)} a tension of {middle:.1f} marks in the median run (90 % of runs: {low:.1f} to {high:.1f})"
    away = {pair_fan.pair: _outside(pair_fan, free) for pair_fan in fans}
    pair = max(away, key=lambda key: away[key])
    name = " – ".join(folder.labels[actor] for actor in pair)
    return f"{name}: what happened lies outside the middle 90 % of runs on {percent(away[pair])} of days after the replay; 10 % would be expected"


def _span(values: Sequence[float]) -> str:
    """Write the least and the largest value, once if they look the same."""
    return " to ".join(dict.fromkeys(f"{value:.1f}" for value in (min(values), max(values))))


def _outside(pair_fan: Fan, free: np.ndarray) -> float:
    """Return the share of the free days that the record reaches on which it lies outside the middle 90 % of runs."""
    assert pair_fan.record is not None
    record = np.asarray(pair_fan.record)
    low, high = (np.asarray(pair_fan.quantiles[share]) for share in (0.05, 0.95))
    known = free & np.isfinite(record)
    is_out = (record > high + BIN_WIDTH) | (record < low - BIN_WIDTH)
    return float(is_out[known].mean())


def _play(folder: RunFolder, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Play a run again: its acts, int32 (acts, 3), and its tension, float64 (days, pairs), marks."""
    _, acts_by_day, tension = next(play_runs(folder.numbers_of(number), folder.seed, range(number, number + 1)))
    if number < folder.kept_whole:
        folder.same_rules(number, acts_by_day)
    day, action = acts_by_day.nonzero()
    return np.column_stack([np.full(len(day), number), day, action]), tension.copy()


if __name__ == "__main__":
    from sim.figures.plot import script

    script("run_figures", __doc__)
