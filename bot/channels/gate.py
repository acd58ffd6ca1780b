"""What every request of a web client passes: a body of bounded size, a session, a limit, a running agent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from sanic import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.limits import RateLimit
from bot.channels.sessions import LANGUAGES, Session, Sessions, TokenError
from bot.conversation import Conversations
from bot.web import sentence

BODY_LIMIT = 16 * 1024  # bytes
FRESH_TOKEN = "x-session-token"
_DRAIN_LIMIT = 64 * 1024 * 1024
_DRAIN_SECONDS = 4.0


class ApiError(Exception):
    """An error with its code, status, the language of its sentence, and the seconds to wait where there are some."""

    def __init__(self, status: int, code: str, language: str = "zh", wait: int = 5) -> None:
        super().__init__(code)
        self.status, self.code, self.language, self.wait = status, code, language, wait


def error_response(status: int, code: str, language: str, wait: int = 5) -> HTTPResponse:
    """A code and a sentence in the user's language."""
    headers = {"retry-after": str(wait)} if status in (429, 503) else None
    return json_response({"error": {"code": code, "message": sentence(code, language)}}, status=status, headers=headers, ensure_ascii=False)


def language_of_request(request: Request) -> str:
    """The language before a session is known: what the address asks for, else the browser's wish."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    wish = request.headers.get("accept-language", "zh").lower()
    return "en" if wish.startswith("en") else "zh"


async def body_of(request: Request, limit: int = BODY_LIMIT) -> bytes:
    """The body, at most `limit` bytes. More is read and thrown away, so that the client can read the reply."""
    kept, size, deadline = [], 0, asyncio.get_event_loop().time() + _DRAIN_SECONDS
    while True:
        left = deadline - asyncio.get_event_loop().time()
        try:
            chunk = await asyncio.wait_for(request.stream.read(), timeout=max(left, 0.01))
        except asyncio.TimeoutError:
            raise ApiError(413 if size > limit else 400, "too_large" if size > limit else "bad_request") from None
        if chunk is None:
            break
        size += len(chunk)
        if size <= limit:
            kept.append(chunk)
        if size > _DRAIN_LIMIT:
            break
    if size > limit:
        raise ApiError(413, "too_large", language_of_request(request))
    return b"".join(kept)


async def object_of(request: Request) -> dict[str, Any]:
    """The body as a JSON object; files are refused before they are read as one."""
    raw = await body_of(request)
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise ApiError(415, "no_files", language_of_request(request))
    try:
        data = json.loads(raw.decode("utf-8")) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_json", language_of_request(request)) from None
    if not isinstance(data, dict):
        raise ApiError(400, "bad_request", language_of_request(request))
    return data


def address_of(request: Request) -> str:
    """Who sends: the client's address, behind trusted proxies as they tell it."""
    return str(request.remote_addr or request.ip)


class Gate:
    """Sessions, limits and the agent, for every route of the web client. `agent()` is None until it is loaded."""

    def __init__(self, sessions: Sessions, limit: RateLimit, agent: Callable[[], Conversations | None]) -> None:
        self.sessions, self._limit, self._agent = sessions, limit, agent

    def conversations(self, language: str) -> Conversations:
        """The running conversations; raises ApiError while the server is starting."""
        found = self._agent()
        if found is None:
            raise ApiError(503, "not_ready", language)
        return found

    def session(self, request: Request) -> Session:
        """The session of the request's token; a token past half its life is renewed with the reply."""
        header = request.headers.get("authorization", "")
        try:
            session = self.sessions.check(header[7:].strip() if header[:7].lower() == "bearer " else None)
        except TokenError:
            raise ApiError(401, "unauthorised", language_of_request(request)) from None
        request.ctx.fresh_token = self.sessions.renewed(session)
        return session

    def limited(self, request: Request, session: Session | None, language: str) -> None:
        """Count the request; raises ApiError with the seconds to wait when it is one too many."""
        wait = self._limit.wait(address_of(request), session.id if session else None)
        if wait is not None:
            raise ApiError(429, "too_fast", language, wait)
