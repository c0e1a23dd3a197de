"""Cross-checks of who is who: every name that an entry uses is declared, and parties that must differ do."""

from collections.abc import Iterator
from typing import Any

from sim.rules.registry import STRATEGIES
from sim.scenario.problems import Problem, listed
from sim.scenario.quantities import HOLDERS, Path
from sim.scenario.schema import Entry
from sim.scenario.sound import Sound, check

import sim.rules.strategies  # noqa: F401 isort: skip  (fills the registry)

ACTOR_KEYS = (
    "actor",
    "target",
    "holder",
    "about",
    "feels_for",
    "against",
    "patron",
    "client",
    "rival",
    "of",
    "toward",
    "threats_from",
    "pair",
)
FACT_KEYS = ("fact", "raises", "lowers", "lowers_first", "measures")
NAMED = (
    dict.fromkeys(ACTOR_KEYS, "actors") | dict.fromkeys(FACT_KEYS, "facts") | {"deadline": "dates", "before": "dates"}
)


@check()
def names_are_declared(sound: Sound) -> Iterator[Problem]:
    """Every actor, fact and date that an entry names exists."""
    for section in ("actions", "channels", "sympathies", "patrons", "pressures", "drives", "outcomes"):
        for path, wanted, name in _named_within(getattr(sound.scenario, section), (section,)):
            if not sound.declares(wanted, name):
                yield sound.unknown(path, wanted[:-1], name, sound.names(wanted))


def _named_within(value: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    """(where, section, name) of every name under a key that names something."""
    if isinstance(value, Entry):
        for key in type(value).model_fields:
            inner = getattr(value, key)
            if key in NAMED and inner is not None:
                yield from (((*path, *where), NAMED[key], name) for where, name in _given(key, inner))
            elif isinstance(inner, HOLDERS):
                yield from _named_within(inner, (*path, key))
    elif isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inner, HOLDERS):
                yield from _named_within(inner, (*path, step))


def _given(key: str, value: str | list[str] | dict[str, Any]) -> list[tuple[Path, str]]:
    if isinstance(value, str):
        return [((key,), value)]
    if isinstance(value, list):
        return [((key, index), name) for index, name in enumerate(value)]
    return [((key, name), name) for name in value]


@check()
def sections_belong_to_actors(sound: Sound) -> Iterator[Problem]:
    """Actions, channels, pressures and strengths stand under the names of actors, and of the facts that they read."""
    scenario = sound.scenario
    keys: list[tuple[Path, str]] = []
    for section in ("actions", "channels", "pressures", "strengths"):
        keys += [((section, actor), "actors") for actor in getattr(scenario, section) or {}]
    keys += [
        (("channels", actor, target), "actors")
        for actor, targets in (scenario.channels or {}).items()
        for target in targets
    ]
    keys += [
        (("strengths", actor, fact), "facts") for actor, losses in (scenario.strengths or {}).items() for fact in losses
    ]
    for path, wanted in keys:
        if not sound.declares(wanted, str(path[-1])):
            yield sound.unknown(path, wanted[:-1], str(path[-1]), sound.names(wanted))


@check("actors")
def strategies_exist(sound: Sound) -> Iterator[Problem]:
    for name, actor in sound.scenario.actors.items():
        if actor.strategy not in STRATEGIES:
            yield sound.unknown(("actors", name, "strategy"), "strategy", actor.strategy, list(STRATEGIES))


@check("actions")
def targets_are_others(sound: Sound) -> Iterator[Problem]:
    for actor, actions in sound.scenario.actions.items():
        for name, action in actions.items():
            if action.target == actor:
                others = [other for other in sound.names("actors") if other != actor]
                yield sound.problem(("actions", actor, name, "target"), "an actor cannot target itself", listed(others))


@check("actions")
def additions_are_about_others(sound: Sound) -> Iterator[Problem]:
    for actor, actions in sound.scenario.actions.items():
        for name, action in actions.items():
            for index, addition in enumerate(action.adds):
                if addition.holder == addition.about:
                    path = ("actions", actor, name, "adds", index, "about")
                    yield sound.problem(path, "holder and about are the same actor", "two actors")


@check("sympathies")
def sympathies_are_of_three(sound: Sound) -> Iterator[Problem]:
    """Who feels, for whom, against whom: what an actor does, or what is done to it, it need not feel for another."""
    for name, sympathy in sound.scenario.sympathies.items():
        if len({sympathy.actor, sympathy.feels_for, sympathy.against}) < 3:
            text = "actor, feels_for and against are not three different actors"
            yield sound.mismatch(("sympathies", name), text, "three actors")


@check("patrons")
def patrons_stand_behind_others(sound: Sound) -> Iterator[Problem]:
    for name, patron in sound.scenario.patrons.items():
        if patron.patron == patron.client:
            yield sound.problem(("patrons", name, "client"), "a patron cannot be its own client", "another actor")


@check("patrons")
def clients_have_one_patron(sound: Sound) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, patron in sound.scenario.patrons.items():
        if patron.client in first:
            text = f"{patron.client} has a patron already, in patrons.{first[patron.client]}"
            yield sound.problem(("patrons", name, "client"), text, "one patron a client")
        first.setdefault(patron.client, name)


@check("record")
def outside_actors_are_outside(sound: Sound) -> Iterator[Problem]:
    """Rows of an actor that the scenario has are never left out in silence."""
    for name in sound.scenario.record.outside_actors if sound.scenario.record else ():
        if name in sound.names("actors"):
            text = f"{name} is an actor of this scenario, and its rows would be left out"
            yield sound.problem(("record", "outside_actors", name), text, "null here, or no such actor")
