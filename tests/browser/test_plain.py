"""The page in a browser whose JavaScript is off."""

from __future__ import annotations

import re

import pytest

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat

pytestmark = pytest.mark.browser
QUESTION = "发明专利保护多少年？"


def without_script(open_chat: OpenChat, path: str = "/", **more: object) -> Chat:
    return open_chat(java_script_enabled=False, wait=False, path=path, **more)


def test_the_front_page_asks_and_the_answer_comes_with_its_sources(open_chat: OpenChat) -> None:
    chat = without_script(open_chat)
    page = chat.page
    assert "12345" in page.inner_text("body")
    assert not page.locator("#composer").is_visible()
    assert not page.locator(".old-browser").is_visible()
    page.fill("#plain-text", QUESTION)
    chat.shot("plain-front")
    page.click("noscript button, .noscript button")
    assert page.url.endswith("/plain#new")
    assert "20年" in page.inner_text(".lead")
    assert page.locator(".you .said").all_inner_texts() == [QUESTION]
    page.locator(".sources summary").first.click()
    assert "起施行" in page.inner_text(".sources details[open]")
    chat.shot("plain-answer")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_booking_is_made_with_buttons_and_the_keyboard(open_chat: OpenChat, phone: bool) -> None:
    chat = without_script(open_chat, "/plain", phone=phone)
    page = chat.page

    def press(title: str) -> None:
        page.get_by_role("button", name=re.compile(f"^{title}")).first.click()

    def say(text: str) -> None:
        page.fill("#text", text)
        page.focus(".send")
        page.keyboard.press("Enter")

    press("预约专家咨询")
    say("我的店被人投诉商标侵权，收到了律师函")
    press("锡林郭勒盟")
    chat.shot(f"plain-form{'-phone' if phone else ''}")
    press("电话")
    page.locator(".choice").first.click()
    press("同意")
    say("示例己")
    say("13900006789")
    press("没有")
    press("确认提交")
    assert re.fullmatch(r"WQ-\d{3}-\d{3}-\d{3}", page.inner_text(".digits"))
    assert not page.locator(".progress").is_visible()
    chat.shot(f"plain-receipt{'-phone' if phone else ''}")


@pytest.mark.parametrize("look", ["light", "dark", "elder", "english", "narrow"])
def test_axe_finds_nothing_on_it(open_chat: OpenChat, look: str) -> None:
    size = {"viewport": {"width": 320, "height": 640}} if look == "narrow" else {}
    path = "/plain?lang=en" if look == "english" else "/plain"
    chat = open_chat(wait=False, path=path, dark=look == "dark", **size)
    if look == "elder":
        chat.page.click("button[value=elder]")
    assert chat.violations() == []
    chat.page.fill("#text", QUESTION)
    chat.page.click(".send")
    assert chat.violations() == []
    assert not chat.overflows
    chat.page.locator(".choice:visible", has_text="预约" if look != "english" else "Book").first.click()
    assert chat.violations() == []
    chat.shot(f"plain-{look}")


def test_an_error_page_is_accessible_and_leads_back(open_chat: OpenChat) -> None:
    chat = open_chat(wait=False, path="/nothing")
    assert chat.page.inner_text("main p") == "没有这个页面。"
    assert chat.violations() == []
    chat.shot("error-page")
    chat.page.click("main a")
    chat.wait_for_replies(1)
