"""The chat API (docs/chat-api.yaml): sessions, messages, history."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.limits import RateLimit
from bot.channels.rendering import public
from bot.channels.sanitise import TextRefusedError, sanitise
from bot.channels.sessions import LANGUAGES, PROFILES, Session, Sessions, TokenError
from bot.conversation import Conversations
from bot.web import sentence

log = logging.getLogger("zhiwen.chat")
BODY_LIMIT = 16 * 1024  # bytes
_DRAIN_LIMIT = 64 * 1024 * 1024
_DRAIN_SECONDS = 10.0
Handler = Callable[..., Awaitable[HTTPResponse]]


class ApiError(Exception):
    """An error with its code, status and the language of its sentence."""

    def __init__(self, status: int, code: str, language: str = "zh") -> None:
        super().__init__(code)
        self.status, self.code, self.language = status, code, language


def error_response(status: int, code: str, language: str) -> HTTPResponse:
    """A code and a sentence in the user's language."""
    headers = {"retry-after": "5"} if status in (429, 503) else None
    return json_response({"error": {"code": code, "message": sentence(code, language)}}, status=status, headers=headers, ensure_ascii=False)


def language_of_request(request: Request) -> str:
    """The language of an error before a session is known: the browser's wish."""
    wish = request.headers.get("accept-language", "zh").lower()
    return "en" if wish.startswith("en") else "zh"


async def _body(request: Request) -> bytes:
    """The body, at most 16 KB. More is read and thrown away, so that the client can read the reply."""
    kept, size, deadline = [], 0, asyncio.get_event_loop().time() + _DRAIN_SECONDS
    while True:
        left = deadline - asyncio.get_event_loop().time()
        try:
            chunk = await asyncio.wait_for(request.stream.read(), timeout=max(left, 0.01))
        except asyncio.TimeoutError:
            raise ApiError(413 if size > BODY_LIMIT else 400, "too_large" if size > BODY_LIMIT else "bad_request") from None
        if chunk is None:
            break
        size += len(chunk)
        if size <= BODY_LIMIT:
            kept.append(chunk)
        if size > _DRAIN_LIMIT:
            break
    if size > BODY_LIMIT:
        raise ApiError(413, "too_large", language_of_request(request))
    return b"".join(kept)


async def _read(request: Request) -> dict[str, Any]:
    raw = await _body(request)
    try:
        data = json.loads(raw.decode("utf-8")) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_json", language_of_request(request)) from None
    if not isinstance(data, dict):
        raise ApiError(400, "bad_request", language_of_request(request))
    return data


def _one_of(data: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = data.get(name, allowed[0])
    if value not in allowed:
        raise ApiError(400, "bad_request")
    return str(value)


def chat_blueprint(sessions: Sessions, limit: RateLimit, conversations: Callable[[], Conversations | None]) -> Blueprint:
    """Build the blueprint; `conversations()` is None until the agent is ready."""
    blueprint = Blueprint("chat", url_prefix="/chat")

    def ready(language: str) -> Conversations:
        found = conversations()
        if found is None:
            raise ApiError(503, "not_ready", language)
        return found

    def session_of(request: Request) -> Session:
        header = request.headers.get("authorization", "")
        try:
            return sessions.check(header[7:].strip() if header[:7].lower() == "bearer " else None)
        except TokenError:
            raise ApiError(401, "unauthorised", language_of_request(request)) from None

    def limited(request: Request, session: Session | None, language: str) -> None:
        if not limit.allows(request.remote_addr or request.ip, session.id if session else None):
            raise ApiError(429, "too_fast", language)

    @blueprint.post("/sessions", stream=True)
    async def open_session(request: Request) -> HTTPResponse:
        data = await _read(request)
        language, profile = _one_of(data, "language", LANGUAGES), _one_of(data, "profile", PROFILES)
        limited(request, None, language)
        talk = ready(language)
        session, token = sessions.open(language, profile)
        result = await talk.open(session)
        body = {
            "session_id": session.id,
            "token": token,
            "expires_at": session.expires_at.isoformat(),
            "messages": [public(m) for m in result.messages],
        }
        return json_response(body, status=201, ensure_ascii=False)

    @blueprint.post("/messages", stream=True)
    async def message(request: Request) -> HTTPResponse:
        data = await _read(request)
        session = session_of(request)
        text, pressed = data.get("text"), data.get("button")
        if (text is None) == (pressed is None) or not isinstance(text if pressed is None else pressed, str):
            raise ApiError(400, "bad_request", session.language)
        limited(request, session, session.language)
        talk = ready(session.language)
        if pressed is not None:
            if not pressed or len(pressed) > 200:
                raise ApiError(400, "bad_request", session.language)
            title = data.get("title")
            result = await talk.press(session, pressed, title if isinstance(title, str) and len(title) <= 100 else "")
        else:
            try:
                typed = sanitise(text or "")
            except TextRefusedError as error:
                raise ApiError(422, error.code, session.language) from None
            result = await talk.say(session, typed)
        return json_response(result.public(), ensure_ascii=False)

    @blueprint.get("/history")
    async def history(request: Request) -> HTTPResponse:
        session = session_of(request)
        limited(request, session, session.language)
        entries = await ready(session.language).history(session)
        return json_response({"session_id": session.id, "entries": entries}, ensure_ascii=False)

    return blueprint
