"""Whether the runs of two scenarios are pairs: variants of one crisis, over the same days, with most acts in common."""

from collections.abc import Iterator

from sim.scenario.load import Loaded
from sim.scenario.problems import Problem, UserError, listed
from sim.scenario.selection import acts_of

LEAST_SHARED = 0.5  # of the actions of the scenario that has fewer: below it they are two crises


def check_pair(here: Loaded, there: Loaded) -> list[Problem]:
    """Check that runs of two scenarios can be compared one by one, and return what a reader should know of it.

    Parameters
    ----------
    here: the reference.
    there: what is compared with it; problems stand at its lines.

    Returns
    -------
    Warnings: actors and actions of one of them alone, and a replay that ends on another day.

    Raises
    ------
    UserError: they are two different crises, or their clocks differ, so that no two runs are a pair.
    """
    problems = [*_two_crises(here, there)] or [*_other_days(here, there)]
    if problems:
        raise UserError(problems)
    return [*_other_replay(here, there), *_alone(here, there)]


def _two_crises(here: Loaded, there: Loaded) -> Iterator[Problem]:
    """The problem of two scenarios that have hardly an action in common."""
    mine, theirs = ({act.name for act in acts_of(side.scenario)} for side in (here, there))
    fewer = min(len(mine), len(theirs))
    if len(mine & theirs) < LEAST_SHARED * fewer:
        text = (
            f"is another crisis than {here.file}: of its {len(theirs)} actions {len(mine & theirs)} are there too; "
            f"actors here: {listed(there.scenario.actors, 6)}; there: {listed(here.scenario.actors, 6)}"
        )
        yield Problem(there.tree.at(("actions",)).place, "actions", text, "variants of one crisis")


def _other_days(here: Loaded, there: Loaded) -> Iterator[Problem]:
    """The problems of clocks that do not start and end on the same days."""
    for key in ("start", "end"):
        mine, theirs = (getattr(side.scenario.clock, key) for side in (here, there))
        if mine != theirs:
            text = f"found {theirs}, and in {here.file} {mine}: over different days no two runs are a pair"
            yield Problem(there.tree.at(("clock", key)).place, f"clock.{key}", text, "the same first and last day")


def _other_replay(here: Loaded, there: Loaded) -> Iterator[Problem]:
    """A warning of a replay that ends on another day: until then runs differ on purpose, not by luck."""
    mine, theirs = (side.scenario.clock.replay_until for side in (here, there))
    if mine != theirs:
        text = f"found {theirs}, and in {here.file} {mine}: between them one is replayed and the other free"
        place = there.tree.at(("clock", "replay_until")).place
        yield Problem(place, "clock.replay_until", text, warning=True)


def _alone(here: Loaded, there: Loaded) -> Iterator[Problem]:
    """Warnings of the actors, and of the actions of common actors, that one of the two scenarios alone has."""
    for one, other in ((here, there), (there, here)):
        actors = [name for name in one.scenario.actors if name not in other.scenario.actors]
        if actors:
            text = f"{listed(actors)} can act in {one.file}, and not in {other.file}"
            yield Problem(one.tree.at(("actors", actors[0])).place, "actors", text, warning=True)
        names = {act.name for act in acts_of(other.scenario)}
        acts = [act for act in acts_of(one.scenario) if act.name not in names and act.actor not in actors]
        if acts:
            text = f"{listed(act.name for act in acts)} can be done in {one.file}, and not in {other.file}"
            place = one.tree.at(("actions", acts[0].actor, acts[0].action)).place
            yield Problem(place, "actions", text, warning=True)
