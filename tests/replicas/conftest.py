"""A PostgreSQL and a Redis that can be stopped and started, and two servers on them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage import new_key
from tests.support import postgres
from tests.support.server import ROOT, RunningServer, _environment, _free_port, _wait, seed


@dataclass
class Redis:
    """Debian's Redis, on loopback, keeping nothing on disk."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        time.sleep(0.5)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    if shutil.which("redis-server") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Redis is missing: run `apt-get install redis-server`")
        pytest.skip("NOT RUN: Redis is missing: run `apt-get install redis-server`")
    found = Redis(_free_port())
    found.start()
    yield found
    found.stop()


@dataclass
class Replicas:
    """Two servers on one PostgreSQL and one Redis."""

    servers: list[RunningServer]
    database_url: str
    key: str
    start: Callable[[], RunningServer]


def control(*what: str) -> None:
    """`pg_ctl …` on the tests' own server."""
    found = postgres.server()
    user = postgres._unprivileged_user(found.folder)
    postgres._call([*user, str(postgres._programs() / "pg_ctl"), "-D", str(found.folder / "data"), "-w", "-l", str(found.folder / "log"), *what])


def kill(server: RunningServer) -> None:
    """SIGKILL for the server with its worker."""
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()


@pytest.fixture(scope="module")
def replicas(redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """Started once; the release is that of `seed`, so its key is the installation's."""
    url = postgres.required_server().new_database()
    key = (seed() / "secret.key").read_text(encoding="utf-8").strip() or new_key()

    def start() -> RunningServer:
        data, port = Path(tmp_path_factory.mktemp("replica")), _free_port()
        shutil.copytree(seed() / "releases", data / "releases")
        chosen = {"ZHIWEN_DATABASE_URL": url, "ZHIWEN_REDIS_URL": redis.url, "ZHIWEN_SECRET_KEY": key, "ZHIWEN_DATA_DIR": str(data)}
        log = data / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "serve"], cwd=ROOT, stdout=output, stderr=output, start_new_session=True,
                env=_environment(chosen | {"ZHIWEN_PORT": str(port), "ZHIWEN_RATE_LIMIT": "600/minute"}),
            )  # fmt: skip
        server = RunningServer(port, data, process)
        _wait(server, log)
        servers.append(server)
        return server

    servers: list[RunningServer] = []
    start()
    start()
    yield Replicas(servers, url, key, start)
    for server in servers:
        if server.process.poll() is None:
            kill(server)
    postgres.server().drop(url)
