"""The real processes with a token: `zhiwen serve` by polling and by webhook, `zhiwen telegram` alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.bot_api import TOKEN, BotApi, bot_api
from tests.support.server import ROOT, seed, started
from tests.telegram import updates

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with bot_api() as api:
        yield api


def soon(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(condition())


def settings(api: BotApi, **more: str) -> tuple[tuple[str, str], ...]:
    base = {"ZHIWEN_TELEGRAM_TOKEN": TOKEN, "ZHIWEN_TELEGRAM_API": api.url, **more}
    return tuple(sorted(base.items()))


def test_the_server_polls_answers_and_serves_its_page_meanwhile(api: BotApi) -> None:
    server = started(*settings(api))
    before = len(api.sent)
    api.deliver(updates.text("发明专利保护多少年？"))
    assert soon(lambda: len(api.sent) > before)
    assert "20年" in api.texts[-1]
    assert server.call("GET", "/health").status == 200
    assert server.call("POST", "/telegram/webhook", {}).status in (404, 405)  # no webhook where it polls
    log = (server.data / "server.log").read_text()
    for secret in (TOKEN, str(updates.CITIZEN), "example_citizen", "发明专利"):
        assert secret not in log


def test_the_server_answers_its_webhook_and_nobody_without_the_secret(api: BotApi) -> None:
    server = started(*settings(api, ZHIWEN_TELEGRAM_MODE="webhook", ZHIWEN_PUBLIC_URL="https://zhiwen.example.org"))
    assert soon(lambda: api.named("setWebhook"))
    secret, before = api.named("setWebhook")[-1]["secret_token"], len(api.sent)
    update = updates.text("外观设计专利保护多少年？")
    assert server.call("POST", "/telegram/webhook", update).status == 403
    assert server.call("POST", "/telegram/webhook", update, x_telegram_bot_api_secret_token=secret).status == 200
    assert len(api.sent) == before + 1
    assert "15年" in api.texts[-1]


def test_the_bot_alone_answers_and_ends_when_it_is_told_to(api: BotApi, tmp_path: Path) -> None:
    shutil.copytree(seed() / "releases", tmp_path / "releases")
    shutil.copy(seed() / "secret.key", tmp_path / "secret.key")
    own = {name: value for name, value in os.environ.items() if not name.startswith("ZHIWEN_")}
    command = [sys.executable, "-m", "bot.cli", "telegram"]
    with bot_api() as alone:
        own |= {**dict(settings(alone)), "ZHIWEN_DATA_DIR": str(tmp_path)}
        alone.deliver(updates.text("你好"))
        process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert soon(lambda: alone.sent, 180)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()
