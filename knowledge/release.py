"""Releases: built in a folder of their own, signed, gated, and only then offered to be made live.

A release folder holds the cards, the vectors, the indexes, the scope model and a manifest with a checksum of
every file, signed with the installation's key: what this installation did not build is not loaded.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import cards as card_types
from knowledge.cards import Card
from knowledge.check import check_corpus
from knowledge.corpus import Corpus, Phrasings
from knowledge.encoder import Encoder
from knowledge.errors import ReleaseError
from knowledge.facets import Facets
from knowledge.gates import load_calibration
from knowledge.lexical import LexicalIndex
from knowledge.lexicon import Lexicon
from knowledge.profiles import Profiles
from knowledge.retrieval import TITLES, Index, Ranker, first_versions, passages_of
from knowledge.scope import Scope, read_negatives
from knowledge.snapshot import Snapshot
from knowledge.sources import Source
from knowledge.themes import load_themes
from knowledge.vectors import VectorIndex

MANIFEST = "manifest.json"
GOLDEN = Path(__file__).with_name("golden.jsonl")
KEPT = 3  # releases on disk: the live one, the previous one for rollback, one more
Step = Callable[[str], None]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Path):
        return value.name
    raise TypeError(type(value).__name__)


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def corpus_record(corpus: Corpus) -> str:
    """The corpus as JSON text."""
    return json.dumps(
        {
            "cards": [dataclasses.asdict(card) for card in corpus.cards.values()],
            "sources": [dataclasses.asdict(source) for source in corpus.sources.values()],
            "phrasings": {card: dataclasses.asdict(p) for card, p in corpus.phrasings.items()},
        },
        default=_plain,
        ensure_ascii=False,
        sort_keys=True,
    )


def corpus_from(record: str) -> Corpus:
    """What `corpus_record` wrote."""
    data = json.loads(record)
    cards = [_card(entry) for entry in data["cards"]]
    sources = [
        Source(
            **{
                **entry,
                "articles": tuple(entry["articles"]) if entry["articles"] else None,
                "effective_from": _day(entry["effective_from"]),
                "effective_until": _day(entry["effective_until"]),
                "checked": _day(entry["checked"]),
            }
        )
        for entry in data["sources"]
    ]
    phrasings = {card: Phrasings(tuple(p["zh"]), tuple(p["en"])) for card, p in data["phrasings"].items()}
    return Corpus({card.id: card for card in cards}, {source.id: source for source in sources}, phrasings)


def _card(entry: Mapping[str, Any]) -> Card:
    tuples = ("audience", "phrasings_zh", "phrasings_en", "needs", "actions", "related")
    return Card(
        **{
            **entry,
            **{name: tuple(entry[name]) for name in tuples},
            "frame": card_types.Frame(**entry["frame"]),
            "group": card_types.Group(**entry["group"]) if entry["group"] else None,
            "citations": tuple(card_types.Citation(**c) for c in entry["citations"]),
            "path": Path(entry["path"]),
            **{name: _day(entry[name]) for name in ("effective_from", "effective_until", "checked", "recheck")},
        }
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sign(manifest: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps({k: v for k, v in manifest.items() if k != "signature"}, sort_keys=True, ensure_ascii=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def fingerprint(encoder_name: str, folder: Path = Path(__file__).parent) -> str:
    """Names the content: two builds from the same cards, settings files and encoder have the same fingerprint."""
    digest = hashlib.sha256(encoder_name.encode())
    names = ("sources.yml", "lexicon.yml", "themes.yml", "frames.yml", "models/ranker.json", "models/calibration.json")
    files = [folder / name for name in names]
    files += sorted(folder.glob("topics/*/*")) + sorted(folder.glob("scope/*.txt")) + sorted(folder.glob("*.py"))
    marker = folder / "models" / "zhiwen-encoder" / "zhiwen.json"
    for path in [*files, marker]:
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def train_scope(corpus: Corpus, lexicon: Lexicon) -> Scope:
    """The scope model of a corpus."""
    inside = [t for p in corpus.phrasings.values() for t in p.zh + p.en] + [c.title_zh for c in corpus.cards.values()]
    return Scope.train(inside, read_negatives(), lexicon)


def build(
    corpus: Corpus, encoder: Encoder, lexicon: Lexicon, folder: Path, key: bytes, now: dt.datetime, step: Step = lambda name: None
) -> Path:
    """Build a release beside the others and return its folder; nothing half-built is left under its final name.

    Raises ReleaseError when the cards do not pass their check.
    """
    step("check")
    problems = corpus.problems or tuple(check_corpus(corpus, now.date()))
    if problems:
        shown = "\n".join(str(p) for p in problems[:5])
        raise ReleaseError(f"{len(problems)} problems in the cards (see `zhiwen knowledge check`), the first ones:\n{shown}")
    mark = fingerprint(encoder.name)
    release_id = f"{now:%Y%m%d-%H%M%S}-{mark}"
    draft, final = folder / f".draft-{release_id}", folder / release_id
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    step("index")
    index = Index.build(corpus, encoder, lexicon, Ranker.load())
    step("scope")
    scope = train_scope(corpus, lexicon)
    step("write")
    (draft / "corpus.json").write_text(corpus_record(corpus), encoding="utf-8")
    index.save(draft)
    scope.save(draft / "scope.npz")
    manifest: dict[str, Any] = {
        "id": release_id,
        "fingerprint": mark,
        "built": now.isoformat(),
        "encoder": encoder.name,
        "cards": len(corpus.cards),
        "phrasings": sum(len(p.zh) + len(p.en) for p in corpus.phrasings.values()),
        "passages": len(index.passages),
        "files": {str(p.relative_to(draft)): _digest(p) for p in sorted(draft.rglob("*")) if p.is_file()},
    }
    manifest["signature"] = _sign(manifest, key)
    (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
    draft.rename(final)
    return final


def read_manifest(folder: Path, key: bytes) -> dict[str, Any]:
    """The verified manifest of a release.

    Raises ReleaseError when it is missing, was not built by this installation, or a file was changed.
    """
    remedy = "build it again (`zhiwen knowledge release`)"
    path = folder / MANIFEST
    if not path.exists():
        raise ReleaseError(f"release {folder.name} has no manifest: {remedy}")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if not hmac.compare_digest(manifest.get("signature", ""), _sign(manifest, key)):
        raise ReleaseError(f"release {folder.name} was not built by this installation: {remedy}")
    for name, digest in manifest["files"].items():
        if not (folder / name).exists() or _digest(folder / name) != digest:
            raise ReleaseError(f"file {name} of release {folder.name} is missing or changed: {remedy}")
    return manifest


def load(folder: Path, encoder: Encoder, lexicon: Lexicon, key: bytes) -> Snapshot:
    """Load a verified release.

    Raises ReleaseError also when it was built with another encoder than the one given.
    """
    manifest = read_manifest(folder, key)
    if manifest["encoder"] != encoder.name:
        raise ReleaseError(
            f"release {folder.name} was built with encoder {manifest['encoder']!r}, the setting names {encoder.name!r}: "
            "run `zhiwen knowledge release`"
        )
    corpus = corpus_from((folder / "corpus.json").read_text(encoding="utf-8"))
    passages = passages_of(corpus, first_versions(corpus))
    index = Index(
        corpus,
        passages,
        encoder,
        lexicon,
        VectorIndex.load(folder / "dense.faiss"),
        LexicalIndex.load(folder / "lexical", len(passages)),
        Profiles.load(folder / "profiles.npz"),
        Facets.load(folder / "facets.npz"),
        np.load(folder / TITLES, allow_pickle=False),
        Ranker.load(),
    )
    calibrator, thresholds = load_calibration()
    return Snapshot(manifest["id"], index, Scope.load(folder / "scope.npz"), calibrator, thresholds, load_themes())


def releases(folder: Path) -> list[Path]:
    """Complete releases, newest first."""
    return sorted((p for p in folder.glob("2*") if (p / MANIFEST).exists()), key=lambda p: p.name, reverse=True)


def prune(folder: Path, keep: set[str]) -> list[str]:
    """Remove drafts of interrupted builds and releases beyond `KEPT`, never one in `keep`; returns what went."""
    gone = [*folder.glob(".draft-*")] + [p for p in releases(folder)[KEPT:] if p.name not in keep]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return [p.name for p in gone]

