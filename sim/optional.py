"""Libraries that only some commands need: where one is missing, the error says how to get it."""

from importlib import import_module
from pathlib import Path
from typing import Any

from sim.scenario.problems import Place, Problem, UserError

DISTRIBUTION = "escalate-sim"  # what `pip install` knows this package as


def needed(module: str, extra: str, purpose: str) -> Any:
    """Import a module of an optional library.

    Parameters: extra, the extra of this package that brings it; purpose, what it is needed for.
    Raises UserError, with the command that installs it, if it is missing.
    """
    library = module.split(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        text = f"{purpose} needs {library}, which is not installed"
        raise UserError([Problem(Place("escalate", 0), "", text, installation(extra))]) from None


def installation(extra: str) -> str:
    """Return the command that installs an extra: of the checkout that the package runs from, or of the index."""
    is_checkout = (Path(__file__).resolve().parent.parent / "pyproject.toml").is_file()
    return f"pip install -e '.[{extra}]'" if is_checkout else f"pip install '{DISTRIBUTION}[{extra}]'"
