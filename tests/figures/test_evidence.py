"""Figures of evidence: a bar is as long as its share, what is not sure is grey, what was learned most comes first."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from sheets import shown_texts, subjects

from sim.figures import style
from sim.figures.prior_posterior import prior_posterior_figure
from sim.figures.variance import sensitivity_figure
from sim.figures.verification import pit_figure, reliability_figure, reliability_finding, skill_figure

pytestmark = pytest.mark.slow  # and the same on every Python


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("sheets")


def test_bars_of_all_outcomes_are_read_on_one_axis(root):
    panels = sensitivity_figure(subjects("sensitivity", root)["crowded"]).axes
    assert len(panels) > 1 and len({axes.get_xlim() for axes in panels}) == 1
    lefts = {round(axes.get_position().x0, 9) for axes in panels} | {
        round(axes.get_position().x1, 9) for axes in panels
    }
    assert len(lefts) == 2
    widths = [bar.get_width() for axes in panels for bar in axes.patches if isinstance(bar, Rectangle)]
    assert set(np.round(widths, 9)) == {50.0, 17.8}


@pytest.mark.parametrize(
    ("scales", "words"),
    [
        (["linear", "linear"], "in their ranges, equally likely."),
        (["log", "linear"], "equally likely, 1 of 2 over the logarithm."),
        (["log", "log"], "equally likely over the logarithm."),
    ],
)
def test_what_is_likely_on_a_log_scale_is_told(tmp_path, scales, words):
    folder = subjects("sensitivity", tmp_path)["crowded"]
    study = json.loads((folder / "study.json").read_text())
    study["vary"] = {f"parameters.n{place}": {"scale": scale} for place, scale in enumerate(scales)}
    (folder / "study.json").write_text(json.dumps(study))
    figure = sensitivity_figure(folder)
    assert words in " ".join(" ".join(text for text, _ in shown_texts(figure)).split())


def test_only_what_is_sure_has_a_colour(root):
    folder = subjects("backtest", root)["crowded"]
    rows = pq.read_table(folder / "skills.parquet").to_pylist()
    sure = sum(row["is_sure"] for row in rows)
    dots = [line for axes in skill_figure(folder).axes for line in axes.lines if line.get_marker() in ("o", "<", ">")]
    coloured = [dot for dot in dots if to_hex(dot.get_markeredgecolor()) in style.PAIR_COLOURS]
    within = [row for row in rows if row["is_sure"] and abs(row["skill"]) <= 1.0]
    assert sure and len([dot for dot in coloured if dot.get_marker() == "o"]) == len(within)
    assert f"surely better than a rival in {sure} of {len(rows)} comparisons" in " ".join(
        skill_figure(folder).get_suptitle().split()
    )


def test_there_are_ten_bars_with_their_numbers_and_every_case_is_counted(root):
    folder = subjects("backtest", root)["crowded"]
    (axes,) = pit_figure(folder).axes
    numbers = [int(text.get_text().replace(",", "")) for text in axes.texts]
    assert len(numbers) == 10 and sum(numbers) == pq.read_table(folder / "pit.parquet").num_rows
    panels = reliability_figure(folder).axes
    for below in panels[1::2]:
        assert sum(int(text.get_text().replace(",", "")) for text in below.texts) == 3000


def test_a_reliability_title_judges_by_what_right_chances_would_show():
    chances = np.full(100, 0.2)
    assert "as right chances would have it (12 to 28)" in reliability_finding(chances, np.arange(100) < 20)
    assert "more than right chances would show" in reliability_finding(chances, np.arange(100) < 40)
    assert "fewer than right chances would show" in reliability_finding(chances, np.arange(100) < 5)


def test_what_was_learned_most_comes_first_and_next_to_nothing_is_called_so(root):
    folders = subjects("fit", root)
    figure = prior_posterior_figure(folders["crowded"])
    percents = [text for text, box in shown_texts(figure) if text.replace("\u00a0", "").rstrip("%").strip().isdigit()]
    learned = [int(text.split("\u00a0")[0]) for text in percents if "%" in text]
    assert learned == sorted(learned, reverse=True) and len(learned) == 23  # and a dash, where nothing was
    assert "teaches next to nothing" in prior_posterior_figure(folders["nothing learned"]).get_suptitle()
