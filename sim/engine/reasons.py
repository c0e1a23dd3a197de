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
    """One decision. Rates are acts per day; drives are log-hazard terms by name; `luck` decides on free days only.

    campaign: the rate of the actor's own campaign, before `own_drives`. happened: whether the act was done.
    """

    day: date
    act: str
    happened: bool
    ordered: str  # "", "force" or "withhold"
    available: bool
    base: float
    base_drives: dict[str, float]
    answer: float
    channel_drives: dict[str, float]
    campaign: float
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
def explain(compiled: Compiled, action: int, day: int, seed: int, run: int, terms: t.Reasons, happened: bool) -> Reason:
    """Return the reason behind one action on one day.

    Parameters: action, day, codes; seed, run, whose luck it is; terms, as the rules left them; happened, whether the act
    was done.
    """
    tables = compiled.tables
    channel = int(tables.actions[action, t.CHANNEL])
    of_channel, of_action = terms.channels[channel], terms.actions[action]
    by_stage: dict[int, dict[str, float]] = {stage: {} for stage in range(len(t.STAGES))}
    for drives, values in (
        (tables.channel_drives[channel], terms.channel_drives[channel]),
        (tables.action_drives[action], terms.action_drives[action]),
    ):
        for drive, value in zip(drives, values, strict=True):
            if drive >= 0:
                by_stage[int(tables.drives[drive, t.STAGE])][compiled.drives[drive]] = float(value)
    order = {t.FORCED: "force", t.WITHHELD: "withhold"}.get(int(tables.schedule[day, action]), "")
    ordinal = int(tables.clock[day, t.ORDINAL])
    return Reason(
        day=compiled.date(day),
        act=compiled.acts[action].name,
        happened=happened,
        ordered=order,
        available=bool(of_action[t.AVAILABLE]),
        base=float(of_channel[t.BASE_RATE]),
        base_drives=by_stage[t.BASE],
        answer=float(of_channel[t.ANSWER]),
        channel_drives=by_stage[t.WHOLE],
        campaign=float(of_channel[t.OWN]),
        own_drives=by_stage[t.CAMPAIGN],
        intensity=float(of_channel[t.INTENSITY]),
        share=float(of_action[t.SHARE]),
        action_drives=by_stage[t.SINGLE],
        hazard=float(of_action[t.HAZARD]),
        luck=float(drawn(seed, run, ordinal, t.ACT, tables.action_address[action])),
    )
