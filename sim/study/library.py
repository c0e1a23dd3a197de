"""Where studies are found, and whether a file is a study at all."""

from pathlib import Path

from sim.scenario.library import find_file, shown_path
from sim.scenario.problems import UserError
from sim.scenario.yaml_file import read_yaml


def find_study(file: str) -> Path:
    """Find a study by its path or bare name. Raises UserError as `find_file` does."""
    return find_file(file, "study")


def is_study(path: Path) -> bool:
    """Tell whether a file is a study: it varies a scenario that it names.

    A file that cannot be read is none.
    """
    try:
        tree = read_yaml(path, shown_path(path))
    except UserError:
        return False
    return "scenario" in tree.items and "extends" not in tree.items
