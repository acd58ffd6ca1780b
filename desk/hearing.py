"""Hearing facts in what people type into a form. Pure functions; the vocabulary is in dialogue.yml."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from knowledge.text import is_question, normalise

VOCABULARY = Path(__file__).with_name("dialogue.yml")
_NAME_SAID = re.compile(
    r"(?:我叫|我是|姓名(?:是|为|[:：])?|名字(?:是|叫|改成|改为|换成|[:：])?|联系人(?:是|[:：])?|my name is|i am|i'm|name[: ]+)\s*"
    r"(?P<name>[\u4e00-\u9fff·]{2,6}?(?=$|[，,。；;\s!！、]|电话|手机|想|要|在|，)|[A-Za-z][A-Za-z .'-]{1,40}?(?=$|[,.;]))",
    re.I,
)
_NAME = re.compile(r"[\u4e00-\u9fff]{1,4}(?:[·•][\u4e00-\u9fff]{1,10})*[\u4e00-\u9fff]{1,3}|[A-Za-z][A-Za-z.'-]*(?: [A-Za-z.'-]+){0,4}|[\u1820-\u18aa\s]{2,40}")
_NOT_A_NAME = re.compile(
    r"商标|专利|版权|咨询|预约|公司|老板|店|什么|怎么|可以|不|没|是|好|行|嗯|同意|确认|继续|取消|电话|视频|现场|明天|后天|今天|周|月|"
    r"谢|哪|谁|随便|都|知道|侵权|律师|人工|你|我|它|这|那|yes|no|ok|help|cancel|the|phone|video"
)
_SURNAME_TITLE = re.compile(r"^(?:姓)?[\u4e00-\u9fff](?:先生|女士|老师|师傅)$")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_YOUNG = re.compile(
    r"我(?:今年|才|刚|现在)?(?P<age>\d{1,2}|[一二三四五六七八九十]{1,3})(?:周)?岁|"
    r"(?:i am|i'm) (?P<en>\d{1,2})(?: years old)?\b|我是小学生|我上[一二三四五六]年级"
)
_ORDINAL = re.compile(r"(?:第)?([1-9]\d?|[一二三四五六七八九十])(?:个|项|号|、|\.)?$")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")}
ADULT_CONSENT = 14  # 个人信息保护法 art. 31: under 14 a guardian consents


@functools.cache
def vocabulary() -> Mapping[str, Any]:
    """The dialogue vocabulary, read once."""
    data: Mapping[str, Any] = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))
    return data


def title(group: str, value: str, language: str) -> str:
    """How a value is shown."""
    return str(vocabulary()["titles"][group][value]["en" if language == "en" else "zh"])


def label(name: str, language: str) -> str:
    """A single title."""
    return str(vocabulary()["titles"][name]["en" if language == "en" else "zh"])


def hear(group: str, text: str) -> str | None:
    """The value of a group (right, mode) that the text names by its longest word; None when it names none."""
    said = normalise(text)
    found = [(len(word), value) for value, names in vocabulary()[group].items() for word in names if word in said]
    return max(found)[1] if found else None


def says(group: str, text: str) -> bool:
    """Whether the whole text is one of the group's words (yes, no), give or take punctuation and 的/了."""
    said = re.sub(r"[\s,，。.!！~]+|[的了吧啊呀]$", "", normalise(text))
    return said in {re.sub(r"\s+", "", str(w)) for w in vocabulary()[group]}


def mentions(group: str, text: str) -> bool:
    """Whether the text contains one of the group's words."""
    said = normalise(text)
    return any(word in said for word in vocabulary()[group])


def hear_name(text: str, *, asked: bool) -> str | None:
    """A person's name: after 我叫 and the like, or, when asked for, a short text that can be one."""
    if match := _NAME_SAID.search(text):
        name = match["name"].strip()
        if not _NOT_A_NAME.search(name.lower()):
            return name
    bare = text.strip(" ，,。.!！")
    if not asked or is_question(bare) or _NOT_A_NAME.search(bare.lower()):
        return None
    return bare if _NAME.fullmatch(bare) or _SURNAME_TITLE.match(bare) else None


def hear_email(text: str) -> str | None:
    """An e-mail address; None when there is none."""
    match = _EMAIL.search(text)
    return match[0] if match else None


def says_under_14(text: str) -> bool:
    """Whether somebody says to be younger than 14."""
    match = _YOUNG.search(normalise(text))
    if match is None:
        return False
    said = match["age"] or match["en"]
    if not said:
        return True
    if said.isdigit():
        return int(said) < ADULT_CONSENT
    tens, _, ones = said.partition("十")
    number = (_DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)) if "十" in said else _DIGITS.get(said, 99)
    return number < ADULT_CONSENT


def hear_choice(text: str, titles: Sequence[str]) -> int | None:
    """Which of numbered choices is meant: by number or by title; None when neither."""
    said = normalise(text).strip(" ，,。.!！")
    if match := _ORDINAL.match(said):
        number = int(match[1]) if match[1].isdigit() else _DIGITS[match[1]]
        return number - 1 if 1 <= number <= len(titles) else None
    shown = [normalise(t) for t in titles]
    return shown.index(said) if said in shown else None


def hear_title(text: str, offered: Mapping[str, str]) -> str | None:
    """The value among `offered` (value -> title) whose title is typed in full; None when none is."""
    said = normalise(text).strip(" ，,。.!！")
    return next((value for value, title in offered.items() if normalise(title) == said), None)


def is_interruption(text: str) -> bool:
    """Whether a text asks something rather than tells a fact."""
    return is_question(text)
