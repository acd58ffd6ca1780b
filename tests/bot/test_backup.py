"""Backup and restore: a case comes back readable on a fresh data folder; what is wrong is told and changes nothing."""

from __future__ import annotations

import io
import json
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casework.consultations.model import Booking
from desk.backups import MANIFEST, create, restore
from desk.container import Container
from desk.settings import Settings, read_settings
from storage.backup import kind_of, unwrap_keys, wrap_keys
from storage.errors import BackupError
from tests.support.office import MakeOffice, Office, make_office, office
from tests.support.postgres import required_server

__all__ = ["make_office", "office"]
WORDS = "correct horse battery"
Fresh = Callable[..., Settings]


@pytest.fixture
def fresh(tmp_path: Path) -> Fresh:
    """Settings of an empty installation elsewhere."""
    return lambda **environment: read_settings({"ZHIWEN_DATA_DIR": str(tmp_path / "elsewhere"), "ZHIWEN_NOW": "2026-11-24T09:00", **environment})


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(WORDS + "\n", encoding="utf-8")
    return path


def a_release(office: Office) -> str:
    """A small stand-in for a release, named live; restoring copies it whatever is in it."""
    folder = office.container.releases_dir / "20261123-000000-abc"
    (folder / "lexical").mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    (folder / "lexical" / "index.npz").write_bytes(b"\x00\x01" * 5000)
    office.container.live_control.set_release(folder.name, "release", "x")
    return folder.name


def readable(settings: Settings, booking: Booking) -> tuple[str, str]:
    container = Container(settings)
    try:
        found = container.consultations.find(booking.reference, "5678", caller="x")
        return found.person.name, found.person.phone
    finally:
        container.database.close()


def test_a_case_is_readable_on_a_fresh_data_folder_with_one_command(
    office: Office, tmp_path: Path, passphrase_file: Path, monkeypatch: pytest.MonkeyPatch, fresh: Fresh
) -> None:
    booking, release = office.booked(), a_release(office)
    file = tmp_path / "one.tar"
    out = office.zhiwen("backup", str(file), "--with-key", "--passphrase-file", str(passphrase_file))
    assert "sqlite" in out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    for name, value in {"ZHIWEN_DATA_DIR": str(tmp_path / "elsewhere"), "ZHIWEN_NOW": "2026-11-24T09:00"}.items():
        monkeypatch.setenv(name, value)
    assert "1 cases" in office.zhiwen("restore", str(file), "--passphrase-file", str(passphrase_file))
    settings = fresh()
    assert readable(settings, booking) == ("张丽", "+8613812345678")
    assert stat.S_IMODE((settings.data_dir / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((settings.data_dir / "zhiwen.db").stat().st_mode) == 0o600
    assert (settings.data_dir / "releases" / release / "lexical" / "index.npz").read_bytes() == b"\x00\x01" * 5000
    assert {p.name for p in settings.data_dir.iterdir()} <= {"zhiwen.db", "zhiwen.db-shm", "zhiwen.db-wal", "secret.key", "releases"}


def test_without_the_key_one_is_warned_and_it_is_given_apart(office: Office, tmp_path: Path, fresh: Fresh) -> None:
    booking, file = office.booked(), tmp_path / "two.tar"
    code, _, err = office.tried("backup", str(file))
    assert (code, "NOT in it" in err) == (0, True)
    key = (office.container.settings.data_dir / "secret.key").read_text().strip()
    assert key.encode() not in file.read_bytes()
    with pytest.raises(BackupError, match="key"):
        restore(fresh(), file)
    restore(fresh(), file, key_file=office.container.settings.data_dir / "secret.key")
    assert readable(fresh(), booking)[0] == "张丽"


def test_a_backup_is_taken_beside_a_working_writer(office: Office, tmp_path: Path, fresh: Fresh) -> None:
    assert office.container.store  # key and schema were looked at when the server started
    with office.container.database.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO zw_leases (name, holder, held_until) VALUES ('x', 'y', '2026-11-23')")
        file = tmp_path / "three.tar"
        create(office.container, file, "1")
        connection.commit()
    restore(fresh(), file, key_file=office.container.settings.data_dir / "secret.key")
    container = Container(fresh())
    with container.database.transaction(read_only=True) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM zw_leases").scalar() == 0
    container.database.close()


def test_a_key_from_the_setting_is_backed_up_and_never_written_to_a_file(make_office: MakeOffice, tmp_path: Path, fresh: Fresh) -> None:
    office = make_office(ZHIWEN_SECRET_KEY="s" * 40)
    booking, file = office.booked(), tmp_path / "four.tar"
    create(office.container, file, "1", WORDS)
    settings = fresh(ZHIWEN_SECRET_KEY="s" * 40)
    restore(settings, file)
    assert readable(settings, booking)[0] == "张丽"
    assert not (settings.data_dir / "secret.key").exists()


def test_after_a_new_key_the_old_backup_still_opens(office: Office, make_office: MakeOffice, tmp_path: Path, fresh: Fresh) -> None:
    booking, file = office.booked(), tmp_path / "five.tar"
    create(office.container, file, "1")
    office.zhiwen("keys", "add")
    restore(fresh(), file, key_file=office.container.settings.data_dir / "secret.key")
    assert readable(fresh(), booking)[0] == "张丽"


@pytest.fixture
def saved(office: Office, tmp_path: Path) -> Path:
    """A backup of one case, its key inside."""
    office.booked()
    create(office.container, tmp_path / "saved.tar", "1", WORDS)
    return tmp_path / "saved.tar"


def untouched(settings: Settings) -> bool:
    """Nothing of a refused restore is left."""
    return not settings.data_dir.exists() or list(settings.data_dir.iterdir()) == []


def test_a_wrong_passphrase_or_key_is_told_and_changes_nothing(saved: Path, fresh: Fresh, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="passphrase"):
        restore(fresh(), saved, "another passphrase")
    (tmp_path / "other.key").write_text("k" * 40)
    with pytest.raises(BackupError, match="this key"):
        restore(fresh(), saved, key_file=tmp_path / "other.key")
    assert untouched(fresh())


def test_an_installation_in_use_is_never_overwritten(saved: Path, office: Office) -> None:
    before = (office.container.settings.data_dir / "secret.key").read_text()
    with pytest.raises(BackupError, match="not empty"):
        restore(office.container.settings, saved, WORDS)
    assert (office.container.settings.data_dir / "secret.key").read_text() == before


def test_a_key_file_that_is_there_is_never_overwritten(saved: Path, fresh: Fresh) -> None:
    settings = fresh()
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "secret.key").write_text("k" * 40 + "\n")
    with pytest.raises(BackupError, match="another key"):
        restore(settings, saved, WORDS)
    assert (settings.data_dir / "secret.key").read_text() == "k" * 40 + "\n"
    assert not (settings.data_dir / "zhiwen.db").exists()


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The backup with other contents."""
    with tarfile.open(path) as tar:
        parts = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(parts)
    target = path.with_name("changed.tar")
    with tarfile.open(target, "w") as tar:
        for name, content in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target


def _flip(parts: dict[str, bytes]) -> None:
    parts["database"] = parts["database"][:-1] + bytes([parts["database"][-1] ^ 1])


def _climb(parts: dict[str, bytes]) -> None:
    parts["../evil"] = b"x"


def _add(parts: dict[str, bytes]) -> None:
    parts["releases/extra"] = b"x"


def _forge(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts[MANIFEST])
    parts[MANIFEST] = json.dumps({**manifest, "release": "other"}).encode()


def _newer(parts: dict[str, bytes]) -> None:
    parts[MANIFEST] = json.dumps({**json.loads(parts[MANIFEST]), "format": 99}).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [(_flip, "damaged"), (_climb, "evil"), (_add, "damaged"), (_forge, "not written with this key"), (_newer, "format 99")],
)
def test_a_changed_backup_is_refused(saved: Path, fresh: Fresh, tmp_path: Path, change: Callable[[dict[str, bytes]], None], said: str) -> None:
    with pytest.raises(BackupError, match=said):
        restore(fresh(), rewritten(saved, change), WORDS)
    assert untouched(fresh())
    assert not (tmp_path / "evil").exists()


def test_a_file_that_is_no_backup_is_told(fresh: Fresh, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"hello" * 1000)
    for path in (tmp_path / "x.tar", tmp_path / "missing.tar"):
        with pytest.raises(BackupError, match="cannot be read"):
            restore(fresh(), path, WORDS)


def test_a_link_in_a_backup_is_refused(fresh: Fresh, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        member = tarfile.TarInfo("database")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member)
    with pytest.raises(BackupError, match="database"):
        restore(fresh(), tmp_path / "x.tar", WORDS)


def test_a_file_that_is_there_is_not_overwritten(office: Office, saved: Path) -> None:
    before = saved.read_bytes()
    code, _, err = office.tried("backup", str(saved))
    assert (code, "exists already" in err) == (1, True)
    assert saved.read_bytes() == before


def test_a_damaged_database_is_no_backup(office: Office, tmp_path: Path) -> None:
    office.booked()
    database = office.container.settings.data_dir / "zhiwen.db"
    office.container.database.close()
    with database.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3000)
    with pytest.raises(BackupError, match=r"damaged|could not be copied"):
        create(office.container, tmp_path / "x.tar", "1")
    assert not (tmp_path / "x.tar").exists()


def test_the_key_is_wrapped_and_a_short_passphrase_refused() -> None:
    wrapped = wrap_keys(["first", "second"], WORDS)
    assert "first" not in wrapped
    assert unwrap_keys(wrapped, WORDS) == ["first", "second"]
    with pytest.raises(BackupError, match="too short"):
        wrap_keys(["first"], "short")


@pytest.fixture
def postgres_urls() -> Iterator[tuple[str, str]]:
    server = required_server()
    urls = server.new_database(), server.new_database()
    yield urls
    for url in urls:
        server.drop(url)


@pytest.mark.postgres
def test_postgresql_goes_through_its_own_programs(
    make_office: MakeOffice, tmp_path: Path, fresh: Fresh, postgres_urls: tuple[str, str]
) -> None:
    first, second = postgres_urls
    office = make_office(ZHIWEN_DATABASE_URL=first)
    booking, file = office.booked(), tmp_path / "pg.tar"
    assert create(office.container, file, "1", WORDS).database == kind_of(first) == "postgresql"
    with pytest.raises(BackupError, match="of that kind"):
        restore(fresh(), file, WORDS)
    with pytest.raises(BackupError, match="not empty"):
        restore(fresh(ZHIWEN_DATABASE_URL=first), file, WORDS)
    restore(fresh(ZHIWEN_DATABASE_URL=second), file, WORDS)
    assert readable(fresh(ZHIWEN_DATABASE_URL=second), booking)[0] == "张丽"


@pytest.mark.postgres
def test_a_server_that_cannot_be_reached_is_named_without_its_password(office: Office, tmp_path: Path) -> None:
    from storage.backup import dump_database

    required_server()
    with pytest.raises(BackupError) as caught:
        dump_database("postgresql://someone:secret-word@127.0.0.1:1/nowhere", tmp_path / "x")
    assert "127.0.0.1:1/nowhere" in str(caught.value)
    assert "secret-word" not in str(caught.value)
