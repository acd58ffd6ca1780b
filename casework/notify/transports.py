"""First transports: e-mail by SMTP, and a log sink that names class and id only."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from casework.errors import DeliveryRefusedError, DeliveryRetryError
from casework.notify.model import Claimed

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along, for instance an appointment as text/calendar."""

    name: str
    content: bytes
    maintype: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in words, in the citizen's language."""

    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """`security` is `none`, `starttls` or `tls`."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = ""
    security: str = "starttls"
    timeout_seconds: float = 20.0


class EmailTransport:
    """Sends by SMTP. The Message-ID is made of the deduplication key, so a repeated delivery after a crash
    is recognisable as the same message."""

    def __init__(self, settings: SmtpSettings, render: Callable[[Claimed], Letter]) -> None:
        self._settings, self._render = settings, render

    def send(self, claimed: Claimed) -> None:
        """Raises DeliveryRefusedError for a 5xx answer to the address, DeliveryRetryError for the rest."""
        mail = self._mail(claimed)
        try:
            with self._connection() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if all(code >= 500 for code in codes):
                raise DeliveryRefusedError("SMTPRecipientsRefused") from None
            raise DeliveryRetryError("SMTPRecipientsRefused") from None
        except (smtplib.SMTPException, OSError) as error:
            # `from None`: the server's answer may repeat the address.
            raise DeliveryRetryError(type(error).__name__) from None

    def _mail(self, claimed: Claimed) -> EmailMessage:
        letter = self._render(claimed)
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = (
            letter.subject,
            self._settings.sender,
            claimed.message.address,
        )
        domain = self._settings.sender.rpartition("@")[2].strip("> ") or "localhost"
        mail["Message-ID"] = f"<{claimed.message.dedup_key}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.body)
        for file in letter.attachments:
            mail.add_attachment(
                file.content,
                maintype=file.maintype,
                subtype=file.subtype,
                filename=file.name,
                params=dict(file.parameters),
            )
        return mail

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        chosen = self._settings
        context = ssl.create_default_context()
        if chosen.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(chosen.host, chosen.port, timeout=chosen.timeout_seconds, context=context)
        else:
            server = smtplib.SMTP(chosen.host, chosen.port, timeout=chosen.timeout_seconds)
        with server:
            if chosen.security == "starttls":
                server.starttls(context=context)
            if chosen.username:
                server.login(chosen.username, chosen.password)
            yield server


class LogTransport:
    """For installations without mail: a line in the log with class and id, nothing personal."""

    def send(self, claimed: Claimed) -> None:
        """Never fails."""
        _log.info("notice %s for message %s", claimed.message.template, claimed.id)
