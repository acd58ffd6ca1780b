"""A conversation deleted by the person who had it."""

from __future__ import annotations

from casework.timing import Clock
from casework.unit_of_work import Store


class ConversationEraser:
    """Forgets what hangs on a conversation: drafts, a held time, gaps, feedback.

    A case that was submitted stays: it is a matter between the person and the office, which finds it by its reference and
    deletes it on request (`Privacy.erase`, a cancelled booking, a withdrawn intake).
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def erase(self, conversation_id: str) -> None:
        """Safe at any time, also twice."""
        with self._store() as unit:
            unit.drafts.drop_of(conversation_id)
            unit.seats.release_hold(conversation_id)
            unit.gaps.drop_of((conversation_id,))
            unit.feedbacks.drop_of((conversation_id,))
            if not unit.cases.of_conversation(conversation_id):  # the consent that a case rests on is no longer the conversation's
                unit.consents.withdraw(conversation_id, self._clock())
            unit.commit()
