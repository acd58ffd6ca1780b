"""Copies of the whole database, and the keys under a passphrase. SQLite by its online backup, PostgreSQL by its own programs."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy.engine.url import URL

from storage.database import open_database, place_of
from storage.errors import BackupError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
SHORTEST_PASSPHRASE = 12
# RFC 7914's parameters for files: some 64 MB and a fifth of a second for each guess.
_SCRYPT = {"n": 2**16, "r": 8, "p": 1}


def kind_of(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return SQLITE if sa.engine.make_url(url).get_backend_name() == "sqlite" else POSTGRESQL


def is_empty(url: str) -> bool:
    """Whether nothing was ever stored there: no file, or no table."""
    parsed = sa.engine.make_url(url)
    if kind_of(url) == SQLITE and not (parsed.database and Path(parsed.database).exists()):
        return True
    database = open_database(url, pool_size=1)
    try:
        with database.transaction(read_only=True) as connection:
            return not sa.inspect(connection).get_table_names()
    finally:
        database.close()


def dump_database(url: str, target: Path) -> str:
    """A consistent copy in one file, also beside a working server; returns its kind. Raises BackupError."""
    kind = kind_of(url)
    target.touch(mode=0o600)
    if kind == SQLITE:
        _copy_sqlite(Path(str(sa.engine.make_url(url).database)), target)
    else:
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-acl", f"--file={target}")
    return kind


def load_database(url: str, source: Path) -> None:
    """Fill an empty database from such a copy: all of it, or nothing. Raises BackupError."""
    if not is_empty(url):
        raise BackupError(f"database {place_of(url)} is not empty; restore into a new one, or move the old one away first")
    if kind_of(url) == SQLITE:
        target = Path(str(sa.engine.make_url(url).database))
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        partial.touch(mode=0o600)
        shutil.copyfile(source, partial)
        partial.replace(target)
    else:
        _run("pg_restore", url, "--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", str(source))


def wrap_keys(keys: Sequence[str], passphrase: str) -> str:
    """The keys under a passphrase, as JSON text. Raises BackupError for a short one."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BackupError(f"the passphrase is too short; give at least {SHORTEST_PASSPHRASE} characters")
    salt = os.urandom(16)
    token = Fernet(_stretched(passphrase, salt, _SCRYPT)).encrypt("\n".join(keys).encode()).decode("ascii")
    return json.dumps({"kdf": "scrypt", **_SCRYPT, "salt": base64.b64encode(salt).decode("ascii"), "token": token})


def unwrap_keys(wrapped: str, passphrase: str) -> list[str]:
    """The keys again, newest first. Raises BackupError for another passphrase."""
    found = json.loads(wrapped)
    key = _stretched(passphrase, base64.b64decode(found["salt"]), found)
    try:
        return Fernet(key).decrypt(found["token"]).decode().splitlines()
    except InvalidToken:
        raise BackupError("this passphrase does not open the key in the backup") from None


def _stretched(passphrase: str, salt: bytes, cost: Any) -> bytes:
    kdf = Scrypt(salt=salt, length=32, n=int(cost["n"]), r=int(cost["r"]), p=int(cost["p"]))
    return base64.urlsafe_b64encode(kdf.derive(passphrase.encode()))


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise BackupError(f"there is no database at {source}; check ZHIWEN_DATA_DIR and ZHIWEN_DATABASE_URL")
    try:
        reading, writing = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True), sqlite3.connect(target)
        try:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode=DELETE")  # one file, without side files
            (verdict,) = writing.execute("PRAGMA integrity_check").fetchone()
        finally:
            reading.close()
            writing.close()
    except sqlite3.Error as error:
        raise BackupError(f"database {source} could not be copied ({type(error).__name__}); check its disk") from None
    if verdict != "ok":
        raise BackupError(f"database {source} is damaged (integrity check); keep the last good backup and see docs/runbook.md")


def _run(name: str, url: str, *arguments: str) -> None:
    """One of PostgreSQL's programs. The password goes by the environment: other users of the machine see command lines."""
    parsed = sa.engine.make_url(url)
    asked = ["--dbname", _without_password(parsed)]
    environment = {"PATH": os.defpath, "PGCONNECT_TIMEOUT": "10"} | ({"PGPASSWORD": str(parsed.password)} if parsed.password else {})
    done = subprocess.run([_program(name), *asked, *arguments], env=environment, capture_output=True, check=False, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise BackupError(f"{name} failed for {place_of(url)}: {last[:300]}")


def _without_password(parsed: URL) -> str:
    plain = URL.create("postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, parsed.query)
    return str(plain.render_as_string(hide_password=False))


def _program(name: str) -> str:
    """The newest one installed (an older one refuses a newer server), else what is on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    chosen = str(found[-1]) if found else shutil.which(name)
    if chosen is None:
        raise BackupError(f"{name} is missing; install PostgreSQL's client programs (Debian: postgresql-client)")
    return chosen
