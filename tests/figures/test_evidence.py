"""Figures of evidence: a bar is as long as its share, what is not sure is grey, what was learned most comes first."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from sheets import subjects

from sim.figures.variance import sensitivity_figure

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
