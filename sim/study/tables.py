"""A sweep's tables: a row a point with estimates and intervals, and if wanted a row a run."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from sim.results.columns import outcomes_table
from sim.results.estimates import estimates
from sim.results.run import GROUP_RUNS
from sim.results.tally import empty_tally
from sim.results.units import Component, unit_of
from sim.scenario.compile import Compiled, compile_tables
from sim.scenario.questions import Question
from sim.study.blocks import blocks_by_point
from sim.study.folder import Result, SweepFolder
from sim.study.load_study import LoadedStudy

GROUP_POINTS = 1_000  # of one row group: memory does not grow with the sweep
INTERVAL = "95 % interval, simulation error only"
Row = dict[str, Any]


class _Shapes:
    """Questions and dates of a point: those of any sound point of its combination, for no number changes them."""

    def __init__(self, study: LoadedStudy):
        self.study = study
        self.known: dict[int, Compiled] = {}  # the last combination's

    def compiled(self, point: int) -> Compiled:
        """Return a scenario with the questions and dates of a point."""
        combination = self.study.combination(point)
        if combination not in self.known:
            self.known = {combination: compile_tables(self.study.scenario_at(point))}
        return self.known[combination]


def points_tables(study: LoadedStudy, folder: SweepFolder) -> Iterator[pa.Table]:
    """Yield the table of points, some points at a time.

    Every block must be there.
    Raises UserError for a damaged block.
    """
    schema, shapes = points_schema(study), _Shapes(study)
    by_point = itertools.groupby(folder.results(blocks_by_point(study)), key=lambda block: block.point)
    while rows := [
        _row(study, schema, shapes, point, list(blocks)) for point, blocks in itertools.islice(by_point, GROUP_POINTS)
    ]:
        yield pa.Table.from_pylist(rows, schema)


def points_schema(study: LoadedStudy) -> pa.Schema:
    """Return the schema of a row a point.

    It has the point's values, how many runs, whether it failed and why; and for each outcome an estimate, both ends of
    its 95 % interval, and the number of runs that it is taken over.
    """
    fields = [pa.field("point", pa.int32())]
    fields += [pa.field(key, _column_type(study, key)) for key in study.keys]
    fields += [pa.field("runs", pa.int32()), pa.field("failed", pa.bool_()), pa.field("error", pa.string())]
    for name, outcome in reported(study).items():
        kind, unit = outcome.component.unit, unit_of(outcome.question)
        fields.append(pa.field(name, kind.estimate_type, metadata={"unit": f"{kind.kind}, {unit}"}))
        fields += [pa.field(name + end, kind.estimate_type, metadata={"unit": INTERVAL}) for end in (".low", ".high")]
        fields.append(pa.field(f"{name}.of", pa.int32(), metadata={"unit": "runs that it is taken over"}))
    return pa.schema(fields)


@dataclass(frozen=True)
class Reported:
    """An estimate that a study reports: of a question, or of one of its classes, by its place among them."""

    compiled: Compiled  # of the study's base
    question: Question
    place: int
    component: Component

    def values(self, runs: pa.Table) -> np.ndarray:
        """Return its values in a table of runs, float64 (rows,), NaN for null.

        Raises ValueError for an unreadable one.
        """
        unit = unit_of(self.question)
        values = unit.read(runs[self.question.name], self.question, self.compiled)
        return unit.split(values, self.question)[self.place]


def reported(study: LoadedStudy) -> dict[str, Reported]:
    """Return what the study reports, by name."""
    compiled = compile_tables(study.base)
    return {
        component.name: Reported(compiled, question, place, component)
        for question in _reported_questions(study, compiled)
        for place, component in enumerate(unit_of(question).components(question))
    }


def _column_type(study: LoadedStudy, key: str) -> pa.DataType:
    """Choose a column's type: numbers or dates where all values are, null aside; else text, or JSON."""
    values = [
        combination[key].plain()
        for combination in study.combinations
        if key in combination and combination[key].plain() is not None
    ]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return pa.float64()
    return pa.date32() if all(isinstance(value, date) for value in values) else pa.string()


def _laid(value: Any, kind: pa.DataType, all_text: bool) -> Any:
    """Convert a value to its column's type; text stands as it is where all values are text."""
    if value is None or not pa.types.is_string(kind):
        return value
    return value if all_text else json.dumps(value, default=str)


def _row(study: LoadedStudy, schema: pa.Schema, shapes: _Shapes, point: int, blocks: list[Result]) -> Row:
    errors = [block.error for block in blocks if block.error]
    row: Row = {"point": point, "runs": 0 if errors else sum(block.runs for block in blocks)}
    row |= {"failed": bool(errors), "error": errors[0] if errors else None}
    for key, value in study.plain(point).items():
        all_text = all(isinstance(levers[key].plain(), str | None) for levers in study.combinations if key in levers)
        row[key] = _laid(value, schema.field(key).type, all_text)
    if errors:
        return row
    tally = empty_tally(shapes.compiled(point))
    for block in blocks:
        tally.counts[block.cells] += block.counts
    for estimate in estimates(tally, study.outcomes):
        name = estimate.name
        ends = {name: estimate.value, f"{name}.low": estimate.low, f"{name}.high": estimate.high}
        row |= {column: estimate.unit.data(number, tally.compiled.start) for column, number in ends.items()}
        row[f"{name}.of"] = estimate.counted_runs
    return row


def runs_tables(study: LoadedStudy, folder: SweepFolder) -> Iterator[pa.Table]:
    """Yield the table of runs, a row a run and point.

    A table has as many rows whatever the size of a block. Raises UserError for a damaged block.
    """
    waiting: list[pa.Table] = []
    for table in _block_tables(study, folder):
        waiting.append(table)
        if sum(part.num_rows for part in waiting) >= GROUP_RUNS:
            whole = pa.concat_tables(waiting)
            ready = whole.num_rows - whole.num_rows % GROUP_RUNS
            for start in range(0, ready, GROUP_RUNS):
                yield whole.slice(start, GROUP_RUNS).combine_chunks()
            waiting = [whole.slice(ready).combine_chunks()]
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def _block_tables(study: LoadedStudy, folder: SweepFolder) -> Iterator[pa.Table]:
    """Yield the rows of each block that did not fail; first a table without rows, which has the columns."""
    shapes, base = _Shapes(study), compile_tables(study.base)
    questions = _reported_questions(study, base)
    empty = _with_point(0, outcomes_table(base, 0, np.zeros((0, len(questions))), questions))
    schema = empty.schema
    yield empty
    for block in folder.results(blocks_by_point(study)):
        if block.error:
            continue
        compiled = shapes.compiled(block.point)
        table = _with_point(
            block.point, outcomes_table(compiled, block.first, block.outcomes, _reported_questions(study, compiled))
        )
        missing = [name for name in schema.names if name not in table.column_names]  # a lever took the outcome away
        for name in missing:
            table = table.append_column(schema.field(name), pa.nulls(table.num_rows, schema.field(name).type))
        yield table.select(schema.names).cast(schema)


def _reported_questions(study: LoadedStudy, compiled: Compiled) -> list[Question]:
    return [question for question in compiled.questions if question.name in study.outcomes]


def _with_point(point: int, table: pa.Table) -> pa.Table:
    return table.add_column(0, "point", pa.array(np.full(table.num_rows, point), pa.int32()))
