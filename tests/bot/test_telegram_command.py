"""`zhiwen telegram --check`, and why the bot does not start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main
from tests.support.bot_api import TOKEN, BotApi, bot_api


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[BotApi]:
    with bot_api() as api:
        monkeypatch.setenv("ZHIWEN_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("ZHIWEN_TELEGRAM_API", api.url)
        monkeypatch.setenv("ZHIWEN_TELEGRAM_TOKEN", TOKEN)
        yield api


def test_the_check_says_who_the_bot_is_and_how_it_is_set(api: BotApi, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["telegram", "--check"]) == 0
    printed = capsys.readouterr().out
    for word in ("@zhiwen_test_bot", "polling", "chat"):
        assert word in printed
    assert TOKEN not in printed


def test_a_refused_token_is_told_without_the_token(api: BotApi, capsys: pytest.CaptureFixture[str]) -> None:
    api.token = "987654321:another-token-that-is-wrong"
    assert main(["telegram", "--check"]) == 1
    error = capsys.readouterr().err
    assert "InvalidToken" in error
    assert TOKEN not in error


def test_without_a_token_it_names_the_setting(api: BotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("ZHIWEN_TELEGRAM_TOKEN")
    assert main(["telegram"]) == 1
    assert "ZHIWEN_TELEGRAM_TOKEN" in capsys.readouterr().err


def test_a_webhook_belongs_to_the_server(api: BotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ZHIWEN_TELEGRAM_MODE", "webhook")
    monkeypatch.setenv("ZHIWEN_PUBLIC_URL", "https://zhiwen.example.org")
    assert main(["telegram"]) == 1
    assert "zhiwen serve" in capsys.readouterr().err
