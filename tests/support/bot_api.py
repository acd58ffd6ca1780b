"""A Bot API for tests: speaks Telegram's HTTP on loopback, keeps every call, fails as it is told to.

    with bot_api() as api:
        Gateway(api.token, api.url)
        api.fail("sendMessage", 429, retry_after=3)      # the next call only
        api.hang("sendMessage", 5)                        # answers too late
        api.deliver(update)                               # for getUpdates
        api.sent                                          # the messages that arrived, as dicts
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "123456789:TEST_token-for-a-local-bot-api-only"
BOT = {"id": 123456789, "is_bot": True, "first_name": "知问", "username": "zhiwen_test_bot"}
_LONGEST_POLL = 0.3  # seconds; tests do not wait as long as Telegram would


@dataclass(frozen=True)
class Call:
    """One call: the method and its parameters, parsed."""

    method: str
    params: dict[str, Any]


@dataclass
class _Trouble:
    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)
    wait: float = 0.0


@dataclass
class BotApi:
    """What was called, and what the next calls get."""

    port: int = 0
    token: str = TOKEN
    calls: list[Call] = field(default_factory=list)
    troubles: dict[str, deque[_Trouble]] = field(default_factory=lambda: defaultdict(deque))
    waiting: list[dict[str, Any]] = field(default_factory=list)  # updates that are not confirmed
    webhook: str = ""
    most_polls: int = 0  # getUpdates that ran at the same time
    _polls: int = 0
    _messages: int = 1000

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def named(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of a method."""
        return [call.params for call in list(self.calls) if call.method == method]

    @property
    def sent(self) -> list[dict[str, Any]]:
        return self.named("sendMessage")

    @property
    def texts(self) -> list[str]:
        return [str(message["text"]) for message in self.sent]

    def deliver(self, *updates: dict[str, Any]) -> None:
        """Updates that the next getUpdates fetch."""
        self.waiting.extend(updates)

    def fail(self, method: str, status: int, description: str = "", *, times: int = 1, retry_after: int | None = None) -> None:
        """The next `times` calls of a method are refused as Telegram refuses."""
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": description or f"error {status}"}
        if retry_after is not None:
            body["parameters"] = {"retry_after": retry_after}
        self.troubles[method].extend(_Trouble(status, body) for _ in range(times))

    def hang(self, method: str, seconds: float, *, times: int = 1) -> None:
        """The next `times` calls arrive, but are answered after `seconds`."""
        self.troubles[method].extend(_Trouble(wait=seconds) for _ in range(times))

    def answer(self, method: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of one call."""
        self.calls.append(Call(method, params))
        trouble = self.troubles[method].popleft() if self.troubles[method] else _Trouble()
        time.sleep(trouble.wait)
        if trouble.body:
            return trouble.status, trouble.body
        return 200, {"ok": True, "result": self._result(method, params)}

    def _result(self, method: str, params: dict[str, Any]) -> Any:
        if method == "getMe":
            return BOT
        if method == "getUpdates":
            self._polls += 1
            self.most_polls = max(self.most_polls, self._polls)
            try:
                return self._updates(params)
            finally:
                self._polls -= 1
        if method == "getWebhookInfo":
            return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self.waiting)}
        if method == "setWebhook":
            self.webhook = params["url"]
        if method == "sendMessage":
            self._messages += 1
            params["message_id"] = self._messages  # so that a test can press what stands under it
            return {"message_id": self._messages, "date": 0, "chat": {"id": params["chat_id"], "type": "private"}, "text": params["text"]}
        return True

    def _updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        offset, deadline = int(params.get("offset") or 0), time.monotonic() + min(float(params.get("timeout") or 0), _LONGEST_POLL)
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        while not self.waiting and time.monotonic() < deadline:
            time.sleep(0.01)
        return list(self.waiting)


@contextmanager
def bot_api() -> Iterator[BotApi]:
    """A running Bot API on loopback."""
    api = BotApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            _, bot, method = self.path.split("/")
            if bot != f"bot{api.token}":
                status, reply = 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
            else:
                status, reply = api.answer(method, {name: _parsed(value) for name, value in parse_qsl(body, keep_blank_values=True)})
            data = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A caller that gave up waiting is part of the tests."""

    with Server(("127.0.0.1", 0), Handler) as server:
        api.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield api
        server.shutdown()


def _parsed(value: str) -> Any:
    """Numbers, lists and objects travel as JSON; what is text stays text."""
    if value[:1] not in "[{" and not value.lstrip("-").isdigit():
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
