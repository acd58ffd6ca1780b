"""A Sanic application on a real socket, on a loop that is only run now and then (the bot's).

    site = loop.run_until_complete(Site.open(app))
    loop.run_until_complete(site.client.post("/chat/sessions", json={}))
    loop.run_until_complete(site.close())
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

import httpx
from sanic import Sanic
from sanic.touchup import TouchUp

_rewrite = TouchUp.run
_rewritten: list[str] = []


def _once(app: Sanic) -> None:
    """Sanic rewrites its own functions when an application starts; it can do so only once in a process."""
    if not _rewritten:
        _rewritten.append(app.name)
        _rewrite(app)


@dataclass
class Site:
    """A served application and a client of it. Its listeners do not run: what they start, the test has already."""

    app: Sanic
    server: Any
    client: httpx.AsyncClient

    @classmethod
    async def open(cls, app: Sanic) -> Site:
        """Serve on a free port."""
        TouchUp.run = _once
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.start_serving()
        return cls(app, server, httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", trust_env=False))

    async def close(self) -> None:
        """Stop serving; Sanic keeps every application by its name, so that is forgotten too."""
        await self.client.aclose()
        await self.server.close()
        Sanic._app_registry.pop(self.app.name, None)
