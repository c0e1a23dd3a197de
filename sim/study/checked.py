"""What `check` says of a file: of a study, or else of a scenario."""

from collections.abc import Sequence

from sim.scenario.problems import Place, Problem, UserError, listed
from sim.scenario.summary import Report, checked
from sim.study.library import is_study


def checked_file(file: str, settings: Sequence[str] = ()) -> Report:
    """Load a scenario or a study, and report."""
    if not is_study(file):
        return checked(file, settings)
    from sim.study.load_study import LoadedStudy, load_study

    try:
        if settings:
            text = "values are laid over scenarios, not over studies"
            raise UserError([Problem(Place(file, 0), "--set", text, "levers and vary, in the study")])
        loaded: LoadedStudy = load_study(file)
    except UserError as error:
        return Report(file, False, error.problems, "")
    study = loaded.study
    varied = listed(loaded.keys)
    told = (
        f"A study of {loaded.base.scenario.name} ({loaded.base.file}): {loaded.points:,} points × {study.runs:,} runs, "
        f"{loaded.points * study.runs:,} in all; varies {varied}; reports {listed(loaded.outcomes, 6)}."
    )
    return Report(file, True, loaded.warnings, told)
