"""What officers can do with a case, by its kind: the names of the steps and who takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casework.cases import CaseKind
from casework.consultations.office import ConsultationOffice
from casework.enquiries import EnquiryService
from casework.errors import CaseNotFoundError, CaseworkError
from casework.pledge.model import IntakeState
from casework.pledge.service import PledgeService
from casework.references import parse_reference

#: Reference, officer, text (note, reason or reply) -> the new state.
Step = Callable[[str, str, str], str]


class UnknownStepError(CaseworkError):
    """This kind of case has no such step. `possible` names those that it has."""

    code = "unknown_step"

    def __init__(self, kind: CaseKind, step: str, possible: tuple[str, ...]) -> None:
        super().__init__(f"a case of kind {kind.value!r} has no step {step!r}; possible: {', '.join(possible)}")
        self.kind, self.step, self.possible = kind, step, possible


class CaseSteps:
    """The steps of every kind of case."""

    def __init__(self, by_kind: Mapping[CaseKind, Mapping[str, Step]]) -> None:
        self._by_kind = by_kind

    def take(self, reference: str, step: str, actor: str, text: str = "") -> str:
        """Take a step and return the case's new state.

        Raises CaseNotFoundError, UnknownStepError, and what the step raises (ForbiddenTransitionError, ReasonRequiredError …).
        """
        parsed = parse_reference(reference)
        if parsed is None:
            raise CaseNotFoundError("no such case")
        steps = self._by_kind.get(parsed.kind, {})
        if step not in steps:
            raise UnknownStepError(parsed.kind, step, tuple(steps))
        return steps[step](parsed.text, actor, text)


def consultation_steps(office: ConsultationOffice) -> Mapping[str, Step]:
    """confirm, complete, no-show, cancel."""
    return {
        "confirm": lambda reference, actor, _: office.confirm(reference, actor).state.value,
        "complete": lambda reference, actor, text: office.complete(reference, actor, text).state.value,
        "no-show": lambda reference, actor, text: office.no_show(reference, actor, text).state.value,
        "cancel": lambda reference, actor, text: office.cancel(reference, actor, text).state.value,
    }


def enquiry_steps(service: EnquiryService) -> Mapping[str, Step]:
    """reply, close."""
    return {
        "reply": lambda reference, actor, text: service.reply(reference, actor, text).state.value,
        "close": lambda reference, actor, text: service.close(reference, actor, text).state.value,
    }


def intake_steps(service: PledgeService) -> Mapping[str, Step]:
    """in_review, with_bank, granted, declined."""

    def into(state: IntakeState) -> Step:
        return lambda reference, actor, text: service.transition(reference, state, actor, text).state.value

    return {state.value: into(state) for state in IntakeState if state not in (IntakeState.SUBMITTED, IntakeState.WITHDRAWN)}
