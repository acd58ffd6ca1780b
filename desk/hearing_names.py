"""Hearing what somebody is called. Pure functions; the words that are no names are in dialogue.yml."""

from __future__ import annotations

import functools
import re

from desk.hearing import vocabulary
from knowledge.text import is_question, normalise

_END = r"(?=$|[，,。；;\s!！、]|电话|手机|想|要|在|联系)"
_SAID = re.compile(
    rf"(?:我叫|我名叫|本人叫|姓名(?:是|为|[:：])?|名字(?:是|叫|改成|改为|换成|[:：])?|联系人(?:是|叫|[:：])?|叫我|称呼我?|(?:^|[，,。\s])(?:应该)?(?:是)?叫)\s*"
    rf"(?P<name>[\u4e00-\u9fff·•]{{1,12}}?)(?:就行|就好|就可以|即可|吧|啊)?{_END}"
    r"|(?:我是|我姓名是)\s*(?P<maybe>[\u4e00-\u9fff·•]{2,10}?)(?=$|[，,。；;\s!！、]|电话|手机|想|要)"
    r"|(?:my name(?: is|'s)|i am|i'm|\bname: ?|call me)\s*(?P<latin>[A-Za-z][A-Za-z .'-]{1,40}?)(?=$|[,.;]| and | my | i )",
    re.I,
)
_SURNAME_ONLY = re.compile(r"(?:我|本人|免贵)?姓(?P<name>[\u4e00-\u9fff]{1,2})(?=$|[，,。\s])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{1,12}(?:[·•][\u4e00-\u9fff]{1,10})*")
_LATIN = re.compile(r"[A-Za-z][A-Za-z.'-]*(?: [A-Za-z.'-]+){0,4}|[\u1820-\u18aa\s]{2,40}")
_TITLES = "先生|女士|小姐|老师|师傅|经理|总|老板|姐|哥|叔|阿姨|大姐|大哥|律师|主任|院长"
_WITH_TITLE = re.compile(rf"(?:姓)?[老小]?[\u4e00-\u9fff]{{1,3}}(?:{_TITLES})")
_FAMILIAR = re.compile(r"[老小][\u4e00-\u9fff]")
_FUNCTION = re.compile(r"[的了吗呢吧啊呀嘛我你您他她们这哪谁没不怎么]|那个|那就")


@functools.cache
def _surnames() -> frozenset[str]:
    return frozenset(vocabulary()["surnames"])


def hear_name(text: str, *, asked: bool) -> str | None:
    """A person's name: after 我叫 and the like, or, when asked for, a short text that can be one."""
    for match in _SAID.finditer(text):
        if (name := match["name"]) and _can_be_name(name):
            return name
        if (name := match["maybe"]) and _can_be_name(name) and _begins_like_a_name(name):
            return name
        if (name := (match["latin"] or "").strip()) and _can_be_latin(name):
            return name
    if surname := _SURNAME_ONLY.search(text):
        return surname["name"]
    bare = re.sub(r"^(?:我是|是|叫|嗯|哦|好的?)[，, ]*", "", text.strip(" ，,。.!！"))
    if not asked or is_question(bare):
        return None
    if _WITH_TITLE.fullmatch(bare) or (_CHINESE.fullmatch(bare) and _can_be_name(bare)):
        return bare
    return bare if _LATIN.fullmatch(bare) and _can_be_latin(bare) else None


def _can_be_name(name: str) -> bool:
    if len(name) == 1:
        return name in _surnames()
    said = normalise(name)
    if said in vocabulary()["no_names"]:
        return False
    if _WITH_TITLE.fullmatch(name) or _FAMILIAR.fullmatch(name):
        return True
    if _FUNCTION.search(said):
        return False
    return not any(word in said for word in vocabulary()["never_in_names"])


def _begins_like_a_name(name: str) -> bool:
    """For 我是…, which is mostly followed by something else: a surname and at most three more, or a dot."""
    return "·" in name or "•" in name or (len(name) <= 4 and (name[:1] in _surnames() or name[:2] in _surnames()))


def _can_be_latin(name: str) -> bool:
    words = name.lower().split()
    return 0 < len(words) <= 5 and not set(words) & set(vocabulary()["no_latin_names"])
