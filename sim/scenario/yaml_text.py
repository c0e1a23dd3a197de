"""Writing YAML that reads back to the same: text that would read as a number, a date or nothing is quoted."""

from typing import Any

import yaml

from sim.scenario.signs import invisible
from sim.scenario.yaml_file import DATE, DISPUTED, FLOAT, INTEGER, NOT_FINITE


def reads_as_text(text: str) -> bool:
    """Tell whether our reader takes an unquoted scalar for text.

    What it refuses, such as odd signs, it does not.
    """
    if invisible(text):
        return False
    forms = (INTEGER, FLOAT, DATE, NOT_FINITE, DISPUTED)
    return text not in ("", "~", "null", "true", "false") and not any(form.fullmatch(text) for form in forms)


class _Dumper(yaml.SafeDumper):
    """Block style, with quotes by our own reader's rules instead of YAML 1.1's."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if reads_as_text(value) else '"')


_Dumper.add_representer(str, _text)


def write_yaml(value: Any) -> str:
    """Write plain data as YAML; a single value as one line."""
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text.removesuffix("...\n")
