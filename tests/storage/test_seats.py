"""What the database itself refuses, whatever the program does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from storage import Database
from storage.tables import seats, sittings, ticks
from tests.casework.factories import MONDAY

Insert = Callable[[Connection], None]


def _sitting(connection: Connection, number: int, expert: str = "expert-1", hour: int = 10) -> None:
    start = MONDAY.replace(hour=hour)
    connection.execute(
        sittings.insert().values(
            id=number,
            expert_id=expert,
            service_id="s",
            station_id="hohhot",
            mode="phone",
            starts_at=start,
            ends_at=start,
            occupied_from=start,
            occupied_until=start,
            capacity=2,
        )
    )


def _seat(connection: Connection, number: int, sitting: int, conversation: str) -> None:
    connection.execute(
        seats.insert().values(
            sitting_id=sitting,
            seat_no=number,
            conversation_digest=conversation,
            free_time_id="x",
            concerns="patent",
            expert_language="zh",
            provisional=False,
        )
    )


def _tick(connection: Connection, sitting: int, tick: int = 1) -> None:
    connection.execute(ticks.insert().values(expert_id="expert-1", tick=tick, sitting_id=sitting))


REFUSED: dict[str, Insert] = {
    "one quarter of an hour of an expert twice": lambda c: (_tick(c, 1), _tick(c, 2))[0],
    "one seat number of a sitting twice": lambda c: (_seat(c, 0, 1, "a"), _seat(c, 0, 1, "b"))[0],
    "two holds of one conversation": lambda c: (_seat(c, 0, 1, "a"), _seat(c, 0, 2, "a"))[0],
    "two sittings of an expert at one start": lambda c: _sitting(c, 3),
    "a seat without a sitting": lambda c: _seat(c, 0, 99, "a"),
}


@pytest.mark.parametrize("insert", REFUSED.values(), ids=REFUSED.keys())
def test_it_refuses(database: Database, insert: Insert) -> None:
    with database.transaction() as connection:
        _sitting(connection, 1)
        _sitting(connection, 2, hour=11)
        with pytest.raises(IntegrityError):
            insert(connection)


def test_the_ticks_and_seats_of_a_sitting_go_with_it(database: Database) -> None:
    with database.transaction() as connection:
        _sitting(connection, 1)
        _tick(connection, 1)
        _seat(connection, 0, 1, "a")
        connection.execute(sittings.delete())
        left = [connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in (ticks, seats)]
    assert left == [0, 0]
