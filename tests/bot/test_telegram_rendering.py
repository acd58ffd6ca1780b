"""Messages of the API as Telegram's: pure, so everything is looked at here and nothing is sent."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.rendering_telegram import DATA_BYTES, LIMIT, button_data, notice, render, resolve, split
from bot.channels.telegram_model import Key


def message(text: str = "20年。", **more: Any) -> dict[str, Any]:
    return {"kind": "answer", "text": text, "citations": [], "card": None, "confidence": None, "buttons": [], **more}


def buttons(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"id": identity, "title": title} for identity, title in pairs]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def read(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_a_short_answer_stands_out_and_the_rest_does_not() -> None:
    (sent,) = render(message("20年。\n\n从申请日算。"), "zh")
    assert sent.html == "<b>20年。</b>\n\n从申请日算。"
    (sent,) = render(message("好的。", kind="notice"), "zh")
    assert sent.html == "好的。"


def test_what_looks_like_markup_is_shown_and_never_becomes_markup() -> None:
    (sent,) = render(message('<b>a</b> & "b" <script>', kind="notice"), "zh")
    assert sent.html == '&lt;b&gt;a&lt;/b&gt; &amp; "b" &lt;script&gt;'
    cited = {"title": "<i>法</i>", "article": "第1条&", "url": 'https://x.cn/?a="><b>'}
    (sent,) = render(message(citations=[cited]), "zh")
    assert '<a href="https://x.cn/?a=&quot;&gt;&lt;b&gt;">&lt;i&gt;法&lt;/i&gt; 第1条&amp;</a>' in sent.html


def test_citations_are_compact_lines_with_their_days() -> None:
    cited = [
        {"title": "《商标法》", "article": "第57条", "url": "https://flk.npc.gov.cn", "effective_from": "2019-11-01", "effective_until": "2027-01-01"},
        {"title": "办事指南", "article": None},
    ]
    (sent,) = render(message(citations=cited), "zh")
    assert read(sent.html).split("\n")[-3:] == ["依据", "· 《商标法》 第57条（2019-11-01起施行，2027-01-01起失效）", "· 办事指南"]
    assert '<a href="https://flk.npc.gov.cn">' in sent.html
    (sent,) = render(message("20 years.", citations=cited[:1]), "en")
    assert read(sent.html).endswith("(in force from 2019-11-01, until 2027-01-01)")


def test_an_address_that_is_none_becomes_no_link() -> None:
    (sent,) = render(message(citations=[{"title": "a", "article": None, "url": "javascript:alert(1)"}]), "zh")
    assert "href" not in sent.html


def test_a_follow_up_says_how_it_was_read() -> None:
    (sent,) = render(message("15年。", understood="外观设计 · 期限"), "zh")
    assert sent.html == "理解为：外观设计 · 期限\n15年。"


def test_receipts_and_reviews_say_that_it_is_a_demonstration() -> None:
    for kind in ("receipt", "review"):
        assert render(message("约好了！", kind=kind), "zh", demo=True)[0].html.startswith("演示系统，预约不生效\n\n")
        assert render(message("约好了！", kind=kind), "zh")[0].html == "约好了！"
    assert "演示" not in render(message(), "zh", demo=True)[0].html


def test_short_titles_share_a_row_and_long_ones_stand_alone() -> None:
    shown = buttons(("a", "现场"), ("b", "电话"), ("c", "视频"), ("d", "外观设计专利保护多少年"), ("e", "都不是"))
    (sent,) = render(message(buttons=shown), "zh")
    assert [[key.title for key in row] for row in sent.rows] == [["现场", "电话", "视频"], ["外观设计专利保护多少年"], ["都不是"]]


def test_files_of_a_case_open_in_the_browser_where_the_address_is_known() -> None:
    case = message("约好了！", kind="receipt", links=[{"title": "calendar", "url": "/calendar/x.ics"}, {"title": "new", "url": "/n"}])
    (sent,) = render(case, "zh", public_url="https://z.cn")
    assert sent.rows == ((Key("加入日历", url="https://z.cn/calendar/x.ics"),),)
    assert render(case, "zh")[0].rows == ()


def test_the_button_that_shares_a_number_comes_where_a_phone_is_asked_and_no_other_button_stands() -> None:
    assert render(message("电话？", kind="ask"), "zh", asks_phone=True)[0].contact == "发送我的电话号码"
    assert render(message("电话？", kind="ask", buttons=buttons(("a", "没有"))), "zh", asks_phone=True)[0].contact == ""
    assert render(message("电话？", kind="ask"), "zh")[0].contact == ""


def test_a_long_answer_is_split_between_paragraphs_with_the_buttons_last() -> None:
    paragraphs = [f"第{n}段。" + "字" * 900 for n in range(9)]
    sent = render(message("\n\n".join(paragraphs), buttons=buttons(("a", "现场")), citations=[{"title": "法", "article": None}]), "zh")
    assert len(sent) == 3
    assert [part.rows != () for part in sent] == [False, False, True]
    assert "依据" in sent[-1].html
    assert [p for part in sent for p in read(part.html).split("\n\n")][:9] == paragraphs


def test_sources_that_do_not_fit_come_as_a_message_of_their_own() -> None:
    cited = [{"title": f"法{n}", "article": None, "url": "https://x.cn/" + "a" * 200} for n in range(40)]
    sent = render(message("字" * 3900, citations=cited, buttons=buttons(("a", "现场"))), "zh")
    assert len(sent) > 2
    assert all(part.html.count("<a ") == part.html.count("</a>") for part in sent)
    assert sum(part.html.count("<a ") for part in sent) == 40
    assert sent[-1].rows


@given(st.text(max_size=400), st.integers(5, 60))
def test_splitting_loses_only_white_space_and_keeps_every_part_below_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(units(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("character", ["字", "😀", "<", "&"])
def test_no_rendered_part_exceeds_what_telegram_takes(character: str) -> None:
    for part in render(message(character * 12_000, kind="notice"), "zh"):
        assert units(read(part.html)) <= LIMIT <= 4096
        assert part.html.encode()  # half a character cannot be encoded


@given(st.text(min_size=1, max_size=200))
def test_what_a_button_gives_back_fits_and_finds_its_button_again(identity: str) -> None:
    data = button_data(identity)
    assert 1 <= len(data.encode()) <= DATA_BYTES
    shown = [message(buttons=buttons(("other", "别的"))), message(buttons=buttons((identity, "这个")))]
    assert resolve(data, shown) == (identity, "这个") or identity == "other"


def test_a_button_that_nobody_showed_is_given_on_as_it_is() -> None:
    assert resolve("v:c_consent:yes", []) == ("v:c_consent:yes", "")


def test_a_sentence_of_the_servers_own_is_escaped_and_filled() -> None:
    assert notice("telegram_link", "en", minutes=30).html.count("30 minutes") == 1
    assert "<示例>" not in notice("telegram_abroad", "zh", operator="<示例>").html
