"""Questions to the knowledge base, through the real agent and the real cards."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.bot import Bot, Talk

OFF_TOPIC = ["今天天气怎么样", "帮我写一首诗", "离婚财产怎么分", "红烧肉怎么做", "推荐一部电影", "What is the capital of France?", "火星上有没有水"]
UNKNOWN = ["啊啊啊啊", "那个东西呢", "就是那样的情况", "哼哼哈哈", "blah blah blah", "。。。", "？？？"]


def test_a_question_is_answered_with_its_source(bot: Bot) -> None:
    turn = bot.talk().say("发明专利保护多少年？")
    assert (turn.outcome, turn.card) == ("answered", "patents/invention-term")
    assert turn.text.startswith("20年")
    assert any("第42条" in (c["article"] or "") and "专利法" in c["title"] for c in turn.citations)
    assert all(c.get("effective_from") for c in turn.citations if "专利法" in c["title"])
    assert 0 < turn.messages[0]["confidence"] <= 1


def test_a_follow_up_is_read_with_the_last_question(bot: Bot) -> None:
    talk = bot.talk()
    talk.say("发明专利保护多少年？")
    turn = talk.say("那外观呢？")
    assert turn.card == "patents/design-term"
    assert "15年" in turn.text
    assert "外观" in turn.messages[0]["understood"]
    assert talk.say("实用新型呢").card == "patents/utility-model-term"


def test_a_follow_up_in_another_conversation_has_nothing_to_follow(bot: Bot) -> None:
    bot.talk().say("发明专利保护多少年？")
    assert all("understood" not in m for m in bot.talk().say("那外观呢？").messages)


def test_a_card_is_shown_by_its_button(bot: Bot) -> None:
    talk = bot.talk()
    first = talk.say("发明专利保护多少年？")
    button = next(b for b in first.buttons if b["id"].startswith("card:"))
    turn = talk.press(button["title"])
    assert turn.outcome == "answered"
    assert turn.card == button["id"].removeprefix("card:")


def test_a_button_whose_card_is_gone_says_so(bot: Bot) -> None:
    assert bot.talk().press("card:patents/no-such-card").outcome == "clarify"


@pytest.mark.parametrize("line", OFF_TOPIC)
def test_off_topic_is_answered_honestly(bot: Bot, line: str) -> None:
    turn = bot.talk().say(line)
    assert turn.outcome in ("out_of_scope", "not_found")
    assert turn.card is None
    assert turn.buttons


def misses(talk: Talk, lines: list[str]) -> list[str]:
    said = []
    for line in lines:
        turn = talk.say(line)
        assert turn.outcome in ("out_of_scope", "not_found", "clarify", "smalltalk"), (line, turn.outcome)
        said.append(turn.messages[0]["text"] + "|" + "".join(b["title"] for b in turn.buttons))
    return said


@pytest.mark.parametrize("line", [*OFF_TOPIC, *UNKNOWN])
def test_the_same_miss_again_and_again_is_never_told_the_same_way_three_times_running(bot: Bot, line: str) -> None:
    said = misses(bot.talk(), [line] * 6)
    assert max(len(list(group)) for _, group in itertools.groupby(said)) < 3, said


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*OFF_TOPIC, *UNKNOWN]), min_size=3, max_size=8))
def test_no_sequence_of_misses_brings_the_same_reply_three_times_running(bot: Bot, lines: list[str]) -> None:
    said = misses(bot.talk(), lines)
    assert max(len(list(group)) for _, group in itertools.groupby(said)) < 3, said


def test_none_of_the_choices_leads_on_and_not_round(bot: Bot) -> None:
    talk = bot.talk()
    said = [talk.press("none_of_these").text for _ in range(6)]
    assert max(len(list(group)) for _, group in itertools.groupby(said)) < 3
    assert any("12345" in text for text in said)


def test_a_reply_says_that_it_noted_the_question_only_when_it_did(bot: Bot) -> None:
    talk = bot.talk()
    for line in [*UNKNOWN, *OFF_TOPIC, *["就是那个事情的后续处理"] * 4]:
        before = len(bot.container.gaps.newest())
        turn = talk.say(line)
        if "记入待补充清单" in turn.text:
            assert len(bot.container.gaps.newest()) == before + 1, line
        turn = talk.press("none_of_these")
        assert "记入待补充清单" not in turn.text


def test_what_is_noted_is_masked(bot: Bot) -> None:
    talk = bot.talk()
    for _ in range(4):
        talk.say("哼哼哈哈打13947120836问张丽的事情")
    noted = bot.container.gaps.newest()
    assert "13947120836" not in str(noted)


def test_danger_is_met_with_help_first(bot: Bot) -> None:
    turn = bot.talk().say("商标被抢注了，我不想活了")
    assert turn.outcome == "signposted"
    assert "120" in turn.text


def test_the_outcome_of_a_lawsuit_is_not_predicted(bot: Bot) -> None:
    turn = bot.talk().say("我这个商标官司能不能赢？")
    assert turn.outcome == "refused"
    assert "book_consultation" in [b["id"] for b in turn.buttons]


def test_a_day_may_be_asked_about(bot: Bot) -> None:
    assert bot.talk().say("发明专利保护多少年？", date="2027-01-02").outcome == "answered"
