"""`zhiwen switch`: the whole bot off and on again, in every process within two seconds. Topics: `zhiwen knowledge off`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from bot.commands.tables import actor

if TYPE_CHECKING:
    from casework.oversight import LiveValue


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("switch", help="switch the whole bot off or on; say what is off, since when and why")
    verbs = command.add_subparsers(dest="verb", metavar="VERB", required=True)
    off = verbs.add_parser("off", help="users read that the service is paused, and 12345; what they filled in is kept")
    off.add_argument("--message", default="", help="what Chinese-speaking users read instead of the standing sentence")
    off.add_argument("--message-en", default="", help="the same for English")
    off.set_defaults(run=_off)
    on = verbs.add_parser("on", help="go on where everybody was")
    on.set_defaults(run=_on)
    for verb in (off, on):
        verb.add_argument("--reason", required=True, help="why, for the record")
    status = verbs.add_parser("status", help="the bot, and the topics that are off")
    status.set_defaults(run=_status)


def _off(arguments: argparse.Namespace) -> int:
    from bot.paused import Paused
    from casework.oversight import LiveView
    from desk.container import get_container

    notice = {"zh": arguments.message.strip(), "en": arguments.message_en.strip()}
    container = get_container()
    container.live_control.turn_off(actor(), arguments.reason, notice={language: text for language, text in notice.items() if text})
    print(f"the bot is off; users read this within two seconds:\n\n{Paused(LiveView(container.store))('zh')}")
    return 0


def _on(arguments: argparse.Namespace) -> int:
    from desk.container import get_container

    get_container().live_control.turn_on(actor(), arguments.reason)
    print("the bot is on")
    return 0


def _status(arguments: argparse.Namespace) -> int:
    from casework.oversight.switches import BOT, TOPIC, LiveView
    from desk.container import get_container

    rows = LiveView(get_container().store).snapshot().values  # as it is now, not up to two seconds ago
    bot = rows.get(BOT)
    print(f"bot: {_worded(bot) if bot else 'on'}")
    for key, row in sorted(rows.items()):
        if key.startswith(TOPIC) and row.value.get("off"):
            print(f"{key.removeprefix(TOPIC)}: {_worded(row)}")
    return 0


def _worded(row: LiveValue) -> str:
    state = "off" if row.value.get("off") else "on"
    return f"{state} since {row.changed_at:%Y-%m-%d %H:%M} ({row.actor}: {row.reason})"
