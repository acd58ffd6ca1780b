"""What leaves by mail, in words; and the loop that sends what is due."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from casework.consultations.directory import Directory
from casework.notify.dispatcher import Dispatcher
from casework.notify.model import Claimed
from casework.notify.transports import Letter, SmtpSettings
from desk.consultation_words import time_text
from desk.hearing import title, vocabulary

log = logging.getLogger("zhiwen.outbox")
LETTERS = Path(__file__).with_name("letters.yml")
PAUSE_SECONDS = 15.0
_PORTS = {"smtp": 587, "smtps": 465}


@functools.cache
def letters() -> Mapping[str, Any]:
    """Subjects and bodies by template and language."""
    data: Mapping[str, Any] = yaml.safe_load(LETTERS.read_text(encoding="utf-8"))
    return data


def smtp_settings(url: str, sender: str) -> SmtpSettings:
    """From `smtp://user:password@host:port` (STARTTLS unless the host is this machine) or `smtps://…`."""
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    security = "tls" if parts.scheme == "smtps" else "none" if local else "starttls"
    return SmtpSettings(
        parts.hostname or "localhost", parts.port or _PORTS[parts.scheme], sender, unquote(parts.username or ""), unquote(parts.password or ""), security
    )


def letter(claimed: Claimed, directory: Directory, *, demo: bool) -> Letter:
    """The message in the citizen's language, with the demonstration notice where it applies."""
    message = claimed.message
    language = "en" if message.language == "en" else "zh"
    words = letters().get(message.template) or letters()["staff"]
    values: dict[str, Any] = {"template": message.template, "reference": "", "reply": "", **message.facts}
    if "start" in message.facts:
        station = directory.station_or_stub(message.facts["station"])
        values["time"] = time_text(dt.datetime.fromisoformat(message.facts["start"]), language, bool(message.facts.get("provisional")))
        values["mode"] = title("mode", message.facts["mode"], language)
        values["station"] = station.name_en if language == "en" else station.name
        values["address"] = station.address_en if language == "en" else station.address
    body = words["body"][language].format(**values)
    if demo:
        body = f"{vocabulary()['calendar']['demo'][language]}\n\n{body}"
    return Letter(words["subject"][language].format(**values), body)


class OutboxLoop:
    """Sends due messages in a thread of its own; any number of processes may run one."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher, self._stop = dispatcher, threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="outbox", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def run_once(self) -> Mapping[str, int]:
        """One batch now; how many were `sent`, `retried`, `failed`, `skipped`."""
        return self._dispatcher.run_once()

    def _run(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            try:
                self.run_once()
            except Exception as error:  # the messages stay in the outbox; the next round tries again
                log.error("outbox not served: %s", type(error).__name__)
