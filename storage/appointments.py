"""Place and time of consultation cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from casework.cases import Case
from casework.consultations.model import Appointment, State
from casework.consultations.places import Language, Mode, Right
from storage import sealing, tables
from storage.encryption import Keyring

_APPOINTMENTS, _CASES = tables.appointments, tables.cases
_ACTIVE = (State.REQUESTED.value, State.CONFIRMED.value)


class SqlAppointments:
    """`casework.consultations.protocols.Appointments` over SQL."""

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def add(self, appointment: Appointment) -> None:
        """Store the appointment of a new case."""
        self._connection.execute(
            _APPOINTMENTS.insert().values(
                case_id=appointment.case_id,
                uid=appointment.uid,
                sealed_token=self._keyring.seal(appointment.download_token),
                token_digest=self._keyring.digest(appointment.download_token, sealing.TOKEN),
                **_columns(appointment),
            )
        )

    def of(self, case: Case) -> Appointment:
        """The appointment of a consultation case."""
        row = self._connection.execute(_APPOINTMENTS.select().where(_APPOINTMENTS.c.case_id == case.id)).one()
        return self._read(row)

    def change(self, appointment: Appointment) -> None:
        """Write a new place, time or sequence; uid and download token stay."""
        self._connection.execute(
            _APPOINTMENTS.update().where(_APPOINTMENTS.c.case_id == appointment.case_id).values(**_columns(appointment))
        )

    def by_token(self, token: str) -> Appointment | None:
        """The appointment that this unguessable download token belongs to."""
        digests = self._keyring.digests(token, sealing.TOKEN)
        row = self._connection.execute(_APPOINTMENTS.select().where(_APPOINTMENTS.c.token_digest.in_(digests))).first()
        return None if row is None else self._read(row)

    def coming_of_phone(self, phone: str, now: datetime) -> int:
        """How many active appointments of this number begin after `now`."""
        statement = (
            sa.select(sa.func.count())
            .select_from(_APPOINTMENTS.join(_CASES, _CASES.c.id == _APPOINTMENTS.c.case_id))
            .where(
                _CASES.c.phone_digest.in_(self._keyring.digests(phone, sealing.PHONE)),
                _CASES.c.state.in_(_ACTIVE),
                _APPOINTMENTS.c.starts_at > now,
            )
        )
        return int(self._connection.execute(statement).scalar_one())

    def _read(self, row: Row) -> Appointment:
        return Appointment(
            case_id=row.case_id,
            service_id=row.service_id,
            station_id=row.station_id,
            expert_id=row.expert_id,
            mode=Mode(row.mode),
            right=Right(row.concerns),
            language=Language(row.expert_language),
            start=row.starts_at,
            end=row.ends_at,
            provisional=row.provisional,
            uid=row.uid,
            sequence=row.sequence,
            download_token=self._keyring.open(row.sealed_token) if row.sealed_token else "",
        )


def _columns(appointment: Appointment) -> dict[str, Any]:
    return {
        "service_id": appointment.service_id,
        "station_id": appointment.station_id,
        "expert_id": appointment.expert_id,
        "mode": appointment.mode.value,
        "concerns": appointment.right.value,
        "expert_language": appointment.language.value,
        "starts_at": appointment.start,
        "ends_at": appointment.end,
        "provisional": appointment.provisional,
        "sequence": appointment.sequence,
    }
