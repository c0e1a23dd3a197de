"""Draw what each act that an actor could do on a day changes, a row each.

escalate options baseline --actor government
python -m sim.figures.options outputs/baseline/options-ID
"""

from datetime import date
from pathlib import Path

from matplotlib.figure import Figure

from sim.evidence.effect_table import EffectTable, read_effects
from sim.figures import style
from sim.figures.effects import effects_figure
from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.words import capitalised
from sim.study.effects import Effect

MOST_ROWS = 30  # acts that a figure shows


def drawable_effects(folder: Path) -> EffectTable:
    """Read the effects of a folder. Raises CannotBeDrawn where no act could be tried."""
    table = read_effects(folder)
    if not table.effects:
        raise CannotBeDrawn("no act could be tried")
    return table


@figure("options", "what each act that an actor could do on a day changes")
def options_figure(folder: Path) -> Figure:
    """Draw a row for each act, the one that raises the outcome most first. Raises CannotBeDrawn where none could be tried."""
    table = drawable_effects(folder)
    rows = table.effects
    shown = sorted(rows, key=lambda row: -abs(row["difference"]))[:MOST_ROWS]
    rows = sorted(shown, key=lambda row: (-row["difference"], row["words"]))
    effects = [Effect(row["words"], row["difference"], row["low"], row["high"]) for row in rows]
    sure = [effect for effect in effects if effect.is_sure]
    most = max(sure, key=lambda effect: abs(effect.mean), default=None)
    subject, _, of_whom = (
        table.title.partition(": ")[2].partition(", against")[0].removeprefix("each ").partition(" of ")
    )
    whose, _, day = of_whom.rpartition(" on ")
    day = style.spelled(date.fromisoformat(day))
    title = f"No {subject} of {whose} on {day} surely changes {table.outcome_words}"
    if most is not None:
        does = f"{most.change} on {day}" if subject == "act" else f"plays {most.change} from {day} on"
        title = f"{capitalised_outcome(table)} is {effect_text(table, most)} if {whose} {does}: more than by any other {subject}"
    return effects_figure(effects, axis_label(table), title, effects_note(table))


def capitalised_outcome(table: EffectTable) -> str:
    """Write the outcome of a table at the beginning of a sentence."""
    return f"“{capitalised(table.meaning)}”"


def effect_text(table: EffectTable, effect: Effect) -> str:
    """Write an effect on the outcome of a table: `24 points likelier`, `3.1 acts less`."""
    up, down = ("likelier", "less likely") if table.unit == "points" else ("more", "less")
    return f"{size_text(effect)} {table.unit} {up if effect.mean > 0 else down}"


def size_text(effect: Effect) -> str:
    """Write the size of an effect in the digits that its interval leaves it, without a sign."""
    return f"{abs(effect.mean):,.{0 if effect.high - effect.low >= 1.0 else 1}f}"


def axis_label(table: EffectTable) -> str:
    """Name the axis of effects on the outcome of a table."""
    return f"change in the chance, {table.unit}" if table.unit == "points" else f"change, {table.unit}"


def effects_note(table: EffectTable) -> str:
    """Say how many runs there are, and what the intervals hold."""
    runs = table.title.rpartition(", ")[0].rpartition(", ")[2]
    return f"{runs}. {table.reading[0].partition('. ')[0]}. Hollow: the interval includes 0."


if __name__ == "__main__":
    from sim.figures.plot import script

    script("options", __doc__)
