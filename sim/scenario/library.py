"""Where scenario files are: those that ship with the package, and the folder that a file may not leave."""

from pathlib import Path

from sim.scenario.problems import Place, Problem, UserError, listed, nearest, shown


def shipped_folder() -> Path:
    """The folder of the scenarios that ship: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def shipped_names() -> list[str]:
    """The names of the scenarios that ship, the baseline first."""
    names = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
    return sorted(names, key=lambda name: name != "baseline")


def study_names() -> list[str]:
    """The names of the studies that ship."""
    return sorted(path.stem for path in (shipped_folder() / "studies").glob("*.yaml"))


def find(file: str) -> Path:
    """The path of a scenario: a file, or the bare name of one that ships.

    Raises UserError if there is neither.
    """
    path = Path(file)
    try:
        there = path.exists()
    except OSError:  # reading it will say why
        there = True
    if there or path.suffix or len(path.parts) > 1:
        return path
    if file in shipped_names():
        return shipped_folder() / f"{file}.yaml"
    text = "there is no such file, and no scenario of that name ships"
    problem = Problem(
        Place(shown(file), 0),
        "",
        text + ("; it is a study: escalate sweep" if file in study_names() else ""),
        "a path to a .yaml file, or one of " + listed(shipped_names(), 30),
        nearest(file, shipped_names()),
    )
    raise UserError([problem])


def root_of(path: Path) -> Path:
    """The folder that a scenario and what it extends must stay in."""
    resolved = path.resolve()
    shipped = shipped_folder().resolve()
    return shipped if resolved.is_relative_to(shipped) else resolved.parent
