"""Making a release live: its gates, the row that names it, and the way back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from desk.container import Container
from knowledge import release
from knowledge.answerer import ANSWERED, Answerer, Context
from knowledge.errors import ReleaseError
from knowledge.snapshot import Snapshot

GOLDEN = release.GOLDEN
_SHRINK = 0.9  # a release with less than nine tenths of the live one's cards was built by mistake
_GOLDEN_SHARE = 0.85  # of the golden questions, their card among the best three


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a release may go live, why not, and what is live."""

    passed: bool
    reasons: tuple[str, ...]
    live: str | None


def golden_hits(snapshot: Snapshot, day: dt.date, path: Path = GOLDEN) -> dict[str, bool]:
    """For each golden question, whether one of its cards is among the best three (or is the answer)."""
    answerer, found = Answerer(lambda: snapshot), {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        answer = answerer.answer(entry["question"], Context(day))
        best = [card for card, _ in answer.candidates[:3]]
        if answer.outcome == ANSWERED and answer.card is not None:
            best = [answer.card.id]
        found[entry["question"]] = bool(set(best) & set(entry["cards"]))
    return found


def judge(container: Container, built: str) -> Verdict:
    """Counts, golden questions and freshness of a release against the live one."""
    key, live = container.keyring.derive("release"), container.live_view.release()
    manifest = release.read_manifest(container.releases_dir / built, key)
    snapshot = release.load(container.releases_dir / built, container.encoder, container.lexicon, key)
    day = container.clock().date()
    hits = golden_hits(snapshot, day)
    reasons = []
    share = sum(hits.values()) / max(len(hits), 1)
    if share < _GOLDEN_SHARE:
        reasons.append(f"golden questions: {share:.2f} found, {_GOLDEN_SHARE} needed")
    if live and live != built and (container.releases_dir / live).exists():
        old = release.read_manifest(container.releases_dir / live, key)
        if manifest["cards"] < _SHRINK * old["cards"]:
            reasons.append(f"{manifest['cards']} cards, the live release has {old['cards']}")
        before = golden_hits(release.load(container.releases_dir / live, container.encoder, container.lexicon, key), day)
        reasons += [f"got worse: {question}" for question, hit in hits.items() if not hit and before.get(question)]
    return Verdict(not reasons, tuple(reasons), live)


def publish(container: Container, built: str) -> Verdict:
    """Make a release live when it passes its gates."""
    if container.live_view.release() == built:
        return Verdict(True, (), built)
    verdict = judge(container, built)
    if verdict.passed:
        container.live_control.set_release(built, "release", "gates passed")
    return verdict


def roll_back(container: Container, actor: str, reason: str) -> str:
    """Make the previous release live again; raises ReleaseError when there is none on disk."""
    row = container.live_view.snapshot().values.get("live_release")
    previous = row.value.get("previous") if row else None
    if not previous or not (container.releases_dir / str(previous)).exists():
        raise ReleaseError("there is no earlier release to go back to")
    container.live_control.set_release(str(previous), actor, reason)
    return str(previous)
