"""What channels deliver more than once is handled once; and work that exactly one process does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from storage import tables
from storage.database import Database
from storage.encryption import Keyring

_DELIVERIES, _LEASES = tables.deliveries, tables.leases
_DELIVERY = "delivery"
Clock = Callable[[], datetime]


class Taken(Enum):
    """What became of a delivery: it is the caller's to handle, another has it in hand, or it was handled."""

    MINE = "mine"
    BUSY = "busy"
    DONE = "done"


class Deliveries:
    """Each delivery of a channel (an update of Telegram, a one-time link) is handled once, over restarts and processes.

    Only a keyed digest of its id is stored.
    """

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database, self._keyring, self._clock = database, keyring, clock

    def take(self, channel: str, delivery: str, lease: timedelta) -> Taken:
        """Claim a delivery. One that was claimed longer than `lease` ago and never finished is given out again."""
        now = self._clock()
        digests = self._keyring.digests(delivery, _DELIVERY)
        mine = sa.and_(_DELIVERIES.c.channel == channel, _DELIVERIES.c.delivery_digest.in_(digests))
        with self._database.transaction() as connection:
            row = connection.execute(_DELIVERIES.select().where(mine)).first()
            if row is not None and row.done_at is not None:
                return Taken.DONE
            if row is not None and row.taken_at > now - lease:
                return Taken.BUSY
            if row is None:
                values = {"channel": channel, "delivery_digest": digests[0], "taken_at": now}
                try:
                    connection.execute(_DELIVERIES.insert().values(**values))
                except IntegrityError:  # somebody else was first
                    return Taken.BUSY
            else:
                unchanged = sa.and_(mine, _DELIVERIES.c.taken_at == row.taken_at)
                if connection.execute(_DELIVERIES.update().where(unchanged).values(taken_at=now)).rowcount != 1:
                    return Taken.BUSY
            connection.commit()
        return Taken.MINE

    def done(self, channel: str, delivery: str) -> None:
        """It was handled: never again."""
        digests = self._keyring.digests(delivery, _DELIVERY)
        mine = sa.and_(_DELIVERIES.c.channel == channel, _DELIVERIES.c.delivery_digest.in_(digests))
        with self._database.transaction() as connection:
            connection.execute(_DELIVERIES.update().where(mine).values(done_at=self._clock()))
            connection.commit()

    def drop_before(self, instant: datetime) -> int:
        """Forget what was delivered before `instant`; returns how many."""
        with self._database.transaction() as connection:
            gone = int(connection.execute(_DELIVERIES.delete().where(_DELIVERIES.c.taken_at < instant)).rowcount)
            connection.commit()
        return gone


class Leases:
    """Work that exactly one process does at a time; who dies loses it when the lease runs out."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def take(self, name: str, holder: str, span: timedelta) -> bool:
        """Take the work or keep it for another `span`; False while somebody else has it."""
        now = self._clock()
        values = {"holder": holder, "held_until": now + span}
        free = sa.and_(_LEASES.c.name == name, sa.or_(_LEASES.c.holder == holder, _LEASES.c.held_until <= now))
        with self._database.transaction() as connection:
            if connection.execute(_LEASES.update().where(free).values(**values)).rowcount != 1:
                if connection.execute(_LEASES.select().where(_LEASES.c.name == name)).first() is not None:
                    return False
                try:
                    connection.execute(_LEASES.insert().values(name=name, **values))
                except IntegrityError:  # somebody else was first
                    return False
            connection.commit()
        return True

    def give_back(self, name: str, holder: str) -> None:
        """Done: the next may begin at once."""
        with self._database.transaction() as connection:
            connection.execute(_LEASES.delete().where(_LEASES.c.name == name, _LEASES.c.holder == holder))
            connection.commit()
