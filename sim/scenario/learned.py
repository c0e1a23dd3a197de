"""What a scenario file may say of what its record has taught: the section `learned` of a run folder's scenario."""

import datetime as dt

from pydantic import Field

from sim.scenario.entries import Entry
from sim.scenario.fields import ActorName, Name, Tone


class LearnedBase(Entry):
    """What the record has taught of a base: Gamma(shape, 1/days), in acts per day."""

    shape: float = Field(gt=0, description="acts that the base accounts for, and what was believed before")
    days: float = Field(
        gt=0, description="days, as far as the channel was open and driven, and what was believed before"
    )
    acts: int = Field(ge=0, description="acts of the channel in the record")
    days_seen: int = Field(ge=0, description="days of the record on which an action of the channel was available")


class LearnedAction(Entry):
    """What the record has taught of an action: how often it came, and how often it could have."""

    acts: int = Field(ge=0, description="acts of the record that its requirements allowed")
    chances: float = Field(ge=0, description="acts of its channel that could have been this one, weighed by its drives")


class Learned(Entry):
    """What the record has taught: written into the scenario of a run folder, so that nothing is learned anew there."""

    until: dt.date = Field(description="the last day of the record that was learned from")
    bases: dict[ActorName, dict[ActorName, dict[Tone, LearnedBase]]] = Field({})
    mix: dict[ActorName, dict[Name, LearnedAction]] = Field({})
