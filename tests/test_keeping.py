"""JSON as its standard has it."""

import json
import math
from datetime import date

from sim.keeping import json_text


def test_numbers_that_are_none_are_null_and_dates_are_text():
    told = json_text({"a": [math.nan, 1.5, -math.inf], "b": {"day": date(2017, 9, 3), "c": (math.nan,)}, "d": "→"})
    assert json.loads(told) == {"a": [None, 1.5, None], "b": {"day": "2017-09-03", "c": [None]}, "d": "→"}
    assert "→" in told
