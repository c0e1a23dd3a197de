"""What there is to choose from: tables of actions, drives, parameters, …, made from code and data."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sim.layout import Page, Verbatim
from sim.layout import Table as Layout
from sim.rules.registry import DRIVES, METRICS, STRATEGIES, Registered
from sim.scenario.kinds import kind_of_file
from sim.scenario.library import shipped_default, shipped_files
from sim.scenario.load import Loaded, load
from sim.scenario.problems import Place, UserError, key_path, listed, unknown
from sim.scenario.quantities import quantities
from sim.scenario.questions import questions
from sim.scenario.schedule import stretches
from sim.scenario.selection import acts_of
from sim.scenario.yaml_file import read_yaml

Row = dict[str, Any]
Table = Callable[[Loaded], list[Row]]
KINDS: dict[str, Table] = {}
# Headings of the columns that a narrow terminal does without, the first to go first.
LEAVES = (
    "source",
    "caveat",
    "script",
    "needs",
    "used as",
    "CAMEO",
    "Goldstein",
    "raises",
    "lowers",
    "why outside",
    "chances",
    "believed before",
    "comes from",
    "times",
    "role",
    "unit",
)
# Of fields that go by another name where people read them.
HEADINGS = {"low": "95 % from", "high": "to", "acts": "acts on record", "days": "days on record"}
# Of some tables, the columns of prose that stand under each row where there is no room beside it.
UNDER = {
    "parameters": ("meaning", "source"),
    "record": ("what happened", "why outside", "caveat"),
    "acts": ("source", "caveat"),
}


def kind(function: Table) -> Table:
    """Register a table under the name of its function."""
    KINDS[function.__name__] = function
    return function


@kind
def actors(loaded: Loaded) -> list[Row]:
    """List the actors, each with its strategy."""
    return [
        {"actor": name, "label": actor.label, "strategy": actor.strategy}
        for name, actor in loaded.scenario.actors.items()
    ]


@kind
def actions(loaded: Loaded) -> list[Row]:
    """List what each actor can do, to whom, with weight, rung and role."""
    return [
        {
            "action": act.name,
            "target": act.target,
            "CAMEO": act.entry.cameo or "",
            "Goldstein": act.goldstein,
            "rung": act.entry.rung,
            "role": "" if act.entry.role == "none" else act.entry.role,
            "raises": ", ".join(act.entry.raises),
            "lowers": ", ".join([*act.entry.lowers, *act.entry.lowers_first]),
            "meaning": act.entry.meaning,
        }
        for act in acts_of(loaded.scenario)
    ]


@kind
def facts(loaded: Loaded) -> list[Row]:
    """List the facts that actions raise and lower."""
    return [{"fact": name, "meaning": fact.meaning} for name, fact in loaded.scenario.facts.items()]


@kind
def strategies(loaded: Loaded) -> list[Row]:
    """List the ways of answering what others do."""
    used = {actor.strategy for actor in loaded.scenario.actors.values()}
    return [
        {"strategy": name, "used": "yes" if name in used else "", "meaning": entry.sentence}
        for name, entry in STRATEGIES.items()
    ]


@kind
def drives(loaded: Loaded) -> list[Row]:
    """List the terms of the log-hazard that entries of drives may name, with what each needs."""
    rows = []
    for name, entry in DRIVES.items():
        used = [key for key, drive in loaded.scenario.drives.items() if drive.drive == name]
        rows.append(
            {
                "drive": name,
                "acts on": entry.stage,
                "needs": ", ".join(("weight", *entry.needs)),
                "used as": ", ".join(used),
                "meaning": _whole(entry),
            }
        )
    return rows


def _whole(entry: Registered) -> str:
    return " ".join((entry.function.__doc__ or "").split())


@kind
def metrics(loaded: Loaded) -> list[Row]:
    """List the measures of a run that outcomes may name, with what each needs."""
    return [
        {"metric": name, "unit": entry.unit, "needs": ", ".join(entry.needs), "meaning": entry.sentence}
        for name, entry in METRICS.items()
    ]


@kind
def parameters(loaded: Loaded) -> list[Row]:
    """List every number that has a meaning, with its range, unit and source, wherever it stands."""
    rows = []
    for located in quantities(loaded.scenario):
        entry = located.quantity
        if entry.value is None or entry.meaning is None:
            continue
        steps = "".join(f"; {number:g} from {day}" for day, number in sorted((entry.steps or {}).items()))
        spread = f"{entry.low:g} to {entry.high:g}" if entry.low is not None and entry.high is not None else ""
        name = key_path(list(located.path))
        rows.append(
            {
                "parameter": name,
                "value": f"{entry.value:g}{steps}",
                "range": spread,
                "unit": entry.unit or located.unit,
                "meaning": f"{entry.label}: {entry.meaning}" if entry.label else entry.meaning,
                "source": entry.source or "",
            }
        )
    return rows


@kind
def outcomes(loaded: Loaded) -> list[Row]:
    """List the outcomes of the scenario, with their units."""
    return [
        {
            "outcome": question.name,
            "unit": METRICS[question.metric].unit,
            "headline": "yes" if question.headline else "",
            "meaning": question.meaning,
        }
        for question in questions(loaded.scenario)
    ]


@kind
def acts(loaded: Loaded) -> list[Row]:
    """List the acts that are replayed, forced or withheld, with source and caveat."""
    return [
        {
            "date": stretch.days,
            "act": listed(stretch.names, 3),
            "is": "replayed" if stretch.order.replayed else f"{stretch.order.do}d".replace("withholdd", "withheld"),
            "source": stretch.order.source,
            "caveat": stretch.order.note,
        }
        for stretch in stretches(loaded.ordered)
    ]


@kind
def record(loaded: Loaded) -> list[Row]:
    """List the whole record: what each row is coded as, or why it is outside the scenario."""
    inside = set(loaded.rows_inside)
    outside = loaded.scenario.record.outside_actors if loaded.scenario.record else {}
    return [
        {
            "date": str(row.day or row.month),
            "coded as": row.name if row in inside else "outside",
            "target": row.target,
            "what happened": row.description,
            "why outside": ""
            if row in inside
            else row.outside or outside.get(row.actor) or outside.get(row.target, ""),
            "caveat": row.note,
        }
        for row in loaded.rows
    ]


@kind
def scenarios(_: Loaded) -> list[Row]:
    """List the scenarios that ship, with the question that each asks."""
    rows = []
    for name, path in shipped_files("scenario").items():
        scenario = load(path).scenario
        rows.append({"scenario": name, "name": scenario.name, "question": scenario.description})
    return rows


@kind
def variants(_: Loaded) -> list[Row]:
    """List the variants that ship, each to be laid over a case (baseline+weak_backing), with its question."""
    rows = []
    for name, path in shipped_files("variant").items():
        variant = read_yaml(path, name).plain()
        rows.append({"variant": name, "name": variant["name"], "question": variant["description"]})
    return rows


@kind
def kinds(_: Loaded) -> list[Row]:
    """List the kinds of crisis that ship, with their roles: * for one that may stay empty, … for several players."""
    rows = []
    for name, path in shipped_files("kind").items():
        for role, entry in kind_of_file(name, path).roles.items():
            signs = ("…" if entry.many else "") + ("" if entry.required else "*")
            rows.append({"kind": name, "role": role + signs, "meaning": entry.label})
    return rows


@kind
def studies(_: Loaded) -> list[Row]:
    """List the studies that ship, with the question that each asks."""
    rows = []
    for name, path in shipped_files("study").items():
        study = read_yaml(path, name).plain()
        rows.append({"study": name, "name": study["name"], "question": study["description"]})
    return rows


def listed_page(
    name: str,
    file: str,
    settings: Iterable[str],
    form: str,
    more: Mapping[str, Table] = {},
    beliefs: Iterable[str] = (),
) -> Page:
    """Return one table of a scenario as a page: of text, Markdown or JSON.

    Parameters
    ----------
    name: of the table; empty for the table of all tables.
    file: a scenario, by its path or bare name; empty for the baseline that ships.
    settings: key=value, laid over it.
    form: text, md or json.
    more: tables of rooms above, by name.
    beliefs: key=value, of the case itself.

    Raises
    ------
    UserError: there is no such table or scenario, or it is not sound.
    """
    tables = {**KINDS, **more}
    if not name:
        return _in_form([{"kind": table, "holds": _holds(tables[table])} for table in tables], form)
    if name not in tables:
        raise UserError([unknown(Place("escalate list", 0), "", "table", name, tables)])
    return _in_form(
        tables[name](load(file or shipped_default("scenario"), settings, beliefs)), form, UNDER.get(name, ())
    )


def _holds(table: Table) -> str:
    """Return what a table holds, as its docstring says."""
    return (table.__doc__ or "").split("\n")[0].removeprefix("List ").removeprefix("Return ").rstrip(".")


def _in_form(rows: list[Row], form: str, under: Sequence[str] = ()) -> Page:
    if form == "json":
        return Page(Verbatim(json.dumps(rows, indent=2, ensure_ascii=False)))
    if not rows:
        return Page("none")
    rows = [{HEADINGS.get(name, name): value for name, value in row.items()} for row in rows]
    table = Layout.from_records(rows, LEAVES, under)
    return Page(Verbatim(table.markdown()) if form == "md" else table)


def listed_table(
    name: str,
    file: str,
    settings: Iterable[str],
    form: str,
    more: Mapping[str, Table] = {},
    beliefs: Iterable[str] = (),
) -> str:
    """Write one table of a scenario as text, Markdown or JSON: `listed_page`, as a pipe gets it."""
    return str(listed_page(name, file, settings, form, more, beliefs))
