"""The only file that knows python-telegram-bot: its updates in, its calls out, its errors in three classes."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from telegram import (
    Bot,
    BotCommand,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    MenuButtonCommands,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.constants import ChatType, MessageEntityType, ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram_model import Incoming, Key, Kind, LaterError, MisconfiguredError, Outgoing, UnreachableError

T = TypeVar("T")
COMMANDS = ("start", "help", "book", "pledge", "mycases", "privacy", "language")
_ALLOWED = ("message", "edited_message", "callback_query")
_TRIES = 3
_LONGEST_WAIT = 30.0  # seconds that a reply waits for Telegram's flood limit before it is given up
_PAUSES = (0.5, 2.0)
Sleep = Callable[[float], Awaitable[None]]


def _quiet() -> None:
    """These libraries log addresses with the token in them, and what users wrote."""
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class Gateway:
    """The Bot API at `api` (Telegram's own, or a local server) for one token. Use as `async with`."""

    def __init__(self, token: str, api: str, *, seconds: float = 10.0, sleep: Sleep = asyncio.sleep) -> None:
        _quiet()
        self._requests = [
            HTTPXRequest(connection_pool_size=size, connect_timeout=seconds, read_timeout=seconds, write_timeout=seconds, pool_timeout=seconds)
            for size in (1, 32)  # long polling has a connection of its own
        ]
        self._bot = Bot(token, base_url=f"{api}/bot", get_updates_request=self._requests[0], request=self._requests[1])
        self._sleep = sleep
        self.username = ""

    async def __aenter__(self) -> Gateway:
        for request in self._requests:
            await request.initialize()
        return self

    async def __aexit__(self, *_: object) -> None:
        for request in self._requests:
            await request.shutdown()

    # -- in

    def read(self, data: Mapping[str, Any]) -> Incoming | None:
        """An update as Telegram posts it; None when it is none."""
        try:
            return incoming(Update.de_json(dict(data), self._bot), self.username)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    async def updates(self, offset: int | None, seconds: int) -> list[Incoming]:
        """Wait up to `seconds` for updates from `offset` on; asking confirms everything before it."""
        found = await _classed(self._bot.get_updates(offset=offset, timeout=dt.timedelta(seconds=seconds), allowed_updates=_ALLOWED))
        return [incoming(update, self.username) for update in found]

    # -- out

    async def send(self, chat: int, message: Outgoing) -> None:
        """Send, again after a flood limit or a time-out. Raises UnreachableError, LaterError, MisconfiguredError."""
        await self._tried(lambda: self.send_once(chat, message))

    async def send_once(self, chat: int, message: Outgoing) -> None:
        """One try, as the outbox wants it: it does the waiting. Raises like `send`."""
        markup = _markup(message)
        off = LinkPreviewOptions(is_disabled=True)
        call = self._bot.send_message(chat, message.html, parse_mode=ParseMode.HTML, reply_markup=markup, link_preview_options=off)
        await _classed(call)

    async def answer(self, callback: str, text: str | None = None) -> None:
        """Stop the pressed button's clock. One that is too old to be answered is no trouble."""
        with suppress(UnreachableError, LaterError):
            await _classed(self._bot.answer_callback_query(callback, text=text))

    async def settle(self, chat: int, message: int, key: Key) -> None:
        """Leave only the chosen button under a message, so that the choice can be read later."""
        with suppress(UnreachableError, LaterError):
            markup = InlineKeyboardMarkup([[_button(key)]])
            await _classed(self._bot.edit_message_reply_markup(chat_id=chat, message_id=message, reply_markup=markup))

    # -- setting up

    async def introduce(self, commands: Mapping[str, Mapping[str, str]]) -> str:
        """Learn our name, set commands (language to name to sentence) and the menu button; returns the name."""
        self.username = (await self._tried(lambda: _classed(self._bot.get_me()))).username or ""
        for language, named in commands.items():
            await self._offer([BotCommand(name, sentence) for name, sentence in named.items()], language)
        await self._tried(lambda: _classed(self._bot.set_chat_menu_button(menu_button=MenuButtonCommands())))
        return self.username

    async def _offer(self, commands: list[BotCommand], language: str) -> None:
        code = None if language == "zh" else language  # without a code: for everybody else
        await self._tried(lambda: _classed(self._bot.set_my_commands(commands, language_code=code)))

    async def describe(self) -> dict[str, str]:
        """Who we are to Telegram and how updates come, for the operator."""
        me = await _classed(self._bot.get_me())
        hook = await _classed(self._bot.get_webhook_info())
        trouble = {"last trouble": hook.last_error_message} if hook.last_error_message else {}
        return {"bot": f"@{me.username}", "webhook": hook.url or "-", "waiting": str(hook.pending_update_count), **trouble}

    async def be_called(self, url: str, secret: str) -> None:
        """Have Telegram post updates to `url`, with `secret` in its header."""
        await self._tried(lambda: _classed(self._bot.set_webhook(url, secret_token=secret, allowed_updates=_ALLOWED, max_connections=20)))

    async def be_asked(self) -> None:
        """No webhook: we fetch updates ourselves. What waits stays."""
        await self._tried(lambda: _classed(self._bot.delete_webhook(drop_pending_updates=False)))

    async def _tried(self, call: Callable[[], Awaitable[T]]) -> T:
        """After a time-out nobody knows whether a message arrived: twice is better than never."""
        for pause in _PAUSES[: _TRIES - 1]:
            try:
                return await call()
            except LaterError as error:
                wait = error.seconds if error.seconds is not None else pause
                if wait > _LONGEST_WAIT:
                    raise
                await self._sleep(wait)
        return await call()


async def _classed(call: Awaitable[T]) -> T:
    """The library's errors in our three classes. `from None`: its texts may hold the token or a user's words."""
    try:
        return await call
    except RetryAfter as error:
        raise LaterError("RetryAfter", error._retry_after.total_seconds()) from None  # its public name warns of a change of type
    except (Forbidden, BadRequest, ChatMigrated) as error:  # BadRequest is a NetworkError to the library, but a final one
        raise UnreachableError(type(error).__name__) from None
    except (InvalidToken, Conflict) as error:
        raise MisconfiguredError(type(error).__name__) from None
    except NetworkError as error:
        raise LaterError(type(error).__name__) from None
    except TelegramError as error:
        raise LaterError(type(error).__name__) from None


def _button(key: Key) -> InlineKeyboardButton:
    return InlineKeyboardButton(key.title, url=key.url) if key.url else InlineKeyboardButton(key.title, callback_data=key.data)


def _markup(message: Outgoing) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove:
    if message.rows:
        return InlineKeyboardMarkup([[_button(key) for key in row] for row in message.rows])
    if message.contact:
        shares = [[KeyboardButton(message.contact, request_contact=True)]]
        return ReplyKeyboardMarkup(shares, resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove()  # takes the button that shares a number away again


# -- updates


def incoming(update: Update, username: str) -> Incoming:
    """What an update is to us. Pure; `username` is our own name, without which no group is understood."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or user.is_bot:
        return Incoming(update.update_id, Kind.IGNORED)
    language = "en" if (user.language_code or "").lower().startswith("en") else "zh"
    base: dict[str, Any] = {"update_id": update.update_id, "user": user.id, "chat": chat.id, "language": language}
    if update.callback_query is not None:
        return _pressed(update.callback_query, base, private=chat.type == ChatType.PRIVATE)
    message = update.message or update.edited_message
    if message is None:
        return Incoming(kind=Kind.IGNORED, **base)
    if chat.type != ChatType.PRIVATE:
        return Incoming(kind=Kind.GROUP if _spoken_to(message, username) else Kind.IGNORED, **base)
    if update.edited_message is not None:
        # Telegram also calls it an edit when a live location moves.
        return Incoming(kind=Kind.EDITED if message.text or message.caption else Kind.IGNORED, **base)
    return _said(message, base, username)


def _pressed(query: CallbackQuery, base: dict[str, Any], *, private: bool) -> Incoming:
    carrier = query.message
    title = ""
    if isinstance(carrier, Message) and carrier.reply_markup is not None:
        keys = (key for row in carrier.reply_markup.inline_keyboard for key in row)
        title = next((key.text for key in keys if key.callback_data == query.data), "")
    kind = Kind.BUTTON if private else Kind.GROUP
    return Incoming(
        kind=kind, button=str(query.data or ""), title=title, callback=query.id, message=carrier.message_id if carrier else 0, **base
    )


def _said(message: Message, base: dict[str, Any], username: str) -> Incoming:
    text = message.text or message.caption or ""
    if message.text is not None:
        command = _command(message, username)
        return Incoming(kind=Kind.COMMAND, text=command, **base) if command else Incoming(kind=Kind.TEXT, text=text, **base)
    if (contact := message.contact) is not None:
        return Incoming(kind=Kind.CONTACT, text=contact.phone_number, own=contact.user_id == base["user"], **base)
    return Incoming(kind=_attached(message), text=text, album=message.media_group_id or "", **base)


def _attached(message: Message) -> Kind:
    if message.location or message.venue:
        return Kind.PLACE
    if message.sticker or message.dice:
        return Kind.STICKER
    if message.voice or message.audio or message.video_note:
        return Kind.VOICE
    if message.photo or message.video or message.animation or message.document:
        return Kind.FILE
    return Kind.OTHER if message.effective_attachment else Kind.IGNORED


def _command(message: Message, username: str) -> str:
    """The name of one of our commands that the message begins with, else nothing."""
    found = message.parse_entities([MessageEntityType.BOT_COMMAND])
    word = next((part for entity, part in found.items() if entity.offset == 0), "")
    name, _, addressed = word.removeprefix("/").partition("@")
    return name.lower() if name.lower() in COMMANDS and addressed.lower() in ("", username.lower()) else ""


def _spoken_to(message: Message, username: str) -> bool:
    """Whether somebody in a group means us: a command of ours, our name, or a reply to us."""
    named = message.parse_entities([MessageEntityType.MENTION]).values()
    if username and f"@{username}".lower() in (name.lower() for name in named):
        return True
    replied = message.reply_to_message
    return bool(_command(message, username)) or bool(replied and replied.from_user and replied.from_user.username == username)


__all__: Sequence[str] = ["COMMANDS", "Gateway", "incoming"]
