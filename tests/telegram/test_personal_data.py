"""Names and phones typed in Telegram leave the country: a consent of its own, or the web page."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from bot.channels.continuing import OneTimeLinks
from bot.channels.sanitise import sanitise
from bot.channels.sessions import TokenError
from bot.web import sentence
from casework.cases import Case, CaseFilter, CaseKind
from desk.abroad import PURPOSE
from tests.support.bot_api import TOKEN
from tests.telegram import updates
from tests.telegram.conftest import MakeTalk
from tests.telegram.talk import TelegramTalk, keys, plain, titles

TO_CONSENT = ("/book", "我的商标被别人抢先注册了", "呼和浩特", "现场", "1")
PUBLIC = "https://zhiwen.example.org"


def at_the_gate(talk: TelegramTalk) -> str:
    """What is said where the form asks for consent."""
    for line in TO_CONSENT:
        talk.say(line)
    return plain(talk.last["text"])


def consents(talk: TelegramTalk, purpose: str) -> list[str]:
    with talk.bot.container.database.transaction(read_only=True) as connection:
        return [row.text_version for row in connection.execute(sa.text("SELECT text_version FROM zw_consents WHERE purpose = :p"), {"p": purpose})]


def cases(talk: TelegramTalk) -> list[Case]:
    with talk.bot.container.store(read_only=True) as unit:
        return list(unit.cases.select(CaseFilter((CaseKind.CONSULTATION,))))


@pytest.fixture
def linked(make_talk: MakeTalk) -> TelegramTalk:
    return make_talk(ZHIWEN_TELEGRAM_PERSONAL_DATA="link", ZHIWEN_PUBLIC_URL=PUBLIC)


# -- chat: after a consent of its own


def test_before_the_first_personal_field_comes_a_separate_consent(talk: TelegramTalk) -> None:
    said = at_the_gate(talk)
    assert "境外" in said
    assert "单独同意" in said
    assert titles(talk.last) == ["同意，在这里填", "不同意"]
    assert consents(talk, PURPOSE) == []


@pytest.mark.parametrize("agree", ["typed", "pressed"])
def test_the_consent_is_recorded_and_the_forms_own_question_follows(talk: TelegramTalk, agree: str) -> None:
    at_the_gate(talk)
    sent = talk.say("同意") if agree == "typed" else talk.press("同意，在这里填")
    assert consents(talk, PURPOSE) == ["telegram-1"]
    assert consents(talk, "consultation") == []  # the form's own consent is another one
    assert "留下姓名和电话" in sent[-1]["text"]
    assert "姓名" in talk.say("同意")[-1]["text"]
    assert consents(talk, "consultation") == ["consultation-1"]


@pytest.mark.parametrize("refuse", ["typed", "pressed"])
def test_who_refuses_is_not_asked_for_anything_personal(talk: TelegramTalk, refuse: str) -> None:
    at_the_gate(talk)
    sent = talk.say("不同意") if refuse == "typed" else talk.press("不同意")
    assert plain(sent[0]["text"]) == sentence("telegram_abroad_refused", "zh")
    assert consents(talk, PURPOSE) == []
    assert talk.asks is None


def test_nothing_but_the_consent_opens_the_gate_and_questions_are_still_answered(talk: TelegramTalk) -> None:
    at_the_gate(talk)
    for line in ("张丽", "13812345678", '/press{"button":"abroad:yes"}', "/affirm"):
        (sent,) = talk.say(line)
        assert "单独同意" in sent["text"]
    assert "单独同意" in talk.get(updates.pressed("v:c_consent:yes"))[-1]["text"]
    answer, gate = talk.say("发明专利保护多少年？")
    assert answer["text"].startswith("<b>20年")
    assert "单独同意" in gate["text"]
    assert "取消" in talk.say("取消")[0]["text"]
    assert cases(talk) == []


def test_a_consent_once_given_holds_for_the_conversation(talk: TelegramTalk) -> None:
    at_the_gate(talk)
    talk.say("同意")
    talk.say("取消")
    talk.say("/start")
    assert "留下姓名和电话" in at_the_gate(talk)


def test_the_forms_of_pledge_and_of_questions_have_the_same_gate(talk: TelegramTalk) -> None:
    talk.say("留言给工作人员")
    talk.say("我的驼奶粉商标被驳回了，想请工作人员看看")
    assert "单独同意" in talk.last["text"]
    assert "留言由" in talk.say("同意")[-1]["text"]


def test_a_shared_contact_fills_the_phone_that_is_asked_for(talk: TelegramTalk) -> None:
    at_the_gate(talk)
    for line in ("同意", "同意", "张丽"):
        talk.say(line)
    assert talk.last["reply_markup"]["keyboard"] == [[{"request_contact": True, "text": "发送我的电话号码"}]]
    assert plain(talk.get(updates.contact("8613912345678", owner=5))[-1]["text"]) == sentence("telegram_contact_other", "zh")
    assert "邮箱" in talk.get(updates.contact("8613812345678"))[-1]["text"]
    talk.say("没有")
    talk.say("确认")
    (case,) = cases(talk)
    assert case.person.phone == "+8613812345678"
    assert case.channel == "telegram"
    assert talk.last["reply_markup"] == {"remove_keyboard": True}
    assert "提醒会发到这个聊天里" in talk.last["text"]


def test_before_the_consent_a_shared_contact_is_not_taken(talk: TelegramTalk) -> None:
    at_the_gate(talk)
    assert plain(talk.get(updates.contact("8613812345678"))[-1]["text"]) == sentence("telegram_contact_not_asked", "zh")


# -- link: only on the page


def test_in_place_of_the_first_personal_question_comes_a_link_that_works_once(linked: TelegramTalk) -> None:
    said = at_the_gate(linked)
    assert "到网页里接着填" in said
    link, cancel = keys(linked.last)
    assert link["url"].startswith(f"{PUBLIC}/continue/")
    assert cancel["callback_data"] == "cancel"
    container = linked.bot.container
    links = OneTimeLinks(container.keyring.derive("continue"), container.clock, container.deliveries)
    code = link["url"].rpartition("/")[2]
    session = links.redeem(code)
    assert session.id == linked.session.id
    with pytest.raises(TokenError):
        links.redeem(code)
    with pytest.raises(TokenError):
        links.redeem(code[:-2] + "xx")


def test_nothing_typed_in_telegram_fills_a_personal_field(linked: TelegramTalk) -> None:
    at_the_gate(linked)
    for line in ("同意", "张丽", "13812345678", "确认"):
        (sent,) = linked.say(line)
        assert "/continue/" in keys(sent)[0]["url"]
    assert linked.get(updates.contact("8613812345678"))
    assert linked.asks == "c_consent"
    assert cases(linked) == []
    assert "20年" in linked.say("发明专利保护多少年？")[0]["text"]
    assert "取消" in linked.press("取消")[0]["text"]


def test_a_phone_typed_all_the_same_is_not_used(linked: TelegramTalk) -> None:
    sent = linked.say("我叫张丽，电话13812345678，想预约咨询商标被抢注")
    assert plain(sent[0]["text"]) == sentence("telegram_masked", "zh")
    history = str(linked.run(linked.bot.conversations.history(linked.session)))
    assert "13812345678" not in history
    assert "张丽" not in history


def test_what_was_begun_here_goes_on_in_the_page_and_is_reminded_of_here(linked: TelegramTalk) -> None:
    at_the_gate(linked)
    container = linked.bot.container
    links = OneTimeLinks(container.keyring.derive("continue"), container.clock, container.deliveries)
    session = links.redeem(keys(linked.last)[0]["url"].rpartition("/")[2])
    for line in ("同意", "张丽", "13812345678", "没有", "确认"):
        result = linked.bot.run(linked.bot.conversations.say(session, sanitise(line)))
    assert result.outcome.value == "booked"
    (case,) = cases(linked)
    assert case.person.telegram_chat == str(updates.CITIZEN)


# -- traces


def test_neither_log_nor_database_names_the_user(make_talk: MakeTalk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    talk = make_talk(sealed=True)
    at_the_gate(talk)
    for line in ("同意", "同意", "张丽", "13812345678", "没有", "确认"):
        talk.say(line)
    talk.api.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    talk.get(updates.text("您好"))
    data = (talk.bot.container.settings.data_dir / "zhiwen.db").read_bytes()
    talk.bot.container.database.close()
    data += (talk.bot.container.settings.data_dir / "zhiwen.db").read_bytes()
    for secret in (str(updates.CITIZEN), "example_citizen", "张丽", "13812345678", TOKEN):
        assert secret not in caplog.text
        assert secret.encode() not in data
    assert "reply not delivered kind=text cause=Forbidden" in caplog.text


def test_the_conversation_is_a_keyed_digest_of_the_user(talk: TelegramTalk) -> None:
    mine = talk.session.id
    assert mine.startswith("tg-")
    assert str(updates.CITIZEN) not in mine
    assert talk.session.id == mine
    talk.identity = 700000002
    assert talk.session.id != mine
