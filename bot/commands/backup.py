"""`zhiwen backup`: database, live release and (on request) the key in one signed file, beside a running server."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desk.backups import Summary


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("backup", help="write database, live release and, wrapped, the key to one file")
    command.add_argument("file", type=Path, metavar="FILE.tar")
    command.add_argument("--with-key", action="store_true", help="put the key in, under a passphrase that is asked for")
    command.add_argument("--passphrase-file", type=Path, metavar="PATH", help="read the passphrase from the first line of this file")
    command.set_defaults(run=run)


def read_passphrase(path: Path | None, *, twice: bool) -> str:
    """From a file, else from the terminal."""
    if path is not None:
        return path.read_text(encoding="utf-8").splitlines()[0].strip()
    said = getpass.getpass("Passphrase of the backup's key: ")
    if twice and getpass.getpass("Once more: ") != said:
        raise SystemExit("zhiwen: the two passphrases differ; nothing was written")
    return said


def described(summary: Summary) -> str:
    """One line about a backup."""
    release = summary.release or "no release"
    return f"{summary.database} at revision {summary.revision}, {release}, {summary.files} files, {summary.size / 1e6:.1f} MB, of {summary.created}"


def run(arguments: argparse.Namespace) -> int:
    from bot.version import version
    from desk.backups import create
    from desk.container import get_container

    container = get_container()
    passphrase = read_passphrase(arguments.passphrase_file, twice=True) if arguments.with_key else None
    summary = create(container, arguments.file, version(), passphrase)
    print(f"{arguments.file}: {described(summary)}")
    if summary.key:
        print("The key is in it, under the passphrase. Keep the passphrase in another place: without it the backup cannot be read.")
    else:
        place = "ZHIWEN_SECRET_KEY" if container.settings.secret_key else str(container.settings.data_dir / "secret.key")
        print(
            f"The key is NOT in it. Keep a copy of {place} in another place: without it no name, phone or case in this backup can be read.",
            file=sys.stderr,
        )
    return 0
