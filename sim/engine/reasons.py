"""Why an actor did, or did not do, one thing on one day: every term of the hazard, by name."""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.rules import arrays as t
from sim.rules.luck import drawn
from sim.scenario.compile import Compiled


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision. Rates are acts per day; drives are log-hazard terms by name; `luck` decides on free days only."""

    day: date
    act: str
    done: bool
    ordered: str  # "", "force" or "withhold"
    available: bool
    base: float
    base_drives: dict[str, float]
    answer: float
    channel_drives: dict[str, float]
    own: float
    own_drives: dict[str, float]
    intensity: float
    share: float
    action_drives: dict[str, float]
    hazard: float
    luck: float

    @property
    def probability(self) -> float:
        """Chance of the act on that day, had it been free."""
        return -math.expm1(-self.hazard)


@np.errstate(over="ignore")  # hashes wrap round on purpose; only seen without the compiler
def explain(compiled: Compiled, action: int, day: int, seed: int, run: int, kept: t.Reasons, done: bool) -> Reason:
    """The reason behind one action on one day, from the terms that the rules left in `kept`."""
    tables = compiled.tables
    channel = int(tables.actions[action, t.CHANNEL])
    of_channel, of_action = kept.channels[channel], kept.actions[action]
    by_stage: dict[int, dict[str, float]] = {stage: {} for stage in range(len(t.STAGES))}
    for drives, terms in (
        (tables.channel_drives[channel], kept.channel_drives[channel]),
        (tables.action_drives[action], kept.action_drives[action]),
    ):
        for drive, term in zip(drives, terms, strict=True):
            if drive >= 0:
                by_stage[int(tables.drives[drive, t.STAGE])][compiled.drives[drive]] = float(term)
    order = {t.FORCED: "force", t.WITHHELD: "withhold"}.get(int(tables.schedule[day, action]), "")
    ordinal = int(tables.clock[day, t.ORDINAL])
    return Reason(
        day=compiled.date(day),
        act=compiled.acts[action].name,
        done=done,
        ordered=order,
        available=bool(of_action[t.AVAILABLE]),
        base=float(of_channel[t.BASE_RATE]),
        base_drives=by_stage[t.BASE],
        answer=float(of_channel[t.ANSWER]),
        channel_drives=by_stage[t.WHOLE],
        own=float(of_channel[t.OWN]),
        own_drives=by_stage[t.CAMPAIGN],
        intensity=float(of_channel[t.INTENSITY]),
        share=float(of_action[t.SHARE]),
        action_drives=by_stage[t.SINGLE],
        hazard=float(of_action[t.HAZARD]),
        luck=float(drawn(seed, run, ordinal, t.ACT, tables.action_address[action])),
    )
