"""Cards as text and as objects, and a tiny corpus of seven cards with its own sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from knowledge.cards import Card, Citation, Frame, Group
from knowledge.corpus import Corpus, Phrasings
from knowledge.sources import Source

DAY = dt.date(2026, 11, 23)
CHANGE = dt.date(2027, 1, 1)  # the Trademark Law changes on this day


def front(card_id: str = "patents/term", **changes: Any) -> dict[str, Any]:
    """Front matter of a sound card; None leaves a key out."""
    values: dict[str, Any] = {
        "id": card_id,
        "title": {"zh": "发明专利保护多少年", "en": "How long a patent lasts"},
        "kind": "rule",
        "audience": ["public"],
        "region": "CN",
        "frame": {"right": "invention", "aspect": "term"},
        "effective_from": dt.date(2021, 6, 1),
        "checked": dt.date(2026, 11, 22),
        "recheck": dt.date(2027, 6, 1),
        "citations": [{"source": "patent-law", "article": "42"}],
    }
    return {k: v for k, v in (values | changes).items() if v is not None}


def card_text(data: Mapping[str, Any] | None = None, body: str = "20年，从申请日起算。\n\n## English\n20 years.\n") -> str:
    written = yaml.safe_dump(dict(data or front()), allow_unicode=True, sort_keys=False)
    return f"---\n{written}---\n{body}"


def a_card(card_id: str = "patents/term", **changes: Any) -> Card:
    """A sound card."""
    card = Card(
        id=card_id, title_zh="发明专利保护多少年", title_en="How long a patent lasts", kind="rule", audience=("public",), region="CN",
        frame=Frame("invention", "term"), effective_from=dt.date(2021, 6, 1), effective_until=None, checked=dt.date(2026, 11, 22),
        recheck=dt.date(2027, 6, 1), citations=(Citation("patent-law", "42"),), answer="20年，从申请日起算。",
        sections={"English": "20 years from filing."}, phrasings_zh=(), phrasings_en=(), path=Path(f"{card_id}.md"),
    )
    return replace(card, **changes)


def a_source(source_id: str = "patent-law", **changes: Any) -> Source:
    source = Source(source_id, "专利法", "Patent Law", "law", "2020修正", (1, 82), dt.date(2021, 6, 1), None, "https://www.cnipa.gov.cn/")
    return replace(source, **changes)


SOURCES = {
    s.id: s
    for s in (
        a_source(),
        a_source("trademark-law-2019", title_zh="商标法", title_en="Trademark Law", version="2019修正", articles=(1, 73),
                 effective_from=dt.date(2019, 11, 1), effective_until=CHANGE),
        a_source("trademark-law-2026", title_zh="商标法", title_en="Trademark Law", version="2026修订", articles=(1, 84), effective_from=CHANGE),
        a_source("guide", title_zh="办事指南", title_en="Guide", kind="official_page", version="", articles=None, effective_from=None),
    )
}

# card -> Chinese and English ways of asking; the checks want 20 and 5
_STEMS: dict[str, tuple[str, str]] = {
    "patents/invention-term": ("发明专利{}保护多少年", "how many years does an invention patent last {}"),
    "patents/design-term": ("外观设计专利{}保护多少年", "how many years does a design patent last {}"),
    "trademarks/use-old": ("注册商标{}三年不用会怎么样", "what if a registered trademark is not used for three years {}"),
    "schools/idea": ("小发明点子{}怎么记下来", "how do i write down my little invention idea {}"),
    "copyright/picture-owner": ("我的图片{}被别人盗用怎么维权", "my picture was stolen how do i enforce my right {}"),
    "copyright/picture-accused": ("我用了网上图片{}收到律师函怎么应对", "i used a picture and got a lawyer letter {}"),
}
_PADDING = ["", "一般", "通常", "到底", "现在", "法律上", "在中国", "在内蒙古", "对公司", "对个人", "对企业", "目前", "今年", "最多", "最少", "正常", "按规定",
            "依法", "实际上", "一共", "具体"]
_PADDING_EN = ["", "now", "in china", "by law", "usually", "for a company"]


def phrasings_of(card_id: str) -> Phrasings:
    zh, en = _STEMS[card_id]
    return Phrasings(tuple(zh.format(p) for p in _PADDING), tuple(en.format(p).strip() for p in _PADDING_EN))


def tiny_corpus() -> Corpus:
    """Seven cards: two terms, a succession on 2027-01-01, a card for teens, two sisters that differ in the side."""
    pictures = {"name": "picture", "asks": "side"}
    cards = [
        a_card("patents/invention-term"),
        a_card("patents/design-term", title_zh="外观设计专利保护多少年", title_en="How long a design patent lasts",
               frame=Frame("design", "term"), answer="15年，从申请日起算。", related=("patents/invention-term",)),
        a_card("trademarks/use-old", title_zh="注册商标三年不用会怎样", title_en="A trademark not used for three years",
               frame=Frame("trademark", "cancellation"), effective_from=dt.date(2019, 11, 1), effective_until=CHANGE,
               citations=(Citation("trademark-law-2019", "49"),), answer="旧法：任何人都可以申请撤销。",
               change_note={"zh": "2027年1月1日起施行新商标法。", "en": "A new Trademark Law applies from 1 January 2027."}),
        a_card("trademarks/use-new", title_zh="注册商标三年不用会怎样（新法）", title_en="A trademark not used (new law)",
               frame=Frame("trademark", "cancellation"), effective_from=CHANGE, citations=(Citation("trademark-law-2026", "55"),),
               answer="新法：主管机关也可以主动撤销。", succeeds="trademarks/use-old"),
        a_card("schools/idea", title_zh="我的小发明点子怎么记", title_en="Writing down an idea", audience=("teens",), kind="explainer",
               frame=Frame("any", "education"), citations=(Citation("guide"),), answer="写下日期，画出来。"),
        a_card("copyright/picture-owner", title_zh="我的图片被盗用", title_en="My picture was stolen", frame=Frame("copyright", "infringement", "owner"),
               citations=(Citation("guide"),), answer="先保存证据，再联系平台。", group=Group(value="owner", **pictures), kind="situation"),
        a_card("copyright/picture-accused", title_zh="我被指图片侵权", title_en="I am accused over a picture",
               frame=Frame("copyright", "infringement", "accused"), citations=(Citation("guide"),), answer="先核对对方的权属，再谈。",
               group=Group(value="accused", **pictures), kind="situation"),
    ]  # fmt: skip
    phrasings = {card.id: phrasings_of(card.succeeds or card.id) for card in cards}
    return Corpus({card.id: card for card in cards}, dict(SOURCES), phrasings)


def one_card_corpus(card: Card | None = None, *others: Card, sources: Mapping[str, Source] | None = None, **phrasings: Phrasings) -> Corpus:
    """A corpus of given cards, each with enough distinct phrasings unless told otherwise."""
    cards = {c.id: c for c in (card or a_card(), *others)}
    zh = {i: Phrasings(tuple(f"{i}第{n}种问法" for n in range(41)), tuple(f"{i} way {n}" for n in range(6))) for i in cards}
    return Corpus(cards, dict(sources or SOURCES), {**zh, **phrasings})
