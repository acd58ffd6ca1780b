"""The outbox's way to Telegram: receipts, reminders and replies for those who booked or asked there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from html import escape

from bot.channels.rendering_telegram import split
from bot.channels.telegram import Gateway
from bot.channels.telegram_model import LaterError, MisconfiguredError, Outgoing, UnreachableError
from casework.errors import DeliveryRefusedError, DeliveryRetryError
from casework.notify.model import Claimed
from casework.notify.transports import Letter


class TelegramTransport:
    """`casework.notify.model.Transport`: one try each, since the outbox does the waiting. Runs in the outbox's thread.

    `said` names templates that the chat itself has said already: who booked in the chat has the receipt above.
    """

    def __init__(self, gateway: Callable[[], Gateway], render: Callable[[Claimed], Letter], said: Collection[str] = ()) -> None:
        self._gateway, self._render, self._said = gateway, render, frozenset(said)

    def send(self, claimed: Claimed) -> None:
        """Raises DeliveryRefusedError for who blocked the bot, DeliveryRetryError for flood limits, time-outs and a wrong token."""
        if claimed.message.template in self._said:
            return
        asyncio.run(self._send(int(claimed.message.address), self._render(claimed)))

    async def _send(self, chat: int, letter: Letter) -> None:
        first, *others = split(letter.body)
        title = f"<b>{escape(letter.subject, quote=False)}</b>\n\n"
        try:
            async with self._gateway() as gateway:  # connections belong to this thread's loop
                for part in (title + escape(first, quote=False), *(escape(part, quote=False) for part in others)):
                    await gateway.send_once(chat, Outgoing(part))
        except UnreachableError as error:
            raise DeliveryRefusedError(str(error)) from None
        except LaterError as error:
            raise DeliveryRetryError(error.cause, error.seconds) from None
        except MisconfiguredError as error:
            raise DeliveryRetryError(error.cause) from None
