"""A tiny release, built by the official builder with the project's own encoder, once in a test run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from desk.clock import SHANGHAI
from knowledge import release
from knowledge.answerer import Answerer
from knowledge.encoder import OWN_MODEL, StaticEncoder
from knowledge.lexicon import Lexicon, load_lexicon
from knowledge.snapshot import Snapshot
from tests.knowledge.factories import tiny_corpus

KEY = b"k" * 32
NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="session")
def encoder(lexicon: Lexicon) -> StaticEncoder:
    return StaticEncoder(OWN_MODEL, lexicon)


@pytest.fixture(scope="session")
def tiny_release(tmp_path_factory: pytest.TempPathFactory, encoder: StaticEncoder, lexicon: Lexicon) -> Path:
    return release.build(tiny_corpus(), encoder, lexicon, tmp_path_factory.mktemp("releases"), KEY, NOW)


@pytest.fixture(scope="session")
def snapshot(tiny_release: Path, encoder: StaticEncoder, lexicon: Lexicon) -> Snapshot:
    return release.load(tiny_release, encoder, lexicon, KEY)


@pytest.fixture(scope="session")
def answerer(snapshot: Snapshot) -> Answerer:
    return Answerer(lambda: snapshot)
