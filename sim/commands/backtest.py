"""`escalate backtest`: forecasts from every month of a record, scored by what followed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.switches import DAY, HORIZONS, RESULTS, RESUME, SEED, SETTING_OF_CASE, WORKERS, examples, runs_option

if TYPE_CHECKING:
    from sim.evidence.backtest import Plan
    from sim.evidence.parts import Parts
    from sim.layout import Page, Table

FIGURES = ("skill", "reliability", "pit")
READING = (
    "Skill of the model against each rival: 1 - score / score of the rival, above 0 where the model is better, with 95 % intervals from blocks of origins. "
    "Each model is fitted anew before every origin, to nothing that came from after it, and dated series are held at their last known value; but the scenario's own numbers, "
    "and the ranges behind priors, were set by people who knew the record to the scenario's last replayed day. There are many comparisons, so each is called sure only if it is once all of its table are taken together (Holm), and has a * then."
)
EVEN = 0.005  # a skill that is shown as none
PARTS = {"report": "From {day} on, reported", "choose": "Before {day}, for choosing a model"}


@click.command(
    "backtest",
    short_help="Forecast from every month of the record, and score it.",
    epilog=examples(
        "escalate backtest baseline --report-from 2018-01-01",
        "escalate backtest baseline --horizon 60 --runs 200 --workers 2",
    ),
)
@click.argument("file")
@click.option(
    "--first",
    type=DAY,
    help="Forecast from the months' starts from this day on; by default from half a year into the record.",
)
@click.option("--last", type=DAY, help="Up to this day; by default as far as the record goes.")
@click.option(
    "--report-from",
    type=DAY,
    help="Origins before this day are for choosing a model, and are shown separately. None by default.",
)
@HORIZONS
@runs_option(1000, "Runs of each forecast.", 200, 1_000_000)
@click.option(
    "--against",
    multiple=True,
    metavar="NAME: KEY=VALUE …",
    help="Another model to forecast beside: the scenario with these numbers held.",
)
@click.option(
    "--posterior",
    metavar="FIT",
    type=RESULTS,
    help="Draws for the one forecast from the scenario's last replayed day, in place of a fit before it.",
)
@WORKERS
@RESUME
@SEED
@SETTING_OF_CASE
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, workers: int | None, resume: bool, **options: Any) -> None:
    """Forecast from every month of FILE's record, and score what followed.

    Each forecast knows only what came before it. `escalate list baselines` says what the model is held against.
    """
    backtest_scenario(desk, file, BacktestRequest(**options), workers or os.cpu_count() or 1, resume)


@dataclass(frozen=True)
class BacktestRequest:
    """The options of a back-test. against: other models, as NAME: KEY=VALUE …"""

    first: date | None
    last: date | None
    report_from: date | None
    horizons: tuple[int, ...]
    runs: int
    against: tuple[str, ...]
    posterior: Path | None
    seed: int
    settings: tuple[str, ...]

    def plan(self, file: str) -> "Plan":
        """Return what is forecast. Raises UserError for a scenario without a record, or days outside it."""
        from sim.evidence.backtest import Plan
        from sim.evidence.backtest_plan import models_against, origins_between
        from sim.evidence.truth import truth_of

        truth = truth_of(file, list(self.settings))
        origins = origins_between(truth, self.first, self.last, self.report_from, min(self.horizons))
        models = models_against(truth, self.against)
        report_from = self.report_from or origins[0]
        return Plan(truth, origins, tuple(sorted(self.horizons)), models, self.runs, self.seed, report_from)


def backtest_scenario(desk: Desk, file: str, request: BacktestRequest, workers: int, resume: bool = False) -> None:
    """Forecast, score what followed, print the tables and write them.

    Forecasts are from every month's start, and one from the scenario's last replayed day. Each is kept until the whole
    is written; with `resume`, those of a back-test that was stopped are not made again.
    Raises UserError for a scenario without a record, days outside it, draws that know what is forecast, or a missing
    library.
    """
    from sim.evidence.backtest_plan import long_forecast
    from sim.evidence.folder import EvidencePlan, scenario_subject
    from sim.keeping import read_manifest, read_rows
    from sim.optional import needed

    needed("statsmodels", "backtest", "the baseline of vector autoregression")  # before anything is done
    plan = request.plan(file)
    long = long_forecast(plan, request.posterior)
    options = {
        "origins": len(plan.origins),
        "first_origin": plan.origins[0],
        "last_origin": plan.origins[-1],
        "report_from": plan.report_from,
        "horizons": list(plan.horizons),
        "runs": plan.runs,
        "models": [[model.name, *model.settings] for model in plan.models],
        "long_days": long.horizons[0] if long else None,
        "posterior": long.draws.hash if long and long.draws else None,
        "seed": plan.seed,
    }
    evidence = EvidencePlan("backtest", scenario_subject(plan.truth.compiled.loaded), options)
    folder = evidence.folder(desk.out)

    def work(part: Path, parts: "Parts") -> None:
        """Write the back-test into a folder, of the forecasts that are kept as parts."""
        tables = forecast_tables(desk, plan, long, workers, parts)
        evidence.write(part, tables, summary(plan, tables))

    desk.keep_in_parts(evidence, "back-test", work, resume)
    skills, ahead, days = (read_rows(folder / f"{name}.parquet") for name in ("skills", "long", "long_days"))
    manifest = read_manifest(folder)
    if desk.as_json:
        desk.answer_data({"folder": str(folder), **manifest, "skills": skills, "long": ahead, "long_days": days})
    else:
        desk.answer(backtest_text(manifest, skills, ahead, days))
    desk.draw(folder, FIGURES if read_rows(folder / "pit.parquet") else FIGURES[:-1])
    desk.note(f"Back-test folder: {folder}")


def forecast_tables(
    desk: Desk, plan: "Plan", long: "Plan | None", workers: int, forecasts_kept: "Parts"
) -> dict[str, Sequence[Row]]:
    """Make every forecast and score it: tables of scores, skills, the long forecast and the PIT values."""
    from sim.evidence import backtest as b

    plans = [plan, long] if long else [plan]
    more = f", and one forecast {long.horizons[0]} days ahead from {long.origins[0]}" if long else ""
    desk.note(
        f"{len(plan.origins)} origins × {len(plan.models)} models, {plan.runs} runs each, fitted before each origin{more}."
    )
    desk.compile("run", "likelihood", "chances")
    with desk.progress(sum(len(b.tasks_of(part)) for part in plans), "forecasts") as each:
        forecasts = [b.make_forecasts(part, workers, each, forecasts_kept) for part in plans]
    rows = b.score_rows(plan, forecasts[0])
    return {
        "scores": rows,
        "skills": b.skill_rows(plan, rows),
        "long": b.score_rows(long, forecasts[1]) if long else [],
        "long_days": b.day_rows(long, forecasts[1]) if long else [],
        "pit": [{"pit": float(value)} for value in b.pit_values(plan, forecasts[0])],
    }


def summary(plan: "Plan", tables: dict[str, Sequence[Row]]) -> dict[str, Any]:
    """Return what the manifest says of a back-test: how many comparisons there are, and what was chosen before them."""
    from sim.evidence.backtest import counted
    from sim.evidence.baselines import chosen_half_life

    comparisons = {part: counted([row for row in tables["skills"] if row["part"] == part]) for part in PARTS}
    return {"comparisons": comparisons, "forgetting_half_life_days": chosen_half_life(plan.truth, plan.origins[0])}


def backtest_text(manifest: Row, skills: Sequence[Row], long: Sequence[Row], days: Sequence[Row]) -> "Page":
    """Return the tables of a back-test as a page.

    Parameters: manifest, of its folder; skills, rows of skills; long, rows of scores of the one forecast from the last
    replayed day; days, rows of what the model's choices of its days are worth against each rival's.
    """
    from sim.layout import Page, Table

    span = f"{manifest['first_origin']} to {manifest['last_origin']}"
    parts: list[str | Page | Table] = [
        f"{manifest['scenario']}: forecasts from {manifest['origins']} origins, {span}.",
        f"{READING} {half_life_text(manifest)}",
    ]
    for part, title in PARTS.items():
        rows = [row for row in skills if row["part"] == part]
        if rows or part == "report":
            parts += [f"{title.format(day=manifest['report_from'])}:", losses_text(rows)]
        if rows:
            parts += [comparisons_text(manifest["comparisons"][part]), *_skill_tables(rows)]
    if long:
        parts += [_long_text(manifest, long), _days_text(days)]
    return Page(*parts)


def half_life_text(manifest: Row) -> str:
    """Say what half-life was chosen for the forgetting rate; at either end of those that were tried, that it is one."""
    from sim.evidence.baselines import HALF_LIVES

    days = manifest["forgetting_half_life_days"]
    ends = {
        HALF_LIVES[0]: ", the shortest that was tried",
        HALF_LIVES[-1]: ", the longest that was tried: it hardly forgets",
    }
    return f"The forgetting rate has a half-life of {days} days, chosen on what lies before the first origin{ends.get(days, '')}."


def losses_text(rows: Sequence[Row]) -> str:
    """List the rivals and scores by which the model does worse."""
    lost = [row for row in rows if row["skill"] < -EVEN]
    lines = [f"- {row['rival']}: {_score_name(row)}, skill {_skill_text(row)}, {_certainty(row)}" for row in lost]
    if not rows:
        return "No origin is reported, so nothing was compared."
    if not lines:
        return "No rival does better than the model on any of these scores."
    won = [row for row in rows if row["skill"] > EVEN]
    sure = [sum(row["is_sure"] for row in side) for side in (lost, won)]
    head = (
        f"Of {len(rows)} comparisons the model loses {len(lost)} ({sure[0]} surely), is even in {len(rows) - len(won) - len(lost)} "
        f"and does better in {len(won)} ({sure[1]} surely). It LOSES these:"
    )
    return "\n".join([head, *lines])


def comparisons_text(count: Row) -> str:
    """Say how many comparisons were taken together, and how many of them are sure."""
    tested = count["comparisons"] - count["without_interval"]
    few = f" ({count['without_interval']} more have too few origins to say)" if count["without_interval"] else ""
    if not tested:
        return f"None of the {count['comparisons']} comparisons has origins enough to say how sure it is."
    return (
        f"{tested} comparisons{few}: about {count['by_chance']:.1f} of so many would look sure at 5 % by chance alone, on either side; "
        f"{count['sure_alone']} do, each by itself; {count['sure']} are sure once all are taken together."
    )


def _certainty(row: Row) -> str:
    if row["p"] != row["p"]:
        return f"{row['origins']} origins, too few to say how sure"
    return "surely" if row["is_sure"] else "maybe by chance"


def _skill_tables(rows: Sequence[Row]) -> "list[Table]":
    """Return the table against rules that know nothing of the model, and the one against the model without something."""
    from sim.evidence.baselines import BASELINES

    simple = {entry.name for entry in BASELINES}
    sides = [[row for row in rows if (row["rival"] in simple) == is_simple] for is_simple in (True, False)]
    return [_skill_table(side) for side in sides if side]


def _skill_table(rows: Sequence[Row]) -> "Table":
    from sim.layout import Table

    rivals = list(dict.fromkeys(row["rival"] for row in rows))
    label = {id(row): f"{_score_name(row)} ({row['origins']})" for row in rows}
    cells = {(label[id(row)], row["rival"]): _skill_text(row) for row in rows}
    names = list(dict.fromkeys(label[id(row)] for row in rows))
    headers = ["score, horizon (origins)", *(f"against {rival}" for rival in rivals)]
    return Table(headers, [[name, *(cells.get((name, rival), "") for rival in rivals)] for name in names])


def _score_name(row: Row) -> str:
    from sim.evidence.backtest import SCORES

    label = next(label for label, name in SCORES.items() if name == row["score_name"])
    return f"{label}, {row['horizon_days']} d"


def _skill_text(row: Row) -> str:
    if row["skill"] != row["skill"]:
        return "no score"
    if row["low"] != row["low"]:
        return f"{row['skill']:+.2f}"
    star = "*" if row["is_sure"] else ""
    return f"{row['skill']:+.2f}{star} ({row['low']:+.2f} to {row['high']:+.2f})"


def _shared_classes(rows: Sequence[Row], name: str) -> set[str]:
    """Return the classes that every model forecasts that has this score at all."""
    by_model: dict[str, set[str]] = {}
    for row in rows:
        if row["score_name"] == name:
            by_model.setdefault(row["model"], set()).add(row["class"])
    return set.intersection(*by_model.values())


def _days_text(rows: Sequence[Row]) -> "Page":
    """Return what the model's choices of the days of the one forecast are worth against each rival's, losses first."""
    from sim.layout import Page, Table

    if not rows:
        return Page()
    cells = [
        [
            row["rival"],
            f"{row['nats']:+.1f}{'*' if row['is_sure'] else ''}",
            "too few days" if row["low"] != row["low"] else f"{row['low']:+.1f} to {row['high']:+.1f}",
        ]
        for row in sorted(rows, key=lambda row: float(row["nats"]))
    ]
    head = (
        f"By how much the choices of its {rows[0]['days']} days, each morning knowing what came before, were likelier under the model (nats; below 0 the model LOSES; "
        "95 % by blocks of 30 days, paired; * sure once all are taken together):"
    )
    return Page(head, Table(["against", "nats", "95 % interval"], cells, "<><"))


def _long_text(manifest: Row, rows: Sequence[Row]) -> "Page":
    """Write the mean scores of the one forecast from the scenario's last replayed day: no interval can be had from one."""
    from sim.evidence.backtest import SCORES
    from sim.layout import Page, Table

    models = list(dict.fromkeys(row["model"] for row in rows))
    scores = {label: name for label, name in SCORES.items() if any(row["score_name"] == name for row in rows)}
    shared = {name: _shared_classes(rows, name) for name in scores.values()}

    def mean_text(model: str, name: str) -> str:
        """Return a model's mean score as text, empty where it has none."""
        values = [
            row["score"]
            for row in rows
            if row["model"] == model and row["score_name"] == name and row["class"] in shared[name]
        ]
        return f"{sum(values) / len(values):.3f}" if values else ""

    table = Table(
        ["", *(f"{label} ({len(shared[name])})" for label, name in scores.items())],
        [[model, *(mean_text(model, name) for name in scores.values())] for model in models],
        "<" + ">" * len(scores),
    )
    head = f"One forecast from {rows[0]['origin']}, {manifest['long_days']} days ahead (lower is better; averaged over the classes or dyads that every model shown forecasts, their number in brackets; each day's choices are summed; one origin has no interval):"
    return Page(head, table)
