"""Deliveries are handled once and work is done by one process, on both engines."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from storage import Database, Deliveries, Keyring, Leases, Taken, new_key
from storage.tables import deliveries as table

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.timezone.utc)
MINUTE = dt.timedelta(minutes=1)


class _Clock:
    now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def deliveries(database: Database, keyring: Keyring, clock: _Clock) -> Deliveries:
    return Deliveries(database, keyring, clock)


def test_a_delivery_is_given_out_once_and_never_again_when_done(deliveries: Deliveries) -> None:
    assert deliveries.take("telegram", "1", MINUTE) is Taken.MINE
    assert deliveries.take("telegram", "1", MINUTE) is Taken.BUSY
    deliveries.done("telegram", "1")
    assert deliveries.take("telegram", "1", dt.timedelta()) is Taken.DONE
    assert deliveries.take("telegram", "2", MINUTE) is Taken.MINE
    assert deliveries.take("wechat", "1", MINUTE) is Taken.MINE


def test_what_a_dead_process_left_is_given_out_again_after_the_lease(deliveries: Deliveries, clock: _Clock) -> None:
    deliveries.take("telegram", "1", MINUTE)
    clock.now = NOW + MINUTE
    assert deliveries.take("telegram", "1", MINUTE) is Taken.MINE
    assert deliveries.take("telegram", "1", MINUTE) is Taken.BUSY


def test_of_many_threads_exactly_one_gets_a_delivery(deliveries: Deliveries) -> None:
    found: list[Taken] = []
    threads = [threading.Thread(target=lambda: found.append(deliveries.take("telegram", "7", MINUTE))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(t.value for t in found) == ["busy"] * 15 + ["mine"]


def test_the_id_of_a_delivery_is_not_stored_and_a_new_key_still_knows_it(database: Database, clock: _Clock) -> None:
    old, new = new_key(), new_key()
    before = Deliveries(database, Keyring([old]), clock)
    before.take("telegram", "918273645", MINUTE)
    before.done("telegram", "918273645")
    with database.transaction(read_only=True) as connection:
        assert "918273645" not in str(connection.execute(sa.select(table)).all())
    assert Deliveries(database, Keyring([new, old]), clock).take("telegram", "918273645", MINUTE) is Taken.DONE


def test_old_deliveries_are_forgotten(deliveries: Deliveries) -> None:
    deliveries.take("telegram", "1", MINUTE)
    assert deliveries.drop_before(NOW) == 0
    assert deliveries.drop_before(NOW + MINUTE) == 1


def test_one_process_has_the_lease_until_it_runs_out_or_is_given_back(database: Database, clock: _Clock) -> None:
    leases = Leases(database, clock)
    assert leases.take("polling", "a", MINUTE)
    assert leases.take("polling", "a", MINUTE)
    assert not leases.take("polling", "b", MINUTE)
    assert leases.take("other", "b", MINUTE)
    clock.now = NOW + MINUTE
    assert leases.take("polling", "b", MINUTE)
    assert not leases.take("polling", "a", MINUTE)
    leases.give_back("polling", "a")
    assert not leases.take("polling", "a", MINUTE)
    leases.give_back("polling", "b")
    assert leases.take("polling", "a", MINUTE)
