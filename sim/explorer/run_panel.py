"""One run of the page's ensemble: its story, and its days one by one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import solara

from sim.engine.crisis import Crisis
from sim.explorer.controls import Levers, text_element
from sim.explorer.ensembles import Explorer
from sim.explorer.latest import use_latest
from sim.explorer.levers import Settings
from sim.explorer.markup import day_html, story_html


@solara.component
def RunPanel(explorer: Explorer, settings: Settings) -> None:  # noqa: N802
    """Show one run, or the button that opens it."""
    is_open, set_open = solara.use_state(False)
    label = "Close the run" if is_open else "Tell one run, day by day"
    solara.Button(label, on_click=lambda: set_open(not is_open), outlined=True)
    if is_open:
        OneRun(explorer, settings)


@solara.component
def OneRun(explorer: Explorer, settings: Settings) -> None:  # noqa: N802
    """Tell one run as a story, and step it day by day."""
    clock = explorer.loaded.scenario.clock
    last_day, first_free = (clock.end - clock.start).days, (clock.replay_until - clock.start).days + 1
    number, set_number = solara.use_state(0)
    day, set_day = solara.use_state(first_free)
    key = (tuple(settings.items()), number)

    def play(_: Callable[[], Any]) -> tuple[Any, str]:
        """Play the run at the settings, and tell its story."""
        model = explorer.play_run(settings, number)
        return model, story_html(explorer, model, number, settings)

    answer = use_latest(play, key)

    def move(event: dict[str, Any]) -> None:
        """Take over the number of the run and the day."""
        moves = event["moves"]
        set_number(int(moves.get("run", number)))
        set_day(int(moves.get("day", day)))

    about_day = f"counted from {clock.start}; the first free day is {first_free}"
    controls = [
        _counter("run", "Run", number, explorer.runs - 1, "which run to show"),
        _counter("day", "Day", day, last_day, about_day),
    ]
    Levers(
        groups=[{"name": "One run", "open": True, "levers": controls}],
        values={"run": number, "day": day},
        answered=repr(answer and answer[0]),
        drawer=False,
        event_moved_to=move,
    )
    if answer is None or answer[0] != key:
        text_element("p", "Playing the run …", role="status")
    elif answer[1] is None:
        text_element("p", answer[2], ("problem",), role="alert")
    else:
        DaySteps(answer[1], day, last_day, set_day)
        solara.HTML("div", unsafe_innerHTML=day_html(explorer, answer[1], day))
        solara.HTML("div", unsafe_innerHTML=answer[2])


@solara.component
def DaySteps(model: Crisis, day: int, last_day: int, set_day: Callable[[int], None]) -> None:  # noqa: N802
    """Offer the day before, the next day, and the next day with an act."""
    later = [int(busy_day) for busy_day in np.flatnonzero(model.acts.any(axis=1)) if busy_day > day]
    steps = [
        ("Day before", day - 1, day == 0),
        ("Next day", day + 1, day == last_day),
        ("Next act", later[0] if later else day, not later),
    ]
    with solara.Div(classes=["tools"]):
        for label, target, disabled in steps:
            solara.Button(label, on_click=lambda target=target: set_day(target), disabled=disabled, outlined=True)


def _counter(key: str, label: str, value: int, last: int, meaning: str) -> dict[str, Any]:
    """Describe a control of whole numbers from 0 to `last`."""
    return {
        "key": key, "label": label, "value": value, "low": 0, "high": last, "step": 1, "unit": "", "meaning": meaning,
        "source": "", "note": "", "options": [],
    }  # fmt: skip
