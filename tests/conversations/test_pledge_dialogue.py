"""The pledge-financing intake as conversations with the real bot."""

from __future__ import annotations

import pytest

from tests.casework.pledge.factories import CODE
from tests.support.pdf import pdf_text

FIRST = "我们公司有三项发明专利想质押融资300万，注册地在包头"
ANSWERS = {
    "p_kinds": "三项发明专利",
    "p_status": "有效，年费都交了",
    "p_owner": "公司自己的",
    "p_burdens": "没有",
    "p_region": "包头",
    "p_applicant": "企业",
    "p_amount": "300万",
    "p_years": "3年",
    "p_left": "还剩12年",
    "p_value": "800万",
    "p_consent": "同意",
    "p_company": "内蒙古示例科技有限公司",
    "p_code": CODE,
    "p_numbers": "ZL200310102344.5",
    "p_name": "王小明",
    "p_phone": "13812345678",
    "p_review": "确认",
}


def answered(talk, turn, until="", **changes):
    """Answer whatever is asked until a field is asked for (or the form ends)."""
    answers = ANSWERS | changes
    for _ in range(25):
        if turn.asks is None or turn.asks == until:
            return turn
        turn = talk.say(answers[turn.asks])
    raise AssertionError(f"stuck at {turn.asks}: {turn.text}")


def test_everything_at_once_is_not_asked_again(bot):
    turn = bot.talk().say(FIRST)
    assert turn.asks == "p_status"
    assert all(fact in turn.text for fact in ("发明专利", "包头", "300万元"))


@pytest.mark.parametrize(
    "opening",
    [
        "我要办质押融资",
        "申请专利质押融资",
        "我想用商标质押贷款",
        "我们公司想拿专利去银行贷款500万",
        "帮我做个质押预检",
        "公司有两个软著，想质押融资，帮我登记",
        "我们要贷款，有实用新型可以质押",
        "start a pledge financing intake",
    ],
)
def test_many_ways_of_saying_it_open_the_form(bot, opening):
    turn = bot.talk().say(opening)
    assert turn.form is not None
    assert turn.form["name"] == "pledge_form"


def test_a_whole_intake_ends_with_reference_checklist_and_summary(bot):
    talk = bot.talk()
    asked = answered(talk, talk.say(FIRST), until="p_consent")
    assert asked.outcome == "precheck"
    assert "有条件谈" in asked.text
    assert asked.citations
    review = answered(talk, asked, until="p_review")
    assert "确认提交吗" in review.text
    assert "13812345678" not in review.text
    assert CODE not in review.text
    done = talk.say("确认提交")
    assert done.outcome == "intake_submitted"
    assert done.reference
    assert done.reference.startswith("ZY-")
    assert f"编号：{done.reference}" in done.text
    assert "营业执照" in done.text
    assert "示例·" in done.text
    token = done.links[0]["url"].removeprefix("/intake/").removesuffix(".pdf")
    pdf = bot.container.intake_summary(token, "zh")
    assert done.reference in pdf_text(pdf)
    assert bot.container.intake_summary(done.reference, "zh") is None


def test_status_by_reference_and_digits_then_withdrawal(bot):
    talk = bot.talk()
    reference = answered(talk, talk.say(FIRST)).reference
    stranger = bot.talk()
    assert stranger.say(f"查询办件 {reference} 0000").outcome == "refused"
    shown = stranger.say(f"查询办件 {reference} 5678")
    assert (shown.outcome, shown.reference) == ("looked_up", reference)
    assert "已提交" in shown.text
    assert "确认提交吗" in stranger.say(f"撤回质押申请 {reference} 5678").text
    assert stranger.say("确认").outcome == "withdrawn"
    assert "撤回" in stranger.say(f"查询办件 {reference} 5678").text


def test_a_question_in_between_is_answered_and_the_field_asked_again(bot):
    talk = bot.talk()
    talk.say(FIRST)
    turn = talk.say("发明专利保护多少年？")
    assert turn.outcome == "answered"
    assert turn.asks == "p_status"


def test_a_corrected_fact_changes_the_precheck(bot):
    talk = bot.talk()
    asked = answered(talk, talk.say(FIRST), until="p_consent")
    assert "有条件谈" in asked.text
    again = talk.say("金额改成900万")
    assert again.outcome == "precheck"
    assert "要先补" in again.text
    assert again.asks == "p_consent"


def test_a_rough_amount_is_asked_back(bot):
    talk = bot.talk()
    answered(talk, talk.say("我要办质押融资"), until="p_amount")
    turn = talk.say("五百多万")
    assert turn.asks == "p_amount"
    assert "600万元" in turn.text
    assert talk.say("0元").asks == "p_amount"
    assert talk.say("-5万").asks == "p_amount"
    assert talk.say("500万").asks == "p_years"


def test_a_wrong_code_is_explained_and_not_repaired(bot):
    talk = bot.talk()
    answered(talk, talk.say(FIRST), until="p_code")
    turn = talk.say(CODE[:16] + "O" + CODE[17])
    assert "第17位是“O”" in turn.text
    assert turn.asks == "p_code"
    assert "校验位" in talk.say(CODE[:-1] + "M").text
    assert talk.say(CODE).asks == "p_numbers"
    assert "校验位" in talk.say("ZL200310102344.6").text
    assert talk.say("不清楚").asks == "p_name"


@pytest.mark.parametrize(
    ("changes", "result", "reason"),
    [
        ({"p_status": "还在申请"}, "现在还不行", "还在申请中"),
        ({"p_status": "已经过期了"}, "现在还不行", "已经失效"),
        ({"p_status": "年费没交"}, "要先补", "年费欠着"),
        ({"p_owner": "跟大学共有，还没同意"}, "要先补", "共有人还没同意"),
        ({"p_owner": "老板个人名下"}, "现在还不行", "登记的权利人是别人"),
        ({"p_burdens": "已经质押给银行了"}, "要先补", "已经质押给别人"),
        ({"p_burdens": "被法院查封了"}, "现在还不行", "查封"),
        ({"p_burdens": "有人提了无效宣告"}, "要先补", "无效"),
        ({"p_region": "在北京"}, "现在还不行", "不在内蒙古"),
        ({"p_applicant": "个人"}, "要先补", "个人也可以出质"),
        ({"p_left": "2年"}, "要先补", "只剩2年"),
        ({"p_status": "不清楚", "p_value": "没评估"}, "要先补", "待确认"),
        ({"p_kinds": "两件商标、一个软著和三项专利"}, "有条件谈", "商标在有效期内"),
    ],
)
def test_the_precheck_gives_result_and_reason(bot, changes, result, reason):
    talk = bot.talk()
    turn = answered(talk, talk.say("我要办质押融资"), until="p_consent", **changes)
    assert turn.outcome == "precheck"
    assert result in turn.text
    assert reason in turn.text


def test_a_trade_secret_alone_ends_with_the_precheck_and_no_more_questions(bot):
    talk = bot.talk()
    talk.say("我要办质押融资")
    turn = talk.say("祖传配方")
    assert turn.outcome == "precheck"
    assert turn.asks is None
    assert "现在还不行" in turn.text


def test_declining_consent_keeps_the_precheck_and_stores_nothing(bot):
    talk = bot.talk()
    answered(talk, talk.say(FIRST), until="p_consent")
    turn = talk.say("不同意")
    assert turn.outcome == "cancelled"
    assert turn.asks is None
    assert talk.say("继续").asks == "p_consent"


def test_cancelling_and_continuing_asks_on_where_it_stopped(bot):
    talk = bot.talk()
    answered(talk, talk.say(FIRST), until="p_years")
    assert talk.say("取消").outcome == "cancelled"
    assert talk.say("继续").asks == "p_years"


def test_a_private_person_is_not_asked_for_company_and_code(bot):
    talk = bot.talk()
    turn = answered(talk, talk.say("我要办质押融资"), until="p_consent", p_applicant="个人")
    assert talk.say("同意").asks == "p_numbers"
    assert turn.outcome == "precheck"


def test_a_switch_to_a_consultation_and_back(bot):
    talk = bot.talk()
    answered(talk, talk.say(FIRST), until="p_years")
    assert talk.press("book_consultation").form["name"] == "consultation_form"
    back = talk.press("start_pledge")
    assert (back.form["name"], back.asks) == ("pledge_form", "p_years")


def test_a_school_session_is_refused(bot):
    assert bot.talk(profile="teens").press("start_pledge").outcome == "refused"


def test_a_child_under_fourteen_is_refused_and_forgotten(bot):
    talk = bot.talk()
    talk.say(FIRST)
    turn = talk.say("我今年12岁")
    assert turn.outcome == "refused"
    assert turn.asks is None
    assert not any(bot.slots(talk)[name] for name in ANSWERS)


def test_a_button_that_was_not_offered_changes_nothing(bot):
    talk = bot.talk()
    talk.say(FIRST)
    assert talk.press("v:p_review:yes").asks == "p_status"
    assert talk.press("v:p_status:approved").asks == "p_status"
    assert talk.press("v:p_status:paid").asks == "p_owner"


def test_the_whole_form_speaks_english(bot):
    talk = bot.talk(language="en")
    turn = talk.say("start a pledge financing intake")
    english = {
        "p_kinds": "three invention patents", "p_status": "in force, fees paid", "p_owner": "our own", "p_burdens": "none",
        "p_region": "Baotou", "p_applicant": "company", "p_amount": "3 million yuan", "p_years": "3 years", "p_left": "12 years",
        "p_value": "not valued", "p_consent": "agree",
    }  # fmt: skip
    asked = answered(talk, turn, until="p_consent", **english)
    assert asked.outcome == "precheck"
    assert "worth talking to a bank" in asked.text
    assert not any("\u4e00" <= c <= "\u9fff" for c in asked.messages[0]["text"])
