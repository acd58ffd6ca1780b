"""Reloads, lost connections, expired sessions, refusals: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import OpenChat
from tests.support.server import strict

pytestmark = pytest.mark.browser
QUESTION = "发明专利保护多少年？"


def test_a_reloaded_page_shows_the_conversation_the_draft_and_the_form_again(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.ask(QUESTION)
    chat.choose("预约专家咨询")
    chat.ask("我的店被人投诉商标侵权，收到了律师函")
    chat.type("呼和")
    said, replies = chat.said, chat.replies.count()
    chat.page.reload()
    chat.wait_for_replies(replies)
    assert chat.said == said
    assert chat.replies.count() == replies
    assert chat.draft == "呼和"
    assert chat.page.locator("#progress").is_visible()
    assert chat.page.locator(".choice:visible", has_text="乌海市").count() == 1
    chat.choose("乌海市")
    assert chat.said[-1] == "乌海市"


def test_without_network_the_draft_is_kept_and_sent_once_when_it_is_back(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.ask(QUESTION)
    chat.page.context.set_offline(True)
    chat.send("外观设计呢")
    chat.page.wait_for_selector("#trouble")
    assert "网络断了" in chat.trouble
    assert chat.draft == "外观设计呢"
    assert chat.said == [QUESTION]
    assert chat.page.locator("#retry").is_visible()
    chat.shot("desktop-error")
    chat.page.context.set_offline(False)  # the page goes on by itself
    chat.wait_for_replies(3)
    assert chat.trouble == ""
    assert chat.draft == ""
    assert chat.handled == [QUESTION, "外观设计呢"]


def test_a_message_whose_reply_was_lost_is_not_sent_a_second_time(open_chat: OpenChat) -> None:
    chat = open_chat()

    def lose_the_reply(route: Route) -> None:
        route.fetch()
        route.abort()

    chat.page.route("**/chat/messages", lose_the_reply)
    chat.send(QUESTION)
    chat.page.wait_for_selector("#trouble")
    assert chat.draft == QUESTION
    chat.page.unroute("**/chat/messages")
    chat.page.click("#retry")
    reply = chat.wait_for_replies(2)
    assert "20年" in reply.locator(".lead").inner_text()
    assert chat.said == chat.handled == [QUESTION]
    assert chat.draft == ""


def test_a_lost_reply_to_a_button_is_found_again_and_other_words_are_sent_as_they_are(open_chat: OpenChat) -> None:
    chat = open_chat()

    def lose_the_reply(route: Route) -> None:
        route.fetch()
        route.abort()

    chat.page.route("**/chat/messages", lose_the_reply)
    chat.page.locator(".choice", has_text="你能做什么").click()
    chat.page.wait_for_selector("#trouble")
    chat.page.unroute("**/chat/messages")
    chat.ask(QUESTION)
    chat.wait_for_replies(3)
    assert chat.said == chat.handled == ["你能做什么", QUESTION]


def test_a_page_closed_while_waiting_gives_the_text_back(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.page.route("**/chat/messages", lambda route: None, times=1)  # no answer ever comes
    chat.send(QUESTION)
    chat.page.wait_for_selector("#typing")
    chat.page.reload()
    chat.wait_for_replies(1)
    assert chat.draft == QUESTION
    assert chat.said == []


def test_an_expired_session_is_replaced_and_the_draft_kept(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.ask(QUESTION)
    old = chat.memory["token"]
    chat.page.evaluate("""() => {
        const talk = JSON.parse(sessionStorage.getItem('zhiwen.talk'));
        sessionStorage.setItem('zhiwen.talk', JSON.stringify({...talk, token: talk.token.slice(0, -3) + 'AAA'}));
    }""")
    chat.send("外观设计呢")
    chat.wait_for_replies(3)
    assert "已经过期" in chat.trouble
    assert chat.draft == "外观设计呢"
    assert chat.memory["token"] != old
    assert chat.has_focus
    chat.ask("外观设计专利保护多少年")
    assert chat.handled == ["外观设计专利保护多少年"]


def test_an_expired_session_is_replaced_when_the_page_opens(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.ask(QUESTION)
    chat.type("半句")
    chat.page.evaluate("sessionStorage.setItem('zhiwen.talk', JSON.stringify({token: 'x.y.z', draft: '半句'}))")
    chat.page.reload()
    chat.wait_for_replies(1)
    assert "已经过期" in chat.trouble
    assert chat.draft == "半句"


def test_a_text_that_is_too_long_is_kept_and_says_how_to_shorten(open_chat: OpenChat) -> None:
    chat = open_chat()
    text = "商标" * 1001
    chat.type(text[:1850])
    assert chat.page.inner_text("#count") == "还可以写 150 个字"
    chat.send(text)
    assert "多了2个字" in chat.trouble
    assert "也可以分两次发" in chat.trouble
    assert chat.page.inner_text("#count") == "超出 2 个字"
    assert chat.page.get_attribute("#input", "aria-invalid") == "true"
    assert chat.draft == text
    assert chat.said == [] == chat.handled
    chat.shot("desktop-too-long")
    chat.ask(QUESTION)
    assert chat.trouble == ""


def test_a_refusal_of_the_server_is_shown_in_its_words_and_the_draft_kept(open_chat: OpenChat) -> None:
    chat = open_chat()
    invisible = "\u2060\u2060"  # nothing is left of it on the server
    chat.send(invisible)
    chat.page.wait_for_selector("#trouble")
    assert chat.trouble == "消息是空的，请写一句话再发送。"
    assert chat.draft == invisible
    assert not chat.page.locator("#retry").is_visible()


def test_too_fast_is_said_politely_and_the_draft_kept(open_chat: OpenChat) -> None:
    chat = open_chat(at=strict())
    for _ in range(3):
        chat.ask("你好")
    chat.send(QUESTION)
    chat.page.wait_for_selector("#trouble")
    assert "太快" in chat.trouble
    assert chat.draft == QUESTION
    assert chat.page.locator("#retry").is_visible()


def test_a_server_that_is_starting_is_tried_again_by_itself(open_chat: OpenChat) -> None:
    chat = open_chat()
    asked = []

    def starting(route: Route) -> None:
        asked.append(1)
        if len(asked) > 1:
            return route.continue_()
        error = {"error": {"code": "not_ready", "message": "服务正在启动，请稍后再试；着急的话请拨打12345。"}}
        return route.fulfill(status=503, json=error, headers={"retry-after": "1"})

    chat.page.route("**/chat/messages", starting)
    chat.send(QUESTION)
    chat.page.wait_for_selector("#trouble")
    assert "正在启动" in chat.trouble
    chat.wait_for_replies(2)
    assert chat.handled == [QUESTION]


def test_a_page_that_cannot_reach_the_server_says_so_and_opens_on_retry(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.page.route("**/chat/sessions", lambda route: route.abort())
    chat.page.evaluate("sessionStorage.clear()")
    chat.page.reload()
    chat.page.wait_for_selector("#trouble")
    assert "连不上服务" in chat.trouble
    chat.page.unroute("**/chat/sessions")
    chat.page.click("#retry")
    chat.wait_for_replies(1)
    assert chat.trouble == ""
    assert chat.has_focus


def test_what_is_pressed_while_a_reply_is_awaited_is_not_sent(open_chat: OpenChat) -> None:
    chat = open_chat()

    def slowly(route: Route) -> None:
        chat.page.wait_for_timeout(400)
        route.continue_()

    chat.page.route("**/chat/messages", slowly)
    chat.type(QUESTION)
    chat.page.evaluate("""() => {
        const form = document.getElementById('composer');
        form.requestSubmit(); form.requestSubmit();
        document.getElementById('human').click();
    }""")
    chat.wait_for_replies(2)
    assert chat.handled == [QUESTION]


def test_a_new_conversation_is_asked_for_first_and_then_opened(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.ask(QUESTION)
    old = chat.memory["token"]
    chat.tool("fresh")
    dialog = chat.page.locator("#ask")
    assert dialog.is_visible()
    chat.shot("desktop-new-conversation")
    dialog.locator("button.plain").click()
    assert chat.said == [QUESTION]
    chat.tool("fresh")
    dialog.locator("button.primary").click()
    chat.page.wait_for_function("() => document.querySelectorAll('.row').length === 1")
    chat.idle()
    assert chat.memory["token"] != old
    assert chat.has_focus
