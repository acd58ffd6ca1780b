from __future__ import annotations

import datetime as dt
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.settings import ROOT, SettingError, Settings, read_settings

PRODUCTION = {"ZHIWEN_MODE": "production", "ZHIWEN_OPERATOR_NAME": "示例运营单位", "ZHIWEN_OPERATOR_CONTACT": "12345"}


def variables() -> set[str]:
    return set(re.findall(r'"(ZHIWEN_[A-Z_]+)"', (ROOT / "desk" / "settings.py").read_text(encoding="utf-8")))


def documented() -> dict[str, str]:
    """Variable to its example, each a commented line after a sentence."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {m[1]: m[2] for line in lines if (m := re.match(r"^# (ZHIWEN_[A-Z_]+)=(.*)$", line))}


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(documented()) == variables()


def test_every_field_is_a_documented_setting() -> None:
    assert {f"ZHIWEN_{f.name.upper()}" for f in fields(Settings)} == set(documented())


def test_the_example_file_sets_nothing_and_explains_each_line() -> None:
    lines = [line for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines() if line]
    assert all(line.startswith("#") for line in lines)
    for before, line in zip(lines, lines[1:]):
        if line.startswith("# ZHIWEN_"):
            assert not before.startswith("# ZHIWEN_") or "OPERATOR" in line, f"{line} has no sentence"


def test_the_documented_examples_are_accepted() -> None:
    settings = read_settings({name: value for name, value in documented().items() if value})
    assert settings.now == dt.datetime(2026, 12, 31, 9)


def test_nothing_set_gives_a_demonstration_on_loopback() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 5005, True)
    assert settings.data_dir == ROOT / "var"
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'zhiwen.db'}"
    assert settings.rate_limit == "60/minute"
    assert settings.now is None


def test_the_database_follows_the_data_folder(tmp_path: Path) -> None:
    assert read_settings({"ZHIWEN_DATA_DIR": str(tmp_path)}).database_url == f"sqlite:///{tmp_path}/zhiwen.db"
    assert read_settings({"ZHIWEN_DATA_DIR": "elsewhere"}).data_dir == ROOT / "elsewhere"


def test_an_empty_value_is_no_value() -> None:
    assert read_settings({"ZHIWEN_PORT": "", "ZHIWEN_HOST": "  "}) == read_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZHIWEN_PORT", "0"),
        ("ZHIWEN_PORT", "70000"),
        ("ZHIWEN_PORT", "五千"),
        ("ZHIWEN_PORT", "５００５"),
        ("ZHIWEN_MODE", "prod"),
        ("ZHIWEN_RATE_LIMIT", "60"),
        ("ZHIWEN_RATE_LIMIT", "0/minute"),
        ("ZHIWEN_RATE_LIMIT", "60/day"),
        ("ZHIWEN_NOW", "tomorrow"),
        ("ZHIWEN_DATABASE_URL", "mysql://x/y"),
        ("ZHIWEN_REDIS_URL", "http://x"),
        ("ZHIWEN_ALLOWED_ORIGINS", "*"),
        ("ZHIWEN_ALLOWED_ORIGINS", "https://a.cn/path"),
        ("ZHIWEN_TRUSTED_PROXIES", "9"),
        ("ZHIWEN_SESSION_HOURS", "-1"),
        ("ZHIWEN_GAP_DAYS", "0"),
        ("ZHIWEN_CASE_DAYS", "9999"),
        ("ZHIWEN_SMTP_URL", "mail.example.cn"),
        ("ZHIWEN_LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_is_named_with_its_remedy(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as caught:
        read_settings({name: value})
    assert caught.value.name == name
    assert value in str(caught.value)
    assert "cannot be used: " in str(caught.value)


def test_a_password_in_a_bad_address_is_not_repeated() -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({"ZHIWEN_SMTP_URL": "mail://user:geheim@host"})
    assert "geheim" not in str(caught.value)


@given(st.integers(-10, 100_000))
def test_a_port_is_taken_exactly_when_it_is_one(port: int) -> None:
    if 1 <= port <= 65535:
        assert read_settings({"ZHIWEN_PORT": str(port)}).port == port
    else:
        with pytest.raises(SettingError):
            read_settings({"ZHIWEN_PORT": str(port)})


def test_production_needs_the_operator() -> None:
    assert not read_settings(PRODUCTION).demo
    for missing in ("ZHIWEN_OPERATOR_NAME", "ZHIWEN_OPERATOR_CONTACT"):
        with pytest.raises(SettingError, match=missing):
            read_settings({k: v for k, v in PRODUCTION.items() if k != missing})


def test_production_refuses_a_set_clock() -> None:
    with pytest.raises(SettingError, match="ZHIWEN_NOW"):
        read_settings({**PRODUCTION, "ZHIWEN_NOW": "2026-11-23T09:00"})


TELEGRAM = {"ZHIWEN_TELEGRAM_TOKEN": "123456789:TEST_token-for-a-local-bot-api-only"}
PUBLIC = {"ZHIWEN_PUBLIC_URL": "https://zhiwen.example.org/"}


def test_personal_data_stays_out_of_telegram_in_production_unless_told_otherwise() -> None:
    assert read_settings(TELEGRAM).telegram_personal_data == "chat"
    assert read_settings({**PRODUCTION, **TELEGRAM, **PUBLIC}).telegram_personal_data == "link"
    chosen = read_settings({**PRODUCTION, **TELEGRAM, "ZHIWEN_TELEGRAM_PERSONAL_DATA": "chat"})
    assert (chosen.telegram_personal_data, chosen.public_url) == ("chat", None)


@pytest.mark.parametrize(
    "environment",
    [
        {**TELEGRAM, "ZHIWEN_TELEGRAM_PERSONAL_DATA": "link"},
        {**PRODUCTION, **TELEGRAM},
        {**TELEGRAM, "ZHIWEN_TELEGRAM_MODE": "webhook"},
        {**TELEGRAM, "ZHIWEN_TELEGRAM_MODE": "webhook", "ZHIWEN_PUBLIC_URL": "http://zhiwen.example.org"},
    ],
)
def test_telegram_names_the_address_that_it_needs(environment: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="ZHIWEN_PUBLIC_URL"):
        read_settings(environment)


def test_a_token_that_is_none_is_not_repeated() -> None:
    with pytest.raises(SettingError, match="BotFather") as caught:
        read_settings({"ZHIWEN_TELEGRAM_TOKEN": "bot123456:geheim"})
    assert "geheim" not in str(caught.value)


def test_an_address_loses_its_last_slash() -> None:
    assert read_settings(PUBLIC).public_url == "https://zhiwen.example.org"


def test_lists_are_split_and_trimmed() -> None:
    settings = read_settings({"ZHIWEN_ALLOWED_ORIGINS": "https://a.cn/, https://b.cn:8443", "ZHIWEN_OLD_SECRET_KEYS": "one, two,"})
    assert settings.allowed_origins == ("https://a.cn", "https://b.cn:8443")
    assert settings.old_secret_keys == ("one", "two")
