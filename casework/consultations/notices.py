"""Which messages a booking puts into the outbox: receipts, reminders, notices to the staff.

Templates are codes; their wording is data elsewhere. Facts hold what the wording needs and no name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casework.cases import Case, Person
from casework.consultations.model import Appointment
from casework.notify.model import Channel, Group, Message


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """When reminders leave, and who in the office is told (no address: the log only)."""

    reminders: tuple[timedelta, ...] = (timedelta(days=1), timedelta(hours=2))
    staff_email: str = ""


class Notices:
    """Makes messages; the step that they tell of queues them in its own unit of work."""

    def __init__(self, policy: NoticePolicy | None = None) -> None:
        self._policy = policy or NoticePolicy()

    def about(self, case: Case, appointment: Appointment, event: str, now: datetime) -> list[Message]:
        """The receipt to the citizen and the notice to the staff for `event` (booked, moved, …)."""
        facts, key = facts_of(case, appointment), f"{case.reference}.{event}.{appointment.sequence}"
        messages = [
            Message(
                f"{key}.{channel.value}",
                channel,
                Group.RECEIPT,
                f"consultation_{event}",
                now,
                address,
                facts,
                language=case.language,
            )
            for channel, address in reachable(case.person)
        ]
        channel = Channel.EMAIL if self._policy.staff_email else Channel.LOG
        staff = Message(
            f"{key}.staff",
            channel,
            Group.STAFF,
            f"staff_consultation_{event}",
            now,
            self._policy.staff_email,
            facts,
        )
        return [*messages, staff]

    def reminders(self, case: Case, appointment: Appointment, now: datetime) -> list[Message]:
        """The reminders that are still to come for the present time of the appointment."""
        return [
            Message(
                f"{case.reference}.reminder-{int(before.total_seconds() // 60)}.{appointment.sequence}.{channel.value}",
                channel,
                Group.REMINDER,
                "consultation_reminder",
                appointment.start - before,
                address,
                facts_of(case, appointment),
                not_after=appointment.start,
                language=case.language,
            )
            for before in self._policy.reminders
            if appointment.start - before > now
            for channel, address in reachable(case.person)
        ]


def reachable(person: Person) -> Iterator[tuple[Channel, str]]:
    """Channels on which messages can reach this person; none means that no reminder will come."""
    if person.email:
        yield Channel.EMAIL, person.email
    if person.telegram_chat:
        yield Channel.TELEGRAM, person.telegram_chat


def facts_of(case: Case, appointment: Appointment) -> dict[str, Any]:
    """What wordings need: reference, state, place, time and download token, as JSON-able values."""
    return {
        "reference": case.reference,
        "state": case.state,
        "service": appointment.service_id,
        "station": appointment.station_id,
        "expert": appointment.expert_id,
        "mode": appointment.mode.value,
        "right": appointment.right.value,
        "start": appointment.start.isoformat(),
        "end": appointment.end.isoformat(),
        "provisional": appointment.provisional,
        "uid": appointment.uid,
        "sequence": appointment.sequence,
        "download_token": appointment.download_token,
    }
