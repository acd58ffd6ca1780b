from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.hearing import (
    hear,
    hear_choice,
    hear_email,
    hear_title,
    is_interruption,
    label,
    mentions,
    says,
    says_under_14,
    title,
    vocabulary,
)
from desk.hearing_names import hear_name


@pytest.mark.parametrize("text", ["同意", "确认", "好的", "可以的", "嗯", " 是 。", "确认提交！", "I agree", "OK", "Yes.", "没问题"])
def test_yes_is_always_understood(text: str) -> None:
    assert says("agree", text)
    assert not says("refuse", text)


@pytest.mark.parametrize("text", ["没有", "不同意", "不用", "不", "跳过", "no", "None", "无"])
def test_no_is_always_understood(text: str) -> None:
    assert says("refuse", text)
    assert not says("agree", text)


@pytest.mark.parametrize("text", ["同意什么", "我不同意", "是不是", "好像不对", "可以改时间吗", ""])
def test_a_sentence_that_only_contains_yes_is_no_yes(text: str) -> None:
    assert not says("agree", text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫张丽，13812345678", "张丽"),
        ("我叫张丽想约明天", "张丽"),
        ("我是巴特尔·孟和，电话稍后给", "巴特尔·孟和"),
        ("姓名：王小明 电话：139", "王小明"),
        ("名字改成李四", "李四"),
        ("My name is Li Na, I need help", "Li Na"),
        ("I'm Anna O'Neil.", "Anna O'Neil"),
    ],
)
def test_a_name_is_heard_where_it_is_said(text: str, name: str) -> None:
    assert hear_name(text, asked=False) == name


@pytest.mark.parametrize("text", ["张丽", "王女士", "欧阳娜娜", "巴图孟和", "Li Na", "ᠪᠠᠭᠠᠲᠤᠷ", "阿拉腾·乌拉"])
def test_a_bare_name_is_heard_only_when_it_is_asked_for(text: str) -> None:
    assert hear_name(text, asked=True) == text
    assert hear_name(text, asked=False) is None


@pytest.mark.parametrize(
    "text", ["不想说", "为什么要名字？", "商标", "预约", "随便", "明天", "好的", "取消", "13812345678", "我是老板", "ok", "谁知道呢"]
)
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert hear_name(text, asked=True) is None


@pytest.mark.parametrize(
    "text", ["我12岁", "我今年13岁了想预约", "我才十岁", "我十三岁", "我是小学生", "我上三年级", "I am 12", "I'm 9 years old", "我刚１１周岁"]
)
def test_a_child_is_heard(text: str) -> None:
    assert says_under_14(text)


@pytest.mark.parametrize("text", ["我14岁", "我今年三十岁", "我二十一岁", "我孩子12岁", "I am 15", "保护12年", "公司成立10年", "我是老师", "I am a teacher"])
def test_who_is_14_or_speaks_of_something_else_is_no_child(text: str) -> None:
    assert not says_under_14(text)


@given(st.integers(1, 99))
def test_the_age_decides(age: int) -> None:
    assert says_under_14(f"我{age}岁") is (age < 14)


@pytest.mark.parametrize(("text", "number"), [("1", 0), ("第二个", 1), ("3。", 2), ("三", 2), ("２", 1), ("第1项", 0)])
def test_a_choice_is_heard_by_number(text: str, number: int) -> None:
    assert hear_choice(text, ["甲", "乙", "丙"]) == number


def test_a_choice_is_heard_by_its_title_and_not_beyond_the_list() -> None:
    assert hear_choice("By phone", ["On site", "by phone"]) == 1
    assert hear_choice("4", ["甲", "乙", "丙"]) is None
    assert hear_choice("丁", ["甲", "乙", "丙"]) is None
    assert hear_choice("12345", ["甲"] * 50) is None


def test_a_time_is_chosen_by_its_whole_title() -> None:
    offered = {"id-1": "11月24日（周二） 09:00", "id-2": "11月24日（周二） 10:00"}
    assert hear_title("11月24日（周二） 10:00", offered) == "id-2"
    assert hear_title("11月24日(周二) 10:00 ", offered) == "id-2"
    assert hear_title("11月24日", offered) is None


@pytest.mark.parametrize(
    ("group", "text", "value"),
    [
        ("right", "我的牌子被人抢注了", "trademark"),
        ("right", "外观设计被抄了", "patent"),
        ("right", "網店圖片侵權", "copyright"),
        ("right", "客户名单被带走", "trade_secret"),
        ("right", "今天天气", None),
        ("mode", "电话咨询", "phone"),
        ("mode", "腾讯会议", "video"),
        ("mode", "面对面聊", "on_site"),
        ("purpose", "我想改期", "move"),
        ("purpose", "取消预约", "cancel"),
    ],
)
def test_values_are_heard_by_how_people_name_them(group: str, text: str, value: str | None) -> None:
    assert hear(group, text) == value


def test_an_address_for_mail_is_heard() -> None:
    assert hear_email("邮箱 zhang.li@example.com，谢谢") == "zhang.li@example.com"
    assert hear_email("没有邮箱@") is None


def test_a_question_is_an_interruption_and_a_fact_is_none() -> None:
    assert is_interruption("那外观保护几年？")
    assert not is_interruption("呼和浩特")


def test_mongolian_is_wished_for() -> None:
    assert mentions("mongolian", "最好会讲蒙古语")


@pytest.mark.parametrize("group", ["right", "mode", "fields", "halves"])
def test_every_shown_title_stands_in_both_languages(group: str) -> None:
    for value in vocabulary()["titles"][group]:
        assert title(group, value, "zh")
        assert title(group, value, "en").isascii()


def test_the_titles_of_buttons_are_understood_when_typed() -> None:
    for language in ("zh", "en"):
        assert says("agree", label("agree", language))
        assert says("agree", label("confirm", language))
        assert says("refuse", label("refuse", language))
        assert says("refuse", label("skip", language))
        for mode in vocabulary()["mode"]:
            assert hear("mode", title("mode", mode, language)) == mode
        for right in vocabulary()["right"]:
            assert hear("right", title("right", right, language)) == right
