"""`zhiwen privacy`: one person's data exported or erased, and what is due removed. All of it audited."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from bot.commands.tables import actor


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("privacy", help="export or erase one person's data; remove what is due")
    verbs = command.add_subparsers(dest="verb", metavar="VERB", required=True)
    export = verbs.add_parser("export", help="everything about one person, as JSON")
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    export.set_defaults(run=_export)
    erase = verbs.add_parser("erase", help="erase one person for good; coming appointments are given back")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    erase.set_defaults(run=_erase)
    for verb in (export, erase):
        verb.add_argument("reference", help="a reference of this person's")
        fact = verb.add_mutually_exclusive_group(required=True)
        fact.add_argument("--phone", dest="fact", metavar="LAST4", help="last four digits of the case's phone, or all of it")
        fact.add_argument("--code", dest="fact", metavar="CODE", help="the code of a question that was left without a phone")
    retention = verbs.add_parser("retention", help="remove what is older than the settings allow (the server does so daily)")
    retention.set_defaults(run=_retention)


def _export(arguments: argparse.Namespace) -> int:
    from casework.oversight import Privacy
    from desk.container import get_container

    container = get_container()
    data = Privacy(container.store, container.clock).export(arguments.reference, arguments.fact, actor())
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    if arguments.out is None:
        print(text)
        return 0
    with os.fdopen(os.open(arguments.out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    print(f"{len(data['cases'])} cases -> {arguments.out}")
    return 0


def _erase(arguments: argparse.Namespace) -> int:
    from casework.oversight import Privacy
    from desk.container import get_container

    if not arguments.yes and sys.stdin.isatty() and input("Erase this person's data for good? Type yes: ").strip() != "yes":
        print("nothing was erased")
        return 1
    container = get_container()
    erased = Privacy(container.store, container.clock).erase(arguments.reference, arguments.fact, actor())
    events = _forget(list(erased.conversation_ids))
    print(
        f"erased: {', '.join(erased.references)}; {erased.gaps} gaps, {erased.feedback} feedback, "
        f"{len(erased.conversation_ids)} conversations ({events} events)"
    )
    return 0


def _forget(conversations: list[str]) -> int:
    """Rasa's own record of these conversations."""
    if not conversations:
        return 0
    from bot.agent import quiet_libraries

    quiet_libraries()
    from bot.retention import tracker_of
    from desk.container import get_container

    return tracker_of(get_container()).forget(conversations)


def _retention(arguments: argparse.Namespace) -> int:
    from bot.agent import quiet_libraries

    quiet_libraries()
    from bot.retention import retain
    from desk.container import get_container

    for name, count in retain(get_container()).items():
        print(f"{name:20} {count:8}")
    return 0
