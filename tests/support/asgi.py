"""Requests to a Sanic application in this process, from any peer; no socket, no agent.

    ask = asgi_client(create_some_app())
    ask("/metrics", peer="203.0.113.9", authorization="Bearer …").status_code
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from sanic import Sanic

Ask = Callable[..., httpx.Response]


@contextmanager
def asgi_client(app: Sanic) -> Iterator[Ask]:
    """Start the application's router and ask it; listeners of the server do not run."""
    loop = asyncio.new_event_loop()
    Sanic.test_mode = True  # else Sanic could start only once in a process, since it rewrites its own functions
    loop.run_until_complete(app._startup())

    def ask(path: str, peer: str = "127.0.0.1", method: str = "GET", **headers: str) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=app, client=(peer, 40000))
            async with httpx.AsyncClient(transport=transport, base_url="http://zhiwen.test") as client:
                return await client.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})

        return loop.run_until_complete(call())

    try:
        yield ask
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        Sanic.test_mode = False
        Sanic._app_registry.pop(app.name, None)
