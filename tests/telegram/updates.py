"""Updates as Telegram sends them, made by factories: every field that a client of ours gets, none of a real person."""

from __future__ import annotations

import itertools
from typing import Any

CITIZEN = 700000001
GROUP = -100900000001
_ids = itertools.count(5001)


def user(identity: int = CITIZEN, language: str = "zh-hans", **more: Any) -> dict[str, Any]:
    return {"id": identity, "is_bot": False, "first_name": "示例", "username": "example_citizen", "language_code": language, **more}


def message(identity: int = CITIZEN, language: str = "zh-hans", **content: Any) -> dict[str, Any]:
    """A message in the citizen's private chat; `content` is what it holds."""
    chat = {"id": identity, "type": "private", "first_name": "示例", "username": "example_citizen"}
    base = {"message_id": next(_ids), "from": user(identity, language), "chat": chat, "date": 1795397400}
    return base | {name.rstrip("_"): value for name, value in content.items()}


def update(**content: Any) -> dict[str, Any]:
    return {"update_id": next(_ids), **content}


def text(said: str, **more: Any) -> dict[str, Any]:
    """A typed message; Telegram marks a leading /word as a command."""
    entities = []
    if said.startswith("/"):
        word = said.split()[0].split("{")[0]
        entities = [{"type": "bot_command", "offset": 0, "length": len(word)}]
    return update(message=message(**{"text": said, **({"entities": entities} if entities else {}), **more}))


def pressed(data: str, carrier: dict[str, Any] | None = None, identity: int = CITIZEN, **more: Any) -> dict[str, Any]:
    """A pressed button; `carrier` is the sendMessage call that it stands under."""
    shown = message(identity, text="…")
    shown["from"] = {"id": 123456789, "is_bot": True, "first_name": "知问", "username": "zhiwen_test_bot"}
    if carrier is not None:
        shown |= {"message_id": carrier["message_id"], "text": carrier["text"], "reply_markup": carrier["reply_markup"]}
    query = {"id": str(next(_ids)), "from": user(identity), "message": shown, "chat_instance": "1", "data": data, **more}
    return update(callback_query=query)


def contact(number: str, owner: int | None = CITIZEN) -> dict[str, Any]:
    card = {"phone_number": number, "first_name": "示例"} | ({"user_id": owner} if owner else {})
    return update(message=message(contact=card))


def edited(said: str) -> dict[str, Any]:
    return update(edited_message=message(text=said, edit_date=1795397500))


def photo(caption: str | None = None, album: str | None = None) -> dict[str, Any]:
    sizes = [{"file_id": "f", "file_unique_id": "u", "width": 90, "height": 90}]
    more = {name: value for name, value in (("caption", caption), ("media_group_id", album)) if value}
    return update(message=message(photo=sizes, **more))


def voice() -> dict[str, Any]:
    return update(message=message(voice={"file_id": "f", "file_unique_id": "u", "duration": 3}))


def sticker() -> dict[str, Any]:
    shown = {"file_id": "f", "file_unique_id": "u", "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return update(message=message(sticker=shown))


def location() -> dict[str, Any]:
    return update(message=message(location={"latitude": 40.8, "longitude": 111.7}))


def poll() -> dict[str, Any]:
    asked = {
        "id": "1", "question": "?", "options": [{"text": "a", "voter_count": 0, "persistent_id": "1"}], "total_voter_count": 0, "is_closed": False,
        "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
    }  # fmt: skip
    return update(message=message(poll=asked))


def pinned() -> dict[str, Any]:
    return update(message=message(pinned_message=message(text="…")))


def in_group(said: str, **more: Any) -> dict[str, Any]:
    """Something said in a group."""
    found = text(said, **more)
    found["message"]["chat"] = {"id": GROUP, "type": "supergroup", "title": "示例群"}
    return found
