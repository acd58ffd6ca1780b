"""One `answer(question, context) -> Answer`: chat, command line, evaluation and staff screens all call it.

The way of a question is the list in `Answerer.answer`; every gate's verdict is kept in the answer.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.cards import Card, Frame
from knowledge.follow_up import Resolution, frame_bonus, mentioned, resolve
from knowledge.gates import Belief, Gate, Thresholds, belief_of
from knowledge.questions import parts_of, query_of
from knowledge.retrieval import Scored
from knowledge.snapshot import Snapshot
from knowledge.sources import Source
from knowledge.text import clean, language_of, normalise, strip_padding
from knowledge.themes import Theme, theme_of

ANSWERED, CLARIFY, NOT_FOUND = "answered", "clarify", "not_found"
OUT_OF_SCOPE, REFUSED, SIGNPOSTED = "out_of_scope", "refused", "signposted"
_PATENT_KINDS = frozenset({"invention", "utility_model", "design"})
CHANGE_NOTICE = dt.timedelta(days=183)  # a coming change of the law is told half a year ahead


@dataclass(frozen=True, slots=True)
class Context:
    """What the question is asked in: day, language of the reply, audience, the conversation's frame."""

    day: dt.date
    language: str = "zh"
    audience: str = "public"
    frame: Frame | None = None
    off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation ready to show; every part of it comes from the registry of sources."""

    title: str
    article: str | None
    url: str | None
    effective_from: dt.date | None
    effective_until: dt.date | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A titled choice of a clarification."""

    card: str
    title: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question gets. `text` is an approved card's text or a theme's reply, never generated."""

    outcome: str
    language: str
    card: Card | None = None
    text: str = ""
    citations: tuple[Cited, ...] = ()
    confidence: float | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    choices: tuple[Choice, ...] = ()
    asks: str | None = None
    theme: str | None = None
    understood: str | None = None
    frame: Frame | None = None
    gates: tuple[Gate, ...] = ()
    generation: str = ""


def cite(card: Card, sources: dict[str, Source] | Callable[[str], Source], language: str) -> tuple[Cited, ...]:
    """The card's citations, from the registry's records only."""
    found = []
    for citation in card.citations:
        source = sources(citation.source) if callable(sources) else sources[citation.source]
        title = source.title_en if language == "en" else source.title_zh
        if source.version and source.kind not in ("official_page",):
            title = f"{title} ({source.version})" if language == "en" else f"《{title}》（{source.version}）"
        article = None
        if citation.article:
            article = f"Art. {citation.article}" if language == "en" else "、".join(
                f"第{_article_zh(part)}" for part in citation.article.replace("，", ",").split(",")
            )
        found.append(Cited(title, article, source.page, source.effective_from, source.effective_until))
    return tuple(found)


def _article_zh(part: str) -> str:
    number, _, extra = part.strip().partition("-")
    if extra and int(extra) > int(number):  # 213-220: a run of articles
        return f"{number}条至第{extra}条"
    return f"{number}条之{'一二三四五六七八九'[int(extra) - 1]}" if extra else f"{number}条"


def text_of(card: Card, language: str, day: dt.date) -> str:
    """The card's text in a language, the coming change of the law included when it is near."""
    if language == "en":
        blocks = [card.english]
    else:
        blocks = [card.answer]
        for name in ("说明", "步骤", "先做什么", "证据", "选择", "不包括", "下一步"):
            if section := card.sections.get(name):
                blocks.append(section if name == "说明" else f"{name}：{section}" if "\n" not in section else f"{name}：\n{section}")
    if card.change_note and card.effective_until is not None and card.effective_until - day <= CHANGE_NOTICE:
        blocks.append(("注意：" if language == "zh" else "Note: ") + card.change_note[language])
    return "\n\n".join(blocks)


class Answerer:
    """Answers from the live release. `live()` gives one generation; a turn uses it from beginning to end."""

    def __init__(self, live: Callable[[], Snapshot]) -> None:
        self._live = live

    def answer_message(self, message: str, context: Context) -> list[Answer]:
        """One answer per question of the message (three at most), all from one generation."""
        snapshot = self._live()
        parts = parts_of(message)
        if len(parts) == 1:
            return [self._answer(parts[0], context, snapshot)]
        answers = [self._answer(part, context, snapshot) for part in parts]
        distinct = {a.card.id for a in answers if a.card is not None}
        if all(a.outcome == ANSWERED for a in answers) and len(distinct) == len(answers):
            return answers
        return [self._answer(message, context, snapshot)]

    def answer(self, question: str, context: Context) -> Answer:
        """The answer to one question."""
        return self._answer(question, context, self._live())

    def show(self, card_id: str, context: Context) -> Answer | None:
        """A card chosen by its id (a button); None when it does not exist or may not be shown."""
        snapshot = self._live()
        card = snapshot.current(card_id, context.day)
        if card is None or context.audience not in card.audience or {card.id, card.area} & set(context.off):
            return None
        return self._answered(card, context, snapshot, None, ())

    def related(self, card: Card, context: Context, count: int = 3) -> list[Choice]:
        """Related cards that may be shown, with their titles."""
        snapshot, found = self._live(), []
        for other in card.related:
            current = snapshot.current(other, context.day)
            if current is not None and context.audience in current.audience and not {current.id, current.area} & set(context.off):
                found.append(Choice(current.id, _title(current, context.language)))
        return found[:count]

    def _answer(self, question: str, context: Context, snapshot: Snapshot) -> Answer:
        text = strip_padding(clean(question))
        theme = theme_of(text, snapshot.themes)
        if theme is not None:
            return _themed(theme, context.language)
        resolution = resolve(text, context.frame)
        query = resolution.question if resolution else query_of(text, snapshot.index.lexicon)
        allowed = snapshot.index.allowed(context.day, context.audience, context.off)
        bonus = np.array(frame_bonus(snapshot.index.cards, resolution.frame), dtype=np.float32) if resolution else None
        ranked = snapshot.index.rank(query, allowed, bonus)
        if not ranked:
            return Answer(NOT_FOUND, context.language, generation=snapshot.id)
        belief = belief_of(query, ranked, snapshot.index, snapshot.scope, snapshot.calibrator, language_of(query))
        gates = snapshot.thresholds.verdicts(belief)
        return self._decide(query, ranked, belief, gates, context, snapshot, resolution)

    def _decide(
        self,
        query: str,
        ranked: Sequence[Scored],
        belief: Belief,
        gates: tuple[Gate, ...],
        context: Context,
        snapshot: Snapshot,
        resolution: Resolution | None,
    ) -> Answer:
        thresholds: Thresholds = snapshot.thresholds
        candidates = tuple((s.card.id, round(s.share * belief.scope, 4)) for s in ranked)
        understood = None
        if resolution is not None:
            understood = resolution.understood_en if context.language == "en" else resolution.understood_zh
        asked = _missing_fact(query, ranked, belief, thresholds)
        if asked is not None and not (resolution and _fits(ranked[0].card, resolution)):
            return self._clarify(asked, context, belief, gates, candidates, asks=asked[0].card.group.asks if asked[0].card.group else None)
        if gates_pass(gates) or (resolution is not None and _fits(ranked[0].card, resolution)):
            found = self._answered(ranked[0].card, context, snapshot, belief.probability, candidates)
            return dataclasses.replace(found, understood=understood, gates=gates)
        if belief.scope < thresholds.scope_floor:
            return Answer(OUT_OF_SCOPE, context.language, confidence=belief.probability, candidates=candidates, gates=gates, generation=snapshot.id)
        if belief.probability >= thresholds.clarify:
            return self._clarify(ranked[:3], context, belief, gates, candidates)
        return Answer(NOT_FOUND, context.language, confidence=belief.probability, candidates=candidates, gates=gates, generation=snapshot.id)

    def _clarify(
        self,
        ranked: Sequence[Scored],
        context: Context,
        belief: Belief,
        gates: tuple[Gate, ...],
        candidates: tuple[tuple[str, float], ...],
        asks: str | None = None,
    ) -> Answer:
        choices = tuple(Choice(s.card.id, _title(s.card, context.language)) for s in ranked)
        return Answer(
            CLARIFY, context.language, confidence=belief.probability, candidates=candidates, choices=choices, asks=asks, gates=gates
        )

    def _answered(
        self, card: Card, context: Context, snapshot: Snapshot, confidence: float | None, candidates: tuple[tuple[str, float], ...]
    ) -> Answer:
        return Answer(
            ANSWERED,
            context.language,
            card=card,
            text=text_of(card, context.language, context.day),
            citations=cite(card, dict(snapshot.index.corpus.sources), context.language),
            confidence=confidence,
            candidates=candidates,
            frame=card.frame,
            generation=snapshot.id,
        )


def gates_pass(gates: Sequence[Gate]) -> bool:
    """Whether every gate lets the answer through."""
    return all(gate.passed for gate in gates)


def _fits(card: Card, resolution: Resolution) -> bool:
    """Whether a card is exactly what a follow-up asks for: the conversation already settled the rest."""
    return (card.frame.right, card.frame.aspect) == (resolution.frame.right, resolution.frame.aspect)


def _title(card: Card, language: str) -> str:
    return card.title_en if language == "en" else card.title_zh


def _themed(theme: Theme, language: str) -> Answer:
    return Answer(theme.outcome, language, text=theme.reply_en if language == "en" else theme.reply_zh, theme=theme.id)


def _missing_fact(query: str, ranked: Sequence[Scored], belief: Belief, thresholds: Thresholds) -> list[Scored] | None:
    """Sister cards between which one unsaid fact decides; None when the question names it or one sister is clear."""
    first, group = ranked[0], ranked[0].card.group
    if group is None:
        return None
    sisters = [s for s in ranked if s.card.group is not None and s.card.group.name == group.name]
    together = sum(s.share for s in sisters)
    if len(sisters) < 2 or belief.scope < thresholds.scope or together < thresholds.floor:
        return None
    if group.asks == "patent_kind":
        # 专利 alone leaves the kind open, however much one kind's phrasings resemble the question.
        named = mentioned(query, "right")
        return None if named is not None and named[0].value in _PATENT_KINDS else sisters[:4]
    return None if first.share / together > thresholds.sister else sisters[:4]


def normalised_question(question: str) -> str:
    """The question as the index sees it (shown by `zhiwen knowledge search`)."""
    return normalise(strip_padding(clean(question)))
