"""Every kind of update has one defined reply."""

from __future__ import annotations

import time

import pytest

from bot.web import sentence
from tests.telegram import updates
from tests.telegram.conftest import MakeTalk
from tests.telegram.talk import TelegramTalk, keys, plain, titles


def texts(talk: TelegramTalk, update: dict[str, object]) -> list[str]:
    return [plain(sent["text"]) for sent in talk.get(update)]


def test_start_opens_with_what_it_can_do(talk: TelegramTalk) -> None:
    sent = talk.say("/start")
    assert plain(sent[0]["text"]) == "演示系统，预约不生效"
    assert "不是法律意见" in sent[-1]["text"]
    assert titles(sent[-1]) == ["预约专家咨询", "质押融资预检和登记", "查询我的预约或办件", "你能做什么"]


def test_start_in_the_middle_of_a_form_begins_anew(talk: TelegramTalk) -> None:
    talk.say("我要预约咨询")
    talk.say("/start")
    assert "盟市" not in talk.say("呼和浩特")[-1]["text"]


def test_a_form_left_for_longer_than_a_session_lasts_is_forgotten(talk: TelegramTalk, monkeypatch: pytest.MonkeyPatch) -> None:
    talk.say("我要预约咨询")
    talk.say("我的商标被别人抢先注册了")
    later = time.time() + 25 * 3600
    monkeypatch.setattr("bot.channels.telegram_channel.time.time", lambda: later)
    assert "20年" in talk.say("发明专利保护多少年？")[-1]["text"]
    assert talk.asks is None
    assert "没有填到一半" in talk.say("继续")[-1]["text"]


def test_an_english_client_is_opened_in_english(talk: TelegramTalk) -> None:
    sent = talk.get(updates.text("/start", language="en"))
    assert "Zhiwen" in sent[-1]["text"]
    assert titles(sent[-1])[0] == "Book a consultation"


@pytest.mark.parametrize(
    ("command", "said"),
    [("/help", "预约维权援助咨询"), ("/book", "您的问题是什么"), ("/pledge", "质押"), ("/mycases", "编号"), ("/language", "哪种语言"), ("/privacy", "境外")],
)
def test_each_command_leads_somewhere(talk: TelegramTalk, command: str, said: str) -> None:
    assert any(said in sent["text"] for sent in talk.say(command))


def test_the_language_is_switched_by_its_button(talk: TelegramTalk) -> None:
    talk.say("/language")
    assert talk.press("English")[-1]["text"].startswith("All right")
    assert plain(talk.get(updates.sticker())[-1]["text"]) == sentence("telegram_sticker", "en")
    talk.say("/language")
    assert "中文" in talk.press("中文")[-1]["text"]


def test_a_question_is_answered_with_its_sources(talk: TelegramTalk) -> None:
    (sent,) = talk.say("发明专利保护多少年？")
    assert sent["text"].startswith("<b>20年")
    assert "依据" in sent["text"]
    assert "《专利法》" in plain(sent["text"])


def test_two_questions_get_two_messages(talk: TelegramTalk) -> None:
    sent = talk.say("发明专利保护多少年？注册商标有效期多久？")
    assert ["20年" in sent[0]["text"], "10年" in sent[1]["text"] or "十年" in sent[1]["text"]] == [True, True]


def test_a_pressed_card_is_answered_and_its_clock_stopped(talk: TelegramTalk) -> None:
    talk.say("发明专利保护多少年？")
    (sent,) = talk.press("外观设计专利保护多少年")
    assert "15年" in sent["text"]
    assert len(talk.api.named("answerCallbackQuery")) == 1
    assert talk.api.named("editMessageReplyMarkup") == []  # several related cards may be read one after the other


def test_a_choice_in_a_form_stays_readable_under_its_question(talk: TelegramTalk) -> None:
    talk.say("/book")
    talk.say("我的商标被别人抢先注册了")
    asked = talk.last
    talk.press("呼和浩特市")
    (settled,) = talk.api.named("editMessageReplyMarkup")
    assert settled["message_id"] == asked["message_id"]
    assert settled["reply_markup"]["inline_keyboard"] == [[{"text": "✓ 呼和浩特市", "callback_data": "v:c_region:hohhot"}]]


def test_a_button_whose_id_is_too_long_is_found_again(talk: TelegramTalk) -> None:
    for line in ("/book", "前员工泄露了我们的客户名单商业秘密", "呼和浩特", "现场"):
        talk.say(line)
    offered = keys(talk.last)
    long = next((key for key in offered if key["callback_data"].startswith("#")), None)
    assert long is not None, "the times of this station fit without a digest: choose another one for this test"
    sent = talk.press(long["text"])
    assert "个人信息" in sent[-1]["text"]  # the form went on to the next field


def test_a_button_of_an_old_message_says_that_it_is_gone(talk: TelegramTalk) -> None:
    assert "过期" in talk.get(updates.pressed("card:patents/no-such-card"))[-1]["text"]
    assert "过期" in talk.get(updates.pressed("#0123456789abcdef0123456789abcdef"))[-1]["text"]


@pytest.mark.parametrize(
    ("update", "code"),
    [
        (updates.edited("发明专利保护多少年？"), "telegram_edited"),
        (updates.sticker(), "telegram_sticker"),
        (updates.photo(), "telegram_file"),
        (updates.voice(), "telegram_voice"),
        (updates.location(), "telegram_place"),
        (updates.poll(), "telegram_other"),
        (updates.contact("+8613812345678"), "telegram_contact_not_asked"),
    ],
)
def test_what_is_no_text_gets_one_sentence_and_nothing_of_it_is_kept(talk: TelegramTalk, update: dict[str, object], code: str) -> None:
    assert texts(talk, update) == [sentence(code, "zh")]
    assert {call.method for call in talk.api.calls} == {"sendMessage"}  # no file is ever fetched


def test_a_caption_is_a_question_like_any_other(talk: TelegramTalk) -> None:
    first, answer = texts(talk, updates.photo("发明专利保护多少年？"))
    assert first == sentence("telegram_file", "zh")
    assert answer.startswith("20年")


def test_an_album_is_answered_once(talk: TelegramTalk) -> None:
    assert [len(talk.get(updates.photo(album="9"))) for _ in range(3)] == [1, 0, 0]


@pytest.mark.parametrize("update", [updates.pinned(), updates.in_group("大家好，今天开会吗"), updates.update()])
def test_what_is_not_meant_for_us_is_left_alone(talk: TelegramTalk, update: dict[str, object]) -> None:
    assert talk.get(update) == []


def test_a_group_is_asked_to_write_privately_and_gets_no_answer(talk: TelegramTalk) -> None:
    (sent,) = talk.get(updates.in_group("/book"))
    assert sent["chat_id"] == updates.GROUP
    assert plain(sent["text"]) == sentence("telegram_group", "zh")
    assert keys(sent) == [{"text": "单独发消息", "url": "https://t.me/zhiwen_test_bot"}]


def test_text_that_looks_like_a_command_of_rasa_is_text(talk: TelegramTalk) -> None:
    assert titles(talk.say("/open")[-1]) != titles(talk.say("/start")[-1])
    talk.say("/book")
    talk.say("/cancel_booking")
    assert talk.asks == "c_problem"  # the form goes on: no intent was smuggled in


@pytest.mark.parametrize(
    ("text", "code"), [("长" * 2001, "too_long"), ("\u200b\u200b", "empty"), ("/", "empty")], ids=["too long", "invisible", "a slash"]
)
def test_what_cannot_be_taken_is_said_so(talk: TelegramTalk, text: str, code: str) -> None:
    assert texts(talk, updates.update(message=updates.message(text=text))) == [sentence(code, "zh")]


def test_an_id_card_is_taken_out_and_said_so(talk: TelegramTalk) -> None:
    assert "已隐去" in talk.say("我的号码是11010519491231002X，发明专利保护多少年？")[0]["text"]


def test_whoever_sends_too_fast_is_asked_to_wait(make_talk: MakeTalk) -> None:
    talk = make_talk(ZHIWEN_RATE_LIMIT="2/minute")
    for _ in range(2):
        talk.say("你好")
    assert [plain(s["text"]) for s in talk.say("你好")] == [sentence("too_fast", "zh")]
    talk.identity = 700000002
    assert plain(talk.say("你好")[-1]["text"]) != sentence("too_fast", "zh")
