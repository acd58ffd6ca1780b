"""Language, dark, elder mode, print, no JavaScript."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenChat

pytestmark = pytest.mark.browser
QUESTION = "发明专利保护多少年？"
BODY_SIZE = "parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)"
BACKGROUND = "getComputedStyle(document.documentElement).backgroundColor"


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_page_opens_in_chinese_whatever_the_browser_speaks_and_the_switch_is_in_sight(open_chat: OpenChat, phone: bool) -> None:
    chat = open_chat(locale="en-US", phone=phone)
    assert chat.page.get_attribute("html", "lang") == "zh-CN"
    assert "您好" in chat.replies.first.inner_text()
    assert chat.page.locator("#language").is_visible()
    assert chat.page.locator("#language span").first.inner_text() == "EN"


def test_an_address_that_asks_for_english_gets_an_english_page_and_english_answers(open_chat: OpenChat) -> None:
    chat = open_chat(path="/?lang=en")
    assert chat.page.get_attribute("html", "lang") == "en"
    assert chat.page.inner_text("#demo") == "Demonstration system; bookings have no effect"
    assert "Hello" in chat.replies.first.inner_text()
    reply = chat.ask("How long does an invention patent last?")
    assert "20 years" in reply.locator(".lead").inner_text()
    reply.locator("summary").first.click()
    assert "since 1 June 2021" in reply.inner_text()
    chat.shot("desktop-english")


def test_the_language_of_page_and_conversation_changes_together_and_is_remembered(open_chat: OpenChat) -> None:
    chat = open_chat()
    answer = chat.ask(QUESTION)
    chat.page.click("#language")
    chat.wait_for_replies(3)
    assert chat.page.get_attribute("html", "lang") == "en"
    assert answer.locator(".sources-title").inner_text() == "Sources"
    assert chat.page.inner_text("#human") == "Get a person"
    assert "English" in chat.replies.last.inner_text()
    help_ = chat.choose("What can you do?")
    assert "I can do three things" in help_.inner_text()
    chat.page.reload()
    chat.wait_for_replies(4)
    assert chat.page.get_attribute("html", "lang") == "en"


def test_a_conversation_in_which_nothing_was_said_begins_again_in_the_new_language(open_chat: OpenChat) -> None:
    chat = open_chat(phone=True)
    chat.page.click("#language")
    chat.page.wait_for_function("() => document.querySelector('.row.bot').innerText.includes('Hello')")
    assert chat.said == []
    assert chat.page.locator("#try .choice").first.inner_text() == "How long does an invention patent last?"


def test_a_choice_made_by_hand_outlives_the_wish_of_the_address(open_chat: OpenChat) -> None:
    chat = open_chat(path="/?lang=en")
    chat.page.click("#language")
    chat.page.wait_for_function("() => document.querySelector('.row.bot').innerText.includes('您好')")
    chat.page.reload()
    chat.wait_for_replies(1)
    assert chat.page.get_attribute("html", "lang") == "zh-CN"
    chat.page.goto(f"{chat.server.url}/?lang=fr")
    chat.wait_for_replies(1)
    assert chat.page.get_attribute("html", "lang") == "zh-CN"


def test_elder_mode_makes_everything_larger_and_is_remembered(open_chat: OpenChat) -> None:
    chat = open_chat(phone=True)
    before = chat.page.evaluate(BODY_SIZE)
    chat.tool("elder")
    assert chat.page.evaluate(BODY_SIZE) > before * 1.25
    assert not chat.overflows
    chat.ask(QUESTION)
    chat.shot("phone-elder")
    chat.page.reload()
    chat.wait_for_replies(2)
    assert chat.page.get_attribute("#elder", "aria-pressed") == "true"
    assert chat.page.evaluate(BODY_SIZE) > before * 1.25


def test_dark_follows_the_system_and_can_be_chosen(open_chat: OpenChat) -> None:
    dark = open_chat(dark=True)
    assert dark.page.evaluate(BACKGROUND) == "rgb(15, 21, 28)"
    assert dark.page.get_attribute("#dark", "aria-pressed") == "true"
    dark.ask(QUESTION)
    dark.shot("desktop-dark")
    dark.tool("dark")
    assert dark.page.evaluate(BACKGROUND) == "rgb(242, 245, 249)"
    light = open_chat()
    light.tool("dark")
    light.page.reload()
    light.wait_for_replies(1)
    assert light.page.evaluate(BACKGROUND) == "rgb(15, 21, 28)"


def test_the_menu_of_a_phone_opens_closes_on_escape_and_gives_the_focus_back(open_chat: OpenChat) -> None:
    chat = open_chat(phone=True)
    assert not chat.page.locator("#elder").is_visible()
    chat.page.click("#menu-button")
    assert chat.page.locator("#elder").is_visible()
    chat.shot("phone-menu")
    chat.page.focus("#elder")
    chat.page.keyboard.press("Escape")
    assert not chat.page.locator("#elder").is_visible()
    assert chat.page.evaluate("document.activeElement.id") == "menu-button"


def test_on_paper_the_controls_go_and_the_sources_show_their_addresses(open_chat: OpenChat) -> None:
    chat = open_chat()
    reply = chat.ask(QUESTION)
    chat.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    chat.page.emulate_media(media="print")
    assert not chat.page.locator("#composer").is_visible()
    assert not chat.page.locator("#human").is_visible()
    assert not reply.locator(".choice").first.is_visible()
    assert reply.locator("details dl").first.is_visible()
    shown = reply.locator(".out").first.evaluate("e => getComputedStyle(e, '::after').content")
    assert "https://flk.npc.gov.cn" in shown or "attr(href)" in shown
    chat.shot("print", whole=True)
