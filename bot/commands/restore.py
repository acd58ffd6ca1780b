"""`zhiwen restore`: a backup into an empty installation (docs/runbook.md)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.commands.backup import described, read_passphrase


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("restore", help="bring a backup back into an empty installation; stop the server first")
    command.add_argument("file", type=Path, metavar="FILE.tar")
    key = command.add_mutually_exclusive_group()
    key.add_argument("--key", type=Path, metavar="PATH", help="the key file of the installation that wrote it (default: the one in place)")
    key.add_argument("--with-key", action="store_true", help="the key is in the backup; its passphrase is asked for")
    key.add_argument("--passphrase-file", type=Path, metavar="PATH", help="the same, with the passphrase in the first line of this file")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from desk.backups import restore
    from desk.container import Container, set_container
    from desk.settings import read_settings

    settings = read_settings()
    wrapped = arguments.with_key or arguments.passphrase_file is not None
    passphrase = read_passphrase(arguments.passphrase_file, twice=False) if wrapped else None
    summary = restore(settings, arguments.file, passphrase, arguments.key)
    container = Container(settings)
    set_container(container)
    cases = container.case_count()  # opens database and key: what does not fit together is told here
    print(f"restored: {described(summary)}; {cases} cases")
    if summary.release is None:
        print("next: `zhiwen knowledge release` (no release was in the backup), then start the server")
    else:
        print("next: start the server")
    return 0
