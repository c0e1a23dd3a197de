"""The tables of an ensemble: columns with their units, dates as dates, names instead of codes."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sim.results.blocks import Totals
from sim.results.daily import BIN_WIDTH, QUANTILES
from sim.results.units import unit_of
from sim.rules.arrays import FREE
from sim.scenario.compile import Compiled
from sim.scenario.questions import Question


def _described(table: pa.Table, units: dict[str, str]) -> pa.Table:
    """Return the table with each column's unit in its metadata."""
    fields = [
        field.with_metadata({"unit": units[field.name]}) if field.name in units else field for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _dates(compiled: Compiled) -> pa.Array:
    return pa.array([compiled.date(index) for index in range(compiled.days)], pa.date32())


def _who_did_what(compiled: Compiled, action: np.ndarray) -> dict[str, pa.Array]:
    """Return actor, target and action of each code; the same dictionaries whatever the codes."""
    acts = compiled.acts
    named = {
        "actor": (compiled.actors, [compiled.actors.index(act.actor) for act in acts]),
        "target": (compiled.actors, [compiled.actors.index(act.target) for act in acts]),
        "action": (
            sorted({act.action for act in acts}),
            [sorted({a.action for a in acts}).index(act.action) for act in acts],
        ),
    }
    return {
        column: pa.DictionaryArray.from_arrays(pa.array(np.array(codes, np.int32)[action]), pa.array(names))
        for column, (names, codes) in named.items()
    }


def acts_table(compiled: Compiled, acts: np.ndarray) -> pa.Table:
    """Lay out acts, a row each: run, date, actor, target, action, whether replayed or forced.

    Parameters: acts, int32 (acts, 3): run, day and action.
    """
    run, day, action = acts.T
    columns = {"run": pa.array(run, pa.int32()), "date": _dates(compiled).take(pa.array(day))}
    columns |= _who_did_what(compiled, action)
    columns["ordered"] = pa.array(compiled.tables.schedule[day, action] != FREE)
    return _described(
        pa.table(columns), {"run": "index", "date": "day", "ordered": "replayed or forced, not left to luck"}
    )


def acts_by_day_table(compiled: Compiled, totals: Totals) -> pa.Table:
    """Lay out, a row a day and action that was done in any run, in how many runs."""
    day, action = totals.acts.nonzero()
    columns = {"date": _dates(compiled).take(pa.array(day))} | _who_did_what(compiled, action)
    columns["runs"] = pa.array(totals.acts[day, action], pa.int64())
    return _described(pa.table(columns), {"date": "day", "runs": "runs in which it is done on that day"})


def outcomes_table(
    compiled: Compiled, first: int, outcomes: np.ndarray, questions: Sequence[Question] | None = None
) -> pa.Table:
    """Lay out outcomes, a row a run and a column a question: dates as dates, classes by name.

    Parameters: first, the number of the first run; outcomes, float64 (runs, questions); questions, what is in its
    columns, all of the scenario if none are given.
    """
    columns: dict[str, pa.Array] = {"run": pa.array(range(first, first + len(outcomes)), pa.int32())}
    units = {"run": "index"}
    for index, question in enumerate(compiled.questions if questions is None else questions):
        unit = unit_of(question)
        columns[question.name] = unit.column(outcomes[:, index], question, compiled)
        units[question.name] = unit.name
    return _described(pa.table(columns), units)


def read_outcomes(compiled: Compiled, table: pa.Table) -> np.ndarray:
    """Read the outcomes of a written table: float64 (runs, questions), days as indices again.

    Raises KeyError for a table that lacks a question of the scenario, ValueError for one that holds something else.
    """
    columns = [
        unit_of(question).read(table.column(question.name), question, compiled) for question in compiled.questions
    ]
    return np.array(columns).T.reshape(table.num_rows, -1)


def daily_table(compiled: Compiled, totals: Totals) -> pa.Table:
    """Lay out, a row a day and pair, quantiles of tension over the runs.

    They are in marks, from bins of a fixed width.
    """
    rows = [(compiled.date(day), *pair) for day in range(compiled.days) for pair in compiled.pairs]
    columns = {
        "date": pa.array([row[0] for row in rows], pa.date32()),
        "one": pa.array([row[1] for row in rows], pa.string()),
        "other": pa.array([row[2] for row in rows], pa.string()),
    }
    quantiles = totals.daily.quantiles()
    columns |= {f"q{round(share * 100):02d}": pa.array(quantiles[share].ravel()) for share in QUANTILES}
    units = {f"q{round(share * 100):02d}": f"marks, from bins of {BIN_WIDTH}" for share in QUANTILES}
    return _described(pa.table(columns), units | {"date": "day"})
