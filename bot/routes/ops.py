"""What operators and their machines ask: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Callable
from typing import Any

from sanic import Blueprint, Request
from sanic.exceptions import NotFound
from sanic.response import HTTPResponse, empty, html, raw
from sanic.response import json as json_response

from bot.metrics import CONTENT_TYPE, Metrics
from bot.version import version
from bot.web.transparency import render
from casework.oversight import Standing
from desk.container import Container
from desk.settings import Settings
from desk.transparency import facts

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
_PING_SECONDS = 2.0


class Source:
    """`bot.metrics.Source` over the container."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def standing(self) -> Standing:
        return self._container.standing()

    def about(self) -> dict[str, str]:
        container = self._container
        return {"version": version(), "mode": container.settings.mode, "release": container.live().id}

    def switched_off(self) -> tuple[bool, int]:
        return self._container.live_view.off_reason() is not None, len(self._container.topics_off())


class Readiness:
    """Whether this process can serve: the agent is loaded and the database answers within two seconds."""

    def __init__(self, trouble: Callable[[], str | None], ping: Callable[[], None], seconds: float = _PING_SECONDS) -> None:
        self._trouble, self._ping, self._seconds = trouble, ping, seconds
        self._asking: asyncio.Task[None] | None = None

    async def why_not(self) -> str | None:
        """None when ready, else `starting` or `database`."""
        return self._trouble() or (None if await self._database() else "database")

    async def _database(self) -> bool:
        if self._asking is None or self._asking.done():  # one question at a time: a database that hangs ties up one thread
            self._asking = asyncio.get_running_loop().create_task(asyncio.to_thread(self._ping))
            self._asking.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            await asyncio.wait_for(asyncio.shield(self._asking), self._seconds)
        except Exception:  # which fault it was is the database's log to say
            return False
        return True


def may_read_metrics(request: Request, settings: Settings) -> bool | None:
    """Whether the numbers may be read; None: there is no such address here.

    With ZHIWEN_METRICS_TOKEN only its bearer. Without one: in demo mode this machine itself (a loopback peer, no proxy
    set and none that shows in the headers), otherwise nobody.
    """
    if settings.metrics_token is not None:
        sent = request.headers.get("authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {settings.metrics_token}".encode())
    forwarded = settings.trusted_proxies > 0 or any(name in request.headers for name in _FORWARDED)
    return True if settings.demo and not forwarded and _is_loopback(request.ip) else None


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def ops_blueprint(container: Container, metrics: Metrics, trouble: Callable[[], str | None], sheet: str = "") -> Blueprint:
    """`trouble()` says why the agent is not loaded yet, None once it is; `sheet` is the address of the pages' style."""
    blueprint = Blueprint("ops")
    readiness = Readiness(trouble, lambda: container.database.ping())

    @blueprint.get("/health/live")
    async def live(request: Request) -> HTTPResponse:
        """The process answers; a process that does not is to be restarted."""
        return json_response({"live": True})

    @blueprint.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        """Whether requests may be sent here. A bot that is switched off is ready: it has to say so to its users."""
        why = await readiness.why_not()
        body: dict[str, Any] = {"ready": why is None}
        if why is not None:
            body["why"] = why
        elif container.live_view.off_reason() is not None:
            body["switched_off"] = True
        return json_response(body, status=200 if why is None else 503)

    @blueprint.get("/metrics")
    async def numbers(request: Request) -> HTTPResponse:
        allowed = may_read_metrics(request, container.settings)
        if allowed is None:
            raise NotFound("no such page")
        if not allowed:
            return empty(status=401, headers={"www-authenticate": "Bearer"})
        body = await asyncio.to_thread(metrics.text)
        return raw(body, content_type=CONTENT_TYPE, headers={"cache-control": "no-store"})

    @blueprint.get("/transparency")
    async def transparency(request: Request) -> HTTPResponse:
        """What the service does, on what basis, how often it is right; Chinese unless `?lang=en`."""
        language = "en" if request.args.get("lang") == "en" else "zh"
        return html(render(facts(container), language, sheet), headers={"cache-control": "no-cache"})

    return blueprint
