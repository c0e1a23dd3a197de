"""The page on studies: every example of it is a sound study."""

import re
from pathlib import Path

import pytest

from sim.study.load_study import load_study

PAGE = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("index", range(len(EXAMPLES)))
def test_every_example_is_sound(tmp_path, index):
    path = tmp_path / "study.yaml"
    path.write_text(EXAMPLES[index], encoding="utf-8")
    study = load_study(str(path))
    assert study.points > 2


def test_the_table_of_designs_is_whole():
    from sim.study.schema import Design

    assert len(EXAMPLES) == 3
    names = set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE))
    assert names == set(Design.__args__) - {"listed"}
