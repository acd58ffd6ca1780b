"""The running server keeps docs/chat-api.yaml: every status, every field, and none that is not written there."""

from __future__ import annotations

import copy
import datetime as dt
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jsonschema
import pytest
import yaml

from desk.outcomes import Outcome
from tests.support.server import ROOT, Answer, RunningServer, ordinary, strict

SPEC: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "chat-api.yaml").read_text(encoding="utf-8"))
SECRETS = ("Traceback", "File \"", "sanic", "Error:")


def closed(schema: Any) -> Any:
    """The schema as JSON Schema: `nullable` spelt out, and no object may have a field that is not written down."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(part) for name, part in schema.items() if name not in ("nullable", "example", "description")}
    if "properties" in found:
        found.setdefault("additionalProperties", False)
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") else found


CLOSED = {"components": {"schemas": closed(copy.deepcopy(SPEC["components"]["schemas"]))}}


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = SPEC
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def check(answer: Answer, status: int, method: str, path: str) -> Any:
    """The answer has this status and the body that the specification promises for it; returns the body."""
    assert answer.status == status, answer
    responses = SPEC["paths"].get(path, {}).get(method.lower(), {}).get("responses", {})
    everywhere = {404: "NotFound", 405: "WrongMethod"}
    if str(status) not in responses:
        assert status in everywhere, f"{method} {path} {status} is not written down"
        promised = SPEC["components"]["responses"][everywhere[status]]
    else:
        promised = resolved(responses[str(status)])
    if "content" not in promised:
        assert answer.json is None
        return None
    assert answer.headers["content-type"].startswith("application/json")
    schema = promised["content"]["application/json"]["schema"]
    jsonschema.Draft4Validator({**schema, **CLOSED}, format_checker=jsonschema.FormatChecker()).validate(answer.json)
    if "Retry-After" in promised.get("headers", {}):
        assert int(answer.headers["retry-after"]) > 0
    if status >= 400:
        assert not any(secret in json.dumps(answer.json) for secret in SECRETS)
    return answer.json


@pytest.fixture(scope="module")
def server() -> RunningServer:
    return ordinary()


@pytest.fixture(scope="module")
def strict_server() -> RunningServer:
    return strict()


@pytest.fixture
def token(server: RunningServer) -> str:
    return server.open_session()


# -- the specification itself


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_every_reference_of_the_specification_leads_somewhere_and_nothing_is_left_over() -> None:
    used = set(references(SPEC))
    for reference in used:
        assert resolved({"$ref": reference})
    written = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in SPEC["components"][kind]}
    assert written - used == {"#/components/responses/WrongMethod"}  # answered on every path, see its description


def test_every_operation_is_named_once_and_every_schema_is_valid() -> None:
    operations = [operation for path in SPEC["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for schema in CLOSED["components"]["schemas"].values():
        jsonschema.Draft4Validator.check_schema(schema)


def test_the_outcomes_of_the_specification_are_those_of_the_code() -> None:
    assert SPEC["components"]["schemas"]["Outcome"]["enum"] == [outcome.value for outcome in Outcome]


# -- sessions


@pytest.mark.parametrize("wish", [{}, {"language": "en"}, {"language": "zh", "profile": "school"}, {"client": "unknown field"}], ids=str)
def test_a_session_is_opened_with_a_token_and_its_first_messages(server: RunningServer, wish: dict[str, str]) -> None:
    body = check(server.call("POST", "/chat/sessions", wish), 201, "POST", "/chat/sessions")
    assert body["token"] != body["session_id"]
    assert dt.datetime.fromisoformat(body["expires_at"]).utcoffset() is not None


def test_a_session_needs_no_body(server: RunningServer) -> None:
    check(server.call("POST", "/chat/sessions"), 201, "POST", "/chat/sessions")


def test_no_two_sessions_have_the_same_id(server: RunningServer) -> None:
    ids = {server.call("POST", "/chat/sessions").json["session_id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize("wish", [{"language": "fr"}, {"profile": "admin"}, {"language": None}, {"language": ["zh"]}], ids=str)
def test_an_unknown_wish_is_malformed(server: RunningServer, wish: dict[str, Any]) -> None:
    assert check(server.call("POST", "/chat/sessions", wish), 400, "POST", "/chat/sessions")["error"]["code"] == "bad_request"


# -- messages


def test_an_answer_has_its_citations_and_buttons(server: RunningServer, token: str) -> None:
    body = check(server.call("POST", "/chat/messages", {"text": "发明专利保护多少年？"}, token), 200, "POST", "/chat/messages")
    assert body["outcome"] == "answered"
    assert body["form"] is None
    (message,) = body["messages"]
    assert message["kind"] == "answer"
    assert "20年" in message["text"]
    assert any("专利法" in c["title"] and "第42条" in c["article"] and c["effective_from"] for c in message["citations"])
    assert message["card"]
    assert message["buttons"]


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (["发明专利保护多少年", "外观设计呢"], "answered"),
        (["专利"], None),
        (["今天天气怎么样"], "out_of_scope"),
        (["你好"], "smalltalk"),
        (["转人工"], "handed_over"),
        (["我要预约咨询"], "collecting"),
        (["我要预约咨询", "取消"], "cancelled"),
        (["ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ"], "signposted"),
        (["How long does an invention patent last?"], "answered"),
        (["/restart"], None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_every_kind_of_turn_keeps_the_contract(server: RunningServer, token: str, lines: list[str], outcome: str | None) -> None:
    for line in lines:
        body = check(server.call("POST", "/chat/messages", {"text": line}, token), 200, "POST", "/chat/messages")
    assert body["outcome"] == outcome or outcome is None


def test_a_booking_keeps_the_contract_up_to_its_receipt(server: RunningServer, token: str) -> None:
    def send(**body: str) -> Any:
        return check(server.call("POST", "/chat/messages", body, token), 200, "POST", "/chat/messages")

    send(button="book_consultation", title="预约专家咨询")
    turn = send(text="我的店被人投诉商标侵权，收到了律师函")
    assert turn["form"]["name"] == "consultation_form"
    assert 1 <= turn["form"]["step"] <= turn["form"]["of"]
    send(button="v:c_region:chifeng", title="赤峰市")
    times = send(button="v:c_mode:phone", title="电话")
    chosen = times["messages"][-1]["buttons"][0]
    send(button=chosen["id"], title=chosen["title"])
    send(button="v:c_consent:yes", title="同意")
    send(text="示例丙")
    send(text="13900007890")
    review = send(text="没有")
    assert review["messages"][-1]["kind"] == "review"
    booked = send(button="v:c_review:yes", title="确认提交")
    assert booked["outcome"] == "booked"
    receipt = booked["messages"][-1]
    assert receipt["kind"] == "receipt"
    assert receipt["reference"].startswith("WQ-")
    calendar = server.call("GET", receipt["links"][0]["url"])
    assert calendar.status == 200
    assert calendar.headers["content-type"].startswith("text/calendar")
    check(server.call("GET", "/chat/history", token=token), 200, "GET", "/chat/history")


def test_a_pressed_button_is_remembered_by_its_title(server: RunningServer, token: str) -> None:
    body = {"button": "help", "title": "你能做什么"}
    check(server.call("POST", "/chat/messages", body, token), 200, "POST", "/chat/messages")
    history = check(server.call("GET", "/chat/history", token=token), 200, "GET", "/chat/history")
    assert [e["text"] for e in history["entries"] if e["from"] == "user"] == ["你能做什么"]


def test_a_text_may_have_two_thousand_characters(server: RunningServer, token: str) -> None:
    check(server.call("POST", "/chat/messages", {"text": "商标" * 1000}, token), 200, "POST", "/chat/messages")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("   \n", "empty"), ("\u200b\u2060", "empty"), ("商标" * 1000 + "？", "too_long"), ("a" * 2001, "too_long")],
    ids=["nothing", "blanks", "invisible", "2001 characters", "2001 letters"],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_text_that_cannot_be_taken_says_why(server: RunningServer, text: str, code: str, language: str) -> None:
    token = server.open_session(language=language)
    error = check(server.call("POST", "/chat/messages", {"text": text}, token), 422, "POST", "/chat/messages")["error"]
    assert error["code"] == code
    assert error["message"].isascii() == (language == "en")
    assert server.said_by_user(token) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b"[" * 12000, "bad_json"),
        (b"[]", "bad_request"),
        (b'"text"', "bad_request"),
        (b"{}", "bad_request"),
        (b'{"text": 5}', "bad_request"),
        (b'{"text": null}', "bad_request"),
        (b'{"text": "a", "button": "b"}', "bad_request"),
        (b'{"button": ""}', "bad_request"),
        (b'{"button": ["help"]}', "bad_request"),
        (json.dumps({"button": "x" * 201}).encode(), "bad_request"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_malformed_message_is_refused(server: RunningServer, token: str, body: bytes, code: str) -> None:
    error = check(server.call("POST", "/chat/messages", body, token), 400, "POST", "/chat/messages")["error"]
    assert error["code"] == code


# -- the same message twice


def test_a_message_sent_again_with_its_id_is_handled_once_and_gets_the_same_reply(server: RunningServer, token: str) -> None:
    body = {"text": "发明专利保护多少年？", "client_id": "a-1"}
    first = check(server.call("POST", "/chat/messages", body, token), 200, "POST", "/chat/messages")
    check(server.call("POST", "/chat/messages", {"text": "你好", "client_id": "a-2"}, token), 200, "POST", "/chat/messages")
    again = check(server.call("POST", "/chat/messages", body, token), 200, "POST", "/chat/messages")
    assert again == first
    history = check(server.call("GET", "/chat/history", token=token), 200, "GET", "/chat/history")
    assert [(e["text"], e["client_id"]) for e in history["entries"] if e["from"] == "user"] == [(body["text"], "a-1"), ("你好", "a-2")]


def test_a_form_is_not_taken_further_by_the_same_press(server: RunningServer, token: str) -> None:
    body = {"button": "book_consultation", "title": "预约", "client_id": "press-1"}
    first = server.call("POST", "/chat/messages", body, token).json
    again = server.call("POST", "/chat/messages", body, token).json
    assert first["form"]["step"] == 1
    assert (again["form"], again["outcome"], again["messages"]) == (first["form"], first["outcome"], first["messages"])


def test_two_that_arrive_at_once_are_handled_once(server: RunningServer, token: str) -> None:
    body = {"text": "商标有效期几年？", "client_id": "race"}
    with ThreadPoolExecutor(4) as pool:
        replies = [answer.json for answer in pool.map(lambda _: server.call("POST", "/chat/messages", body, token), range(4))]
    assert all(reply == replies[0] for reply in replies)
    assert server.said_by_user(token) == [body["text"]]


def test_the_id_of_one_conversation_means_nothing_in_another(server: RunningServer, token: str) -> None:
    other = server.open_session()
    server.call("POST", "/chat/messages", {"text": "你好", "client_id": "same"}, token)
    server.call("POST", "/chat/messages", {"text": "商标有效期几年？", "client_id": "same"}, other)
    assert server.said_by_user(other) == ["商标有效期几年？"]


@pytest.mark.parametrize("client_id", ["", "x" * 65, 5, ["a"], "a b", "专利"], ids=str)
def test_an_id_that_is_none_is_malformed(server: RunningServer, token: str, client_id: Any) -> None:
    for body in ({"text": "你好"}, {"button": "help"}):
        check(server.call("POST", "/chat/messages", {**body, "client_id": client_id}, token), 400, "POST", "/chat/messages")
    assert server.said_by_user(token) == []


# -- feedback, deleting


def test_feedback_on_an_answer_reaches_the_work_list(server: RunningServer, token: str) -> None:
    card = server.call("POST", "/chat/messages", {"text": "发明专利保护多少年？"}, token).json["messages"][0]["card"]
    body = {"card": card, "reason": "outdated", "comment": "我电话13812345678，说的是旧法"}
    check(server.call("POST", "/chat/feedback", body, token), 204, "POST", "/chat/feedback")
    check(server.call("POST", "/chat/feedback", {"card": card, "reason": "helpful"}, token), 204, "POST", "/chat/feedback")
    listed = server.command("feedback", "list", "--reason", "outdated")
    assert card in listed
    assert "说的是旧法" in listed
    assert "13812345678" not in listed


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"card": "patents/x"}, 400),
        ({"card": 5, "reason": "outdated"}, 400),
        ({"card": "patents/x", "reason": "bad"}, 400),
        ({"card": "patents/x", "reason": "outdated", "comment": 5}, 400),
        ({"card": "patents/x", "reason": "outdated"}, 422),
    ],
    ids=str,
)
def test_feedback_that_says_nothing_or_is_about_nothing_shown_is_refused(
    server: RunningServer, token: str, body: dict[str, Any], status: int
) -> None:
    check(server.call("POST", "/chat/feedback", body, token), status, "POST", "/chat/feedback")


def test_a_deleted_conversation_is_gone_and_its_held_time_is_free_again(server: RunningServer, token: str) -> None:
    lines = ["我要预约咨询", "我的店被人投诉商标侵权", "通辽市", "电话"]
    for line in lines:
        times = server.call("POST", "/chat/messages", {"text": line}, token).json
    first = times["messages"][-1]["buttons"][0]
    server.call("POST", "/chat/messages", {"button": first["id"], "title": first["title"]}, token)
    assert len(server.said_by_user(token)) == 5
    check(server.call("DELETE", "/chat/history", token=token), 204, "DELETE", "/chat/history")
    check(server.call("DELETE", "/chat/history", token=token), 204, "DELETE", "/chat/history")
    assert server.call("GET", "/chat/history", token=token).json["entries"] == []
    other = server.open_session()
    for line in lines:
        times = server.call("POST", "/chat/messages", {"text": line}, other).json
    assert times["messages"][-1]["buttons"][0] == first


def test_what_was_handed_in_survives_the_conversation(server: RunningServer, token: str) -> None:
    presses = ["book_consultation", "v:c_region:tongliao", "v:c_mode:phone", None, "v:c_consent:yes", None, None, None, "v:c_review:yes"]
    texts = {5: "示例丁", 6: "13900004321", 7: "没有"}
    turn = server.call("POST", "/chat/messages", {"button": presses[0]}, token).json
    turn = server.call("POST", "/chat/messages", {"text": "我的店被人投诉商标侵权，收到了律师函"}, token).json
    for index, press in list(enumerate(presses))[1:]:
        body = {"text": texts[index]} if index in texts else {"button": press or turn["messages"][-1]["buttons"][0]["id"]}
        turn = server.call("POST", "/chat/messages", body, token).json
    reference = turn["messages"][-1]["reference"]
    server.call("DELETE", "/chat/history", token=token)
    other = server.open_session()
    server.call("POST", "/chat/messages", {"button": "lookup_case"}, other)
    found = server.call("POST", "/chat/messages", {"text": f"{reference} 4321"}, other).json
    assert found["outcome"] == "looked_up"


@pytest.mark.parametrize("path", ["/chat/sessions", "/chat/messages", "/chat/feedback"])
def test_files_are_not_accepted(server: RunningServer, token: str, path: str) -> None:
    boundary = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\r\n--x--\r\n"
    answer = server.call("POST", path, boundary, token, content_type="multipart/form-data; boundary=x")
    assert check(answer, 415, "POST", path)["error"]["code"] == "no_files"


# -- tokens


def other_end(token: str) -> str:
    head, _, signature = token.rpartition(".")
    return f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


@pytest.mark.parametrize("forge", [lambda t: None, lambda t: "", lambda t: "x.y.z", other_end, lambda t: t * 9], ids=str)
def test_without_a_good_token_nothing_is_said(server: RunningServer, token: str, forge: Any) -> None:
    bad = forge(token)
    for method, path, body in (
        ("POST", "/chat/messages", {"text": "你好"}),
        ("GET", "/chat/history", None),
        ("DELETE", "/chat/history", None),
        ("POST", "/chat/feedback", {"card": "patents/x", "reason": "unclear"}),
    ):
        error = check(server.call(method, path, body, bad), 401, method, path)["error"]
        assert error["code"] == "unauthorised"


def test_a_token_expires(server: RunningServer, strict_server: RunningServer, token: str) -> None:
    check(strict_server.call("GET", "/chat/history", token=token), 401, "GET", "/chat/history")


def test_an_error_before_there_is_a_session_speaks_the_language_of_the_browser(server: RunningServer) -> None:
    for wish, ascii_ in (("en-GB,en;q=0.9", True), ("zh-CN", False), ("mn", False)):
        answer = server.call("GET", "/chat/history", accept_language=wish)
        assert check(answer, 401, "GET", "/chat/history")["error"]["message"].isascii() == ascii_


# -- size


def raw(server: RunningServer, head: str, chunks: list[bytes], pause: float = 0.0) -> Answer:
    """Send by hand, then read the whole reply until the server closes or it is complete."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"POST /chat/messages HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        for chunk in chunks:
            connection.sendall(chunk)
            time.sleep(pause)
        received = b""
        while True:
            top, separator, body = received.partition(b"\r\n\r\n")
            headers = dict(line.lower().split(": ", 1) for line in top.decode().split("\r\n")[1:])
            if separator and len(body) >= int(headers["content-length"]):
                return Answer(int(top.split()[1]), headers, json.loads(body))
            part = connection.recv(65536)
            assert part, f"closed before the reply was complete: {received[:200]!r}"
            received += part


def test_a_body_over_sixteen_kilobytes_is_too_large(server: RunningServer, token: str) -> None:
    for size, status in ((16 * 1024 - 20, 422), (16 * 1024 + 1, 413), (2_000_000, 413)):
        body = json.dumps({"text": "x" * size}).encode()
        check(server.call("POST", "/chat/messages", body, token), status, "POST", "/chat/messages")


def test_a_client_that_sends_everything_before_it_reads_can_read_the_refusal(server: RunningServer, token: str) -> None:
    head = f"Authorization: Bearer {token}\r\nContent-Length: 8000000"
    answer = raw(server, head, [b"x" * 100_000] * 80)
    assert check(answer, 413, "POST", "/chat/messages")["error"]["code"] == "too_large"


def test_a_client_that_is_still_sending_gets_the_whole_refusal(server: RunningServer, token: str) -> None:
    head = f"Authorization: Bearer {token}\r\nContent-Length: 8000000"
    began = time.monotonic()
    answer = raw(server, head, [b"x" * 20_000] * 5, pause=0.05)  # 100 KB of the 8 MB it promised
    assert check(answer, 413, "POST", "/chat/messages")["error"]["code"] == "too_large"
    assert time.monotonic() - began < 20


def test_a_body_without_a_length_is_counted_too(server: RunningServer, token: str) -> None:
    head = f"Authorization: Bearer {token}\r\nTransfer-Encoding: chunked"
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    answer = raw(server, head, [*[chunk] * 10, b"0\r\n\r\n"])
    check(answer, 413, "POST", "/chat/messages")


def test_the_server_answers_others_while_one_sends_slowly(server: RunningServer, token: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as slow:
        slow.sendall(b"POST /chat/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx")
        check(server.call("POST", "/chat/messages", {"text": "你好"}, token), 200, "POST", "/chat/messages")


# -- speed, ways, health


def test_too_fast_is_refused_with_the_time_to_wait(strict_server: RunningServer) -> None:
    token = strict_server.open_session(language="en")
    answers = [strict_server.call("POST", "/chat/messages", {"text": "hello"}, token) for _ in range(4)]
    assert [answer.status for answer in answers[:3]] == [200, 200, 200]
    error = check(answers[3], 429, "POST", "/chat/messages")["error"]
    assert error["code"] == "too_fast"
    assert error["message"].isascii()
    check(strict_server.call("GET", "/chat/history", token=token), 429, "GET", "/chat/history")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/chat", "/chat/nothing", "/webhooks/rest/webhook", "/socket.io/", "/conversations/x/tracker", "/model/train", "/status"],
)
def test_what_is_not_there_is_not_found(server: RunningServer, path: str) -> None:
    for method in ("GET", "POST"):
        check(server.call(method, path), 404, method, path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/chat/messages"),
        ("PUT", "/chat/messages"),
        ("DELETE", "/chat/sessions"),
        ("POST", "/chat/history"),
        ("POST", "/health"),
        ("POST", "/"),
    ],
)
def test_a_wrong_method_is_said_so(server: RunningServer, method: str, path: str) -> None:
    assert check(server.call(method, path), 405, method, path)["error"]["code"] == "wrong_method"


def test_a_page_of_another_origin_is_refused(server: RunningServer) -> None:
    answer = server.call("POST", "/chat/sessions", {}, origin="https://elsewhere.example")
    check(answer, 403, "POST", "/chat/sessions")


def test_health_and_version_say_what_runs(server: RunningServer, strict_server: RunningServer) -> None:
    assert check(server.call("GET", "/health"), 200, "GET", "/health")["ready"] is True
    assert check(server.call("GET", "/version"), 200, "GET", "/version")["mode"] == "demo"
    assert check(strict_server.call("GET", "/health"), 200, "GET", "/health")["clock_set_to"].startswith("2030-01-07T09:")


def test_a_calendar_file_that_does_not_exist_is_not_found(server: RunningServer) -> None:
    check(server.call("GET", "/calendar/guess.ics"), 404, "GET", "/calendar/{token}.ics")
    check(server.call("GET", "/intake/guess.pdf"), 404, "GET", "/intake/{token}.pdf")


def test_replies_of_the_conversation_are_never_cached(server: RunningServer, token: str) -> None:
    for answer in (server.call("GET", "/chat/history", token=token), server.call("POST", "/chat/sessions")):
        assert answer.headers["cache-control"] == "no-store"
