"""The explorer's page in a browser: levers, address, pins, presets, hover values, theme and drawer; the keyboard; no network."""

from urllib.parse import parse_qs, urlparse

import pytest
from browser import findings, needs_chromium, opened

pytestmark = pytest.mark.slow  # and the same on every Python

BACKING = "parameters.backing"
SETTLED = "(wanted) => document.querySelector('#results[aria-busy=false] [data-settings]')?.dataset.settings === wanted"


def open_page(page, address: str, settings: str = "as it is") -> None:
    page.goto(address)
    wait_for(page, settings)


def shown(page) -> str:
    """The settings whose results are shown and not said to be busy."""
    return page.evaluate("document.querySelector('#results[aria-busy=false] [data-settings]')?.dataset.settings ?? ''")


def wait_for(page, settings: str) -> None:
    page.wait_for_function(SETTLED, arg=settings, timeout=60_000)


def lever(key: str) -> str:
    return f"#lever-{key.replace('.', '-').replace('_', '-')}"


def move(page, key: str, value: float, let_go: bool = True) -> None:
    script = """([id, value, events]) => { const one = document.querySelector(id); one.value = value;
      for (const name of events) one.dispatchEvent(new Event(name)); }"""
    page.evaluate(script, [lever(key), value, ["input", "change"] if let_go else ["input"]])


def is_known(wrong: str) -> bool:
    """Whether it is no fault: a page that is left says so to the server, hears no answer, and gives up loading its icon."""
    return "/_solara/api/close/" in wrong or wrong.endswith("/favicon.png net::ERR_ABORTED")


@needs_chromium
def test_levers_move_numbers_follow_and_nothing_leaves_the_machine(served):
    address = served.address
    with opened() as (page, asked, wrong):
        open_page(page, served.entrance)
        first = page.inner_text(".headline")
        assert page.input_value(lever(BACKING)) == "0.85" and page.locator(".lever.moved").count() == 0
        move(page, BACKING, 0.15)
        wait_for(page, f"{BACKING} = 0.15")
        assert page.inner_text(".headline") != first and "points" in page.inner_text(".headline")
        assert findings(page) == []
        # quick moves: whatever is shown as done is either of the last settings or not said to be done
        for value in (0.3, 0.4, 0.5, 0.6, 0.7):
            move(page, BACKING, value)
            page.wait_for_timeout(60)
        wait_for(page, f"{BACKING} = 0.7")
        page.wait_for_timeout(1500)
        assert shown(page) == f"{BACKING} = 0.7"
        # a link that asks for more than a lever can is refused
        page.goto(address + "?record.file=/etc/passwd&" + f"{BACKING}=7")
        page.wait_for_selector(".problem", timeout=60_000)
        assert "no lever is called 'record.file'" in page.inner_text(".problem") and "root:" not in page.content()
        page.goto(address + "?scenario=/etc/passwd")
        page.wait_for_selector(".problem", timeout=60_000)
        assert "no scenario is called" in page.inner_text(".problem") and "root:" not in page.content()
        page.goto(address + "?%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E=1")
        page.wait_for_selector(".problem", timeout=60_000)
        assert page.evaluate("window.pwned") is None and page.locator(".problem img").count() == 0
        own = (address, address.replace("http", "ws"), "data:", "blob:")
        assert [url for url in asked if not url.startswith(own)] == []
        assert [one for one in wrong if not is_known(one)] == []


@needs_chromium
def test_the_address_follows_and_back_forward_and_reload_work(served):
    with opened() as (page, _, wrong):
        open_page(page, served.entrance)
        for value in (0.3, 0.5):
            move(page, BACKING, value)
            wait_for(page, f"{BACKING} = {value}")
            page.wait_for_function(f"location.search === '?{BACKING}={value}'")
        page.go_back()
        wait_for(page, f"{BACKING} = 0.3")
        page.wait_for_function(f"document.querySelector('{lever(BACKING)}').value === '0.3'")
        page.go_back()
        wait_for(page, "as it is")
        page.go_forward()
        wait_for(page, f"{BACKING} = 0.3")
        page.reload()
        wait_for(page, f"{BACKING} = 0.3")
        assert page.input_value(lever(BACKING)) == "0.3"
        assert [one for one in wrong if not is_known(one)] == []


@needs_chromium
def test_a_held_lever_shows_fewer_runs_and_leaves_the_address_alone(served):
    with opened() as (page, _, _):
        open_page(page, served.entrance)
        runs = "document.querySelector('#results [data-runs]').dataset.runs"
        assert page.evaluate(runs) == "1000"
        move(page, BACKING, 0.35, let_go=False)
        wait_for(page, f"{BACKING} = 0.35")
        assert page.evaluate(runs) == "250" and page.evaluate("location.search") == ""
        for value in (0.36, 0.37, 0.38, 0.39):  # one after the other, without a pause: the last is shown all the same
            move(page, BACKING, value, let_go=False)
        wait_for(page, f"{BACKING} = 0.39")
        move(page, BACKING, 0.39)
        page.wait_for_function(f"{runs} === '1000'")
        wait_for(page, f"{BACKING} = 0.39")
        page.wait_for_function(f"location.search === '?{BACKING}=0.39'")


@needs_chromium
def test_settings_are_pinned_and_compared(served):
    with opened() as (page, _, _):
        open_page(page, served.entrance)
        move(page, BACKING, 0.3)
        wait_for(page, f"{BACKING} = 0.3")
        page.get_by_role("button", name="Pin these settings").click()
        page.wait_for_function("!document.querySelector('.headline').innerText.includes('points')")
        page.get_by_role("button", name="As the scenario is").click()
        wait_for(page, "as it is")
        assert "points against Cambodia 2017–18, Chinese backing = 0.3" in page.inner_text(".headline")
        assert parse_qs(urlparse(page.url).query)["pinned"] == [f"{BACKING}=0.3"]
        page.reload()
        wait_for(page, "as it is")
        assert "Chinese backing = 0.3" in page.inner_text(".headline")
        page.get_by_role("button", name="Unpin").click()
        page.wait_for_function("!location.search.includes('pinned')")


@needs_chromium
def test_variants_and_other_cases_are_opened(served):
    with opened() as (page, _, wrong):
        open_page(page, served.entrance)
        page.get_by_label("Scenario", exact=True).select_option("baseline+weak_backing")
        page.wait_for_function("document.querySelector('h1').innerText.includes('eak backing')", timeout=60_000)
        wait_for(page, "as it is")
        page.wait_for_function("document.querySelector('.headline').innerText.includes('points against Cambodia')")
        page.get_by_label("Scenario", exact=True).select_option("border")
        page.wait_for_function("document.querySelector('h1')?.innerText.includes('Border')", timeout=60_000)
        wait_for(page, "as it is")
        page.go_back()
        page.wait_for_function("document.querySelector('h1')?.innerText.includes('eak backing')", timeout=60_000)
        assert page.evaluate("location.search") == "?scenario=baseline%2Bweak_backing"
        assert [one for one in wrong if not is_known(one)] == []


@needs_chromium
def test_a_field_says_what_is_wrong_and_a_button_where_a_number_is_from(served):
    with opened() as (page, _, _):
        open_page(page, served.entrance)
        field = page.locator(f"{lever(BACKING)}-number")
        field.fill("7")
        error = page.locator(f"{lever(BACKING)}-error")
        assert error.inner_text() == "Found 7; allowed: 0 to 1" and field.get_attribute("aria-invalid") == "true"
        field.press("Enter")
        page.wait_for_timeout(300)
        assert page.evaluate("location.search") == "" and shown(page) == "as it is"
        field.fill("0.4")
        assert not error.is_visible()
        field.press("Enter")
        wait_for(page, f"{BACKING} = 0.4")
        about = page.locator(f"{lever(BACKING)}-about")
        assert not about.is_visible()
        page.locator(f"button[aria-controls='{lever(BACKING)[1:]}-about']").click()
        assert "Source:" in about.inner_text()
        field.fill("")
        assert error.inner_text().startswith("Found no number") and findings(page) == []


@needs_chromium
def test_values_are_shown_under_the_pointer_and_by_arrow_keys(served):
    with opened() as (page, _, _):
        open_page(page, served.entrance)
        page.locator("svg [data-tip]").first.hover()
        assert "at these settings" in page.inner_text(".tip")
        fan = page.locator(".picture[aria-label^=Tension]")
        page.keyboard.press("Tab")  # so that the browser takes what follows for the keyboard's
        fan.focus()
        fan.press("PageDown")
        assert page.inner_text(".tip").startswith("2017-09-20") and "median" in page.inner_text(".tip")
        fan.press("ArrowRight")
        assert page.inner_text(".tip").startswith("2017-09-21")
        fan.press("Escape")
        assert not page.locator(".tip").is_visible()


@needs_chromium
def test_the_theme_follows_the_system_until_it_is_chosen(served):
    with opened() as (page, _, _):
        page.emulate_media(color_scheme="dark")
        open_page(page, served.entrance)
        ground = "getComputedStyle(document.querySelector('.explore')).backgroundColor"
        dark = page.evaluate(ground)
        assert findings(page) == []
        page.get_by_role("button", name="Light theme").click()
        page.wait_for_function(f"{ground} === 'rgb(255, 255, 255)'")
        page.reload()
        wait_for(page, "as it is")
        assert dark != "rgb(255, 255, 255)" and page.evaluate(ground) == "rgb(255, 255, 255)"


@needs_chromium
def test_the_keyboard_alone_suffices_and_narrow_screens_too(served):
    with opened(width=390, height=844) as (page, _, wrong):
        open_page(page, served.entrance)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        overflow = "[...document.querySelectorAll('.explore svg')].filter(one => one.getBoundingClientRect().right > 391).length"
        page.wait_for_function(f"{overflow} === 0")
        letters = "document.querySelector('.explore svg text').getBoundingClientRect().height"
        page.wait_for_function(f"{letters} >= 12")  # drawn for this width, not shrunk
        assert not page.locator(lever(BACKING)).is_visible()
        page.get_by_role("button", name="Levers").press("Enter")
        assert findings(page) == []
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.type") == "range":
                break
        page.keyboard.press("ArrowLeft")
        wait_for(page, f"{BACKING} = 0.84")
        page.wait_for_function(f"location.search === '?{BACKING}=0.84'")
        page.keyboard.press("Escape")
        assert not page.locator(lever(BACKING)).is_visible()
        assert page.evaluate("document.activeElement.classList.contains('handle')")
        button = page.get_by_role("button", name="Tell one run, day by day")
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".story", timeout=60_000)
        day = page.get_attribute("section.day", "data-day")
        page.get_by_role("button", name="Next day").focus()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "(day) => document.querySelector('section.day').dataset.day !== day", arg=day, timeout=30_000
        )
        assert [one for one in wrong if not is_known(one)] == []


@needs_chromium
def test_settings_that_do_not_go_together_are_told_and_the_levers_stay(served):
    with opened() as (page, _, wrong):
        open_page(page, served.entrance)
        page.get_by_role("button", name="Tell one run, day by day").click()
        page.evaluate("document.querySelector('details').open = true")
        for key, high in (
            ("pairs.state_to_state.reciprocity", 0.43),
            ("pairs.state_to_state.momentum", 0.79),
            ("parameters.sympathy", 1.0),
        ):
            move(page, key, high)
        page.wait_for_selector(".problem", timeout=60_000)
        assert "without end" in page.inner_text(".problem >> nth=0")
        page.get_by_role("button", name="As the scenario is").click()
        wait_for(page, "as it is")
        page.wait_for_function("document.querySelectorAll('.lever.moved').length === 0", timeout=10_000)
        move(page, BACKING, 0.84)
        wait_for(page, f"{BACKING} = 0.84")
        with page.expect_download() as taken:
            page.get_by_role("button", name="Scenario (YAML)").press("Enter")
        assert f"{BACKING}: 0.84" in taken.value.path().read_text()
        assert wrong == []
