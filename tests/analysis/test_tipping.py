"""Where a share crosses one half, by hand; and the whole script on a small sweep."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.tipping import crossing_shifts, tipping_table
from sim.study.tipping import Curve, crossing, read_curves, tipping_points

sys.path.insert(0, str(Path(__file__).parents[1] / "study"))

from studies import write_study
from test_sweep import folders, sweep

pytestmark = pytest.mark.slow  # and the same on every Python

LEVELS = np.array([0.0, 0.5, 1.0])


def curve(*shares: float, runs: int = 100, **others: object) -> Curve:
    """The first runs of each level, as many as its share: the same runs at every level."""
    return Curve(others, LEVELS, np.arange(runs) < np.round(np.array(shares)[:, None] * runs))


def test_a_crossing_is_linear_between_the_levels_on_its_sides():
    assert crossing(LEVELS, np.array([0.1, 0.4, 0.6]), rising=True) == pytest.approx(0.75)
    assert crossing(LEVELS, np.array([0.1, 0.5, 0.6]), rising=True) == 0.5
    assert crossing(LEVELS, np.array([0.9, 0.6, 0.4]), rising=False) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.1, 0.2, 0.4), "below throughout"),
        ((0.6, 0.7, 0.8), "above throughout"),
        ((0.9, 0.8, 0.7), "above throughout"),
        ((0.4, 0.2, 0.1), "below throughout"),
        ((0.9, 0.6, 0.1), "0.60, falling"),
    ],
)
def test_what_does_not_rise_through_one_half_is_told_as_it_is(shares, words):
    assert words in tipping_table("lever", "ban", tipping_points([curve(*shares)]))


def test_an_interval_holds_the_crossing_and_narrows_with_runs():
    few, many = (tipping_points([curve(0.1, 0.4, 0.6, runs=runs)])[0] for runs in (200, 20_000))
    assert few.low < few.level < few.high and few.level == pytest.approx(many.level)
    assert many.high - many.low < (few.high - few.low) / 5


def test_a_curve_that_hardly_crosses_has_an_open_end():
    (tipping,) = tipping_points([curve(0.1, 0.3, 0.5)])
    assert tipping.level == 1.0 and np.isfinite(tipping.low) and tipping.high == np.inf
    assert "to above 1" in tipping_table("lever", "ban", [tipping])


def test_draws_that_begin_beyond_one_half_lie_before_the_first_level():
    (tipping,) = tipping_points([curve(0.47, 0.6, 0.8)])
    assert tipping.low == -np.inf and np.isfinite(tipping.high)
    assert "below 0 to" in tipping_table("lever", "ban", [tipping])
    (line,) = crossing_shifts(tipping_points([curve(0.47, 0.6, 0.8, a=1), curve(0.4, 0.6, 0.8, a=2)]))
    assert "in some draws beyond the levels" in line


def test_a_lever_without_effect_moves_the_crossing_by_exactly_nothing():
    tippings = tipping_points([curve(0.1, 0.4, 0.6, runs=1000, strategy=name) for name in ("grim", "generous")])
    assert crossing_shifts(tippings) == ["strategy, from grim to generous, moves it most: +0.000 (+0.000 to +0.000)"]


def test_a_lever_that_moves_the_crossing_is_told_with_its_interval():
    tippings = tipping_points([curve(0.1, 0.4, 0.6, runs=1000, backing=0), curve(0.1, 0.6, 0.8, runs=1000, backing=1)])
    (line,) = crossing_shifts(tippings)
    assert "from 0 to 1, moves it most: -0.350 (-0." in line


def test_the_script_reads_a_sweep_and_draws_it(tmp_path):
    path = write_study(tmp_path, runs=40)
    sweep(path, "--keep-runs")
    (folder,) = folders(path)
    along, outcome, curves = read_curves(folder)
    assert (along, outcome) == ("parameters.reciprocity", "shots")
    assert [curve.others["actors.south.strategy"] for curve in curves] == ["grim_trigger", "tit_for_tat"]
    assert all(curve.happened.shape == (5, 40) for curve in curves)
    process = subprocess.run(
        [sys.executable, "-m", "analysis.tipping", str(folder)], capture_output=True, text=True, check=True
    )
    assert "shots along reciprocity, 40 runs a point" in process.stdout
    assert (folder / "figures" / "shots.png").stat().st_size > 10_000


def test_a_sweep_without_its_runs_is_refused(tmp_path):
    path = write_study(tmp_path)
    sweep(path)
    with pytest.raises(ValueError, match="--keep-runs"):
        read_curves(folders(path)[0])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"along": "actors.south.strategy"}, "no lever 'actors.south.strategy'; allowed: parameters.reciprocity"),
        ({"outcome": "peak"}, "no share 'peak'; allowed: shots"),
    ],
)
def test_what_cannot_be_followed_is_told_with_what_can(tmp_path, options, words):
    path = write_study(tmp_path, runs=5)
    sweep(path, "--keep-runs")
    with pytest.raises(ValueError, match=words):
        read_curves(folders(path)[0], **options)


def test_a_design_without_curves_is_refused(tmp_path):
    path = write_study(tmp_path, runs=5, design="lhs", vary={"parameters.reciprocity": {}, "parameters.half_life": {}})
    sweep(path, "--keep-runs")
    with pytest.raises(ValueError, match="needs two of its levels or more"):
        read_curves(folders(path)[0])
