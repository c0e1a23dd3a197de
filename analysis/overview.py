"""Draw the picture of the README: who acts on whom, and how a day goes.

    python -m analysis.overview

Writes `docs/figures/overview.svg`. Names of actors come from the baseline. The picture has a ground of its own, light or dark as
the reader's system is, so that it can be read on any page.
"""

from html import escape
from pathlib import Path

from sim import load

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "figures" / "overview.svg"
WIDTH, HEIGHT = 720, 690
STYLE = """
  .ground { fill: #ffffff; stroke: #d1d5db; }
  .box { fill: #eef2ff; stroke: #4f5fb3; stroke-width: 1.5; }
  .step { fill: #f3f4f6; stroke: #9ca3af; }
  text { font: 16px "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; fill: #1f2937; }
  .name { font-weight: bold; font-size: 17px; }
  .soft { fill: #4b5563; font-style: italic; }
  path { fill: none; stroke: #4b5563; stroke-width: 2; marker-end: url(#head); }
  marker path { fill: #4b5563; stroke: none; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #161a24; stroke: #374151; }
    .box { fill: #252c4a; stroke: #9aa8f0; }
    .step { fill: #222835; stroke: #6b7280; }
    text { fill: #e5e7eb; }
    .soft { fill: #b6bdc9; }
    path { stroke: #b6bdc9; }
    marker path { fill: #b6bdc9; }
  }
"""
# Where each role stands: the middle and the size of its box.
PLACES = {
    "outside_powers": (360, 74, 210),
    "government": (360, 244, 240),
    "opposition": (112, 420, 150),
    "patrons": (608, 420, 150),
}
# Who acts on whom: from, to, the path, and its words with where they stand.
ARROWS = (
    ("government", "outside_powers", "M345 221 V101", ("accuses, expels,", "offers talks"), (333, 152, "end")),
    (
        "outside_powers",
        "government",
        "M375 97 V217",
        ("demands, threatens,", "takes measures, gives aid"),
        (388, 152, "start"),
    ),
    ("government", "opposition", "M268 267 L158 393", ("arrests, sues,", "bans; frees"), (246, 330, "start")),
    ("opposition", "government", "M126 397 L236 271", ("protests,", "criticises"), (152, 312, "end")),
    ("patrons", "government", "M594 397 L484 271", ("endorses,", "pledges aid"), (568, 312, "start")),
    ("government", "patrons", "M452 267 L562 393", ("asks for", "support"), (474, 330, "end")),
    ("opposition", "outside_powers", "M60 397 C60 180 130 82 249 74", ("appeals;", "is helped"), (84, 172, "end")),
    ("patrons", "outside_powers", "M660 397 C660 180 590 82 471 74", ("opposes", "interference"), (624, 150, "start")),
)
STEPS = (
    ("Morning", ("Every actor sees the", "same picture: what it", "remembers of others'", "acts, and the facts.")),
    (
        "Day",
        ("Each act has a rate: habit", "+ answers + campaign,", "changed by drives. Luck", "decides if it happens."),
    ),
    (
        "Night",
        ("Memories fade; then the", "day's acts land: they are", "remembered, and change", "facts. Next morning …"),
    ),
)


def text_lines(lines: tuple[str, ...], x: int, y: int, anchor: str, kind: str = "") -> list[str]:
    """Return lines of text as SVG, one under the other."""
    return [
        f'<text class="{kind}" x="{x}" y="{y + 20 * number}" text-anchor="{anchor}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    ]


def overview_picture(scenario: str = "baseline") -> str:
    """Return the picture as SVG.

    Parameters
    ----------
    scenario : str
        A case of the kind with a government, an opposition, an outside power and a patron: the first player of each role is
        drawn.

    Raises
    ------
    ValueError
        If the scenario has no action for an arrow of the picture.
    """
    case = load(scenario).scenario
    players = {role: case.roles[role][0] for role in PLACES}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Who acts on whom, and how a day goes</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">'
        '<path d="M0 0 L10 5 L0 10 z"/></marker></defs>',
        f'<rect class="ground" x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="12"/>',
        *text_lines(("Who acts on whom",), 20, 34, "start", "name"),
    ]
    for source, target, path, words, (x, y, anchor) in ARROWS:
        if not any(action.target == players[target] for action in case.actions[players[source]].values()):
            raise ValueError(f"{players[source]} has no action toward {players[target]}, and the picture has an arrow")
        both = ' marker-start="url(#head)"' if source == "opposition" and target == "outside_powers" else ""
        parts += [f'<path d="{path}"{both}/>', *text_lines(words, x, y, anchor)]
    for role, (x, y, width) in PLACES.items():
        label = case.actors[players[role]].label
        parts.append(f'<rect class="box" x="{x - width // 2}" y="{y - 23}" width="{width}" height="46" rx="8"/>')
        parts += text_lines((label,), x, y + 6, "middle", "name")
    parts += text_lines(("How a day goes",), 20, 490, "start", "name")
    for number, (title, lines) in enumerate(STEPS):
        x = 20 + 231 * number
        parts.append(f'<rect class="step" x="{x}" y="506" width="218" height="124" rx="8"/>')
        parts += text_lines((title,), x + 14, 532, "start", "name") + text_lines(lines, x + 14, 556, "start")
    parts += text_lines(
        ("One step is one day; a run is a year of days; a result is thousands of runs.",), 360, 662, "middle", "soft"
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(overview_picture(), encoding="utf-8")
    print(f"wrote {PICTURE}")
