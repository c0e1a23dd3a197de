"""The commands of evidence: fit, calibrate, priors, backtest, facts, spread, scales, record."""

import sys
from pathlib import Path
from typing import Any

import click

from sim.options import (
    A_FILE,
    DAY,
    FORCE,
    FREE,
    JSON,
    OUT,
    POSTERIOR,
    SEED,
    SETTING,
    SINCE,
    WORKERS,
    runs_option,
    say_unless,
    scenario_option,
)


def add_to(group: click.Group) -> None:
    """Add these commands to a group."""
    for command in (fit, calibrate, priors, backtest, facts, spread, scales, record):
        group.add_command(command)


@click.command()
@click.argument("file")
@click.option("--until", required=True, type=DAY, help="The last day of the record that is fitted.")
@SINCE
@click.option(
    "--month-only",
    type=click.Choice(["leave_out", "first", "middle", "last"]),
    default="middle",
    show_default=True,
    help="Where acts stand of which only the month is known.",
)
@FREE
@click.option(
    "--steps",
    default=10_000,
    show_default=True,
    type=click.IntRange(10, 10_000_000),
    help="Steps at most; it stops once it has converged.",
)
@click.option("--allow-unconverged", is_flag=True, help="Exit with 0 although the chains have not converged.")
@SEED
@SETTING
@OUT
@FORCE
@JSON
def fit(file: str, allow_unconverged: bool, as_json: bool, **options: Any) -> None:
    """Fit FILE's numbers to its record: what was believed, what the record says, and draws to play with (--posterior)."""
    from sim.fitting import fit_scenario

    converged = fit_scenario(file, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)
    sys.exit(0 if converged or allow_unconverged else 1)


@click.command()
@click.argument("file")
@click.option("--until", required=True, type=DAY, help="The last day of the record that a fit would know.")
@SINCE
@FREE
@click.option(
    "--cases",
    default=100,
    show_default=True,
    type=click.IntRange(20, 100_000),
    help="How many are simulated and fitted.",
)
@WORKERS
@SEED
@SETTING
@OUT
@FORCE
@JSON
def calibrate(file: str, as_json: bool, **options: Any) -> None:
    """Simulate cases as long as FILE's record and fit each: does a fit find the numbers that made them?"""
    from sim.fitting import calibrate_scenario

    calibrate_scenario(file, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)


@click.command()
@click.argument("file", type=A_FILE)
@click.option("--until", required=True, type=DAY, help="The last day that is fitted; what follows tests it.")
@click.option(
    "--least",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="Days of hostile acts that a pair must have to count.",
)
@WORKERS
@OUT
@FORCE
@JSON
def priors(file: Path, as_json: bool, **options: Any) -> None:
    """Estimate answers and momentum over the many dyads of FILE, as priors for a case that is not in it.

    FILE is CSV, plain or gzipped, with the columns date, source, source_side, target, target_side, cameo_name, goldstein;
    a side is `state` or `society`. ICEWS and GDELT tell the side by their sectors and types of actors.
    """
    from sim.pooling import dyad_priors

    dyad_priors(file, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)


@click.command()
@click.argument("file")
@click.option(
    "--first",
    type=DAY,
    help="Forecast from the months' starts from this day on; by default from half a year into the record.",
)
@click.option("--last", type=DAY, help="Up to this day; by default as far as the record can answer.")
@click.option(
    "--report-from", type=DAY, help="Origins before this day are to choose by, and are shown apart. None by default."
)
@click.option(
    "--horizon",
    "horizons",
    multiple=True,
    default=(30, 90),
    show_default=True,
    type=click.IntRange(1, 3650),
    help="Days ahead.",
)
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
    type=click.Path(path_type=Path),
    help="Draws for the one forecast from the scenario's last replayed day, in place of a fit before it.",
)
@WORKERS
@SEED
@SETTING
@OUT
@FORCE
@JSON
def backtest(file: str, as_json: bool, **options: Any) -> None:
    """Forecast from every month of FILE's record, knowing only what came before, and score what followed."""
    from sim.backtesting import backtest_scenario

    backtest_scenario(file, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)


@click.command()
@click.argument("file", default="stylised")
@click.option(
    "--runs", type=click.IntRange(100, 20_000), help="Runs of each ensemble, in place of the file's own number."
)
@click.option(
    "--for", "scenario", metavar="SCENARIO", help="The scenario to measure, in place of the one that FILE names."
)
@click.option("--ablations/--no-ablations", default=True, show_default=True, help="The same table without each idea.")
@POSTERIOR
@WORKERS
@OUT
@FORCE
@JSON
def facts(file: str, as_json: bool, **options: Any) -> None:
    """Measure the stylised facts of FILE (the shipped table of statements by default): what the literature finds, and whether the model does it too."""
    from sim.checking_facts import check_facts

    check_facts(file, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)


@click.command()
@click.argument("file")
@POSTERIOR
@click.option("--draws", default=100, show_default=True, type=click.IntRange(10, 10_000), help="Draws of the numbers.")
@runs_option(50, "Runs of each draw and strategy.", 10, 100_000)
@SEED
@SETTING
@OUT
@FORCE
@JSON
def spread(file: str, as_json: bool, **options: Any) -> None:
    """Show FILE's outcomes at prior, defaults and posterior, the spread split into chance, parameters and decision rule."""
    from sim.robustness import spread_of

    spread_of(file, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@runs_option(2000, "Runs of each scale.", 100, 1_000_000)
@click.option(
    "--jitters", default=20, show_default=True, type=click.IntRange(1, 1000), help="Draws of weights off by up to 25 %."
)
@SEED
@SETTING
@OUT
@FORCE
@JSON
def scales(files: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Play each FILE under other scales of events: flat, by PLOVER's categories, every weight off by up to a quarter."""
    from sim.robustness import scales_of

    scales_of(files, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)


@click.group()
def record() -> None:
    """The record of a case: check one, or make one of the machine-coded tables of the field."""


@record.command("check")
@click.argument("file", type=A_FILE)
@scenario_option("The scenario whose actors and actions it uses.")
def record_check(file: Path, scenario: str) -> None:
    """Say all that is wrong with a record FILE, or that it is sound."""
    from sim.records import check_record

    check_record(file, scenario, click.echo)


@record.command("import")
@click.argument("file", type=A_FILE)
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["icews", "gdelt", "csv"]),
    help="What FILE is; plain, .gz or .zip.",
)
@click.option(
    "--map",
    "mapping",
    required=True,
    type=A_FILE,
    help="Who is who and what is what (YAML).",
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The record to write (CSV)."
)
@scenario_option("The scenario whose actors and actions the map names.")
@click.option("--once-a-day", is_flag=True, help="Of repeats of an act on one day keep the first; a replay takes one.")
@click.option("--since", type=DAY, help="Only from this day on.")
@click.option("--until", type=DAY, help="Only up to this day.")
@SETTING
@FORCE
@JSON
def record_import(file: Path, form: str, mapping: Path, out: Path, scenario: str, **options: Any) -> None:
    """Make a record of FILE, a table of ICEWS or GDELT or a CSV (date, source, target, code), and say what was left out."""
    from sim.records import import_record

    import_record(file, form, mapping, scenario, out, tell=click.echo, **options)
