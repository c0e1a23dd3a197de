"""A scenario whose whole record is replayed, to learn from; and what was learned, as a section of a scenario."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from sim.rules import arrays as t
from sim.scenario.compile import Compiled
from sim.scenario.learned import Learned, LearnedAction, LearnedBase
from sim.scenario.load import Loaded
from sim.scenario.record import days_of, placed
from sim.scenario.schedule import Ordered


def whole_record(loaded: Loaded, until: date) -> Loaded | None:
    """Return the scenario with every act of its record that has a day replayed, from the record's first day to a day.

    An act that the record has twice on one day is one act. None if no row has a day by then.
    """
    scenario = loaded.scenario
    if scenario.record is None:
        return None
    acts: dict[tuple[date, str], Ordered] = {}
    for row in loaded.rows_inside:
        day = placed(row, scenario.record.month_only)
        if day is not None and day <= until:
            acts.setdefault(
                (day, row.name), Ordered(day, row.name, "force", row.place, row.source, row.note, replayed=True)
            )
    days = [day for day in days_of(loaded.rows, scenario.record) if day <= until]
    if not days:
        return None
    first = min(days)  # of all rows: those outside the scenario say that the time was looked at
    clock = scenario.clock.model_copy(update={"start": first, "replay_until": until, "end": until})
    return replace(
        loaded, scenario=scenario.model_copy(update={"clock": clock}), ordered=[acts[key] for key in sorted(acts)]
    )


def learned_section(compiled: Compiled) -> Learned | None:
    """Return what the record has taught, as a section of a scenario; None if there is nothing to learn from."""
    teaching, scenario = compiled.teaching, compiled.loaded.scenario
    if teaching is None or (scenario.record is None and scenario.learned is None):
        return None
    bases: dict[str, Any] = {}
    for code, (actor, target, tone) in learned_channels(compiled):
        if np.isfinite(teaching.days[code]):
            bases.setdefault(actor, {}).setdefault(target, {})[tone] = LearnedBase(
                shape=float(teaching.shape[code]),
                days=float(teaching.days[code]),
                acts=int(teaching.acts[code]),
                days_seen=int(teaching.open_days[code]),
            )
    mix: dict[str, dict[str, LearnedAction]] = {}
    for act, counted, chances in zip(compiled.acts, teaching.counted, teaching.chances, strict=True):
        if counted > 0.0 or chances > 0.0:
            mix.setdefault(act.actor, {})[act.action] = LearnedAction(acts=int(counted), chances=float(chances))
    return Learned(until=compiled.loaded.scenario.clock.replay_until, bases=bases, mix=mix)


def learned_channels(compiled: Compiled) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Yield the code and the key of each channel whose base is learned."""
    for code, key in enumerate(compiled.channels):
        if compiled.tables.learns[code]:
            yield code, key


def teaching_of(learned: Learned, compiled: Compiled) -> t.Teaching:
    """Return what a section of the scenario says that the record has taught; a base that it does not name is its prior's."""
    teaching = unlearned(compiled)
    for code, (actor, target, tone) in learned_channels(compiled):
        base = learned.bases.get(actor, {}).get(target, {}).get(tone)  # type: ignore[call-overload]
        if base is not None:
            teaching.shape[code], teaching.days[code] = base.shape, base.days
            teaching.acts[code], teaching.open_days[code] = base.acts, base.days_seen
    for code, act in enumerate(compiled.acts):
        known = learned.mix.get(act.actor, {}).get(act.action)
        if known is not None:
            teaching.counted[code], teaching.chances[code] = known.acts, known.chances
    return teaching


def unlearned(compiled: Compiled) -> t.Teaching:
    """Return what is believed of the bases and mixes of a scenario before any record."""
    tables = compiled.tables
    channels, learns = len(tables.channels), tables.learns.astype(bool)
    return t.Teaching(
        shape=np.where(learns, tables.prior[:, t.SHAPE], 0.0),
        days=np.where(learns, tables.prior[:, t.DAYS], 1.0),
        acts=np.zeros(channels, np.int64),
        open_days=np.zeros(channels, np.int64),
        counted=np.zeros(len(tables.actions)),
        chances=np.zeros(len(tables.actions)),
        from_case=np.zeros(channels, np.uint8),
    )
