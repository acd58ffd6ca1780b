"""The facts of a booking in what people type, wherever they stand in a message. Pure but for the clock."""

from __future__ import annotations

import re
from typing import Any

from casework.phones import find_phone, mask_phones_in
from casework.regions import find_regions
from desk.clock import Clock
from desk.consultation_times import heard_when
from desk.hearing import asks, clauses, hear, hear_email, is_interruption, mentions, vocabulary
from desk.hearing_names import hear_name
from desk.steps import Fields
from knowledge.text import normalise, sentences

# 咨询专利侵权, 问问商标被抢注的事: the problem named in the wish itself
_TOPIC = re.compile(r"(?:咨询一?下?|问一?问|请教|关于|(?:about|on) )(?P<topic>[^，,。；;！!？?\n]{3,40}?)(?:的事情?|的问题|方面)*(?=[，,。；;！!？?\n]|$)")
# 对方电话139…: somebody else's number belongs to the story, where it is masked
_THEIRS = re.compile(r"(?:对方|别人|他们?|她们?|商家|卖家|店家)[^，,。；;\d]{0,8}[+＋]?\d")
# 包头的一家公司仿冒我: where somebody else is
_THEIR_PLACE = re.compile(r"^(?:市|盟|那边|这边|本地)?的?(?:有?(?:一|某|几|另一?)[家个名]|某)?(?:公司|企业|商家|店|厂|同行|人)")
_WISH = re.compile(r"约|咨询|见面|面谈|过去|方便|有空|时间|安排|book|appointment|consult|advice|meet|see |talk|schedule|change|move", re.I)
_PAST = re.compile(r"去年|前年|上个?月|上周|昨天|前天|之前|以前|年前|被|了|过|注册|申请|收到|发现|买|生产|last |ago|since", re.I)
_MODE_ASIDE = re.compile(r"被|盗|抄|侵|仿|骚扰|平台|拍|剪|账号")
_DAY = re.compile(
    r"今天|明天|后天|今晚|明晚|明早|周|星期|礼拜|月|号|点|上午|下午|早上|晚上|中午|[0-9]{1,2}[:：][0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}(?![0-9])|"
    r"tomorrow|today|(?:mon|tues|wednes|thurs|fri|satur|sun)day|next week|morning|afternoon|noon|\b[0-9]{1,2} ?[ap]\.?m",
    re.I,
)
_CALL = re.compile(
    r"电话咨询|打电话|通话|电话(?:沟通|联系|方式|聊|谈|说|里|就行|吧|可以|也行)|用电话|通过电话|(?:改|换)(?:成|为|到)?电话(?!号|[：:\d])|"
    r"\bphone call|by phone|\bcall\b(?! me (?:at|on))",
    re.I,
)
_BOOKING_WORDS = (
    "预约", "约", "咨询", "专家", "律师", "我叫", "姓名", "的电话", "我电话", "手机", "联系",
    "appointment", "book", "consult", "my name", "expert", "lawyer",
)  # fmt: skip
_ABOUT_NOTHING = re.compile(r"的|事情?|问题|方面|一下|商标|专利|版权|著作权|知识产权|这个|那个|我|想|有关|相关|情况|the|my|a |trademarks?|patents?|copyrights?")


def facts_of(text: str, fields: Fields, asked: str, clock: Clock, language: str) -> dict[str, Any]:
    """Every fact that a text tells, whatever was asked: slots and their values."""
    found = _person(text, asked)
    if asked == "c_phone" and fields.get("c_name") and (name := hear_name(text, asked=True)) and name[:1] == fields["c_name"][:1]:
        found["c_name"] = name  # 王, and then 王建国
    regions = _regions(text, story=asked in ("", "c_problem"))
    if len(regions) == 1 and asked != "c_name":
        found["c_region"] = regions[0]
    if is_interruption(text) and asked != "c_problem" and "c_phone" not in found:
        kept = {name: value for name, value in found.items() if (name == asked and not asks(text)) or name == "c_email"}
        wished = _wish(text, fields, asked, clock, language) if asked == "c_time" and not asks(text) else None
        return kept | (wished or {})  # 周四呢？
    if asked not in ("c_name", "c_email") or _changes(text):
        found |= _matter(text, fields, asked, found)
        if wished := _wish(text, fields, asked, clock, language):
            found |= wished
    return found


def _person(text: str, asked: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (phone := find_phone(text)) and not _THEIRS.search(text):
        found["c_phone"] = phone.e164
    if email := hear_email(text):
        found["c_email"] = email
    if (name := hear_name(text, asked=asked == "c_name")) is not None:
        found["c_name"] = name
    return found


def _regions(text: str, *, story: bool) -> list[str]:
    """The regions that a text names as the place of the citizen."""
    found = [region.id for region in find_regions(text)]
    if not story or len(found) != 1:
        return found
    theirs = any(_THEIR_PLACE.match(text[text.find(name) + len(name) :]) for region in find_regions(text) for name in region.names if name in text)
    return [] if theirs else found


def _matter(text: str, fields: Fields, asked: str, found: dict[str, Any]) -> dict[str, Any]:
    heard: dict[str, Any] = {}
    if (mode := _mode(text, asked)) and not (mode == "phone" and "c_phone" in found and not _CALL.search(text)):
        heard["c_mode"] = mode
    wanted = asked in ("", "c_problem", "c_right") or not fields.get("c_right") or (_changes(text) and "类型" in text)
    if wanted and (right := hear("right", text)) and not (right == "copyright" and mode == "video"):
        heard["c_right"] = right
    if mentions("mongolian", text):
        heard["c_language"] = "mn"
    return heard


def _mode(text: str, asked: str) -> str | None:
    """How to meet. In a story a word like 视频 or 电话 may mean anything: there it counts only in a part about the meeting."""
    if asked not in ("", "c_problem"):
        named = {value for value, names in vocabulary()["mode"].items() if any(name in normalise(text) for name in names)}
        plain = asked == "c_mode" or len(text) <= 12 or _changes(text) or bool(_CALL.search(text))
        return hear("mode", text) if plain and (len(named) == 1 or not asks(text)) and not _labels_a_number(text) else None
    for clause in clauses(text):
        mode = hear("mode", clause)
        about_meeting = _WISH.search(clause) or len(clause) <= 8 or mode == "on_site" or (mode == "phone" and _CALL.search(clause))
        if mode and about_meeting and not _MODE_ASIDE.search(clause) and not _labels_a_number(clause):
            return mode
    return None


def _labels_a_number(text: str) -> bool:
    """电话改成139…: 电话 beside a number, or beside 写错了, is only its label."""
    label = "电话" in text and not _CALL.search(text)
    return label and bool(re.search(r"\d{3}|[零一二三四五六七八九]{5}|错|号码|不对|没有|什么|多少", text))


def _wish(text: str, fields: Fields, asked: str, clock: Clock, language: str) -> dict[str, Any] | None:
    """The wished time. In a story only the part that is about the meeting counts, and nothing that lies behind."""
    part = text
    if asked in ("", "c_problem"):
        parts = [c for c in clauses(text) if _DAY.search(c) and (_WISH.search(c) or len(c) <= 14) and not (_PAST.search(c) and not _WISH.search(c))]
        part = "，".join(parts)
    elif asked != "c_time":
        short = len(text) <= (45 if text.isascii() else 16)
        if not (asked == "c_review" or short or _changes(text) or _WISH.search(text)):
            return None
    wished = heard_when(part, fields.get("c_when"), clock, language)[0] if part and _DAY.search(part) else None
    return {"c_when": wished, "c_time": None, "c_offered": None} if wished else None


def _changes(text: str) -> bool:
    return mentions("change", text)


def field_to_change(text: str) -> str | None:
    """时间不对, 电话填错了: the field that is to be given again; None when the text names none, or two."""
    if not mentions("change", text) or len(text) > 20:
        return None
    said = normalise(text)
    named = {name for name, words in vocabulary()["field_names"].items() if any(word in said for word in words)}
    return named.pop() if len(named) == 1 else None


def story_of(text: str) -> str:
    """What a message tells of the problem: its sentences less the wish to book and the personal facts."""
    told = []
    for sentence in sentences(text):
        for clause in sentence.replace("，", ",").split(","):
            bare = clause.strip(" 。.!！?？")
            about_booking = any(word in bare.lower() for word in _BOOKING_WORDS) or (_DAY.search(bare) and len(bare) <= 8)
            if len(bare) >= 4 and (_THEIRS.search(bare) or not find_phone(bare)) and not about_booking and not _only_a_fact(bare):
                told.append(bare)
    if not told and (match := _TOPIC.search(text)) and len(_ABOUT_NOTHING.sub("", match["topic"])) >= 2:
        told = [match["topic"].strip()]
    return mask_phones_in("，".join(told), "****")[:1000]


def _only_a_fact(clause: str) -> bool:
    """呼和浩特现场: a place or a way to meet and nothing else."""
    rest = normalise(clause)
    for region in find_regions(clause):
        for name in sorted(region.names, key=len, reverse=True):
            rest = rest.replace(name.lower(), "")
    for words in vocabulary()["mode"].values():
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, "")
    return len(re.sub(r"[\s的在是用去想要吧这边那边我人就行即可可以市盟in]", "", rest)) < 2 <= len(clause) - len(rest)


def tells(text: str) -> bool:
    """Whether a text tells what happened to somebody."""
    return any(word in text.lower() for word in ("我", "咱", "俺", "公司", "本店", "my ", "we ", "our ", "i ")) and len(text) >= 8


def tells_more(text: str) -> bool:
    """Whether a text adds to the problem although something else was asked for."""
    return tells(text) and len(text) >= 10 and mentions("trouble", text) and hear("right", text) is not None and not is_interruption(text)
