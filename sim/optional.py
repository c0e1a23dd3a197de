"""Libraries that only some commands need: where one is missing, the error says how to get it."""

from importlib import import_module
from typing import Any

from sim.scenario.problems import Place, Problem, UserError


def needed(module: str, extra: str, what_for: str) -> Any:
    """A module of an optional library. Raises UserError, with the command that installs it, if it is missing."""
    library = module.split(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        allowed = f".venv/bin/pip install -e '.[{extra}]'"
        problem = Problem(Place("escalate", 0), "", f"{what_for} needs {library}, which is not installed", allowed)
        raise UserError([problem]) from None
