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
    "of_run",
    "outcomes",
    "survival",
    "paths",
    "network",
    "apart",
    "curves",
    "heat",
    "variance",
    "beliefs",
    "verification",
)
FORMATS = ("png", "svg", "pdf")
# What tells the folders of each command apart, the more particular first.
FILES: dict[Kind, tuple[str, ...]] = {
    "run": ("outcomes.parquet", "daily.parquet"),
    "sensitivity": ("variance.parquet", "study.json"),
    "sweep": ("points.parquet", "study.json"),
    "fit": ("numbers.parquet", "draws.parquet"),
    "backtest": ("skills.parquet", "scores.parquet"),
}


def known() -> dict[str, Entry]:
    """Every figure there is, by name, in one order whatever was imported first."""
    for name in MODULES:
        import_module(f"sim.figures.{name}")
    return dict(sorted(FIGURES.items(), key=lambda one: MODULES.index(one[1].module)))


def kind_of(folder: Path) -> Kind:
    """What command left a folder. Raises UserError for a folder of none."""
    for kind, names in FILES.items():
        if all((folder / name).is_file() for name in names):
            return kind
    text = "is no folder of results that can be drawn" if folder.is_dir() else "is no folder"
    inner = [one for names in FILES.values() for one in sorted(folder.glob(f"*/{names[0]}"))]
    allowed = (
        listed([str(one.parent) for one in inner], 5)
        if inner
        else "the folder of a run, a sweep, a sensitivity, a fit or a back-test"
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
    """Draw every figure that the folders have, or those that are named, each into its folder's `figures` or into `out`.

    outcome: which share of a sweep is drawn; its first if none is named. Figures of several runs are drawn of all run folders together, into the first one's. One that cannot be drawn of a
    folder is said, unless it was asked for by name. Raises UserError for folders or names that are none.
    """
    table = known()
    if wrong := [name for name in names if name not in table]:
        raise UserError([unknown(Place("--figure", 0), "", "figure", name, list(table)) for name in wrong])
    kinds = {folder: kind_of(folder) for folder in folders}
    runs = [read_run(folder) for folder, kind in kinds.items() if kind == "run"]
    jobs: list[tuple[str, Any, Path]] = []
    for name, entry in table.items():
        if names and name not in names:
            continue
        if entry.of == "run":
            jobs += [(name, run, run.path) for run in runs]
        elif entry.of == "runs":
            if runs and (names or name != "apart" or len(runs) == 2):  # unasked only where it says something
                jobs.append((name, runs, runs[0].path))
        else:
            jobs += [(name, folder, folder) for folder, kind in kinds.items() if kind == entry.of]
    if names and (idle := [name for name in names if name not in [job[0] for job in jobs]]):
        allowed = listed(
            [name for name, entry in table.items() if any(_holds(kind, entry.of) for kind in kinds.values())]
        )
        text = f"no folder that was given can be drawn as {', '.join(idle)}"
        raise UserError([Problem(Place("--figure", 0), "", text, allowed)])
    of_sweeps = {"outcome": outcome} if outcome else {}
    return list(_drawn(jobs, bool(names), form, out, of_sweeps, note))


def _holds(kind: Kind, wanted: Kind) -> bool:
    """Whether a folder of one kind can be drawn as a figure of another."""
    return kind == wanted or (kind, wanted) == ("run", "runs")


def _drawn(
    jobs: Sequence[tuple[str, Any, Path]],
    asked: bool,
    form: str,
    out: Path | None,
    of_sweeps: dict[str, str],
    note: Callable[[str], object],
) -> Iterable[Path]:
    written: dict[Path, Path] = {}
    for name, subject, folder in jobs:
        try:
            picture: Figure = FIGURES[name].draw(subject, **(of_sweeps if FIGURES[name].of == "sweep" else {}))
        except CannotBeDrawn as error:
            if asked:
                raise UserError([Problem(Place(str(folder), 0), name, str(error))]) from None
            note(f"{folder}: no {name}: {error}")
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
    """The command line of a module's figures."""
    head, _, how = (about or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=head, epilog=how, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--format", choices=FORMATS, default="png")
    parser.add_argument("--out", type=Path, help="where the figures go; figures/ of each folder by default")
    asked = parser.parse_args()
    names = [name for name, entry in known().items() if entry.module == module]
    try:
        plot(asked.folders, names, asked.format, asked.out)
    except UserError as error:
        parser.exit(2, "".join(f"error: {problem}\n" for problem in error.problems))
