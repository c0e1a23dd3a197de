"""How common is each action of a kind of crisis among those of its channel?

    python -m analysis.commonness CASE [CASE …] [--part]
    python -m analysis.commonness CASE CASE [CASE …] --left-out [--on OTHER]

The whole record of every case is replayed. An act of a channel is taken as a choice among the actions whose requirements
held on its morning, each with a weight; a weight is its commonness times what rarity takes off. Commonness is that under
which the acts of all cases are most likely (a conditional logit, by the iteration of Hunter 2004), shrunken to 1, where
rarity alone counts, by as many acts as `mix_weight`. What the kind says of commonness is laid aside, so that what it says
can be learned by this script and checked by it. Players of one role count together. The case that a result is to be
shown for must not be among them. With --left-out, every case is scored by what the others teach of commonness, against a
commonness of 1 throughout: the same record, the same catalogue, each act foreseen from the days before it. --on scores a
case that is not among them, before and after its last replayed day.
"""

import argparse
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from scipy.special import gammaincinv

from sim.engine.learning import lessons_of, record_of
from sim.evidence.case import case_of as case_to_score
from sim.layout import Table
from sim.rules.arrays import FREQUENCY, MIX_WEIGHT
from sim.scenario.compile import Compiled
from sim.scenario.load import Loaded, load
from sim.scenario.problems import Place, Problem, UserError
from sim.scenario.record import days_of
from sim.scenario.selection import NamedAction, acts_of

ROUNDS = 500
ENOUGH = 1e-4  # change of the logarithm of a weight, the largest of all, below which the iteration ends
WEIGHT = 4.0  # acts: as mix_weight of the kind
FIXED_MIX = 1e12  # acts: so many that a replay learns nothing of a mix

SHARED = {"parameters.threat_commonness": "threats", "parameters.imposition_commonness": "measures"}

GAINS = ["case", "acts", "number", "ln L at 1", "as learned", "gain"]

Key = str  # of a commonness: parameters.NAME, or role.action


@dataclass(frozen=True)
class Case:
    """A case whose whole record is replayed, and for each of its actions the number that its weight is a multiple of."""

    record: Compiled
    keys: list[Key]

    def sums(self, multiples: Mapping[Key, float]) -> tuple[Counter[Key], dict[Key, float]]:
        """Count the acts of each key, and those to be expected of a multiple of 1, with the multiples as they are.

        multiples: what the weight of every action of a key is multiplied by.
        """
        numbers = self.record.tables.action_numbers.copy()
        start = numbers[:, :, FREQUENCY].copy()
        numbers[:, :, FREQUENCY] *= [multiples[key] for key in self.keys]
        numbers[:, :, MIX_WEIGHT] = FIXED_MIX
        lessons = lessons_of(replace(self.record, tables=self.record.tables._replace(action_numbers=numbers)))
        acts: Counter[Key] = Counter()
        chances: dict[Key, float] = dict.fromkeys(self.keys, 0.0)
        for key, count, chance, frequency in zip(self.keys, lessons.counted, lessons.chances, start[0], strict=True):
            acts[key] += int(count)
            chances[key] += float(chance) * float(frequency)
        return acts, chances


def case_of(file: str) -> Case:
    """Read a case with every commonness at 1, and replay its whole record.

    Raises UserError for one without a day that is known.
    """
    loaded = load(file, [f"{key}=1" for key in commonness_keys(load(file))])
    days = days_of(loaded.rows_inside, loaded.scenario.record)
    record = record_of(loaded, max(days)) if days else None
    if record is None:
        raise UserError(
            [Problem(Place(loaded.file, 0), "record", "has no day that is known", "a record of dated acts")]
        )
    return Case(record, [key_of(loaded, act) for act in record.acts])


def keys_with_a_choice(case: Case) -> set[Key]:
    """Return the keys of actions that are not alone in their channel: of those that are, commonness says nothing."""
    members = Counter(act.channel for act in case.record.acts)
    return {key for key, act in zip(case.keys, case.record.acts, strict=True) if members[act.channel] > 1}


def commonness_keys(loaded: Loaded) -> set[str]:
    """Return where a case gives the commonness of an action: of a parameter, or of the action itself."""
    return {
        f"parameters.{entry.commonness.parameter}"
        if entry.commonness.parameter
        else f"actions.{actor}.{name}.commonness"
        for actor, actions in loaded.scenario.actions.items()
        for name, entry in actions.items()
        if entry.commonness is not None
    }


def key_of(loaded: Loaded, act: NamedAction) -> Key:
    """Return the parameter that gives an action its commonness, or else the action as the kind names it, role.action."""
    number = loaded.scenario.actions[act.actor][act.action].commonness
    if number is not None and number.parameter is not None:
        return f"parameters.{number.parameter}"
    roles = loaded.scenario.roles or {}
    role = next((name for name, players in roles.items() if act.actor in players), act.actor)
    several = any(act.target in players and len(players) > 1 for players in roles.values())
    return f"{role}.{act.action.removesuffix(f'_{act.target}') if several else act.action}"


def multiples_of(cases: Sequence[Case], weight: float) -> dict[Key, float]:
    """Return the commonness of each key under which the acts of the cases are most likely.

    weight: acts that a commonness of 1 counts for.
    """
    multiples: dict[Key, float] = dict.fromkeys(sorted({key for case in cases for key in case.keys}), 1.0)
    for _ in range(ROUNDS):
        sums = [case.sums(multiples) for case in cases]
        new = {
            key: (sum(acts[key] for acts, _ in sums) + weight)
            / (sum(chances.get(key, 0.0) for _, chances in sums) + weight)
            for key in multiples
        }
        moved = max(abs(math.log(new[key] / multiples[key])) for key in multiples)
        multiples = new
        if moved < ENOUGH:
            return multiples
    raise ArithmeticError(f"commonness still moves by {moved:.2g} after {ROUNDS} rounds")


def learned_of(cases: Sequence[Case], weight: float) -> tuple[dict[Key, float], Counter[Key]]:
    """Return the commonness and the acts of every key that leaves a choice; parameters as of `multiples_of`."""
    multiples = multiples_of(cases, weight)
    acts = sum((case.sums(multiples)[0] for case in cases), Counter())
    choices = set().union(*map(keys_with_a_choice, cases))
    return {key: multiple for key, multiple in multiples.items() if key in choices}, acts


def interval_of(acts: int, commonness: float, weight: float) -> tuple[float, float]:
    """Return the 95 % interval of a commonness that so many acts have taught: Gamma, as of a rate.

    Taken alone, as if that of every other action were known.
    """
    shape = acts + weight
    low, high = (float(gammaincinv(shape, share)) / shape for share in (0.025, 0.975))
    return low * commonness, high * commonness


def part_text(cases: Sequence[str], learned: Mapping[Key, float], acts: Mapping[Key, int], weight: float) -> str:
    """Write what was learned as a part of the kind: each number with its interval as the range that a study sweeps."""
    lines = [
        "# How common each action is among those of its channel, beside what rarity takes off: learned from the records of",
        "# other cases than the one that the kind was first written for. Made by",
        f"#   python -m analysis.commonness {' '.join(cases)} --part",
    ]
    for key, commonness in learned.items():
        path = key if key.startswith("parameters.") else f"actions.{key}.commonness"
        low, high = interval_of(acts[key], commonness, weight)
        label, meaning = "", "how common it is among the actions of its channel"
        if shared := SHARED.get(key):
            label = f"label: Commonness of {shared}, "
            meaning = f"how common {shared} are among the actions of their channel"
        lines.append(
            f"{path}: {{{label}value: {commonness:.2g}, low: {low:.2g}, high: {high:.2g}, unit: ratio, meaning: {meaning}, "
            f'source: "{acts[key]} act{"" if acts[key] == 1 else "s"} in {len(cases)} records; analysis/commonness.py"}}'
        )
    return "\n".join(lines) + "\n"


def gain_rows(file: str, learned: Mapping[Key, float]) -> list[list[str]]:
    """Score a case with every commonness at 1, and as learned elsewhere: its acts to the last replayed day, and after it."""
    loaded = load(file)
    last = min(max(days_of(loaded.rows_inside, loaded.scenario.record)), loaded.scenario.clock.end - timedelta(1))
    origin = loaded.scenario.clock.replay_until
    keys = commonness_keys(loaded)
    named = {named_key(loaded, key): key for key in keys}
    at_one = [f"{key}=1" for key in keys]
    as_learned = [f"{key}={learned.get(name, 1.0):.6g}" for name, key in named.items()]
    rows = []
    for part, until, since in (("to its last replayed day", origin, None), ("after it", last, origin + timedelta(1))):
        scores = [
            case_to_score(file, until, since=since, settings=to, free=[]).score([]) for to in (at_one, as_learned)
        ]
        alone, with_it = (score.penalised for score in scores)
        acts = str(int(scores[0].acts.sum()))
        rows.append([loaded.scenario.name, part, acts, f"{alone:.1f}", f"{with_it:.1f}", f"{with_it - alone:+.1f}"])
    return rows


def left_out_rows(files: Sequence[str], cases: Sequence[Case], other: str | None, weight: float) -> list[list[str]]:
    """Score every case by what the others teach, and one that teaches nothing by what all of them do."""
    rows = []
    for number, file in enumerate(files):
        rows += gain_rows(file, learned_of([*cases[:number], *cases[number + 1 :]], weight)[0])
    return rows + (gain_rows(other, learned_of(cases, weight)[0]) if other else [])


def named_key(loaded: Loaded, path: str) -> Key:
    """Return the key of a commonness from its path in a case: parameters.NAME, or actions.ACTOR.NAME.commonness."""
    if path.startswith("parameters."):
        return path
    _, actor, action, _ = path.split(".")
    return key_of(loaded, next(act for act in acts_of(loaded.scenario) if (act.actor, act.action) == (actor, action)))


def main() -> None:
    """Print the commonness of every action, learned from the cases that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+", metavar="CASE")
    parser.add_argument("--weight", type=float, default=WEIGHT, help="acts that a commonness of 1 counts for")
    parser.add_argument("--part", action="store_true", help="as scenarios/parts/commonness.yaml has it")
    parser.add_argument("--left-out", action="store_true", help="score every case by what the others teach")
    parser.add_argument("--on", metavar="OTHER", help="score a case that teaches nothing, too")
    arguments = parser.parse_args()
    cases = [case_of(file) for file in arguments.cases]
    if arguments.left_out:
        print(Table(GAINS, left_out_rows(arguments.cases, cases, arguments.on, arguments.weight), "<<>>>>").text())
        return
    learned, acts = learned_of(cases, arguments.weight)
    if arguments.part:
        print(part_text(arguments.cases, learned, acts, arguments.weight), end="")
        return
    table = [[key, acts[key], f"{commonness:.2f}"] for key, commonness in learned.items()]
    print(Table(["commonness of", "acts", "commonness"], table, "<>>").text())


if __name__ == "__main__":
    main()
