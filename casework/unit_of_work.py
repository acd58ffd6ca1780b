"""One transaction over all stores: everything in it happens, or nothing does."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TypeVar

from casework.cases import Attempts, Cases, Consents, Drafts, Trail
from casework.errors import ConflictError

if TYPE_CHECKING:
    from casework.consultations.protocols import Appointments, Seats
    from casework.notify.model import Outbox
    from casework.oversight.figures import Figures
    from casework.oversight.model import Feedbacks, Gaps, LiveState
    from casework.oversight.turns import Tallies

T = TypeVar("T")

#: How often a step that lost a race is run again from its beginning.
TRIES = 8


class UnitOfWork(Protocol):
    """Leaving the block without `commit()` rolls back."""

    @property
    def cases(self) -> Cases: ...
    @property
    def trail(self) -> Trail: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def seats(self) -> Seats: ...
    @property
    def appointments(self) -> Appointments: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def gaps(self) -> Gaps: ...
    @property
    def feedbacks(self) -> Feedbacks: ...
    @property
    def live_state(self) -> LiveState: ...
    @property
    def tallies(self) -> Tallies: ...
    @property
    def figures(self) -> Figures: ...

    def __enter__(self) -> UnitOfWork: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def commit(self) -> None: ...


#: Opens a unit of work; `read_only=True` takes no write lock.
class Store(Protocol):
    """Opens units of work."""

    def __call__(self, *, read_only: bool = False) -> UnitOfWork:
        """A new unit of work, not yet entered. `read_only` takes no write lock."""


def settled(step: Callable[[], T], tries: int = TRIES) -> T:
    """Run `step`, again from its beginning when it lost a race (ConflictError), at most `tries` times."""
    for _ in range(tries - 1):
        try:
            return step()
        except ConflictError:
            continue
    return step()
