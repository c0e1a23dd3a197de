"""What could an actor do on a day, and what would it change? Each act is forced in turn, against doing nothing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from sim.engine.learning import compile_scenario
from sim.evidence.effect_table import EffectTable, Row, effect_row, reading_with_grounds, sorted_rows
from sim.evidence.forced import Each, Situation, orders_of_day, played_arm, situation, standing_on, under_orders
from sim.rules.registry import STRATEGIES
from sim.scenario.compile import Compiled
from sim.scenario.problems import Place, Problem, UserError, unknown
from sim.scenario.schema import Scenario
from sim.scenario.selection import NamedAction, acts_of

RUNS = 2_000  # pairs of runs of each act


def options(
    case: str | Path,
    actor: str,
    on: date | str | None = None,
    outcome: str | None = None,
    *,
    strategies: bool = False,
    runs: int = RUNS,
    seed: int = 1,
    settings: Iterable[str] = (),
    each: Each = lambda pairs: None,
) -> EffectTable:
    """Try everything that an actor could do on a day, each against doing nothing, run by run.

    Parameters: case, a file or a bare name; actor, by its name or the role that it alone plays; on, the day, by default
    the first that is not replayed: nothing later is known, so all of the record before it is replayed and dated
    series are held at their last known value; outcome, by default the first
    of the case; strategies, each strategy of the actor from that day on in place of acts, against its own; runs, pairs
    of each; settings, `key=value` laid over the file; each, called with the number of pairs after each block.
    Raises UserError for what the case does not have; ArithmeticError for a hazard that is not a number.

    >>> from sim import options
    >>> options("border", "north", runs=100).rows()[0]["day"]
    '2030-03-06'
    """
    day = date.fromisoformat(on) if isinstance(on, str) else on
    stand = situation(str(case), day, outcome, settings, as_known=True)
    name = actor_of(stand.loaded.scenario, actor)
    compiled = stand.compiled()
    scenario, label = stand.loaded.scenario, stand.loaded.scenario.actors[name].label
    if strategies:
        rows = list(_strategy_rows(str(case), day, stand, compiled, name, runs, seed, each))
        against = f"its own strategy, {scenario.actors[name].strategy.replace('_', ' ')}"
        subject, absent = "each strategy", list[Row]()
    else:
        possible, absent = available(stand, compiled, name)
        nothing = under_orders(compiled, orders_of_day(compiled, name, stand.on))
        rows = list(_act_rows(stand, compiled, nothing, possible, name, runs, seed, each))
        subject, against = "each act", f"a day on which {label} does nothing"
    unit = unit_of_effect(compiled, stand.outcome)
    title = f"{scenario.name}: {subject} of {label} on {stand.on}, against {against}; effect on {stand.outcome}, {runs:,} pairs of runs each, seed {seed}."
    reading = reading_with_grounds([READING], compiled, rows)
    return EffectTable(
        title, stand.outcome, outcome_meaning(compiled, stand.outcome), reading, unit, sorted_rows(rows), absent
    )


def trials(
    case: str | Path, actor: str, on: date | None, outcome: str | None, strategies: bool, **laid: Iterable[str]
) -> int:
    """Count what there is to be tried, so that progress can be shown. Raises UserError as `options` does."""
    stand = situation(str(case), on, outcome, as_known=True, **laid)
    name = actor_of(stand.loaded.scenario, actor)
    if strategies:
        return len(STRATEGIES) - 1
    standing = standing_on(stand.loaded, stand.on)
    acts = [act for act in compile_scenario(stand.loaded).acts if act.actor == name]
    return sum(not standing.failing(act, stand.on) for act in acts)


def actor_of(scenario: Scenario, name: str) -> str:
    """Find an actor by its name, or by the role that it alone plays. Raises UserError with the nearest name."""
    if name in scenario.actors:
        return name
    players = (scenario.roles or {}).get(name, [])
    if len(players) == 1:
        return players[0]
    if players:
        text = f"{len(players)} actors play the role {name}"
        raise UserError([Problem(Place("--actor", 0), "", text, f"one of {', '.join(players)}")])
    names = [*scenario.actors, *(role for role, playing in (scenario.roles or {}).items() if len(playing) == 1)]
    raise UserError([unknown(Place("--actor", 0), "", "actor", name, list(dict.fromkeys(names)))])


def available(stand: Situation, compiled: Compiled, actor: str) -> tuple[list[NamedAction], list[Row]]:
    """Divide an actor's acts into those that it could do on the day, and those that it could not, with the reason."""
    standing = standing_on(stand.loaded, stand.on)
    possible, absent = list[NamedAction](), list[Row]()
    for act in compiled.acts:
        if act.actor != actor:
            continue
        if failing := standing.failing(act, stand.on):
            absent.append(
                {"change": act.name, "words": act_words(stand.loaded.scenario, act), "reason": "; and ".join(failing)}
            )
        else:
            possible.append(act)
    return possible, absent


def act_words(scenario: Scenario, act: NamedAction) -> str:
    """Say an act in words: what it means, and toward whom."""
    return f"{act.entry.meaning or act.action.replace('_', ' ')} (→\u00a0{scenario.actors[act.target].label})"


def unit_of_effect(compiled: Compiled, outcome: str) -> str:
    """Return the unit of differences of an outcome, as tables head them."""
    from sim.results.units import unit_of

    for question in compiled.questions:
        for component in unit_of(question).components(question):
            if component.name == outcome:
                return "points" if component.unit.kind == "share" else component.unit.name
    return "units"


def outcome_meaning(compiled: Compiled, outcome: str) -> str:
    """Say what an outcome of a compiled scenario asks, in the scenario's words: and of which class, act or actors."""
    scenario = compiled.loaded.scenario
    question = next(question for question in compiled.questions if outcome in question.names)
    of_whom = outcome.partition(".")[2]
    if question.classes:
        part = question.classes[question.names.index(outcome)]
        return f"{question.meaning.partition(':')[0]}: {part}"
    if not of_whom:
        return question.meaning.removeprefix("day on which ")
    actors = [scenario.actors[name].label for name in of_whom.split(".") if name in scenario.actors]
    act = next((act for act in acts_of(scenario) if act.name == of_whom), None)
    part = f"{actors[0]}: {act.entry.meaning}" if act is not None else " – ".join(actors)
    return f"{question.meaning} ({part})"


READING = (
    "Runs are paired by their luck; intervals are simulation error only, each by itself. Runs part: pairs that differ in what "
    "luck left open, and the acts by which they first do."
)


def _act_rows(
    stand: Situation,
    compiled: Compiled,
    nothing: Compiled,
    possible: Sequence[NamedAction],
    actor: str,
    runs: int,
    seed: int,
    each: Each,
) -> Iterator[Row]:
    for act in possible:
        forced = under_orders(compiled, orders_of_day(compiled, actor, stand.on, act.name))
        words = act_words(stand.loaded.scenario, act)
        arm = played_arm(nothing, forced, words, stand.outcome, runs, seed, each)
        yield effect_row(act.name, words, stand.on, arm)


def _strategy_rows(
    case: str, day: date | None, stand: Situation, compiled: Compiled, actor: str, runs: int, seed: int,
    each: Each,
) -> Iterator[Row]:  # fmt: skip
    """Play each other strategy of an actor; before the day everything is ordered, so it counts from there."""
    plain = [setting for setting in stand.settings if not setting.startswith(("clock.", "record."))]
    for strategy in STRATEGIES:
        if strategy == stand.loaded.scenario.actors[actor].strategy:
            continue
        variant = situation(case, day, stand.outcome, [*plain, f"actors.{actor}.strategy={strategy}"], as_known=True)
        words = strategy.replace("_", " ")
        arm = played_arm(compiled, variant.compiled(), words, stand.outcome, runs, seed, each)
        yield effect_row(strategy, words, stand.on, arm)
