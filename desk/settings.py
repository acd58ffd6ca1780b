"""Settings: the only reader of the environment. Every one is described in `.env.example` (a test says so)."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent


class SettingError(ValueError):
    """A setting with a value that cannot be used; names the setting, the value and the remedy."""

    def __init__(self, name: str, value: str, remedy: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used: {remedy}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. Paths are absolute."""

    host: str
    port: int
    data_dir: Path
    database_url: str
    secret_key: str | None
    old_secret_keys: tuple[str, ...]
    embedding_model: str | None
    rate_limit: str | None
    mode: str
    operator_name: str | None
    operator_contact: str | None
    now: dt.datetime | None
    allowed_origins: tuple[str, ...]
    trusted_proxies: int
    redis_url: str | None
    session_hours: int
    gap_days: int
    case_days: int
    smtp_url: str | None
    mail_from: str | None
    log_level: str
    metrics_token: str | None
    public_url: str | None
    telegram_token: str | None
    telegram_api: str
    telegram_mode: str
    telegram_personal_data: str

    @property
    def demo(self) -> bool:
        return self.mode == "demo"


def _integer(name: str, low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise SettingError(name, value, f"give a whole number from {low} to {high}")
        return int(value)

    return read


def _choice(name: str, *allowed: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in allowed:
            raise SettingError(name, value, f"use one of: {', '.join(allowed)}")
        return value

    return read


def _rate(value: str) -> str | None:
    if value == "off":
        return None
    if not re.fullmatch(r"[1-9]\d{0,5}/(second|minute|hour)", value):
        raise SettingError("ZHIWEN_RATE_LIMIT", value, "write `off` or a rate like 60/minute")
    return value


def _moment(value: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise SettingError("ZHIWEN_NOW", value, "write an ISO date-time like 2026-12-31T09:00") from error


def _url(name: str, *schemes: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not value.startswith(tuple(f"{scheme}:" for scheme in schemes)):
            raise SettingError(name, value.split("@")[-1], f"begin with {' or '.join(s + ':' for s in schemes)}")
        return value

    return read


def _origins(value: str) -> tuple[str, ...]:
    found = tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    for origin in found:
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?", origin):
            raise SettingError("ZHIWEN_ALLOWED_ORIGINS", origin, "write origins like https://www.example.gov.cn, separated by commas")
    return found


def _metrics_token(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._~+/=-]{24,200}", value):
        raise SettingError("ZHIWEN_METRICS_TOKEN", "(not shown)", "give 24 to 200 letters and digits, for instance from `openssl rand -hex 24`")
    return value


def _public_url(value: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?", value):
        raise SettingError("ZHIWEN_PUBLIC_URL", value, "write the address that citizens open, like https://zhiwen.example.gov.cn")
    return value.rstrip("/")


def _telegram_token(value: str) -> str:
    if not re.fullmatch(r"\d{3,20}:[A-Za-z0-9_-]{20,80}", value):
        raise SettingError("ZHIWEN_TELEGRAM_TOKEN", "(not shown)", "copy it from @BotFather: digits, a colon, letters and digits")
    return value


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check every setting.

    Raises SettingError that names the setting, the value and the remedy.
    """
    env = os.environ if environment is None else environment

    def get(name: str, read: Callable[[str], T], default: T) -> T:
        value = env.get(name, "").strip()
        return read(value) if value else default

    data_dir = get("ZHIWEN_DATA_DIR", Path, ROOT / "var")
    data_dir = data_dir if data_dir.is_absolute() else ROOT / data_dir
    mode = get("ZHIWEN_MODE", _choice("ZHIWEN_MODE", "demo", "production"), "demo")
    settings = Settings(
        host=get("ZHIWEN_HOST", str, "127.0.0.1"),
        port=get("ZHIWEN_PORT", _integer("ZHIWEN_PORT", 1, 65535), 5005),
        data_dir=data_dir,
        database_url=get(
            "ZHIWEN_DATABASE_URL", _url("ZHIWEN_DATABASE_URL", "sqlite", "postgresql"), f"sqlite:///{data_dir / 'zhiwen.db'}"
        ),
        secret_key=get("ZHIWEN_SECRET_KEY", str, None),
        old_secret_keys=get("ZHIWEN_OLD_SECRET_KEYS", lambda v: tuple(k.strip() for k in v.split(",") if k.strip()), ()),
        embedding_model=get("ZHIWEN_EMBEDDING_MODEL", str, None),
        rate_limit=_rate(get("ZHIWEN_RATE_LIMIT", str, "60/minute")),
        mode=mode,
        operator_name=get("ZHIWEN_OPERATOR_NAME", str, None),
        operator_contact=get("ZHIWEN_OPERATOR_CONTACT", str, None),
        now=get("ZHIWEN_NOW", _moment, None),
        allowed_origins=get("ZHIWEN_ALLOWED_ORIGINS", _origins, ()),
        trusted_proxies=get("ZHIWEN_TRUSTED_PROXIES", _integer("ZHIWEN_TRUSTED_PROXIES", 0, 5), 0),
        redis_url=get("ZHIWEN_REDIS_URL", _url("ZHIWEN_REDIS_URL", "redis", "rediss", "unix"), None),
        session_hours=get("ZHIWEN_SESSION_HOURS", _integer("ZHIWEN_SESSION_HOURS", 1, 720), 24),
        gap_days=get("ZHIWEN_GAP_DAYS", _integer("ZHIWEN_GAP_DAYS", 1, 3650), 90),
        case_days=get("ZHIWEN_CASE_DAYS", _integer("ZHIWEN_CASE_DAYS", 1, 3650), 730),
        smtp_url=get("ZHIWEN_SMTP_URL", _url("ZHIWEN_SMTP_URL", "smtp", "smtps"), None),
        mail_from=get("ZHIWEN_MAIL_FROM", str, None),
        log_level=get("ZHIWEN_LOG_LEVEL", _choice("ZHIWEN_LOG_LEVEL", "debug", "info", "warning", "error"), "info"),
        metrics_token=get("ZHIWEN_METRICS_TOKEN", _metrics_token, None),
        public_url=get("ZHIWEN_PUBLIC_URL", _public_url, None),
        telegram_token=get("ZHIWEN_TELEGRAM_TOKEN", _telegram_token, None),
        telegram_api=get("ZHIWEN_TELEGRAM_API", _url("ZHIWEN_TELEGRAM_API", "https", "http"), "https://api.telegram.org").rstrip("/"),
        telegram_mode=get("ZHIWEN_TELEGRAM_MODE", _choice("ZHIWEN_TELEGRAM_MODE", "polling", "webhook"), "polling"),
        telegram_personal_data=get(
            "ZHIWEN_TELEGRAM_PERSONAL_DATA",
            _choice("ZHIWEN_TELEGRAM_PERSONAL_DATA", "chat", "link"),
            "chat" if mode == "demo" else "link",
        ),
    )
    _check_production(settings)
    _check_telegram(settings)
    return settings


def _check_production(settings: Settings) -> None:
    if settings.demo:
        return
    if settings.now is not None:
        raise SettingError("ZHIWEN_NOW", settings.now.isoformat(), "a set clock is refused in production; unset it")
    for name, value in (
        ("ZHIWEN_OPERATOR_NAME", settings.operator_name),
        ("ZHIWEN_OPERATOR_CONTACT", settings.operator_contact),
    ):
        if not value:
            raise SettingError(name, "", "production needs the operator's name and contact, which every consent text carries")


def _check_telegram(settings: Settings) -> None:
    if settings.telegram_token is None:
        return
    address = settings.public_url or ""
    if settings.telegram_mode == "webhook" and not address.startswith("https://"):
        raise SettingError("ZHIWEN_PUBLIC_URL", address, "a Telegram webhook needs the server's https:// address; or set ZHIWEN_TELEGRAM_MODE=polling")
    if settings.telegram_personal_data == "link" and not address:
        remedy = "personal data is given on the web page, so Telegram needs its address; or set ZHIWEN_TELEGRAM_PERSONAL_DATA=chat"
        raise SettingError("ZHIWEN_PUBLIC_URL", "", remedy)
