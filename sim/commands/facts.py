"""`escalate facts`: what the literature finds, and whether the model does it too."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.options import POSTERIOR, WORKERS
from sim.scenario.library import shipped_default

if TYPE_CHECKING:
    from sim.evidence.facts import Facts, Variant

READING = (
    "Each statement's measure over an ensemble, with a 95 % interval (jackknife over runs), beside the band that the literature gives. "
    "* marks what lies outside its band, interval and all; ~ what lies outside it by less than its interval: both are missed. A model whose ideas do the work meets fewer statements without them."
)


@click.command("facts", short_help="Measure what the literature finds in the model.")
@click.argument("file", default=lambda: shipped_default("facts"))
@click.option(
    "--runs", type=click.IntRange(100, 20_000), help="Runs of each ensemble, in place of the file's own number."
)
@click.option(
    "--for", "scenario", metavar="SCENARIO", help="The scenario to measure, in place of the one that FILE names."
)
@click.option("--ablations/--no-ablations", default=True, show_default=True, help="The same table without each idea.")
@POSTERIOR
@WORKERS
@with_desk("out", "force", "verify", "json")
def command(desk: Desk, file: str, **options: Any) -> None:
    """Measure what the literature finds in the model.

    FILE holds the statements; by default it is the table of stylised facts that ships.
    """
    check_facts(desk, file, FactsRequest(**options))


@dataclass(frozen=True)
class FactsRequest:
    """The options of a table of facts. scenario: in place of the file's own. ablations: the table without each idea."""

    runs: int | None
    scenario: str | None
    ablations: bool
    posterior: Path | None
    workers: int | None


def check_facts(desk: Desk, file: str, request: FactsRequest) -> None:
    """Measure a file's statements, print the table and write it.

    They are measured of the defaults, of each ablation and, with draws, of the posterior.
    Raises UserError for a file, a scenario or draws that are not sound.
    """
    from sim.evidence.facts import facts_rows, load_facts, table
    from sim.evidence.folder import EvidencePlan, scenario_subject
    from sim.scenario.load import load

    facts, named = load_facts(file, request.scenario)
    scenario = request.scenario or named
    facts = facts if request.runs is None else facts.model_copy(update={"runs": request.runs})
    variants = variants_of(desk, facts, request)

    def work() -> Sequence[Row]:
        """Measure every statement in every variant; returns the rows of the table."""
        names = ", ".join(variant.name for variant in variants)
        desk.note(f"{len(facts.statements)} statements of {scenario}: {names}.")
        desk.compile("ensemble")
        workers = min(len(variants), request.workers or os.cpu_count() or 1)
        with desk.progress(len(variants), "variants") as each:
            return facts_rows(facts, table(facts, scenario, variants, workers, each))

    options = {
        "statements": facts.model_dump(mode="json"),
        "variants": [[variant.name, variant.settings, variant.draws and variant.draws.hash] for variant in variants],
    }
    rows = desk.keep_rows(EvidencePlan("facts", scenario_subject(load(scenario)), options), work)
    if desk.as_json:
        desk.answer_data(rows)
    else:
        desk.answer(facts_text(facts, rows))
    desk.note(f"Written to: {desk.result}")


def variants_of(desk: Desk, facts: "Facts", request: FactsRequest) -> "list[Variant]":
    """Return the models that are measured, the defaults first. Raises UserError for draws that are not sound."""
    from sim.evidence.facts import Variant
    from sim.results.posterior import read_draws

    variants = [Variant("defaults")]
    if request.posterior is not None:
        draws = read_draws(request.posterior)
        for warning in draws.warnings():
            desk.note(warning)
        variants.append(Variant("posterior", draws=draws))
    if request.ablations:
        variants += [Variant(name, tuple(settings)) for name, settings in facts.ablations.items()]
    return variants


def facts_text(facts: "Facts", rows: Sequence[Row]) -> str:
    """Return the table of statements by variants as text."""
    from tabulate import tabulate

    variants = list(dict.fromkeys(row["variant"] for row in rows))
    first = variants[0]
    cells = {(row["statement"], row["variant"]): row for row in rows}
    table = []
    for name, statement in facts.statements.items():
        band = f"{_number_text(statement.band[0])} to {_number_text(statement.band[1])}"
        others = [_value_text(cells[name, variant]) for variant in variants[1:]]
        table.append([name, statement.says, band, _interval_text(cells[name, first]), *others])
    met = [sum(cells[name, variant]["met"] for name in facts.statements) for variant in variants]
    table.append(["", f"met, of {len(facts.statements)}", "", *(str(count) for count in met)])
    body = tabulate(
        table,
        ["", "statement", "band", *variants],
        disable_numparse=True,
        maxcolwidths=[None, 44, None, None, *[None] * (len(variants) - 1)],
        maxheadercolwidths=[9, 44, 20, 20, *[12] * (len(variants) - 1)],
    )
    missed = [name for name in facts.statements if not cells[name, first]["met"]]
    head = f"{facts.name}: {facts.runs} runs of each ensemble."
    return "\n\n".join([head, READING, body, f"Missed by {first}: {', '.join(missed) or 'none'}."])


def _number_text(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "none"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _value_text(row: Row) -> str:
    if row["met"]:
        return _number_text(row["value"])
    reaches = row["low"] <= row["band_high"] and row["high"] >= row["band_low"]
    return _number_text(row["value"]) + (" ~" if reaches else " *")


def _interval_text(row: Row) -> str:
    return f"{_value_text(row)} ({_number_text(row['low'])} to {_number_text(row['high'])})"
