"""The outbox: messages that leave at least once, survive restarts, and are never sent twice by us."""

from casework.notify.dispatcher import Dispatcher, DispatchPolicy
from casework.notify.model import Channel, Claimed, Group, Message, Outbox, Transport
from casework.notify.transports import Attachment, EmailTransport, Letter, LogTransport, SmtpSettings

__all__ = [
    "Attachment",
    "Channel",
    "Claimed",
    "DispatchPolicy",
    "Dispatcher",
    "EmailTransport",
    "Group",
    "Letter",
    "LogTransport",
    "Message",
    "Outbox",
    "SmtpSettings",
    "Transport",
]
