"""Telegram's channel: every update once, a user's in the order in which they came, and nothing of them in a log."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.channels.continuing import OneTimeLinks
from bot.channels.limits import RateLimit
from bot.channels.rendering_telegram import notice
from bot.channels.sessions import Session
from bot.channels.telegram import Gateway
from bot.channels.telegram_model import Incoming, Key, Kind, LaterError, MisconfiguredError, Outgoing, UnreachableError
from bot.channels.telegram_turns import Means, Turn
from bot.conversation import Conversations, Standing
from bot.web import sentence
from desk.container import Container
from storage import Taken

log = logging.getLogger("zhiwen.telegram")
CHANNEL = "telegram"
LEASE = dt.timedelta(minutes=3)  # longer than any turn takes, with all its waiting for Telegram
_LOST = (UnreachableError, LaterError, MisconfiguredError)  # what they say is a class name


class TelegramChannel:
    """Turns updates into turns of `conversations()` (None until the agent is ready)."""

    def __init__(self, container: Container, gateway: Gateway, conversations: Callable[[], Conversations | None], limit: RateLimit) -> None:
        self._gateway, self._conversations, self._limit = gateway, conversations, limit
        self._keyring, self._deliveries, self._clock = container.keyring, container.deliveries, container.clock
        self._session_hours = container.settings.session_hours
        links = OneTimeLinks(container.keyring.derive("continue"), container.clock, container.deliveries)
        self._means = Means(gateway, container.abroad, links, container.settings.demo, container.settings.public_url)
        self._turns: dict[int, tuple[asyncio.Lock, int]] = {}

    async def receive(self, update: Incoming) -> bool:
        """Handle an update once. False while another process has it in hand: it is to be delivered again."""
        if update.kind is Kind.IGNORED:
            return True
        async with self._in_order(update.user):
            taken = await asyncio.to_thread(self._deliveries.take, CHANNEL, str(update.update_id), LEASE)
            if taken is Taken.MINE:
                await self._guarded(update)
                await asyncio.to_thread(self._deliveries.done, CHANNEL, str(update.update_id))
        return taken is not Taken.BUSY

    def session_of(self, update: Incoming) -> Session:
        """The conversation of a Telegram user: a keyed digest of the user's id, which is personal data."""
        expires = self._clock() + dt.timedelta(hours=self._session_hours)
        identity = f"tg-{self._keyring.digest(str(update.user), CHANNEL)}"
        return Session(identity, "public", update.language, expires, telegram_chat=str(update.chat))

    @asynccontextmanager
    async def _in_order(self, user: int) -> AsyncIterator[None]:
        """One update of a user after the other; asyncio's lock lets waiters in as they came."""
        lock, waiting = self._turns.get(user, (asyncio.Lock(), 0))
        self._turns[user] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._turns.pop(user)
            if waiting > 1:
                self._turns[user] = (lock, waiting - 1)

    async def _guarded(self, update: Incoming) -> None:
        """One outer catch per update: apologise, log the class, nothing of the user."""
        try:
            await self._handle(update)
        except _LOST as error:
            log.warning("reply not delivered kind=%s cause=%s", update.kind.value, error)
        except Exception as error:
            log.error("update failed kind=%s error=%s", update.kind.value, type(error).__name__)
            try:
                await self._gateway.send(update.chat, notice("failed", update.language))
            except _LOST as lost:
                log.warning("apology not delivered cause=%s", lost)

    async def _handle(self, update: Incoming) -> None:
        if update.callback:
            await self._gateway.answer(update.callback)
        session, talk = self.session_of(update), self._conversations()
        if not self._limit.allows(session.id, session.id):
            await self._gateway.send(update.chat, notice("too_fast", update.language))
        elif update.kind is Kind.GROUP:
            await self._gateway.send(update.chat, self._privately(update.language))
        elif talk is None:
            await self._gateway.send(update.chat, notice("not_ready", update.language))
        elif not update.album or update.text or await self._first_of(update.album):
            await Turn(self._means, update, session, talk, await self._standing(talk, session)).run()

    async def _standing(self, talk: Conversations, session: Session) -> Standing:
        """Where the conversation stands. After the hours that a session lasts nothing half-filled is left, as on the page."""
        standing = await talk.standing(session)
        if not standing.shown or time.time() - standing.at < self._session_hours * 3600:
            return standing
        await talk.press(session, "start_over")
        return await talk.standing(session)

    async def _first_of(self, album: str) -> bool:
        """Several pictures sent as one are answered once."""
        taken = await asyncio.to_thread(self._deliveries.take, CHANNEL, f"album:{album}", LEASE)
        return taken is Taken.MINE

    def _privately(self, language: str) -> Outgoing:
        """The way out of a group."""
        url = f"https://t.me/{self._gateway.username}"
        return notice("telegram_group", language, ((Key(sentence("telegram_group_button", language), url=url),),))
