"""The page, made with Solara. It holds no rule of the model: levers in, HTML out."""

from collections.abc import Callable, Sequence
from typing import Any

import solara

from sim.explorer.address import Address, Position, position_at, read_address, write_address
from sim.explorer.controls import Choices, Levers, Results, lever_groups, preset_groups, text_element
from sim.explorer.ensembles import Explorer, LeverEnsemble
from sim.explorer.gallery import Gallery
from sim.explorer.latest import Answer, use_latest
from sim.explorer.levers import Settings, checked_settings
from sim.explorer.look import style_sheet
from sim.explorer.markup import lever_labels, results_html, settings_text
from sim.explorer.outcome_table import estimates_csv, share_rows
from sim.explorer.pictures import WIDE
from sim.explorer.run_panel import RunPanel
from sim.scenario.problems import UserError

SERVED: list[Gallery] = []  # the one that this process serves: Solara makes `Page` without arguments
Go = Callable[[Position, Position | None], None]  # to a position, compared with another


@solara.component
def Page() -> None:  # noqa: N802
    """Show the gallery that is served."""
    GalleryPage(SERVED[0])


def linked(gallery: Gallery, query: str | None) -> tuple[Address, str]:
    """Read the query of the page's address; return what it asks for, and what is wrong with it."""
    try:
        return read_address(query or "", gallery.presets, gallery.first), ""
    except UserError as error:
        return Address(Position(gallery.first)), problem_text(error)


def linked_settings(explorer: Explorer, position: Position) -> tuple[Settings, str]:
    """Check the settings of an address; return those that a lever can take, and what is wrong with them."""
    try:
        return checked_settings(explorer.levers, dict(position.settings)), ""
    except UserError as error:
        return {}, problem_text(error)


def problem_text(error: UserError) -> str:
    """Write every problem on a line."""
    return "\n".join(str(problem) for problem in error.problems)


def reference_text(gallery: Gallery, pinned: Position | None, case: str) -> str:
    """Write in words what settings are compared with."""
    position = pinned or Position(case)
    explorer = gallery.opened(position.scenario)
    labels = {} if explorer is None else lever_labels(explorer)
    return f"{gallery.presets[position.scenario].label}, {settings_text(dict(position.settings), labels)}"


@solara.component
def GalleryPage(gallery: Gallery) -> None:  # noqa: N802
    """Show the scenario of the address, once it is open."""
    router = solara.use_router()
    address, problem = solara.use_memo(lambda: linked(gallery, router.search), [router.search])
    name = address.shown.scenario

    def go(position: Position, pinned: Position | None) -> None:
        """Change the address, which the page follows."""
        router.push(write_address(Address(position, pinned), gallery.first))

    answer = use_latest(lambda _: (gallery.explorer(name), ""), name)
    is_done = answer is not None and answer[0] == name  # though others may have left it no room in memory
    explorer = answer[1] if answer is not None and is_done else gallery.opened(name)
    solara.Style(solara.use_memo(style_sheet, []))
    if explorer is not None:
        ExplorerPage(gallery, explorer, address, problem, go).key(name)
        return
    label = gallery.presets[name].label
    with solara.Div(classes=["explore"]), solara.Div(classes=["head"]):
        text_element("h1", label)
        if answer is not None and is_done:
            text_element("p", answer[2], ("problem",), role="alert")
            solara.Button(
                f"Open {gallery.presets[gallery.first].label}", on_click=lambda: go(Position(gallery.first), None)
            )
        else:
            text_element("p", f"Opening {label} and playing its first runs …", role="status")


@solara.component
def ExplorerPage(gallery: Gallery, explorer: Explorer, address: Address, problem: str, go: Go) -> None:  # noqa: N802
    """Show levers at the left, what they do at the right."""
    shown, pinned = address.shown, address.pinned
    preset = gallery.presets[shown.scenario]
    settled, refused = solara.use_memo(lambda: linked_settings(explorer, shown), [shown])
    none: Settings | None = None
    draft, set_draft = solara.use_state(none)  # settings while a lever is held
    width, set_width = solara.use_state(WIDE)
    settings: Settings = settled if draft is None else draft
    position = position_at(shown.scenario, settings)
    is_held = draft is not None
    key = (position, pinned, is_held, width)
    reference = reference_text(gallery, pinned, preset.case)

    def play(wanted_key: Callable[[], Any]) -> tuple[Any, str]:
        """Play the ensemble at the settings, and render its outcomes."""

        def is_wanted() -> bool:
            """Say whether to go on: a lever that is still held lets each of its pictures be drawn."""
            _, _, still_held, _ = wanted = wanted_key()
            return wanted == key or (is_held and still_held)

        ensemble = gallery.play(position, pinned, is_held, is_wanted)
        return ensemble, results_html(explorer, ensemble, reference, width)

    answer = use_latest(play, key)

    def move(event: dict[str, Any]) -> None:
        """Take over moved levers, and forget those that are back where they were."""
        moved = {**settings, **event["moves"]}
        checked = checked_settings(explorer.levers, {name: moved[name] for name in explorer.levers if name in moved})
        if event["settled"]:
            go(position_at(shown.scenario, checked), pinned)
        set_draft(None if event["settled"] else checked)

    solara.Title(f"{explorer.loaded.scenario.name} – explorer")
    with solara.Div(classes=["explore"]):
        Head(gallery, explorer, Address(position, pinned), go, answer[1] if answer else None, (problem, refused))
        Headline(explorer, answer, key, reference)
        with solara.Div(classes=["side"]):
            values = {name: settings.get(name, lever.value) for name, lever in explorer.levers.items()}
            levers = solara.use_memo(lambda: lever_groups(explorer), [explorer])
            Levers(groups=levers, values=values, answered=repr(answer and answer[0]), drawer=True, event_moved_to=move)
        with solara.Div():
            Outcomes(answer, key, set_width)
            RunPanel(explorer, settled)


@solara.component
def Head(  # noqa: N802
    gallery: Gallery,
    explorer: Explorer,
    address: Address,
    go: Go,
    ensemble: LeverEnsemble | None,
    problems: Sequence[str],
) -> None:
    """Show the question, what is wrong with the link, and what can be opened, pinned and taken away."""
    shown, pinned = address.shown, address.pinned
    settings = dict(shown.settings)

    def choose(name: str) -> None:
        """Open another scenario; what is pinned stays if it is of the same case."""
        same_case = pinned is not None and gallery.presets[pinned.scenario].case == gallery.presets[name].case
        go(Position(name), pinned if same_case else None)

    with solara.Div(classes=["head"]):
        text_element("h1", explorer.loaded.scenario.name)
        text_element("p", explorer.loaded.scenario.description, ("question",))
        for words in filter(None, problems):
            text_element("p", f"The link could not be followed:\n{words}", ("problem",), role="alert")
        with solara.Div(classes=["tools"]):
            Choices(
                groups=solara.use_memo(lambda: preset_groups(list(gallery.presets.values())), []),
                scenario=shown.scenario,
                can_reset=bool(settings),
                can_pin=shown != pinned,
                is_pinned=pinned is not None,
                event_choose=choose,
                event_reset=lambda _: go(Position(shown.scenario), pinned),
                event_pin=lambda pin: go(shown, shown if pin else None),
            )
            Downloads(explorer, settings, ensemble)


@solara.component
def Downloads(explorer: Explorer, settings: Settings, ensemble: LeverEnsemble | None) -> None:  # noqa: N802
    """Offer files to take away: a scenario, and the table that is shown."""
    with solara.Div(classes=["tools"]):
        solara.FileDownload(lambda: explorer.patch_text(settings), filename="explored.yaml", label="Scenario (YAML)")
        if ensemble is not None:
            solara.FileDownload(lambda: estimates_csv(explorer, ensemble), filename="explored.csv", label="Table (CSV)")
        words = settings_text(settings, lever_labels(explorer))
        text_element("span", words, ("caveat",), role="status", id="settings")


@solara.component
def Headline(explorer: Explorer, answer: Answer | None, key: Any, reference: str) -> None:  # noqa: N802
    """Show the first outcome in a line that stays in sight.

    It does so also where the levers fill a narrow screen.
    """
    words = "…"
    if answer is not None and answer[1] is not None:
        words = "The scenario has no headline share of runs."
        for row in share_rows(explorer, answer[1])[:1]:
            difference = f", {row['difference']} points against {reference}" if row["difference"] else ""
            words = f"{row['outcome']}: {row['now']}{difference}"
    busy = answer is None or answer[0] != key
    text_element("p", words, ("headline", "busy") if busy else ("headline",), role="status")


@solara.component
def Outcomes(answer: Answer | None, key: Any, resize: Callable[[int], None]) -> None:  # noqa: N802
    """Show the ensemble at the settings of `key`; meanwhile the one before, dimmed."""
    failed = answer is not None and answer[1] is None
    if answer is None:
        text_element("p", "Playing the first runs …", role="status")
    elif failed:
        text_element("p", answer[2], ("problem",), role="alert")
    Results(
        html="" if answer is None or failed else answer[2],
        busy=answer is None or answer[0] != key,
        event_resized=resize,
    )
