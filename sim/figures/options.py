"""Draw what each act that an actor could do on a day changes, a row each.

escalate options baseline --actor government
python -m sim.figures.options outputs/baseline/options-ID
"""

from pathlib import Path

from matplotlib.figure import Figure

from sim.evidence.effect_table import EffectTable, read_effects
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
    """Draw a row for each act, the lowest effect first. Raises CannotBeDrawn where no act could be tried."""
    table = drawable_effects(folder)
    rows = table.effects
    if len(rows) > MOST_ROWS:
        rows = sorted(
            sorted(rows, key=lambda row: -abs(row["difference"]))[:MOST_ROWS], key=lambda row: row["difference"]
        )
    effects = [Effect(row["words"], row["difference"], row["low"], row["high"]) for row in rows]
    sure = [effect for effect in effects if effect.is_sure]
    most = max(sure, key=lambda effect: abs(effect.mean), default=None)
    head = table.title.partition(": ")[2].partition(", against")[0]
    title = f"None of {head.removeprefix('each ')} surely changes {table.outcome_words}"
    if most is not None:
        title = (
            f"{capitalised(most.change)}: {most.mean:+.1f} {table.unit} of {table.outcome_words}, the most of {head}"
        )
    return effects_figure(effects, f"{table.outcome_words}, {table.unit}", title, effects_note(table))


def effects_note(table: EffectTable) -> str:
    """Say how many runs there are, and what the intervals hold."""
    runs = table.title.rpartition(", ")[0].rpartition(", ")[2]
    return f"{runs}. {table.reading[0].partition('. ')[0]}. Hollow: the interval includes 0."


if __name__ == "__main__":
    from sim.figures.plot import script

    script("options", __doc__)
