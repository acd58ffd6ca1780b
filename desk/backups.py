"""Backups: database, knowledge release and (on request, wrapped) key in one signed tar file; and the way back.

The file holds `manifest.json` with a checksum of every part, signed with the installation's key: what another
installation wrote, or somebody changed, is not restored.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from desk.container import Container
from desk.settings import Settings
from storage import Keyring
from storage.backup import dump_database, is_empty, kind_of, load_database, unwrap_keys, wrap_keys
from storage.errors import BackupError
from storage.migrate import current_revision

MANIFEST, DATABASE, KEY, RELEASES = "manifest.json", "database", "key.json", "releases"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds. `key`: whether the wrapped key is in it."""

    created: str
    database: str
    revision: str | None
    release: str | None
    key: bool
    files: int
    size: int


def read_key_file(path: Path) -> list[str]:
    """The keys of a key file, newest first; none when there is no such file."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def create(container: Container, target: Path, version: str, passphrase: str | None = None) -> Summary:
    """Write a backup beside a working server; with a passphrase the key is in it, wrapped. Raises BackupError."""
    if target.exists():
        raise BackupError(f"{target} exists already; give another name")
    with _scratch(target.parent) as folder:
        kind = dump_database(container.settings.database_url, folder / DATABASE)
        release = _copy_release(container, folder)
        if passphrase is not None:
            (folder / KEY).write_text(wrap_keys(_keys_of(container.settings), passphrase), encoding="utf-8")
        manifest: dict[str, Any] = {
            "format": _FORMAT,
            "version": version,
            "created": container.clock().isoformat(timespec="seconds"),
            "database": kind,
            "revision": current_revision(container.database),
            "release": release,
            "files": {name: _digest(folder / name) for name in _files(folder)},
        }
        manifest["signature"] = _sign(manifest, container.keyring.derive("backup"))
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        _pack(folder, target)
    return _summary(manifest, target)


def restore(settings: Settings, source: Path, passphrase: str | None = None, key_file: Path | None = None) -> Summary:
    """Bring a backup back into an empty installation. Nothing is put in place before all of it was verified.

    The key comes from the backup (with its passphrase), from `key_file`, from the settings, or from the data folder.
    Raises BackupError.
    """
    url = settings.database_url
    if not is_empty(url):
        raise BackupError("the installation is not empty: move its database away (or name a new ZHIWEN_DATA_DIR), then restore")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with _scratch(settings.data_dir) as folder:
        manifest = _unpack(source, folder)
        keys = _keys_for(settings, folder, passphrase, key_file)
        if not any(hmac.compare_digest(str(manifest.get("signature")), _sign(manifest, Keyring([key]).derive("backup"))) for key in keys):
            raise BackupError(f"{source} was not written with this key: give the key of the installation that wrote it (--key)")
        if manifest["database"] != kind_of(url):
            raise BackupError(f"{source} holds a {manifest['database']} database; point ZHIWEN_DATABASE_URL to an empty one of that kind")
        _place(folder, settings, keys)
        load_database(url, folder / DATABASE)
    return _summary(manifest, source)


# -- parts


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """A private folder on the same disk, gone afterwards."""
    beside.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".zhiwen-backup-", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_release(container: Container, folder: Path) -> str | None:
    named = container.live_view.release()
    source = container.releases_dir / named if named else None
    if source is None or not source.is_dir():
        return None
    shutil.copytree(source, folder / RELEASES / source.name)
    return source.name


def _keys_of(settings: Settings) -> list[str]:
    own = [settings.secret_key] if settings.secret_key else []
    return [*own, *settings.old_secret_keys, *read_key_file(settings.data_dir / "secret.key")]


def _keys_for(settings: Settings, folder: Path, passphrase: str | None, key_file: Path | None) -> Sequence[str]:
    wrapped = folder / KEY
    if passphrase is not None:
        if not wrapped.exists():
            raise BackupError("the key is not in this backup: give it with --key")
        return unwrap_keys(wrapped.read_text(encoding="utf-8"), passphrase)
    keys = read_key_file(key_file) if key_file else _keys_of(settings)
    if not keys:
        how = "give its passphrase, or the key with --key" if wrapped.exists() else "give it with --key"
        raise BackupError(f"the key of the installation that wrote the backup is needed: {how}")
    return keys


def _place(folder: Path, settings: Settings, keys: Sequence[str]) -> None:
    """Releases and key; the database comes last, since it makes the installation count as one."""
    target = settings.data_dir / "releases"
    target.mkdir(parents=True, exist_ok=True)
    for release in sorted((folder / RELEASES).glob("*")):
        if not (target / release.name).exists():
            release.rename(target / release.name)
    path = settings.data_dir / "secret.key"
    if settings.secret_key or read_key_file(path) == list(keys):
        return
    if path.exists():
        raise BackupError(f"{path} holds another key; move it away, then restore")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write("\n".join(keys) + "\n")
    partial.replace(path)


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _pack(folder: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                for name in (MANIFEST, *(name for name in _files(folder) if name != MANIFEST)):
                    tar.add(folder / name, arcname=name, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Only what the manifest names, only plain files inside the folder; each with its checksum."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                if not member.isreg() or not _is_inside(member.name):
                    raise BackupError(f"{source} holds {member.name[:80]!r}, which no backup of ours does")
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(member)
                assert content is not None  # a regular file
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    shutil.copyfileobj(content, file)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError) as error:
        raise BackupError(f"{source} cannot be read as a backup ({type(error).__name__})") from None
    if manifest.get("format") != _FORMAT:
        raise BackupError(f"{source} has format {manifest.get('format')!r}; this version reads {_FORMAT}")
    present = {name: _digest(folder / name) for name in _files(folder) if name != MANIFEST}
    if present != manifest["files"]:
        raise BackupError(f"{source} is damaged: its parts are not those that its manifest names; take another backup")
    return manifest


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.parts[:1] != ()


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _sign(manifest: dict[str, Any], key: bytes) -> str:
    text = json.dumps({name: value for name, value in manifest.items() if name != "signature"}, sort_keys=True)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _summary(manifest: dict[str, Any], path: Path) -> Summary:
    files = manifest["files"]
    return Summary(
        manifest["created"], manifest["database"], manifest["revision"], manifest["release"], KEY in files, len(files), path.stat().st_size
    )
