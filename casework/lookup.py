"""Reference plus one fact opens a case; guessing is slowed down, and learns nothing.

The attempt is counted before the answer is known and taken back after a right one, so that many guesses at
the same moment are counted too. A locked reference answers the same whether it exists or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.cases import Case, CaseKind
from casework.errors import CaseNotFoundError, TooManyAttemptsError
from casework.references import parse_reference
from casework.timing import Clock
from casework.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class LookupPolicy:
    """Wrong look-ups allowed per caller and per reference within the window."""

    window: timedelta = timedelta(minutes=30)
    per_caller: int = 8
    per_reference: int = 8


class Lookup:
    """Finds the owner's case."""

    def __init__(self, store: Store, clock: Clock, policy: LookupPolicy | None = None) -> None:
        self._store, self._clock, self._policy = store, clock, policy or LookupPolicy()

    def open(self, kind: CaseKind, reference: str, fact: str, caller: str) -> Case:
        """The case that `reference` (as typed) and `fact` (last four digits, or a code) open together.

        `caller` is whoever asks (the conversation). Raises CaseNotFoundError, the same for a wrong reference
        and a wrong fact, or TooManyAttemptsError.
        """
        parsed = parse_reference(reference)
        text = parsed.text if parsed is not None else reference.strip().upper()[:32]
        counted = self._count({f"caller:{caller}": self._policy.per_caller, f"reference:{text}": self._policy.per_reference})
        with self._store(read_only=True) as unit:
            case = unit.cases.by_lookup(text, fact)
        if case is None or case.kind is not kind or case.erased:
            raise CaseNotFoundError("no case matches")
        with self._store() as unit:
            unit.attempts.take_back(counted)
            unit.commit()
        return case

    def _count(self, limits: dict[str, int]) -> list[int]:
        now = self._clock()
        since = now - self._policy.window
        with self._store() as unit:
            counted = [unit.attempts.add(scope, now) for scope in limits]
            earlier = {scope: unit.attempts.since(scope, since) for scope in limits}
            full = [instants for scope, instants in earlier.items() if len(instants) > limits[scope]]
            if full:
                retry_at = max(self._free_again(instants) for instants in full)
                raise TooManyAttemptsError(retry_at)  # rolls back: being refused does not lengthen the wait
            unit.commit()
        return counted

    def _free_again(self, instants: list[datetime]) -> datetime:
        return instants[0] + self._policy.window
