"""What a scenario file may say: one class a kind of entry, every key with its meaning.

Types are strict and unknown keys are errors. There are no unions: a number may be written bare, as an
entry, or as the name of a parameter, and all three are read as a `Quantity`.
"""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from sim.scenario.entries import Entry, Quantity
from sim.scenario.fields import (
    DIVISOR,
    READ,
    STATES,
    ActorName,
    ClassName,
    DateName,
    FactName,
    Name,
    Names,
    PairKind,
    Role,
    RungNumber,
    Text,
    Tone,
    number,
)
from sim.scenario.learned import Learned
from sim.scenario.what_if import Selection, WhatIf


class Clock(Entry):
    """The days of a run: replayed from `start` to `replay_until`, both included, then free to `end`."""

    start: dt.date
    replay_until: dt.date
    end: dt.date


class NamedDate(Entry):
    """A date that drives, outcomes and figures refer to by its name; a bare date sets that of the entry it is laid over."""

    date: dt.date
    label: Text
    source: Text = Field("as the scenario gives it", description="where the date comes from")


class Rulebook(Entry):
    """The numbers of rules that hold for everyone."""

    average_mark: Annotated[Quantity, DIVISOR] = number("marks", "the mark of an average act, the yardstick of answers")
    rarity: Quantity = number("per Goldstein point", "severe acts are rarer")
    rarity_from: Quantity = number("Goldstein points", "the weight from which rarity counts")
    cooperation_heals: Quantity = number("share", "of a cooperative mark taken off remembered hostility")
    threat_opens: Quantity = number("count", "open threats that a threat adds")
    demand_opens: Quantity = number("count", "open threats that a demand adds")
    imposition_leaves: Quantity = number("share", "of open threats that an imposition leaves open")
    misperception_sd: Quantity = number("ratio", "log standard deviation of perceived marks")
    misperception_bias: Quantity = number("log-hazard", "log of the mean factor on perceived marks")


class Actor(Entry):
    """A unitary actor and how it answers."""

    label: Text
    strategy: str = Field(description="one of `escalate list strategies`")
    society_of: ActorName | None = Field(
        None, description="the state whose society, or part of it, this actor is; a state if it is not given"
    )
    forgiveness: Quantity = number("share", "of hostile acts that generous_tit_for_tat lets pass")
    commitment_half_life_days: Quantity = number("days", "memory of threats and support")

    @model_validator(mode="before")
    @classmethod
    def _one_strategy(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("strategy"), dict | list):
            raise ValueError(
                "gives several strategies, or dates; an actor keeps one strategy, so compare two scenarios"
            )
        return value


class Pair(Entry):
    """What actors of one kind of ordered pair have in common: how the first answers the second, and how often it acts."""

    reciprocity: Quantity = number("acts per act", "answers drawn by one average act of the other")
    memory_half_life_days: Quantity = number("days", "memory of the other's acts")
    momentum: Quantity = number("acts per act", "own acts drawn by one average act of one's own")
    momentum_half_life_days: Quantity = number("days", "memory of one's own acts")
    base_shape: Quantity = number("acts", "shape of the gamma distribution that a base has before the record")
    base_mean: Quantity = number("acts per day", "its mean, of a hostile channel; both are read on the first day")
    generosity: Quantity = number("ratio", "cooperative and neutral acts per hostile act, unprovoked")
    mix_weight: Quantity = number("acts", "how many acts of the record weigh as much as commonness and rarity do")


class Condition(Entry):
    """One test of a fact or of what the actor remembers of the target; or `any` of several."""

    quantity: Annotated[str, Names("facts", STATES)] | None = Field(
        None, description="a fact, or threats_open, hostility, goodwill (toward the target)"
    )
    at_least: Quantity | None = None
    at_most: Quantity | None = None
    days_since: Quantity | None = Field(None, description="so many days since the fact last rose; it has risen")
    any: "list[Condition] | None" = Field(None, description="one of these must hold; one level only")

    @model_validator(mode="before")
    @classmethod
    def _no_date(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("quantity") == "date":
            raise ValueError(
                "asks for a date, and requirements are about facts and memories; "
                "an act is kept away until a day by an entry of acts (do: withhold, until)"
            )
        return value

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        tests = sum(test is not None for test in (self.at_least, self.at_most, self.days_since))
        if self.any is not None:
            if self.quantity is not None or tests:
                raise ValueError("gives `any` beside a test of its own")
            if not self.any or any(inner.any is not None for inner in self.any):
                raise ValueError("`any` holds one level of one or more tests")
        elif self.quantity is None or tests != 1:
            raise ValueError("needs a quantity and one of at_least, at_most, days_since")
        return self


class Addition(Entry):
    """What an act adds to a third party's memory, beside its mark."""

    to: Literal["hostility", "goodwill", "threats", "support"]
    holder: ActorName = Field(description="whose memory or commitment grows")
    about: ActorName = Field(description="toward whom")
    amount: Quantity = Field(description="marks, or open threats")


class Action(Entry):
    """Something one actor can do to one target."""

    target: ActorName = Field(description="one actor; an action toward two is two actions")
    meaning: Text
    rung: Annotated[int, Field(ge=0)] = Field(description="one of `rungs`, by its number")
    cameo: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,4}$")] | None = Field(
        None, description="CAMEO code, in quotes; its weight is in `scale`"
    )
    goldstein: Annotated[float, Field(ge=-10, le=10)] | None = Field(
        None, description="a weight of its own, in place of the scale's"
    )
    salience: Quantity | None = number("ratio", "multiplies the weight; 1 if not given", default=None)
    commonness: Quantity | None = number(
        "ratio", "how often it is chosen within its channel; 1 if not given", default=None
    )
    role: Role = "none"
    requires: list[Condition] = []
    raises: dict[FactName, Annotated[int, Field(ge=1, le=100)]] = {}
    lowers: dict[FactName, Annotated[int, Field(ge=1, le=100)]] = {}
    lowers_first: list[FactName] = Field([], description="of these facts, the first that holds is lowered by one")
    adds: list[Addition] = []
    source: Text | None = None


class Memory(Entry):
    """A memory that a channel answers."""

    memory: Literal["hostility", "goodwill"]
    of: ActorName
    share: Quantity | None = number("ratio", "of these acts that counts; 1 if not given", default=None)


class Channel(Entry):
    """All of one actor's actions toward one target with one tone, where it differs from others of its kind of pair."""

    base: Quantity | None = number("acts per day", "unprovoked; learned from the record if not given", default=None)
    generosity: Quantity | None = number(
        "ratio", "to the hostile base; that of the kind of pair if not given", default=None
    )
    base_times: Quantity | None = number(
        "ratio", "what if? multiplies the base on free days; 1 if not given", default=None
    )
    reciprocity: Quantity | None = number("acts per act", "that of the kind of pair if not given", default=None)
    memory_half_life_days: Quantity | None = number("days", "that of the kind of pair if not given", default=None)
    momentum: Quantity | None = number("acts per act", "that of the kind of pair if not given", default=None)
    momentum_half_life_days: Quantity | None = number("days", "that of the kind of pair if not given", default=None)
    answers_to: list[Memory] | None = Field(
        None, description="by default hostility or goodwill remembered of the target; nothing if neutral"
    )

    @model_validator(mode="after")
    def _one_rate(self) -> "Channel":
        if self.base is not None and self.generosity is not None:
            raise ValueError("gives both base and generosity")
        return self


NO_ENTRY = Channel()


class Fact(Entry):
    """Something that is so, counted."""

    meaning: Text
    of: ActorName | None = Field(
        None, description="the actor that it is about; in a kind a role, and then each player has a fact of its own"
    )
    at_start: Annotated[int, Field(ge=0, description="how many hold on the first day, of the clock or the record")] = 0


class Sympathy(Entry):
    """A share of what one actor does to another is felt by a third as done to itself (Goldstein & Pevehouse 1997)."""

    actor: ActorName = Field(description="who feels")
    feels_for: ActorName
    against: ActorName = Field(description="whose acts are felt")
    share: Quantity = number("share", "share of what is done that is felt")


class Patron(Entry):
    """A patron stands behind a client; several patrons of one client share its standing backing, and their support adds up."""

    patron: ActorName
    client: ActorName
    standing: Quantity = number("share", "standing backing")


class Measure(Entry):
    """How much a fact weighs on whom it is aimed at."""

    weight: Quantity = number("ratio", "what one of it adds to the pressure")
    cap: Quantity = number("count", "more than this weighs no more")


class Pressure(Entry):
    """What presses on an actor: measures in force, and open threats."""

    measures: dict[FactName, Measure]
    threats_from: list[ActorName]
    threat_weight: Quantity = number("ratio", "per open threat")


class Loss(Entry):
    """What a fact takes from an actor's strength."""

    share: Quantity = number("share", "of strength lost at most")
    full_at: Annotated[Quantity, DIVISOR] = number("count", "at which all of it is lost")


class Drive(Entry):
    """A named term of the log-hazard; `escalate list drives` says which keys each needs."""

    drive: str = Field(description="one of `escalate list drives`")
    actor: ActorName = Field(description="whose hazards it moves")
    toward: list[ActorName] | None = Field(None, description="only toward these targets")
    tone: Tone | None = Field(None, description="only this tone")
    role: Role | None = Field(None, description="only actions of this role (drives on actions)")
    weight: Quantity
    constant: Annotated[Quantity | None, READ] = Field(None, description="the drive's second number")
    signal: Annotated[Quantity | None, READ] = number("share", "the dated series that it reads", default=None)
    deadline: Annotated[DateName | None, READ] = Field(None, description="one of `dates`")
    horizon_days: Annotated[Quantity | None, READ] = number("days", "how early the deadline is felt", default=None)
    rival: Annotated[ActorName | None, READ] = Field(None, description="whose strength it reads")
    client: Annotated[ActorName | None, READ] = Field(None, description="whose standing backing it reads")
    fact: Annotated[FactName | None, READ] = None
    meaning: Text | None = None


class Record(Entry):
    """The dated, sourced acts of the case, and which of them are replayed."""

    file: Text = Field(description="a CSV file beside the scenario (docs: sim/scenario/record.py)")
    case: Text | None = Field(None, description="a scenario beside this one, under whose numbers the bases are learned")
    replay: Literal["marked", "all", "none"] = Field(
        description="rows marked `seed`, all, or none, up to clock.replay_until"
    )
    month_only: Literal["leave_out", "first", "middle", "last"] = Field(
        description="the day given to acts dated by month only"
    )
    outside_actors: dict[Name, Text] = Field({}, description="actors whose rows are outside this scenario, and why")


class Outcome(Entry):
    """A question asked of every run's record; `escalate list metrics` says which keys each metric needs."""

    metric: str = Field(description="one of `escalate list metrics`")
    meaning: Text
    acts: Annotated[Selection | None, READ] = None
    others: Annotated[Selection | None, READ] = None
    fact: Annotated[FactName | None, READ] = Field(None, description="a fact, asked in the morning of `until`")
    each: Literal["action", "dyad", "pair"] | None = Field(
        None, description="one outcome for each action, ordered or unordered pair"
    )
    pair: Annotated[list[ActorName] | None, READ] = Field(None, min_length=2, max_length=2)
    since: Annotated[str, Names("dates", ("start", "free"))] = Field(
        "free", description="start, free (the first day not replayed) or one of `dates`"
    )
    until: Annotated[str, Names("dates", ("end",))] = Field("end", description="one of `dates` (not included) or end")
    before: Annotated[DateName | None, READ] = None
    share: Annotated[Annotated[float, Field(gt=0, le=1)] | None, READ] = None
    days: Annotated[Annotated[int, Field(ge=1)] | None, READ] = None
    at_least: Annotated[Annotated[int, Field(ge=1)] | None, READ] = None
    classes: Annotated[dict[Name, ClassName] | None, READ] = Field(
        None,
        description="what each class that the metric tells apart is called; `escalate list metrics` has their keys",
    )
    headline: bool = Field(False, description="whether the short table shows it")

    @model_validator(mode="before")
    @classmethod
    def _one_pair(cls, value: Any) -> Any:
        pair = value.get("pair") if isinstance(value, dict) else None
        if isinstance(pair, list) and any(isinstance(side, list) for side in pair):
            raise ValueError("asks of several pairs; each: pair asks of every pair, and an outcome of one is of one")
        return value


class Scenario(Entry):
    """A complete scenario."""

    name: Text
    description: Text = Field(description="the question that it asks")
    caveats: list[Text] = Field([], description="caveats to show with every result")
    clock: Clock
    dates: dict[Name, NamedDate] = {}
    scale: dict[Annotated[str, StringConstraints(pattern=r"^[0-9]{2,4}$")], Annotated[float, Field(ge=-10, le=10)]] = (
        Field({}, description="Goldstein weight of each CAMEO code")
    )
    roles: dict[Name, list[ActorName]] | None = Field(
        None, description="who plays each role of the kind that the scenario extends; a kind declares its roles here"
    )
    rungs: dict[RungNumber, Text] = Field(
        description="the name of each rung of the ladder, by its number, from 0 up; parts/scale.yaml has a ladder"
    )
    rules: Rulebook
    parameters: dict[Name, Quantity]
    actors: dict[Name, Actor]
    facts: dict[Name, Fact] = {}
    actions: dict[ActorName, dict[Name, Action]]
    pairs: dict[PairKind, Pair] = Field(description="numbers by kind of ordered pair of actors")
    channels: dict[ActorName, dict[ActorName, dict[Tone, Channel]]] = {}
    sympathies: dict[Name, Sympathy] = {}
    patrons: dict[Name, Patron] = {}
    pressures: dict[ActorName, Pressure] = {}
    strengths: dict[ActorName, dict[FactName, Loss]] = {}
    drives: dict[Name, Drive] = {}
    record: Record | None = None
    learned: Learned | None = None
    acts: dict[Name, WhatIf] = {}
    outcomes: dict[Name, Outcome] = {}
    allow_explosive: bool = Field(False, description="run even if each act draws one or more further acts, without end")

    @property
    def ladder(self) -> list[str]:
        """Return the names of the rungs, from 0 up."""
        return [self.rungs[str(number)] for number in range(len(self.rungs))]

    def channel(self, key: tuple[str, str, str]) -> Channel:
        """Return the entry of one channel, by actor, target and tone; an empty one where none is written."""
        actor, target, tone = key
        return self.channels.get(actor, {}).get(target, {}).get(tone, NO_ENTRY)  # type: ignore[call-overload]

    def pair_kind(self, actor: str, target: str) -> PairKind:
        """Return the kind of an ordered pair; whoever is not a society and its own state counts as two states."""
        if self.actors[actor].society_of == target:
            return "society_to_state"
        return "state_to_society" if self.actors[target].society_of == actor else "state_to_state"

    def pair(self, actor: str, target: str) -> Pair:
        """Return the numbers of the kind of an ordered pair."""
        return self.pairs[self.pair_kind(actor, target)]
