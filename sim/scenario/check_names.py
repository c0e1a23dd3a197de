"""Cross-checks of who is who: every name that an entry uses is declared, and parties that must differ do."""

from collections.abc import Iterator

from sim.rules.registry import STRATEGIES
from sim.scenario.fields import STATES
from sim.scenario.naming import Use
from sim.scenario.problems import Problem, listed, nearest
from sim.scenario.slips import NO_SLIP, number_slip
from sim.scenario.sound import Sound, check, path_of
from sim.scenario.wording import QUANTITY

import sim.rules.strategies  # noqa: F401 isort: skip  (fills the registry)


@check()
def names_are_declared(sound: Sound) -> Iterator[Problem]:
    """Find names of actors, actions, facts, dates and parameters that are not declared.

    Where one name that nothing declares is used again and again, and the nearest that is declared is used nowhere,
    the declaration is the slip, and is reported alone.
    """
    for section, names in sound.undeclared.items():
        for name, uses in names.items():
            declared = sound.misdeclared(section, name)
            if declared:
                text = f"nothing names this {section[:-1]}, and {len(uses)} entries name one that is not declared"
                yield sound.problem(path_of(section, declared), text, "a name that is used", name)
            else:
                yield from (_undeclared(sound, use) for use in uses)


def _undeclared(sound: Sound, use: Use) -> Problem:
    """Build the problem of one undeclared name, or of the null that removed its declaration."""
    if (removed := sound.removed(path_of(use.section, use.name), use.path)) is not None:
        return removed
    path = use.path
    if use.section == "parameters" and sound.written(*path, "parameter"):
        path = (*path, "parameter")
    roles = sound.scenario.roles or {} if use.section == "actors" else {}
    names = list(dict.fromkeys([*sound.declared(use.section), *use.words, *roles]))
    if use.section == "actions":
        actor = use.name.partition(".")[0] + "."
        names = [name for name in names if name.startswith(actor)] or names
    why, meant = number_slip(use.name) if use.section == "parameters" else NO_SLIP
    if why:
        hints = f"{why}, write {meant}" if meant else why
        return sound.problem(path, f"found {use.name} (text): {hints}", QUANTITY, nearest(use.name, names))
    noun = "fact or state" if use.words == STATES else use.section[:-1]
    return sound.unknown(path, noun, use.name, names)


@check("actors")
def strategies_exist(sound: Sound) -> Iterator[Problem]:
    """Find strategies that are not registered."""
    for name, actor in sound.scenario.actors.items():
        if actor.strategy not in STRATEGIES:
            yield sound.unknown(("actors", name, "strategy"), "strategy", actor.strategy, list(STRATEGIES))


@check("actions")
def targets_are_others(sound: Sound) -> Iterator[Problem]:
    """Find actions of an actor on itself."""
    for actor, actions in sound.scenario.actions.items():
        for name, action in actions.items():
            if action.target == actor:
                others = [candidate for candidate in sound.names("actors") if candidate != actor]
                yield sound.problem(("actions", actor, name, "target"), "an actor cannot target itself", listed(others))


@check("actions")
def additions_are_about_others(sound: Sound) -> Iterator[Problem]:
    """Find additions to what an actor remembers of itself."""
    for actor, actions in sound.scenario.actions.items():
        for name, action in actions.items():
            for index, addition in enumerate(action.adds):
                if addition.holder == addition.about:
                    path = ("actions", actor, name, "adds", index, "about")
                    yield sound.problem(path, "holder and about are the same actor", "two actors")


@check("sympathies")
def sympathies_are_of_three(sound: Sound) -> Iterator[Problem]:
    """Find sympathies between fewer than three actors.

    What an actor does, or what is done to it, it need not feel for another.
    """
    for name, sympathy in sound.scenario.sympathies.items():
        if len({sympathy.actor, sympathy.feels_for, sympathy.against}) < 3:
            text = "actor, feels_for and against are not three different actors"
            yield sound.mismatch(("sympathies", name), text, "three actors")


@check("patrons")
def patrons_stand_behind_others(sound: Sound) -> Iterator[Problem]:
    """Find patrons that are their own clients."""
    for name, patron in sound.scenario.patrons.items():
        if patron.patron == patron.client:
            yield sound.problem(("patrons", name, "client"), "a patron cannot be its own client", "another actor")


@check("patrons")
def clients_have_one_standing(sound: Sound) -> Iterator[Problem]:
    """Find clients whose patrons are given different standings, or one patron twice: standing backing is the client's."""
    first: dict[str, str] = {}
    named: dict[tuple[str, str], str] = {}
    for name, patron in sound.scenario.patrons.items():
        twin = named.setdefault((patron.patron, patron.client), name)
        leading = first.setdefault(patron.client, name)
        if twin != name:
            text = f"{patron.patron} stands behind {patron.client} already, in patrons.{twin}"
            yield sound.problem(("patrons", name, "patron"), text, "another patron")
        elif patron.standing != sound.scenario.patrons[leading].standing:
            text = f"is not that of patrons.{leading}: the patrons of {patron.client} share one standing backing"
            allowed = "one number or parameter for all of a client's patrons"
            yield sound.problem(("patrons", name, "standing"), text, allowed)


@check("record")
def outside_actors_are_outside(sound: Sound) -> Iterator[Problem]:
    """Find actors of the scenario that are declared outside it.

    No row of theirs may be left out in silence.
    """
    for name in sound.scenario.record.outside_actors if sound.scenario.record else ():
        if name in sound.names("actors"):
            text = f"{name} is an actor of this scenario, and its rows would be left out"
            yield sound.problem(("record", "outside_actors", name), text, "null here, or no such actor")
