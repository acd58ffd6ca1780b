"""A private PostgreSQL for the tests, from Debian's packages: temp folder, loopback, free port, no fsync.

Started once per test process, stopped at its end. Where the packages are missing the tests that need it name
themselves NOT RUN; with CI=true that is a failure.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest
import sqlalchemy as sa

_NAMES = itertools.count()


class ServerMissingError(RuntimeError):
    """The packages are not installed."""


@dataclass(frozen=True)
class Server:
    """A running server; `url` is that of its maintenance database."""

    port: int
    folder: Path

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://tester@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of a fresh, empty database."""
        name = f"t{os.getpid()}_{next(_NAMES)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def run(self, statement: str) -> None:
        engine = sa.create_engine(self.url(), isolation_level="AUTOCOMMIT", future=True)
        try:
            with engine.connect() as connection:
                connection.execute(sa.text(statement))
        finally:
            engine.dispose()


def required_server() -> Server:
    """The server, or the test is NOT RUN (failed where CI=true)."""
    try:
        return server()
    except ServerMissingError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(f"NOT RUN: {error}")


@lru_cache(maxsize=1)
def server() -> Server:
    """Start it at the first call of this process. Raises ServerMissingError."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="zhiwen-pg-"))
    user = _unprivileged_user(folder)
    data, port = folder / "data", _free_port()
    _call(
        [
            *user,
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "tester",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
    )
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(
            f"\nlisten_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{folder}'\n"
            "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
            "shared_buffers = 32MB\nautovacuum = off\n"
        )
    control = [*user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "60"]
    _call([*control, "-l", str(folder / "log"), "start"])
    atexit.register(_stop, control, folder, os.getpid())
    return Server(port, folder)


def _stop(control: list[str], folder: Path, owner: int) -> None:
    if os.getpid() != owner:
        return  # a forked child leaves its parent's server alone
    subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/")
    shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise ServerMissingError("PostgreSQL's server is missing: run `apt-get install postgresql`")
    return found[-1].parent


def _unprivileged_user(folder: Path) -> list[str]:
    """The server refuses to run as root; then it runs as Debian's user, who must own the folder."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    raise ServerMissingError("there is no unprivileged user to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _call(command: list[str]) -> None:
    # pg_ctl's server inherits the pipes, so the output goes to a file and not to us.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, stdout=output, stderr=output, cwd="/", check=False)
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{command[-1]} failed: {output.read().decode(errors='replace')[-2000:]}")
