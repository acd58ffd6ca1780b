"""Plain wishes that need no classifier: 我想预约…, 取消我的预约, 想用专利质押贷款500万. A question about how it is done is no wish."""

from __future__ import annotations

import re

from casework.references import parse_reference
from desk.hearing import asks
from knowledge.text import normalise

_WANT = (
    r"(?:想|要|需要|希望|打算|准备|求|帮我?|给我|替我|麻烦|请|能不能|能否|\bi(?:'d| would)? (?:like|want|need|wish)|can i|could i|may i|please|help me)"
)
_OWN = re.compile(
    r"我的?(?:那个)?预约|预约(?:好|过)?了|约了|约好|已经?预?约|取消|退|查|推迟|提前|挪|延|不去|去不了|来不了|要预约[吗么]|预约(?:页|需|流|规|费|电话是)|"
    r"my (?:booking|appointment)|cancel|reschedul"
)
_BOOK = re.compile(
    rf"{_WANT}.{{0,14}}(?:预约|约(?=个|一|位|下|专|律|老|时|咨|明|后|今|周|星|礼)|挂个?号)"
    rf"|{_WANT}.{{0,6}}(?:找|见|跟|和|同)(?:一下|下|个|一个|一位|位|你们的?|当地的?)?.{{0,6}}(?:专家|律师|懂行|内行|专业人士|专业的人|明白人).{{0,14}}"
    r"(?:咨询|问|聊|谈|看看|帮|指导|当面|唠|请教|说说|$)"
    r"|^(?:你好|您好)?[，, ]*(?:我们?)?预约(?:一下|下|个|一个|一次|专家|咨询|维权|律师|服务|$|[，,。])"
    r"|\b(?:book|schedule|make|arrange|get|have|set up)\b.{0,16}\b(?:appointment|consultation|meeting)\b"
    r"|\b(?:see|talk to|talk with|speak to|speak with|meet|consult)\b.{0,14}\b(?:expert|lawyer|advis[eo]r|specialist|consultant)\b"
    r"|\btalk to some(?:one|body)\b.{0,30}\b(?:phone|video|in person|tomorrow|week|day)\b",
    re.I,
)
_RIGHTS = r"(?:专利|商标|版权|著作权|软著|知识产权|实用新型|外观|发明|patents?|trademarks?|copyrights?|brand|ip\b)"
_PLEDGE = re.compile(
    rf"(?:想|要|打算|准备|申请|办理?|拿|用|以|将|把).{{0,40}}{_RIGHTS}.{{0,40}}(?:质押|抵押|贷款?|融资|借)"
    rf"|(?:want|like|need|apply).{{0,30}}(?:borrow|loan|financ|pledge).{{0,30}}{_RIGHTS}"
    rf"|(?:want|like|need) to (?:use|pledge).{{0,30}}{_RIGHTS}.{{0,30}}(?:loan|borrow)",
    re.I,
)
_OWN_TIME = re.compile(
    r"我(?:们)?(?:的|那个)?预?约(?:的|了)?(?:是)?在?(?:什么时候|哪天|几点|几号|哪里|什么时间)|\b(?:when|where|what time) is my (?:appointment|booking)", re.I
)
_FIND = re.compile(
    r"(?:查|看)(?:一?下|看|询|查)?.{0,4}(?:我的?)?(?:预约|办件|留言)|\b(?:check|find|look up|see|show)\b.{0,12}\bmy (?:appointment|booking|case)", re.I
)
_MOVE = re.compile(
    r"(?:改|换|推迟|提前|挪|延后|延期).{0,8}预约|预约(?:的)?(?:咨询|时间|日期)?.{0,10}(?:改|换|推迟|提前|挪|延)|^.{0,6}(?:改约|改期).{0,4}$|"
    r"\b(?:move|change|reschedule|postpone)\b.{0,12}\b(?:appointment|booking|consultation)|^(?:please )?reschedule\b",
    re.I,
)
_CANCEL = re.compile(
    r"(?:取消|退掉?|撤销|不要).{0,10}预约|预约.{0,8}(?:取消|退掉?|不要了|不去了|不来了)|\bcancel\b.{0,12}\b(?:appointment|booking|consultation)", re.I
)
_MINE = (
    ("cancel_booking", re.compile(r"取消|退掉|退了|不去了|不想去|去不了|来不了|\bcancel\b|can(?:no|')t (?:come|make it)", re.I)),
    (
        "move_booking",
        re.compile(
            r"(?:改|换|调)(?:一下|一个|个)?(?:时间|日子|日期|到|成)|改天|提前|推迟|往后|改期|改约|"
            r"\bmove (?:it|my|the)\b|\b(?:another|different) time\b|resched|\bchange (?:it|the|my) ",
            re.I,
        ),
    ),
)
_ABOUT = re.compile(
    r"流程|程序|规定|规则|手续费|材料|条件|收费|要钱|免费|费用|能退|有效吗|区别|意思|还是先|来得及|补助|法律|手续|办法|方法|操作|定金|是否|凭证|备注|"
    r"时段|成功|系统|\bsteps\b"
)
_AMOUNT = re.compile(r"[0-9一二三四五六七八九十百千两]+\s*(?:多|来)?(?:万|亿|w\b)|\bmillion\b|[0-9一二两三四五六七八九十]+[个项件]", re.I)
_FOR_ME = re.compile(r"帮我|给我|替我|帮忙|\b(?:can|could|may) (?:i|you)\b")
_ASKED = re.compile(r"(?:吗|么|不|没|没有|行不|\?)[。！!]?$")


def wish_about_mine(text: str) -> str | None:
    """取消吧, 能改个时间吗, after a booking was made in this conversation; None when it is about something else."""
    said = normalise(text)
    if len(said) > 40 or asks(said) or _ABOUT.search(said):
        return None
    return next((intent for intent, pattern in _MINE if pattern.search(said)), None)


def wish_of(text: str) -> str | None:
    """The intent that a text states plainly, outside every form; None when it states none."""
    said = normalise(text)
    reference = parse_reference(text) is not None
    if _OWN_TIME.search(said):
        return "lookup_case"
    if asks(said) or (_ABOUT.search(said) and not reference):
        return None
    return _about_own_case(said, reference=reference) or _new_case(said)


def _about_own_case(said: str, *, reference: bool) -> str | None:
    for intent, pattern in (("cancel_booking", _CANCEL), ("move_booking", _MOVE), ("lookup_case", _FIND)):
        if pattern.search(said) and (reference or len(said) <= 40):
            return intent
    return "lookup_case" if reference else None


def _new_case(said: str) -> str | None:
    english = "i want" in said or "i would like" in said or "i'd like" in said
    if _PLEDGE.search(said) and not _ASKED.search(said) and (_AMOUNT.search(said) or english):
        return "start_pledge"
    asked = _ASKED.search(said) and not _FOR_ME.search(said)
    return "book_consultation" if _BOOK.search(said) and not _OWN.search(said) and not asked else None
