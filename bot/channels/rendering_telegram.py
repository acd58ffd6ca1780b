"""From the API's messages to Telegram's: HTML, parts below the limit, buttons. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from bot.channels.telegram_model import Key, Outgoing
from bot.web import sentence

LIMIT = 4000  # of Telegram's 4096 UTF-16 units after its tags are read; the rest is for what a part begins with
DATA_BYTES = 64  # Telegram's limit of what a button gives back
_LEAD = 120  # characters; a longer first line does not stand out
_SHORT = 12  # display columns of a title that shares its row (a Chinese character has two)
_ROW = 3
_NOTED_IN_DEMO = ("receipt", "review")
Message = Mapping[str, Any]


def button_data(button_id: str) -> str:
    """What a button gives back: its id, or where that is too long a digest that `resolve` finds again."""
    if len(button_id.encode()) <= DATA_BYTES and not button_id.startswith("#"):
        return button_id
    return "#" + hashlib.sha256(button_id.encode()).hexdigest()[:32]


def resolve(data: str, shown: Sequence[Message]) -> tuple[str, str]:
    """Id and title of the button that gave `data` back, among messages that were shown; `data` itself when none did."""
    for message in reversed(shown):
        for button in message["buttons"]:
            if button_data(button["id"]) == data:
                return button["id"], button["title"]
    return data, ""


def render(message: Message, language: str, *, demo: bool = False, public_url: str | None = None, asks_phone: bool = False) -> list[Outgoing]:
    """One message of the API as one or more of Telegram's; buttons stand under the last."""
    parts = [_styled(part, message, first=number == 0) for number, part in enumerate(split(_said(message, language, demo=demo)))]
    sources = _sources(message, language)
    if sources:
        parts = [*parts[:-1], f"{parts[-1]}\n\n{sources}"] if _length(parts[-1] + sources) <= LIMIT else [*parts, *_packed(sources)]
    rows = tuple(_rows(message, language, public_url))
    contact = sentence("telegram_contact_button", language) if asks_phone and not rows else ""
    return [*(Outgoing(part) for part in parts[:-1]), Outgoing(parts[-1], rows, contact)]


def notice(code: str, language: str, rows: tuple[tuple[Key, ...], ...] = (), **values: object) -> Outgoing:
    """A sentence of the server's own."""
    return Outgoing(escape(sentence(code, language).format(**values) if values else sentence(code, language), quote=False), rows)


def split(text: str, limit: int = LIMIT) -> list[str]:
    """A text in parts of at most `limit` UTF-16 units: between paragraphs, else lines, else sentences, else anywhere."""
    if _length(text) <= limit:
        return [text]
    for mark in ("\n\n", "\n", "。", ". "):
        at = _last(text, mark, limit)
        if at > 0:
            head, rest = text[:at].rstrip(), text[at:].lstrip("\n ")
            return [head, *split(rest, limit)] if rest else [head]
    at = _units(text, limit)
    return [text[:at], *split(text[at:], limit)]


def _length(text: str) -> int:
    """Telegram counts UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _units(text: str, limit: int) -> int:
    """How many characters make up at most `limit` units; never half a character."""
    return len(text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore"))


def _last(text: str, mark: str, limit: int) -> int:
    """Where the last `mark` within the limit ends; 0 when a part would be nearly empty."""
    found = text[: _units(text, limit)].rfind(mark)
    end = found + len(mark)
    return end if found > 0 and _length(text[:end]) * 4 >= limit else 0


def _said(message: Message, language: str, *, demo: bool) -> str:
    said = message["text"].strip() or "…"
    if message.get("understood"):
        said = f"{sentence('telegram_understood', language).format(what=message['understood'])}\n{said}"
    if demo and message["kind"] in _NOTED_IN_DEMO:
        said = f"{sentence('demo', language)}\n\n{said}"
    return said


def _styled(part: str, message: Message, *, first: bool) -> str:
    """Escaped; an answer's short first line stands out."""
    lead, mark, rest = part.partition("\n")
    if first and message["kind"] == "answer" and not message.get("understood") and len(lead) <= _LEAD:
        return f"<b>{escape(lead, quote=False)}</b>{mark}{escape(rest, quote=False)}"
    return escape(part, quote=False)


def _sources(message: Message, language: str) -> str:
    """Citations as compact lines, each linked where its page is known."""
    lines = [_source(cited, language) for cited in message["citations"]]
    return "\n".join([f"<i>{escape(sentence('telegram_sources', language))}</i>", *lines]) if lines else ""


def _source(cited: Mapping[str, Any], language: str) -> str:
    title = escape(" ".join(part for part in (cited["title"], cited.get("article")) if part), quote=False)
    url = str(cited.get("url") or "")
    named = f'<a href="{escape(url)}">{title}</a>' if url.startswith(("http://", "https://")) else title
    days = [
        sentence(code, language).format(day=cited[name])
        for code, name in (("telegram_from", "effective_from"), ("telegram_until", "effective_until"))
        if cited.get(name)
    ]
    return f"· {named}" + (f"（{'，'.join(days)}）" if days and language != "en" else f" ({', '.join(days)})" if days else "")


def _packed(sources: str) -> list[str]:
    """More sources than one message holds: whole lines, so that no tag is cut."""
    packed = [""]
    for line in sources.split("\n"):
        if _length(packed[-1] + line) > LIMIT:
            packed.append("")
        packed[-1] += f"\n{line}" if packed[-1] else line
    return packed


def _rows(message: Message, language: str, public_url: str | None) -> Iterator[tuple[Key, ...]]:
    """Short titles up to three in a row, long ones alone; files of the case open in the browser."""
    for link in message.get("links", ()) if public_url else ():
        if link["title"] in ("calendar", "pdf"):
            yield (Key(sentence(f"telegram_{link['title']}", language), url=f"{public_url}{link['url']}"),)
    row: list[Key] = []
    for button in message["buttons"]:
        key = Key(button["title"], button_data(button["id"]))
        if row and (len(row) == _ROW or _columns(key.title) > _SHORT or _columns(row[-1].title) > _SHORT):
            yield tuple(row)
            row = []
        row.append(key)
    if row:
        yield tuple(row)


def _columns(title: str) -> int:
    return sum(1 if character.isascii() else 2 for character in title)
