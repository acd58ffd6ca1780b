"""What can go wrong between us and the database or the key. No message holds a password or personal data."""

from __future__ import annotations

from pathlib import Path


class StorageError(Exception):
    """Base of all errors of this room."""


class DatabaseUnreachableError(StorageError):
    """The database does not answer. `place` is its address without user and password."""

    def __init__(self, place: str, cause: str) -> None:
        super().__init__(
            f"database {place} cannot be reached ({cause}); check ZHIWEN_DATABASE_URL, that the server runs, "
            "and that the folder can be written"
        )
        self.place = place


class DatabaseUrlError(StorageError):
    """The address is of a kind that is not supported."""

    def __init__(self, scheme: str) -> None:
        super().__init__(f"database kind {scheme!r} is not supported; use sqlite:///path or postgresql://…")


class DatabaseBusyError(StorageError):
    """Writers queue for longer than the time-out. Trying again later may succeed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the database was busy for {seconds:g} s; try again")


class SchemaMissingError(StorageError):
    """The tables are not there."""

    def __init__(self) -> None:
        super().__init__("the database has no tables of ours yet; run the migrations first (the server does)")


class SchemaTooNewError(StorageError):
    """The database was migrated by a newer version of the program."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database is at revision {revision!r}, which this version does not know; "
            "start the newer version, or restore the backup made before the upgrade"
        )


class KeyFormatError(StorageError):
    """A key that is too weak to use. The value is not repeated."""

    def __init__(self, place: str) -> None:
        super().__init__(f"the key in {place} is too short; give at least 32 characters, or a Fernet key")


class KeyMissingError(StorageError):
    """Encrypted rows exist, but the key that opens them is gone."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the database holds encrypted data, but its key is missing: restore {path} from the "
            "backup, or set ZHIWEN_SECRET_KEY to it; without it the personal data cannot be read, and "
            "no new key is made in its place"
        )
        self.path = path


class KeyMismatchError(StorageError):
    """The key at hand does not open what is in the database."""

    def __init__(self) -> None:
        super().__init__(
            "the key does not open this database: give the key that it was written with (ZHIWEN_SECRET_KEY "
            "or the key file); after a change of key keep the old one in ZHIWEN_OLD_SECRET_KEYS until "
            "`keys rotate` has run"
        )


class SealBrokenError(StorageError):
    """A sealed value was changed, or belongs to another key."""

    def __init__(self) -> None:
        super().__init__("a sealed value cannot be opened: it was damaged or belongs to another key")


class BackupError(StorageError):
    """A backup that could not be written, read or trusted; the message says what to do."""
