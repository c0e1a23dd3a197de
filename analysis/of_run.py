"""The two figures of an ensemble: its first run beside the record, and the fan of tension."""

from datetime import date
from pathlib import Path

from matplotlib.figure import Figure

from analysis.fan import Fan, fan
from analysis.lanes import LaneAct, lanes
from analysis.style import save
from sim.results.daily import BIN_WIDTH
from sim.results.ensemble import Results

INTERVALS = "Bands hold 50 % and 90 % of the runs: chance only, parameters fixed."


def draw(results: Results, folder: Path) -> None:
    """Save both figures of an ensemble."""
    save(acts_figure(results), folder / "acts.png")
    save(tension_figure(results), folder / "tension.png")


def acts_figure(results: Results) -> Figure:
    """The acts of run 0 and of the record, on a dated lane per dyad."""
    compiled = results.compiled
    clock = compiled.loaded.scenario.clock
    by_name = {act.name: act for act in compiled.acts}
    run = [(compiled.date(day), compiled.acts[action].name) for _, day, action in results.first_acts]
    record = [
        (row.day, row.name)
        for row in compiled.loaded.kept
        if row.day is not None and clock.start <= row.day <= clock.end
    ]

    replayed = sum(order.replayed for order in compiled.loaded.ordered)

    def placed(day: date, name: str) -> LaneAct:
        act = by_name[name]
        return LaneAct(day, act.actor, act.target, act.action, act.entry.rung, act.tone)

    return lanes(
        [placed(*one) for one in run],
        [placed(*one) for one in record],
        start=clock.start,
        end=clock.end,
        replay_until=clock.replay_until,
        marks=_marks(results),
        labels=_labels(results),
        title=f"{compiled.loaded.scenario.name}: one run's acts beside what happened",
        note=f"Run 0, seed {results.seed}: one of {results.runs:,}, not a forecast. Of the record's acts up to {clock.replay_until}, {replayed} "
        f"of {sum(day <= clock.replay_until for day, _ in record)} are replayed. Those dated by month only are not shown.",
    )


def tension_figure(results: Results) -> Figure:
    """The fan of tension of each pair."""
    compiled = results.compiled
    clock = compiled.loaded.scenario.clock
    days = [compiled.date(day) for day in range(compiled.days)]
    quantiles = results.totals.daily.quantiles()
    fans = [
        Fan(
            pair,
            days,
            {share: values[:, index].tolist() for share, values in quantiles.items()},
            results.first_tension[:, index].tolist(),
        )
        for index, pair in enumerate(compiled.pairs)
    ]
    return fan(
        fans,
        replay_until=clock.replay_until,
        marks=_marks(results),
        labels=_labels(results),
        title=f"{compiled.loaded.scenario.name}: tension of each pair, day by day",
        note=f"{results.runs:,} runs, seed {results.seed}; tension in steps of {BIN_WIDTH} marks. {INTERVALS}",
    )


def _marks(results: Results) -> dict[str, date]:
    return {named.label: named.date for named in results.compiled.loaded.scenario.dates.values()}


def _labels(results: Results) -> dict[str, str]:
    return {name: actor.label for name, actor in results.compiled.loaded.scenario.actors.items()}
