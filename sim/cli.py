"""The commands. No logic lives here, and heavy libraries are imported where they are used."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from sim import __version__
from sim.cli_evidence import add_to
from sim.options import (
    CLUSTER,
    CSV,
    DAY,
    EVERYTHING,
    FORCE,
    JSON,
    OUT,
    POSTERIOR,
    RESUME,
    RUNS_A_POINT,
    SEED,
    SETTING,
    TO,
    WORKERS,
    runs_option,
    say_unless,
)
from sim.scenario.problems import UserError


class Commands(click.Group):
    """Turns the errors that a user can make into messages and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            for problem in error.problems:
                click.echo(f"error: {problem}", err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            sys.exit(130)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="escalate")
def main() -> None:
    """Simulate an international crisis from a scenario file.

    FILE is a path, or the bare name of a scenario that ships (escalate list scenarios); STUDY likewise (escalate list studies).
    """


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--blank", is_flag=True, help="Only a small crisis of two neighbours, to start from.")
def init(directory: Path, blank: bool) -> None:
    """Make DIRECTORY with scenarios of your own: all that ship, or a small one."""
    from sim.scenario.start import start_folder

    for path in start_folder(directory, blank):
        click.echo(f"wrote {path}")


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@SETTING
@JSON
def check(files: tuple[str, ...], settings: tuple[str, ...], as_json: bool) -> None:
    """Say all that is wrong with scenario or study files, or that they are sound."""
    from sim.study.checked import checked_file

    reports = [checked_file(file, settings) for file in files]
    if as_json:
        click.echo(json.dumps([report.as_data() for report in reports], indent=2, ensure_ascii=False))
    for report in [] if as_json else reports:
        for problem in report.problems:
            click.echo(f"{'warning' if problem.warning else 'error'}: {problem}", err=True)
        if report.sound:
            click.echo(f"{report.file}: sound. {report.summary}")
    sys.exit(0 if all(report.sound for report in reports) else 2)


@main.command()
@click.argument("file")
@click.argument("key", default="")
@click.option("--origins", is_flag=True, help="Where each value was set, file:line.")
@click.option("--against", metavar="OTHER", help="What differs from another scenario.")
@SETTING
@JSON
def show(file: str, key: str, origins: bool, against: str | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Print the complete scenario that FILE comes to, or only what stands under KEY."""
    from sim.scenario.shown import shown_differences, shown_origins, shown_scenario

    if origins and against is not None:
        raise click.UsageError("--origins and --against answer two questions: ask one of them")
    if against is not None:
        click.echo(shown_differences(file, settings, against, key, as_json))
    elif origins:
        click.echo(shown_origins(file, settings, key, as_json))
    else:
        click.echo(shown_scenario(file, settings, key, as_json))


@main.command()
@click.argument("file")
@runs_option(1000, "How many runs.")
@SEED
@SETTING
@OUT
@TO
@POSTERIOR
@click.option(
    "--engine",
    type=click.Choice(["compiled", "mesa"]),
    default="compiled",
    show_default=True,
    help="The same acts from either.",
)
@click.option(
    "--acts-of",
    default=10_000,
    show_default=True,
    type=click.IntRange(0, 2**31 - 1),
    help="Keep every act of so many runs, from run 0 on; of all runs the acts are counted by day.",
)
@EVERYTHING
@CSV
@FORCE
@JSON
def run(file: str, runs: int, seed: int, settings: tuple[str, ...], out: Path, as_json: bool, **options: Any) -> None:
    """Run an ensemble: a table of outcomes, a run folder, two figures."""
    from sim.running import run_scenario

    run_scenario(file, runs, seed, settings, out, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE OTHER…")
@runs_option(1000, "How many pairs of runs.")
@SEED
@SETTING
@POSTERIOR
@EVERYTHING
@JSON
def compare(
    files: tuple[str, ...],
    runs: int,
    seed: int,
    settings: tuple[str, ...],
    posterior: Path | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Compare each OTHER with FILE, run by run under one seed: what differs, and the acts on which runs part."""
    from sim.running import compare_scenarios

    if len(files) < 2:
        raise click.UsageError("give the scenario to compare with, and one or more others")
    how: Any = {"posterior": posterior, "tell": click.echo, "say": say_unless(as_json)}
    compare_scenarios(files, runs, seed, settings, everything, as_json, **how)


@main.command()
@click.argument("study")
@RUNS_A_POINT
@WORKERS
@CLUSTER
@RESUME
@click.option("--keep-runs", is_flag=True, help="Write a row a run too.")
@CSV
@OUT
@TO
@JSON
def sweep(study: str, runs: int | None, out: Path, as_json: bool, **options: Any) -> None:
    """Sweep a STUDY: every combination of its levers at every point of its design, paired by their luck."""
    from sim.sweeping import sweep_study

    _one_place(options)
    failed = sweep_study(study, runs, out=out, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("study")
@RUNS_A_POINT
@click.option(
    "--trajectories", default=30, show_default=True, type=click.IntRange(2, 10_000), help="Of Morris's screening."
)
@click.option(
    "--keep", default=12, show_default=True, type=click.IntRange(1, 1000), help="Numbers that survive it, at most."
)
@WORKERS
@CLUSTER
@RESUME
@OUT
@JSON
def sensitivity(study: str, runs: int | None, out: Path, as_json: bool, **options: Any) -> None:
    """Say which numbers of a STUDY matter: Morris screens them, Sobol's indices divide the variance, PRIM finds boxes."""
    from sim.sensing import study_sensitivity

    _one_place(options)
    study_sensitivity(study, runs, out=out, as_json=as_json, tell=click.echo, say=say_unless(as_json), **options)


def _one_place(options: dict[str, Any]) -> None:
    if options["workers"] is not None and options["cluster"] is not None:
        raise click.UsageError("--workers are of this machine; with --cluster its workers play")


@main.command()
@click.argument("file")
@click.option(
    "--run",
    "number",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**31 - 2),
    help="Which run of the ensemble.",
)
@SEED
@SETTING
@click.option("--actor", help="Only what this actor does.")
@click.option("--day", type=DAY, help="Every decision of one day, done or not.")
@POSTERIOR
@JSON
def trace(
    file: str,
    number: int,
    seed: int,
    settings: tuple[str, ...],
    actor: str | None,
    day: date | None,
    posterior: Path | None,
    as_json: bool,
) -> None:
    """Tell one run day by day: who did what to whom, and why."""
    from sim.running import trace_run

    for line in trace_run(file, number, seed, settings, actor, day, as_json, posterior, say_unless(False)):
        click.echo(line)


@main.command()
@click.argument("folders", nargs=-1, required=True, metavar="DIR…", type=click.Path(path_type=Path))
@click.option("--figure", "names", multiple=True, metavar="NAME", help="Only this figure (escalate list figures).")
@click.option("--outcome", metavar="NAME", help="Which share of a sweep is drawn; its first if none is named.")
@click.option("--format", "form", type=click.Choice(["png", "svg", "pdf"]), default="png", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the figures go; figures/ of each folder by default.",
)
def plot(folders: tuple[Path, ...], names: tuple[str, ...], form: str, out: Path | None, outcome: str | None) -> None:
    """Draw the figures of each DIR: of a run, several runs side by side, a sweep, a sensitivity, a fit, a back-test."""
    from sim.figures.plot import plot as draw

    draw(folders, names, form, out, outcome, click.echo)


@main.command()
@click.argument("folders", nargs=-1, required=True, metavar="DIR…", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page to write; report.html in the first DIR by default.",
)
def report(folders: tuple[Path, ...], out: Path | None) -> None:
    """Make one page of the run folder DIR, and of others beside it: HTML that opens from disk and prints."""
    from sim.reporting import write_report

    click.echo(f"wrote {write_report(folders, out)}")


@main.command()
@click.argument("file")
@runs_option(1000, "Runs of each ensemble.", 100, 100_000)
@SEED
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Whom to listen to; this machine alone by default."
)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535))
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page in a browser.")
def explore(file: str, runs: int, seed: int, host: str, port: int, browser: bool) -> None:
    """Open a page with FILE's levers as sliders and menus; its ensemble is drawn anew as they move."""
    from sim.explorer.server import serve

    serve(file, runs, seed, host, port, browser)


@main.command("list")
@click.argument("kind")
@click.argument("file", default="baseline")
@click.option("--format", "form", type=click.Choice(["text", "md"]), default="text", show_default=True)
@SETTING
@JSON
def list_(kind: str, file: str, form: str, settings: tuple[str, ...], as_json: bool) -> None:
    """List the actors, actions, facts, strategies, drives, metrics, parameters, outcomes, acts, record, scenarios, studies or figures."""
    from sim.scenario.listing import listed_table

    def figures(_: Any) -> list[dict[str, Any]]:
        from sim.figures.plot import known

        return [
            {"figure": one.name, "of": one.of, "script": f"sim.figures.{one.module}", "shows": one.shows}
            for one in known().values()
        ]

    click.echo(listed_table(kind, file, settings, "json" if as_json else form, {"figures": figures}))


add_to(main)

if __name__ == "__main__":
    main()
