"""The JSON Schemas that ship say what the loader does."""

import json

import jsonschema
import pytest

from sim.scenario.library import shipped_files, shipped_folder, shipped_names
from sim.scenario.load import load
from sim.scenario.yaml_file import read_yaml
from sim.study.json_schema import SCHEMAS, text_of

FOLDER = shipped_folder()


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((FOLDER / "schemas" / name).read_text(encoding="utf-8")))


def as_json(plain: object) -> object:
    return json.loads(json.dumps(plain, default=str))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_that_ship_are_those_of_the_code(name):
    assert (FOLDER / "schemas" / name).read_text(encoding="utf-8") == text_of(name), (
        "run python -m sim.study.json_schema"
    )


@pytest.mark.parametrize("name", [*shipped_names(), *(f"european_union+{name}" for name in shipped_files("variant"))])
def test_every_resolved_scenario_fits_the_schema_of_a_complete_one(name):
    validator("scenario.schema.json").validate(as_json(load(name).resolved()))


# statements of facts, maps of actors and lists of what a pool fits have forms of their own, which their loaders hold them to
SCENARIOS = [path for path in sorted(FOLDER.glob("**/*.yaml")) if path.parent.name not in ("facts", "maps", "pools")]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_every_file_that_ships_fits_its_schema(path):
    schema = "study.schema.json" if path.parent.name == "studies" else "patch.schema.json"
    validator(schema).validate(as_json(read_yaml(path, path.name).plain()))


@pytest.mark.parametrize(
    "patch",
    [
        {"drives": {"exposure": {"tnoe": "hostile"}}},
        {"actors": {"cambodia": {"strategy": 3}}},
        {"parametres": {}},
        {"clock": {"start": 3}},
        {"+drives": {"not": "a list"}},
    ],
)
def test_a_patch_with_a_mistake_does_not_fit(patch):
    with pytest.raises(jsonschema.ValidationError):
        validator("patch.schema.json").validate(patch)


def test_a_patch_may_remove_append_and_name_a_path():
    patch = {
        "extends": "baseline.yaml",
        "parameters.leverage": 4,
        "drives": {"exposure": None, "distraction": {"+toward": ["cambodia"]}},
        "parameters": {"sympathy": 0.1, "momentum": {"value": 0.1}},
    }
    validator("patch.schema.json").validate(patch)
