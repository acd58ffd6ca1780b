"""A conversation begun in a messenger goes on in the page: its one-time link, opened."""

from __future__ import annotations

import asyncio

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.continuing import OneTimeLinks
from bot.channels.gate import ApiError, Gate, language_of_request, object_of
from bot.channels.sessions import TokenError


def continuing_blueprint(gate: Gate, links: OneTimeLinks) -> Blueprint:
    """Only a POST uses the link up: messengers fetch links for a preview."""
    blueprint = Blueprint("continuing")

    @blueprint.post("/chat/sessions/continue", stream=True)
    async def redeem(request: Request) -> HTTPResponse:
        code, language = (await object_of(request)).get("code"), language_of_request(request)
        gate.limited(request, None, language)
        if not isinstance(code, str):
            raise ApiError(400, "bad_request", language)
        try:
            session = await asyncio.to_thread(links.redeem, code)
        except TokenError:
            raise ApiError(410, "link_used", language) from None
        token = gate.sessions.issue(session)
        expires = gate.sessions.check(token).expires_at.isoformat()
        body = {"session_id": session.id, "token": token, "language": session.language, "expires_at": expires}
        return json_response(body, status=201)

    return blueprint
