"""Two scenarios under one seed: paired differences of every outcome, and the acts on which their runs part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engine.learning import compile_scenario
from sim.results.blocks import BLOCK_RUNS, Block, empty_totals, play_blocks
from sim.results.posterior import Posterior
from sim.results.simulate import DEFAULT_SEED
from sim.results.units import Component, unit_of
from sim.results.what_happened import Happened, what_happened
from sim.scenario.compile import Compiled
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

    @cached_property
    def happened(self) -> Happened:
        """Return what the record of the reference says of the outcomes."""
        return what_happened(self.here)

    def __repr__(self) -> str:
        names = [shown(side.loaded.scenario.name, 26) for side in (self.there, self.here)]
        parts = f"{self.runs:,} pairs of runs, seed {self.seed}, {len(self.differences)} differences"
        return outline(self, " against ".join(names), parts)


def pairing_problems(here: Compiled, there: Compiled) -> list[Problem]:
    """Find why the runs of two scenarios are no pairs.

    Two crises have nothing to pair.

    Returns an error if they share no action, a warning if fewer than half of all actions or if their clocks differ.
    """
    place = Place(there.loaded.file, 0)
    names = [{act.name for act in side.acts} for side in (here, there)]
    shared, every = names[0] & names[1], names[0] | names[1]
    if every and not shared:
        text = f"is a different crisis from {here.loaded.file}: they share no action, so their runs cannot be paired"
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
    acts_of: int | None = None,
) -> Comparison:
    """Compare `there` with the reference `here`, run by run.

    Memory does not grow with the number of runs.

    Parameters: runs, how many pairs; seed, of all luck; each, called with the number of pairs after each block;
    posteriors, of either side, made of the same draws: a pair of runs then shares its numbers as it shares its luck;
    acts_of, in how many of the first pairs it is looked where they part, by default in all.
    Returns the paired differences of what both report by one name and in one unit, and where the runs part.
    Raises UserError for two crises that share no action, ArithmeticError if a hazard is not a number.

    >>> from sim import compare, load
    >>> comparison = compare(load("border"), load("border", ["parameters.reciprocity=0.5"]), runs=20)
    >>> comparison.differences[0].name
    'shots_before_deadline'
    """
    reference, variant = (side if isinstance(side, Compiled) else compile_scenario(side) for side in (here, there))
    if errors := [problem for problem in pairing_problems(reference, variant) if not problem.warning]:
        raise UserError(errors)
    parting = Parting(reference, variant)
    sides = _outcomes(reference), _outcomes(variant)
    pairs = {key: Pairs(outcome.component) for key, outcome in sides[0].items() if key in sides[1]}
    days = (variant.start - reference.start).days  # two clocks may differ
    whole = runs if acts_of is None else -(-min(acts_of, runs) // BLOCK_RUNS) * BLOCK_RUNS  # in whole blocks
    for mine, theirs in zip(
        _blocks(reference, runs, seed, posteriors[0], whole),
        _blocks(variant, runs, seed, posteriors[1], whole),
        strict=True,
    ):
        if mine.first < whole:
            parting.add(mine, theirs)
        for key, counted in pairs.items():
            answers = sides[0][key].answers_in(mine), sides[1][key].answers_in(theirs)
            counted.add(answers[0], counted.outcome.unit.aligned(answers[1], days))
        each(len(mine.outcomes))
    differences = [difference(counted, seed) for counted in pairs.values()]
    return Comparison(
        reference, variant, runs, seed, differences, parting, _asked_once(*sides), posteriors[0] is not None
    )


def _blocks(side: Compiled, runs: int, seed: int, posterior: Posterior | None, whole: int) -> Iterator[Block]:
    """Play one side. whole: how many of the first runs keep their acts."""
    totals = empty_totals(side, daily_step=0)
    options = {"keep_acts_of": whole, "block_runs": BLOCK_RUNS}
    return play_blocks(side, seed, range(runs), totals, posterior=posterior, **options)


@dataclass(frozen=True)
class _Outcome:
    """Where one side's answers to a question stand, or to one of its classes."""

    question: Question
    column: int
    place: int
    component: Component

    def answers_in(self, block: Block) -> np.ndarray:
        """Return the answers of a block's runs, float64 (runs,)."""
        return unit_of(self.question).split(block.outcomes[:, self.column], self.question)[self.place]


def _outcomes(side: Compiled) -> dict[tuple[str, str], _Outcome]:
    """Return what a side reports, by name and unit: only what both have is compared."""
    return {
        (component.name, component.unit.name): _Outcome(question, column, place, component)
        for column, question in enumerate(side.questions)
        for place, component in enumerate(unit_of(question).components(question))
    }


def _asked_once(here: dict[tuple[str, str], _Outcome], there: dict[tuple[str, str], _Outcome]) -> list[str]:
    """List what is not compared: questions, or outcomes of others, of one side only."""
    questions = [{outcome.question.name for outcome in side.values()} for side in (here, there)]
    alone = [
        outcome
        for side, opposite in ((here, there), (there, here))
        for key, outcome in side.items()
        if key not in opposite
    ]
    both = questions[0] & questions[1]
    return sorted(
        {outcome.component.name if outcome.question.name in both else outcome.question.name for outcome in alone}
    )
