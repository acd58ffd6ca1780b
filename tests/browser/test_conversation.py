"""Asking, choosing and booking on the page, on a desktop and on a phone."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import OpenChat

pytestmark = pytest.mark.browser
QUESTION = "发明专利保护多少年？"


def test_the_page_opens_with_its_title_the_demo_banner_and_what_it_can_do(open_chat: OpenChat) -> None:
    chat = open_chat()
    assert chat.page.title() == "知问 · 内蒙古知识产权公共咨询"
    assert chat.page.inner_text("h1") == "知问"
    assert chat.page.inner_text(".title p") == "内蒙古知识产权公共咨询"
    assert chat.page.inner_text("#demo") == "演示系统，预约不生效"
    assert chat.page.locator(".choice", has_text="预约专家咨询").is_visible()
    assert chat.page.locator("#hint").is_visible()
    chat.shot("desktop-open")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_question_gets_its_short_answer_first_and_its_source(open_chat: OpenChat, phone: bool) -> None:
    chat = open_chat(phone=phone)
    reply = chat.ask(QUESTION)
    chat.shot(f"{'phone' if phone else 'desktop'}-answer")
    assert "20年" in reply.locator(".lead").inner_text()
    source = reply.locator("details", has_text="《专利法》").first
    assert "第42条" in source.locator("summary").inner_text()
    source.locator("summary").click()
    assert "2021年6月1日起施行" in source.inner_text()
    link = source.locator("a")
    assert link.get_attribute("href") == "https://flk.npc.gov.cn"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert chat.said == [QUESTION]
    chat.shot(f"{'phone' if phone else 'desktop'}-sources", whole=True)


def test_lists_sections_and_hotlines_of_a_plain_text_become_structure(open_chat: OpenChat) -> None:
    chat = open_chat()
    answer = chat.ask(QUESTION)
    assert answer.locator(".said > ul > li").count() >= 3
    assert answer.locator(".callout .label").inner_text().startswith("下一步")
    person = chat.press("#human")
    assert person.locator("ol > li").count() == 3
    assert person.locator("a[href='tel:12345']").count() >= 1
    assert chat.said[-1] == "转人工"


def test_an_example_question_is_asked_with_one_press(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.type("我先写了半句")
    chat.choose("发明专利保护多少年")
    assert chat.said == [QUESTION]
    assert chat.draft == "我先写了半句"
    assert not chat.page.locator("#try").is_visible()


def test_a_follow_up_says_how_it_was_understood(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.ask(QUESTION)
    reply = chat.ask("外观设计呢")
    assert "外观设计" in reply.locator(".chip").inner_text()
    assert "15年" in reply.locator(".lead").inner_text()


def test_a_choice_is_sent_with_its_title_and_the_others_leave(open_chat: OpenChat) -> None:
    chat = open_chat()
    asked = chat.ask_what_needs_a_choice()
    titles = asked.locator(".choice").all_inner_texts()
    assert len(titles) > 2
    chat.shot("desktop-choices")
    reply = chat.choose(titles[0])
    assert chat.said[-1] == titles[0]
    assert asked.locator(".choice:visible").all_inner_texts() == [titles[0]]
    assert reply.locator(".lead").is_visible()
    assert chat.handled == chat.said


def test_markup_that_a_user_types_stays_text(open_chat: OpenChat) -> None:
    chat = open_chat()
    typed = "<img src=x onerror=\"document.title='x'\"><b>商标</b>"
    chat.ask(typed)
    assert chat.said == [typed]
    assert chat.page.locator(".row img, .row b").count() == 0
    assert chat.page.title().startswith("知问")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_booking_goes_from_the_button_to_the_receipt(open_chat: OpenChat, phone: bool) -> None:
    name = "phone" if phone else "desktop"
    chat = open_chat(phone=phone, permissions=["clipboard-read", "clipboard-write"])
    chat.choose("预约专家咨询")
    assert chat.page.inner_text("#progress-name") == "预约咨询"
    assert "共 10 步" in chat.page.inner_text("#progress-text")
    chat.ask("我的店被人投诉商标侵权，收到了律师函")
    chat.shot(f"{name}-form")
    chat.choose("呼和浩特市")
    times = chat.choose("电话")
    assert times.locator(".day").count() >= 2
    assert times.locator(".step span").first.inner_text() == "5/10"
    chat.shot(f"{name}-times")
    chosen = times.locator(".times .choice").first
    full = chosen.get_attribute("aria-label") or ""
    assert chosen.inner_text() in full
    chat.press(chosen)
    assert chat.said[-1] == full
    chat.choose("同意")
    chat.ask("示例甲")
    chat.ask("13900001234")
    review = chat.choose("没有")
    assert review.locator("dt").all_inner_texts()[:3] == ["问题", "类型", "盟市"]
    assert "139****1234" in review.inner_text()
    chat.shot(f"{name}-review")
    receipt = chat.choose("确认提交")
    reference = receipt.locator(".digits").inner_text()
    assert re.fullmatch(r"WQ-\d{3}-\d{3}-\d{3}", reference)
    assert not chat.page.locator("#progress").is_visible()
    assert "演示系统，预约不生效" in receipt.inner_text()
    assert receipt.locator("a.plain").first.get_attribute("href").endswith(".ics")
    receipt.locator(".copy").click()
    chat.page.wait_for_function("() => document.getElementById('status').textContent === '已复制'")
    assert chat.page.evaluate("navigator.clipboard.readText()") == reference
    chat.shot(f"{name}-receipt")


def test_the_form_can_be_left_from_its_progress_bar(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.choose("预约专家咨询")
    chat.press("#leave")
    assert not chat.page.locator("#progress").is_visible()
    assert chat.has_focus
