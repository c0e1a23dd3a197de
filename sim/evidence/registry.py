"""The register of measures: what each takes, and how many days its arguments span."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Annotated, Any

from sim.evidence.ensembles import Played
from sim.evidence.sums import Sums
from sim.scenario.fields import Names

Ensembles = Mapping[str, Played]
Function = Callable[..., Sums]
FEWEST_WEEKS = 3  # that a correlation is reckoned of


@dataclass(frozen=True, slots=True)
class Span:
    """Marks a whole number of days or weeks that must fit into the free days of what is played.

    days: of one of them. times: so many spans stand side by side. spare: days more that are needed.
    before, after: the argument that names the date before or after which it must fit.
    """

    days: int = 1
    times: int = 1
    spare: int = 0
    before: str = ""
    after: str = ""


Days = Annotated[float, Span()]
DaysAhead = Annotated[float, Span(spare=1)]  # of a day that is left
DaysOnBothSides = Annotated[float, Span(times=2, spare=1)]
Weeks = Annotated[float, Span(days=7, spare=7 * FEWEST_WEEKS)]


@dataclass(frozen=True)
class Measure:
    """A registered measure: its function, and the ensembles that it takes."""

    function: Function
    ensembles: tuple[str, ...] = ("here",)  # by name; none where it takes any, in the order of their names
    fewest: int = 1

    @property
    def types(self) -> dict[str, Any]:
        """Return the type of each argument beside the ensembles: Selection, str or float."""
        return {name: getattr(kind, "__origin__", kind) for name, kind in self._arguments.items()}

    @property
    def sections(self) -> dict[str, str]:
        """Return the section of the scenario that has what an argument names, of each that names something."""
        return {name: mark.section for name, mark in self._marks.items() if isinstance(mark, Names)}

    @property
    def spans(self) -> dict[str, Span]:
        """Return the span that an argument is, of each that is one."""
        return {name: mark for name, mark in self._marks.items() if isinstance(mark, Span)}

    @property
    def _arguments(self) -> dict[str, Any]:
        return {name: kind for name, kind in self.function.__annotations__.items() if name not in ("here", "return")}

    @property
    def _marks(self) -> dict[str, Any]:
        return {name: kind.__metadata__[-1] for name, kind in self._arguments.items() if hasattr(kind, "__metadata__")}

    @property
    def optional(self) -> set[str]:
        """Return the arguments that may be left out."""
        parameters = signature(self.function).parameters
        return {name for name, about in parameters.items() if about.default is not about.empty}


MEASURES: dict[str, Measure] = {}


def measure(function: Function) -> Function:
    """Register a measure of one ensemble, `here`, under its name."""
    MEASURES[function.__name__] = Measure(function)
    return function


def measure_of(*ensembles: str, fewest: int = 1) -> Callable[[Function], Function]:
    """Register a measure of several ensembles, in a decorator.

    Parameters: ensembles, the names that it takes, in order; none for any names. fewest, how many it takes of any names.
    """

    def register(function: Function) -> Function:
        """Register the measure under its name."""
        MEASURES[function.__name__] = Measure(function, ensembles, max(fewest, len(ensembles)))
        return function

    return register
