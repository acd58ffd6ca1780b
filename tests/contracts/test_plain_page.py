"""The page without JavaScript, as plain HTTP: the same conversation, the same guard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.plain import Plain, normal
from tests.support.server import RunningServer, ordinary, strict

QUESTION = "发明专利保护多少年？"


@pytest.fixture(scope="module")
def server() -> RunningServer:
    return ordinary()


@pytest.fixture
def plain(server: RunningServer) -> Iterator[Plain]:
    visitor = Plain(server.url)
    yield visitor
    visitor.client.close()


def test_it_opens_in_chinese_with_what_it_can_do(plain: Plain) -> None:
    (opening,) = plain.open()
    assert opening.startswith("您好")
    assert "预约专家咨询" in plain.buttons
    assert {"转人工", "长者模式", "English", "新对话", "删除对话"} <= set(plain.seen.tools)


def test_it_says_what_the_chat_api_says(server: RunningServer, plain: Plain) -> None:
    token = server.open_session()
    opening = server.call("POST", "/chat/sessions").json["messages"]
    assert [normal(text) for text in plain.open()] == [normal(m["text"]) for m in opening]
    for line in (QUESTION, "外观设计呢", "今天天气怎么样", "专利", "转人工", "我要预约咨询", "取消", "How long does an invention patent last?"):
        said = server.call("POST", "/chat/messages", {"text": line}, token).json
        assert [normal(text) for text in plain.say(line)] == [normal(m["text"]) for m in said["messages"]], line
        assert plain.outcome == said["outcome"], line
        assert plain.buttons == {b["title"]: b["id"] for m in said["messages"] for b in m["buttons"]}, line
        assert plain.step == ((said["form"]["step"], said["form"]["of"]) if said["form"] else None), line


def test_a_booking_goes_through_to_its_reference(plain: Plain) -> None:
    plain.open()
    plain.press("预约专家咨询")
    assert plain.step == (1, 10)
    plain.say("我的店被人投诉商标侵权，收到了律师函")
    plain.press("阿拉善盟")
    plain.press("电话")
    plain.press(next(iter(plain.buttons)))
    plain.press("同意")
    plain.say("示例戊")
    plain.say("13900005678")
    review = plain.press(next(title for title in plain.buttons if "没有" in title or "跳过" in title))
    assert "139****5678" in review[-1]
    receipt = plain.press("确认提交")
    assert plain.outcome == "booked"
    assert re.search(r"WQ-\d{3}-\d{3}-\d{3}", receipt[-1])
    assert plain.step is None
    (calendar,) = plain.seen.links
    assert plain.client.get(calendar).headers["content-type"].startswith("text/calendar")


def test_the_first_message_may_come_from_the_front_page(server: RunningServer) -> None:
    with httpx.Client(base_url=server.url, follow_redirects=True, timeout=60) as client:
        front = client.get("/")
        assert re.search(r'<noscript>.*<form method="post" action="/plain">.*name="text"', front.text, re.S)
        visitor = Plain(server.url, client=client)
        (answer,) = visitor.send(text=QUESTION)
        assert "20年" in answer
        assert visitor.seen.said == [QUESTION]


def test_the_language_changes_and_so_do_the_page_and_the_answers(plain: Plain) -> None:
    plain.open()
    plain.tool("English")
    assert "English" in plain.seen.texts[-1]
    assert "Get a person" in plain.seen.tools
    plain.tool("Get a person")
    assert plain.seen.said == ["English", "Get a person"]
    plain.tool("中文")
    assert "转人工" in plain.seen.tools


def test_elder_mode_is_remembered(plain: Plain) -> None:
    plain.open()
    plain.tool("长者模式")
    assert 'class="plain-page elder"' in plain.client.get("/plain").text
    plain.tool("长者模式")
    assert 'class="plain-page"' in plain.client.get("/plain").text


def test_a_form_that_is_sent_twice_is_handled_once(plain: Plain) -> None:
    plain.open()
    fields = {**plain.seen.hidden, "text": QUESTION}
    for _ in range(2):
        plain.client.post("/plain", data=fields)
    plain.open()
    assert plain.seen.said == [QUESTION]


def test_feedback_reaches_the_work_list(server: RunningServer, plain: Plain) -> None:
    plain.open()
    plain.say(QUESTION)
    card = plain.seen.hidden["card"]
    plain.send(reason="incomplete")
    assert "已交给工作人员" in plain.seen.notice
    assert card in server.command("feedback", "list", "--reason", "incomplete")
    plain.send(card="patents/of-another-talk", reason="incomplete")
    assert plain.status == 422


def test_a_new_conversation_and_a_deleted_one(server: RunningServer, plain: Plain) -> None:
    plain.open()
    plain.say(QUESTION)
    first = plain.client.cookies["zhiwen"]
    plain.tool("新对话")
    assert plain.seen.said == []
    assert server.said_by_user(first) == [QUESTION]
    plain.say(QUESTION)
    second = plain.client.cookies["zhiwen"]
    plain.tool("删除对话")
    assert "对话已删除" in plain.seen.notice
    assert plain.seen.said == []
    assert server.said_by_user(second) == []


def test_a_notice_that_no_history_holds_is_shown(plain: Plain) -> None:
    plain.open()
    texts = plain.say("我的身份证号是11010519491231002X，商标有效期几年？")
    assert "已隐去" in texts[0]
    assert len(texts) == 2
    assert "11010519491231002X" not in plain.client.get("/plain").text


def test_markup_stays_text(plain: Plain) -> None:
    plain.open()
    plain.say("<script>alert(1)</script>商标")
    page = plain.client.get("/plain").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


# -- the guard


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(server: RunningServer) -> None:
    reply = httpx.get(f"{server.url}/plain")
    cookie = reply.headers["set-cookie"]
    assert re.fullmatch(r"zhiwen=\S+; Path=/plain; HttpOnly; SameSite=Lax", cookie)
    assert reply.headers["cache-control"] == "no-store"


def test_behind_https_the_cookie_is_secure_and_the_browser_told_to_stay_there(server: RunningServer) -> None:
    reply = httpx.get(f"{server.url}/plain", headers={"x-forwarded-proto": "https"})
    assert "Secure" not in reply.headers["set-cookie"]  # no proxy is trusted here


@pytest.mark.parametrize("csrf", ["", "x", "0" * 64])
def test_without_the_token_of_the_session_nothing_is_said_and_the_text_is_kept(plain: Plain, csrf: str) -> None:
    plain.open()
    plain.send(text=QUESTION, csrf=csrf)
    assert plain.status == 403
    assert "再按一次" in plain.seen.trouble
    assert plain.seen.draft == QUESTION
    assert plain.seen.said == []
    plain.say(plain.seen.draft)
    assert plain.seen.said == [QUESTION]


def test_the_token_of_one_session_is_none_in_another(server: RunningServer, plain: Plain) -> None:
    plain.open()
    other = Plain(server.url)
    other.open()
    plain.send(text=QUESTION, csrf=other.seen.hidden["csrf"])
    assert plain.status == 403


def test_a_page_of_another_origin_cannot_post(plain: Plain) -> None:
    plain.open()
    data = {**plain.seen.hidden, "text": QUESTION}
    assert plain.client.post("/plain", data=data, headers={"origin": "https://elsewhere.example"}).status_code == 403
    plain.open()
    assert plain.seen.said == []


def test_a_forged_or_expired_cookie_begins_anew_and_keeps_the_text(server: RunningServer, plain: Plain) -> None:
    plain.open()
    plain.client.cookies.set("zhiwen", "x.y.z", domain="127.0.0.1", path="/plain")
    old = Plain(strict().url, client=httpx.Client(base_url=strict().url, cookies={"zhiwen": plain.client.cookies["zhiwen"]}, timeout=60))
    old.send(text=QUESTION)
    assert "已经过期" in old.seen.notice
    assert old.seen.draft == QUESTION
    assert old.seen.said == []


@pytest.mark.parametrize(("text", "said"), [("", "空的"), ("   ", "空的"), ("商" * 2001, "太长了")], ids=["empty", "blank", "long"])
def test_a_text_that_cannot_be_taken_says_why_and_is_kept(plain: Plain, text: str, said: str) -> None:
    plain.open()
    plain.say(text)
    assert plain.status == 422
    assert said in plain.seen.trouble
    assert plain.seen.draft.strip() == text.strip()


def test_too_fast_is_said_politely_with_the_time_to_wait(server: RunningServer) -> None:
    plain = Plain(strict().url)
    plain.open()
    for _ in range(2):
        plain.say("你好")
    plain.say(QUESTION)
    assert plain.status == 429
    assert "太快" in plain.seen.trouble
    assert plain.seen.draft == QUESTION


def test_the_longest_text_fits_into_the_form(plain: Plain) -> None:
    plain.open()
    plain.say("商" * 2000)
    assert plain.status == 200
    assert plain.seen.said == ["商" * 2000]


def test_files_are_not_accepted(plain: Plain) -> None:
    plain.open()
    reply = plain.client.post("/plain", data=plain.seen.hidden, files={"text": ("a.pdf", b"%PDF-1.7")})
    assert reply.status_code == 415
    assert "不接收文件" in reply.text


def test_a_body_that_is_too_large_is_refused(plain: Plain) -> None:
    plain.open()
    plain.send(text="x" * 40_000)
    assert plain.status == 413


def test_an_unknown_wish_is_malformed(plain: Plain) -> None:
    plain.open()
    plain.send(do="format")
    assert plain.status == 400
    plain.send(press="x" * 201)
    assert plain.status == 400
