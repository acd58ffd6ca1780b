"""Feedback, deleting, speaking, reading aloud, another day, links from elsewhere."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.channels.continuing import OneTimeLinks
from bot.channels.sessions import Session, Sessions
from desk.clock import clock_from
from desk.container import Container
from desk.settings import read_settings
from tests.browser.conftest import OpenChat
from tests.support.server import RunningServer

pytestmark = pytest.mark.browser
QUESTION = "发明专利保护多少年？"
FAKE_VOICE = """
window.said = [];
speechSynthesis.getVoices = () => [{lang: 'zh-CN'}];
speechSynthesis.speak = (u) => { said.push([u.lang, u.text]); u.onstart && u.onstart(); };
"""
FAKE_EAR = """
window.heardIn = [];
window.SpeechRecognition = window.webkitSpeechRecognition = class {
    start() { heardIn.push(this.lang); window.ear = this; }
    stop() { this.onend(); }
};
"""


def test_what_is_wrong_with_an_answer_reaches_the_work_list(open_chat: OpenChat) -> None:
    chat = open_chat()
    answer = chat.ask(QUESTION)
    wrong = answer.locator(".quiet", has_text="有问题")
    wrong.click()
    assert wrong.get_attribute("aria-expanded") == "true"
    assert answer.locator(".reason").all_inner_texts() == ["答非所问", "内容过期", "看不懂", "不完整"]
    assert chat.page.evaluate("document.activeElement.type") == "radio"
    assert chat.violations() == []
    answer.locator(".reason", has_text="看不懂").click()
    answer.locator(".more-words").fill("优先权是什么意思")
    chat.shot("desktop-feedback")
    answer.locator(".reasons button").click()
    answer.locator(".told", has_text="已交给工作人员").wait_for()
    assert chat.has_focus
    assert "优先权是什么意思" in chat.server.command("feedback", "list", "--reason", "unclear")
    assert chat.said == [QUESTION]


def test_praise_takes_one_press_and_a_lost_connection_is_told(open_chat: OpenChat) -> None:
    chat = open_chat()
    answer = chat.ask(QUESTION)
    chat.page.context.set_offline(True)
    answer.locator(".quiet", has_text="有帮助").click()
    answer.locator(".told", has_text="没有送出去").wait_for()
    chat.page.context.set_offline(False)
    answer.locator(".quiet", has_text="有帮助").click()
    answer.locator(".told", has_text="谢谢您").wait_for()


def test_a_deleted_conversation_is_gone_from_page_and_server(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.ask(QUESTION)
    old = chat.memory["token"]
    chat.tool("erase")
    assert chat.violations() == []
    chat.shot("desktop-delete")
    chat.page.click("#ask-no")
    assert chat.said == [QUESTION]
    chat.tool("erase")
    chat.page.click("#ask-yes")
    chat.page.wait_for_function("() => document.querySelectorAll('.row').length === 1")
    chat.idle()
    assert chat.server.said_by_user(old) == []
    assert chat.memory["token"] != old
    assert chat.page.inner_text("#status") == "对话已删除，这里是新的对话。"
    assert chat.has_focus


def test_elder_mode_reads_aloud_and_shows_fewer_things(open_chat: OpenChat) -> None:
    chat = open_chat(init_script=FAKE_VOICE)
    answer = chat.ask(QUESTION)
    assert not answer.locator(".read").is_visible()
    chat.tool("elder")
    assert not answer.locator(".feedback").is_visible()
    answer.locator(".read").click()
    (spoken,) = chat.page.evaluate("window.said")
    assert spoken[0] == "zh-CN"
    assert spoken[1].startswith("20年")
    assert answer.locator(".read").inner_text() == "停止朗读"
    chat.shot("desktop-elder")


def test_where_the_device_has_no_voice_nothing_offers_to_read(open_chat: OpenChat) -> None:
    chat = open_chat(init_script="speechSynthesis.getVoices = () => [];")
    chat.tool("elder")
    assert not chat.ask(QUESTION).locator(".read").is_visible()


def test_voice_input_is_off_until_its_notice_is_accepted(open_chat: OpenChat) -> None:
    chat = open_chat(init_script=FAKE_EAR)
    assert not chat.page.locator("#mic").is_visible()
    chat.tool("voice")
    assert "可能会传到浏览器厂商的服务器" in chat.page.inner_text("#ask")
    assert chat.violations() == []
    chat.page.click("#ask-no")
    assert not chat.page.locator("#mic").is_visible()
    chat.tool("voice")
    chat.page.click("#ask-yes")
    chat.page.click("#mic")
    assert chat.page.get_attribute("#mic", "aria-pressed") == "true"
    assert chat.page.evaluate("heardIn") == ["zh-CN"]
    chat.page.evaluate("ear.onresult({results: [[{transcript: '商标有效期'}], [{transcript: '几年'}]]})")
    assert chat.draft == "商标有效期几年"
    chat.page.evaluate("ear.onend()")
    assert chat.page.get_attribute("#mic", "aria-pressed") == "false"
    assert chat.said == []  # nothing is sent before it was read
    chat.shot("desktop-voice")
    chat.page.reload()
    chat.wait_for_replies(1)
    assert chat.page.locator("#mic").is_visible()
    chat.tool("voice")
    assert not chat.page.locator("#mic").is_visible()


def test_a_browser_that_cannot_listen_offers_no_voice_input(open_chat: OpenChat) -> None:
    chat = open_chat(init_script="delete window.SpeechRecognition; delete window.webkitSpeechRecognition;")
    chat.page.click("#menu-button")
    assert not chat.page.locator("#voice").is_visible()


def test_another_day_is_picked_from_the_browsers_calendar(open_chat: OpenChat) -> None:
    chat = open_chat()
    chat.choose("预约专家咨询")
    chat.ask("我的店被人投诉商标侵权，收到了律师函")
    chat.choose("呼伦贝尔市")
    times = chat.choose("电话")
    today = dt.datetime.now(dt.timezone.utc).date()
    day = today + dt.timedelta(days=7 + (1 - today.weekday()) % 7)  # a Tuesday
    picker = times.locator(".other-day input")
    assert picker.get_attribute("min") in (str(today), str(today + dt.timedelta(days=1)))
    picker.fill(day.isoformat())
    chat.shot("desktop-times")
    offered = chat.press(times.locator(".other-day button"))
    assert chat.said[-1] == f"{day.year}年{day.month}月{day.day}日"
    assert f"{day.month}月{day.day}日" in offered.inner_text()
    assert not times.locator(".other-day").is_visible()


def test_files_of_a_booking_are_in_the_language_of_the_page(open_chat: OpenChat) -> None:
    chat = open_chat(path="/?lang=en", locale="zh-CN")
    chat.choose("Book")
    for text in ("Somebody sells copies of my registered trademark in a shop", "Tongliao", "by phone"):
        times = chat.ask(text)
    chat.press(times.locator(".times .choice").first)
    chat.choose("I agree")
    for text in ("Example Person", "13900007654"):
        chat.ask(text)
    chat.choose("Skip") if chat.page.locator(".choice:visible", has_text="Skip").count() else chat.ask("none")
    receipt = chat.press(chat.page.locator(".decide .choice:visible").first)
    link = receipt.locator("a.plain").first.get_attribute("href")
    assert link.endswith("?lang=en")
    with chat.page.expect_download() as download:
        receipt.locator("a.plain").first.click()
    assert "BEGIN:VCALENDAR" in download.value.path().read_text(encoding="utf-8")


def keys_of(server: RunningServer) -> Container:
    """The keys of the running server, for what it would sign."""
    return Container(read_settings({"ZHIWEN_DATA_DIR": str(server.data)}))


def test_a_token_past_half_its_life_is_renewed_on_the_way(open_chat: OpenChat) -> None:
    chat = open_chat()
    early = Sessions(keys_of(chat.server).keyring.derive("sessions"), lambda: dt.datetime.now(dt.timezone.utc) - dt.timedelta(hours=13), 24)
    _, old = early.open("zh", "public")
    chat.page.evaluate("t => sessionStorage.setItem('zhiwen.talk', JSON.stringify({token: t, handled: 0}))", old)
    chat.ask(QUESTION)
    renewed = chat.memory["token"]
    assert renewed != old
    assert chat.server.said_by_user(renewed) == chat.server.said_by_user(old) == [QUESTION]


def test_a_conversation_from_a_messenger_goes_on_here_once(open_chat: OpenChat, server: RunningServer) -> None:
    container = keys_of(server)
    sessions = Sessions(container.keyring.derive("sessions"), clock_from(None), 24)
    begun, token = sessions.open("zh", "public", prefix="tg")
    server.call("POST", "/chat/messages", {"text": QUESTION}, token)
    links = OneTimeLinks(container.keyring.derive("continue"), clock_from(None), container.deliveries)
    path = links.path(Session(begun.id, "public", "zh", begun.expires_at), "zh")
    chat = open_chat(path=path)
    chat.wait_for_replies(1)
    assert chat.said == [QUESTION]
    assert chat.page.url == f"{server.url}/"
    chat.ask("外观设计呢")
    assert server.said_by_user(token) == [QUESTION, "外观设计呢"]
    stranger = open_chat(path=path)
    assert "已经用过" in stranger.trouble
    assert stranger.said == []
    assert stranger.page.locator("#try").is_visible()
