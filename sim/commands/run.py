"""`escalate run`: an ensemble, as a table, a run folder and figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.desk import Desk, hazards_named, with_desk
from sim.commands.switches import (
    BASES,
    BELIEF,
    CSV,
    MOST_RUNS,
    POSTERIOR,
    SEED,
    SETTING,
    TO,
    WholeNumber,
    examples,
    runs_option,
)

if TYPE_CHECKING:
    from sim.results.run import RunPlan

FIGURES = ("acts", "tension")


@dataclass(frozen=True)
class RunRequest:
    """The options of a run. everything: all outcomes in the table. csv: CSV beside Parquet. to: where a copy goes."""

    runs: int
    seed: int
    settings: Iterable[str]
    beliefs: Iterable[str]
    bases: Any
    posterior: Path | None
    engine: Any
    acts_of: int
    everything: bool
    csv: bool
    to: str | None


@click.command(
    "run",
    short_help="Run an ensemble: a table, a run folder, two figures.",
    epilog=examples(
        "escalate run baseline",
        "escalate run baseline --runs 5000 --set parameters.leverage=3",
    ),
)
@click.argument("file")
@runs_option(1000, "How many runs.")
@SEED
@SETTING
@BELIEF
@BASES
@TO
@POSTERIOR
@click.option(
    "--engine",
    type=click.Choice(["compiled", "mesa"]),
    default="compiled",
    show_default=True,
    help="Either engine gives the same acts.",
)
@click.option(
    "--acts-of",
    default=10_000,
    show_default=True,
    type=WholeNumber(0, MOST_RUNS),
    help="Keep every act of so many runs, from run 0 on; of all runs the acts are counted by day.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Every outcome, not only the headline ones; and each action's count, in the record and in the runs.",
)
@CSV
@with_desk("out", "force", "verify", "wide", "json")
def command(desk: Desk, file: str, **options: Any) -> None:
    """Run an ensemble: a table of outcomes, a run folder, two figures."""
    run_scenario(desk, file, RunRequest(**options))


def run_scenario(desk: Desk, file: str, request: RunRequest) -> None:
    """Play an ensemble unless it exists, and print its table.

    Its figures are drawn, and its folder is copied if asked for.
    Raises UserError for a file that is not sound, a hazard that is not a number, a folder that cannot be written or
    is damaged.
    """
    from sim.engine.learning import compile_scenario
    from sim.keeping import write_csv
    from sim.results.run import RunPlan
    from sim.scenario.load import load

    loaded = load(file, request.settings, request.beliefs)
    desk.warn(loaded.warnings)
    desk.compile("ensemble", "learning")
    compiled = compile_scenario(loaded, request.bases)
    posterior = desk.read_posterior(compiled, request.posterior)
    plan = RunPlan(compiled, request.runs, request.seed, request.acts_of, posterior, request.engine)
    folder = plan.folder(desk.out)
    desk.keep(folder, "run", lambda part: play(desk, plan, part, request.csv))
    if request.csv:
        write_csv(folder)
    print_outcomes(desk, plan, folder, request.everything)
    desk.draw(folder, FIGURES, ["run"])
    desk.note(f"Run folder: {folder}")
    desk.note(next_steps(file, folder))
    if request.to is not None:
        from sim.results.copying import copy_to

        desk.note(f"Copied to: {copy_to(folder, request.to)}")


def next_steps(file: str, folder: Path) -> str:
    """Say what a reader may want to do next, as commands to type."""
    commands = [f"escalate trace {file}", f"escalate report {folder}", f"escalate compare {file} OTHER"]
    return "\n".join(
        [
            "Next: one run day by day, all of it as a page, and what differs from another:",
            *(f"  {command}" for command in commands),
        ]
    )


def play(desk: Desk, plan: "RunPlan", folder: Path, csv: bool) -> None:
    """Play the runs into a folder, and show progress. Raises UserError for a hazard that is not a number."""
    from sim.results.run import play_into

    loaded = plan.compiled.loaded
    if plan.engine == "mesa":
        desk.compile("run", "model")
    with hazards_named(loaded.file), desk.progress(plan.runs, "runs", loaded.scenario.name) as each:
        play_into(plan, folder, csv, each)


def print_outcomes(desk: Desk, plan: "RunPlan", folder: Path, everything: bool) -> None:
    """Print the table of outcomes of a run's folder; with all of them, how often each action is done."""
    from sim.keeping import read_manifest
    from sim.results.act_counts import act_counts
    from sim.results.estimates import estimates, intervals_are
    from sim.results.run_folder import RunFolder, read_tally
    from sim.results.table import as_data, table
    from sim.results.what_happened import what_happened

    compiled, drawn = plan.compiled, plan.posterior is not None
    tally, happened = read_tally(compiled, folder), what_happened(compiled)
    rows = estimates(tally)
    counts = act_counts(RunFolder(folder, read_manifest(folder), compiled)) if everything or desk.as_json else None
    if not desk.as_json:
        paragraphs = [happened.likelihood(tally, everything), happened.note(), counts.page() if counts else ""]
        desk.answer(table(compiled, rows, everything, drawn, happened, paragraphs))
        return
    data = {
        "folder": str(folder),
        "intervals": intervals_are(compiled, drawn),
        "caveats": compiled.loaded.scenario.caveats,
        "warnings": [str(warning) for warning in compiled.loaded.warnings],
        "estimates": as_data(compiled, rows, happened),
        "what_happened": [text for text in (happened.likelihood(tally, everything=True), happened.note()) if text],
        "acts": None if counts is None else counts.data(),
    }
    desk.answer_data(data)
