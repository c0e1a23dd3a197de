"""Units of outcomes: all that counting, summing up, writing and comparing an outcome takes from its unit.

A new unit is one entry at the end of this file, and a metric that names it (`@metric("marks", …)` in
`sim/rules/metrics.py`): tables, figures and comparisons ask the unit, and none asks which unit it is. Values are 0 or
more; NaN is what never came, where a unit allows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.rules.registry import METRICS
from sim.scenario.compile import Compiled
from sim.scenario.questions import Question

import sim.rules.metrics  # noqa: F401 isort: skip  (fills the registry)

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["share", "mean", "median"]
Spelling = Callable[[date], str]
EPOCH = date(1970, 1, 1)  # from which Arrow counts days


@dataclass(frozen=True)
class Component:
    """What a question reports: itself, or the share of runs that are of one of its classes."""

    name: str
    meaning: str
    unit: "Unit"
    headline: bool


@dataclass(frozen=True)
class Unit:
    """A unit whose values are numbers; the classes below say what others do otherwise.

    kind: how the runs of an ensemble are summed up. cells: in how many cells the values of a question are counted, each
    `width` wide; the last holds whatever lies beyond if the unit is open, or the runs in which it never came.
    """

    name: str
    cells: Callable[[Question, Compiled], int]
    kind: Kind = "mean"
    width: float = 1.0
    is_whole: bool = True  # values are whole numbers
    is_open: bool = False
    may_never_come: bool = False
    axis_label: str = ""  # on the axis of a figure; the name if none is given
    gap_name: str = ""  # the unit of the difference of two values; the name if none is given
    gap_scale: float = 1.0  # what a difference is multiplied with to be in that unit
    gap_digits: int = 2

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    # --- as what it is reported

    @property
    def has_variance(self) -> bool:
        """Tell whether the variance of its values can be divided: a median has none to divide."""
        return self.kind != "median"

    @property
    def has_classes(self) -> bool:
        """Tell whether its values are classes, each of which is reported as a share."""
        return False

    def components(self, question: Question) -> list[Component]:
        """List what a question in this unit reports."""
        return [Component(question.name, question.meaning, self, question.headline)]

    def split(self, values: np.ndarray, question: Question) -> list[np.ndarray]:
        """Split the values of a question into those of its components, each float64 (runs,)."""
        return [values]

    def split_counts(self, counts: np.ndarray) -> list[np.ndarray]:
        """Split the counts of a question, int64 (cells,), into those of its components."""
        return [counts]

    # --- how it is counted and kept in tables

    def cell_values(self, cells: int) -> np.ndarray:
        """Return the value that each cell stands for, float64 (cells,); infinite for all beyond."""
        values = np.arange(cells) * self.width
        if self.is_open:
            values[-1] = np.inf
        return values

    def column(self, values: np.ndarray, question: Question, compiled: Compiled) -> "pa.Array":
        """Make a column of an Arrow table from the values of runs, float64 (runs,).

        It is of one type, also for no runs.
        """
        import pyarrow as pa

        return pa.array(values.astype(np.int32) if self.is_whole else values)

    def read(self, column: "pa.ChunkedArray", question: Question, compiled: Compiled) -> np.ndarray:
        """Return the values that a column was made of, float64 (runs,), NaN for null.

        Raises ValueError for what is no value of the question.
        """
        return np.asarray(column.cast("float64").to_numpy())

    @property
    def estimate_type(self) -> "pa.DataType":
        """Return the Arrow type of an estimate."""
        import pyarrow as pa

        return pa.float64()

    def data(self, value: float, start: date) -> Any:
        """Return an estimate as tables have it, None for NaN. start: the first day of the clock."""
        return None if np.isnan(value) else value

    # --- how it is written for a person

    def number(self, value: float, start: date, spelling: Spelling = str) -> str:
        """Write an estimate without its unit, a dash for NaN.

        Days, counted from `start`, are written as `spelling` writes dates.
        """
        return "–" if np.isnan(value) else self._number(value, start, spelling)

    def _number(self, value: float, start: date, spelling: Spelling) -> str:
        return f"{value:.2f}"

    def text(self, value: float, start: date, spelling: Spelling = str) -> str:
        """Write an estimate with its unit."""
        return f"{self.number(value, start, spelling)} {self.name}"

    def mean_text(self, value: float, start: date) -> str:
        """Write an average over runs."""
        return f"mean {value:.2f}"

    def answer(self, value: float, start: date, spelling: Spelling = str) -> str:
        """Write what a single run, or the record, answers, without the unit."""
        return f"{value:.0f}" if self.is_whole else self.number(value, start, spelling)

    def answer_data(self, value: float, start: date) -> Any:
        """Return what a single run, or the record, answers as tables have it."""
        return self.data(value, start)

    @property
    def label(self) -> str:
        """Return the name of an axis of its values."""
        return self.axis_label or self.name

    # --- how two values are compared

    def aligned(self, values: np.ndarray, days: int) -> np.ndarray:
        """Shift days of a clock that starts so many days later to the other clock's start."""
        return values

    def gap(self, difference: float) -> float:
        """Return the difference of two values in the unit of differences."""
        return self.gap_scale * difference

    def gap_number(self, difference: float) -> str:
        """Write a difference with its sign."""
        return f"{self.gap(difference):+.{self.gap_digits}f}"

    def gap_text(self, difference: float) -> str:
        """Write a difference with its sign and unit."""
        return f"{self.gap_number(difference)} {self.gap_name or self.name}"


class Share(Unit):
    """Whether something is so, 1 or 0; over runs, in which share of them."""

    def column(self, values: np.ndarray, question: Question, compiled: Compiled) -> "pa.Array":
        """Return true and false."""
        import pyarrow as pa

        return pa.array(values > 0)

    def _number(self, value: float, start: date, spelling: Spelling) -> str:
        return f"{value:.1%}"

    def text(self, value: float, start: date, spelling: Spelling = str) -> str:
        """Write a share in percent."""
        return self.number(value, start)

    def answer(self, value: float, start: date, spelling: Spelling = str) -> str:
        """Write whether something is so."""
        return "yes" if value > 0 else "no"

    def answer_data(self, value: float, start: date) -> Any:
        """Return whether something is so."""
        return value > 0

    def mean_text(self, value: float, start: date) -> str:
        """Write a share, which is an average as it is."""
        return self.number(value, start)


class Date(Unit):
    """A day, as an index from the clock's start; NaN where it never came."""

    def column(self, values: np.ndarray, question: Question, compiled: Compiled) -> "pa.Array":
        """Return dates, null where the day never came."""
        import pyarrow as pa

        never = np.isnan(values)
        days = np.where(never, 0, values).astype(np.int32) + np.int32((compiled.start - EPOCH).days)
        return pa.array(days, mask=never).cast(pa.date32())

    def read(self, column: "pa.ChunkedArray", question: Question, compiled: Compiled) -> np.ndarray:
        """Return days as indices again."""
        days = np.asarray(column.cast("int32").cast("float64").to_numpy())
        return days - (compiled.start - EPOCH).days

    @property
    def estimate_type(self) -> "pa.DataType":
        """Return the Arrow type of a date."""
        import pyarrow as pa

        return pa.date32()

    def data(self, value: float, start: date) -> Any:
        """Return a date."""
        return None if np.isnan(value) else start + timedelta(int(value))

    def _number(self, value: float, start: date, spelling: Spelling) -> str:
        return spelling(start + timedelta(int(value)))

    def text(self, value: float, start: date, spelling: Spelling = str) -> str:
        """Write a date, which needs no unit."""
        return self.number(value, start, spelling)

    def answer(self, value: float, start: date, spelling: Spelling = str) -> str:
        """Write a date, or that it never came."""
        return "never" if np.isnan(value) else self._number(value, start, spelling)

    def mean_text(self, value: float, start: date) -> str:
        """Write the date of an average day."""
        return f"mean {start + timedelta(round(value))}"

    def aligned(self, values: np.ndarray, days: int) -> np.ndarray:
        """Return days as indices from the other clock's start."""
        return values + days


class Rung(Unit):
    """A rung of the scenario's ladder, from 0."""

    def _number(self, value: float, start: date, spelling: Spelling) -> str:
        return f"{value:.0f}"

    def text(self, value: float, start: date, spelling: Spelling = str) -> str:
        """Write the unit before the number."""
        return f"{self.name} {self.number(value, start)}"


class Classes(Unit):
    """The place of a class among those that an outcome's entry names; each is reported as a share of runs."""

    @property
    def has_variance(self) -> bool:
        """Tell that a class has no variance: its share has."""
        return False

    @property
    def has_classes(self) -> bool:
        """Tell that its values are classes."""
        return True

    def components(self, question: Question) -> list[Component]:
        """List a share for each class."""
        named = zip(question.names, question.classes, strict=True)
        return [Component(name, meaning, SHARE, question.headline) for name, meaning in named]

    def split(self, values: np.ndarray, question: Question) -> list[np.ndarray]:
        """Return, for each class, 1 where a run is of it."""
        return [np.where(np.isnan(values), np.nan, values == code) for code in range(len(question.classes))]

    def split_counts(self, counts: np.ndarray) -> list[np.ndarray]:
        """Return, for each class, how many runs are not of it and how many are."""
        total = int(counts.sum())
        return [np.array([total - int(of_class), int(of_class)]) for of_class in counts]

    def column(self, values: np.ndarray, question: Question, compiled: Compiled) -> "pa.Array":
        """Return the names of classes."""
        import pyarrow as pa

        return pa.array(question.classes, pa.string()).take(pa.array(values.astype(np.int64)))

    def read(self, column: "pa.ChunkedArray", question: Question, compiled: Compiled) -> np.ndarray:
        """Return the places of classes by their names. Raises ValueError for a name that is no class."""
        import pyarrow as pa
        import pyarrow.compute as pc

        codes = pc.index_in(column, pa.array(question.classes, pa.string()))
        strange = pc.filter(column, pc.and_(pc.is_null(codes), pc.is_valid(column)))
        if len(strange):
            classes = ", ".join(question.classes)
            raise ValueError(f"{question.name}: '{strange[0]}' is not one of its classes: {classes}")
        return np.asarray(codes.cast("float64").to_numpy())


# --- the units

UNITS: dict[str, Unit] = {}


def register(unit: Unit) -> Unit:
    """Register a unit under its name.

    Raises ValueError if there is one, or if its last cell would hold two things.
    """
    if unit.name in UNITS:
        raise ValueError(f"unit {unit.name} is registered twice")
    if unit.is_open and unit.may_never_come:
        raise ValueError(f"unit {unit.name}: one last cell cannot hold both what lies beyond and what never came")
    UNITS[unit.name] = unit
    return unit


def unit_of(question: Question) -> Unit:
    """Return the unit of a question's metric.

    Raises LookupError for a metric whose unit is not registered.
    """
    metric = METRICS[question.metric]
    if metric.unit not in UNITS:
        raise LookupError(f"metric {metric.name} is in '{metric.unit}', which is not a unit: {', '.join(UNITS)}")
    return UNITS[metric.unit]


SHARE = register(
    Share(
        "share",
        cells=lambda question, compiled: 2,
        kind="share",
        axis_label="share of runs",
        gap_name="points",
        gap_scale=100.0,
        gap_digits=1,
    )
)
DATE = register(
    Date(
        "date",
        cells=lambda question, compiled: compiled.days + 1,
        kind="median",
        may_never_come=True,
        gap_name="days",
    )
)
ACTS = register(Unit("acts", cells=lambda question, compiled: compiled.days * len(question.acts) + 2))
DAYS = register(Unit("days", cells=lambda question, compiled: compiled.days + 2))
MARKS = register(  # the last cell holds 40 marks and more
    Unit("marks", cells=lambda question, compiled: 20_000, width=0.002, is_whole=False, is_open=True)
)
RUNG = register(Rung("rung", cells=lambda question, compiled: len(compiled.loaded.scenario.rungs), kind="median"))
PATH = register(Classes("path", cells=lambda question, compiled: len(question.classes), kind="share"))
