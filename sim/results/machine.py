"""Data for a machine: JSON as its standard has it, in which a number that is none is null."""

import json
import math
from typing import Any


def json_text(data: Any) -> str:
    """The data as JSON; dates as text."""
    return json.dumps(_plain(data), indent=2, ensure_ascii=False, allow_nan=False, default=str)


def _plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
