"""Where studies are: a file, or one of those that ship; and whether a file is a study at all."""

from pathlib import Path

from sim.scenario.files import shown_path
from sim.scenario.library import shipped_folder, shipped_names, study_names
from sim.scenario.problems import Place, Problem, UserError, listed, nearest, shown
from sim.scenario.yaml_file import read_yaml


def find_study(file: str) -> Path:
    """The path of a study: a file, or the bare name of one that ships. Raises UserError if there is neither."""
    path = Path(file)
    try:
        is_path = path.exists() or path.suffix or len(path.parts) > 1
    except OSError:  # reading it will say why
        is_path = True
    if is_path:
        return path
    if file in study_names():
        return shipped_folder() / "studies" / f"{file}.yaml"
    allowed = "a path to a .yaml file, or one of " + listed(study_names(), 30)
    text = "there is no such file, and no study of that name ships"
    text += "; it is a scenario: escalate run" if file in shipped_names() else ""
    raise UserError([Problem(Place(shown(file), 0), "", text, allowed, nearest(file, study_names()))])


def is_study(file: str) -> bool:
    """Whether a file is a study: it varies a scenario that it names. What cannot be read is none."""
    path = Path(file)
    try:
        if not path.suffix and len(path.parts) == 1 and not path.exists():
            return file in study_names() and file not in shipped_names()
        tree = read_yaml(path, shown_path(path))
    except (OSError, UserError):
        return False
    return tree.is_mapping and "scenario" in tree.items and "extends" not in tree.items
