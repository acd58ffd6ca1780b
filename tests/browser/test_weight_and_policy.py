"""What the page costs and what it may do; its wording in both languages. No browser is needed here."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.web import STATIC
from tests.support.server import RunningServer

LIMIT = 40 * 1024  # bytes, gzipped, all files of the page together
CODE = sorted(STATIC.glob("*.js"))


def wording() -> dict[str, dict[str, Any]]:
    text = (STATIC / "wording.js").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return found


def keys(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {key for name, part in value.items() for key in keys(part, f"{path}.{name}" if path else name)}
    return {path}


def test_the_whole_page_is_lighter_than_forty_kilobytes() -> None:
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.iterdir()) < LIMIT


def test_both_languages_have_every_sentence_with_the_same_places_to_fill() -> None:
    words = wording()
    assert keys(words["zh"]) == keys(words["en"])
    for key in keys(words["zh"]):
        zh, en = words["zh"], words["en"]
        for name in key.split("."):
            zh, en = zh[name], en[name]
        assert zh, key
        assert set(re.findall(r"\{\w+\}", str(zh))) == set(re.findall(r"\{\w+\}", str(en))), key


def test_every_sentence_that_the_page_asks_for_exists() -> None:
    known = keys(wording()["zh"]) | {"examples"}
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    asked = set(re.findall(r'data-w(?:-label|-placeholder)?="([\w.]+)"', page))
    for path in CODE:
        asked |= set(re.findall(r'\b(?:say|label)\((?:[^;"`]|make\([^)]*\))*?, "([\w.]+)"', path.read_text(encoding="utf-8")))
        asked |= set(re.findall(r'\bwords\("([\w.]+)"', path.read_text(encoding="utf-8")))
    assert {key for key in asked if key not in known} == set()


@pytest.mark.parametrize("path", CODE, ids=lambda p: p.name)
def test_no_script_writes_markup_or_holds_a_sentence(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code)
    if path.name not in ("wording.js", "text.js", "card.js", "message.js"):  # these read Chinese labels of replies
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"//.*|/\*.*?\*/", "", code, flags=re.S))


def test_the_page_has_no_inline_script_or_style_and_no_foreign_address() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert not re.search(r'(?:src|href)="(?!/static/|#|tel:)', page)
    for path in STATIC.glob("*.css"):
        assert not re.search(r"@import|url\(", path.read_text(encoding="utf-8"))


def test_every_file_of_the_page_is_served_with_its_type_and_the_policy(server: RunningServer) -> None:
    types = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    for path in STATIC.iterdir():
        answer = server.call("GET", "/" if path.name == "index.html" else f"/static/{path.name}")
        assert answer.status == 200
        assert answer.headers["content-type"].replace("application/javascript", "text/javascript").startswith(types[path.suffix])
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["../messages.yml", "..%2Fmessages.yml", "%2e%2e%2f__init__.py", "nothing.js", ""])
def test_nothing_beside_the_page_is_served(server: RunningServer, name: str) -> None:
    assert server.call("GET", f"/static/{name}").status == 404


def test_a_file_that_has_not_changed_is_not_sent_again(server: RunningServer) -> None:
    first = server.call("GET", "/static/chat.js")
    again = server.call("GET", "/static/chat.js", if_none_match=first.headers["etag"])
    assert again.status == 304
