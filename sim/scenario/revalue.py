"""The same scenario with other numbers, fast: for fits and posterior draws, which need it a hundred thousand times.

A scenario is read, checked and turned into tables once; another set of values then makes only the tables of numbers
anew. What it gives is what `compile_tables` would give of a file with those values, to the bit (a test).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sim.scenario.compile import Compiled, compile_tables
from sim.scenario.load import Loaded
from sim.scenario.numbers import Numbers
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
        self.signals = any(_read_by_signals(loaded.scenario, key) for key in self.keys)

    @property
    def values(self) -> list[float]:
        """Return the values that the scenario itself gives."""
        return [float(entry.value) for entry in self.entries if entry.value is not None]

    def with_values(self, values: Sequence[float]) -> Compiled:
        """Return the scenario at other values, float for each key.

        A value must be one that its unit allows, which is not checked again.
        """
        entries = [
            entry.model_copy(update={"value": float(value)}) for entry, value in zip(self.entries, values, strict=True)
        ]
        scenario = _with(self.compiled.loaded.scenario, self.places, entries)
        tables = self.compiled.tables._replace(**self.numbers.with_scenario(scenario).tables(self.signals))
        return replace(self.compiled, loaded=replace(self.compiled.loaded, scenario=scenario), tables=tables)


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
