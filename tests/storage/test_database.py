"""Transactions: roll-back without commit, waiting writers, errors without content."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.timing import SHANGHAI
from storage import Database, Keyring, SqlStore, check_key, has_sealed_rows, migrate_database, new_key, open_database
from storage.errors import KeyMismatchError, SchemaMissingError
from storage.tables import live_state
from tests.casework.factories import MONDAY


def _count(store: SqlStore) -> int:
    with store(read_only=True) as unit:
        return len(unit.live_state.snapshot().values)


def _put(store: SqlStore, key: str) -> None:
    with store() as unit:
        unit.live_state.put(key, {}, at=MONDAY, actor="test")
        unit.commit()


def _put_and_fail(store: SqlStore) -> None:
    with store() as unit:
        unit.live_state.put("a", {}, at=MONDAY, actor="test")
        raise ZeroDivisionError


def test_leaving_without_commit_rolls_back(store: SqlStore) -> None:
    with store() as unit:
        unit.live_state.put("a", {}, at=MONDAY, actor="test")
    assert _count(store) == 0


def test_an_error_rolls_back(store: SqlStore) -> None:
    with pytest.raises(ZeroDivisionError):
        _put_and_fail(store)
    assert _count(store) == 0


def test_committed_work_is_seen_by_others(store: SqlStore) -> None:
    _put(store, "a")
    assert _count(store) == 1


def test_fifty_writers_at_once_all_get_their_turn(store: SqlStore) -> None:
    threads = [threading.Thread(target=_put, args=(store, f"key-{n}")) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert _count(store) == 50


def test_instants_come_back_as_they_went_in_and_ready_to_be_shown(store: SqlStore) -> None:
    _put(store, "a")
    with store(read_only=True) as unit:
        instant = unit.live_state.snapshot().values["a"].changed_at
    assert (instant, instant.tzinfo) == (MONDAY, SHANGHAI)


def test_sqlite_keeps_a_write_ahead_log_and_foreign_keys(sqlite_store: SqlStore) -> None:
    with sqlite_store.database.transaction(read_only=True) as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1


def test_only_its_owner_reads_the_sqlite_files(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'private.sqlite'}")
    migrate_database(opened)
    files = list(tmp_path.glob("private.sqlite*"))
    assert len(files) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_it_lives_beside_rasas_own_table(own_database: Database, keyring: Keyring) -> None:
    store = SqlStore(own_database, keyring)
    with store.database.transaction() as connection:
        connection.execute(sa.text("CREATE TABLE events (id INTEGER PRIMARY KEY, data TEXT)"))
        connection.commit()
    _put(store, "a")
    assert "events" in sa.inspect(store.database.engine).get_table_names()


def test_a_driver_error_shows_neither_statement_nor_values(tmp_path: Path) -> None:
    empty = open_database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    with pytest.raises(SchemaMissingError) as caught, empty.transaction() as connection:
        connection.execute(live_state.insert().values(key="13812345678", value={}, version=1, changed_at=MONDAY, actor="x", reason=""))
    assert "13812345678" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_first_key_is_remembered_and_another_one_refused(database: Database, keyring: Keyring) -> None:
    assert not has_sealed_rows(database)
    check_key(database, keyring)
    check_key(database, keyring)
    assert has_sealed_rows(database)
    with pytest.raises(KeyMismatchError, match="ZHIWEN_OLD_SECRET_KEYS"):
        check_key(database, Keyring([new_key()]))


def test_a_database_that_was_never_migrated_has_no_sealed_rows(tmp_path: Path) -> None:
    assert not has_sealed_rows(open_database(f"sqlite:///{tmp_path / 'new.sqlite'}"))
