from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desk.live import LiveRelease
from knowledge import release
from knowledge.encoder import StaticEncoder
from knowledge.errors import ReleaseError
from knowledge.lexicon import Lexicon
from knowledge.snapshot import Snapshot
from tests.knowledge.conftest import KEY, NOW
from tests.knowledge.factories import CHANGE, DAY, a_card, tiny_corpus


@pytest.fixture
def copied(tiny_release: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_release, tmp_path / tiny_release.name))


def test_a_release_holds_what_went_in(snapshot: Snapshot, tiny_release: Path) -> None:
    corpus = snapshot.index.corpus
    assert snapshot.id == tiny_release.name
    assert dict(corpus.cards) == dict(tiny_corpus().cards)
    assert dict(corpus.sources) == dict(tiny_corpus().sources)
    assert dict(corpus.phrasings) == dict(tiny_corpus().phrasings)


def test_the_manifest_tells_what_it_is(tiny_release: Path, encoder: StaticEncoder) -> None:
    manifest = release.read_manifest(tiny_release, KEY)
    assert (manifest["cards"], manifest["encoder"], manifest["built"]) == (7, encoder.name, NOW.isoformat())
    assert {"corpus.json", "dense.faiss", "scope.npz"} <= set(manifest["files"])


def test_a_changed_file_is_refused(copied: Path, encoder: StaticEncoder, lexicon: Lexicon) -> None:
    (copied / "corpus.json").write_text((copied / "corpus.json").read_text(encoding="utf-8").replace("20年", "99年"), encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"corpus\.json .* is missing or changed"):
        release.load(copied, encoder, lexicon, KEY)


def test_a_missing_file_is_refused(copied: Path) -> None:
    (copied / "dense.faiss").unlink()
    with pytest.raises(ReleaseError, match=r"dense\.faiss"):
        release.read_manifest(copied, KEY)


def test_a_changed_manifest_is_refused(copied: Path) -> None:
    manifest = json.loads((copied / release.MANIFEST).read_text(encoding="utf-8"))
    (copied / release.MANIFEST).write_text(json.dumps(manifest | {"cards": 8}), encoding="utf-8")
    with pytest.raises(ReleaseError, match="was not built by this installation"):
        release.read_manifest(copied, KEY)


def test_another_installations_release_is_refused(copied: Path) -> None:
    with pytest.raises(ReleaseError, match="was not built by this installation"):
        release.read_manifest(copied, b"x" * 32)


def test_a_release_of_another_encoder_is_refused(copied: Path, encoder: StaticEncoder, lexicon: Lexicon) -> None:
    class Other:
        name, dimension, encode = "other", encoder.dimension, encoder.encode

    with pytest.raises(ReleaseError, match="was built with encoder"):
        release.load(copied, Other(), lexicon, KEY)


def test_a_release_without_a_manifest_is_no_release(copied: Path) -> None:
    (copied / release.MANIFEST).unlink()
    with pytest.raises(ReleaseError, match="has no manifest"):
        release.read_manifest(copied, KEY)
    assert release.releases(copied.parent) == []


def test_bad_cards_are_not_released(tmp_path: Path, encoder: StaticEncoder, lexicon: Lexicon) -> None:
    corpus = tiny_corpus()
    bad = dataclasses.replace(corpus, cards={**corpus.cards, "patents/bad": a_card("patents/bad", recheck=dt.date(2020, 1, 1))},
                              phrasings={**corpus.phrasings, "patents/bad": corpus.phrasings["patents/design-term"]})  # fmt: skip
    with pytest.raises(ReleaseError, match="problems in the cards"):
        release.build(bad, encoder, lexicon, tmp_path, KEY, NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_build_leaves_nothing_that_is_loaded_and_is_swept_away(tmp_path: Path, tiny_release: Path) -> None:
    """A real process is killed in the middle of a build."""
    script = f"""
import sys, time
from pathlib import Path
from knowledge import release
from knowledge.encoder import OWN_MODEL, StaticEncoder
from knowledge.lexicon import load_lexicon
from tests.knowledge.conftest import KEY, NOW
from tests.knowledge.factories import tiny_corpus
def step(name):
    if name == "write":
        print("half way", flush=True); time.sleep(60)
release.build(tiny_corpus(), StaticEncoder(OWN_MODEL, load_lexicon()), load_lexicon(), Path({str(tmp_path)!r}), KEY, NOW, step)
"""
    builder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert builder.stdout is not None
        assert builder.stdout.readline() == "half way\n"
    finally:
        os.kill(builder.pid, signal.SIGKILL)
        builder.wait()
    drafts = [p.name for p in tmp_path.iterdir()]
    assert drafts
    assert all(name.startswith(".draft-") for name in drafts)
    assert release.releases(tmp_path) == []
    shutil.copytree(tiny_release, tmp_path / tiny_release.name)
    assert release.prune(tmp_path, set()) == drafts
    assert [p.name for p in tmp_path.iterdir()] == [tiny_release.name]


def several(tiny_release: Path, folder: Path, count: int) -> list[str]:
    """Copies with growing dates, each a whole release of its own (signed again)."""
    names = []
    for number in range(count):
        name = f"2026112{number}-090000-0123456789abcdef"
        shutil.copytree(tiny_release, folder / name)
        manifest = json.loads((folder / name / release.MANIFEST).read_text(encoding="utf-8")) | {"id": name}
        manifest["signature"] = release._sign(manifest, KEY)
        (folder / name / release.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        names.append(name)
    return names


def test_the_newest_are_kept_and_never_the_live_one_lost(tiny_release: Path, tmp_path: Path) -> None:
    names = several(tiny_release, tmp_path, 5)
    assert [p.name for p in release.releases(tmp_path)] == names[::-1]
    assert release.prune(tmp_path, {names[0]}) == [names[1]]
    assert [p.name for p in release.releases(tmp_path)] == [names[4], names[3], names[2], names[0]]


def test_going_back_and_forth_between_releases(tiny_release: Path, tmp_path: Path, encoder: StaticEncoder, lexicon: Lexicon) -> None:
    names = several(tiny_release, tmp_path, 2)
    named: list[str | None] = [None]
    live = LiveRelease(tmp_path, encoder, lexicon, KEY, lambda: named[0])
    assert live().id == names[1]
    assert not live.refresh()
    named[0] = names[0]
    kept = live()
    assert live.refresh()
    assert (live().id, kept.id) == (names[0], names[1])  # a turn in flight keeps the generation that it took


def test_a_release_that_cannot_be_loaded_leaves_the_old_one_serving(tiny_release: Path, tmp_path: Path, encoder: StaticEncoder, lexicon: Lexicon) -> None:
    names = several(tiny_release, tmp_path, 1)
    named: list[str | None] = [None]
    live = LiveRelease(tmp_path, encoder, lexicon, KEY, lambda: named[0])
    live()
    named[0] = "20261130-090000-0000000000000000"
    with pytest.raises(ReleaseError):
        live.refresh()
    assert live().id == names[0]


def test_a_process_follows_within_two_seconds(tiny_release: Path, tmp_path: Path, encoder: StaticEncoder, lexicon: Lexicon) -> None:
    names = several(tiny_release, tmp_path, 2)
    named: list[str | None] = [names[0]]
    live = LiveRelease(tmp_path, encoder, lexicon, KEY, lambda: named[0])
    live()
    live.follow()
    named[0] = names[1]
    deadline = time.monotonic() + 10  # the poll itself is 1.5 s; a busy machine may take longer to load
    while live().id != names[1] and time.monotonic() < deadline:
        time.sleep(0.05)
    live.stop()
    assert live().id == names[1]


def test_no_release_at_all_says_what_to_do(tmp_path: Path, encoder: StaticEncoder, lexicon: Lexicon) -> None:
    with pytest.raises(ReleaseError, match="zhiwen knowledge build"):
        LiveRelease(tmp_path, encoder, lexicon, KEY, lambda: None)()


def test_a_line_of_succession_gives_the_card_of_the_day(snapshot: Snapshot) -> None:
    for asked in ("trademarks/use-old", "trademarks/use-new"):
        before, after = snapshot.current(asked, DAY), snapshot.current(asked, CHANGE)
        assert before is not None
        assert after is not None
        assert (before.id, after.id) == ("trademarks/use-old", "trademarks/use-new")
    assert snapshot.current("patents/lost", DAY) is None
