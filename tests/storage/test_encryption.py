"""Sealing, key files, key change."""

from __future__ import annotations

import multiprocessing
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import Keyring, new_key, open_keyring
from storage.encryption import add_key, drop_old_keys
from storage.errors import KeyFormatError, KeyMissingError, SealBrokenError

KEYRING = Keyring([new_key()])


@given(st.text())
def test_what_is_sealed_opens_again_and_shows_nothing(text: str) -> None:
    token = KEYRING.seal(text)
    assert KEYRING.open(token) == text
    assert len(text) < 4 or text not in token


@given(st.binary())
def test_bytes_are_sealed_as_well(data: bytes) -> None:
    assert KEYRING.open_bytes(KEYRING.seal(data)) == data


def test_a_changed_token_is_refused() -> None:
    token = KEYRING.seal("张丽")
    with pytest.raises(SealBrokenError):
        KEYRING.open(token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:])


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBrokenError):
        Keyring([new_key()]).open(KEYRING.seal("张丽"))


def test_old_keys_open_and_the_new_one_seals() -> None:
    old, new = new_key(), new_key()
    token = Keyring([old]).seal("张丽")
    both = Keyring([new, old])
    assert both.open(token) == "张丽"
    assert Keyring([new]).open(both.reseal(token)) == "张丽"


def test_digests_cover_every_key_and_depend_on_the_purpose() -> None:
    old, new = new_key(), new_key()
    both = Keyring([new, old])
    assert Keyring([old]).digest("x", "phone") in both.digests("x", "phone")
    assert both.digest("x", "phone") == both.digests("x", "phone")[0]
    assert both.digest("x", "phone") != both.digest("x", "lookup")


def test_a_long_secret_works_and_a_short_one_is_refused_without_repeating_it() -> None:
    ring = Keyring(["a long enough secret of our own 2026"])
    assert ring.open(ring.seal("x")) == "x"
    with pytest.raises(KeyFormatError) as caught:
        Keyring(["too-short"])
    assert "too-short" not in str(caught.value)


def test_the_first_start_makes_a_key_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret.key"
    token = open_keyring(path).seal("x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_keyring(path).open(token) == "x"
    assert list(path.parent.iterdir()) == [path]


def test_no_new_key_is_made_where_encrypted_rows_exist(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with pytest.raises(KeyMissingError, match=r"restore .*secret\.key"):
        open_keyring(path, may_create=lambda: False)
    assert not path.exists()


def test_a_key_from_the_setting_still_opens_what_the_key_file_sealed(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    token = open_keyring(path).seal("x")
    assert open_keyring(path, new_key()).open(token) == "x"


def test_keys_of_the_file_can_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    token = open_keyring(path).seal("x")
    add_key(path)
    token = open_keyring(path).reseal(token)
    drop_old_keys(path)
    assert len(path.read_text().split()) == 1
    assert open_keyring(path).open(token) == "x"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _first_key(path: str) -> str:
    open_keyring(Path(path))
    return Path(path).read_text()


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        keys = pool.map(_first_key, [str(tmp_path / "secret.key")] * 8)
    assert len(set(keys)) == 1


def test_sealing_a_tracker_event_is_fast() -> None:
    event = "x" * 1000
    started = time.perf_counter()
    for _ in range(500):
        KEYRING.open(KEYRING.seal(event))
    assert (time.perf_counter() - started) / 500 < 0.002  # seconds each; measured: 0.0001
