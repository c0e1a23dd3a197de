"""What all figures share: sizes, colours, lettering, dates, the replayed part, and the one way to save.

Nothing here sets a global style: every function works on the sheet or the axes that it is given. Lengths are
inches unless a name says otherwise; a sheet of 8 inches is 1200 pixels wide at 150 dots an inch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import matplotlib
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.dates import date2num, num2date
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerTuple
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

WIDTH, MARGIN, DPI = 8.0, 0.15, 150
TITLE_POINTS, LABEL_POINTS, SMALL_POINTS = 12.0, 9.0, 8.0  # small is 17 pixels high on a sheet 1200 pixels wide
FAMILY = "DejaVu Sans"  # ships with matplotlib, so every machine draws the same letters
KEY_ROW = 0.22  # height of a row of keys
LINE = 1.3 / 72  # height of a line of text for each point of its size

INK, MUTED, FAINT, SHADE, PAPER = "#222222", "#595959", "#d9d9d9", "#ececec", "#ffffff"
# From the foot of the ladder up: ever darker, so the order survives in grey, and told apart by every common colour vision.
RUNG_COLOURS = ("#d9e8f3", "#f2bd45", "#e8812c", "#c83e52", "#7c2370", "#1d0b3d")
TONE_MARKERS = {"hostile": "^", "cooperative": "o", "neutral": "s"}
# Paul Tol's high and medium contrast schemes, which also read in grey.
PAIR_COLOURS = ("#004488", "#bb5566", "#ddaa33", "#6699cc", "#997700", "#000000")

MARKERS = ("o", "s", "^", "D", "v", "X")  # beside PAIR_COLOURS, in their order

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # whatever the locale


def mixed(colour: str, share: float, ground: str = PAPER) -> str:
    """Mix a share of a colour (0 to 1) into a ground: a solid colour, the same on screen, in print and in a legend."""
    red, green, blue = (
        share * part + (1 - share) * ground_part
        for part, ground_part in zip(to_rgb(colour), to_rgb(ground), strict=True)
    )
    return to_hex((red, green, blue))


def luminance(colour: str) -> float:
    """Return the relative luminance (0 to 1) of a colour, as WCAG 2 defines it."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, ground: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2); text needs 4.5."""
    low, high = sorted((luminance(colour), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


def rung_colours(count: int) -> list[str]:
    """Return a colour for each of so many rungs, from the foot up: RUNG_COLOURS, or as many evenly along them."""
    last = len(RUNG_COLOURS) - 1
    places = [rung * last / max(1, count - 1) for rung in range(count)]
    return [
        mixed(RUNG_COLOURS[min(int(place) + 1, last)], place - int(place), RUNG_COLOURS[int(place)]) for place in places
    ]


def stroke(colour: str, points: float, dashes: str | tuple[int, tuple[int, ...]] = "-") -> dict[str, Any]:
    """Return the keywords of a line; points: its width."""
    return {"color": colour, "linewidth": points, "linestyle": dashes, "solid_capstyle": "projecting", "marker": "none"}


# --- lettering


def font(points: float, bold: bool = False) -> FontProperties:
    """Return the font of all figures, in a size in points."""
    weight = "bold" if bold else "normal"
    return FontProperties(family=FAMILY, style="normal", variant="normal", weight=weight, stretch="normal", size=points)


def lettering(points: float, colour: str = INK, bold: bool = False) -> dict[str, Any]:
    """Return the keywords of a text; `$` in a label is a dollar."""
    return {"fontproperties": font(points, bold), "color": colour, "parse_math": False, "usetex": False}


@lru_cache(4096)
def text_width(text: str, points: float, bold: bool = False) -> float:
    """Return the width of a line of text, in inches."""
    if not text.strip():
        return 0.0
    width, _, _ = text_to_path.get_text_width_height_descent(text, font(points, bold), ismath=False)
    return float(width) / 72


def wrapped(text: str, points: float, width: float, bold: bool = False) -> str:
    """Break a text into lines no wider than `width`, in inches; a single longer word is left whole."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in filter(None, paragraph.split(" ")):  # a space that does not break is not a place to break
            longer = f"{line} {word}".strip()
            if line and text_width(longer, points, bold) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return "\n".join(lines)


def balanced(text: str, points: float, width: float, bold: bool = False) -> str:
    """Break a text into as few lines as `wrapped` does, and as even as can be: no word is left alone on the last."""
    lines = wrapped(text, points, width, bold).count("\n")
    narrowing = (wrapped(text, points, width * share / 20, bold) for share in range(10, 21))
    return next(broken for broken in narrowing if broken.count("\n") <= lines)


# --- the sheet


@dataclass(frozen=True)
class Sheet:
    """A figure with its title above and its note below; what is between is placed by inches from its top left."""

    figure: Figure
    top: float  # where the space below the title begins

    def place(self, left: float, down: float) -> tuple[float, float]:
        """Return a point as matplotlib counts: shares of the figure, from the bottom left."""
        width, height = self.figure.get_size_inches()
        return left / width, 1 - (self.top + down) / height

    def axes(self, left: float, down: float, width: float, height: float) -> Axes:
        """Add styled axes whose top left corner is at (left, down)."""
        x, y = self.place(left, down + height)
        total_width, total_height = self.figure.get_size_inches()
        axes = self.figure.add_axes((x, y, width / total_width, height / total_height))
        style_axes(axes)
        return axes

    def write(self, left: float, down: float, text: str, points: float = SMALL_POINTS, **more: Any) -> Text:
        """Write a text, by default right of and centred on (left, down); more: keywords of matplotlib's text."""
        return self.figure.text(*self.place(left, down), text, **{"va": "center", **lettering(points), **more})

    def legend_rows(
        self, left: float, down: float, handles: Sequence[Any], names: Sequence[str], heading: str = ""
    ) -> int:
        """Write keys in as many rows, 0.22 inches apart, as they need. Returns how many these are."""
        rows = key_rows(names, heading)
        for row, chosen in enumerate(rows):
            keys, words = [handles[index] for index in chosen], [names[index] for index in chosen]
            self.legend(left, down + KEY_ROW * row, keys, words, heading if row == 0 else "")
        return len(rows)

    def legend(
        self, left: float, down: float, handles: Sequence[Any], names: Sequence[str], heading: str = ""
    ) -> Legend:
        """Write a row of keys centred on `down`, after its heading; a tuple of artists is drawn side by side."""
        if heading:
            self.write(left, down, heading, **lettering(SMALL_POINTS, bold=True))
            left += text_width(heading, SMALL_POINTS, bold=True) + 0.12
        legend = self.figure.legend(
            handles, names, loc="center left", bbox_to_anchor=self.place(left, down), ncols=max(1, len(names)),
            prop=font(SMALL_POINTS), labelcolor=INK, frameon=False, shadow=False, borderpad=0, borderaxespad=0, mode=None,
            handlelength=1.6, handleheight=0.7, handletextpad=0.5, columnspacing=1.4, labelspacing=0, markerscale=1, numpoints=1,
            handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
        )  # fmt: skip
        for text in legend.get_texts():
            text.set(**lettering(SMALL_POINTS))
        return legend


def key_rows(names: Sequence[str], heading: str = "") -> list[list[int]]:
    """Return which names go into each row of keys, so that no row is wider than a sheet; before the first, a heading."""
    rows: list[list[int]] = [[]]
    used = text_width(heading, SMALL_POINTS, bold=True)
    for index, name in enumerate(names):
        needed = text_width(name, SMALL_POINTS) + 0.5
        if rows[-1] and used + needed > WIDTH - 2 * MARGIN:
            rows.append([])
            used = 0.0
        rows[-1].append(index)
        used += needed
    return rows


def sheet(title: str, note: str, body: float, width: float = WIDTH) -> Sheet:
    """Make a white figure with `body` inches of height between its title and its note."""
    room = width - 2 * MARGIN
    title, note = balanced(title, TITLE_POINTS, room, bold=True), wrapped(note, SMALL_POINTS, room)
    top = MARGIN + _height(title, TITLE_POINTS) + 0.1
    height = top + body + 0.12 + _height(note, SMALL_POINTS) + MARGIN
    figure = Figure(figsize=(width, height), dpi=DPI, facecolor=PAPER, edgecolor=PAPER)
    figure.set_layout_engine("none")
    title_letters, note_letters = lettering(TITLE_POINTS, bold=True), lettering(SMALL_POINTS, MUTED)
    figure.suptitle(
        title, x=MARGIN / width, y=1 - MARGIN / height, ha="left", va="top", linespacing=1.3, **title_letters
    )
    figure.text(MARGIN / width, MARGIN / height, note, gid="note", va="bottom", linespacing=1.3, **note_letters)
    return Sheet(figure, top)


def _height(text: str, points: float) -> float:
    return (text.count("\n") + 1) * points * LINE if text else 0.0


# --- axes


def style_axes(axes: Axes) -> None:
    """Style axes: white, a thin frame left and below, small ticks, no grid."""
    axes.set_facecolor(PAPER)
    axes.set_axisbelow(True)
    axes.grid(False)
    axes.margins(0)
    for side, spine in axes.spines.items():
        spine.set(visible=side in ("left", "bottom"), color=MUTED, linewidth=0.8, zorder=2.5)
    axes.tick_params(which="both", direction="out", color=MUTED, width=0.8, length=3, pad=3, bottom=True, left=True)
    axes.tick_params(which="both", top=False, right=False, labeltop=False, labelright=False)
    axes.tick_params(which="both", labelcolor=INK, labelsize=SMALL_POINTS, labelfontfamily=FAMILY)


def value_axis(axes: Axes, label: str, low: float, high: float, ticks: int = 4, is_counted: bool = False) -> None:
    """Draw a vertical axis: a few round ticks, whole ones of counts, faint lines across, its name at a fixed distance."""
    axes.set_ylim(low, high)
    round_values = [
        value
        for value in MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10], integer=is_counted).tick_values(low, high)
        if low <= value <= high
    ]
    axes.set_yticks(
        round_values,
        [f"{value:g}".replace("-", "\u2212") for value in round_values],
        va="center_baseline",
        **lettering(SMALL_POINTS),
    )
    axes.set_ylabel(label, **lettering(SMALL_POINTS))
    axes.yaxis.set_label_coords(-0.42 * DPI / axes.bbox.width, 0.5)
    axes.grid(True, axis="y", alpha=1, **stroke(FAINT, 0.6))


def date_axis(axes: Axes, start: date, end: date, labelled: bool = True) -> None:
    """Draw a horizontal axis of whole days, with a little air at both ends and years below the ticks."""
    axes.set_xlim(day_limits(start, end))
    ticks = date_ticks(start, end)
    axes.set_xticks([date2num(day) for day in ticks])
    axes.set_xticklabels([])
    axes.fmt_xdata = lambda x: num2date(x).date().isoformat()
    if not labelled:
        return
    letters = {"textcoords": "offset points", "ha": "center", "va": "baseline", **lettering(SMALL_POINTS)}
    for day, lines in zip(ticks, date_names(ticks), strict=True):
        for row, text in enumerate(lines, 1):  # set on common baselines; matplotlib would align them by their ink
            axes.annotate(text, (date2num(day), 0), (0, -3 - row * 10), axes.get_xaxis_transform(), **letters)
    axes.set_xlabel("date", labelpad=3 + 2 * 10, **lettering(SMALL_POINTS))


def day_limits(start: date, end: date) -> tuple[float, float]:
    """Return the ends of a date axis, as matplotlib counts days."""
    air = max(0.6, 0.008 * (end - start).days)
    return date2num(start) - air, date2num(end) + air


def date_ticks(start: date, end: date) -> list[date]:
    """Choose round dates, few enough for their names: days, some of each month, firsts of months, or of years."""
    days = [start + timedelta(day) for day in range((end - start).days + 1)]
    for wanted in (range(1, 32), (1, 8, 15, 22), (1, 15)):
        ticks = [day for day in days if day.day in wanted]
        if len(ticks) <= 10:
            return ticks
    firsts = [day for day in days if day.day == 1]
    for months in (1, 2, 3, 6, 12):
        ticks = [day for day in firsts if (day.month - 1) % months == 0]
        if len(ticks) <= 15:
            return ticks
    return ticks[:: -(-len(ticks) // 15)]


def date_names(ticks: Sequence[date]) -> list[list[str]]:
    """Return the lines below each tick: `Sep` or `5 Sep`, then the year if it is new; or only the year."""
    if len(ticks) > 1 and all((day.month, day.day) == (1, 1) for day in ticks):
        return [[str(day.year)] for day in ticks]
    by_month = all(day.day == 1 for day in ticks)
    names = [MONTHS[day.month - 1] if by_month else f"{day.day} {MONTHS[day.month - 1]}" for day in ticks]
    before = [0, *(day.year for day in ticks)]
    return [
        [name, str(day.year)][: 1 + (day.year != last)] for name, day, last in zip(names, ticks, before, strict=False)
    ]


def spelled(day: date) -> str:
    """Write a day as `29 Jul 2018`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


# --- the replayed part and marked dates


@dataclass(frozen=True)
class Flag:
    """A label above a date axis: its text, its left edge in inches from the axis's, and its row, 0 being the lowest."""

    text: str
    left: float
    row: int
    kind: str  # replay | mark


@dataclass(frozen=True)
class Timeline:
    """The days that a figure shows: the first, the last, the last that is replayed, and marked dates by their labels."""

    start: date
    end: date
    replay_until: date
    marks: Mapping[str, date]

    @property
    def shown_marks(self) -> list[tuple[str, date]]:
        """Return the marked dates within the days, each with its label."""
        return [(name, day) for name, day in self.marks.items() if self.start <= day <= self.end]


def flags(timeline: Timeline, width: float, room: float = 0.0) -> list[Flag]:
    """Place labels of the replayed part and of the marked dates above axes of this width, in inches.

    room: inches from the axes' left edge that labels may reach, if that is more than the width. Returns them in rows in which none touches another. A date outside the axis has no label.
    """
    low, high = day_limits(timeline.start, timeline.end)
    is_replayed = timeline.replay_until >= timeline.start
    wanted = [(f"replayed to {spelled(timeline.replay_until)}", 0.0, "replay")] if is_replayed else []
    for name, day in sorted(timeline.shown_marks, key=lambda mark: (mark[1], mark[0])):
        text = f"{name}, {spelled(day)}"
        needed = text_width(text, SMALL_POINTS)
        middle = (date2num(day) - low) / (high - low) * width
        wanted.append((text, max(0.0, min(middle - needed / 2, max(width, room) - needed)), "mark"))
    placed: list[Flag] = []
    ends: list[float] = []
    for text, left, kind in wanted:
        row = next((row for row, taken in enumerate(ends) if taken < left), len(ends))
        ends[row : row + 1] = [left + text_width(text, SMALL_POINTS) + 0.15]
        placed.append(Flag(text, left, row, kind))
    return placed


def flags_height(placed: Sequence[Flag]) -> float:
    """Return the height, in inches, that labels need above their axes."""
    return (max((flag.row for flag in placed), default=-1) + 1) * SMALL_POINTS * LINE + 0.06


def write_flags(sheet: Sheet, placed: Iterable[Flag], left: float, down: float) -> None:
    """Write the labels above axes whose top left corner is at (left, down)."""
    for flag in placed:
        baseline = down - 0.09 - flag.row * SMALL_POINTS * LINE
        sheet.write(left + flag.left, baseline, flag.text, va="baseline", color=MUTED if flag.kind == "replay" else INK)


def mark_days(axes: Axes, timeline: Timeline) -> None:
    """Shade the replayed part, to the end of its last day, and draw a line at each marked date on the axis."""
    low, high = day_limits(timeline.start, timeline.end)
    if timeline.replay_until >= timeline.start:
        last = min(date2num(timeline.replay_until) + 0.5, high)
        axes.axvspan(low, last, facecolor=SHADE, edgecolor="none", linewidth=0, zorder=0, label="replayed")
    for _, day in timeline.shown_marks:
        axes.axvline(date2num(day), zorder=1.5, label="marked date", **stroke(INK, 1, (0, (4, 2))))


# --- saving


def save(figure: Figure, path: Path | str | BinaryIO, form: str = "") -> None:
    """Write a figure as .png (150 dots an inch), .svg or .pdf; the same figure gives the same bytes.

    form: png, svg or pdf, where `path` is an open file. Raises ValueError for another.
    """
    suffix = f".{form}" if form else Path(str(path)).suffix
    unnamed: dict[str, dict[str, Any]] = {
        ".png": {"Software": None},
        ".svg": {"Date": None, "Creator": None},
        ".pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    }
    if suffix not in unnamed:
        raise ValueError(f"{path}: figures are saved as .png, .svg or .pdf")
    usual = {key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith("backend")}
    with matplotlib.rc_context({**usual, "svg.hashsalt": "escalate", "pdf.fonttype": 42}):
        names = {"Title": figure.get_suptitle(), **unnamed[suffix]}
        figure.savefig(path, format=suffix[1:], dpi=DPI, facecolor=PAPER, edgecolor=PAPER, metadata=names)
