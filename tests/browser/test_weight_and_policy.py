"""What the page costs and what it may do; its wording in both languages. No browser is needed here."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.web.assets import STATIC, Assets
from tests.support.server import LISTED, Answer, RunningServer

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


def test_page_and_widget_together_are_lighter_than_forty_kilobytes() -> None:
    assets = Assets()
    assert sum(len(assets[name].zipped) for name in assets.names) < LIMIT


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
    # These read Chinese labels of replies; the launcher brings its few words along, since it stands alone on other sites.
    if path.name not in ("wording.js", "text.js", "card.js", "message.js", "widget.js"):
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"//.*|/\*.*?\*/", "", code, flags=re.S))


def test_the_page_has_no_inline_script_or_style_and_no_foreign_address() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert not re.search(r'(?:src|href|action)="(?!/static/|/plain|#|tel:)', page)
    for path in STATIC.glob("*.css"):
        assert not re.search(r"@import|url\(", path.read_text(encoding="utf-8"))


def test_every_file_of_the_page_is_served_with_its_type_and_the_policy(server: RunningServer) -> None:
    types = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    for name in Assets().names:
        answer = server.call("GET", "/" if name == "index.html" else f"/static/{name}")
        assert answer.status == 200
        assert answer.headers["content-type"].replace("application/javascript", "text/javascript").startswith(types[name.rpartition(".")[2]])
        check_headers(answer)


@pytest.mark.parametrize("path", ["/", "/plain", "/?embed=1", "/nothing", "/static/nothing", "/health", "/chat/history", "/calendar/x.ics", "/widget.js"])
def test_every_reply_also_of_an_error_tells_the_browser_what_not_to_do(server: RunningServer, path: str) -> None:
    for accept in ("text/html", "*/*"):
        check_headers(server.call("GET", path, accept=accept))


def check_headers(answer: Answer) -> None:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"].startswith("'self'")
    assert "unsafe" not in str(policy)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]


def test_only_the_page_for_frames_may_be_framed_and_only_by_sites_on_the_list(server: RunningServer) -> None:
    for path, ancestors in (("/?embed=1", f"'self' {LISTED}"), ("/", "'self'"), ("/plain", "'self'"), ("/chat/history", "'self'")):
        policy = server.call("GET", path).headers["content-security-policy"]
        assert policy.endswith(f"frame-ancestors {ancestors}"), path


def test_a_browser_gets_an_error_as_a_page_and_a_program_as_json(server: RunningServer) -> None:
    page = server.call("GET", "/nothing", accept="text/html,*/*", accept_language="en")
    assert page.status == 404
    assert page.headers["content-type"].startswith("text/html")
    assert server.call("GET", "/nothing").json["error"]["code"] == "not_found"
    assert server.call("GET", "/chat/nothing", accept="text/html").json["error"]["code"] == "not_found"


def test_files_travel_compressed_and_versioned_ones_are_kept_for_ever(server: RunningServer) -> None:
    assets = Assets()
    page = server.call("GET", "/").headers
    assert page["cache-control"] == "no-cache"
    sheet = server.call("GET", assets.sheet, accept_encoding="gzip")
    assert sheet.headers["content-encoding"] == "gzip"
    assert int(sheet.headers["content-length"]) == len(assets["page.css"].zipped)
    assert "immutable" in sheet.headers["cache-control"]
    assert server.call("GET", "/static/of-yesterday/page.css").headers["cache-control"] == "no-cache"


def test_the_page_and_its_scripts_name_only_versioned_files() -> None:
    assets = Assets()
    for name in assets.names:
        body = assets[name].body.decode()
        named = re.findall(r'"/static/([^"]+)"', body)
        assert all(part.startswith(f"{assets.version}/") and part.partition("/")[2] in assets.names for part in named), name


def test_one_changed_letter_changes_the_address_of_every_file(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    shutil.copytree(STATIC, folder)
    before = Assets(folder)
    (folder / "view.js").write_text((folder / "view.js").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert Assets(folder).version != before.version == Assets().version


@pytest.mark.parametrize("name", ["../messages.yml", "..%2Fmessages.yml", "%2e%2e%2f__init__.py", "nothing.js", ""])
def test_nothing_beside_the_page_is_served(server: RunningServer, name: str) -> None:
    assert server.call("GET", f"/static/{name}").status == 404


def test_a_file_that_has_not_changed_is_not_sent_again(server: RunningServer) -> None:
    first = server.call("GET", "/static/chat.js")
    again = server.call("GET", "/static/chat.js", if_none_match=first.headers["etag"])
    assert again.status == 304
