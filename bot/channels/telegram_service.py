"""Telegram beside the server: its webhook, or the one process that fetches updates."""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
import json
import logging
import secrets
from collections.abc import Callable, Sequence

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty

from bot.channels.limits import RateLimit
from bot.channels.telegram import COMMANDS, Gateway
from bot.channels.telegram_channel import TelegramChannel
from bot.channels.telegram_model import Incoming, LaterError, MisconfiguredError, UnreachableError
from bot.channels.telegram_post import TelegramTransport
from bot.conversation import Conversations
from bot.web import sentence
from casework.notify.model import Channel
from desk.container import Container

log = logging.getLogger("zhiwen.telegram")
WEBHOOK = "/telegram/webhook"
_SECRET_HEADER = "x-telegram-bot-api-secret-token"
_BODY_LIMIT = 512 * 1024  # bytes; an update is some kilobytes
_LEASE_NAME = "telegram-polling"
_LEASE = dt.timedelta(seconds=90)  # outlasts one round of polling
_POLL_SECONDS = 20
_PAUSE = 5.0
_STOP_SECONDS = 20.0
_LONGEST_PAUSE = 60.0


class TelegramService:
    """Starts and stops with the server (or with `zhiwen telegram`). Build it where ZHIWEN_TELEGRAM_TOKEN is set."""

    def __init__(
        self, container: Container, conversations: Callable[[], Conversations | None], limit: RateLimit, gateway: Gateway | None = None
    ) -> None:
        self._settings, self._leases = container.settings, container.leases
        self.gateway = gateway or self._new_gateway()
        self.channel = TelegramChannel(container, self.gateway, conversations, limit)
        self.secret = container.keyring.derive("telegram-webhook").hex()
        self._holder = secrets.token_hex(8)
        self._running: asyncio.Task[None] | None = None
        self._handling: asyncio.Task[int | None] | None = None
        said = ("consultation_booked",) if container.settings.telegram_personal_data == "chat" else ()
        container.channel_transports[Channel.TELEGRAM] = TelegramTransport(self._new_gateway, container.letter, said)

    def _new_gateway(self) -> Gateway:
        return Gateway(self._settings.telegram_token or "", self._settings.telegram_api)

    async def start(self) -> None:
        """In the background, so that a server without a way to Telegram serves its page all the same."""
        await self.gateway.__aenter__()
        self._running = asyncio.create_task(self._run(), name="telegram")

    async def stop(self) -> None:
        """Stop fetching, finish what is in hand, and give the work back."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._handling is not None:
            await asyncio.wait({self._handling}, timeout=_STOP_SECONDS)
        await asyncio.to_thread(self._leases.give_back, _LEASE_NAME, self._holder)
        await self.gateway.__aexit__()

    async def _run(self) -> None:
        pause = _PAUSE
        while True:
            try:
                await self.introduce()
                break
            except MisconfiguredError as error:
                log.error("telegram refused (%s): check ZHIWEN_TELEGRAM_TOKEN and start again", error.cause)
                return
            except (LaterError, UnreachableError) as error:
                log.warning("telegram not reached (%s); next try in %.0f s", error, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        if self._settings.telegram_mode == "polling":
            await self.poll()

    async def introduce(self) -> None:
        """Commands, menu button, and how updates come."""
        commands = {language: {name: sentence(f"telegram_command_{name}", language) for name in COMMANDS} for language in ("zh", "en")}
        name = await self.gateway.introduce(commands)
        if self._settings.telegram_mode == "webhook":
            await self.gateway.be_called(f"{self._settings.public_url}{WEBHOOK}", self.secret)
        else:
            await self.gateway.be_asked()
        log.info("telegram ready as @%s by %s", name, self._settings.telegram_mode)

    # -- webhook

    def blueprint(self) -> Blueprint:
        """The address that Telegram calls. The secret is checked before anything is read."""
        blueprint = Blueprint("telegram")

        @blueprint.post(WEBHOOK, stream=True)
        async def webhook(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get(_SECRET_HEADER, "").encode(), self.secret.encode()):
                return empty(status=403)
            raw = b""
            while (chunk := await request.stream.read()) is not None:
                raw += chunk
                if len(raw) > _BODY_LIMIT:
                    return empty(status=413)
            return empty(status=await self.called(raw))

        return blueprint

    async def called(self, raw: bytes) -> int:
        """Handle what Telegram posted; the status to answer with. Anything but 200 makes Telegram send it again."""
        try:
            data = json.loads(raw)
        except ValueError:
            return 400
        update = self.gateway.read(data) if isinstance(data, dict) else None
        if update is None:
            log.warning("an update could not be read")  # nor could it the next time
            return 200
        return 200 if await self.channel.receive(update) else 503

    # -- polling

    async def poll(self) -> None:
        """Fetch updates for ever, in exactly one process: who does not have the lease waits for it."""
        offset: int | None = None
        while True:
            if not await asyncio.to_thread(self._leases.take, _LEASE_NAME, self._holder, _LEASE):
                await asyncio.sleep(_PAUSE)
                continue
            try:
                offset = await self.round(offset)
            except MisconfiguredError as error:  # a wrong token, or somebody else polls with it
                log.error("telegram refused (%s): is another program polling with this token?", error.cause)
                await asyncio.sleep(_LONGEST_PAUSE)
            except (LaterError, UnreachableError) as error:
                log.warning("updates not fetched (%s)", error)
                await asyncio.sleep(_PAUSE)

    async def round(self, offset: int | None, seconds: int = _POLL_SECONDS) -> int | None:
        """Fetch and handle once; the offset of the next round. Only what was handled is confirmed to Telegram."""
        updates = await self.gateway.updates(offset, seconds)
        if not updates:
            return offset
        self._handling = asyncio.create_task(self._handle(updates))
        return await asyncio.shield(self._handling)  # stopping does not break a turn off

    async def _handle(self, updates: Sequence[Incoming]) -> int:
        """Users beside each other; the offset of the next round."""
        handled = await asyncio.gather(*(self._all(own) for own in _by_user(updates)))
        open_ones = [update.update_id for group in handled for update, done in group if not done]
        if open_ones:  # a process that died has them in hand until its claim runs out
            await asyncio.sleep(_PAUSE)
            return min(open_ones)
        return max(update.update_id for update in updates) + 1

    async def _all(self, updates: Sequence[Incoming]) -> list[tuple[Incoming, bool]]:
        return [(update, await self.channel.receive(update)) for update in updates]


def _by_user(updates: Sequence[Incoming]) -> list[list[Incoming]]:
    """Each user's updates, in their order."""
    found: dict[int, list[Incoming]] = {}
    for update in updates:
        found.setdefault(update.user, []).append(update)
    return list(found.values())
