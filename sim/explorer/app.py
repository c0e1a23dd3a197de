"""The page, made with Solara. It holds no rule of the model: levers in, HTML out."""

import os
import threading
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

import solara
from solara.lab import use_task

from sim.explorer.levers import HEADS, Settings, checked
from sim.explorer.played import Explorer
from sim.explorer.shown import day_html, results_html, settings_text, story_html, table, table_csv
from sim.figures.words import capitalised
from sim.scenario.problems import UserError

EXPLORER = Explorer(
    os.environ["ESCALATE_EXPLORE_FILE"],
    int(os.environ["ESCALATE_EXPLORE_RUNS"]),
    int(os.environ["ESCALATE_EXPLORE_SEED"]),
)
ONE_AT_A_TIME = threading.Lock()  # an ensemble uses all processors
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
.explore .now { color: #004488; } .explore .own { color: #595959; } .explore a { color: #004488; }
.explore .tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .3rem 0 .6rem; }
.explore :focus-visible { outline: 2px solid #bb5566; outline-offset: 2px; }
@media (max-width: 50rem) { .explore { grid-template-columns: minmax(0, 1fr); padding: .6rem; } }
"""


def told(tag: str, words: str, classes: tuple[str, ...] = (), **attributes: str) -> Any:
    """An element with text in it, whatever the text says: Solara's own would take it for HTML."""
    return solara.HTML(tag, unsafe_innerHTML=escape(words), classes=list(classes), attributes=attributes)


@solara.component_vue("levers.vue")
def Levers(groups: list[Any], values: dict[str, Any], event_moved_to: Callable[[dict[str, Any]], None]) -> None:  # noqa: N802
    """The controls; `event_moved_to` is called with the keys and values that moved."""


def from_link(search: str | None) -> tuple[Settings, str]:
    """The settings that an address carries, and what is wrong with them."""
    try:
        return checked(EXPLORER.levers, dict(parse_qsl((search or "").lstrip("?")))), ""
    except UserError as error:
        return {}, "\n".join(str(problem) for problem in error.problems)


def groups() -> list[dict[str, Any]]:
    """The levers as the page wants them."""
    found = []
    for head in HEADS:
        levers = [_plain(lever) for lever in EXPLORER.levers.values() if lever.group == head]
        if levers:
            found.append({"name": head, "open": head != HEADS[-1], "levers": levers})
    return found


def _plain(lever: Any) -> dict[str, Any]:
    options = [
        {"name": name, "words": name.replace("_", " "), "meaning": meaning} for name, meaning in lever.options.items()
    ]
    return {**vars(lever), "options": options}


def latest(work: Callable[[], tuple[Any, str]], wanted: Any, asked: Any) -> Callable[[], Any]:
    """Work that is done one at a time, and not at all if something else is wanted by the time that it is its turn.

    What it gives: what was wanted, and what was made of it, or nothing and what is wrong, in words.
    """

    def done() -> tuple[Any, Any, str] | None:
        with ONE_AT_A_TIME:
            if asked.current != wanted:
                return None
            try:
                return wanted, *work()
            except (UserError, ArithmeticError, ValueError) as error:
                return wanted, None, str(error)

    return done


@solara.component
def Page() -> None:  # noqa: N802
    """Levers at the left, what they do at the right."""
    router = solara.use_router()
    link, problem = solara.use_memo(lambda: from_link(router.search), [])
    settings, set_settings = solara.use_state(link)
    shows_run, show_run = solara.use_state(False)
    key = tuple(settings.items())
    asked = solara.use_ref(key)
    asked.current = key

    def play() -> tuple[Any, str]:
        played = EXPLORER.play(settings)
        return played, results_html(EXPLORER, played)

    task: Any = use_task(latest(play, key, asked), dependencies=[key])
    last = solara.use_ref(None)
    if task.value is not None:
        last.current = task.value

    def move(moves: dict[str, Any]) -> None:
        wanted: Settings = {
            name: {**settings, **moves}[name] for name in EXPLORER.levers if name in moves or name in settings
        }
        set_settings(checked(EXPLORER.levers, wanted))

    solara.Style(CSS)
    solara.Title(f"{EXPLORER.loaded.scenario.name} – explorer")
    with solara.Div(classes=["explore"]):
        with solara.Div(classes=["head"]):
            told("h1", EXPLORER.loaded.scenario.name)
            told("p", EXPLORER.loaded.scenario.description)
            if problem:
                told("p", f"The link could not be followed:\n{problem}", ("problem",), role="alert")
            Tools(settings, lambda: set_settings({}), last.current[1] if last.current else None)
        Headline(last.current, key)
        with solara.Div():
            values = {name: settings.get(name, lever.value) for name, lever in EXPLORER.levers.items()}
            Levers(groups=solara.use_memo(groups, []), values=values, event_moved_to=move)
        with solara.Div():
            Shown(last.current, key)
            solara.Button(
                "Close the run" if shows_run else "Tell one run, day by day",
                on_click=lambda: show_run(not shows_run),
                outlined=True,
            )
            if shows_run:
                OneRun(settings)


@solara.component
def Tools(settings: Settings, reset: Callable[[], None], played: Any) -> None:  # noqa: N802
    """What can be taken away: a scenario file, the table that is shown, a link."""
    with solara.Div(classes=["tools"]):
        solara.Button("As the scenario is", on_click=reset, disabled=not settings, outlined=True)
        solara.FileDownload(lambda: EXPLORER.patch(settings), filename="explored.yaml", label="Scenario (YAML)")
        if played is not None:
            solara.FileDownload(lambda: table_csv(played), filename="explored.csv", label="Table (CSV)")
        told("a", "Link to these settings", href=f"?{urlencode(settings)}", id="link")
        told("span", settings_text(settings), ("caveat",), role="status")


@solara.component
def Headline(last: tuple[Any, Any, str] | None, wanted: Any) -> None:  # noqa: N802
    """The first outcome in a line that stays in sight, also where the levers fill a narrow screen."""
    words = "…"
    if last is not None and last[0] == wanted and last[1] is not None:
        words = "The scenario asks for no headline share of runs."
        for row in table(EXPLORER, last[1])[:1]:
            more = f", {row['difference']} points" if row["difference"] else ""
            words = f"{capitalised(row['outcome'])}: {row['now']}{more}"
    told("p", words, ("headline",), role="status")


@solara.component
def Shown(last: tuple[Any, Any, str] | None, wanted: Any) -> None:  # noqa: N802
    """The ensemble at the settings that are wanted; while it is played, the one before, dimmed and said to be busy."""
    if last is None:
        told("p", "The first runs are compiled and played …", role="status")
        return
    key, played, html = last
    busy = key != wanted
    if played is None:
        told("p", html, ("problem",), role="alert")
        return
    state = {"aria-busy": "true" if busy else "false", "id": "results"}
    solara.HTML("div", unsafe_innerHTML=html, classes=["busy"] if busy else [], attributes=state)


@solara.component
def OneRun(settings: Settings) -> None:  # noqa: N802
    """One run told as a story, and stepped day by day."""
    number, set_number = solara.use_state(0)
    clock = EXPLORER.loaded.scenario.clock
    days = (clock.end - clock.start).days + 1
    first = (clock.replay_until - clock.start).days + 1
    day, set_day = solara.use_state(first)
    key = (tuple(settings.items()), number)
    asked = solara.use_ref(key)
    asked.current = key

    def tell() -> tuple[Any, str]:
        model = EXPLORER.one_run(settings, number)
        return model, story_html(EXPLORER, model, number, settings)

    task: Any = use_task(latest(tell, key, asked), dependencies=[key])

    def move(moves: dict[str, Any]) -> None:
        set_number(int(moves.get("run", number)))
        set_day(int(moves.get("day", day)))

    controls = [
        _counter("run", "Run", number, EXPLORER.runs - 1, "which of the runs is told"),
        _counter("day", "Day", day, days - 1, f"counted from {clock.start}; the first free day is {first}"),
    ]
    Levers(
        groups=[{"name": "One run", "open": True, "levers": controls}],
        values={"run": number, "day": day},
        event_moved_to=move,
    )
    if task.value is None or task.value[0] != key:
        told("p", "The run is played …", role="status")
        return
    model = task.value[1]
    if model is None:
        told("p", task.value[2], ("problem",), role="alert")
        return
    with solara.Div(classes=["tools"]):
        solara.Button("Day before", on_click=lambda: set_day(max(0, day - 1)), disabled=day == 0, outlined=True)
        solara.Button(
            "Next day", on_click=lambda: set_day(min(days - 1, day + 1)), disabled=day == days - 1, outlined=True
        )
        acts = model.acts.any(axis=1).nonzero()[0]
        later = [int(one) for one in acts if one > day]
        solara.Button("Next act", on_click=lambda: set_day(later[0]), disabled=not later, outlined=True)
    solara.HTML("div", unsafe_innerHTML=day_html(EXPLORER, model, day))
    solara.HTML("div", unsafe_innerHTML=task.value[2])


def _counter(key: str, label: str, value: int, last: int, meaning: str) -> dict[str, Any]:
    return {
        "key": key, "label": label, "value": value, "low": 0, "high": last, "step": 1, "unit": "", "meaning": meaning,
        "source": "", "note": "", "options": [],
    }  # fmt: skip
