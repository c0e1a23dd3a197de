"""Every test of the loader stands in a folder of its own, with the small scenario of two actors in it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from two import RECORD, TWO, said


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, which is also where the user stands, so that messages show bare file names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text(TWO, encoding="utf-8")
    (tmp_path / "record.csv").write_text(RECORD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def patched(folder: Path) -> Callable[..., list[str]]:
    """What is said of a patch of the small scenario; `extends: two.yaml` is its first line."""

    def patched(patch: str, *settings: str) -> list[str]:
        (folder / "patch.yaml").write_text("extends: two.yaml\n" + patch, encoding="utf-8")
        return said(*settings, file="patch.yaml")

    return patched
