"""The chat API (docs/chat-api.yaml): sessions, messages, history, feedback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from bot.channels.gate import FRESH_TOKEN, ApiError, Gate, object_of
from bot.channels.rendering import public
from bot.channels.sanitise import Clean, TextRefusedError, sanitise
from bot.channels.sessions import LANGUAGES, PROFILES, Session
from bot.conversation import Conversations, TurnResult
from casework.oversight import FeedbackBook, FeedbackReason

CLIENT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_REASONS = tuple(reason.value for reason in FeedbackReason)


def _one_of(data: dict[str, Any], name: str, allowed: tuple[str, ...], language: str = "zh") -> str:
    value = data.get(name, allowed[0])
    if value not in allowed:
        raise ApiError(400, "bad_request", language)
    return str(value)


def typed(text: str, language: str) -> Clean:
    """A user's text, made safe; raises ApiError that says why it cannot be taken."""
    try:
        return sanitise(text)
    except TextRefusedError as error:
        raise ApiError(422, error.code, language) from None


def _client_id(data: dict[str, Any], language: str) -> str | None:
    found = data.get("client_id")
    if found is not None and not (isinstance(found, str) and CLIENT_ID.fullmatch(found)):
        raise ApiError(400, "bad_request", language)
    return found


async def _turn(talk: Conversations, session: Session, data: dict[str, Any]) -> TurnResult:
    """One text or one button."""
    text, pressed, client_id = data.get("text"), data.get("button"), _client_id(data, session.language)
    if pressed is None:
        return await talk.say(session, typed(text or "", session.language), client_id=client_id)
    if not pressed or len(pressed) > 200:
        raise ApiError(400, "bad_request", session.language)
    title = data.get("title")
    return await talk.press(session, pressed, title if isinstance(title, str) and len(title) <= 100 else "", client_id=client_id)


def chat_blueprint(gate: Gate, feedback: FeedbackBook, forget: Callable[[str], None]) -> Blueprint:
    """Build the blueprint; `forget(conversation)` deletes what is stored of a conversation."""
    blueprint = Blueprint("chat", url_prefix="/chat")
    _conversation(blueprint, gate)
    _history(blueprint, gate, forget)
    _feedback(blueprint, gate, feedback)

    @blueprint.middleware("response")
    async def renew(request: Request, response: HTTPResponse) -> None:
        token = getattr(request.ctx, "fresh_token", None)
        if token is not None and response.status < 400:
            response.headers[FRESH_TOKEN] = token

    return blueprint


def _conversation(blueprint: Blueprint, gate: Gate) -> None:
    @blueprint.post("/sessions", stream=True)
    async def open_session(request: Request) -> HTTPResponse:
        data = await object_of(request)
        language, profile = _one_of(data, "language", LANGUAGES), _one_of(data, "profile", PROFILES)
        gate.limited(request, None, language)
        talk = gate.conversations(language)
        session, token = gate.sessions.open(language, profile)
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
        data = await object_of(request)
        session = gate.session(request)
        text, pressed = data.get("text"), data.get("button")
        if (text is None) == (pressed is None) or not isinstance(text if pressed is None else pressed, str):
            raise ApiError(400, "bad_request", session.language)
        gate.limited(request, session, session.language)
        result = await _turn(gate.conversations(session.language), session, data)
        return json_response(result.public(), ensure_ascii=False)


def _history(blueprint: Blueprint, gate: Gate, forget: Callable[[str], None]) -> None:
    @blueprint.get("/history")
    async def history(request: Request) -> HTTPResponse:
        session = gate.session(request)
        gate.limited(request, session, session.language)
        entries = await gate.conversations(session.language).history(session)
        return json_response({"session_id": session.id, "entries": entries}, ensure_ascii=False)

    @blueprint.delete("/history")
    async def delete(request: Request) -> HTTPResponse:
        session = gate.session(request)
        gate.limited(request, session, session.language)
        async with gate.conversations(session.language).undisturbed(session):
            await asyncio.to_thread(forget, session.id)
        request.ctx.fresh_token = None  # nothing is left that a token could open
        return empty()


def _feedback(blueprint: Blueprint, gate: Gate, book: FeedbackBook) -> None:
    @blueprint.post("/feedback", stream=True)
    async def feedback(request: Request) -> HTTPResponse:
        data = await object_of(request)
        session = gate.session(request)
        gate.limited(request, session, session.language)
        reason, card, comment = _one_of(data, "reason", _REASONS, session.language), data.get("card"), data.get("comment", "")
        if "reason" not in data or not isinstance(card, str) or not isinstance(comment, str):
            raise ApiError(400, "bad_request", session.language)
        if card not in await gate.conversations(session.language).cards(session):
            raise ApiError(422, "not_shown", session.language)
        said = typed(comment, session.language).text if comment.strip() else ""
        await asyncio.to_thread(
            book.record, card, FeedbackReason(reason), conversation_id=session.id, comment=said, profile=session.profile
        )
        return empty()
