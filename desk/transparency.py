"""What the transparency page tells: read from the settings, the live release and the record of measurements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from desk.container import Container
from knowledge.quality import Quality, read_quality
from knowledge.sources import Source


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the page fills in. `paused` are titles of switched-off cards and ids of areas; days are of storage."""

    operator: str
    demo: bool
    today: dt.date
    release: str
    cards: int
    with_english: int
    sources: Mapping[str, tuple[Source, ...]]
    quality: Quality | None
    quality_is_current: bool
    session_hours: int
    gap_days: int
    case_days: int
    areas_off: tuple[str, ...]
    cards_off: tuple[str, ...]


def facts(container: Container) -> Facts:
    """As of now. Raises ReleaseError without a release, QualityRecordError for a damaged record."""
    snapshot, settings, quality = container.live(), container.settings, read_quality()
    corpus, today = snapshot.index.corpus, container.clock().date()
    holding = [card for card in corpus.cards.values() if card.holds_on(today)]
    off = container.topics_off()
    return Facts(
        operator=container.operator,
        demo=settings.demo,
        today=today,
        release=snapshot.id,
        cards=len(holding),
        with_english=sum(bool(card.english) for card in holding),
        sources=_by_kind({cited.source for card in holding for cited in card.citations}, corpus.sources),
        quality=quality,
        quality_is_current=quality is not None and quality.is_of(snapshot.id),
        session_hours=settings.session_hours,
        gap_days=settings.gap_days,
        case_days=settings.case_days,
        areas_off=tuple(name for name in off if name not in corpus.cards),
        cards_off=tuple(corpus.cards[name].title_zh for name in off if name in corpus.cards),
    )


def _by_kind(cited: set[str], sources: Mapping[str, Source]) -> dict[str, tuple[Source, ...]]:
    """The sources that cards of today cite, by kind, in the order of the registry."""
    found: dict[str, tuple[Source, ...]] = {}
    for source in sources.values():
        if source.id in cited:
            found[source.kind] = (*found.get(source.kind, ()), source)
    return found
