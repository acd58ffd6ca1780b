"""`zhiwen feedback`: what people thought of answers, as a work list that closes."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from bot.commands.tables import actor, laid_out

_REASONS = ("off_topic", "outdated", "unclear", "incomplete", "helpful")


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("feedback", help="what people thought of answers: list, close")
    verbs = command.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="what nobody has dealt with, oldest first")
    listing.add_argument("--reason", choices=_REASONS)
    listing.add_argument("--limit", type=int, default=100)
    listing.set_defaults(run=_list)
    close = verbs.add_parser("close", help="say what was done")
    close.add_argument("id", type=int)
    close.add_argument("resolution")
    close.set_defaults(run=_close)


def _list(arguments: argparse.Namespace) -> int:
    from casework.oversight import FeedbackReason
    from desk.clock import SHANGHAI
    from desk.container import get_container

    reason = FeedbackReason(arguments.reason) if arguments.reason else None
    found = get_container().feedback.open(reason, arguments.limit)
    rows = [(str(f.id), f"{f.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", f.reason.value, f.card, f.comment) for f in found]
    print(laid_out(("id", "at", "reason", "card", "comment"), rows))
    print(f"\n{len(rows)} open")
    return 0


def _close(arguments: argparse.Namespace) -> int:
    from desk.container import get_container

    if not get_container().feedback.close(arguments.id, actor(), arguments.resolution):
        print(f"zhiwen: there is no open feedback {arguments.id}; see `zhiwen feedback list`", file=sys.stderr)
        return 1
    print(f"closed: {arguments.id}")
    return 0
