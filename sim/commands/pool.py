"""`escalate pool`: the numbers that cases of one kind share, and what many cases say of a patron's backing."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, Row, with_desk
from sim.commands.progress import Beats
from sim.commands.switches import (
    HORIZONS,
    RESUME,
    SEED,
    SETTING_OF_CASE,
    WORKERS,
    OwnPath,
    WholeNumber,
    examples,
    runs_option,
)

if TYPE_CHECKING:
    from sim.evidence.folder import EvidencePlan, Subject
    from sim.evidence.parts import Parts
    from sim.evidence.pool_cases import Pool
    from sim.evidence.pool_work import PoolRequest, Work

FIGURES = ("forest",)
TABLES = ("numbers", "pulls", "cases", "term", "pressure", "permutation", "power", "skills", "skills_by_case", "scores")


@click.command(
    "pool",
    short_help="Fit the numbers that cases of one kind share.",
    epilog=examples(
        "escalate pool one/case.yaml two/case.yaml three/case.yaml",
        "escalate pool one/case.yaml two/case.yaml --runs 200 --power-runs 0",
    ),
)
@click.argument("files", metavar="CASE…", nargs=-1, required=True)
@click.option(
    "--numbers",
    multiple=True,
    metavar="KEY",
    help="A number to share, * for any name, in place of those that the kind's file in pools/ names.",
)
@click.option("--origins", default=4, show_default=True, type=WholeNumber(1, 100), help="Forecasts of each case.")
@HORIZONS
@runs_option(500, "Runs of each forecast.", 200, 1_000_000)
@click.option(
    "--power-runs",
    default=40,
    show_default=True,
    type=WholeNumber(0, 100_000),
    help="Simulated galleries at each weight of the term; 0 for no power analysis.",
)
@click.option(
    "--priors-out",
    type=OwnPath(dir_okay=False),
    metavar="PATH",
    help="Write the pooled numbers here too, as a patch to lay over the kind.",
)
@WORKERS
@RESUME
@SEED
@SETTING_OF_CASE
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, files: tuple[str, ...], workers: int | None, priors_out: Path | None, **options: Any) -> None:
    """Fit the numbers that several cases of one kind share.

    Bases are learned within each CASE, so levels teach nothing of what is shared: changes do. Tests the backing term, and forecasts each case by what the others teach.
    """
    pool_cases(desk, PoolOptions(files, workers=workers or os.cpu_count() or 1, priors_out=priors_out, **options))


@dataclass(frozen=True)
class PoolOptions:
    """The options of a pool. numbers: what is shared, in place of the kind's list."""

    files: tuple[str, ...]
    numbers: tuple[str, ...]
    origins: int
    horizons: tuple[int, ...]
    runs: int
    power_runs: int
    seed: int
    settings: tuple[str, ...]
    workers: int
    resume: bool
    priors_out: Path | None

    @property
    def request(self) -> "PoolRequest":
        """Return what is asked of the pool."""
        from sim.evidence.pool_work import PoolRequest

        horizons = tuple(sorted(set(self.horizons)))
        return PoolRequest(self.origins, horizons, self.runs, self.power_runs, self.seed)


def pool_cases(desk: Desk, options: PoolOptions) -> None:
    """Fit what cases share, test the term, forecast each by the others; print the result and write it.

    Finished parts are kept until the whole is written; with `resume`, work that was stopped goes on.
    Raises UserError for cases that cannot be pooled.
    """
    from sim.commands.pool_text import pool_text
    from sim.evidence.folder import EvidencePlan
    from sim.evidence.pool_cases import pool_of
    from sim.keeping import read_manifest, read_rows, write_file
    from sim.scenario.labels import labels_of

    pool = pool_of(options.files, options.settings, options.numbers)
    for key, why in pool.left_out.items():
        desk.note(f"{key} is not shared: {why}.")
    request = options.request
    plan = EvidencePlan("pool", subject_of(pool), {**request.__dict__, "numbers": pool.keys})
    folder = plan.folder(desk.out)

    def work(part: Path, parts: "Parts") -> None:
        """Write the pool into a folder, of the parts that are kept."""
        from sim.evidence.pool_work import Work

        write_pool(desk, part, plan, Work(pool, request, options.workers, parts))

    desk.keep_in_parts(plan, "pool", work, options.resume)
    manifest = read_manifest(folder)
    tables = {name: read_rows(folder / f"{name}.parquet") for name in TABLES}
    if options.priors_out is not None:
        options.priors_out.parent.mkdir(parents=True, exist_ok=True)
        write_file(options.priors_out, (folder / "pooled.yaml").read_bytes())
    if desk.as_json:
        tables.pop("scores")
        desk.answer_data({"folder": str(folder), **manifest, **tables})
    else:
        desk.answer(pool_text(manifest, tables, labels_of(pool.members[0].truth.compiled.loaded.scenario)))
    desk.draw(folder, FIGURES)
    desk.note(f"Pool folder: {folder}; the pooled numbers as a patch: {options.priors_out or folder / 'pooled.yaml'}")


def subject_of(pool: "Pool") -> "Subject":
    """Return the cases as the subject of a result."""
    from sim.evidence.folder import Subject
    from sim.identity import identity

    hashes = {member.name: member.truth.compiled.loaded.hash for member in pool.members}
    about = {
        "kind": pool.kind.stem,
        "cases": list(hashes),
        "files": [member.truth.file for member in pool.members],
        "case_hashes": list(hashes.values()),
        "weight": pool.shares.term.weight,
        "shield": pool.shares.term.shield,
        "role": pool.shares.term.role,
    }
    shares = pool.shares.model_dump(mode="json")
    return Subject(f"pool_{pool.kind.stem}", identity({"cases": hashes, "shares": shares}), about)


def write_pool(desk: Desk, folder: Path, plan: "EvidencePlan", work: "Work") -> None:
    """Do all stages of a pool, and write what they come to into a folder."""
    from sim.evidence import pool as p
    from sim.evidence.pool_headline import headline, patch_text
    from sim.evidence.pool_work import all_together
    from sim.keeping import write_file

    members, alone = work.pool.members, len(work.pool.members) < 2
    desk.compile("run", "likelihood", "actor", "chances")
    days = sum((member.case.last - member.case.first).days + 1 for member in members)
    desk.note(f"Cases: {len(members)}; shared numbers to fit: {len(work.pool.keys)}; scored days in all: {days:,}.")
    fit = work.fit(Beats("sets of numbers weighed", desk.note).update)
    with desk.progress(len(work.refits(fit)), "fits", "without a case or an idea") as each:
        refits = work.refit(fit, each)
    with desk.progress(len(members), "cases", "tables of the term") as each:
        tables = work.term_tables(fit, refits, each)
    term, pressure = work.term_rows(tables)
    permutation = work.permutation_rows(tables)
    power: list[Row] = []
    if work.request.power_runs:
        with desk.progress(len(work.power_tasks(fit)), "simulated cases", "power") as each:
            power = work.power_rows(fit, each)
    scores, skills, by_case = forecast_tables(desk, work, fit, refits)
    numbers = p.number_rows(work.pool, fit)
    without = [] if alone else [refits[f"without {member.name}"] for member in members]
    rows = {
        "numbers": numbers,
        "pulls": p.pull_rows(work.pool, fit, without) if without else [],
        "cases": p.case_rows(work.pool, fit),
        "term": term,
        "pressure": pressure,
        "permutation": permutation,
        "power": power,
        "skills": skills,
        "skills_by_case": by_case,
        "scores": scores,
    }
    text = headline(work.pool.shares.term, len(members), all_together(term), permutation[0], power)
    write_file(folder / "pooled.yaml", patch_text(numbers, source_of(work)).encode())
    plan.write(folder, rows, {"headline": text, "left_out": work.pool.left_out, "alone": alone, **_counted(skills)})


def source_of(work: "Work") -> str:
    """Say where pooled numbers come from."""
    members = work.pool.members
    days = sum((member.case.last - member.case.first).days + 1 for member in members)
    return f"escalate pool {' '.join(member.name for member in members)}: {days:,} days"


def forecast_tables(desk: Desk, work: "Work", fit: Any, refits: Any) -> tuple[list[Row], list[Row], list[Row]]:
    """Forecast every case by what the others teach: scores, skills over cases, skills in each; nothing of a case alone."""
    from sim.evidence.pool_forecast import score_table, skill_table

    tasks = work.forecast_tasks(fit, refits)
    if not tasks:
        return [], [], []
    with desk.progress(len(tasks), "mornings", "forecasts") as each:
        parts = work.forecasts(tasks, each)
    names = [work.members[place].name for place, _ in work.origins()]
    scores = score_table(tasks.values(), parts, names)
    return scores, *skill_table(scores, work.request.seed)


def _counted(skills: Sequence[Row]) -> Row:
    from sim.evidence.backtest import counted

    return {"comparisons": counted(skills) if skills else None}
