"""Pairs of ensembles that differ in what is ordered: acts that are forced on a day, or withheld.

What the record has taught stays as it was, for it is asked what an act does in the model, and not what would have been
learned without it. Runs are paired by their luck.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sim.engine.learning import compile_scenario
from sim.evidence.known import known_on
from sim.rules.arrays import FORCED, WITHHELD
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded, load
from sim.scenario.problems import Place, Problem, UserError, unknown
from sim.scenario.selection import acts_of
from sim.scenario.standing import Standing
from sim.study.compare import Comparison, compare
from sim.study.effects import Effect, outcome_difference, outcome_effect

Each = Callable[[int], object]
Order = tuple[int, int, int]  # day, code of the act, and what is ordered: FORCED or WITHHELD
MOST_REASONS = 3  # acts on which runs part that are named
ACTS_OF = 1_000  # pairs of runs in which it is looked on which acts they part


@dataclass(frozen=True)
class Situation:
    """A case on a day: what is known up to the evening before is replayed."""

    loaded: Loaded  # asks the one outcome alone
    on: date
    outcome: str
    settings: tuple[str, ...]  # laid over the file

    def compiled(self) -> Compiled:
        """Return its tables, and what its record has taught."""
        return compile_scenario(self.loaded)


def situation(
    file: str,
    on: date | None,
    outcome: str | None,
    settings: Iterable[str] = (),
    beliefs: Iterable[str] = (),
    as_known: bool = False,
) -> Situation:
    """Load a case as it stands on the morning of a day, asked one outcome alone.

    Parameters: on, by default the first day that is not replayed; as_known, with nothing that came later, as a forecast
    has it: all of the record before the day is replayed, and dated series are held at their last known value; so it is
    on any day but the first free one, and only there can a case without a record stand. outcome, by its name, or an entry of outcomes that has one answer; by default the first of the scenario.
    Raises UserError for a day that the case cannot stand on, and an outcome that it does not ask.
    """
    settings, beliefs = tuple(settings), tuple(beliefs)
    plain = load(file, settings, beliefs)
    names = list(plain.scenario.outcomes)
    if not names:
        raise UserError([Problem(plain.tree.place, "outcomes", "nothing is asked of a run", "an entry of outcomes")])
    outcome = outcome or names[0]
    entry = outcome.split(".")[0]
    if entry not in names:
        raise UserError([unknown(Place("--outcome", 0), "", "outcome", outcome, names)])
    alone = [*settings, *(f"outcomes.{name}=null" for name in names if name != entry)]
    free = plain.scenario.clock.replay_until + timedelta(1)
    on = on or free
    if on == free and not (as_known and plain.rows):
        return Situation(load(file, alone, beliefs), free, outcome, tuple(alone))
    known = known_on(file, on - timedelta(1), 1, alone, beliefs)
    if entry not in known.loaded.scenario.outcomes:
        text = f"{entry} is decided before {on}, so nothing that is done then changes it"
        raise UserError([Problem(Place("--outcome", 0), "", text, "another outcome, or an earlier day")])
    return Situation(known.loaded, on, outcome, known.settings)


def under_orders(compiled: Compiled, orders: Iterable[Order]) -> Compiled:
    """Return a compiled scenario with acts forced or withheld, and everything that was learned as it was."""
    schedule = compiled.tables.schedule.copy()
    for day, code, order in orders:
        schedule[day, code] = order
    return replace(compiled, tables=compiled.tables._replace(schedule=schedule))


def standing_on(loaded: Loaded, on: date) -> Standing:
    """Return what stands between the actors on the morning of a day up to which everything is ordered."""
    scenario = loaded.scenario
    acts = {act.name: act for act in acts_of(scenario)}
    standing, day = Standing(scenario, scenario.clock.start), scenario.clock.start
    while day < on:
        standing.pass_night(
            day, [acts[order.name] for order in loaded.ordered if order.day == day and order.do == "force"]
        )
        day += timedelta(1)
    return standing


@dataclass(frozen=True)
class Arm:
    """One change and what it does: the effect on the outcome, in the unit of its differences, and how runs part."""

    effect: Effect
    here: float  # the outcome without the change; shares from 0 to 1
    there: float
    parted: int  # pairs of runs that differ in what luck left open
    looked_at: int  # of so many pairs
    first_acts: tuple[tuple[str, int], ...]  # done on one side only on the day that a pair parts, most often first
    names: frozenset[str]  # of the acts that come first most often


def arm_of(comparison: Comparison, change: str, outcome: str) -> Arm:
    """Return what a change does to an outcome. Raises UserError for an outcome that has several answers."""
    names = [difference.name for difference in comparison.differences]
    if outcome not in names:
        raise UserError([unknown(Place("--outcome", 0), "", "outcome of one answer", outcome, names)])
    difference, parting = outcome_difference(comparison, outcome), comparison.parting
    acts: dict[str, int] = {}
    labels = {name: actor.label for name, actor in parting.here.loaded.scenario.actors.items()}
    for (side, name), count in parting.acts.items():
        actor, _, action = name.partition(".")
        words = f"{'' if side == 'there' else 'no '}{labels[actor]}: {action.replace('_', ' ')}"
        acts[words] = acts.get(words, 0) + count
    often = sorted(parting.acts.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_REASONS]
    ranked = sorted(acts.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_REASONS]
    effect = outcome_effect(change, comparison, outcome)
    return Arm(
        effect,
        difference.here,
        difference.there,
        parting.parted,
        parting.runs,
        tuple(ranked),
        frozenset(name for (_, name), _ in often),
    )


def played_arm(here: Compiled, there: Compiled, change: str, outcome: str, runs: int, seed: int, each: Each) -> Arm:
    """Play one change against the reference, and return what it does. Raises ArithmeticError for a hazard that is not a number."""
    return arm_of(compare(here, there, runs, seed, each, acts_of=ACTS_OF), change, outcome)


def orders_of_day(compiled: Compiled, actor: str, on: date, forced: str | None = None) -> list[Order]:
    """Order that an actor does nothing on a day, or one act alone.

    forced: the name of that act, actor.action.
    """
    day = compiled.day(on)
    return [
        (day, code, FORCED if act.name == forced else WITHHELD)
        for code, act in enumerate(compiled.acts)
        if act.actor == actor
    ]
