"""The palette's laws, and what the first two figures draw from a tiny made-up crisis."""

import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from sim.figures import style
from sim.figures.fan import Fan, bands, fan
from sim.figures.lanes import LaneAct, lanes, stacked

pytestmark = pytest.mark.slow  # and the same on every Python

START, REPLAYED, END = date(2020, 3, 1), date(2020, 3, 10), date(2020, 6, 30)
LABELS = {"a": "Alpha", "b": "Beta's very long-winded government in exile", "c": "Gamma $1 and $2"}
MARKS = {"Vote": date(2020, 6, 14)}
LADDER = ["still", "said", "shown", "decreed", "done", "broken"]
RECORD = [
    LaneAct(date(2020, 3, 2), "a", "b", "accuse", 1, "hostile"),
    LaneAct(date(2020, 3, 2), "a", "b", "offer", 0, "cooperative"),
    LaneAct(date(2020, 3, 3), "b", "a", "expel", 4, "hostile"),
]
RUN = [*RECORD, LaneAct(date(2020, 5, 1), "c", "a", "appeal", 1, "neutral")]

# Machado, Oliveira & Fernandes 2009, severity 1, on linear sRGB
VISION = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(TO_XYZ[1] @ linear(colour))


def lab(colour: str, vision: str = "usual") -> np.ndarray:
    """CIE L*a*b* of a colour as someone with this vision sees it."""
    xyz = TO_XYZ @ np.clip(np.array(VISION[vision]) @ linear(colour), 0, 1) / WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(first: str, second: str, vision: str) -> float:
    return float(np.linalg.norm(lab(first, vision) - lab(second, vision)))


def draw_lanes(run=RUN, record=RECORD, **more) -> Figure:
    settings = {"timeline": style.Timeline(START, END, REPLAYED, MARKS), "ladder": LADDER, "labels": LABELS}
    return lanes(run, record, **{**settings, "title": "Who did what", "note": "Made up.", **more})


def fans(*pairs: tuple[str, str], one_run: bool = True) -> list[Fan]:
    days = [START + timedelta(day) for day in range((END - START).days + 1)]
    height = np.abs(np.sin(np.arange(len(days)) / 20))
    quantiles = {share: share * height * 3 for share in (0.05, 0.25, 0.5, 0.75, 0.95)}
    return [Fan(pair, days, quantiles, height if one_run else None) for pair in pairs]


def draw_fan(pair_fans: list[Fan] | None = None, **more) -> Figure:
    pair_fans = fans(("a", "b"), ("a", "c")) if pair_fans is None else pair_fans
    wanted = {
        "replay_until": REPLAYED,
        "marks": MARKS,
        "labels": LABELS,
        "title": "How tension went",
        "note": "Made up.",
    }
    return fan(pair_fans, **{**wanted, **more})


FIGURES = {
    "lanes": draw_lanes,
    "lanes of nothing": lambda: draw_lanes([], []),
    "fan": draw_fan,
    "fan of nothing": lambda: draw_fan([]),
}


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def named(axes: Axes, name: str) -> list:
    return [artist for artist in axes.get_children() if artist.get_label() == name]


def markers(figure: Figure, label: str = "") -> list[tuple[float, float]]:
    """The offsets of all markers of the lanes whose label begins so."""
    collections = [each for each in figure.axes[0].collections if str(each.get_label()).startswith(label)]
    return [tuple(offset) for each in collections for offset in np.asarray(each.get_offsets())]


def written(figure: Figure, path: Path) -> bytes:
    style.save(figure, path)
    return path.read_bytes()


# --- colours


@pytest.mark.parametrize("count", range(1, 12))
def test_a_ladder_of_any_length_has_its_colours(count):
    colours = style.rung_colours(count)
    assert len(colours) == count
    assert colours == sorted(colours, key=style.luminance, reverse=True) and len(set(colours)) == count
    assert count != len(style.RUNG_COLOURS) or colours == list(style.RUNG_COLOURS)


def test_keys_of_a_long_ladder_take_more_rows_and_push_the_lanes_down():
    figure = draw_lanes(ladder=[f"a rung with a long name, number {rung}" for rung in range(9)])
    assert figure.get_size_inches()[1] > draw_lanes().get_size_inches()[1] + 0.4
    figure.draw_without_rendering()
    written_words = [text.get_window_extent() for text in figure.findobj(Text) if "rung with" in text.get_text()]
    assert len(written_words) == 9 and all(figure.bbox.contains(box.x1, box.y0) for box in written_words)


def test_rungs_grow_darker_from_the_foot_of_the_ladder_up():
    lightness = [lab(colour)[0] for colour in style.RUNG_COLOURS]
    assert all(lower - upper >= 9 for lower, upper in pairwise(lightness))
    assert [luminance(colour) for colour in style.RUNG_COLOURS] == sorted(
        map(luminance, style.RUNG_COLOURS), reverse=True
    )


@pytest.mark.parametrize("vision", VISION)
def test_every_eye_tells_neighbouring_rungs_apart(vision):
    assert min(distance(first, second, vision) for first, second in pairwise(style.RUNG_COLOURS)) >= 13


@pytest.mark.parametrize("vision", VISION)
def test_every_eye_tells_all_pairs_apart(vision):
    assert min(distance(first, second, vision) for first, second in combinations(style.PAIR_COLOURS, 2)) >= 20


def test_the_first_three_pairs_read_in_grey():
    lightness = [lab(colour)[0] for colour in style.PAIR_COLOURS[:3]]
    assert all(abs(first - second) >= 15 for first, second in combinations(lightness, 2))


def test_letters_have_contrast_on_paper_and_on_the_replayed_part():
    for colour in (style.INK, style.MUTED):
        for ground in (style.PAPER, style.SHADE):
            assert (luminance(ground) + 0.05) / (luminance(colour) + 0.05) >= 4.5


# --- lanes


def test_lanes_show_one_marker_an_act_on_one_lane_a_dyad():
    figure = draw_lanes()
    assert len(named(figure.axes[0], "lane")) == 3
    assert len(markers(figure, "record")) == len(RECORD)
    assert len(markers(figure, "run")) == len(RUN)


def test_the_record_lies_above_its_lanes_line_and_the_run_below():
    figure = draw_lanes(RUN[:1], RECORD[:1])
    (line,) = named(figure.axes[0], "lane")
    ((_, record_down),) = markers(figure, "record")
    ((_, run_down),) = markers(figure, "run")
    assert record_down < line.get_ydata()[0] < run_down  # the axis counts downwards


def test_acts_of_one_day_do_not_hide_each_other():
    acts = [LaneAct(date(2020, 3, 2), "a", "b", str(number), 1, "hostile") for number in range(7)]
    for crowd in (1, 30):
        places = markers(draw_lanes(acts * crowd, []))
        assert len(set(places)) == len(places) == 7 * crowd


def test_stacks_start_on_the_line_again_once_there_is_room():
    days = [START + timedelta(day) for day in (0, 0, 1, 5, 9, 9)]
    assert stacked(days, apart=4) == [0, 1, 2, 0, 0, 1]


@pytest.mark.parametrize(("run", "record", "count"), [([], RECORD, 3), (RUN, [], 4), ([], [], 0)])
def test_lanes_work_without_a_run_or_a_record(run, record, count):
    figure = draw_lanes(run, record)
    assert len(markers(figure)) == count
    assert ("no acts" in texts(figure)) == (count == 0)


def test_acts_outside_the_dates_are_left_out_and_order_does_not_matter(tmp_path):
    outside = LaneAct(START - timedelta(1), "c", "b", "early", 1, "hostile")
    usual = written(draw_lanes(), tmp_path / "one.png")
    assert written(draw_lanes([outside, *reversed(RUN)], [*reversed(RECORD), outside]), tmp_path / "other.png") == usual


def test_colour_is_the_rung_and_an_unknown_tone_or_actor_is_refused():
    figure = draw_lanes([], RECORD[2:])
    (drawn,) = figure.axes[0].collections
    assert isinstance(drawn, Collection)
    assert tuple(np.asarray(drawn.get_facecolor())[0, :3]) == pytest.approx(to_rgb(style.RUNG_COLOURS[4]))
    with pytest.raises(KeyError):
        draw_lanes([LaneAct(START, "a", "b", "smile", 0, "friendly")])
    with pytest.raises(KeyError):
        draw_lanes(labels={"a": "Alpha"})


def test_lanes_have_a_key_for_every_rung_and_tone():
    names = {f"{rung} {name}" for rung, name in enumerate(LADDER)}
    assert {*names, *style.TONE_MARKERS, "record", "run"} <= set(texts(draw_lanes()))


# --- fans


def test_a_fan_has_a_panel_a_pair_with_median_two_bands_and_one_run():
    figure = draw_fan()
    assert len(figure.axes) == 2
    for axes in figure.axes:
        for name in ("median", "one run", "middle 50 % of runs", "middle 90 % of runs", "replayed", "marked date"):
            assert len(named(axes, name)) == 1, name
        assert axes.get_ylabel() == "tension (marks)"
        assert axes.get_ylim()[0] == 0
    assert {"median of runs", "middle 50 % of runs", "middle 90 % of runs", "one run"} <= set(texts(figure))


def test_panels_share_the_dates_and_the_scale():
    small, large = fans(("a", "b"), ("a", "c"))
    large = Fan(
        large.pair, large.days, {share: 10 * np.asarray(values) for share, values in large.quantiles.items()}, None
    )
    upper, lower = draw_fan([small, large]).axes
    assert upper.get_xlim() == lower.get_xlim()
    assert upper.get_ylim() == lower.get_ylim() and lower.get_ylim()[1] >= large.highest


def test_a_fan_shows_what_really_happened_and_of_few_runs_each():
    days = [START, END]
    few = Fan(("a", "b"), days, {}, None, record=[1.0, np.nan], runs=[[0.0, 2.0], [1.0, 3.0]])
    (axes,) = draw_fan([few]).axes
    assert [len(named(axes, name)) for name in ("what really happened", "each run", "median")] == [1, 2, 0]
    assert axes.get_ylim()[1] >= few.highest == 3.0


def test_a_fan_without_one_run_does_not_name_it():
    assert "one run" not in texts(draw_fan(fans(("a", "b"), one_run=False)))


def test_a_flat_fan_still_has_a_scale():
    flat = Fan(("a", "b"), [START, END], {0.1: [0, 0], 0.5: [0, 0], 0.9: [0, 0]}, None)
    figure = draw_fan([flat])
    assert figure.axes[0].get_ylim() == (0, 1)
    assert "middle 80 % of runs" in texts(figure)


def test_bands_are_quantiles_two_by_two():
    assert bands([0.5, 0.05, 0.75, 0.95, 0.25]) == [(0.05, 0.95), (0.25, 0.75)]
    with pytest.raises(ValueError, match="middle shares"):
        bands([0.05, 0.5, 0.9])
    with pytest.raises(ValueError, match="different quantiles"):
        draw_fan([*fans(("a", "b")), Fan(("a", "c"), [START, END], {0.5: [0, 0]}, None)])


# --- both


@pytest.mark.parametrize("name", ["lanes", "fan"])
def test_a_figure_names_its_title_dates_replay_and_vote(name):
    figure = FIGURES[name]()
    shown = texts(figure)
    assert figure.get_suptitle() in shown
    assert {"date", "2020", "Apr", "replayed to 10 Mar 2020", "Vote, 14 Jun 2020"} <= {*shown} | {
        text.split()[-1] for text in shown
    }
    assert any(text.startswith("Made up.") for text in shown)
    assert all(len(named(axes, "replayed")) == len(named(axes, "marked date")) == 1 for axes in figure.axes)


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_clipped_or_touches_another(name):
    figure = FIGURES[name]()
    figure.draw_without_rendering()
    page = figure.bbox
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible()
    ]
    for text, box in boxes:
        assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, text
    for (first, box), (second, taken) in combinations(boxes, 2):
        assert not box.padded(-1).overlaps(taken.padded(-1)), (first, second)


def test_dates_off_the_axis_are_not_marked():
    timeline = style.Timeline(START, END, START - timedelta(1), {"Later": END + timedelta(9)})
    figure = draw_lanes(timeline=timeline)
    assert not named(figure.axes[0], "replayed") and not named(figure.axes[0], "marked date")
    assert not [text for text in texts(figure) if text.startswith(("replayed", "Later"))]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
@pytest.mark.parametrize("name", FIGURES)
def test_the_same_figure_gives_the_same_bytes(tmp_path, name, suffix, monkeypatch):
    first = written(FIGURES[name](), tmp_path / f"first.{suffix}")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    figure = FIGURES[name]()
    assert written(figure, tmp_path / f"second.{suffix}") == first
    assert written(figure, tmp_path / f"third.{suffix}") == first


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_reader_with_another_style_gets_the_same_picture(tmp_path, suffix):
    usual = [written(FIGURES[name](), tmp_path / f"usual.{suffix}") for name in FIGURES]
    style_of_reader: Any = {"font.family": "serif", "text.color": "red", "axes.grid": True, "lines.linewidth": 9, "savefig.bbox": "tight",
             "figure.facecolor": "black", "axes.facecolor": "black", "xtick.direction": "in", "figure.autolayout": True,
             "lines.solid_capstyle": "round", "text.usetex": True, "svg.fonttype": "none", "svg.hashsalt": "other"}  # fmt: skip
    with matplotlib.rc_context(style_of_reader):
        before = dict(matplotlib.rcParams)
        assert [written(FIGURES[name](), tmp_path / f"other.{suffix}") for name in FIGURES] == usual
        assert dict(matplotlib.rcParams) == before


def test_another_process_gives_the_same_bytes_and_pyplot_is_never_loaded(tmp_path):
    here = Path(__file__).resolve()
    code = (
        "import sys, runpy\n"
        f"names = runpy.run_path({str(here)!r})\n"
        f"for suffix in ('png', 'svg', 'pdf'): names['style'].save(names['draw_lanes'](), {str(tmp_path)!r} + '/there.' + suffix)\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(here.parents[2])}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    for suffix in ("png", "svg", "pdf"):
        assert (tmp_path / f"there.{suffix}").read_bytes() == written(draw_lanes(), tmp_path / f"here.{suffix}")


def test_a_picture_is_1200_pixels_wide_and_tells_no_date(tmp_path):
    style.save(draw_fan(), tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.width == 1200
        assert picture.info.keys() & {"Software", "Creation Time"} == set()
        assert picture.info["Title"] == "How tension went"
    for suffix in ("svg", "pdf"):
        text = written(draw_fan(), tmp_path / f"x.{suffix}")
        assert b"dc:date" not in text and b"CreationDate" not in text and b"Matplotlib v" not in text


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\.png, \.svg or \.pdf"):
        style.save(draw_fan(), tmp_path / "figure.jpg")


# --- dates and text


def test_ticks_are_round_dates_few_enough_for_their_names():
    def names(days: int, start: date = date(2017, 8, 21)) -> list[str]:
        ticks = style.date_ticks(start, start + timedelta(days))
        return [" ".join(lines) for lines in style.date_names(ticks)]

    assert names(405)[:6] == ["Sep 2017", "Oct", "Nov", "Dec", "Jan 2018", "Feb"]
    assert names(3) == ["21 Aug 2017", "22 Aug", "23 Aug", "24 Aug"]
    assert names(40) == ["22 Aug 2017", "1 Sep", "8 Sep", "15 Sep", "22 Sep"]
    assert names(0) == ["21 Aug 2017"]
    assert names(3650)[:2] == ["2018", "2019"]
    assert all(2 <= len(names(days)) <= 15 for days in range(1, 9000, 37))


def test_labels_of_close_dates_take_rows_of_their_own():
    marks = {"Summit": date(2020, 3, 12), "Talks": date(2020, 3, 14), "Vote": date(2020, 6, 29)}
    placed = style.flags(style.Timeline(START, END, REPLAYED, marks), width=6.0)
    assert [flag.row for flag in placed] == [0, 1, 2, 0]
    assert all(
        flag.left >= 0 and flag.left + style.text_width(flag.text, style.SMALL_POINTS) <= 6.001 for flag in placed
    )


def test_long_titles_are_broken_between_words():
    lines = style.wrapped("a rather long title " * 12, style.TITLE_POINTS, 4.0).split("\n")
    assert len(lines) > 2 and all(style.text_width(line, style.TITLE_POINTS) <= 4.0 for line in lines)
