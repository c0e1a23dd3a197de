"""The keys of a ladder's rungs at the top of a sheet."""

from collections.abc import Sequence

from matplotlib.patches import Patch

from sim.figures import style


def rung_keys(sheet: style.Sheet, ladder: Sequence[str], heading: str) -> None:
    """Write the keys of the ladder's rungs, from 0 up, at the top of a sheet."""
    keys = [Patch(facecolor=colour, edgecolor=style.INK, linewidth=0.6) for colour in style.rung_colours(len(ladder))]
    sheet.legend_rows(style.MARGIN, 0.1, keys, _rung_names(ladder), heading)


def rung_keys_height(ladder: Sequence[str], heading: str) -> float:
    """Return the height, in inches, of the keys of the ladder's rungs."""
    return style.KEY_ROW * len(style.key_rows(_rung_names(ladder), heading))


def _rung_names(ladder: Sequence[str]) -> list[str]:
    return [f"{rung} {name}" for rung, name in enumerate(ladder)]
