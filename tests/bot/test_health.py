"""Alive is not ready: a process that waits for its database is not to be restarted, only left alone."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sanic import Sanic

from bot.routes.ops import Readiness, ops_blueprint
from tests.support.asgi import Ask, asgi_client


@contextmanager
def served(ping: Callable[[], None] = lambda: None, trouble: str | None = None, off: str | None = None) -> Any:
    view = SimpleNamespace(off_reason=lambda: off)
    container: Any = SimpleNamespace(database=SimpleNamespace(ping=ping), live_view=view, settings=None)
    app = Sanic("health", configure_logging=False)
    app.blueprint(ops_blueprint(container, metrics=None, trouble=lambda: trouble))  # type: ignore[arg-type]
    with asgi_client(app) as ask:
        yield ask


def answers(ask: Ask) -> list[tuple[int, dict[str, Any]]]:
    return [(reply.status_code, reply.json()) for reply in (ask("/health/live"), ask("/health/ready"))]


def gone() -> None:
    raise OSError("gone")


def test_a_process_with_agent_and_database_is_ready() -> None:
    with served() as ask:
        assert answers(ask) == [(200, {"live": True}), (200, {"ready": True})]


def test_a_process_that_still_loads_is_alive_but_not_ready() -> None:
    with served(trouble="starting") as ask:
        assert answers(ask) == [(200, {"live": True}), (503, {"ready": False, "why": "starting"})]


def test_a_process_without_its_database_is_alive_but_not_ready() -> None:
    with served(gone) as ask:
        assert answers(ask) == [(200, {"live": True}), (503, {"ready": False, "why": "database"})]


def test_a_bot_that_is_switched_off_is_ready_since_it_has_to_say_so() -> None:
    with served(off="维护") as ask:
        assert answers(ask)[1] == (200, {"ready": True, "switched_off": True})


@pytest.mark.asyncio
async def test_a_database_that_hangs_ties_up_one_thread_and_is_ready_again_when_it_answers() -> None:
    release, asked = threading.Event(), []

    def hangs() -> None:
        asked.append(1)
        release.wait(20)

    readiness = Readiness(lambda: None, hangs, seconds=0.05)
    started = time.monotonic()
    assert await asyncio.gather(*(readiness.why_not() for _ in range(5))) == ["database"] * 5
    assert await readiness.why_not() == "database"
    assert (len(asked), time.monotonic() - started < 5) == (1, True)
    release.set()
    await asyncio.sleep(0.05)
    assert await readiness.why_not() is None


@pytest.mark.asyncio
async def test_a_database_that_came_back_is_noticed_at_once() -> None:
    broken = True

    def ping() -> None:
        if broken:
            gone()

    readiness = Readiness(lambda: None, ping)
    assert await readiness.why_not() == "database"
    broken = False
    assert await readiness.why_not() is None
