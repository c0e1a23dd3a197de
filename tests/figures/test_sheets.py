"""The law of every registered figure: all of its text lies inside its sheet, and none upon another, whatever is drawn."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure
from matplotlib.text import Text
from sheets import faults, shown_texts, subjects

from sim.commands.group import main
from sim.figures import style
from sim.figures.plot import all_figures
from sim.figures.registry import CannotBeDrawn
from sim.results.run_folder import read_run
from sim.scenario.load import load

pytestmark = pytest.mark.slow  # and the same on every Python


@pytest.fixture(scope="session")
def root(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("sheets")


@pytest.mark.parametrize("name", all_figures())
def test_all_text_lies_inside_its_sheet_and_none_upon_another(name, root):
    entry = all_figures()[name]
    drawn, wrong = 0, []
    for situation, subject in subjects(entry.kind, root).items():
        try:
            figure = entry.draw(subject)
        except CannotBeDrawn as reason:
            assert str(reason)
            continue
        drawn += 1
        wrong += [f"{situation}: {fault}" for fault in faults(figure)]
        assert figure.get_suptitle().strip() and "nan" not in figure.get_suptitle().lower().split()
    assert drawn and not wrong, "\n".join(wrong)


def test_the_law_sees_what_cannot_be_read():
    sheet = style.sheet("Title", "note", 1.0)
    sheet.write(1.0, 0.5, "one text")
    sheet.write(1.1, 0.5, "and another")
    sheet.write(style.WIDTH - 0.2, 0.2, "a text that leaves the sheet")
    sheet.write(0.02, 0.9, "turned, and too long for this sheet", rotation=90)
    assert len(faults(sheet.figure)) == 3
    axes = Figure().add_axes((0.2, 0.2, 0.6, 0.6))
    axes.set_xticks([0.0, 0.001, 5.0], ["first", "second", "beyond"])
    axes.set_xlim(0, 1)
    axes.add_artist(Text(0.5, 0.5, "unseen", visible=False))
    assert faults(axes.figure) == ["upon each other: 'first' and 'second'"]


KEY = re.compile(r"[a-z]_[a-z]")


@pytest.mark.parametrize("case", ["european_union", "border"])
def test_no_figure_of_a_case_that_ships_shows_a_key(case, tmp_path):
    scenario = load(case).scenario
    result = CliRunner().invoke(main, ["run", case, "--runs", "40", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    run = read_run(next(tmp_path.rglob("manifest.json")).parent)
    keys = {key.replace("_", " ") for key in (*scenario.actors, *scenario.parameters) if "_" in key}
    shown = []
    for entry in all_figures().values():
        if entry.kind not in ("run", "runs"):
            continue
        try:
            figure = entry.draw(run if entry.kind == "run" else [run])
        except CannotBeDrawn:
            continue
        shown += [text.replace("\n", " ") for text, _ in shown_texts(figure)]
    assert shown and not [text for text in shown if KEY.search(text) or any(key in text for key in keys)]
