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
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_YOUNG = re.compile(
    r"我(?:今年|才|刚|现在)?(?P<age>\d{1,2}|[一二三四五六七八九十]{1,3})(?:周)?岁|"
    r"(?:i am|i'm) (?P<en>\d{1,2})(?: years old)?\b|我是小学生|我上[一二三四五六]年级"
)
_NUMBER = r"[1-9]\d?|十[一二]?|[一二两三四五六七八九]"
_ORDINAL = re.compile(
    rf"(?:我?(?:就|要|选|选择|那就|就选|就要|想要|还是)*)?(?:(?:选项|option|number|no\.?|the)\s*)?(?:第\s*)?(?P<n>{_NUMBER})\s*"
    r"(?:个|项|号|条|种|场|、|\.)?(?:时间|时段|选项|的)?(?:吧|可以|就行|就可以|行|好了|好)?"
)
_ENGLISH_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ENGLISH_ORDINAL = re.compile(rf"(?:i'?ll take |i choose |let'?s take )?(?:the )?(?P<word>{'|'.join(_ENGLISH_ORDINALS)})(?: one| time| option)?(?: please)?")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
# What is asked for more than a yes: a question that a form cannot answer.
_WH = re.compile(
    r"怎么|怎样|如何|什么|啥|多少|为何|为啥|为什么|凭什么|哪|谁|几(?!号|点|家)|多久|多长|区别|干嘛|咋|要不要|会不会|收费|要钱|\b(?:how|what|when|where|who|which|why)\b"
)
_WISH_IN_A_QUESTION = re.compile(
    r"可以|能不能|可不可以|能否|可否|行不|行吗|行么|成吗|中不中|好吗|好不好|有没有|有空|方便|改|换|调|"
    r"\b(?:can|could|may|is|do you have|what about|how about)\b"
)
_WHY = re.compile(r"为什么|为啥|干嘛|干什么|做什么|凭什么|有什么用|必须|一定要|非得|\bwhy\b|what .*\bfor\b|\bhave to\b|\bmust i\b")
_PERSONAL = re.compile(r"名字|姓名|电话|手机|号码|邮箱|个人信息|信息|资料|\b(?:name|phone|number|e-?mail|details|data|information)\b")
_HOW_LONG = re.compile(
    r"(?:咨询|谈|聊|每场|一场|一次).{0,6}(?:多长时间|多久|几个小时|多少分钟|几小时)|"
    r"how long (?:does|is|will) (?:it|the (?:consultation|meeting|appointment|call))"
)
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


@functools.cache
def _whole(group: str) -> re.Pattern[str]:
    """Texts that consist of the group's words and of fillers, at least one word among them."""

    def either(words: Sequence[str]) -> str:
        return "|".join(re.escape(_tight(str(w))) for w in sorted(words, key=lambda w: -len(str(w))))

    words, fillers = either(vocabulary()[group]), either(vocabulary()["fillers"])
    return re.compile(f"(?:{fillers})*(?:{words})(?:{words}|{fillers})*")


def _tight(text: str) -> str:
    return re.sub(r"[\s,，.。!！~～、…;；:：]+", "", normalise(text))


def says(group: str, text: str) -> bool:
    """Whether the whole text is made of the group's words (yes, no), with nothing but padding beside them."""
    said = _tight(text)
    return 0 < len(said) <= 40 and bool(_whole(group).fullmatch(said))


def mentions(group: str, text: str) -> bool:
    """Whether the text contains one of the group's words."""
    said = normalise(text)
    return any(word in said for word in vocabulary()[group])


def clauses(text: str) -> list[str]:
    """The text in parts, at commas and full stops."""
    return [part for part in (p.strip() for p in re.split(r"[，,。；;！!？?\n]", text)) if part]


def agrees_first(text: str) -> bool:
    """同意，我叫王建国: whether the first part says yes and no part says no."""
    parts = clauses(text)
    return bool(parts) and says("agree", parts[0]) and not any(says("refuse", part) for part in parts)


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


def hear_choice(text: str, titles: Sequence[str], *, days: bool = False) -> int | None:
    """Which of numbered choices is meant: by number, or by a title that only one of them has; None when neither.

    `days`: the choices are times, so 3号 is a day and no number.
    """
    said = normalise(text).strip(" ，,。.!！“”\"'「」")
    number = None if days and said.endswith("号") else _number(said)
    if number is not None:
        return number - 1 if 1 <= number <= len(titles) else None
    shown = [normalise(t) for t in titles]
    if said in shown:
        return shown.index(said)
    named = [n for n, name in enumerate(shown) if name and (name in said or (len(said) >= 2 and said in name))]
    return named[0] if len(named) == 1 and not days and len(said) <= 24 and not asks(text) else None


def _number(said: str) -> int | None:
    if match := _ORDINAL.fullmatch(said):
        word = match["n"]
        if word.isdigit():
            return int(word)
        return 10 + _DIGITS.get(word[1:], 0) if word[0] == "十" else _DIGITS[word]
    if match := _ENGLISH_ORDINAL.fullmatch(said):
        return _ENGLISH_ORDINALS.index(match["word"]) + 1
    return None


def hear_title(text: str, offered: Mapping[str, str]) -> str | None:
    """The value among `offered` (value -> title) whose title is typed in full; None when none is."""
    said = normalise(text).strip(" ，,。.!！")
    return next((value for value, title in offered.items() if normalise(title) == said), None)


def asks(text: str) -> bool:
    """Whether a text asks for an explanation: how, why, how long."""
    return bool(_WH.search(normalise(text)))


def about_the_form(text: str) -> str | None:
    """为什么要电话, 这个咨询多长时间: what is asked about the form itself (`why`, `how_long`), else None."""
    said = normalise(text)
    if _WHY.search(said) and _PERSONAL.search(said) and len(said) <= 40:
        return "why"
    return "how_long" if _HOW_LONG.search(said) else None


def is_interruption(text: str) -> bool:
    """Whether a text asks something rather than tells a fact; 下周三上午可以吗 tells one."""
    if asks(text):
        return True
    return is_question(text) and not _WISH_IN_A_QUESTION.search(normalise(text))
