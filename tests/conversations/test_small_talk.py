from __future__ import annotations

import pytest

from tests.support.bot import Bot


@pytest.mark.parametrize(
    ("line", "said"), [("你好", "您好"), ("谢谢", "不客气"), ("再见", "再见"), ("hello", "Hello"), ("thanks", "welcome"), ("goodbye", "Goodbye")]
)
def test_small_talk(bot: Bot, line: str, said: str) -> None:
    turn = bot.talk().say(line)
    assert turn.outcome == "smalltalk"
    assert said in turn.text


def test_the_opening_says_what_it_is_and_offers_what_it_can_do(bot: Bot) -> None:
    turn = bot.talk().open()
    assert (turn.outcome, turn.kinds) == ("smalltalk", ["notice"])
    assert "不是法律意见" in turn.text
    assert "book_consultation" in [b["id"] for b in turn.buttons]


def test_help_says_what_it_can_do(bot: Bot) -> None:
    turn = bot.talk().say("你能做什么")
    assert "预约" in turn.text
    assert turn.buttons


def test_a_person_is_reached_by_the_hotlines_first(bot: Bot) -> None:
    turn = bot.talk().say("转人工")
    assert turn.outcome == "handed_over"
    assert turn.text.index("12345") < turn.text.index("12315") < turn.text.index("预约")
    assert {"book_consultation", "leave_question"} <= {b["id"] for b in turn.buttons}


def test_the_language_is_switched_and_kept_where_a_message_shows_none(bot: Bot) -> None:
    talk = bot.talk()
    assert "English" in talk.say("English please").text
    assert talk.say("123").text.isascii()
    assert talk.press("help").text.isascii()
    assert "中文" in talk.say("切换中文").text
    assert not talk.press("help").text.isascii()


def test_english_typed_in_a_chinese_session_is_answered_in_english(bot: Bot) -> None:
    talk = bot.talk()
    assert talk.say("hello").text.isascii()
    assert not talk.say("你好").text.isascii()


@pytest.mark.parametrize("line", ["ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ\u202fᠪᠡᠷ", "Сайн байна уу, патент гэж юу вэ"])
def test_mongolian_in_either_script_is_recognised_and_helped(bot: Bot, line: str) -> None:
    talk = bot.talk()
    turn = talk.say(line)
    assert turn.outcome == "signposted"
    assert "12345" in turn.text
    assert "book_consultation" in [b["id"] for b in turn.buttons]
    history = bot.run(bot.conversations.history(talk.session))
    assert history[0]["text"] == line


def test_starting_over_forgets_what_was_said(bot: Bot) -> None:
    talk = bot.talk()
    talk.all("发明专利保护多少年？", "我要预约", "呼和浩特", "重新开始")
    assert talk.turns[-1].form is None
    slots = bot.slots(talk)
    assert (slots["frame"], slots["c_region"]) == (None, None)
    assert slots["profile"] == "public"


@pytest.mark.parametrize("number", ["11010519491231002X", "6222600260001072444"])
def test_an_id_or_bank_card_is_taken_out_and_said_so(bot: Bot, number: str) -> None:
    talk = bot.talk()
    turn = talk.say(f"我的号码是{number}，发明专利保护多少年？")
    assert "已隐去" in turn.messages[0]["text"]
    assert number not in str(bot.run(bot.conversations.history(talk.session)))


def test_yes_no_cancel_and_continue_without_a_form_are_answered(bot: Bot) -> None:
    talk = bot.talk()
    for line in ("是", "不是", "取消", "继续", "13812345678"):
        turn = talk.say(line)
        assert turn.outcome in ("smalltalk", "clarify", "not_found")
        assert len(turn.messages) == 1
