"""`escalate show`: the resolved scenario, where each value was set, what differs from another."""

from typing import TYPE_CHECKING

import click

from sim.commands.desk import Desk, with_desk
from sim.commands.switches import BELIEF, SETTING, examples
from sim.layout import Page, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.scenario.load import Loaded


@click.command(
    "show",
    short_help="Print the complete scenario, or where each value was set.",
    epilog=examples(
        "escalate show baseline parameters.leverage",
        "escalate show baseline+weak_backing --against baseline",
    ),
)
@click.argument("file")
@click.argument("key", default="")
@click.option("--origins", is_flag=True, help="Where each value was set, file:line.")
@click.option("--against", metavar="OTHER", help="What differs from another scenario.")
@SETTING
@BELIEF
@with_desk("json")
def command(
    desk: Desk,
    file: str,
    key: str,
    origins: bool,
    against: str | None,
    settings: tuple[str, ...],
    beliefs: tuple[str, ...],
) -> None:
    """Print the scenario that FILE comes to, or what stands under KEY."""
    if origins and against is not None:
        raise click.UsageError("--origins and --against cannot be combined: give one of them")
    from sim.scenario.load import load

    loaded = load(file, settings, beliefs)
    if against is not None:
        show_differences(desk, loaded, key, against)
    elif origins:
        show_origins(desk, loaded, key)
    else:
        show_scenario(desk, loaded, key)


def show_scenario(desk: Desk, loaded: "Loaded", key: str) -> None:
    """Print the resolved scenario, or what stands under a key. Raises UserError."""
    from sim.scenario.origins import part
    from sim.scenario.yaml_text import write_yaml

    if desk.as_json:
        desk.answer_data(part(loaded, key, loaded.resolved()))
        return
    value = part(loaded, key, loaded.resolved())
    if isinstance(value, int | float) and (unit := units_by_key(loaded).get(key)):
        desk.answer(f"{value}  # {unit}")
        return
    learned = learned_comment(loaded) if not key or key.startswith("channels") else ""
    text = write_yaml(part(loaded, key, loaded.scenario.model_dump(exclude_none=True))).removesuffix("\n")
    beside = loaded.scenario.record is not None and not key
    head = f"# record.file is looked for beside this file: {loaded.record_path}\n" if beside else ""
    desk.answer(head + text + learned + (what_ifs_comment(loaded) if not key else ""))


def what_ifs_comment(loaded: "Loaded") -> str:
    """Write as comments what lies over the case: what ifs, under which nothing is learned; and what is believed of it."""
    from sim.scenario.origins import differences, origins

    text = ""
    if loaded.case is not loaded:
        rows = [row for row in differences(loaded, loaded.case) if row[0] not in ("name", "description", "record.case")]
        what_ifs = "".join(f"\n#   {key}: {here} (there {there})" for key, here, there in rows)
        text = f"\n# What ifs, over {loaded.case.file}, whose bases are kept:{what_ifs}" if rows else ""
    believed = [(key, value) for key, value, place in origins(loaded) if place.startswith("--believe")]
    beliefs = "".join(f"\n#   {key}: {value}" for key, value in believed)
    return text + (f"\n# Beliefs, under which bases are learned:{beliefs}" if believed else "")


def learned_comment(loaded: "Loaded") -> str:
    """Write what the record has taught of each base as comments, and under whose numbers it was learned."""
    from sim.engine.learning import compile_scenario
    from sim.results.bases import base_rows

    rows = [row for row in base_rows(compile_scenario(loaded)) if row["low"] is not None]
    if not rows:
        return ""
    head = "\n# Bases that are learned, in acts per day, with 95 % intervals:\n"
    return head + "\n".join(
        f"#   {row['channel']}: {row['acts per day']:.4f} ({row['low']:.4f} to {row['high']:.4f}); "
        f"{row['acts']} acts on {row['days']} days, {row['comes from']}"
        + (f"; in the runs times {row['times']}" if row["times"] else "")
        for row in rows
    )


def show_origins(desk: Desk, loaded: "Loaded", key: str) -> None:
    """Print where each value under a key was set. Raises UserError."""
    from sim.scenario.origins import origins

    rows = list(origins(loaded, key))
    if desk.as_json:
        desk.answer_data([{"key": key, "value": value, "set_at": place} for key, value, place in rows])
    else:
        units = units_by_key(loaded)
        desk.answer("\n".join(f"{key} = {with_unit(value, key, units)}  # {place}" for key, value, place in rows))


def show_differences(desk: Desk, loaded: "Loaded", key: str, against: str) -> None:
    """Print what differs between two scenarios under a key. Raises UserError."""
    from sim.scenario.labels import labels_of
    from sim.scenario.load import load
    from sim.scenario.origins import differences

    labels = labels_of(loaded.scenario)
    rows = list(differences(loaded, load(against), key))
    if desk.as_json:
        desk.answer_data([{"key": key, "here": here, "there": there} for key, here, there in rows])
        return
    if not rows:
        desk.answer(f"# {loaded.file} and {against} are the same")
        return
    units = units_by_key(loaded)
    cells = [
        [key_text(key, labels), with_unit(here, key, units), with_unit(there, key, units)] for key, here, there in rows
    ]
    desk.answer(Page(Table(["key", loaded.file, against], cells)))


def units_by_key(loaded: "Loaded") -> dict[str, str]:
    """Return the units of a scenario's numbers, by the keys of the number itself, its value and its range."""
    from sim.scenario.problems import key_path
    from sim.scenario.quantities import quantities, settled

    units: dict[str, str] = {}
    for located in quantities(loaded.scenario):
        entry = settled(located.quantity, loaded.scenario.parameters)
        if unit := entry.unit or located.unit:
            key = key_path(list(located.path))
            units |= dict.fromkeys((key, *(f"{key}.{end}" for end in ("value", "low", "high"))), unit)
    return units


def with_unit(value: object, key: str, units: "Mapping[str, str]") -> str:
    """Write a value, a number with its unit. units: by keys."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value} {units[key]}" if is_number and key in units else f"{value}"


def key_text(key: str, labels: "Mapping[str, str]") -> str:
    """Write a key as it is typed, and what readers call it."""
    from sim.scenario.labels import labelled

    words = labelled(key, labels)
    return key if words == key else f"{key} ({words})"
