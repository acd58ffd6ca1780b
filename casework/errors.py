"""Everything that can go wrong in casework, as one tree.

Each error carries a `code` (what the dialogue chooses its wording by) and structured facts; its
message names the value and the remedy for the log. No message ever holds a name, a phone number or
what somebody wrote.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


class CaseworkError(Exception):
    """Base of all errors of this room."""

    code = "casework_error"


class ConflictError(CaseworkError):
    """Somebody else changed the same rows at the same moment; trying the whole step again is safe."""

    code = "conflict"


class SeatTakenError(CaseworkError):
    """The database refused the seat: somebody else holds or booked it. Remedy: offer other times."""

    code = "seat_taken"


class FreeTimeGoneError(CaseworkError):
    """The id names no time that is offered (any more). Remedy: ask for `free_times` again."""

    code = "free_time_gone"


class HoldLostError(CaseworkError):
    """The conversation holds no seat (never did, or the hold expired and was taken over)."""

    code = "hold_lost"


class ConsentRequiredError(CaseworkError):
    """Personal data would be stored without a consent record. Remedy: `record_consent` first."""

    code = "consent_required"


class CaseNotFoundError(CaseworkError):
    """No case matches; deliberately the same for a wrong reference and for a wrong fact."""

    code = "not_found"


class TooManyAttemptsError(CaseworkError):
    """Too many wrong look-ups. `retry_at` says from when on it may be tried again."""

    code = "too_many_attempts"

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(f"too many wrong look-ups; allowed again from {retry_at.isoformat()}")
        self.retry_at = retry_at


class TooManyBookingsError(CaseworkError):
    """This phone number already has as many coming appointments as the service allows (`limit`)."""

    code = "too_many_bookings"

    def __init__(self, limit: int) -> None:
        super().__init__(f"already {limit} coming appointments for one phone number; cancel one first")
        self.limit = limit


class ForbiddenTransitionError(CaseworkError):
    """The case's state does not allow the step. `current` and `wanted` are state codes."""

    code = "forbidden_transition"

    def __init__(self, current: str, wanted: str, allowed: tuple[str, ...] = ()) -> None:
        remedy = f"from here only: {', '.join(allowed)}" if allowed else "this state is final"
        super().__init__(f"a case in state {current!r} cannot become {wanted!r}; {remedy}")
        self.current, self.wanted, self.allowed = current, wanted, allowed


class AlreadyPastError(CaseworkError):
    """The appointment has begun or is over, so it can be neither moved nor cancelled."""

    code = "already_past"


class TooEarlyError(CaseworkError):
    """Completed and no-show can be said only after the appointment has begun."""

    code = "too_early"


class ReasonRequiredError(CaseworkError):
    """A step that is recorded with its reason was asked for without one. Remedy: write the reason."""

    code = "reason_required"


class InvalidFieldError(CaseworkError):
    """A field cannot be accepted. `field` names it, `reason` is a code; the value is never repeated."""

    code = "invalid_field"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"field {field!r} refused: {reason}")
        self.field, self.reason = field, reason


class DataFileError(CaseworkError):
    """A data file that officers edit is wrong: says file, line, what, and how to mend it."""

    code = "data_file"

    def __init__(self, path: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{path}:{line}: {problem}. {remedy}")
        self.path, self.line, self.problem, self.remedy = path, line, problem, remedy


class DeliveryError(CaseworkError):
    """A message could not be handed over."""

    code = "delivery"


class DeliveryRetryError(DeliveryError):
    """Trying later may succeed; `after_seconds`, where known, is what the other side asked for."""

    code = "delivery_retry"

    def __init__(self, cause: str, after_seconds: float | None = None) -> None:
        super().__init__(f"not delivered now ({cause}); it is tried again")
        self.cause, self.after_seconds = cause, after_seconds


class DeliveryRefusedError(DeliveryError):
    """Final: this message will never be delivered (unknown address, blocked)."""

    code = "delivery_refused"

    def __init__(self, cause: str) -> None:
        super().__init__(f"refused for good ({cause}); not tried again")
        self.cause = cause
