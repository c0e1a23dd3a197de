"""The tutorials work: their files are written, and their commands run, in their order, in one folder."""

from pathlib import Path

import pytest
from pages import DOCS, work_through

pytestmark = pytest.mark.slow  # and the same on every Python


def test_every_command_of_the_tutorial_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert work_through(DOCS / "tutorial.md") >= 20
    for made in (
        "outputs/mine-baseline/*/figures/outcomes.png",
        "outputs/mine-baseline/*/figures/apart.png",
        "outputs/mine-christmas/*/figures/survival.svg",
    ):
        assert len(list(Path().glob(made))) == 1, made
    assert (
        len(list(Path().glob("outputs/studies-silence/*/figures/heat.png"))) == 1 and Path("christmas.html").is_file()
    )


def test_a_crisis_of_ones_own_is_built_from_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert work_through(DOCS / "your-own-crisis.md") >= 15
    assert len(list(Path().glob("outputs/belarus-case/*/figures/acts.png"))) == 1
    assert Path("belarus.html").is_file()
