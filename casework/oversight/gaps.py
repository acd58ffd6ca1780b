"""Questions without a good answer, kept so that somebody can write the missing card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casework.masking import mask_text
from casework.oversight.model import Feedback, FeedbackReason, Gap
from casework.timing import Clock
from casework.unit_of_work import Store

#: Sessions of this profile leave no trace.
SCHOOL = "school"
_LONGEST = 500


class GapBook:
    """Records gaps: masked, encrypted, never from school sessions; the retention job removes them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def record(
        self,
        question: str,
        *,
        outcome: str,
        conversation_id: str,
        language: str = "zh",
        profile: str = "public",
        candidates: Sequence[Mapping[str, Any]] = (),
    ) -> int | None:
        """Store a gap and return its number; None (nothing stored) for a school session."""
        if profile == SCHOOL:
            return None
        gap = Gap(mask_text(question)[:_LONGEST], outcome, language, self._clock(), conversation_id, candidates)
        with self._store() as unit:
            number = unit.gaps.add(gap)
            unit.commit()
        return number

    def newest(self, limit: int = 100) -> list[Gap]:
        """The newest gaps, for the editors."""
        with self._store(read_only=True) as unit:
            return unit.gaps.newest(limit)


class FeedbackBook:
    """A work list per reason, that closes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def record(
        self,
        card: str,
        reason: FeedbackReason,
        *,
        conversation_id: str,
        turn_id: str = "",
        comment: str = "",
        profile: str = "public",
    ) -> int | None:
        """Store feedback and return its number. A school session keeps no comment and no conversation."""
        school = profile == SCHOOL
        feedback = Feedback(
            card,
            reason,
            self._clock(),
            "" if school else conversation_id,
            "" if school else turn_id,
            "" if school else mask_text(comment)[:_LONGEST],
        )
        with self._store() as unit:
            number = unit.feedbacks.add(feedback)
            unit.commit()
        return number

    def open(self, reason: FeedbackReason | None = None, limit: int = 100) -> list[Feedback]:
        """What nobody has dealt with, oldest first."""
        with self._store(read_only=True) as unit:
            return unit.feedbacks.open(reason, limit)

    def close(self, feedback_id: int, actor: str, resolution: str) -> bool:
        """Say what was done; False if it does not exist or is closed."""
        with self._store() as unit:
            done = unit.feedbacks.close(feedback_id, self._clock(), actor, resolution)
            unit.commit()
        return done
