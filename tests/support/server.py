"""The real server for tests: `python -m bot.cli serve` in its own process, on a free port, in a temporary data folder.

    def test_x(server):
        server.url            # http://127.0.0.1:…
        server.get("/health")

Each kind of server is started once in a test run and stopped at its end. The knowledge release is built by the
official command into `test-output/knowledge` (skipped there when no card changed) and copied into every server's
folder. ZHIWEN_TEST_DATA names a data folder with a release to be used as it is instead.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


LISTED = f"http://127.0.0.1:{_free_port()}"  # a site that may embed the page of `ordinary()`
START_SECONDS = 180  # Rasa, torch and the release on a busy machine


@dataclass(frozen=True)
class Answer:
    """A reply: status, headers (names in lower case), and the body as parsed JSON (None when it is none)."""

    status: int
    headers: dict[str, str]
    json: Any


@dataclass(frozen=True)
class RunningServer:
    """A server that answers on `url`; `data` is its data folder."""

    port: int
    data: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
        """One request; `body` is sent as JSON, or as it is when bytes."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return _answer(reply.status, reply.headers.items(), reply.read())
        except urllib.error.HTTPError as error:
            return _answer(error.code, error.headers.items(), error.read())

    def open_session(self, **wish: str) -> str:
        """A new session's token."""
        answer = self.call("POST", "/chat/sessions", wish)
        assert answer.status == 201, answer
        return str(answer.json["token"])

    def command(self, *arguments: str) -> str:
        """What `zhiwen …` prints on this server's data."""
        return _command(*arguments, ZHIWEN_DATA_DIR=str(self.data))

    def said_by_user(self, token: str) -> list[str]:
        """The user's messages that the server has handled."""
        entries = self.call("GET", "/chat/history", token=token).json["entries"]
        return [entry["text"] for entry in entries if entry["from"] == "user"]


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    return Answer(status, {name.lower(): value for name, value in headers}, parsed)


@lru_cache(maxsize=1)
def seed() -> Path:
    """A data folder with the release of the present cards (and the key that signed it)."""
    given = os.environ.get("ZHIWEN_TEST_DATA")
    if given:
        return Path(given)
    folder = ROOT / "test-output" / "knowledge"
    folder.mkdir(parents=True, exist_ok=True)
    _command("train")
    _command("knowledge", "build", ZHIWEN_DATA_DIR=str(folder))
    return folder


def started(*settings: tuple[str, str]) -> RunningServer:
    """The server with these settings, e.g. `started(("ZHIWEN_RATE_LIMIT", "3/minute"))`; started at the first call."""
    found = _start_once(*settings)
    if isinstance(found, Exception):
        raise found
    return found


@cache
def _start_once(*settings: tuple[str, str]) -> RunningServer | Exception:
    """A server that does not start is tried once, not again by every test."""
    try:
        return _start(settings)
    except (RuntimeError, OSError) as error:
        return error


def _start(settings: tuple[tuple[str, str], ...]) -> RunningServer:
    data = Path(tempfile.mkdtemp(prefix="zhiwen-server-"))
    shutil.copytree(seed() / "releases", data / "releases")
    shutil.copy(seed() / "secret.key", data / "secret.key")
    port = _free_port()
    chosen = {"ZHIWEN_RATE_LIMIT": "off", **dict(settings), "ZHIWEN_DATA_DIR": str(data), "ZHIWEN_PORT": str(port)}
    log = data / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "serve"], cwd=ROOT, env=_environment(chosen), stdout=output, stderr=output
        )
    server = RunningServer(port, data, process)
    atexit.register(_stop, server, os.getpid())
    _wait(server, log)
    return server


def ordinary() -> RunningServer:
    """Without a rate limit, on today's date; one other site may embed its page."""
    return started(("ZHIWEN_ALLOWED_ORIGINS", LISTED))


def strict() -> RunningServer:
    """Three requests a minute for each session, and years ahead: every token of `ordinary()` has expired there."""
    return started(("ZHIWEN_RATE_LIMIT", "3/minute"), ("ZHIWEN_NOW", "2030-01-07T09:00"))


def _wait(server: RunningServer, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if server.call("GET", "/health").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not get ready:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(server: RunningServer, owner: int) -> None:
    if os.getpid() != owner:
        return  # a forked child leaves its parent's server alone
    server.process.terminate()
    try:
        server.process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
    shutil.rmtree(server.data, ignore_errors=True)


def _command(*arguments: str, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments], cwd=ROOT, env=_environment(settings), capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"`zhiwen {' '.join(arguments)}` failed:\n{done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout.decode(errors="replace")


def _environment(settings: dict[str, str]) -> dict[str, str]:
    """Only these settings: none of the developer's own reach the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ZHIWEN_")} | settings
