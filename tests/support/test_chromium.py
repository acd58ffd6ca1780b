"""Tests that need a browser never pass unseen where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import chromium


@pytest.fixture(autouse=True)
def missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(chromium, "PROGRAM", tmp_path / "chromium")


def test_without_chromium_a_test_is_named_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NOT RUN: Chromium is missing: run `apt-get install"):
        chromium.required_chromium()


def test_without_chromium_a_test_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Chromium is missing"):
        chromium.required_chromium()
