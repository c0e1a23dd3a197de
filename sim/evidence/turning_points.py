"""Which past act mattered most? Each replayed act is withheld in turn, against the record as it was."""

from collections.abc import Iterable
from pathlib import Path

from sim.evidence.act_options import READING, act_words, outcome_meaning, unit_of_effect
from sim.evidence.effect_table import EffectTable, Row, effect_row, reading_with_grounds, sorted_rows
from sim.evidence.forced import Each, Situation, played_arm, situation, under_orders
from sim.rules.arrays import WITHHELD
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded
from sim.scenario.problems import Problem, UserError
from sim.scenario.schedule import Ordered
from sim.study.effects import Effect, simultaneous_intervals

RUNS = 2_000  # pairs of runs of each act


def turning(
    case: str | Path,
    outcome: str | None = None,
    *,
    runs: int = RUNS,
    seed: int = 1,
    settings: Iterable[str] = (),
    beliefs: Iterable[str] = (),
    each: Each = lambda pairs: None,
) -> EffectTable:
    """Withhold each replayed act in turn, and say what that changes, run by run.

    What the record taught stays as the whole of it taught: it is asked what the act did in the model. Acts that came
    later are replayed all the same. Intervals hold all at once in 95 % of cases (Bonferroni).
    Parameters: case, a file or a bare name; outcome, by default the first of the case; runs, pairs of each; settings and
    beliefs, `key=value` laid over the file; each, called with the number of pairs after each block.
    Raises UserError for a case that replays nothing or does not ask the outcome; ArithmeticError for a hazard that is
    not a number.

    >>> from sim import turning
    >>> len(turning("baseline", runs=100).rows())
    17
    """
    stand = situation(str(case), None, outcome, settings, beliefs)
    compiled = stand.compiled()
    rows = past_effects(stand, compiled, runs, seed, each)
    effects = [Effect(row["words"], row["difference"], row["low"], row["high"]) for row in rows]
    for row, effect in zip(rows, simultaneous_intervals(effects), strict=True):
        row["low"], row["high"] = effect.low, effect.high
    name = stand.loaded.scenario.name
    title = f"{name}: each of {len(rows)} replayed acts withheld; effect on {stand.outcome}, {runs:,} pairs of runs each, seed {seed}."
    sentences = [
        READING.replace("each by itself", f"widened so that all {len(rows)} hold at once (Bonferroni)"),
        "What the record taught of bases and mix is left as it is, and acts that came later are replayed all the same.",
    ]
    unit = unit_of_effect(compiled, stand.outcome)
    meaning = outcome_meaning(compiled, stand.outcome)
    reading = reading_with_grounds(sentences, compiled, rows)
    return EffectTable(title, stand.outcome, meaning, reading, unit, sorted_rows(rows), [])


def past_effects(stand: Situation, compiled: Compiled, runs: int, seed: int, each: Each) -> list[Row]:
    """Withhold each replayed act in turn: a row each, in their order, with intervals each by itself.

    Raises UserError where nothing is replayed, ArithmeticError for a hazard that is not a number.
    """
    scenario = stand.loaded.scenario
    acts = {act.name: (code, act) for code, act in enumerate(compiled.acts)}
    rows = []
    for order in replayed_acts(stand.loaded):
        code, act = acts[order.name]
        without = under_orders(compiled, [(compiled.day(order.day), code, WITHHELD)])
        words = f"{scenario.actors[act.actor].label}: {act_words(scenario, act)}"
        arm = played_arm(compiled, without, words, stand.outcome, runs, seed, each)
        rows.append(effect_row(order.name, words, order.day, arm))
    return rows


def replayed_acts(loaded: Loaded) -> list[Ordered]:
    """List what happened before the first free day, in its order. Raises UserError where nothing did."""
    last = loaded.scenario.clock.replay_until
    acts = [order for order in loaded.ordered if order.do == "force" and order.day <= last]
    if not acts:
        text = "nothing is replayed or forced before the first free day, so there is nothing to withhold"
        raise UserError([Problem(loaded.tree.place, "record", text, "a case with a record that is replayed, or acts")])
    return acts
