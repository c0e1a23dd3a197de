"""What `check` says of a file: of a study, or else of a scenario."""

from collections.abc import Sequence

from sim.scenario.library import find_file
from sim.scenario.problems import Place, Problem, UserError, listed
from sim.scenario.summary import Report, checked
from sim.study.library import is_study


def checked_file(file: str, settings: Sequence[str] = ()) -> Report:
    """Load a scenario or a study, and report what is wrong with it or what it holds.

    file: a path or bare name. settings: key=value, laid over a scenario.
    """
    try:
        if is_study(find_file(file, "scenario", "study")):
            return _checked_study(file, settings)
    except UserError as error:
        return Report(file, False, error.problems, "")
    return checked(file, settings)


def _checked_study(file: str, settings: Sequence[str]) -> Report:
    """Report on a study. Raises UserError with every problem."""
    from sim.study.load_study import load_study

    if settings:
        text = "values are laid over scenarios, not over studies"
        raise UserError([Problem(Place(file, 0), "--set", text, "levers and vary, in the study")])
    loaded = load_study(file)
    study = loaded.study
    summary = (
        f"A study of {loaded.base.scenario.name} ({loaded.base.file}): {loaded.points:,} points × {study.runs:,} runs, "
        f"{loaded.points * study.runs:,} in all; varies {listed(loaded.keys)}; reports {listed(loaded.outcomes, 6)}."
    )
    return Report(file, True, loaded.warnings, summary)
