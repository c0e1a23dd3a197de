"""What `show` prints: the resolved scenario, where each value was set, what differs; as text or as JSON."""

import json
from collections.abc import Iterable
from typing import Any

from sim.scenario.load import load
from sim.scenario.origins import differences, origins, part
from sim.scenario.yaml_text import write_yaml


def shown_scenario(file: str, settings: Iterable[str], key: str, as_json: bool) -> str:
    """The resolved scenario, or what stands under a key. Raises UserError."""
    loaded = load(file, settings)
    if as_json:
        return _json(part(loaded, key, loaded.resolved()))
    text = write_yaml(part(loaded, key, loaded.scenario.model_dump(exclude_none=True))).removesuffix("\n")
    if loaded.scenario.record is None or key:
        return text
    return f"# record.file is looked for beside this file: {loaded.record_path}\n{text}"


def shown_origins(file: str, settings: Iterable[str], key: str, as_json: bool) -> str:
    """Where each value under a key was set. Raises UserError."""
    rows = list(origins(load(file, settings), key))
    if as_json:
        return _json([{"key": key, "value": value, "set_at": place} for key, value, place in rows])
    return "\n".join(f"{key} = {value}  # {place}" for key, value, place in rows)


def shown_differences(file: str, settings: Iterable[str], other: str, key: str, as_json: bool) -> str:
    """What differs between two scenarios under a key. Raises UserError."""
    rows = list(differences(load(file, settings), load(other), key))
    if as_json:
        return _json([{"key": key, file: here, other: there} for key, here, there in rows])
    head = f"# {file} | {other}" if rows else f"# {file} and {other} say the same"
    return "\n".join([head, *(f"{key}: {here} | {there}" for key, here, there in rows)])


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
