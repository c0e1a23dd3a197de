"""`escalate priors`: what acts draw in many dyads, beside the model's numbers, as priors for one that is not among them."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.switches import A_FILE, DAY, RESUME, WORKERS, WholeNumber, examples

if TYPE_CHECKING:
    from sim.evidence.dyad_priors import Fit
    from sim.evidence.parts import Parts
    from sim.layout import Page, Table

READING = (
    "Median (95 %); of momentum and reciprocity the median over pairs. over pairs: a pair that is not in the file. all alike: the likeliest number if all pairs had the same. "
    "Half-lives, shape and mean are common to the pairs of a kind. * marks an estimate whose interval the model's number lies outside; ? marks a half-life of which the pairs say next to nothing. "
    "A half-life under half a day is all on the next day. Volume of news and weekday are offsets of the fits, not of the tests."
)
VARIANTS = (
    "each act once: the same act between the same two within three days of its last mention is told again. pairs in contact: likewise, chosen by ten acts of either, hostile ones of the first left out, "
    "in place of days of hostile acts, so that pairs that were spared are among them. each root once a week: acts of one CAMEO root within seven days are one. echoes kept: every row as it comes."
)
LABELS = {
    "momentum": "momentum, acts per act",
    "momentum_half_life_days": "momentum half-life, days",
    "reciprocity": "reciprocity, acts per act",
    "memory_half_life_days": "memory half-life, days",
    "base_shape": "base: shape",
    "base_mean": "base: mean, acts per day",
}


@click.command(
    "priors",
    short_help="Estimate how acts draw answers, over many pairs of actors.",
    epilog=examples(
        "escalate priors events.csv --until 2015-12-31",
        "escalate priors events.csv --until 2015-12-31 --least 20 --workers 2",
    ),
)
@click.argument("file", type=A_FILE)
@click.option("--until", required=True, type=DAY, help="The last day that is fitted; what follows tests it.")
@click.option(
    "--least",
    default=5,
    show_default=True,
    type=WholeNumber(1),
    help="Days of hostile acts that a pair must have to count.",
)
@WORKERS
@RESUME
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: Path, until: date, least: int, workers: int | None, resume: bool) -> None:
    """Estimate how acts draw answers over the many pairs of actors in FILE.

    It is told by kind of pair, beside the numbers that the model has.

    FILE is CSV, plain or gzipped, with the columns date, source, source_side, target, target_side, cameo_name,
    goldstein; a side is `state` or `society`. ICEWS and GDELT tell the side by their sectors and types of actors.
    """
    dyad_priors(desk, file, until, least, workers or os.cpu_count() or 1, resume)


def dyad_priors(desk: Desk, file: Path, until: date, least: int, workers: int, resume: bool = False) -> None:
    """Fit every kind of dyad in every variant, print the tables and write them.

    Each fit is kept until the whole is written; with `resume`, those of work that was stopped are not made again.
    Raises UserError for a file that is not in the form described in `evidence.dyads`, and where there is nothing to fit
    or to test.
    """
    from sim.evidence.dyad_priors import FEWEST, fits_of, tables_of, tasks_of
    from sim.evidence.dyads import read_coded
    from sim.evidence.folder import EvidencePlan, file_subject
    from sim.keeping import read_rows
    from sim.scenario.problems import Place, Problem, UserError

    acts = read_coded(file)
    _check_until(file, until, [act.day for act in acts])
    desk.note(f"{len(acts):,} acts from {acts[0].day} to {acts[-1].day}; fitted to {until}, tested on what follows.")
    tasks = tasks_of(file, until, least)

    def work(parts: "Parts") -> Mapping[str, Sequence[Row]]:
        """Fit every kind of dyad in every variant; returns the tables."""
        desk.compile("dyads")
        with desk.progress(len(tasks), "fits") as each:

            def arrived(fit: "Fit") -> None:
                """Tell that a fit is there, or why there is none."""
                label = f"{fit.task.kind}, {fit.task.variant}"
                if fit.pooled is None:
                    desk.note(f"{label}: fewer than {FEWEST} pairs with enough acts, left out")
                elif not sys.stderr.isatty():
                    desk.note(f"{label}: fitted")

            tables = tables_of(fits_of(tasks, parts, min(workers, len(tasks)), each), arrived)
        if not tables["priors"]:
            parts.forget()
            text = f"no kind of dyad has {FEWEST} pairs with {least} days of hostile acts up to {until}"
            raise UserError([Problem(Place(str(file), 0), "", text, "a lower --least, a later --until, or more acts")])
        return tables

    plan = EvidencePlan("priors", file_subject(file), {"until": until, "least": least})
    folder = plan.folder(desk.out)
    desk.keep_in_parts(plan, "result", lambda part, parts: plan.write(part, work(parts)), resume)
    tables = {name: read_rows(folder / f"{name}.parquet") for name in ("priors", "gains", "mixes")}
    if desk.as_json:
        desk.answer_data(tables)
    else:
        desk.answer(priors_text(tables, file.name))
    desk.note(f"Written to: {desk.result}")


def _check_until(file: Path, until: date, days: Sequence[date]) -> None:
    """Refuse a last day of the fit that leaves nothing to fit or nothing to test; days in their order."""
    from sim.scenario.problems import Place, Problem, UserError

    if not days or (days[-1] - days[0]).days < 2:
        text = f"holds acts from {days[0]} to {days[-1]}" if days else "holds no acts"
        raise UserError([Problem(Place(str(file), 0), "", text, "acts of three days or more: to fit, and to test")])
    if not days[0] < until < days[-1]:
        text = f"{until} leaves nothing to fit, or nothing to test"
        raise UserError([Problem(Place("--until", 0), "", text, f"a day after {days[0]} and before {days[-1]}")])


def priors_text(tables: Mapping[str, Sequence[Row]], file: str) -> "Page":
    """Return the tables, and the estimates in the form of the model's own numbers.

    Parameters: tables, see `evidence.dyad_priors.tables_of`; file, the name of the table, for the source.
    """
    from sim.layout import Page, Table, Verbatim

    parts: list[str | Table | Verbatim] = [READING, VARIANTS]
    for kind in dict.fromkeys(row["kind"] for row in tables["priors"]):
        parts.append(_estimates([row for row in tables["priors"] if row["kind"] == kind]))
    parts.append(
        "Which act, given that one comes: acts that the kind's mix weighs beside the pair's own, and what own mixes add on the days after (nats per hostile act-day):"
    )
    parts.append(_mixes(tables["mixes"]))
    parts.append("What each idea adds on the days after, nats per hostile act-day (95 % over pairs; losses first):")
    parts.append(_gains(tables["gains"]))
    parts.append(
        "The estimates of pairs in contact, each act once, in the form of the model's numbers by kind of pair:"
    )
    return Page(*parts, Verbatim(model_lines(tables, file)))


def _estimates(rows: Sequence[Row]) -> "Table":
    """Return one kind's numbers, a column a variant, beside the model's."""
    from sim.layout import Table

    variants = {row["variant"]: row for row in rows}
    body = []
    for name, label in LABELS.items():
        by_variant = {row["variant"]: row for row in rows if row["number"] == name}
        model = next(iter(by_variant.values()))
        shown = f"{model['model_value']:g} ({model['model_low']:g} to {model['model_high']:g})"
        body.append([label, shown, *(_estimate(row) for row in by_variant.values())])
        if model["pairs_median"] is not None:
            body.append(["– over pairs", "", *(_interval(row, "pairs_") for row in by_variant.values())])
        if model["mean_median"] is not None:
            body.append(["– mean over pairs", "", *(_interval(row, "mean_") for row in by_variant.values())])
        body.append(["– all alike", "", *(f"{row['all_alike']:.2g}" for row in by_variant.values())])
    heads = [
        f"{variant}\n{row['pairs']} pairs; {row['hostile_act_days']:,} act-days" for variant, row in variants.items()
    ]
    return Table([rows[0]["kind"], "the model has", *heads], body)


def _estimate(row: Row) -> str:
    outside = not row["low"] <= row["model_value"] <= row["high"]
    return _interval(row, "") + ("*" if outside else "") + ("" if row["known"] else "?")


def _mixes(rows: Sequence[Row]) -> "Table":
    from sim.layout import Table

    body = [
        [row["classes"], row["kind"], row["variant"], row["numbers"], _weight(row), _gain(row)]
        for row in sorted(rows, key=lambda row: (row["classes"], row["kind"]))
    ]
    return Table(["classes", "ordered pairs", "variant", "weight", "acts", "gain"], body)


def _weight(row: Row) -> str:
    if row["weight_low"] is None:
        return f"{row['weight']:g}"
    return f"{row['weight']:.2g} ({row['weight_low']:.2g} to {row['weight_high']:.2g})"


def _gains(rows: Sequence[Row]) -> "Table":
    """Write what every comparison gains, a column a variant; losses first."""
    from sim.layout import Table

    variants = list(dict.fromkeys(row["variant"] for row in rows))
    cells: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in rows:
        cells.setdefault((row["comparison"], row["numbers"], row["kind"]), {})[row["variant"]] = row
    ordered = sorted(cells.items(), key=lambda item: min(row["gain"] for row in item[1].values()))
    body = [
        [*key, *(_gain(by_variant[variant]) if variant in by_variant else "" for variant in variants)]
        for key, by_variant in ordered
    ]
    return Table(["what is added", "numbers", "ordered pairs", *variants], body)


def _gain(row: Row) -> str:
    return f"{row['gain']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"


def model_lines(tables: Mapping[str, Sequence[Row]], file: str) -> str:
    """Return the estimates of pairs in contact as YAML, in the form of `scenarios/parts/pairs.yaml`.

    Parameters: file, their source.
    """
    from sim.evidence.dyad_priors import ADOPTED
    from sim.evidence.pair_numbers import KEYS

    lines = []
    for kind, key in KEYS.items():
        rows = [row for row in tables["priors"] if row["kind"] == kind and row["variant"] == ADOPTED]
        weights = [
            row
            for row in tables["mixes"]
            if (row["kind"], row["variant"], row["classes"], row["numbers"]) == (kind, ADOPTED, "CAMEO root", "fitted")
        ]
        if rows:
            about = f"escalate priors {file}, {kind}, {ADOPTED}: {rows[0]['pairs']} pairs, to {rows[0]['fitted_to']}"
            lines += [f"{key}:", *_entries(kind, rows, weights, about)]
    return "\n".join(lines)


def _entries(kind: str, rows: Sequence[Row], weights: Sequence[Row], source: str) -> Iterator[str]:
    """One kind's entries. Rates have their range over pairs, the others that of the estimate."""
    import json

    from sim.evidence.pair_numbers import KEYS, entries

    numbers = [
        (
            row["number"],
            row["median"],
            *((row["pairs_low"], row["pairs_high"]) if row["mean_low"] is not None else (row["low"], row["high"])),
        )
        for row in rows
    ]
    numbers += [("mix_weight", row["weight"], row["weight_low"], row["weight_high"]) for row in weights]
    for name, value, low, high in numbers:
        about = entries()[KEYS[kind]][name]
        words = f"unit: {about['unit']}, meaning: {json.dumps(about['meaning'], ensure_ascii=False)}, source: {json.dumps(source, ensure_ascii=False)}"
        yield f"  {name}: {{value: {value:.3g}, low: {low:.3g}, high: {high:.3g}, {words}}}"


def _interval(row: Row, prefix: str) -> str:
    median, low, high = (_short(row[prefix + part]) for part in ("median", "low", "high"))
    return f"{median} ({low} to {high})"


def _short(value: float) -> str:
    """Two digits, none of them hidden in an exponent."""
    return f"{value:.0f}" if value >= 100.0 else f"{value:.2g}"
