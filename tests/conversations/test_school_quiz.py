"""The quiz in the chat: started by words or button, marked on the server, adaptive, never the same question twice."""

from __future__ import annotations

import json

import pytest

from outreach.quiz import load_bank, order_of
from outreach.quiz.rounds import QUESTIONS, shown_options
from tests.support.bot import Bot, Talk, Turn

BANK = load_bank()


def standing(talk: Talk) -> str:
    """The id of the question that is asked."""
    record = talk.bot.slots(talk)["quiz"]
    return str(record["asked"][-1])


def answer(talk: Talk, *, right: bool, by: str = "button") -> Turn:
    """Answer the standing question."""
    question = BANK.questions[standing(talk)]
    place = next(p for p, number in enumerate(order_of(question, talk.session.id)) if (number == 0) == right)
    if by == "letter":
        return talk.say("ABCD"[place])
    if by == "words":
        return talk.say(shown_options(question, talk.session.id, "zh")[place])
    return talk.press(f"quiz:{question.id}:{place}")


def play(talk: Talk, *, right: bool = True) -> list[str]:
    """A whole round; the ids of its questions."""
    talk.say("开始小测验")
    ids = []
    while talk.bot.slots(talk)["quiz"]:
        ids.append(standing(talk))
        answer(talk, right=right)
    return ids


@pytest.mark.parametrize("wish", ["开始小测验", "我想做个小测验", "考考我吧", "@start_quiz", "quiz me please"])
@pytest.mark.parametrize("profile", ["school", "public"])
def test_it_starts_by_words_or_button(bot: Bot, wish: str, profile: str) -> None:
    talk = bot.talk(profile=profile)
    turn = talk.press(wish[1:]) if wish.startswith("@") else talk.say(wish)
    assert (turn.outcome, turn.form, turn.kinds[-1]) == ("smalltalk", None, "ask")
    assert len(turn.messages[-1]["buttons"]) >= 3  # two answers and the way out
    assert BANK.questions[standing(talk)].level == (1 if profile == "school" else 2)


@pytest.mark.parametrize("ask", ["小测验怎么用来上课", "测验的题目有没有版权", "考试题能不能发到网上"])
def test_a_question_about_quizzes_does_not_start_one(bot: Bot, ask: str) -> None:
    talk = bot.talk()
    talk.say(ask)
    assert bot.slots(talk)["quiz"] is None


@pytest.mark.parametrize("by", ["button", "letter", "words"])
def test_an_answer_is_marked_explained_and_followed_by_the_next_question(bot: Bot, by: str) -> None:
    talk = bot.talk(profile="school")
    talk.say("开始小测验")
    first = BANK.questions[standing(talk)]
    turn = answer(talk, right=True, by=by)
    assert "答对了" in turn.messages[0]["text"]
    assert first.wording("zh").why in turn.text
    assert "第2题" in turn.messages[-1]["text"]
    second = BANK.questions[standing(talk)]
    assert second.id != first.id
    turn = answer(talk, right=False, by=by)
    assert second.wording("zh").options[0] in turn.messages[0]["text"]
    assert "答对了" not in turn.text


def test_the_answer_is_nowhere_in_what_the_page_gets(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    turn = talk.say("开始小测验")
    question = BANK.questions[standing(talk)]
    sent = json.dumps(turn.messages, ensure_ascii=False)
    assert question.wording("zh").why not in sent
    places = [b["id"].rpartition(":")[2] for b in turn.messages[-1]["buttons"] if b["id"].startswith("quiz:")]
    assert places == [str(n) for n in range(len(places))]  # places as they are shown, not as they stand in the bank


def test_a_round_ends_with_the_score_and_what_to_read(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    ids = play(talk, right=False)
    assert len(ids) == QUESTIONS
    end = talk.turns[-1]
    assert f"答对0题，一共{QUESTIONS}题" in end.text
    cards = [b["id"] for b in end.buttons if b["id"].startswith("card:")]
    assert cards
    assert cards[0] == f"card:{BANK.questions[ids[0]].card}"
    assert talk.press(cards[0]).outcome == "answered"
    assert "start_quiz" in [b["id"] for b in end.buttons]


def test_it_gets_harder_with_right_answers(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    levels = [BANK.questions[i].level for i in play(talk)]
    assert levels == [1, 1, 2, 2, 3, 3, 3, 3]
    assert "全对" in talk.turns[-1].text


def test_no_question_comes_twice_in_a_session_not_even_after_starting_over(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    ids = play(talk)
    talk.say("重新开始")
    ids += play(talk, right=False)
    ids += play(talk)
    assert len(ids) == 3 * QUESTIONS
    assert len(set(ids)) == len(ids)


def test_when_every_question_was_seen_it_says_so(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    talk.say("你好")
    tracker = bot.run(bot.conversations._agent.tracker_store.retrieve(talk.session.id))
    from rasa.shared.core.events import SlotSet

    left = sorted(BANK.questions)[0]
    tracker.update(SlotSet("quiz_seen", sorted(set(BANK.questions) - {left})))
    bot.run(bot.conversations._agent.tracker_store.save(tracker))
    talk.say("开始小测验")
    assert standing(talk) == left
    turn = answer(talk, right=True)
    assert "所有的题你都做过" in turn.text
    assert bot.slots(talk)["quiz"] is None
    assert "所有的题你都做过" in talk.say("开始小测验").text


def test_an_answer_to_an_earlier_question_counts_for_nothing(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    talk.say("开始小测验")
    first = standing(talk)
    answer(talk, right=True)
    before = bot.slots(talk)["quiz"]
    for old in (f"quiz:{first}:0", f"quiz:{standing(talk)}:7", "quiz:x", "quiz:::", f"quiz:{standing(talk)}:-1", f"quiz:{standing(talk)}:١"):
        turn = talk.press(old)
        assert "已经答过" in turn.text
    assert bot.slots(talk)["quiz"] == before
    talk.say("退出")
    assert "已经答过" in talk.press(f"quiz:{first}:0").text


def test_a_question_in_the_middle_is_answered_and_the_quiz_goes_on(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    talk.say("开始小测验")
    asked = standing(talk)
    turn = talk.say("小学生能申请专利吗？")
    assert turn.card == "schools/child-apply-patent"
    assert BANK.questions[asked].wording("zh").ask in turn.messages[-1]["text"]
    assert standing(talk) == asked
    assert "点一个答案" in talk.say("啊啊").text
    assert standing(talk) == asked
    assert "第1题" in talk.say("继续").text


@pytest.mark.parametrize("way", ["退出", "不玩了，取消", "@cancel"])
def test_it_can_be_left_at_any_time(bot: Bot, way: str) -> None:
    talk = bot.talk(profile="school")
    talk.say("开始小测验")
    answer(talk, right=True)
    turn = talk.press(way[1:]) if way.startswith("@") else talk.say(way)
    assert "答了1题，答对1题" in turn.text
    assert bot.slots(talk)["quiz"] is None


def test_in_english(bot: Bot) -> None:
    talk = bot.talk(language="en", profile="school")
    turn = talk.say("start the quiz")
    question = BANK.questions[standing(talk)]
    assert question.wording("en").ask in turn.text
    turn = answer(talk, right=True)
    assert turn.messages[0]["text"].startswith("Right!")
    assert question.wording("en").why in turn.text


def test_inside_a_booking_the_quiz_waits(bot: Bot) -> None:
    talk = bot.talk()
    talk.say("我要预约咨询")
    turn = talk.say("开始小测验")
    assert bot.slots(talk)["quiz"] is None
    assert turn.form is not None
    assert turn.form["name"] == "consultation_form"


def test_small_talk_does_not_count_as_an_answer(bot: Bot) -> None:
    talk = bot.talk(profile="school")
    talk.say("开始小测验")
    before = bot.slots(talk)["quiz"]
    for line in ("你好", "谢谢", "你能做什么", "转人工"):
        talk.say(line)
    assert bot.slots(talk)["quiz"] == before
