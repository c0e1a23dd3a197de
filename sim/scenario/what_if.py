"""What a scenario file may say of acts: which are meant, and which happen or do not whatever luck says."""

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from sim.scenario.entries import Entry
from sim.scenario.fields import ActionName, ActorName, Role, Text, Tone


class Selection(Entry):
    """Actions, by name or by what they have in common."""

    actions: list[ActionName] | None = None
    actor: ActorName | None = None
    target: ActorName | None = None
    role: Role | None = None
    tone: Tone | None = None


class WhatIf(Entry):
    """An act that happens on a date, or that does not; or several that do not, by what they have in common."""

    act: ActionName | None = Field(None, description="actor.action")
    acts: Selection | None = Field(None, description="those that are withheld, in place of act")
    date: dt.date = Field(description="a date, or days from start, free, end or one of `dates`: vote - 30 days")
    until: dt.date | None = Field(None, description="last day, if it is withheld for longer; as date")
    do: Literal["force", "withhold"]
    source: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _one_or_many(self) -> "WhatIf":
        if (self.act is None) == (self.acts is None):
            raise ValueError("needs one of act and acts")
        if self.acts is not None and self.do == "force":
            raise ValueError("forces acts by what they have in common, and one that is forced has a name: act")
        return self
