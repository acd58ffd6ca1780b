"""`zhiwen gaps`: questions without a good answer, for whoever writes the missing card."""

from __future__ import annotations

import argparse
import json
from typing import Any

from bot.commands.tables import laid_out


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("gaps", help="questions that could not be answered (masked when they were stored)")
    verbs = command.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="newest first, with the nearest cards")
    listing.add_argument("--limit", type=int, default=100)
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(run=_list)


def _list(arguments: argparse.Namespace) -> int:
    from desk.clock import SHANGHAI
    from desk.container import get_container

    gaps = get_container().gaps.newest(arguments.limit)
    if arguments.json:
        for gap in gaps:
            found = {"id": gap.id, "at": gap.at.isoformat(), "question": gap.question, "outcome": gap.outcome, "language": gap.language}
            print(json.dumps(found | {"candidates": list(gap.candidates)}, ensure_ascii=False, default=str))
        return 0
    rows = []
    for gap in gaps:
        cards = " ".join(str(found.get("card")) for found in gap.candidates)
        rows.append((str(gap.id), f"{gap.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", gap.language, gap.question, cards))
    print(laid_out(("id", "at", "language", "question", "candidates"), rows))
    print(f"\n{len(rows)} gaps")
    return 0
