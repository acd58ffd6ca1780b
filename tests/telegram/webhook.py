"""Telegram's side of the webhook: a post to the blueprint."""

from __future__ import annotations

from typing import Any

from sanic import Sanic

from tests.support.inloop import Site
from tests.telegram.talk import TelegramTalk


def post(talk: TelegramTalk, update: dict[str, Any], secret: str | None) -> int:
    """The status of one delivery."""
    app = Sanic("telegram-webhook-test", configure_logging=False)
    app.blueprint(talk.service.blueprint())

    async def call() -> int:
        site = await Site.open(app)
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret.encode()}
        try:
            return (await site.client.post("/telegram/webhook", json=update, headers=headers)).status_code
        finally:
            await site.close()

    return int(talk.run(call()))
