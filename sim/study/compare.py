"""Two scenarios under one seed: paired differences of every outcome, and the acts on which their runs part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.results.blocks import BLOCK_RUNS, Block, empty_totals, play_blocks
from sim.results.posterior import Posterior
from sim.results.simulate import DEFAULT_SEED
from sim.results.units import Component, unit_of
from sim.scenario.compile import Compiled, compile_scenario
from sim.scenario.load import Loaded
from sim.scenario.outline import outline
from sim.scenario.problems import Place, Problem, UserError, shown
from sim.scenario.questions import Question
from sim.study.differences import Difference, Pairs, difference
from sim.study.parting import Parting


@dataclass(frozen=True)
class Comparison:
    """What two scenarios differ in, run by run."""

    here: Compiled
    there: Compiled
    runs: int
    seed: int
    differences: list[Difference]
    parting: Parting
    asked_once: list[str]  # outcomes that only one of them has
    drawn: bool  # each pair of runs has numbers of its own, drawn from a fit

    def __repr__(self) -> str:
        names = [shown(side.loaded.scenario.name, 26) for side in (self.there, self.here)]
        parts = f"{self.runs:,} pairs of runs, seed {self.seed}, {len(self.differences)} differences"
        return outline(self, " against ".join(names), parts)


def pairing_problems(here: Compiled, there: Compiled) -> list[Problem]:
    """Find why the runs of two scenarios are no pairs: two crises have nothing to pair.

    Returns an error if they share no action, a warning if fewer than half of all actions or if their clocks differ.
    """
    place = Place(there.loaded.file, 0)
    names = [{act.name for act in side.acts} for side in (here, there)]
    shared, every = names[0] & names[1], names[0] | names[1]
    if every and not shared:
        text = f"is another crisis than {here.loaded.file}: they share no action, so no run of one is a pair of the other's"
        return [Problem(place, "", text, f"a scenario with actions of {', '.join(here.actors)}")]
    problems = []
    if 2 * len(shared) < len(every):
        text = f"shares {len(shared)} of {len(every)} actions with {here.loaded.file}: little of what runs do is paired"
        problems.append(Problem(place, "", text, warning=True))
    clocks = [f"{side.date(0)} to {side.date(side.days - 1)}" for side in (here, there)]
    if clocks[0] != clocks[1]:
        text = f"runs from {clocks[1]}, and {here.loaded.file} from {clocks[0]}: counts and first days are of other windows"
        problems.append(Problem(place, "clock", text, warning=True))
    return problems


def compare(
    here: Loaded | Compiled,
    there: Loaded | Compiled,
    runs: int = 1000,
    seed: int = DEFAULT_SEED,
    each: Callable[[int], object] = lambda runs: None,
    posteriors: tuple[Posterior | None, Posterior | None] = (None, None),
) -> Comparison:
    """Compare `there` with the reference `here`, run by run. Memory does not grow with the number of runs.

    Parameters: runs, how many pairs; seed, of all luck; each, called with the number of pairs after each block;
    posteriors, of either side, made of the same draws: a pair of runs then shares its numbers as it shares its luck.
    Returns the paired differences of what both report by one name and in one unit, and where the runs part.
    Raises UserError for two crises that share no action, ArithmeticError if a hazard is not a number.

    >>> from sim import compare, load
    >>> comparison = compare(load("border"), load("border", ["parameters.reciprocity=0.5"]), runs=20)
    >>> comparison.differences[0].name
    'shots_before_summit'
    """
    one, other = (side if isinstance(side, Compiled) else compile_scenario(side) for side in (here, there))
    if errors := [problem for problem in pairing_problems(one, other) if not problem.warning]:
        raise UserError(errors)
    parting = Parting(one, other)
    sides = _outcomes(one), _outcomes(other)
    pairs = {key: Pairs(found.component) for key, found in sides[0].items() if key in sides[1]}
    days = (other.start - one.start).days  # two clocks may differ
    for mine, theirs in zip(
        _blocks(one, runs, seed, posteriors[0]), _blocks(other, runs, seed, posteriors[1]), strict=True
    ):
        parting.add(mine, theirs)
        for key, counted in pairs.items():
            answers = sides[0][key].of(mine), sides[1][key].of(theirs)
            counted.add(answers[0], counted.outcome.unit.aligned(answers[1], days))
        each(len(mine.outcomes))
    found = [difference(counted, seed) for counted in pairs.values()]
    return Comparison(one, other, runs, seed, found, parting, _asked_once(*sides), posteriors[0] is not None)


def _blocks(side: Compiled, runs: int, seed: int, posterior: Posterior | None) -> Iterator[Block]:
    totals = empty_totals(side, with_daily=False)
    how = {"keep_acts_of": runs, "block_runs": BLOCK_RUNS}
    return play_blocks(side, seed, range(runs), totals, posterior=posterior, **how)


@dataclass(frozen=True)
class _Outcome:
    """Where one side's answers to a question stand, or to one of its classes."""

    question: Question
    column: int
    place: int
    component: Component

    def of(self, block: Block) -> np.ndarray:
        """Return the answers of a block's runs, float64 (runs,)."""
        return unit_of(self.question).split(block.outcomes[:, self.column], self.question)[self.place]


def _outcomes(side: Compiled) -> dict[tuple[str, str], _Outcome]:
    """Return what a side reports, by name and unit: only what has both in common is compared."""
    return {
        (component.name, component.unit.name): _Outcome(question, column, place, component)
        for column, question in enumerate(side.questions)
        for place, component in enumerate(unit_of(question).components(question))
    }


def _asked_once(here: dict[tuple[str, str], _Outcome], there: dict[tuple[str, str], _Outcome]) -> list[str]:
    """List what is not compared: questions that one side does not ask, and what only one of them reports of others."""
    questions = [{found.question.name for found in side.values()} for side in (here, there)]
    alone = [found for side, other in ((here, there), (there, here)) for key, found in side.items() if key not in other]
    both = questions[0] & questions[1]
    return sorted({found.component.name if found.question.name in both else found.question.name for found in alone})
