"""For everybody: keyboard, screen reader, small and enlarged screens. WCAG 2.2 AA by axe-core and by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat

pytestmark = pytest.mark.browser
QUESTION = "发明专利保护多少年？"
SMALL_TARGETS = """() => [...document.querySelectorAll('button, summary, textarea, .skip, a.plain, a.out')]
    .filter(e => e.getClientRects().length && !e.closest('.vh'))
    .map(e => [e.id || e.className || e.textContent, e.getBoundingClientRect()])
    .filter(([n, r]) => r.height < 43.5 || r.width < 43.5)
    .map(([n, r]) => `${n} ${r.width}x${r.height}`)"""


def opened(chat: Chat) -> None:
    pass


def answered(chat: Chat) -> None:
    chat.ask(QUESTION).locator("summary").first.click()


def choosing(chat: Chat) -> None:
    chat.ask_what_needs_a_choice()


def filling_in(chat: Chat) -> None:
    chat.choose("预约专家咨询")
    chat.ask("我的店被人投诉商标侵权，收到了律师函")
    chat.choose("包头市")
    chat.choose("视频")


def in_trouble(chat: Chat) -> None:
    chat.page.context.set_offline(True)
    chat.send(QUESTION)
    chat.page.wait_for_selector("#trouble")


def too_long(chat: Chat) -> None:
    chat.send("商" * 2001)


def elder(chat: Chat) -> None:
    chat.tool("elder")
    answered(chat)


def asked_whether_to_leave(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.tool("fresh")


STATES = (opened, answered, choosing, filling_in, in_trouble, too_long, elder, asked_whether_to_leave)


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
@pytest.mark.parametrize("state", STATES, ids=lambda s: s.__name__)
def test_axe_finds_nothing(open_chat: OpenChat, state: Callable[[Chat], None], look: str) -> None:
    chat = open_chat(dark=look == "dark", phone=look == "phone")
    state(chat)
    assert chat.violations() == []
    if look == "dark" or state in (filling_in, choosing):
        chat.shot(f"{look}-{state.__name__}")


def test_the_open_menu_of_a_phone_is_accessible(open_chat: OpenChat) -> None:
    chat = open_chat(phone=True)
    chat.page.click("#menu-button")
    assert chat.violations() == []


@pytest.mark.parametrize("state", [opened, answered, filling_in, in_trouble, elder], ids=lambda s: s.__name__)
def test_every_target_can_be_hit_with_a_thumb(open_chat: OpenChat, state: Callable[[Chat], None]) -> None:
    chat = open_chat(phone=True)
    state(chat)
    assert chat.page.evaluate(SMALL_TARGETS) == []


def test_the_keyboard_alone_asks_reads_sources_and_chooses(open_chat: OpenChat) -> None:
    chat = open_chat()
    keys, focused = chat.page.keyboard, lambda: chat.page.evaluate("document.activeElement.id || document.activeElement.className")
    keys.press("Tab")
    assert focused().startswith("skip")
    keys.press("Enter")
    assert focused() == "input"
    keys.type(QUESTION)
    keys.press("Enter")
    reply = chat.wait_for_replies(2)
    assert focused() == "input"
    for _ in range(30):  # back from the input: choices, then the sources
        keys.press("Shift+Tab")
        if chat.page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    keys.press("Enter")
    assert reply.locator("details[open]").count() == 1
    for _ in range(30):  # on to the first choice below the answer
        keys.press("Tab")
        if focused() == "choice":
            break
    title = chat.page.evaluate("document.activeElement.textContent")
    keys.press("Enter")
    chat.wait_for_replies(3)
    assert chat.said[-1] == title
    assert chat.has_focus


def test_after_a_choice_tab_leads_into_the_new_message(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.ask_what_needs_a_choice()
    first, before = chat.replies.nth(chat.replies.count() - 1).locator(".choice").first, chat.replies.count()
    first.focus()
    chat.page.keyboard.press("Enter")
    reply = chat.wait_for_replies(before + 1)
    assert first.evaluate("e => e === document.activeElement")
    chat.page.keyboard.press("Tab")
    assert reply.evaluate("row => row.contains(document.activeElement)")


def test_the_focus_is_never_lost_on_the_way_through_a_form(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.page.evaluate("""() => {
        window.lost = 0;
        new MutationObserver(() => setTimeout(() => {
            if (document.activeElement === document.body) window.lost += 1;
        }, 50)).observe(document.body, {subtree: true, childList: true, attributes: true});
    }""")
    chat.page.focus(".choice")
    chat.choose("预约专家咨询")
    chat.ask("我的店被人投诉商标侵权，收到了律师函")
    for title in ("包头市", "视频"):
        chat.choose(title)
    chat.press("#leave")
    chat.page.wait_for_timeout(200)
    assert chat.page.evaluate("window.lost") == 0


def test_enter_sends_shift_enter_breaks_the_line_and_composing_does_neither(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.page.click("#input")
    chat.page.keyboard.type("第一行")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("第二行")
    assert chat.draft == "第一行\n第二行"
    for event in ("{isComposing: true}", "{keyCode: 229}"):
        chat.page.evaluate(f"""() => document.getElementById('input').dispatchEvent(new KeyboardEvent('keydown',
            {{key: 'Enter', bubbles: true, cancelable: true, ...{event}}}))""")
    chat.page.wait_for_timeout(200)
    assert chat.said == []
    chat.page.keyboard.press("Enter")
    chat.wait_for_replies(2)
    assert chat.said == ["第一行\n第二行"]


def test_the_log_announces_only_what_is_new(open_chat: OpenChat) -> None:
    chat = open_chat()
    log = chat.page.locator("#log")
    assert log.get_attribute("role") == "log"
    chat.ask(QUESTION)
    assert chat.page.locator(".row.you").get_attribute("aria-live") == "off"
    script = """() => { const seen = []; const log = document.getElementById('log');
        new MutationObserver(records => records.forEach(r => r.addedNodes.forEach(n => seen.push(log.getAttribute('aria-live')))))
            .observe(log, {childList: true}); window.seen = seen; }"""
    chat.page.add_init_script(f"document.addEventListener('DOMContentLoaded', {script})")
    chat.page.reload()
    chat.wait_for_replies(2)
    assert set(chat.page.evaluate("window.seen")) == {"off"}  # a history that is read again is not announced
    chat.page.wait_for_timeout(200)
    chat.ask("外观设计呢")
    assert chat.page.evaluate("window.seen").pop() == "polite"


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256)], ids=["320 px", "400 % zoom"])
def test_a_narrow_or_enlarged_page_loses_nothing(open_chat: OpenChat, width: int, height: int) -> None:
    chat = open_chat(viewport={"width": width, "height": height})
    answered(chat)
    filling_in(chat)
    assert not chat.overflows
    assert chat.page.locator("#human").is_visible()
    box = chat.page.locator("#human").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < height
    chat.page.focus("#input")
    field = chat.page.locator("#input").bounding_box()
    assert field is not None
    assert field["y"] + field["height"] <= height
    assert chat.violations() == []
    chat.shot(f"narrow-{width}x{height}")


def test_what_has_the_focus_is_not_covered_by_head_or_foot(open_chat: OpenChat) -> None:
    chat = open_chat(phone=True)
    chat.ask(QUESTION)
    chat.ask_what_needs_a_choice()
    for index in range(chat.page.locator("summary").count()):
        chat.page.locator("summary").nth(index).focus()
        covered = chat.page.evaluate("""() => { const r = document.activeElement.getBoundingClientRect();
            return r.top < document.getElementById('head').getBoundingClientRect().bottom - 1
                || r.bottom > document.getElementById('foot').getBoundingClientRect().top + 1 }""")
        assert not covered


def test_less_motion_is_respected(open_chat: OpenChat) -> None:
    still = open_chat()
    assert still.page.evaluate("getComputedStyle(document.querySelector('.row')).animationName") == "none"
    moving = open_chat(reduced_motion="no-preference")
    assert moving.page.evaluate("getComputedStyle(document.querySelector('.row')).animationName") == "come"
