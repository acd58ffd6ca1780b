"""`zhiwen chat`: a conversation in the terminal."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("chat", help="talk in the terminal (an empty line or Ctrl-D ends it)")
    command.add_argument("--language", choices=("zh", "en"), default="zh")
    command.add_argument("--profile", choices=("public", "school"), default="public")
    command.set_defaults(run=run)


def _show(result: Any, buttons: list[dict[str, str]]) -> None:
    buttons.clear()
    for message in result.messages:
        print(f"\n{message['text']}")
        for cited in message["citations"]:
            print(f"  出处：{cited['title']} {cited['article'] or ''}")
        for choice in message["buttons"]:
            buttons.append(choice)
            print(f"  [{len(buttons)}] {choice['title']}")


async def _talk(arguments: argparse.Namespace) -> None:
    from bot.channels.sanitise import TextRefusedError, sanitise
    from bot.offline import open_offline
    from bot.web import sentence

    bot = await open_offline()
    session, _ = bot.sessions.open(arguments.language, arguments.profile, prefix="cli")
    buttons: list[dict[str, str]] = []
    _show(await bot.conversations.open(session), buttons)
    while True:
        try:
            line = (await asyncio.to_thread(input, "\n> ")).strip()
        except EOFError:
            return
        if not line:
            return
        if line.isdigit() and 0 < int(line) <= len(buttons):
            chosen = buttons[int(line) - 1]
            _show(await bot.conversations.press(session, chosen["id"], chosen["title"]), buttons)
            continue
        try:
            _show(await bot.conversations.say(session, sanitise(line)), buttons)
        except TextRefusedError as error:
            print(sentence(error.code, arguments.language))


def run(arguments: argparse.Namespace) -> int:
    asyncio.run(_talk(arguments))
    return 0
