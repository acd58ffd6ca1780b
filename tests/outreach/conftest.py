"""Stores of both engines for the classroom."""

from tests.support.stores import database, database_url, keyring, sqlite_store, store

__all__ = ["database", "database_url", "keyring", "sqlite_store", "store"]
