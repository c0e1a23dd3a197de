"""Studies of the small crisis of two actors, as files, and what is said of them."""

import sys
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "scenario"))

from two import TWO

from sim.scenario.problems import UserError
from sim.study.load_study import load_study

LEVERS = {"actors.south.strategy": ["grim_trigger", "tit_for_tat"]}
VARY = {"parameters.reciprocity": {}}


def write_study(folder: Path, **entries: Any) -> Path:
    """Write a study of two levels by five, 20 runs each, unless `entries` say otherwise; None leaves an entry out."""
    (folder / "two.yaml").write_text(TWO)
    data = {"name": "Who answers?", "description": "Does it matter?", "scenario": "two.yaml"}
    data |= {"levers": LEVERS, "vary": VARY, "runs": 20, "outcomes": ["shots", "peak"], **entries}
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump({key: value for key, value in data.items() if value is not None}, sort_keys=False))
    return path


def problems_of(folder: Path, **entries: Any) -> list[str]:
    """Return every problem that is found in a study; none of a sound one."""
    try:
        load_study(str(write_study(folder, **entries)))
    except UserError as error:
        return [str(problem).replace(str(folder), "") for problem in error.problems]
    return []
