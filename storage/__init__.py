"""The only SQL: engine, tables, migrations, encryption at rest, and the stores that casework asks for."""

from storage.database import Database, open_database
from storage.deliveries import Deliveries, Leases, Taken
from storage.encryption import Keyring, new_key, open_keyring
from storage.errors import StorageError
from storage.keys import check_key, has_sealed_rows, rotate_keys
from storage.migrate import migrate, migrate_database
from storage.unit_of_work import SqlStore

__all__ = [
    "Database",
    "Deliveries",
    "Keyring",
    "Leases",
    "SqlStore",
    "StorageError",
    "Taken",
    "check_key",
    "has_sealed_rows",
    "migrate",
    "migrate_database",
    "new_key",
    "open_database",
    "open_keyring",
    "rotate_keys",
]
