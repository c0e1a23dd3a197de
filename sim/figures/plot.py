"""Draw the figures of a folder of results: what `escalate plot` and every script of a figure do."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from sim.figures.registry import FIGURES, CannotBeDrawn, Entry, Kind
from sim.figures.style import save
from sim.keeping import whole_file, writing
from sim.results.run_folder import read_run
from sim.scenario.problems import Place, Problem, UserError, listed, unknown

MODULES = (
    "run_figures",
    "outcomes",
    "survival",
    "paths",
    "hostility",
    "paired_differences",
    "curves",
    "heat",
    "variance",
    "prior_posterior",
    "verification",
    "forest",
    "chances",
    "due_forecasts",
    "options",
    "turning",
)
FORMATS = ("png", "svg", "pdf")
# What tells the folders of each command apart, the more particular first.
FILES: dict[Kind, tuple[str, ...]] = {
    "forecast": ("forecast.json", "chances.parquet"),  # a run folder, with more
    "run": ("outcomes.parquet", "daily.parquet"),
    "sensitivity": ("variance.parquet", "study.json"),
    "sweep": ("points.parquet", "study.json"),
    "fit": ("numbers.parquet", "draws.parquet"),
    "pool": ("term.parquet", "numbers.parquet"),
    "backtest": ("skills.parquet", "scores.parquet"),
    "score": ("scored.parquet", "skill.json"),
    "options": ("options.parquet", "effects.json"),
    "turning": ("turning.parquet", "effects.json"),
}


def all_figures() -> dict[str, Entry]:
    """Return every figure by name, in the order of MODULES, whichever was imported first."""
    for name in MODULES:
        import_module(f"sim.figures.{name}")
    return dict(sorted(FIGURES.items(), key=lambda item: MODULES.index(item[1].module)))


def kind_of(folder: Path) -> Kind:
    """Return which command wrote a folder. Raises UserError if none did."""
    for kind, names in FILES.items():
        if all((folder / name).is_file() for name in names):
            return kind
    text = "is not a folder of results that can be drawn" if folder.is_dir() else "is not a folder"
    inner = [path.parent for names in FILES.values() for path in sorted(folder.glob(f"*/{names[0]}"))]
    allowed = (
        listed([str(path) for path in inner], 5)
        if inner
        else "the folder of a run, a forecast, a sweep, a sensitivity, a fit, a back-test, a pool, a score, options or turning points"
    )
    raise UserError([Problem(Place(str(folder), 0), "", text, allowed)])


def plot(
    folders: Sequence[Path],
    names: Sequence[str] = (),
    form: str = "png",
    out: Path | None = None,
    outcome: str | None = None,
    note: Callable[[str], object] = print,
) -> list[Path]:
    """Draw every figure that folders have, or those that are named.

    Figures of several runs are drawn of all run folders together, into the first one's.
    Parameters: names, of figures, all if empty; form, png, svg or pdf; out, where they go, `figures` of each folder if
    None; outcome, which share of a sweep is drawn, its first if None; note, takes a line for each figure that was
    written or could not be drawn. Returns the files. Raises UserError for a folder that is not one of results, for a
    name that is not a figure's, for a named figure that cannot be drawn, and for a file that cannot be written.
    """
    table = all_figures()
    if wrong := [name for name in names if name not in table]:
        raise UserError([unknown(Place("--figure", 0), "", "figure", name, list(table)) for name in wrong])
    kinds = {folder: kind_of(folder) for folder in folders}
    runs = [read_run(folder) for folder, kind in kinds.items() if kind in ("run", "forecast")]
    jobs: list[tuple[str, Any, Path]] = []
    for name, entry in table.items():
        if names and name not in names:
            continue
        if entry.kind == "run":
            jobs += [(name, run, run.path) for run in runs]
        elif entry.kind == "runs":
            if runs and (names or name != "apart" or len(runs) == 2):  # unnamed only where it says something
                jobs.append((name, runs, runs[0].path))
        else:
            jobs += [(name, folder, folder) for folder, kind in kinds.items() if kind == entry.kind]
    if names and (idle := [name for name in names if name not in [job[0] for job in jobs]]):
        allowed = listed(
            [
                name
                for name, entry in table.items()
                if any(_can_be_drawn_as(kind, entry.kind) for kind in kinds.values())
            ]
        )
        text = f"none of these folders can be drawn as {', '.join(idle)}"
        raise UserError([Problem(Place("--figure", 0), "", text, allowed)])
    of_sweeps = {"outcome": outcome} if outcome else {}
    return list(_draw_jobs(jobs, bool(names), form, out, of_sweeps, note))


def _can_be_drawn_as(kind: Kind, wanted: Kind) -> bool:
    """Say whether a folder of one kind can be drawn as a figure of another."""
    return kind == wanted or (kind in ("run", "forecast") and wanted in ("run", "runs"))


def _draw_jobs(
    jobs: Sequence[tuple[str, Any, Path]],
    by_name: bool,
    form: str,
    out: Path | None,
    of_sweeps: dict[str, str],
    note: Callable[[str], object],
) -> Iterable[Path]:
    """Draw each job, a figure's name with what it is drawn of and the folder that it belongs to, into a file."""
    written: dict[Path, Path] = {}
    for name, subject, folder in jobs:
        try:
            picture: Figure = FIGURES[name].draw(subject, **(of_sweeps if FIGURES[name].kind == "sweep" else {}))
        except CannotBeDrawn as error:
            if by_name:
                raise UserError([Problem(Place(str(folder), 0), name, str(error))]) from None
            note(f"{folder}: {name} cannot be drawn: {error}")
            continue
        where = folder / "figures" if out is None else out
        with writing(where):
            where.mkdir(parents=True, exist_ok=True)
        many = sum(job[0] == name for job in jobs) > 1
        stem = f"{folder.parent.name}-{folder.name}-{name}" if out is not None and many else name
        path = where / f"{stem}.{form}"
        if path in written:
            text = f"two folders give a figure of this name: {written[path]} and {folder}"
            raise UserError([Problem(Place(str(path), 0), "", text, "one of them, or no --out")])
        written[path] = folder
        with whole_file(path) as sink:
            save(picture, sink, form)
        note(f"wrote {path}")
        yield path


def script(module: str, about: str | None) -> None:
    """Run the command line of a module's figures.

    Parameters: about, the module's docstring: what it does, and after an empty line how it is called. Exits with 2, the
    errors in lines, for bad input.
    """
    head, _, usage = (about or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=head, epilog=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--format", choices=FORMATS, default="png")
    parser.add_argument("--out", type=Path, help="where the figures go; figures/ of each folder by default")
    options = parser.parse_args()
    names = [name for name, entry in all_figures().items() if entry.module == module]
    try:
        plot(options.folders, names, options.format, options.out)
    except UserError as error:
        parser.exit(2, "".join(f"error: {problem}\n" for problem in error.problems))
