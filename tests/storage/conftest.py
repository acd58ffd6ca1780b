"""Both engines for every contract test."""

from tests.support.stores import database, database_url, keyring, own_database, sqlite_store, store

__all__ = ["database", "database_url", "keyring", "own_database", "sqlite_store", "store"]
