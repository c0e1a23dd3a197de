"""Draw whether the chances of a ledger came true, for the model and for what the record alone said.

escalate score LEDGER --record NEWER.csv
python -m sim.figures.due_forecasts outputs/LEDGER/score-ID
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.figures.registry import CannotBeDrawn, figure
from sim.figures.style import spelled
from sim.figures.verification import reliability_finding, reliability_sheet
from sim.keeping import read_json, read_rows

Row = dict[str, Any]
SHOWN = {"model": "the model", "base": "the record's rate alone", "persistence": "the last 30 days"}


def due_panels(ledger: str, until: str, rows: Sequence[Row]) -> Figure:
    """Draw how often chances came about, a panel for each forecaster.

    Parameters: ledger, its name; until, the last day of the record, in words; rows, of the table of scores.
    Raises CannotBeDrawn where no chance of a tone has come due.
    """
    due = [row for row in rows if row["score_name"] == "brier" and row["kind"] == "tone"]
    if not due:
        raise CannotBeDrawn("no chance has come due")
    days = len({row["on"] for row in due})
    note = (
        f"{len(due) // len(SHOWN)} chances of at least one act, of tones of each pair, from {days} {'day' if days == 1 else 'days'} of forecasts, by the record to {until}. Each point: those within a tenth of chance; lines: 95 % of what chances that "
        "are right would show, if windows and classes were independent. On the diagonal chances come true. Below: how many chances."
    )
    cases = {label: [row for row in due if row["forecaster"] == forecaster] for forecaster, label in SHOWN.items()}
    pairs = {
        label: (np.array([row["chance"] for row in mine]), np.array([row["observed"] > 0 for row in mine]))
        for label, mine in cases.items()
    }
    return reliability_sheet(f"{ledger}: {reliability_finding(*pairs[SHOWN['model']])}", note, pairs)


@figure("score", "whether the chances of a ledger came true: a reliability diagram")
def due_figure(folder: Path) -> Figure:
    """Draw the chances of a score's folder. Raises UserError if a table of it cannot be read."""
    data = read_json(folder / "skill.json")
    return due_panels(
        Path(data["ledger"]).name, spelled(date.fromisoformat(data["until"])), read_rows(folder / "scored.parquet")
    )


if __name__ == "__main__":
    from sim.figures.plot import script

    script("due_forecasts", __doc__)
