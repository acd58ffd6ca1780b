"""The trained classifier on sentences that stand in no training file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.support.bot import Bot

# written for this test; a test below says that none of them is in nlu.yml
LABELLED = {
    "greet": ["哈喽你好呀", "早上好啊", "good day to you"],
    "thanks": ["太感谢你啦", "多谢多谢", "thanks a million"],
    "goodbye": ["那我先走了拜拜", "回头见", "see you later"],
    "help": ["你都能帮我干些啥", "怎么用你啊", "what are you able to do"],
    "human": ["帮我接一下人工客服", "我想跟真人说话", "can I speak with a human being"],
    "start_over": ["全部清空重新来一遍", "从头再来吧"],
    "language_en": ["请换成英语", "speak English please"],
    "book_consultation": ["想约个专家当面聊聊", "帮我预约一个维权援助的咨询", "我想预约专家面谈", "I'd like to book a consultation with an expert"],
    "lookup_case": ["帮我查一下之前的预约", "我的预约查询一下", "check my appointment please"],
    "move_booking": ["我那个预约能不能改个时间", "约好的咨询想换个日子", "I need to reschedule my appointment"],
    "cancel_booking": ["我不去咨询了帮我取消预约", "取消我的预约吧", "please cancel my appointment"],
    "cancel": ["算了不填了", "先不弄了，取消吧", "never mind, cancel"],
    "ask": [
        "外观设计专利第几年开始交年费",
        "奶茶店门头被人仿冒该找哪个部门",
        "写的小说被搬到别的网站上去了",
        "商标注册证丢了补办要什么材料",
        "离职员工带走客户名单算不算侵犯商业秘密",
        "地理标志和集体商标有啥区别",
        "today is the weather nice in Hohhot",
        "软件登记大概需要几个工作日",
        "can I trademark a colour",
        "预约挂号去哪个医院",
        "取消商标注册要多少钱",
        "专利申请能不能撤回",
        "怎么查询商标有没有被注册",
        "质押融资的利息是多少",
        "专利权人变更了要不要登记",
    ],
    "inform": ["13947120836", "202310123456.7", "300万元", "91150602MA0QXXXX12", "0476-8812345"],
}
CASES = [(intent, text) for intent, texts in LABELLED.items() for text in texts]
TRANSACTIONS = {"book_consultation", "lookup_case", "move_booking", "cancel_booking", "start_pledge", "withdraw_pledge", "leave_question"}


def understood(bot: Bot, text: str) -> str:
    return str(bot.run(bot.agent.parse_message(text))["intent"]["name"])


def training_sentences() -> set[str]:
    data = yaml.safe_load((Path(__file__).resolve().parents[2] / "bot" / "training" / "nlu.yml").read_text(encoding="utf-8"))
    return {line.removeprefix("- ").strip() for entry in data["nlu"] for line in str(entry.get("examples", "")).splitlines()}


def test_none_of_the_sentences_is_a_training_sentence() -> None:
    known = training_sentences()
    assert len(CASES) >= 30
    assert [text for _, text in CASES if text in known] == []


def test_a_question_is_never_taken_for_a_transaction(bot: Bot) -> None:
    assert [(t, i) for t in LABELLED["ask"] if (i := understood(bot, t)) in TRANSACTIONS] == []


def test_bare_facts_are_facts(bot: Bot) -> None:
    assert [t for t in LABELLED["inform"] if understood(bot, t) != "inform"] == []


def test_at_least_nine_of_ten_sentences_are_understood(bot: Bot) -> None:
    wrong = [(text, intent, found) for intent, text in CASES if (found := understood(bot, text)) != intent]
    assert len(wrong) <= len(CASES) // 10, wrong


def test_what_follows_the_first_200_characters_changes_nothing(bot: Bot) -> None:
    question = "我在呼和浩特开了一家奶茶店，门头和杯子都是自己设计的。" * 8
    assert len(question) > 200
    assert understood(bot, question + "我要预约咨询，取消预约") == understood(bot, question)


@pytest.mark.parametrize("text", ["嗯", "a", "？", "😀", "ᠮᠣᠩᠭᠣᠯ", "专" * 2000, "1234567890" * 200])
def test_any_text_has_an_intent_and_is_no_transaction(bot: Bot, text: str) -> None:
    assert understood(bot, text) not in TRANSACTIONS
