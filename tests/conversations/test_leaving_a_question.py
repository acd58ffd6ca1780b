"""Leaving a question for the office and reading the reply, through the real agent."""

from __future__ import annotations

import re

import pytest

from casework.cases import CaseFilter, CaseKind
from tests.support.bot import Bot, Talk

QUESTION = "我家的风味酸奶想用别人的注册商标做包装，对方口头同意了算不算数？"


def left(talk: Talk, contact: str = "没有") -> str:
    """A question left to the end; its reference."""
    turn = talk.all("留言给工作人员", QUESTION, "同意", contact, "确认")
    assert turn.reference is not None
    return turn.reference


def stored(bot: Bot) -> list[tuple[str, str, str, str]]:
    with bot.container.store(read_only=True) as unit:
        cases = unit.cases.select(CaseFilter((CaseKind.ENQUIRY,)))
        return [(c.state, c.sealed_facts["question"], c.person.phone, c.person.email) for c in cases]


def test_a_question_is_left_without_contact_and_the_reply_is_read_with_the_code(bot: Bot) -> None:
    talk = bot.talk()
    assert talk.say("留言给工作人员").asks == "e_question"
    turn = talk.say(QUESTION)
    assert (turn.asks, turn.step, turn.outcome) == ("e_consent", (2, 4), "collecting")
    assert talk.say("同意").asks == "e_contact"
    turn = talk.say("没有")
    assert turn.asks == "e_review"
    assert turn.text.rstrip().endswith("确认提交吗？")
    turn = talk.say("确认")
    assert (turn.outcome, turn.form) == ("handed_over", None)
    assert re.search(r"编号：LY-\d{3}-\d{3}-\d{3}", turn.text)
    code = re.search(r"查询码：(\d{4})", turn.text)
    assert code is not None
    assert stored(bot) == [("open", QUESTION, "", "")]

    reference = str(turn.reference)
    assert "还没有答复" in talk.all("查留言", reference, code[1]).text
    bot.container.enquiry_service.reply(reference, "wang", "口头同意不稳妥，请签书面许可合同并备案。")
    turn = bot.talk().say(f"查留言 {reference} {code[1]}")
    assert turn.outcome == "looked_up"
    assert "请签书面许可合同" in turn.text


def test_a_phone_is_masked_when_said_back_and_opens_the_reply(bot: Bot) -> None:
    talk = bot.talk()
    turn = talk.all("我要留言", QUESTION, "同意", "13812345678")
    assert "138****5678" in turn.text
    assert "13812345678" not in turn.text
    turn = talk.say("确认提交")
    assert "电话后四位" in turn.text
    assert "查询码" not in turn.text
    assert stored(bot)[0][2] == "+8613812345678"
    assert bot.talk().say(f"查留言 {turn.reference} 5678").outcome == "looked_up"
    assert bot.talk().say(f"查留言 {turn.reference} 1111").outcome == "refused"


def test_everything_works_by_buttons_too(bot: Bot) -> None:
    talk = bot.talk()
    talk.say("转人工")
    assert talk.press("留言给工作人员").asks == "e_question"
    talk.say(QUESTION)
    talk.press("同意")
    talk.press("没有")
    assert talk.press("确认提交").outcome == "handed_over"


def test_the_question_may_come_with_the_wish(bot: Bot) -> None:
    talk = bot.talk()
    assert talk.say("我要留言：奶茶店招牌和别人的商标很像，会被罚多少钱").asks == "e_consent"
    talk.all("同意", "没有", "确认")
    assert stored(bot)[0][1] == "奶茶店招牌和别人的商标很像，会被罚多少钱"


def test_the_question_without_an_answer_is_offered(bot: Bot) -> None:
    talk = bot.talk()
    asked = "我的马克思主义读书会和别的读书会重名是不是要交马克币"
    for _ in range(3):
        if talk.say(asked).outcome == "not_found":
            break
    turn = talk.press("leave_question")
    assert asked in turn.text
    assert talk.press("就是这个问题").asks == "e_consent"
    assert talk.all("同意", "没有", "确认").outcome == "handed_over"
    assert stored(bot)[0][1] == asked
    assert asked not in talk.say("留言给工作人员").text


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(bot: Bot) -> None:
    talk = bot.talk()
    talk.all("留言给工作人员", QUESTION)
    turn = talk.say("发明专利保护多少年？")
    assert turn.outcome in ("answered", "clarify")
    assert turn.asks == "e_consent"
    assert talk.all("同意", "没有", "确认").outcome == "handed_over"


def test_nothing_is_kept_without_consent(bot: Bot) -> None:
    for no in ("不同意", "2"):
        talk = bot.talk()
        talk.all("留言给工作人员", QUESTION)
        turn = talk.say(no)
        assert (turn.outcome, turn.form) == ("cancelled", None)
        assert bot.slots(talk)["e_question"] is None
    assert stored(bot) == []


def test_cancelling_leaves_a_way_back(bot: Bot) -> None:
    talk = bot.talk()
    talk.all("留言给工作人员", QUESTION, "同意")
    turn = talk.say("取消")
    assert (turn.outcome, turn.form) == ("cancelled", None)
    assert "暂留的时间" not in turn.text
    assert talk.say("继续").asks == "e_contact"
    assert talk.all("没有", "确认").outcome == "handed_over"


def test_the_review_takes_corrections(bot: Bot) -> None:
    talk = bot.talk()
    turn = talk.all("留言给工作人员", QUESTION, "同意", "没有", "zhangli@example.com")
    assert turn.asks == "e_review"
    assert "z***@example.com" in turn.text
    turn = talk.say("问题：外观设计专利要不要年年交费")
    assert "外观设计专利要不要年年交费" in turn.text
    assert talk.say("确认").outcome == "handed_over"
    assert stored(bot) == [("open", "外观设计专利要不要年年交费", "", "zhangli@example.com")]


def test_a_bad_phone_is_explained_then_shown_by_example_then_the_hotline_helps(bot: Bot) -> None:
    talk = bot.talk()
    turn = talk.all("留言给工作人员", QUESTION, "同意", "1381234")
    assert "位数不够" in turn.text
    assert turn.asks == "e_contact"
    assert "比如" in talk.say("1381234").text
    assert "12345" in talk.say("1381234").text
    assert talk.say("不用了，没有").asks in ("e_contact", "e_review")


def test_a_forged_consent_button_is_not_taken(bot: Bot) -> None:
    talk = bot.talk()
    talk.say("留言给工作人员")
    talk.press("v:e_consent:yes")
    talk.press("v:e_contact:+8613812345678")
    assert bot.slots(talk)["e_consent"] is None
    assert bot.slots(talk)["e_contact"] is None


@pytest.mark.parametrize(("profile", "lines"), [("public", ["留言给工作人员", "我今年12岁，想问发明比赛"]), ("school", ["留言给工作人员"])])
def test_children_and_school_sessions_leave_nothing(bot: Bot, profile: str, lines: list[str]) -> None:
    turn = bot.talk(profile=profile).all(*lines)
    assert (turn.outcome, turn.form) == ("refused", None)
    assert stored(bot) == []


def test_a_second_question_in_one_conversation_is_another_case(bot: Bot) -> None:
    talk = bot.talk()
    assert left(talk) != left(talk)
    assert len(stored(bot)) == 2


def test_the_owner_withdraws_a_question(bot: Bot) -> None:
    talk = bot.talk()
    reference = left(talk, "13812345678")
    turn = talk.say(f"我要撤回留言 {reference} 5678")
    assert turn.text.rstrip().endswith("确认提交吗？")
    assert talk.say("确认").outcome == "withdrawn"
    assert stored(bot)[0][0] == "withdrawn"
    assert "已经撤回" in talk.say(f"查留言 {reference} 5678").text


def test_english(bot: Bot) -> None:
    talk = bot.talk(language="en")
    turn = talk.say("leave a message")
    assert "Please write your question" in turn.text
    turn = talk.all("Can a dairy in Hohhot use a foreign certification mark on its yoghurt cups?", "agree", "none", "confirm")
    assert turn.outcome == "handed_over"
    assert re.search(r"Code: \d{4}", turn.text)
