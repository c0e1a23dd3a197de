"""What can be wrong with a file of facts, held against its scenario before anything is played."""

from collections.abc import Iterator, Sequence
from typing import Any

from sim.evidence.check_arguments import argument_problems
from sim.evidence.facts_schema import Facts, Settings, Statement
from sim.evidence.measures import MEASURES
from sim.scenario.load import Loaded, under_settings
from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, first_of, key_path, listed, nearest, unknown
from sim.scenario.quantities import Path
from sim.scenario.schema import Selection

WHERE: dict[Any, str] = {Selection: "acts", str: "words", float: "numbers"}  # an argument stands, by its type


def file_problems(facts: Facts, tree: Node, base: Loaded) -> list[Problem]:
    """Find what is wrong with a file of facts of sound form, whatever its statements, each at its line.

    Parameters
    ----------
    facts, tree: what the file says, and where it says it.
    base: the scenario that it is about.
    """
    checker = _Checker(facts, tree, base)
    problems = [*checker.seeds(), *first_of(checker.ablations())]
    if not facts.statements:
        problems.append(Problem(tree.place_of(("statements",)), "statements", "is empty", "one statement or more"))
    return problems


def statement_problems(facts: Facts, tree: Node, base: Loaded) -> dict[str, list[Problem]]:
    """Find what is wrong with each statement that is not sound; parameters as of `file_problems`."""
    checker = _Checker(facts, tree, base)
    problems = {name: first_of(checker.statement(name)) for name in facts.statements}
    return {name: of_one for name, of_one in problems.items() if of_one}


class _Checker:
    """Checks the parts of one file; the scenario under each list of settings is made once."""

    def __init__(self, facts: Facts, tree: Node, base: Loaded):
        self.facts, self.tree, self.base = facts, tree, base
        self.variants: dict[tuple[str, ...], Loaded | UserError] = {}

    def seeds(self) -> Iterator[Problem]:
        """Find no seeds, seeds that are reported although rules were chosen on them, and seeds that stand there twice."""
        if not self.facts.seeds:
            yield self._problem(("seeds",), "is empty", "one seed or more")
        for index, seed in enumerate(self.facts.seeds):
            if seed in self.facts.choosing_seeds:
                yield self._problem(("seeds", index), f"rules were chosen on seed {seed}", "a seed that chose nothing")
            if seed in self.facts.seeds[:index]:
                yield self._problem(("seeds", index), f"seed {seed} stands there twice", "each seed once")

    def ablations(self) -> Iterator[Problem]:
        """Find what is wrong with the settings of each ablation by itself."""
        for name, settings in self.facts.ablations.items():
            yield from self._settings(settings, ("ablations", name))

    def statement(self, name: str) -> Iterator[Problem]:
        """Find what is wrong with one statement: its band, measure, arguments and ensembles."""
        statement, path = self.facts.statements[name], ("statements", name)
        low, high = statement.band
        if low > high:
            yield self._problem((*path, "band"), f"found {low:g} to {high:g}", "the lowest, then the highest")
        if statement.measure not in MEASURES:
            place, key = self.tree.place_of((*path, "measure")), key_path((*path, "measure"))
            yield unknown(place, key, "measure", statement.measure, list(MEASURES))
            return
        of_form = [*self._arguments(statement, path), *self._ensemble_names(statement, path)]
        of_settings = [problem for label in statement.ensembles for problem in self._ensemble(statement, path, label)]
        yield from (*of_form, *of_settings)
        if not of_settings:
            variants = [self._under(settings, ()) for settings in statement.ensembles.values()]
            yield from argument_problems(statement, path, self.tree, variants)

    def _arguments(self, statement: Statement, path: Path) -> Iterator[Problem]:
        """Find arguments that the measure lacks, does not take, or finds under another heading than theirs."""
        measure = MEASURES[statement.measure]
        wanted = {name: WHERE[kind] for name, kind in measure.types.items()}
        headings = {name: heading for heading in WHERE.values() for name in getattr(statement, heading)}
        lacking = [name for name in wanted if name not in headings and name not in measure.optional]
        for name, heading in headings.items():
            entry = (*path, heading, name)
            if name not in wanted:
                near = nearest(name, lacking)
                lacking = [argument for argument in lacking if argument != near]
                allowed = listed(wanted) or "no argument"
                yield self._problem(entry, f"{statement.measure} does not take this", allowed, near)
            elif wanted[name] != heading:
                yield self._problem(entry, f"stands under {heading}", f"{name}, under {wanted[name]}")
        for name in lacking:
            yield self._problem(path, f"lacks {name}, which {statement.measure} needs", f"{name}, under {wanted[name]}")

    def _ensemble_names(self, statement: Statement, path: Path) -> Iterator[Problem]:
        """Find ensembles that the measure lacks, or does not look at."""
        measure, labels = MEASURES[statement.measure], list(statement.ensembles)
        missing = [name for name in measure.ensembles if name not in labels]
        for label in labels if measure.ensembles else ():
            if label not in measure.ensembles:
                near = nearest(label, missing)
                missing = [ensemble for ensemble in missing if ensemble != near]
                entry = (*path, "ensembles", label)
                yield self._problem(
                    entry, f"{statement.measure} does not look at this", listed(measure.ensembles), near
                )
        if missing:
            text = f"lacks {listed(missing)}, which {statement.measure} needs"
            yield self._problem((*path, "ensembles"), text, listed(measure.ensembles))
        if len(labels) < measure.fewest and not measure.ensembles:
            text = f"found {len(labels)}, and {statement.measure} goes from one to the next"
            yield self._problem((*path, "ensembles"), text, f"{measure.fewest} or more")

    def _ensemble(self, statement: Statement, path: Path, label: str) -> Iterator[Problem]:
        """Find what is wrong with the settings of one ensemble, by themselves and after those of each ablation."""
        entry, settings = (*path, "ensembles", label), statement.ensembles[label]
        alone = list(self._settings(settings, entry))
        yield from alone
        for name, taken_away in self.facts.ablations.items():
            if not alone and not isinstance(self._variant(taken_away, ()), UserError):
                yield from self._settings(settings, entry, taken_away, f"after the ablation '{name}', ")

    def _settings(
        self, settings: Settings, path: Path, before: Sequence[str] = (), words: str = ""
    ) -> Iterator[Problem]:
        """Find what is wrong with settings: at their lines; what they make wrong elsewhere at the first of them."""
        places = [self.tree.place_of((*path, index)) for index in range(len(settings))]
        first = self.tree.place_of(path)
        variant = self._variant((*before, *settings), (*[first] * len(before), *places))
        for problem in variant.problems if isinstance(variant, UserError) else ():
            if problem.place.file == first.file:
                text = f"{words}{problem.key}: {problem.text}" if problem.key else f"{words}{problem.text}"
                yield Problem(problem.place, key_path(path), text, problem.allowed, problem.nearest)
            else:
                yield Problem(places[0] if places else first, key_path(path), f"{words}with these values, {problem}")

    def _variant(self, settings: Sequence[str], places: Sequence[Place]) -> Loaded | UserError:
        """Return the scenario under some settings, or what is wrong with it."""
        key = tuple(settings)
        if key not in self.variants:
            try:
                placed = list(zip(settings, places or [self.base.tree.place] * len(settings), strict=True))
                self.variants[key] = under_settings(self.base, placed) if settings else self.base
            except UserError as error:
                self.variants[key] = error
        return self.variants[key]

    def _under(self, settings: Sequence[str], places: Sequence[Place]) -> Loaded:
        variant = self._variant(settings, places)
        assert isinstance(variant, Loaded)
        return variant

    def _problem(self, path: Path, text: str, allowed: str = "", near: str = "") -> Problem:
        return Problem(self.tree.place_of(path), key_path(path), text, allowed, near)
