"""Both engines for every contract test; no time limit per generated example, the machine is shared."""

from hypothesis import settings

from tests.support.stores import database, database_url, keyring, own_database, sqlite_store, store

__all__ = ["database", "database_url", "keyring", "own_database", "sqlite_store", "store"]

settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")
