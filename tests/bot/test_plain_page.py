"""The page without JavaScript is a pure function of what was said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.web import plain_page
from bot.web.plain_page import PlainPage, held, render, render_error, words
from tests.support.plain import Seen, read

TEMPLATES = Path(plain_page.__file__).with_name("templates")


def message(text: str = "您好", kind: str = "notice", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "text": text, "citations": [], "card": None, "confidence": None, "buttons": [], **more}


def bot(*args: Any, **more: Any) -> dict[str, Any]:
    return {"from": "bot", "message": message(*args, **more)}


def user(text: str) -> dict[str, Any]:
    return {"from": "user", "text": text}


def page(*entries: dict[str, Any], language: str = "zh", **more: Any) -> PlainPage:
    return PlainPage(language, "/static/page.css", entries, **{"csrf": "secret", "client_id": "id-1", **more})


def seen(*entries: dict[str, Any], **more: Any) -> Seen:
    return read(render(page(*entries, **more)))


def test_the_same_conversation_gives_the_same_page() -> None:
    talk = page(user("专利？"), bot("20年", "answer"))
    assert render(talk) == render(talk)


def test_only_what_was_said_last_can_be_pressed() -> None:
    first, second = [{"id": "a", "title": "旧的"}], [{"id": "b", "title": "新的"}]
    found = seen(bot(buttons=first), user("好"), bot("一", buttons=second), bot("二"))
    assert found.buttons == {"新的": "b"}
    assert found.texts == ["一", "二"]
    assert found.said == ["好"]


def test_every_form_carries_the_token_and_the_name_of_its_message() -> None:
    html = render(page(bot("20年", "answer", card="patents/x", buttons=[{"id": "help", "title": "帮助"}])))
    forms = re.findall(r"<form method=\"post\".*?</form>", html, re.S)
    assert len(forms) == html.count("<form") > 5
    assert all('name="csrf" value="secret"' in form and 'name="client_id" value="id-1"' in form for form in forms)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ page.csrf }}", "&lt;b&gt;"])
def test_nothing_that_is_said_becomes_markup(text: str) -> None:
    cited = [{"title": text, "article": text, "url": "https://example.org/"}]
    buttons = [{"id": text, "title": text}]
    html = render(page(user(text), bot(f"{text}\n- {text}：{text}", "review", citations=cited, buttons=buttons, understood=text), draft=text))
    assert "<script>" not in html
    assert "<img" not in html
    assert read(html).said == [text]
    assert read(html).draft == text
    assert read(html).buttons == {text: text}


def test_it_has_no_script_no_style_of_its_own_and_no_foreign_file() -> None:
    html = render(page(bot("20年", "answer", card="x")))
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)
    assert set(re.findall(r'(?:src|href)="([^"]+)"', html)) <= {"/static/icon.svg", "/static/page.css", "#text", "/"}


def test_a_review_shows_terms_and_a_receipt_its_reference_and_files() -> None:
    review = render(page(bot("请核对：\n- 姓名：示例\n- 电话：139****1234", "review")))
    assert "<dt>姓名</dt><dd>示例</dd>" in review
    receipt = bot("约好了！编号：WQ-123-456-789", "receipt", reference="WQ-123-456-789", links=[{"title": "calendar", "url": "/calendar/x.ics"}])
    html = render(page(receipt, demo=True))
    assert '<span class="digits">WQ-123-456-789</span>' in html
    assert read(html).links == ["/calendar/x.ics?lang=zh"]
    assert "演示系统，预约不生效" in html


def test_a_source_says_from_when_until_when() -> None:
    w = words("zh")
    assert held({"effective_from": "2021-06-01"}, w) == "2021-06-01起施行"
    assert held({"effective_from": "2021-06-01", "effective_until": "2027-01-01"}, w) == "2021-06-01起施行，2027-01-01起不再适用"
    assert held({"effective_until": "2027-01-01"}, w) == "2027-01-01起不再适用"
    assert held({}, w) == ""


def test_form_outcome_trouble_and_notice_stand_where_a_program_finds_them() -> None:
    found = seen(bot(), form={"name": "x", "field": "y", "step": 3, "of": 10}, outcome="collecting", trouble="太快了", notice="谢谢")
    assert (found.outcome, found.trouble, found.notice) == ("collecting", "太快了", "谢谢")
    assert "第 3 步，共 10 步" in found.progress
    assert found.tools["取消办理"] == ("press", "cancel")


def test_in_english_the_page_is_english_and_each_text_keeps_its_own_language() -> None:
    html = render(page(bot("A patent lasts 20 years."), bot("发明专利保护二十年。"), language="en"))
    assert '<html lang="en"' in html
    assert '<div class="said" lang="en">' in html
    assert '<div class="said" lang="zh-CN">' in html


def test_an_error_is_a_page_with_a_way_back() -> None:
    html = render_error("/static/page.css", "zh", "没有这个页面。")
    assert "没有这个页面。" in html
    assert 'href="/"' in html


def test_every_word_of_the_page_stands_in_both_languages_and_is_used() -> None:
    data = yaml.safe_load(Path(plain_page.__file__).with_name("plain.yml").read_text(encoding="utf-8"))
    code = "".join(path.read_text(encoding="utf-8") for path in (*TEMPLATES.iterdir(), *Path(plain_page.__file__).parent.glob("*.py")))
    code += (Path(plain_page.__file__).parents[1] / "routes" / "plain.py").read_text(encoding="utf-8")
    for name, both in data.items():
        assert set(both) == {"zh", "en"}, name
        assert set(re.findall(r"\{\w+\}", both["zh"])) == set(re.findall(r"\{\w+\}", both["en"])), name
        assert re.search(rf"\bw\.{name}\b|[\"']{name}[\"']", code) or name in ("calendar", "pdf"), name
