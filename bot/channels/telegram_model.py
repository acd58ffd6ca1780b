"""What comes from Telegram and what goes to it, as plain data: no library in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What an update is to us; every kind has one defined reply (docs/telegram.md)."""

    TEXT = "text"
    COMMAND = "command"  # only those of COMMANDS; any other `/word` is text
    BUTTON = "button"
    CONTACT = "contact"
    EDITED = "edited"
    STICKER = "sticker"
    FILE = "file"
    VOICE = "voice"
    PLACE = "place"
    OTHER = "other"
    GROUP = "group"  # somebody spoke to the bot where others read along
    IGNORED = "ignored"  # service messages, other bots, talk of a group among itself


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update. `user` and `chat` are personal data: never logged, never stored unsealed."""

    update_id: int
    kind: Kind
    user: int = 0
    chat: int = 0
    language: str = "zh"
    text: str = ""  # what was typed, a caption, a command's name, a contact's number
    button: str = ""  # the pressed button's data
    title: str = ""  # and its title
    callback: str = ""  # the id that answers it
    message: int = 0  # the message that carries it
    own: bool = False  # a contact that is the sender's own
    album: str = ""  # several pictures sent as one


@dataclass(frozen=True, slots=True)
class Key:
    """A button under a message: `data` comes back when it is pressed, `url` opens."""

    title: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to Telegram: HTML, rows of buttons; or `contact`, the title of a button that shares one's own number."""

    html: str
    rows: tuple[tuple[Key, ...], ...] = ()
    contact: str = ""


class UnreachableError(Exception):
    """Final: this user will not get this message (blocked the bot, deleted the account)."""


class LaterError(Exception):
    """Trying again later may succeed; `seconds`, where known, is what Telegram asked for."""

    def __init__(self, cause: str, seconds: float | None = None) -> None:
        super().__init__(cause)
        self.cause, self.seconds = cause, seconds


class MisconfiguredError(Exception):
    """Telegram refuses us: the token is wrong (`InvalidToken`) or another process polls (`Conflict`)."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
