"""What falls due for somebody who booked or asked in Telegram goes to Telegram, through the same outbox as mail."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from casework.cases import CaseFilter, CaseKind
from tests.support.bot_api import BotApi
from tests.telegram import updates
from tests.telegram.conftest import MakeTalk
from tests.telegram.talk import TelegramTalk, plain

BOOK = ("/book", "我的商标被别人抢先注册了", "呼和浩特", "现场", "1", "同意", "同意", "张丽", "13812345678", "没有", "确认")


def delivered(talk: TelegramTalk) -> Counter[str]:
    """Everything that is due leaves."""
    total: Counter[str] = Counter()
    while done := talk.bot.container.outbox.run_once():
        total.update(done)
    return total


@pytest.fixture
def start(make_talk: MakeTalk) -> dt.datetime:
    """A booking made in Telegram: when it begins."""
    talk = make_talk()
    for line in BOOK:
        talk.say(line)
    with talk.bot.container.store(read_only=True) as unit:
        (case,) = unit.cases.select(CaseFilter((CaseKind.CONSULTATION,)))
        return unit.appointments.of(case).start


def later(make_talk: MakeTalk, api: BotApi, moment: dt.datetime, **settings: str) -> TelegramTalk:
    """The installation at another moment; what was sent before is forgotten."""
    api.calls.clear()
    return make_talk(ZHIWEN_NOW=moment.isoformat(timespec="minutes")[:16], **settings)


def test_the_reminder_comes_into_the_chat_once(make_talk: MakeTalk, api: BotApi, start: dt.datetime) -> None:
    talk = later(make_talk, api, start - dt.timedelta(hours=1, minutes=59))
    delivered(talk)
    delivered(talk)
    (sent,) = api.sent
    assert sent["chat_id"] == updates.CITIZEN
    assert plain(sent["text"]).startswith("提醒：11月23日（周一）")
    assert "演示系统，预约不生效" in sent["text"]
    assert "编号：WQ-" in sent["text"]
    assert "张" not in sent["text"]  # no name leaves


def test_the_receipt_that_the_chat_said_is_not_sent_again_but_after_the_page_it_is(make_talk: MakeTalk, api: BotApi, start: dt.datetime) -> None:
    now = dt.datetime.fromisoformat("2026-11-23T09:31")
    delivered(later(make_talk, api, now))
    assert api.sent == []
    talk = later(make_talk, api, now, ZHIWEN_TELEGRAM_PERSONAL_DATA="link", ZHIWEN_PUBLIC_URL="https://zhiwen.example.org")
    with talk.bot.container.store(read_only=True) as unit:
        (case,) = unit.cases.select(CaseFilter((CaseKind.CONSULTATION,)))
    talk.bot.container.consultations.cancel(case.reference, "5678", reason="", caller="x")
    delivered(talk)
    assert [plain(text).split("\n")[0][:6] for text in api.texts] == ["咨询已取消："]


def test_a_flood_limit_or_a_time_out_is_tried_later_as_telegram_says(make_talk: MakeTalk, api: BotApi, start: dt.datetime) -> None:
    talk = later(make_talk, api, start - dt.timedelta(hours=1, minutes=59))
    api.fail("sendMessage", 429, retry_after=120)
    assert delivered(talk)["retried"] == 1
    delivered(later(make_talk, api, start - dt.timedelta(hours=1, minutes=58)))
    assert api.sent == []  # two minutes are not over
    delivered(later(make_talk, api, start - dt.timedelta(hours=1, minutes=50)))
    assert len(api.sent) == 1


@pytest.mark.parametrize("status", [403, 400])
def test_who_blocked_the_bot_is_not_tried_again(make_talk: MakeTalk, api: BotApi, start: dt.datetime, status: int) -> None:
    api.fail("sendMessage", status)
    assert delivered(later(make_talk, api, start - dt.timedelta(hours=1, minutes=59)))["failed"] == 1
    delivered(later(make_talk, api, start - dt.timedelta(minutes=30)))
    assert api.sent == []


def test_a_wrong_token_loses_no_reminder(make_talk: MakeTalk, api: BotApi, start: dt.datetime) -> None:
    token, api.token = api.token, "987654321:revoked-for-a-while-and-then-back"
    assert delivered(later(make_talk, api, start - dt.timedelta(hours=1, minutes=59)))["retried"] == 1
    api.token = token
    delivered(later(make_talk, api, start - dt.timedelta(hours=1)))
    assert len(api.sent) == 1


def test_a_reply_of_the_office_comes_into_the_chat(make_talk: MakeTalk, api: BotApi) -> None:
    talk = make_talk()
    for line in ("留言给工作人员", "我的驼奶粉商标被驳回了，想请工作人员看看", "同意", "同意", "没有", "确认"):
        talk.say(line)
    with talk.bot.container.store(read_only=True) as unit:
        (case,) = unit.cases.select(CaseFilter((CaseKind.ENQUIRY,)))
    assert case.channel == "telegram"
    api.calls.clear()
    talk.bot.container.enquiry_service.reply(case.reference, "officer", "可以申请驳回复审。<请带驳回通知书>")
    delivered(talk)
    (sent,) = api.sent
    assert sent["chat_id"] == updates.CITIZEN
    assert "可以申请驳回复审。<请带驳回通知书>" in plain(sent["text"])
