"""The page as a person uses it: type, press, look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, TimeoutError

from tests.support.server import RunningServer

# WCAG 2.2 AA and axe's own good practice.
AXE = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
VAGUE = ("专利", "商标侵权", "侵权了怎么办", "版权问题", "专利费用", "商标", "保护多少年")
NONE = "都不是"
FOCUSED = "() => { const a = document.activeElement; return a && a !== document.body && a.getClientRects().length > 0 }"


@dataclass
class Chat:
    """One open page."""

    page: Page
    server: RunningServer
    screenshots: Path

    # -- doing

    def type(self, text: str) -> None:
        self.page.fill("#input", text)

    def send(self, text: str) -> None:
        """Type, press Enter, and do not wait."""
        self.type(text)
        self.page.press("#input", "Enter")

    def ask(self, text: str) -> Locator:
        """Type, press Enter, wait for the reply; the last message."""
        before = self.replies.count()
        self.send(text)
        return self.wait_for_replies(before + 1)

    def choose(self, title: str) -> Locator:
        """Press the newest choice whose title begins so, wait for the reply; the last message."""
        return self.press(self.page.locator(".choice:visible", has_text=re.compile(f"^{re.escape(title)}")).last)

    def ask_what_needs_a_choice(self) -> Locator:
        """Ask something vague; the message that offers cards to choose from."""
        for question in VAGUE:
            message = self.ask(question)
            if message.locator(".choice", has_text=NONE).count():
                return message
        raise AssertionError(f"none of {VAGUE} was answered with a choice")

    def press(self, button: str | Locator) -> Locator:
        """Press a button that sends something, wait for the reply; the last message."""
        before = self.replies.count()
        (self.page.locator(button) if isinstance(button, str) else button).click()
        return self.wait_for_replies(before + 1)

    def wait_for_replies(self, count: int) -> Locator:
        """Wait until so many replies stand there and nothing is awaited; the last one."""
        try:
            self.page.wait_for_function("n => document.querySelectorAll('.row.bot').length >= n", arg=count, timeout=20_000)
        except TimeoutError as error:
            raise AssertionError(f"{self.replies.count()} of {count} replies; trouble: {self.trouble!r}; memory: {self.memory}") from error
        self.idle()
        return self.replies.nth(self.replies.count() - 1)  # `last` would move on with the conversation

    def idle(self) -> None:
        self.page.wait_for_selector("#typing", state="hidden", timeout=20_000)

    def tool(self, name: str) -> None:
        """Press a tool of the head, through the menu where it stands there."""
        if not self.page.locator(f"#{name}").is_visible():
            self.page.click("#menu-button")
        self.page.click(f"#{name}")

    # -- looking

    @property
    def replies(self) -> Locator:
        return self.page.locator(".row.bot")

    @property
    def said(self) -> list[str]:
        """What the user said, as the page shows it."""
        return self.page.locator(".row.you .said").all_inner_texts()

    @property
    def draft(self) -> str:
        return self.page.input_value("#input")

    @property
    def trouble(self) -> str:
        """The trouble that the page tells; empty when it tells none."""
        found = self.page.locator("#trouble")
        return found.locator("p").inner_text() if found.is_visible() else ""

    @property
    def memory(self) -> dict[str, Any]:
        """What the tab remembers of its conversation."""
        return dict(self.page.evaluate("JSON.parse(sessionStorage.getItem('zhiwen.talk') || '{}')"))

    @property
    def handled(self) -> list[str]:
        """The user's messages as the server has handled them."""
        return self.server.said_by_user(self.memory["token"])

    @property
    def has_focus(self) -> bool:
        """Whether something visible has the focus."""
        return bool(self.page.evaluate(FOCUSED))

    @property
    def overflows(self) -> bool:
        """Whether the page scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def violations(self) -> list[str]:
        """What axe-core finds, as one line each."""
        found = Axe().run(self.page, options=AXE).response["violations"]
        return [f"{v['id']}: {v['help']} at {n['target']} ({n.get('failureSummary', '')})" for v in found for n in v["nodes"]]

    def shot(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture of the present state."""
        self.screenshots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.screenshots / f"{name}.png", full_page=whole, animations="disabled")
