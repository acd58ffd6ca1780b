"""Booking a consultation, through the real agent."""

from __future__ import annotations

import re

import pytest

from tests.conversations.booking import PROBLEM, at_review, booked, fill, stored
from tests.support.bot import Bot


def test_the_whole_way(bot: Bot) -> None:
    talk = bot.talk()
    asked = [talk.say(line).asks for line in ("我要预约咨询", PROBLEM, "呼和浩特", "现场", "1", "同意", "张丽", "13812345678", "没有")]
    assert asked == ["c_problem", "c_region", "c_mode", "c_time", "c_consent", "c_name", "c_phone", "c_email", "c_review"]
    assert all(t.outcome == "collecting" for t in talk.turns)
    turn = talk.say("确认")
    assert (turn.outcome, turn.kinds, turn.form) == ("booked", ["receipt"], None)
    assert re.search(r"编号：WQ-\d{3}-\d{3}-\d{3}", turn.text)
    assert "11月23日（周一） 14:30" in turn.text
    assert "示例·呼和浩特维权援助工作站" in turn.text
    assert "13812345678" not in turn.text
    assert turn.links[0]["url"].startswith("/calendar/")
    assert stored(bot) == [("confirmed", "张丽", "+8613812345678")]


@pytest.mark.parametrize(
    "opening",
    [
        "我要预约",
        "想约个专家当面聊聊",
        "帮我预约一个维权援助的咨询",
        "我的商标被人抢注了，想找专家咨询",
        "可以预约专家吗",
        "我想预约一次咨询",
        "预约维权援助",
        "给我约个专家",
        "book a consultation",
        "I want to make an appointment with an expert",
    ],
)
def test_it_is_understood_in_ten_phrasings(bot: Bot, opening: str) -> None:
    talk = bot.talk()
    turn = talk.say(opening)
    assert turn.outcome == "collecting", turn.text
    assert fill(talk, turn).asks == "c_review"
    assert talk.say("确认").outcome == "booked"


def test_everything_said_at_once_is_taken_at_once(bot: Bot) -> None:
    talk = bot.talk()
    turn = talk.say("我叫张丽，13812345678，想下周三上午在呼和浩特咨询专利侵权")
    assert turn.asks == "c_mode"
    assert "12月2日（周三） 上午" in turn.text
    assert "138****5678" in turn.text
    turn = talk.all("现场", "1", "同意", "没有")
    assert turn.asks == "c_review"
    assert talk.say("确认").outcome == "booked"
    assert stored(bot) == [("confirmed", "张丽", "+8613812345678")]


def test_every_button_does_what_its_title_says(bot: Bot) -> None:
    talk = bot.talk()
    talk.open()
    talk.press("预约专家咨询")
    talk.say(PROBLEM)
    for title in ("包头市", "视频"):
        talk.press(title)
    talk.press(talk.turns[-1].buttons[0]["title"])
    talk.press("同意")
    talk.all("王女士", "0471-6543210")
    talk.press("没有")
    assert talk.press("确认提交").outcome == "booked"


def test_every_button_can_be_typed_by_its_title(bot: Bot) -> None:
    talk = bot.talk()
    talk.all("我要预约", PROBLEM)
    for asked, number in (("c_region", 3), ("c_mode", 1), ("c_time", 2), ("c_consent", 0)):
        assert talk.turns[-1].asks == asked
        talk.say(talk.turns[-1].buttons[number]["title"])
    chosen = talk.turns[-3].buttons  # the times that were offered
    turn = talk.all("张丽", "13812345678", "没有")
    assert turn.asks == "c_review"
    assert chosen
    assert talk.say("确认提交").outcome == "booked"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("电话改成13912345678", "139****5678"),
        ("名字改成李四", "李四"),
        ("换成视频", "视频"),
        ("改到包头", "包头市"),
        ("时间换成后天下午", "11月25日（周三）"),
        ("邮箱 zhangli@example.com", "z***@example.com"),
    ],
)
def test_any_earlier_field_is_corrected_at_the_review(bot: Bot, line: str, shown: str) -> None:
    talk = at_review(bot)
    turn = fill(talk, talk.say(line))
    assert turn.asks == "c_review"
    assert shown in turn.text
    assert talk.say("确认").outcome == "booked"


def test_no_at_the_review_asks_what_to_change_and_says_nothing_else(bot: Bot) -> None:
    turn = at_review(bot).say("不对")
    assert (turn.asks, turn.kinds) == ("c_review", ["notice", "review"])
    assert "要改哪一项" in turn.text


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on_at_the_same_field(bot: Bot) -> None:
    talk = bot.talk()
    talk.all("我要预约咨询", PROBLEM)
    turn = talk.say("发明专利保护多少年？")
    assert (turn.outcome, turn.kinds) == ("answered", ["answer", "ask"])
    assert "20年" in turn.text
    assert (turn.asks, turn.step) == ("c_region", (3, 10))
    assert talk.say("那外观呢？").messages[0]["card"] == "patents/design-term"
    assert talk.say("今天天气怎么样").asks == "c_region"
    assert talk.say("呼和浩特").asks == "c_mode"


@pytest.mark.parametrize("line", ["你好", "谢谢", "转人工", "你能做什么", "English please", "我不想活了"])
def test_small_talk_in_the_middle_is_answered_and_the_form_goes_on(bot: Bot, line: str) -> None:
    talk = bot.talk()
    talk.all("我要预约咨询", PROBLEM, "呼和浩特")
    turn = talk.say(line)
    assert turn.asks == "c_mode"
    assert len(turn.messages) == 2


def test_cancelling_leaves_a_way_back(bot: Bot) -> None:
    talk = bot.talk()
    talk.all("我要预约咨询", PROBLEM, "呼和浩特", "现场", "1")
    turn = talk.say("取消")
    assert (turn.outcome, turn.form) == ("cancelled", None)
    assert bot.container.consultations.held(talk.session.id) is None
    assert talk.say("发明专利保护多少年？").outcome == "answered"
    turn = talk.say("继续")
    assert "时间定在11月23日（周一） 14:30" in turn.text
    assert turn.asks == "c_consent"
    assert bot.container.consultations.held(talk.session.id) is not None
    assert bot.slots(talk)["c_problem"] == PROBLEM


def test_going_on_in_english_keeps_the_problem(bot: Bot) -> None:
    talk = bot.talk(language="en")
    talk.all("book a consultation", "my shop was sued for trademark infringement", "cancel", "continue")
    assert bot.slots(talk)["c_problem"] == "my shop was sued for trademark infringement"


def test_a_look_up_in_the_middle_leads_back(bot: Bot) -> None:
    talk = bot.talk()
    talk.all("我要预约咨询", PROBLEM, "呼和浩特")
    assert talk.say("查询我的预约").form["name"] == "lookup_form"  # type: ignore[index]
    talk.say("取消")
    turn = talk.say("继续")
    assert (turn.form["name"], turn.asks) == ("consultation_form", "c_mode")  # type: ignore[index]


@pytest.mark.parametrize("phone", ["123", "12345", "138123456789", "ZL202310123456.7", "没有电话"])
def test_a_bad_phone_is_explained_and_asked_for_again(bot: Bot, phone: str) -> None:
    talk = bot.talk()
    talk.all("我要预约咨询", PROBLEM, "呼和浩特", "现场", "1", "同意", "张丽")
    turn = talk.say(phone)
    assert turn.asks == "c_phone"
    assert turn.kinds == ["notice", "ask"]
    assert talk.say("13812345678").asks == "c_email"


def test_two_failed_tries_bring_an_example_and_the_third_the_hotline(bot: Bot) -> None:
    talk = bot.talk()
    talk.all("我要预约咨询", PROBLEM, "呼和浩特", "现场", "1", "同意", "张丽")
    first, second, third = (talk.say("123") for _ in range(3))
    assert "比如" not in first.messages[0]["text"]
    assert "比如" in second.messages[1]["text"]
    assert "12345" in third.messages[1]["text"]


@pytest.mark.parametrize(("wish", "said"), [("昨天下午", "已经过去"), ("2月30号", "没有这一天")])
def test_an_impossible_day_is_explained(bot: Bot, wish: str, said: str) -> None:
    talk = bot.talk()
    turn = talk.all("我要预约咨询", PROBLEM, "呼和浩特", "现场", wish)
    assert (turn.asks, turn.kinds) == ("c_time", ["notice", "ask"])
    assert said in turn.text


@pytest.mark.parametrize(("wish", "echo"), [("周日", "11月29日（周日）"), ("周六上午", "11月28日（周六） 上午"), ("晚上十一点", "23:00")])
def test_a_closed_time_is_said_and_the_next_ones_are_offered(bot: Bot, wish: str, echo: str) -> None:
    talk = bot.talk()
    turn = talk.all("我要预约咨询", PROBLEM, "呼和浩特", "现场", wish)
    assert turn.asks == "c_time"
    assert f"{echo}没有空位" in turn.text
    assert len(turn.buttons) >= 5


def test_a_seat_that_is_taken_is_not_booked_twice(bot: Bot) -> None:
    first, second = bot.talk(), bot.talk()
    for talk in (first, second):
        talk.all("我要预约咨询", PROBLEM, "呼和浩特", "现场")
    seat = second.turns[-1].buttons[0]["id"]
    directory = bot.container.directory
    seats = len([e for e in directory.experts.values() if "hohhot" in str(e.stations)])
    others = [first, *(bot.talk() for _ in range(seats))]
    for talk in others[1:]:
        talk.all("我要预约咨询", PROBLEM, "呼和浩特", "现场")
    for talk in others:
        talk.press(seat)
    turn = second.press(seat)
    assert turn.asks == "c_time"
    assert "约走了" in turn.text


def test_without_consent_nothing_is_collected(bot: Bot) -> None:
    talk = bot.talk()
    turn = talk.all("我要预约咨询", PROBLEM, "呼和浩特", "现场", "1", "不同意")
    assert (turn.outcome, turn.form) == ("cancelled", None)
    slots = bot.slots(talk)
    assert all(slots[name] is None for name in ("c_problem", "c_name", "c_phone", "c_time"))
    assert bot.container.consultations.consent_of(talk.session.id) is None


@pytest.mark.parametrize("line", ["我12岁", "我今年13岁", "我是小学生"])
@pytest.mark.parametrize("after", [1, 5, 6])
def test_who_is_under_14_is_asked_for_a_guardian_and_nothing_is_kept(bot: Bot, line: str, after: int) -> None:
    talk = bot.talk()
    talk.all(*("我要预约咨询", PROBLEM, "呼和浩特", "现场", "1", "同意", "张丽")[:after])
    turn = talk.say(line)
    assert (turn.outcome, turn.form) == ("refused", None)
    assert "监护人" in turn.text
    assert all(bot.slots(talk)[name] is None for name in ("c_problem", "c_name", "c_phone"))


def test_a_consent_that_was_not_asked_for_is_not_taken(bot: Bot) -> None:
    talk = bot.talk()
    talk.say("我要预约咨询")
    for button in ("v:c_consent:yes", "v:c_review:yes", "v:c_phone:+8613812345678", "v:c_region:mars"):
        talk.press(button)
    slots = bot.slots(talk)
    assert [slots[n] for n in ("c_consent", "c_review", "c_phone", "c_region")] == [None] * 4
    assert talk.turns[-1].asks == "c_problem"


def test_a_booking_in_english(bot: Bot) -> None:
    talk = bot.talk(language="en")
    lines = ("book a consultation", "my shop was sued for trademark infringement", "Hohhot", "by phone", "1", "agree", "Li Na", "13812345678", "none")
    turn = talk.all(*lines)
    assert turn.asks == "c_review"
    turn = talk.say("confirm")
    assert turn.outcome == "booked"
    assert "Reference: WQ-" in turn.text


def test_saying_confirm_twice_books_once(bot: Bot) -> None:
    talk, _ = booked(bot)
    assert talk.say("确认").outcome == "smalltalk"
    assert len(stored(bot)) == 1
