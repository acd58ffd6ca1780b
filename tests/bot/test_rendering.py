from __future__ import annotations

from typing import Any

from bot.channels.rendering import form_of, message_of, outcome_of, public
from desk.outcomes import Outcome


def sent(outcome: str = "answered", **custom: Any) -> dict[str, Any]:
    return {"text": "20年。", "custom": {"kind": "answer", "outcome": outcome, "citations": [], "card": None, "confidence": None, "buttons": [], **custom}}


def test_a_message_has_every_field_of_the_api() -> None:
    assert message_of({}) == {"kind": "notice", "text": "", "citations": [], "card": None, "confidence": None, "buttons": []}
    assert message_of(sent(card="patents/term", reference="WQ-1"))["reference"] == "WQ-1"
    assert "outcome" not in message_of(sent())


def test_what_is_kept_for_evaluation_is_not_sent_to_citizens() -> None:
    message = message_of(sent(candidates=[{"card": "x", "score": 1}], gates=[{"name": "floor"}], understood="外观 · 期限"))
    assert "candidates" in message
    assert set(public(message)) == set(message) - {"candidates", "gates"}


def test_the_turns_outcome_is_that_of_its_weightiest_part() -> None:
    assert outcome_of([sent("collecting"), sent("answered")]) is Outcome.ANSWERED
    assert outcome_of([sent("answered"), sent("booked"), {"text": "x"}]) is Outcome.BOOKED


def test_silence_is_an_error() -> None:
    assert outcome_of([]) is Outcome.ERROR
    assert outcome_of([{"text": "hello"}]) is Outcome.ERROR


def test_the_form_stands_where_the_last_message_says() -> None:
    first, last = {"name": "f", "field": "a", "step": 1, "of": 2}, {"name": "f", "field": "b", "step": 2, "of": 2}
    assert form_of([sent(form=first), sent(), sent(form=last)]) == last
    assert form_of([sent()]) is None
