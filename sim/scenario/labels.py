"""What readers see in place of the key of a number: its label, where its entry has one."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sim.scenario.library import shown_path
from sim.scenario.schema import Scenario
from sim.scenario.yaml_file import read_yaml

SECTION = "parameters"
NO_LABELS: Mapping[str, str] = MappingProxyType({})


def labels_of(scenario: Scenario) -> dict[str, str]:
    """Return the labels of the parameters that have one, by their dotted keys."""
    return {f"{SECTION}.{name}": entry.label for name, entry in scenario.parameters.items() if entry.label}


def labels_in(file: Path) -> dict[str, str]:
    """Return the labels of the parameters of a resolved scenario, by their dotted keys.

    Raises UserError if the file cannot be read.
    """
    parameters = read_yaml(file, shown_path(file)).node_at((SECTION,)).items
    labels = {f"{SECTION}.{name}": entry.items["label"].value for name, entry in parameters.items() if "label" in entry.items}  # fmt: skip
    return {key: str(label) for key, label in labels.items()}


def labelled(key: str, labels: Mapping[str, str]) -> str:
    """Return the label of the number at a dotted key, and what stands below it; the key itself if there is none.

    labels: by the keys of the numbers.
    """
    name = next((name for name in labels if key == name or key.startswith(f"{name}.")), "")
    if not name:
        return key
    below = key[len(name) :].removesuffix(".value").replace(".", " ")
    return f"{labels[name]}{below}"
