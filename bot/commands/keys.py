"""`zhiwen keys`: a new key for what is encrypted at rest.

Beside a running server: `add`, restart the server, `rotate --staged`. With the server stopped: `rotate`. After the
sessions and gaps of before have expired: `drop-old`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desk.container import Container


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("keys", help="change the key for what is encrypted at rest")
    verbs = command.add_subparsers(dest="verb", metavar="VERB", required=True)
    add = verbs.add_parser("add", help="put a fresh key on top of the key file; the old ones still open")
    add.set_defaults(run=_add)
    rotate = verbs.add_parser("rotate", help="add a fresh key (unless --staged) and reseal every row and release with it")
    rotate.add_argument("--staged", action="store_true", help="use the key that `keys add` put in place")
    rotate.set_defaults(run=_rotate)
    drop = verbs.add_parser("drop-old", help="keep the newest key only")
    drop.set_defaults(run=_drop)


def _key_file(container: Container) -> Path:
    return container.settings.data_dir / "secret.key"


def _from_setting(container: Container) -> bool:
    if not container.settings.secret_key:
        return False
    print(
        "zhiwen: the key comes from ZHIWEN_SECRET_KEY: put the new key there, the present one into ZHIWEN_OLD_SECRET_KEYS, "
        "restart the server, then run `zhiwen keys rotate --staged`",
        file=sys.stderr,
    )
    return True


def _add(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from storage.encryption import add_key

    container = get_container()
    if _from_setting(container):
        return 1
    assert container.keyring  # opened first: a missing or wrong key is told before anything is written
    add_key(_key_file(container))
    print("a fresh key is in place; restart the server, then run `zhiwen keys rotate --staged`")
    return 0


def _rotate(arguments: argparse.Namespace) -> int:
    from desk.container import Container, get_container, set_container
    from storage import rotate_keys
    from storage.encryption import add_key

    container = get_container()
    if not arguments.staged:
        if _from_setting(container):
            return 1
        assert container.keyring
        add_key(_key_file(container))
    fresh = Container(container.settings)
    rows = rotate_keys(fresh.database, fresh.keyring)
    set_container(fresh)
    print(f"{rows} rows resealed under the newest key")
    print("next: `zhiwen knowledge release` (releases are signed with the key), restart the server (open pages begin a new conversation),")
    print(f"and `zhiwen keys drop-old` in {max(container.settings.gap_days, 1)} days, when what the old key sealed has expired")
    return 0


def _drop(arguments: argparse.Namespace) -> int:
    from desk.container import get_container
    from storage.encryption import drop_old_keys

    container = get_container()
    if container.settings.secret_key:
        print("zhiwen: the key comes from ZHIWEN_SECRET_KEY: empty ZHIWEN_OLD_SECRET_KEYS instead", file=sys.stderr)
        return 1
    assert container.keyring
    drop_old_keys(_key_file(container))
    print("only the newest key is left")
    return 0
