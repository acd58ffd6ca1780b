"""A browser over the real server. Every page is watched: no script error, no policy violation, no foreign request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chat import Chat
from tests.support.chromium import required_chromium
from tests.support.server import ROOT, RunningServer, ordinary

SCREENSHOTS = ROOT / "test-output" / "screenshots"
DESKTOP = {"viewport": {"width": 1280, "height": 860}}
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
OpenChat = Callable[..., Chat]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for this folder; it ends with it, since Playwright's loop and other tests' loops do not mix."""
    arguments = required_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server() -> RunningServer:
    """The server that all these tests share."""
    return ordinary()


@pytest.fixture
def open_chat(browser: Browser, server: RunningServer) -> Iterator[OpenChat]:
    """Open the page in a fresh profile: `open_chat(phone=True, path="/?lang=en", dark=True, at=…, wait=False)`."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(
        *,
        phone: bool = False,
        dark: bool = False,
        path: str = "/",
        wait: bool = True,
        at: RunningServer | None = None,
        init_script: str = "",
        **more: Any,
    ) -> Chat:
        options = {**(PHONE if phone else DESKTOP), "locale": "zh-CN", "color_scheme": "dark" if dark else "light", **more}
        context = browser.new_context(**{"reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(init_script)
        target = at or server
        _watch(page, target.url, complaints)
        chat = Chat(page, target, SCREENSHOTS)
        page.goto(f"{target.url}{path}")
        if wait:
            chat.wait_for_replies(1)
        return chat

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def _watch(page: Page, own: str, complaints: list[str]) -> None:
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on("request", lambda r: None if r.url.startswith((own, "data:")) else complaints.append(f"foreign request: {r.url}"))
    page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)


@pytest.fixture
def screenshots() -> Path:
    return SCREENSHOTS
