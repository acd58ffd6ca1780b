"""What can go wrong in outreach. Every error names the value and the remedy; none repeats what a pupil typed."""

from __future__ import annotations


class OutreachError(Exception):
    """The base of them all."""


class BankError(OutreachError):
    """A file of questions, lessons or safety patterns that cannot be used: where, what, and what to do."""

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}; {remedy}")


class UnknownTopicError(OutreachError):
    """A topic that no lesson has."""

    def __init__(self, topic: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no topic {topic!r}; use one of: {', '.join(known)}")


class ClassroomError(OutreachError):
    """A step in a classroom that is not possible; `code` names it for the page."""

    code = "refused"


class NoRoomError(ClassroomError):
    """There is no such room, or it has closed."""

    code = "no_room"

    def __init__(self) -> None:
        super().__init__("there is no open room with this code; look at the projector and type the six digits again")


class RoomFullError(ClassroomError):
    """The room has as many pupils as it takes."""

    code = "room_full"

    def __init__(self, most: int) -> None:
        super().__init__(f"the room already has {most} pupils; open a second room")


class TooManyRoomsError(ClassroomError):
    """As many rooms are open as one installation keeps."""

    code = "too_many_rooms"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} rooms are open; wait until one closes")


class StepRefusedError(ClassroomError):
    """The teacher's step does not fit the phase."""

    code = "wrong_step"

    def __init__(self, step: str, phase: str) -> None:
        super().__init__(f"step {step!r} is not possible in phase {phase!r}; reload the page")


class TooLateError(ClassroomError):
    """The question is over (or paused, or not asked yet)."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__("this question takes no answers now; wait for the next one")


class AlreadyAnsweredError(ClassroomError):
    """A pupil answers a question once; the first answer counts."""

    code = "already_answered"

    def __init__(self) -> None:
        super().__init__("this question was answered already; the first answer counts")


class BadPlanError(ClassroomError):
    """A wish for a room that cannot be met."""

    code = "bad_plan"

    def __init__(self, what: str, value: object, remedy: str) -> None:
        super().__init__(f"{what} {value!r} cannot be used; {remedy}")
