"""The server: our own Sanic application around Rasa's agent. Rasa's channels and management API are not mounted."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import mimetypes
from pathlib import Path
from typing import Any

from sanic import Request, Sanic
from sanic.exceptions import MethodNotSupported, NotFound, PayloadTooLarge, SanicException
from sanic.response import HTTPResponse, empty, raw
from sanic.response import json as json_response

from bot.agent import open_agent
from bot.channels.chat import ApiError, chat_blueprint, error_response, language_of_request
from bot.channels.limits import RateLimit
from bot.channels.sessions import Sessions
from bot.conversation import Conversations
from bot.retention import RetentionLoop
from bot.version import version
from bot.web import STATIC
from desk.container import Container

log = logging.getLogger("zhiwen.server")
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)


class State:
    """What the running server knows: the conversations when ready, or why it is not."""

    def __init__(self) -> None:
        self.conversations: Conversations | None = None
        self.trouble: str | None = "starting"


def create_app(container: Container, model: Path | None = None) -> Sanic:
    """The application: chat API, page, health. The agent is loaded when the server starts."""
    app = Sanic("zhiwen", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = 80 * 1024 * 1024  # bodies are drained and refused above 16 KB (bot/channels/chat.py)
    app.config.PROXIES_COUNT = container.settings.trusted_proxies or None
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.KEEP_ALIVE_TIMEOUT = 30
    app.config.REQUEST_TIMEOUT = 30
    state = State()
    app.ctx.state = state
    retention = RetentionLoop(container)
    sessions = Sessions(container.keyring.derive("sessions"), container.clock, container.settings.session_hours)
    limit = RateLimit(container.settings.rate_limit, container.settings.redis_url)
    app.blueprint(chat_blueprint(sessions, limit, lambda: state.conversations))
    _pages(app, container, state)
    _guards(app, container)

    @app.listener("before_server_start")
    async def load(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        container.live()  # raises ReleaseError with the remedy when there is none
        agent = await open_agent(container, model)
        container.live.follow()
        container.outbox.start()
        retention.start()
        state.conversations, state.trouble = Conversations(agent), None

    @app.listener("after_server_stop")
    async def unload(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        container.live.stop()
        container.outbox.stop()
        retention.stop()

    return app


def _pages(app: Sanic, container: Container, state: State) -> None:
    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        body: dict[str, Any] = {"ready": state.trouble is None, "mode": container.settings.mode}
        if state.trouble is not None:
            body["why"] = state.trouble
        else:
            body["release"] = container.live().id
        if container.settings.now is not None:
            body["clock_set_to"] = container.clock().isoformat(timespec="seconds")
        return json_response(body, status=200 if state.trouble is None else 503)

    @app.get("/version")
    async def about(request: Request) -> HTTPResponse:
        return json_response({"name": "zhiwen", "version": version(), "mode": container.settings.mode})

    @app.get("/calendar/<name:str>")
    async def calendar(request: Request, name: str) -> HTTPResponse:
        found = container.calendar_file(name.removesuffix(".ics"), language_of_request(request))
        if found is None:
            raise NotFound("no such calendar file")
        headers = {"content-disposition": 'attachment; filename="zhiwen.ics"', "cache-control": "no-store"}
        return raw(found, content_type="text/calendar; charset=utf-8", headers=headers)

    @app.get("/intake/<name:str>")
    async def intake(request: Request, name: str) -> HTTPResponse:
        # Subsetting the font takes about a second; other conversations go on meanwhile.
        found = await asyncio.to_thread(container.intake_summary, name.removesuffix(".pdf"), language_of_request(request))
        if found is None:
            raise NotFound("no such summary")
        headers = {"content-disposition": 'inline; filename="zhiwen-intake.pdf"', "cache-control": "no-store"}
        return raw(found, content_type="application/pdf", headers=headers)

    @app.get("/")
    async def page(request: Request) -> HTTPResponse:
        return _file(request, STATIC / "index.html")

    @app.get("/static/<name:str>")
    async def static(request: Request, name: str) -> HTTPResponse:
        path = (STATIC / name).resolve()
        if path.parent != STATIC.resolve() or not path.is_file():
            raise NotFound("no such file")
        return _file(request, path)


def _file(request: Request, path: Path) -> HTTPResponse:
    """A file of the page. Asked for again it costs a 304, so that scripts of two versions never meet in one page."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") or kind.endswith("javascript") else ""
    body = path.read_bytes()
    headers = {"cache-control": "no-cache", "etag": f'"{hashlib.sha256(body).hexdigest()[:16]}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return empty(status=304, headers=headers)
    return raw(body, content_type=kind + charset, headers=headers)


def _guards(app: Sanic, container: Container) -> None:
    ancestors = " ".join(("'self'", *container.settings.allowed_origins))
    policy = _CSP.format(ancestors=ancestors)

    @app.middleware("response")
    async def headers(request: Request, response: HTTPResponse) -> None:
        response.headers.setdefault("content-security-policy", policy)
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["referrer-policy"] = "no-referrer"
        response.headers["permissions-policy"] = "camera=(), geolocation=(), payment=()"
        if request.path.startswith("/chat"):
            response.headers["cache-control"] = "no-store"

    @app.middleware("request")
    async def origin(request: Request) -> HTTPResponse | None:
        sent = request.headers.get("origin")
        if sent is None or request.method in ("GET", "HEAD"):
            return None
        own = f"{request.scheme}://{request.host}"
        if sent.rstrip("/") in (own, *container.settings.allowed_origins) or sent.split("://")[-1] == request.host:
            return None
        return error_response(403, "bad_request", language_of_request(request))

    @app.exception(ApiError)
    async def refused(request: Request, error: ApiError) -> HTTPResponse:
        return error_response(error.status, error.code, error.language)

    @app.exception(Exception)
    async def failed(request: Request, error: Exception) -> HTTPResponse:
        language = language_of_request(request)
        if isinstance(error, NotFound):
            return error_response(404, "not_found", language)
        if isinstance(error, MethodNotSupported):
            return error_response(405, "wrong_method", language)
        if isinstance(error, PayloadTooLarge):
            return error_response(413, "too_large", language)
        if isinstance(error, SanicException) and error.status_code < 500:
            return error_response(error.status_code, "bad_request", language)
        log.error("request failed path=%s error=%s", request.path if request.path.startswith("/chat") else "-", type(error).__name__)
        return error_response(500, "failed", language)
