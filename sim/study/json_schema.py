"""JSON Schemas made from the schema itself, so that editors complete and check scenario files.

    python -m sim.study.json_schema

writes them to scenarios/schemas/. One is for a complete scenario, one for a patch: a file that extends
another, in which everything is optional, null removes, a + key appends and a dotted key is a path; one for a study.
"""

import json
from pathlib import Path
from typing import Any

from sim.scenario.library import shipped_folder
from sim.scenario.roles import KindRole
from sim.scenario.schema import Scenario
from sim.study.schema import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXTENDS = {
    "description": "files to lay this one over, left to right, in the same folder or below",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}

ROLES = {
    "description": "in a case, who plays each role of the kind: an actor, or a list of them; in a kind, its roles",
    "type": "object",
    "additionalProperties": {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, KindRole.model_json_schema()]
    },
}


def scenario_schema() -> dict[str, Any]:
    """Return the schema of a complete scenario, as a person may write it."""
    schema = Scenario.model_json_schema()
    quantity = schema["$defs"]["Quantity"]
    schema["$defs"]["Quantity"] = {
        "description": quantity["description"],
        "anyOf": [
            {"type": "number"},
            {"type": "string", "description": "the name of an entry of parameters"},
            quantity,
        ],
    }
    schema["properties"]["extends"] = EXTENDS
    days = schema["$defs"]["WhatIf"]["properties"]
    days["date"] = _without_format(days["date"])
    days["until"] = _without_format(days["until"])
    return {"$schema": DIALECT, **schema, "title": "A complete scenario of escalate"}


def _without_format(schema: Any) -> Any:
    """Return the schema of a date as one of a text: a date may be relative."""
    if isinstance(schema, list):
        return [_without_format(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_format(inner) for key, inner in schema.items() if key != "format"}


def patch_schema() -> dict[str, Any]:
    """Return the schema of a patch."""
    complete = scenario_schema()
    complete["properties"]["roles"] = ROLES
    schema = _loosened(complete)
    schema["patternProperties"] |= {r"^\+?[a-z][a-z0-9_]*(\.[^.]+)+$": {"description": "a path, dotted"}}
    return schema | {"title": "A patch of a scenario of escalate"}


def study_schema() -> dict[str, Any]:
    """Return the schema of a study, with the short forms that a person may write."""
    schema = Study.model_json_schema()
    entries = schema["properties"]
    ranges = entries["vary"]["additionalProperties"]
    entries["vary"] |= {"type": ["object", "array", "string"], "items": {"type": "string"}}
    entries["vary"] |= {"additionalProperties": {"anyOf": [ranges, {"const": True}]}}
    entries["vary"] |= {"pattern": "^all$"}
    methods = {"enum": [name for name in entries["design"]["enum"] if name != "listed"]}
    points = {key: entries["points"].pop(key) for key in ("type", "minimum")}
    points_entry = {"anyOf": [points, entries.pop("point_list")["items"] | {"type": "array"}, {"type": "string"}]}
    points_entry["anyOf"][1] = {
        "type": "array",
        "items": {"type": "object", "additionalProperties": {"type": "number"}},
    }
    entries["points"] |= points_entry
    entries["design"] = {
        "description": entries["design"]["description"],
        "default": entries["design"]["default"],
        "anyOf": [
            {"enum": entries["design"]["enum"]},
            {
                "type": "object",
                "properties": {"method": methods, "points": points},
                "required": ["method"],
                "additionalProperties": False,
            },
        ],
    }
    del entries["vary_all"]
    return {"$schema": DIALECT, **schema, "title": "A study of escalate"}


def _loosened(schema: Any) -> Any:
    """Loosen a schema: nothing is required, anything may be null, any list may be appended to."""
    if isinstance(schema, list):
        return [_loosened(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    is_list = isinstance(schema.get("required"), list)  # not an entry of that name
    loose = {key: _loosened(inner) for key, inner in schema.items() if key != "required" or not is_list}
    for key in ("properties", "patternProperties"):
        if isinstance(loose.get(key), dict):
            loose[key] = {name: {"anyOf": [inner, {"type": "null"}]} for name, inner in loose[key].items()}
    if isinstance(loose.get("additionalProperties"), dict):
        loose["additionalProperties"] = {"anyOf": [loose["additionalProperties"], {"type": "null"}]}
    if loose.get("type") == "object" and "properties" in loose:
        loose["patternProperties"] = {**loose.get("patternProperties", {}), r"^\+": {"type": "array"}}
    return loose


SCHEMAS = {
    "scenario.schema.json": scenario_schema,
    "patch.schema.json": patch_schema,
    "study.schema.json": study_schema,
}


def text_of(name: str) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(SCHEMAS[name](), indent=1, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write all schemas into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (folder / name).write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    write(shipped_folder() / "schemas")
