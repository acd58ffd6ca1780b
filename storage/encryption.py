"""The installation's key: sealing at rest (MultiFernet), keyed digests for look-ups, derived secrets.

Several keys may be given, newest first: the first one seals, all of them open, so a key can be changed
without stopping.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import KeyFormatError, KeyMissingError, SealBrokenError

_SHORTEST = 32


class Keyring:
    """Seals, opens and digests. Thread-safe; sealing 1 kB takes some 30 microseconds."""

    def __init__(self, keys: Sequence[str], place: str = "the setting") -> None:
        """`keys` newest first: Fernet keys, or other secrets of at least 32 characters (stretched by HKDF).

        Raises KeyFormatError for none or a short one.
        """
        if not keys:
            raise KeyFormatError(place)
        self._keys = tuple(_fernet_key(key, place) for key in keys)
        self._fernet = MultiFernet([Fernet(key) for key in self._keys])
        self._digest_key = lru_cache(maxsize=64)(self._digest_key_for)

    def seal(self, value: str | bytes) -> str:
        """An authenticated, encrypted token (ASCII)."""
        data = value.encode("utf-8") if isinstance(value, str) else value
        return self._fernet.encrypt(data).decode("ascii")

    def open(self, token: str | bytes) -> str:
        """The text in a token. Raises SealBrokenError."""
        return self.open_bytes(token).decode("utf-8")

    def open_bytes(self, token: str | bytes) -> bytes:
        """The bytes in a token. Raises SealBrokenError."""
        try:
            return bytes(self._fernet.decrypt(token))
        except InvalidToken:
            raise SealBrokenError from None

    def reseal(self, token: str) -> str:
        """The same content under the newest key. Raises SealBrokenError."""
        try:
            return self._fernet.rotate(token.encode("ascii")).decode("ascii")
        except InvalidToken:
            raise SealBrokenError from None

    def digest(self, value: str, purpose: str) -> str:
        """A keyed digest (HMAC-SHA-256, 43 characters) under the newest key, to store."""
        return _hmac(self._digest_key(0, purpose), value)

    def digests(self, value: str, purpose: str) -> tuple[str, ...]:
        """The digests under all keys, to look up with; the newest first."""
        return tuple(_hmac(self._digest_key(n, purpose), value) for n in range(len(self._keys)))

    def derive(self, purpose: str) -> bytes:
        """32 secret bytes for another use (signing session tokens, say); changes with the newest key."""
        return _derived(self._keys[0], f"derive {purpose}")

    def _digest_key_for(self, position: int, purpose: str) -> bytes:
        return _derived(self._keys[position], f"digest {purpose}")


def new_key() -> str:
    """A fresh Fernet key."""
    return Fernet.generate_key().decode("ascii")


def open_keyring(
    path: Path,
    value: str | None = None,
    old_values: Sequence[str] = (),
    may_create: Callable[[], bool] = lambda: True,
) -> Keyring:
    """The keyring from `value` (newest) and `old_values`, else from the key file, made on first start.

    The file has one key a line, newest first, mode 0600. `may_create` is asked before a key is made; let it
    answer False when encrypted rows exist: then KeyMissingError. Raises KeyFormatError for a weak key.
    """
    if value:
        # A key file that is still there opens what was written before the key came from the setting.
        return Keyring([value, *old_values, *_read(path)], "ZHIWEN_SECRET_KEY")
    keys = _read(path)
    if not keys:
        if not may_create():
            raise KeyMissingError(path)
        _create(path, new_key())
        keys = _read(path)  # another process may have been first; its key counts
    return Keyring([*keys, *old_values], str(path))


def add_key(path: Path) -> None:
    """Put a fresh key on top of the key file; `rotate_keys` then reseals what the old ones wrote."""
    lines = "\n".join([new_key(), *_read(path)]) + "\n"
    temporary = _written(path, lines)
    temporary.replace(path)


def drop_old_keys(path: Path) -> None:
    """Keep the newest key only; call it after `rotate_keys` has finished."""
    _written(path, _read(path)[0] + "\n").replace(path)


def _read(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _create(path: Path, key: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _written(path, key + "\n")
    try:
        os.link(temporary, path)  # atomic, and refuses to overwrite: only one process makes the key
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _written(path: Path, content: str) -> Path:
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _fernet_key(key: str, place: str) -> bytes:
    try:
        if len(base64.urlsafe_b64decode(key)) == 32 and len(key) == 44:
            return key.encode("ascii")
    except (binascii.Error, ValueError):
        pass
    if len(key) < _SHORTEST:
        raise KeyFormatError(place)
    return base64.urlsafe_b64encode(_derived(key.encode("utf-8"), "fernet"))


def _derived(key: bytes, info: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"zhiwen", info=info.encode("utf-8")).derive(key)


def _hmac(key: bytes, value: str) -> str:
    digest = hmac.new(key, value.encode("utf-8"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
