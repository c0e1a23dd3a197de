"""The look of the page: its style sheet, with a light and a dark set of the colours that figures have."""

from importlib.resources import files

from sim.figures import style

DARK_INK, DARK_PAPER = "#e8e8e8", "#16181c"
LIGHT = {
    "ink": style.INK, "muted": style.MUTED, "faint": style.FAINT, "shade": style.SHADE, "paper": style.PAPER,
    "now": style.PAIR_COLOURS[0], "focus": style.PAIR_COLOURS[1], "problem": "#8a1c2b",
}  # fmt: skip
DARK = {
    "ink": DARK_INK, "muted": "#a8adb5", "faint": "#3a3f47", "shade": "#262a30", "paper": DARK_PAPER,
    "now": "#8ab8ee", "focus": "#f0a0ac", "problem": "#ff9aa5",
}  # fmt: skip
LEAST_CONTRAST = 4.5  # of a line on the dark ground, where the colours of print would sink


def on_dark(colour: str) -> str:
    """Lighten a colour until it stands out from the dark ground."""
    share = 1.0
    while style.contrast(style.mixed(colour, share), DARK_PAPER) < LEAST_CONTRAST:
        share -= 0.05
    return style.mixed(colour, share)


def style_sheet() -> str:
    """Return the page's style sheet, its colours as CSS variables."""
    pairs = {f"pair-{number}": colour for number, colour in enumerate(style.PAIR_COLOURS)}
    light = _variables({**LIGHT, **pairs})
    dark = _variables({**DARK, **{name: on_dark(colour) for name, colour in pairs.items()}})
    rules = files("sim.explorer").joinpath("page.css").read_text(encoding="utf-8")
    return f".theme--light {{ color-scheme: light; {light} }}\n.theme--dark {{ color-scheme: dark; {dark} }}\n{rules}"


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
