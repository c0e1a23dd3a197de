"""The page's controls, which work in the browser and call back with what was done."""

from collections.abc import Callable
from html import escape
from typing import Any

import solara

from sim.explorer.ensembles import Explorer
from sim.explorer.levers import GROUPS, OTHER, Lever
from sim.explorer.presets import OTHER_CASES, THIS_CASE, Preset


def text_element(tag: str, words: str, classes: tuple[str, ...] = (), **attributes: str) -> Any:
    """Make an element with text in it, whatever the text says.

    Solara's own would take it for HTML.
    """
    return solara.HTML(tag, unsafe_innerHTML=escape(words), classes=list(classes), attributes=attributes)


@solara.component_vue("levers.vue")
def Levers(  # noqa: N802
    groups: list[Any],
    values: dict[str, Any],
    answered: str,
    drawer: bool,
    event_moved_to: Callable[[dict[str, Any]], None],
) -> None:
    """Show controls.

    Parameters: answered, the settings of the last answer, so that a dragged lever sends no faster than answers come;
    drawer, whether they are in a drawer on a narrow screen; event_moved_to, called with `moves`, the keys and values
    that moved, and whether they are `settled`, or the lever is still held.
    """


@solara.component_vue("toolbar.vue")
def Choices(  # noqa: N802
    groups: list[Any],
    scenario: str,
    can_reset: bool,
    can_pin: bool,
    is_pinned: bool,
    event_choose: Callable[[str], None],
    event_reset: Callable[[Any], None],
    event_pin: Callable[[bool], None],
) -> None:
    """Show what can be opened, put back and pinned; each event is called when it is asked for."""


@solara.component_vue("results.vue")
def Results(html: str, busy: bool, event_resized: Callable[[int], None]) -> None:  # noqa: N802
    """Show pictures, with the values under the pointer; `event_resized` is called with their width in pixels."""


def lever_groups(explorer: Explorer) -> list[dict[str, Any]]:
    """List the levers by group, as plain data for the page."""
    groups = []
    for name in GROUPS:
        levers = [_plain_lever(lever) for lever in explorer.levers.values() if lever.group == name]
        if levers:
            groups.append({"name": name, "open": name != OTHER, "levers": levers})
    return groups


def preset_groups(presets: list[Preset]) -> list[dict[str, Any]]:
    """List what can be opened by group, as plain data for the page."""
    return [
        {
            "name": name,
            "presets": [
                {"name": preset.name, "label": preset.label, "question": preset.question}
                for preset in presets
                if preset.group == name
            ],
        }
        for name in (THIS_CASE, OTHER_CASES)
    ]


def _plain_lever(lever: Lever) -> dict[str, Any]:
    options = [
        {"name": name, "words": name.replace("_", " "), "meaning": meaning} for name, meaning in lever.options.items()
    ]
    return {**vars(lever), "options": options}
