"""The page, made with Solara. It holds no rule of the model: levers in, HTML out."""

import threading
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import solara
from solara.lab import use_task

from sim.engine.crisis import Crisis
from sim.explorer.ensembles import Explorer, LeverEnsemble
from sim.explorer.levers import GROUPS, OTHER, Lever, Settings, checked_settings
from sim.explorer.markup import day_html, results_html, settings_text, story_html
from sim.explorer.outcome_table import estimates_csv, share_rows
from sim.figures.words import capitalised
from sim.scenario.labels import labels_of
from sim.scenario.problems import UserError

SERVED: list[Explorer] = []  # the one that this process serves: Solara makes `Page` without arguments
ONE_AT_A_TIME = threading.Lock()  # an ensemble uses all processors
# What a task gives: the settings that it was for, what was played (None if it failed), and HTML, or what is wrong in words.
Answer = tuple[Any, Any, str]
CSS = """
.explore { display: grid; grid-template-columns: minmax(17rem, 23rem) minmax(0, 1fr); gap: 1.5rem; padding: 1rem; max-width: 84rem; margin: 0 auto;
  color: #222; font-family: system-ui, "DejaVu Sans", sans-serif; }
.explore h1 { font-size: 1.5rem; line-height: 1.25; } .explore h2 { font-size: 1.15rem; margin: 1.2rem 0 .3rem; } .explore h3 { font-size: 1rem; margin: .8rem 0 .2rem; }
.explore .head, .explore .headline { grid-column: 1 / -1; } .explore .headline { position: sticky; top: 0; z-index: 2; background: #fff; margin: 0; padding: .4rem 0;
  border-bottom: 1px solid #d9d9d9; font-weight: 600; } .explore .caveat { color: #595959; font-size: .85rem; }
.explore svg { width: 100%; min-width: 26rem; max-width: 46rem; height: auto; display: block; }
.explore table { border-collapse: collapse; font-size: .85rem; width: 100%; } .explore caption { text-align: left; color: #595959; }
.explore th, .explore td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #ececec; font-weight: 400; }
.explore thead th { font-weight: 600; } .explore td.day { white-space: nowrap; }
.explore .scroll { overflow-x: auto; } .explore .tall { max-height: 28rem; overflow-y: auto; }
.explore .picture { overflow-x: auto; } .explore .busy { opacity: .45; } .explore .problem { color: #8a1c2b; font-weight: 600; white-space: pre-wrap; }
.explore .now { color: #004488; } .explore .base { color: #595959; } .explore a { color: #004488; }
.explore .tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .3rem 0 .6rem; }
.explore :focus-visible { outline: 2px solid #bb5566; outline-offset: 2px; }
@media (max-width: 50rem) { .explore { grid-template-columns: minmax(0, 1fr); padding: .6rem; } }
"""


def text_element(tag: str, words: str, classes: tuple[str, ...] = (), **attributes: str) -> Any:
    """Make an element with text in it, whatever the text says.

    Solara's own would take it for HTML.
    """
    return solara.HTML(tag, unsafe_innerHTML=escape(words), classes=list(classes), attributes=attributes)


@solara.component_vue("levers.vue")
def Levers(groups: list[Any], values: dict[str, Any], event_moved_to: Callable[[dict[str, Any]], None]) -> None:  # noqa: N802
    """Show controls; `event_moved_to` is called with the keys and values that moved."""


def link_settings(explorer: Explorer, search: str | None) -> tuple[Settings, str]:
    """Read settings from the query of an address; return them, and what is wrong with them."""
    try:
        return checked_settings(explorer.levers, dict(parse_qsl((search or "").lstrip("?")))), ""
    except UserError as error:
        return {}, "\n".join(str(problem) for problem in error.problems)


def lever_groups(explorer: Explorer) -> list[dict[str, Any]]:
    """List the levers by group, as plain data for the page."""
    groups = []
    for name in GROUPS:
        levers = [_plain_lever(lever) for lever in explorer.levers.values() if lever.group == name]
        if levers:
            groups.append({"name": name, "open": name != OTHER, "levers": levers})
    return groups


def _plain_lever(lever: Lever) -> dict[str, Any]:
    options = [
        {"name": name, "words": name.replace("_", " "), "meaning": meaning} for name, meaning in lever.options.items()
    ]
    return {**vars(lever), "options": options}


def latest_only(work: Callable[[], tuple[Any, str]], key: Any, current: Any) -> Callable[[], Answer | None]:
    """Wrap work so that it is done one at a time, and only while it is wanted.

    Parameters: work, returns what was played and its HTML; key, the settings that it is for; current, a reference to
    the settings that are wanted now.
    """

    def task() -> Answer | None:
        """Do the work if its settings are still wanted; None if not."""
        with ONE_AT_A_TIME:
            if current.current != key:
                return None
            try:
                return key, *work()
            except (UserError, ArithmeticError, ValueError) as error:
                return key, None, str(error)

    return task


def use_latest(work: Callable[[], tuple[Any, str]], key: Any) -> Answer | None:
    """Do work in a thread whenever its key changes, and return the last answer.

    That may be the answer to an earlier key.
    """
    current = solara.use_ref(key)
    current.current = key
    answer: Any = solara.use_ref(None)
    task: Any = use_task(latest_only(work, key, current), dependencies=[key])
    if task.value is not None:
        answer.current = task.value
    return answer.current


@solara.component
def Page() -> None:  # noqa: N802
    """Show the explorer that is served."""
    ExplorerPage(SERVED[0])


@solara.component
def ExplorerPage(explorer: Explorer) -> None:  # noqa: N802
    """Show levers at the left, what they do at the right."""
    router = solara.use_router()
    link, problem = solara.use_memo(lambda: link_settings(explorer, router.search), [])
    settings, set_settings = solara.use_state(link)
    key = tuple(settings.items())

    def play() -> tuple[Any, str]:
        """Play the ensemble at the settings, and render its outcomes."""
        ensemble = explorer.play(settings)
        return ensemble, results_html(explorer, ensemble)

    answer = use_latest(play, key)

    def move(moves: dict[str, Any]) -> None:
        """Take over moved levers, and forget those that are back where they were."""
        moved = {**settings, **moves}
        set_settings(
            checked_settings(explorer.levers, {name: moved[name] for name in explorer.levers if name in moved})
        )

    solara.Style(CSS)
    solara.Title(f"{explorer.loaded.scenario.name} – explorer")
    with solara.Div(classes=["explore"]):
        with solara.Div(classes=["head"]):
            text_element("h1", explorer.loaded.scenario.name)
            text_element("p", explorer.loaded.scenario.description)
            if problem:
                text_element("p", f"The link could not be followed:\n{problem}", ("problem",), role="alert")
            Toolbar(explorer, settings, lambda: set_settings({}), answer[1] if answer else None)
        Headline(explorer, answer, key)
        with solara.Div():
            values = {name: settings.get(name, lever.value) for name, lever in explorer.levers.items()}
            Levers(groups=solara.use_memo(lambda: lever_groups(explorer), []), values=values, event_moved_to=move)
        with solara.Div():
            Outcomes(answer, key)
            RunPanel(explorer, settings)


@solara.component
def Toolbar(explorer: Explorer, settings: Settings, reset: Callable[[], None], ensemble: LeverEnsemble | None) -> None:  # noqa: N802
    """Offer files to take away: a scenario, the table that is shown, a link."""
    with solara.Div(classes=["tools"]):
        solara.Button("As the scenario is", on_click=reset, disabled=not settings, outlined=True)
        solara.FileDownload(lambda: explorer.patch_text(settings), filename="explored.yaml", label="Scenario (YAML)")
        if ensemble is not None:
            solara.FileDownload(lambda: estimates_csv(explorer, ensemble), filename="explored.csv", label="Table (CSV)")
        text_element("a", "Link to these settings", href=f"?{urlencode(settings)}", id="link")
        text_element("span", settings_text(settings, labels_of(explorer.loaded.scenario)), ("caveat",), role="status")


@solara.component
def Headline(explorer: Explorer, answer: Answer | None, key: Any) -> None:  # noqa: N802
    """Show the first outcome in a line that stays in sight.

    It does so also where the levers fill a narrow screen.
    """
    words = "…"
    if answer is not None and answer[0] == key and answer[1] is not None:
        words = "The scenario has no headline share of runs."
        for row in share_rows(explorer, answer[1])[:1]:
            difference = f", {row['difference']} points" if row["difference"] else ""
            words = f"{capitalised(row['outcome'])}: {row['now']}{difference}"
    text_element("p", words, ("headline",), role="status")


@solara.component
def Outcomes(answer: Answer | None, key: Any) -> None:  # noqa: N802
    """Show the ensemble at the settings of `key`; meanwhile the one before, dimmed."""
    if answer is None:
        text_element("p", "Compiling the rules and playing the first runs …", role="status")
        return
    answer_key, ensemble, html = answer
    if ensemble is None:
        text_element("p", html, ("problem",), role="alert")
        return
    busy = answer_key != key
    state = {"aria-busy": "true" if busy else "false", "id": "results"}
    solara.HTML("div", unsafe_innerHTML=html, classes=["busy"] if busy else [], attributes=state)


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

    def play() -> tuple[Any, str]:
        """Play the run at the settings, and tell its story."""
        model = explorer.play_run(settings, number)
        return model, story_html(explorer, model, number, settings)

    answer = use_latest(play, key)

    def move(moves: dict[str, Any]) -> None:
        """Take over the number of the run and the day."""
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
