"""The server: our own Sanic application around Rasa's agent. Rasa's channels and management API are not mounted."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sanic import Request, Sanic
from sanic.exceptions import MethodNotSupported, NotFound, PayloadTooLarge, SanicException
from sanic.response import HTTPResponse, raw
from sanic.response import json as json_response

from bot.agent import open_agent
from bot.channels.chat import chat_blueprint
from bot.channels.continuing import OneTimeLinks
from bot.channels.gate import ApiError, Gate, error_response, language_of_request
from bot.channels.limits import RateLimit
from bot.channels.sessions import Sessions
from bot.conversation import Conversations
from bot.counting import CountingLoop
from bot.forgetting import Forgetting
from bot.metrics import Metrics
from bot.paused import Paused
from bot.retention import RetentionLoop
from bot.routes import plain as plain_page
from bot.routes.continuing import continuing_blueprint
from bot.routes.failures import failure
from bot.routes.ops import Source, ops_blueprint
from bot.routes.pages import pages_blueprint
from bot.school_sweep import SchoolSweep
from bot.turnlog import TurnWatch
from bot.version import version
from bot.web.assets import Assets
from bot.web.headers import always, policy
from desk.container import Container

if TYPE_CHECKING:
    from bot.channels.telegram_service import TelegramService

log = logging.getLogger("zhiwen.server")


class State:
    """What the running server knows: the conversations when ready, or why it is not."""

    def __init__(self) -> None:
        self.conversations: Conversations | None = None
        self.trouble: str | None = "starting"


def create_app(container: Container, model: Path | None = None) -> Sanic:
    """The application: chat API, page, health. The agent is loaded when the server starts."""
    app = Sanic("zhiwen", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = 80 * 1024 * 1024  # bodies are drained and refused above 16 KB (bot/channels/gate.py)
    app.config.PROXIES_COUNT = container.settings.trusted_proxies or None
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.KEEP_ALIVE_TIMEOUT = 30
    app.config.REQUEST_TIMEOUT = 30
    state = State()
    app.ctx.state = state
    retention, counting, metrics = RetentionLoop(container), CountingLoop(container.turn_book), Metrics(Source(container))
    watch = TurnWatch(container.keyring.derive("turns"), lambda: container.live().id, (metrics.note, container.turn_book.note))
    sweep = SchoolSweep(container)
    sessions = Sessions(container.keyring.derive("sessions"), container.clock, container.settings.session_hours)
    limit = RateLimit(container.settings.rate_limit, container.settings.redis_url)
    gate = Gate(sessions, limit, lambda: state.conversations)
    app.blueprint(chat_blueprint(gate, container.feedback, Forgetting(container)))
    links = OneTimeLinks(container.keyring.derive("continue"), container.clock, container.deliveries)
    app.blueprint(continuing_blueprint(gate, links))
    assets = Assets()
    app.blueprint(pages_blueprint(assets, container.settings.allowed_origins))
    key, demo = container.keyring.derive("csrf"), container.settings.demo
    plain = plain_page.Means(gate, links, container.feedback, Forgetting(container), key, assets.sheet, demo)
    app.blueprint(plain_page.plain_blueprint(plain))
    app.blueprint(ops_blueprint(container, metrics, lambda: state.trouble, assets.sheet))
    telegram = _telegram(container, state, limit)
    if telegram is not None and container.settings.telegram_mode == "webhook":
        app.blueprint(telegram.blueprint())
    _pages(app, container, state)
    _guards(app, metrics, assets.sheet)

    @app.listener("before_server_start")
    async def load(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        container.live()  # raises ReleaseError with the remedy when there is none
        agent = await open_agent(container, model)
        container.live.follow()
        container.outbox.start()
        retention.start()
        sweep.start()
        counting.start()
        state.conversations, state.trouble = Conversations(agent, watch, Paused(container.live_view)), None
        if telegram is not None:
            await telegram.start()

    @app.listener("after_server_stop")
    async def unload(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        if telegram is not None:
            await telegram.stop()
        container.live.stop()
        container.outbox.stop()
        retention.stop()
        sweep.stop()
        counting.stop()

    return app


def _telegram(container: Container, state: State, limit: RateLimit) -> TelegramService | None:
    """Telegram, where a token is set; its library is not even imported without one."""
    if container.settings.telegram_token is None:
        return None
    from bot.channels.telegram_service import TelegramService

    return TelegramService(container, lambda: state.conversations, limit)


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


def _guards(app: Sanic, metrics: Metrics, sheet: str) -> None:
    own_pages = policy()

    @app.middleware("response")
    async def headers(request: Request, response: HTTPResponse) -> None:
        metrics.responded(response.status)
        response.headers.setdefault("content-security-policy", own_pages)
        for name, value in always(request.scheme).items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/chat"):
            response.headers["cache-control"] = "no-store"

    @app.middleware("request")
    async def origin(request: Request) -> HTTPResponse | None:
        sent = request.headers.get("origin")
        if sent is None or request.method in ("GET", "HEAD"):
            return None
        own = f"{request.scheme}://{request.host}"
        # The embedded page is ours too: a site on the allow-list may frame it, never send for it.
        if sent.rstrip("/") == own or sent.split("://")[-1] == request.host:
            return None
        return error_response(403, "bad_request", language_of_request(request))

    @app.exception(ApiError)
    async def refused(request: Request, error: ApiError) -> HTTPResponse:
        return failure(request, sheet, error.status, error.code, error.language, error.wait)

    @app.exception(Exception)
    async def failed(request: Request, error: Exception) -> HTTPResponse:
        language = language_of_request(request)
        if isinstance(error, NotFound):
            return failure(request, sheet, 404, "not_found", language)
        if isinstance(error, MethodNotSupported):
            return failure(request, sheet, 405, "wrong_method", language)
        if isinstance(error, PayloadTooLarge):
            return failure(request, sheet, 413, "too_large", language)
        if isinstance(error, SanicException) and error.status_code < 500:
            return failure(request, sheet, error.status_code, "bad_request", language)
        log.error("request failed path=%s error=%s", request.path if request.path.startswith("/chat") else "-", type(error).__name__)
        return failure(request, sheet, 500, "failed", language)
