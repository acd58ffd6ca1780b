"""The widget on other people's sites: it looks like itself, keeps what is typed to itself, and opens only where it may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page

from tests.browser import hosts
from tests.browser.chat import AXE
from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS
from tests.support.server import LISTED, RunningServer

pytestmark = pytest.mark.browser
QUESTION = "发明专利保护多少年？"
LAUNCHER = "button[aria-expanded]"
Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, server: RunningServer) -> Iterator[Visit]:
    """Open a site that carries the widget: `visit('data-language="en"', listed=True, loud=False, phone=False, headers={})`."""
    with ExitStack() as stack:

        def go(attributes: str = "", *, listed: bool = True, loud: bool = False, phone: bool = False, headers: dict[str, str] | None = None, **more: Any) -> Page:
            port = urlsplit(LISTED).port or 0
            address = stack.enter_context(hosts.website(port if listed else 0, hosts.page(server.url, attributes, loud=loud), headers))
            context = browser.new_context(**{"locale": "zh-CN", "reduced_motion": "reduce", **(PHONE if phone else DESKTOP), **more})
            stack.callback(context.close)
            page = context.new_page()
            page.goto(f"{address}/")
            return page

        yield go


def framed(page: Page) -> Frame:
    """Our page inside the site, opened and ready."""
    page.click(LAUNCHER)
    page.wait_for_function("() => heard.some(e => e.event === 'ready')")
    (frame,) = [f for f in page.frames if f is not page.main_frame]
    frame.wait_for_selector(".row.bot")
    frame.wait_for_selector("#typing", state="hidden")
    return frame


def ask(frame: Frame, text: str = QUESTION) -> None:
    before = frame.locator(".row.bot").count()
    frame.fill("#input", text)
    frame.press("#input", "Enter")
    frame.wait_for_function("n => document.querySelectorAll('.row.bot').length > n", arg=before)
    frame.wait_for_selector("#typing", state="hidden")


def heard(page: Page) -> list[str]:
    """The events that the site heard from the widget, in order."""
    found = page.evaluate("heard.filter(e => !e.source).map(e => [e.event, e.outcome].filter(Boolean).join(' '))")
    return [str(event) for event in found]


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")


def test_until_it_is_pressed_nothing_but_the_launcher_is_loaded(visit: Visit, server: RunningServer) -> None:
    page = visit()
    asked = page.evaluate("performance.getEntriesByType('resource').map(r => r.name)")
    assert [url for url in asked if url.startswith(server.url)] == [f"{server.url}/widget.js"]
    assert page.get_attribute(LAUNCHER, "aria-expanded") == "false"
    assert page.get_attribute(LAUNCHER, "aria-label") == "打开知问：知识产权问答"
    shot(page, "host-closed")


def test_a_question_is_answered_in_the_frame_and_the_site_hears_names_of_events_only(visit: Visit) -> None:
    page = visit('data-title="包头知产问答" data-color="#1d6b45"')
    frame = framed(page)
    assert frame.inner_text("h1") == "包头知产问答"
    assert frame.evaluate("getComputedStyle(document.getElementById('head')).backgroundColor") == "rgb(29, 107, 69)"
    ask(frame)
    assert "20年" in frame.locator(".lead").inner_text()
    assert heard(page) == ["open", "ready", "outcome answered"]
    said = json.dumps(page.evaluate("heard"), ensure_ascii=False)
    assert "专利" not in said
    assert set(page.evaluate("heard.flatMap(Object.keys)")) <= {"source", "event", "outcome"}
    shot(page, "host-open")


def test_the_site_can_read_neither_the_frame_nor_what_is_kept_there(visit: Visit, server: RunningServer) -> None:
    page = visit()
    frame = framed(page)
    frame.fill("#input", "还没公开的发明")
    seen = page.evaluate("""() => {
        const frame = [...document.querySelectorAll('*')].map(e => e.shadowRoot).find(Boolean).querySelector('iframe');
        const tried = {document: String(frame.contentDocument)};
        for (const what of ['document', 'sessionStorage', 'localStorage']) {
            try { frame.contentWindow[what].toString(); tried[what] = 'readable'; } catch (error) { tried[what] = tried[what] || error.name; }
        }
        return tried;
    }""")
    assert "readable" not in seen.values()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    refused = page.evaluate(f"fetch('{server.url}/chat/sessions', {{method: 'POST', body: '{{}}'}}).then(() => 'sent', () => 'refused')")
    assert refused == "refused"


def test_a_loud_site_does_not_change_how_it_looks(visit: Visit) -> None:
    calm, looks = visit(), []
    for page in (calm, visit(loud=True, listed=False)):
        page.click(LAUNCHER)
        looks.append(page.evaluate("""() => {
            const root = [...document.querySelectorAll('*')].map(e => e.shadowRoot).find(Boolean);
            return [...root.querySelectorAll('button, .panel, iframe')].map(e => {
                const s = getComputedStyle(e), r = e.getBoundingClientRect();
                return [e.tagName, s.color, s.fontSize, s.display, s.transform, Math.round(r.width), Math.round(r.height), Math.round(r.x), Math.round(r.y)];
            });
        }"""))
    assert looks[0] == looks[1]


def test_a_site_with_a_strict_policy_needs_to_allow_the_script_and_the_frame_only(visit: Visit, server: RunningServer) -> None:
    policy = f"default-src 'none'; script-src 'self' {server.url}; frame-src {server.url}; style-src 'self'"
    page = visit(headers={"content-security-policy": policy})
    ask(framed(page))
    assert page.evaluate("errors") == []
    box = page.locator(LAUNCHER).bounding_box()
    assert box is not None
    assert box["width"] >= 44


def test_escape_and_the_close_button_close_it_and_the_focus_returns(visit: Visit) -> None:
    page = visit()
    page.focus(LAUNCHER)
    page.keyboard.press("Enter")
    frame = framed_by_keyboard(page)
    frame.wait_for_function("() => document.activeElement.id === 'input'")
    page.keyboard.type("商标")
    page.keyboard.press("Escape")
    page.wait_for_function("() => heard.at(-1).event === 'close'")
    focused = "() => [...document.querySelectorAll('*')].map(e => e.shadowRoot).find(Boolean).activeElement.getAttribute('aria-expanded')"
    assert page.evaluate(focused) == "false"
    page.keyboard.press("Enter")
    frame.wait_for_function("() => document.activeElement.id === 'input'")
    assert frame.input_value("#input") == "商标"
    frame.click("#menu-button")
    page.keyboard.press("Escape")  # closes the menu first
    assert page.get_attribute(LAUNCHER, "aria-expanded") == "true"
    frame.click("#close")
    page.wait_for_selector(f"{LAUNCHER}[aria-expanded=false]")
    assert page.evaluate(focused) == "false"
    page.keyboard.press("Enter")
    page.focus(LAUNCHER)
    page.keyboard.press("Escape")
    assert page.get_attribute(LAUNCHER, "aria-expanded") == "false"


def framed_by_keyboard(page: Page) -> Frame:
    page.wait_for_function("() => heard.some(e => e.event === 'ready')")
    return next(f for f in page.frames if f is not page.main_frame)


def test_a_site_that_is_not_on_the_list_gets_a_link_instead_of_the_frame(visit: Visit, server: RunningServer) -> None:
    page = visit(listed=False)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.clock.install()
    page.click(LAUNCHER)
    page.wait_for_timeout(500)
    assert any("frame-ancestors" in text for text in complaints)
    page.clock.fast_forward(16_000)
    link = page.locator(".failed a")
    assert link.get_attribute("href") == f"{server.url}/?lang=zh"
    assert page.locator("iframe").count() == 0
    assert heard(page) == ["open"]
    shot(page, "host-refused")


def test_language_station_and_side_are_the_sites_to_choose(visit: Visit) -> None:
    page = visit('data-language="en" data-station="chifeng" data-position="left"')
    box = page.locator(LAUNCHER).bounding_box()
    assert box is not None
    assert box["x"] < 100
    frame = framed(page)
    assert frame.get_attribute("html", "lang") == "en"
    frame.click("#language")
    frame.wait_for_function("() => document.querySelector('.row.bot').innerText.includes('您好')")
    frame.locator(".choice", has_text="预约专家咨询").click()
    frame.wait_for_selector("#progress")
    ask(frame, "我的店被人投诉商标侵权，收到了律师函")
    assert frame.locator(".choice:visible").first.inner_text() == "赤峰市"


def test_a_colour_that_is_too_light_is_darkened_until_it_can_be_read(visit: Visit) -> None:
    page = visit('data-color="#ffd400"')
    assert contrast_with_white(page.evaluate(f"getComputedStyle(document.querySelector('div:last-of-type').shadowRoot.querySelector('{LAUNCHER}')).backgroundColor")) > 4.5
    frame = framed(page)
    ask(frame)
    assert [v for v in axe(frame) if "color-contrast" in v] == []


def contrast_with_white(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(",")]
    r, g, b = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)


def axe(frame: Frame | Page) -> list[str]:
    found = Axe().run(frame, options=AXE).response["violations"]  # type: ignore[arg-type]  # a frame evaluates like a page
    return [f"{v['id']}: {v['help']} at {n['target']}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_the_site_closed_and_open_nor_in_the_frame(visit: Visit, phone: bool) -> None:
    page = visit(phone=phone)
    assert axe(page) == []
    frame = framed(page)
    assert axe(page) == []
    ask(frame)
    assert axe(frame) == []


def test_on_a_phone_it_fills_the_screen_and_can_be_left(visit: Visit) -> None:
    page = visit(phone=True)
    frame = framed(page)
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, 390)
    assert not page.locator(LAUNCHER).is_visible()
    ask(frame)
    shot(page, "host-phone")
    close = frame.locator("#close").bounding_box()
    assert close is not None
    assert min(close["width"], close["height"]) >= 44
    frame.click("#close")
    assert page.locator(LAUNCHER).is_visible()


def test_a_title_from_outside_is_believed_in_a_frame_only(browser: Browser, server: RunningServer) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server.url}/?embed=1&title=Bank&color=%23ff0000&host=https://elsewhere.example")
        page.wait_for_selector(".row.bot")
        assert page.inner_text("h1") == "知问"
        assert page.title().startswith("知问")
        assert not page.locator("#close").is_visible()
