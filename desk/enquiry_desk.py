"""From answers to replies: choices, suggestions, what to do after a miss. No path says the same fallback thrice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from desk import school
from desk.outcomes import Outcome
from desk.reply import Button, Reply, button, wording
from knowledge.answerer import ANSWERED, CLARIFY, Answer, Answerer, Context
from knowledge.cards import Frame

_LINE_ACTIONS = {"call_12345": "card:enforcement/hotlines", "call_12315": "card:enforcement/hotlines"}
_NONE = "none_of_these"


@dataclass(frozen=True, slots=True)
class Memory:
    """What the conversation remembers between turns for the knowledge base."""

    frame: Frame | None = None
    misses: int = 0

    def record(self) -> Mapping[str, str] | None:
        """The frame as plain data for a slot."""
        return asdict(self.frame) if self.frame else None


@dataclass(frozen=True, slots=True)
class Served:
    """The replies of one turn and the memory after it."""

    replies: tuple[Reply, ...]
    memory: Memory


class EnquiryDesk:
    """Asks the answerer and words the result."""

    def __init__(
        self,
        answerer: Answerer,
        today: Callable[[], dt.date],
        off: Callable[[], tuple[str, ...]],
        note_gap: Callable[..., object] = lambda *_, **__: None,
    ) -> None:
        self._answerer, self._today, self._off, self._note_gap = answerer, today, off, note_gap

    def context(self, language: str, profile: str, memory: Memory, day: dt.date | None = None) -> Context:
        """The context of a question asked now (or on a named day)."""
        audience = profile if profile in ("kids", "teens") else "teens" if profile == "school" else "public"
        return Context(day or self._today(), language, audience, memory.frame, self._off())

    def ask(
        self, text: str, language: str, profile: str, memory: Memory, day: dt.date | None = None, conversation: str = ""
    ) -> Served:
        """Answer a message: one reply per question. What could not be answered is noted as a gap."""
        context = self.context(language, profile, memory, day)
        answers = self._answerer.answer_message(text, context)
        replies, misses, frame = [], memory.misses, memory.frame
        for answer in answers:
            missed = answer.outcome in (Outcome.CLARIFY.value, Outcome.NOT_FOUND.value, Outcome.OUT_OF_SCOPE.value)
            replies.append(self._reply(answer, context, misses, profile))
            misses = misses + 1 if missed and answer.asks is None else 0 if not missed else misses
            frame = answer.frame or frame
        # By what is said, not by what was found: a clarification asked too often also ends as "no answer yet, noted".
        missing = next((r for r in replies if r.outcome is Outcome.NOT_FOUND), None)
        if missing is not None and conversation and not school.is_school(profile):  # of pupils nothing is kept
            best = [{"card": card, "score": score} for card, score in missing.candidates[:3]]
            self._note_gap(
                text, outcome=missing.outcome.value, conversation_id=conversation, language=language, profile=profile, candidates=best
            )
        return Served(tuple(replies), Memory(frame, misses))

    def show(self, card_id: str, language: str, profile: str, memory: Memory) -> Served | None:
        """A card chosen by a button; None when it is gone."""
        for context in self._contexts(language, profile, memory):
            answer = self._answerer.show(card_id, context)
            if answer is not None:
                return Served((self._answered(answer, context, profile),), Memory(answer.frame, 0))
        return None

    def title_of(self, card_id: str, language: str, profile: str) -> str | None:
        """The title of a card that may be shown to a profile; None when it may not."""
        found = (self._answerer.show(card_id, context) for context in self._contexts(language, profile, Memory()))
        card = next((answer.card for answer in found if answer is not None), None)
        return None if card is None else card.title_en if language == "en" else card.title_zh

    def _contexts(self, language: str, profile: str, memory: Memory) -> list[Context]:
        """The context to show a card in; a pupil whose age group is not known may see those for both."""
        first = self.context(language, profile, memory)
        return [first, replace(first, audience="kids")] if profile == school.SCHOOL else [first]

    def none_fits(self, language: str, profile: str, memory: Memory) -> Served:
        """None of the offered choices was meant, or nothing was asked at all: no question that could be noted."""
        place = memory.misses if memory.misses % 3 else 1
        return Served((self._miss(Outcome.NOT_FOUND, place, language, profile),), Memory(memory.frame, memory.misses + 1))

    def _reply(self, answer: Answer, context: Context, misses: int, profile: str) -> Reply:
        if answer.outcome == ANSWERED:
            return self._answered(answer, context, profile)
        if answer.theme is not None:
            buttons = _offers(("book_consultation", "human"), context.language, profile) if answer.theme == "verdict" else ()
            text = school.theme_reply(answer.theme, answer.text, context.language, profile)
            return Reply("notice", Outcome(answer.outcome), text=text, buttons=buttons)
        if answer.outcome == CLARIFY and (misses < 2 or answer.asks):
            return _clarification(answer, context.language, profile)
        outcome = Outcome.NOT_FOUND if answer.outcome == CLARIFY else Outcome(answer.outcome)
        reply = self._miss(outcome, misses, context.language, profile)
        return _with_trace(reply, answer)

    def _miss(self, outcome: Outcome, misses: int, language: str, profile: str) -> Reply:
        if outcome is Outcome.OUT_OF_SCOPE:
            response = ("utter_out_of_scope", "utter_out_of_scope_again")[misses % 2]
            return Reply("notice", outcome, school.worded(response, profile), buttons=_offers(("help",), language, profile))
        response = ("utter_not_found", "utter_rephrase", "utter_not_found_again")[misses % 3]
        offers = ("leave_question", "book_consultation", "human") if misses % 3 != 1 else ("help", "human")
        return Reply("notice", outcome, school.worded(response, profile), buttons=_offers(offers, language, profile))

    def _answered(self, answer: Answer, context: Context, profile: str) -> Reply:
        card = answer.card
        assert card is not None  # an answered question has a card
        acts = [a for a in card.actions if a not in _LINE_ACTIONS]
        buttons = list(_offers(acts, context.language, profile))
        buttons += [Button(f"card:{c.card}", c.title) for c in self._answerer.related(card, context)]
        return Reply(
            "answer",
            Outcome.ANSWERED,
            text=answer.text,
            citations=answer.citations,
            card=card.id,
            confidence=answer.confidence,
            buttons=tuple(buttons),
            understood=answer.understood,
            candidates=answer.candidates,
            gates=_gates(answer),
        )


def _offers(names: Sequence[str], language: str, profile: str) -> tuple[Button, ...]:
    """Buttons by name; a school session is never offered anything that collects personal data."""
    return tuple(button(name, language) for name in school.allowed(names, profile))


def _clarification(answer: Answer, language: str, profile: str) -> Reply:
    response = f"utter_clarify_{answer.asks}" if answer.asks else school.worded("utter_clarify", profile)
    buttons = [Button(f"card:{c.card}", c.title) for c in answer.choices]
    buttons.append(Button(_NONE, wording()["buttons"][_NONE][language]))
    return _with_trace(Reply("ask", Outcome.CLARIFY, response, buttons=tuple(buttons)), answer)


def _gates(answer: Answer) -> tuple[Mapping[str, object], ...]:
    return tuple({"name": g.name, "value": round(g.value, 4), "threshold": g.threshold, "passed": g.passed} for g in answer.gates)


def _with_trace(reply: Reply, answer: Answer) -> Reply:
    return Reply(
        reply.kind,
        reply.outcome,
        reply.response,
        reply.text,
        buttons=reply.buttons,
        confidence=answer.confidence,
        candidates=answer.candidates,
        gates=_gates(answer),
    )
