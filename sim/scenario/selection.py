"""Actions by name, tone, channel: what a scenario's entries select."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario.schema import Action, Drive, Scenario, Selection


@dataclass(frozen=True, slots=True)
class NamedAction:
    """An action under its full name, with the weight that the scenario gives it."""

    name: str  # actor.action
    actor: str
    action: str
    goldstein: float
    entry: Action

    @property
    def target(self) -> str:
        """Return the actor that it is aimed at."""
        return self.entry.target

    @property
    def tone(self) -> str:
        """Return hostile, cooperative or neutral, as its weight says."""
        return "hostile" if self.goldstein < 0 else "cooperative" if self.goldstein > 0 else "neutral"

    @property
    def channel(self) -> tuple[str, str, str]:
        """Return actor, target and tone."""
        return (self.actor, self.target, self.tone)


def weight_of(action: Action, scale: dict[str, float]) -> float | None:
    """Return an action's Goldstein weight: its own, or its code's; None without either."""
    if action.goldstein is not None:
        return action.goldstein
    return scale.get(action.cameo) if action.cameo is not None else None


def acts_of(scenario: Scenario) -> list[NamedAction]:
    """Return all actions that have a weight, in the order of their names."""
    acts = []
    for actor, actions in (scenario.actions or {}).items():
        for name, action in actions.items():
            weight = weight_of(action, scenario.scale or {})
            if weight is not None:
                acts.append(NamedAction(f"{actor}.{name}", actor, name, weight, action))
    return sorted(acts, key=lambda act: act.name)


def selected(acts: list[NamedAction], selection: Selection) -> list[NamedAction]:
    """Return the actions that fit every part of a selection."""
    return [act for act in acts if _fits(act, selection)]


def _fits(act: NamedAction, selection: Selection) -> bool:
    return (
        (selection.actions is None or act.name in selection.actions)
        and selection.actor in (None, act.actor)
        and selection.target in (None, act.target)
        and selection.role in (None, act.entry.role)
        and selection.tone in (None, act.tone)
    )


def moved(acts: list[NamedAction], drive: Drive) -> list[NamedAction]:
    """Return the actions that a drive moves, or whose channels it moves."""
    return [
        act
        for act in acts
        if act.actor == drive.actor
        and (drive.toward is None or act.target in drive.toward)
        and drive.tone in (None, act.tone)
        and drive.role in (None, act.entry.role)
    ]


def channels_of(acts: list[NamedAction]) -> list[tuple[str, str, str]]:
    """Return (actor, target, tone) of every channel, in the order of names."""
    return sorted({act.channel for act in acts})


def pairs_of(scenario: Scenario, acts: list[NamedAction]) -> list[tuple[str, str]]:
    """Return the unordered pairs between which hostility can be remembered, by name."""
    pairs = {frozenset((act.actor, act.target)) for act in acts if act.tone == "hostile"}
    for sympathy in (scenario.sympathies or {}).values():
        pairs.add(frozenset((sympathy.actor, sympathy.against)))
    for act in acts:
        for addition in act.entry.adds:
            if addition.to == "hostility":
                pairs.add(frozenset((addition.holder, addition.about)))
    return sorted(_in_order(pair) for pair in pairs if len(pair) == 2)


def _in_order(pair: frozenset[str]) -> tuple[str, str]:
    first, second = sorted(pair)
    return first, second


def dyads_of(acts: list[NamedAction]) -> Iterator[tuple[str, str]]:
    """Return the ordered pairs with a hostile channel, in the order of names."""
    yield from sorted({(act.actor, act.target) for act in acts if act.tone == "hostile"})
