"""The same scenario with other numbers, fast: for fits and posterior draws, which need it a hundred thousand times.

A scenario is read, checked and turned into tables once; another set of values is then written into their cells, or
makes a table of numbers anew (`cells`). What it gives is what `compile_tables` would give of a file with those values,
to the bit (a test).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sim.rules.arrays import Tables
from sim.scenario.cells import Arrays, Cells
from sim.scenario.compile import Compiled, compile_tables
from sim.scenario.load import Loaded
from sim.scenario.numbers import TABLES, Numbers
from sim.scenario.problems import UserError, unknown
from sim.scenario.quantities import dotted, quantities
from sim.scenario.schema import Quantity, Scenario

Places = dict[str, Any]  # of step to more of the same, or to an index


class Revaluer:
    """One scenario at other values of some of its numbers.

    keys: dotted keys of numbers that the scenario gives (`parameters.leverage`, `channels.a.b.hostile.base`), in the
    order in which `with_values` takes their values. Raises UserError for an unknown key, a name of a parameter, or a
    dated series.
    """

    def __init__(self, loaded: Loaded, keys: Sequence[str]):
        self.keys = list(keys)
        self.compiled = compile_tables(loaded)
        self.numbers = Numbers(loaded.scenario)
        self.numbers.columns = self.compiled.columns
        quantities_by_key = {dotted(located.path): located.quantity for located in quantities(loaded.scenario)}
        plain = {
            key: quantity
            for key, quantity in quantities_by_key.items()
            if quantity.value is not None and not quantity.steps
        }
        for key in self.keys:
            if key not in plain:
                raise UserError([unknown(loaded.tree.place, "", "number with one value", key, sorted(plain))])
        self.entries = [plain[key] for key in self.keys]
        self.places = _tree([key.split(".") for key in self.keys])
        moves_signals = any(_read_by_signals(loaded.scenario, key) for key in self.keys)
        self.named_tables = [name for name in TABLES if moves_signals or name != "signals"]
        self.cells = Cells(self.values, self._tables_anew)
        self.anew = _tree([self.keys[index].split(".") for index in self.cells.needed])

    @property
    def values(self) -> list[float]:
        """Return the values that the scenario itself gives."""
        return [float(entry.value) for entry in self.entries if entry.value is not None]

    def with_values(self, values: Sequence[float]) -> Compiled:
        """Return the scenario at other values, float for each key.

        A value must be one that its unit allows, which is not checked again.
        """
        scenario = self._scenario(self.places, values)
        loaded = replace(self.compiled.loaded, scenario=scenario)
        return replace(self.compiled, loaded=loaded, tables=self._tables(values))

    def tables_at(self, values: Sequence[float]) -> Compiled:
        """Return the scenario with the tables of other values, several times as fast as `with_values`.

        For who reads tables alone: what is `loaded` stays as it is.
        """
        return replace(self.compiled, tables=self._tables(values))

    def _tables(self, values: Sequence[float]) -> Tables:
        tables = self.cells.written(values)
        if self.cells.made_anew:
            scenario = self._scenario(self.anew, [values[index] for index in self.cells.needed], self.cells.needed)
            tables |= self.numbers.with_scenario(scenario).tables(self.cells.made_anew)
        return self.compiled.tables._replace(**tables)

    def _tables_anew(self, values: Sequence[float]) -> Arrays:
        """Make all tables of numbers at other values, without looking for cells."""
        return self.numbers.with_scenario(self._scenario(self.places, values)).tables(self.named_tables)

    def _scenario(self, places: Places, values: Sequence[float], numbers: Sequence[int] | None = None) -> Scenario:
        """Return the scenario with other values of all its free numbers, or of those that are named by their places."""
        entries = self.entries if numbers is None else [self.entries[index] for index in numbers]
        changed = [
            entry.model_copy(update={"value": float(value)}) for entry, value in zip(entries, values, strict=True)
        ]
        scenario: Scenario = _with(self.compiled.loaded.scenario, places, changed)
        return scenario


def as_known_on(loaded: Loaded, day: date) -> Loaded:
    """Return the scenario as known on a day: every dated series stays as it is then.

    Dates that are known beforehand, such as that of a vote, stay.
    """
    later = {
        dotted(located.path): located.quantity
        for located in quantities(loaded.scenario)
        if any(since > day for since in located.quantity.steps or {})
    }
    entries = {
        key: entry.model_copy(
            update={"steps": {since: value for since, value in (entry.steps or {}).items() if since <= day}}
        )
        for key, entry in later.items()
    }
    return replace(loaded, scenario=replaced(loaded.scenario, entries))


def fitted_keys(scenario: Scenario, defaults: Mapping[str, float]) -> list[str]:
    """List the keys of the numbers that a scenario leaves as they were where they were fitted: one value, and the same.

    defaults: that value, by dotted key.
    """
    quantities_by_key = {dotted(located.path): located.quantity for located in quantities(scenario)}
    return [
        key
        for key, value in defaults.items()
        if key in quantities_by_key and quantities_by_key[key].value == value and not quantities_by_key[key].steps
    ]


def replaced(scenario: Scenario, entries: Mapping[str, Quantity]) -> Scenario:
    """Return the scenario with the quantities at some dotted keys replaced."""
    changed: Scenario = _with(scenario, _tree([key.split(".") for key in entries]), list(entries.values()))
    return changed


def _tree(paths: Sequence[Sequence[str]]) -> Places:
    """Arrange the paths of several quantities as a tree of steps, so that holders are copied once."""
    tree: Places = {}
    for index, path in enumerate(paths):
        branch: Any = tree
        for step in path[:-1]:
            branch = branch.setdefault(step, {})
        branch[path[-1]] = index
    return tree


def _with(entry: Any, places: Places, quantities: Sequence[Quantity]) -> Any:
    """Return an entry with quantities replaced; nothing is changed in place."""
    if isinstance(entry, list):
        inner = {str(index): item for index, item in enumerate(entry)}
        return list(_with(inner, places, quantities).values())
    members = entry if isinstance(entry, dict) else entry.__dict__
    changed = {
        step: quantities[place] if isinstance(place, int) else _with(members[step], place, quantities)
        for step, place in places.items()
    }
    return {**entry, **changed} if isinstance(entry, dict) else entry.model_copy(update=changed)


def _read_by_signals(scenario: Scenario, key: str) -> bool:
    """Tell whether a drive's daily signal is made of this number."""
    section, _, name = key.partition(".")
    if section == "drives":
        return True
    read = [q for drive in scenario.drives.values() for q in (drive.signal, drive.horizon_days, drive.constant)]
    return section == "parameters" and any(quantity is not None and quantity.parameter == name for quantity in read)
