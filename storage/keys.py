"""Key and database belong together: checked at start, and changed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from storage import sealing, tables
from storage.database import Database
from storage.encryption import Keyring
from storage.errors import KeyMismatchError, SealBrokenError

_KNOWN = "zhiwen"
#: Computes the new values of one row; None leaves it.
Renewal = Callable[[Keyring, Mapping[str, Any]], "dict[str, Any] | None"]
# Tables with a sealed column and nothing else that depends on the key.
_SEALED: tuple[tuple[sa.Table, str], ...] = (
    (tables.audit, "sealed_note"),
    (tables.remarks, "sealed_text"),
    (tables.drafts, "sealed_fields"),
    (tables.outbox, "sealed"),
    (tables.gaps, "sealed_question"),
    (tables.feedback, "sealed_comment"),
)


def has_sealed_rows(database: Database) -> bool:
    """Whether this database was ever used with a key. False also before the first migration."""
    with database.transaction(read_only=True) as connection:
        if not sa.inspect(connection).has_table(tables.key_check.name):
            return False
        return connection.execute(tables.key_check.select()).first() is not None


def check_key(database: Database, keyring: Keyring) -> None:
    """Call at start, after `migrate`: notes the key on first use. Raises KeyMismatchError for another key."""
    with database.transaction() as connection:
        row = connection.execute(tables.key_check.select()).first()
        if row is None:
            connection.execute(tables.key_check.insert().values(id=1, sealed=keyring.seal(_KNOWN)))
            connection.commit()
            return
    try:
        known = keyring.open(row.sealed) == _KNOWN
    except SealBrokenError:
        known = False
    if not known:
        raise KeyMismatchError


def rotate_keys(database: Database, keyring: Keyring, batch: int = 500) -> int:
    """Reseal every row under the newest key, `batch` rows a transaction; returns how many rows.

    Safe beside a working server, and again after an interruption. Keep the old key afterwards until Rasa's
    tracker events and the gaps have expired: they are not rewritten, their content or digests are the old
    key's.
    """
    done = sum(_renew(database, keyring, table, partial(_resealed, column), batch) for table, column in _SEALED)
    done += _renew(database, keyring, tables.cases, _renewed_case, batch)
    done += _renew(database, keyring, tables.appointments, _renewed_appointment, batch)
    with database.transaction() as connection:
        connection.execute(tables.key_check.update().values(sealed=keyring.seal(_KNOWN)))
        connection.commit()
    return done


def _renew(database: Database, keyring: Keyring, table: sa.Table, renewal: Renewal, batch: int) -> int:
    keys = list(table.primary_key.columns)
    statement = table.select().order_by(*keys).limit(batch).with_for_update()
    done, narrowed = 0, statement
    while True:
        with database.transaction() as connection:
            rows = connection.execute(narrowed).mappings().all()
            for row in rows:
                values = renewal(keyring, row)
                if values is not None:
                    same = sa.and_(*(key == row[key.name] for key in keys))
                    connection.execute(table.update().where(same).values(**values))
                    done += 1
            connection.commit()
        if not rows:
            return done
        last = sa.tuple_(*(sa.literal(rows[-1][key.name]) for key in keys))
        narrowed = statement.where(sa.tuple_(*keys) > last)


def _resealed(column: str, keyring: Keyring, row: Mapping[str, Any]) -> dict[str, Any] | None:
    return {column: keyring.reseal(row[column])} if row[column] else None


def _renewed_case(keyring: Keyring, row: Mapping[str, Any]) -> dict[str, Any] | None:
    # The idempotency digest guards a few minutes only and stays.
    if not row["sealed"]:
        return None
    inside = sealing.opened_json(keyring, row["sealed"])
    phone = inside["person"]["phone"]
    lookup = sealing.lookup_value(row["reference"], inside["lookup"])
    return {
        "sealed": keyring.reseal(row["sealed"]),
        "conversation_digest": keyring.digest(inside["conversation"], sealing.CONVERSATION),
        "lookup_digest": keyring.digest(lookup, sealing.LOOKUP),
        "phone_digest": keyring.digest(phone, sealing.PHONE) if phone else None,
    }


def _renewed_appointment(keyring: Keyring, row: Mapping[str, Any]) -> dict[str, Any] | None:
    if not row["sealed_token"]:
        return None
    token = keyring.open(row["sealed_token"])
    return {"sealed_token": keyring.seal(token), "token_digest": keyring.digest(token, sealing.TOKEN)}
