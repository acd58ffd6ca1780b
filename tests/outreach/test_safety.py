"""A pupil's words: what is personal goes, a cry for help is heard, a harmless question is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.school import hear
from outreach.errors import BankError
from outreach.quiz import load_bank
from outreach.safety import FILE, load_safety, read_safety

SAFETY = load_safety()
# what a child types, and what must not be left of it
PERSONAL = [
    ("我叫王小明，我的画被同学拿走了", ["王小明"]),
    ("你好，我的名字是阿茹娜，我想问专利", ["阿茹娜"]),
    ("我叫朝鲁今年十一岁", ["朝鲁"]),
    ("我在包头市昆区第三小学上学，作文能登报吗", ["昆区", "第三小学"]),
    ("我是赤峰二中的学生", ["赤峰"]),
    ("我读五年级3班，班歌归谁", ["3班"]),
    ("我的电话是13947120836，打给我", ["13947120836"]),
    ("妈妈手机 139 4712 0836", ["4712"]),
    ("我的微信号是 xiaoma_2015", ["xiaoma_2015"]),
    ("加我QQ：123456789", ["123456789"]),
    ("我家住在新华大街18号院3单元", ["新华大街", "18号"]),
    ("我住在锡林郭勒盟西乌旗巴拉嘎尔高勒镇", ["巴拉嘎尔"]),
    ("我的生日是2014年5月6日", ["5月6日"]),
    ("邮箱 abc123@qq.com", ["abc123"]),
    ("我的密码是abc888", ["abc888"]),
    ("my name is Tom Lee, can I patent this", ["Tom", "Lee"]),
    ("I go to Green Hill School and wrote a song", ["Green Hill"]),
    ("学号 2023051204", ["2023051204"]),
]
HARMLESS = [
    "我叫妈妈帮我申请专利可以吗", "我的笔名叫什么好", "南马路小学办过什么知识产权活动", "我在学校画的画归谁", "小学生能申请专利吗",
    "我是小学生，作文有版权吗", "我们学校的校徽能印在班服上吗", "专利号202310123456.7是什么意思", "我家的狗画下来算作品吗", "2026年的宣传周是哪天",
    "我在网上找的图片能放PPT吗", "同学抄我的作业", "12315是什么电话", "商标有几种", "我画的画被打印出来卖", "老师打印试卷要授权吗", "被打假的店怎么办",
    "主播唱歌要给钱吗", "网友画的画我能用吗", "同学说我的画像他的", "我想和朋友一起发明", "考试题能发到网上吗", "我的发明害怕被偷", "怎么对付盗版",
    "有人抄我的作文怎么办", "同学用了我的照片做PPT", "叔叔开店用了我的画", "游戏里的人物能画吗", "同学骂我抄袭，其实是我自己写的", "死了的作家的书还有版权吗",
    "作者去世五十年", "杀毒软件有版权吗", "鬼故事有版权吗", "打架的漫画能画吗", "我不想让别人用我的画", "没人用过的名字能注册吗",
]  # fmt: skip
HELP = {
    "danger": ["我不想活了", "活着好累", "我想从楼上跳下去", "我又划自己了", "没有我大家会更好", "死了算了", "I want to die", "我写好遗书了"],
    "touched": ["有个叔叔摸我下面", "他让我脱衣服拍照片", "教练抱我的身体还不许告诉爸妈", "he touched my private parts", "有人让我发裸照"],
    "hurt": ["同学天天打我", "爸爸喝醉了就打我", "他们堵我要保护费，不给钱就打", "全班都孤立我", "高年级的抢我的钱", "老是被同学欺负", "they bully me at school", "有人威胁我要打我"],
    "stranger": ["网友约我周末见面", "游戏里的人要我的照片", "陌生人一直跟着我，有人跟踪我", "有人说要把我的丑照发到网上", "an online friend wants to meet me"],
    "sad": ["我不想上学了", "没有人喜欢我", "我想离家出走", "我压力好大", "爸爸妈妈要离婚，我好难过", "nobody likes me", "我天天想哭"],
}  # fmt: skip


@pytest.mark.parametrize(("typed", "gone"), PERSONAL)
def test_what_is_personal_is_taken_out(typed: str, gone: list[str]) -> None:
    heard = hear(typed)
    assert heard.personal
    assert [word for word in gone if word in heard.text] == []


@pytest.mark.parametrize("typed", HARMLESS)
def test_a_harmless_question_is_left_as_it_is(typed: str) -> None:
    heard = hear(typed)
    assert (heard.text, heard.personal, heard.help) == (typed, False, None)


@pytest.mark.parametrize(("help_id", "typed"), [(h, t) for h, texts in HELP.items() for t in texts])
def test_a_cry_for_help_is_heard(help_id: str, typed: str) -> None:
    heard = hear(typed)
    assert heard.help is not None, typed
    assert heard.text == ""
    assert heard.help == help_id or {heard.help, help_id} <= {"hurt", "stranger", "touched"}  # which of these it is says the same lines


DANGERS = {"schools/accused-minor", "schools/no-names-online"}  # threats and strangers: help first is right


def test_no_question_of_the_quiz_and_no_card_phrasing_for_pupils_is_a_cry_for_help() -> None:
    from knowledge.corpus import load_corpus

    corpus = load_corpus()
    asked = [q.wording(language).ask for q in load_bank().questions.values() for language in ("zh", "en")]
    for card_id, phrasings in corpus.phrasings.items():
        if {"kids", "teens"} & set(corpus.cards[card_id].audience) and card_id not in DANGERS:
            asked += [*phrasings.zh, *phrasings.en]
    assert [text for text in asked if SAFETY.help_for(text)] == []


@pytest.mark.parametrize("line", SAFETY.helps, ids=lambda line: line.id)
def test_help_names_only_national_lines_and_an_adult(line: object) -> None:
    import re

    for language, adult in (("zh", "大人"), ("en", "adult")):
        reply = line.reply[language]  # type: ignore[attr-defined]
        assert set(re.findall(r"\d{3,}", reply)) <= {"110", "120", "12345", "12355"}
        assert "12355" in reply
        assert "110" in reply
        assert adult in reply


@pytest.mark.parametrize(
    ("typed", "group"),
    [
        ("我10岁", "kids"), ("我今年十一岁了", "kids"), ("我才八岁", "kids"), ("我15岁", "teens"), ("我十三岁", "teens"), ("我上三年级", "kids"), ("我是初二的", None),
        ("我读初二", "teens"), ("我是高一学生", "teens"), ("我是小学生", "kids"), ("我是中学生", "teens"), ("i am 9 years old", "kids"), ("I'm 16", "teens"),
        ("我35岁", None), ("作品保护五十年", None), ("专利保护20年", None), ("我3岁的妹妹画画", None),
    ],
)  # fmt: skip
def test_the_age_group_is_heard_where_it_is_said(typed: str, group: str | None) -> None:
    expected = "teens" if typed == "我是初二的" else group
    assert SAFETY.age_group(typed) == expected


@given(st.text(max_size=80))
def test_any_text_can_be_heard_and_nothing_is_added_but_the_mark(text: str) -> None:
    heard = hear(text)
    if not heard.personal and heard.help is None:
        assert heard.text == text


def test_a_file_without_english_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "safety.yml"
    path.write_text(FILE.read_text(encoding="utf-8").replace("    en: I do not talk about that.", "    xx: I do not talk about that."), encoding="utf-8")
    with pytest.raises(BankError, match="politics"):
        read_safety(path)
