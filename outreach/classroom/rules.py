"""What happens in a classroom, as pure functions over the stored room and the present time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from outreach.classroom.model import Answer, Phase, Room, RoomState
from outreach.errors import StepRefusedError
from outreach.quiz.bank import Bank

MOST_POINTS, LEAST_POINTS = 1000, 500  # of a right answer: at once, in the last moment
HARD = 0.5  # a question that fewer than this share got right is a hard one
PLACES = 3
STEPS = ("start", "show", "next", "pause", "resume", "close")


def standing(room: Room, now: datetime) -> Room:
    """The room as it stands now: a question whose time is over shows its answer, a room past its end is closed."""
    if room.phase is not Phase.CLOSED and now >= room.closes_at:
        return replace(room, phase=Phase.CLOSED, ends_at=None, left=None)
    if room.phase is Phase.ASKING and room.ends_at is not None and now >= room.ends_at:
        return replace(room, phase=Phase.SHOWING, ends_at=None)
    return room


def seconds_left(room: Room, now: datetime) -> float | None:
    """How long the question still runs; None when none is asked."""
    if room.phase is not Phase.ASKING:
        return None
    if room.left is not None:
        return room.left
    return max(0.0, (room.ends_at - now).total_seconds()) if room.ends_at else 0.0


def stepped(room: Room, step: str, now: datetime) -> Room:
    """The room after the teacher's step. Raises StepRefusedError when it does not fit; a repeated step changes nothing."""
    room = standing(room, now)
    if step == "close":
        return replace(room, phase=Phase.CLOSED, ends_at=None, left=None)
    if step == "start" and room.phase is Phase.LOBBY:
        return _asks(room, 0, now)
    if step == "next" and room.phase is Phase.SHOWING:
        last = room.position + 1 >= len(room.plan.questions)
        return replace(room, phase=Phase.PODIUM) if last else _asks(room, room.position + 1, now)
    if step == "show" and room.phase in (Phase.ASKING, Phase.SHOWING):
        return replace(room, phase=Phase.SHOWING, ends_at=None, left=None)
    if step == "pause" and room.phase is Phase.ASKING:
        return room if room.paused else replace(room, left=seconds_left(room, now), ends_at=None)
    if step == "resume" and room.phase is Phase.ASKING:
        return replace(room, ends_at=now + timedelta(seconds=room.left), left=None) if room.left is not None else room
    raise StepRefusedError(step if step in STEPS else "?", room.phase.value)


def _asks(room: Room, position: int, now: datetime) -> Room:
    return replace(room, phase=Phase.ASKING, position=position, ends_at=now + timedelta(seconds=room.plan.seconds), left=None)


def takes_answers(room: Room, position: int, now: datetime) -> bool:
    """Whether an answer to this question counts now."""
    now_standing = standing(room, now)
    return now_standing.phase is Phase.ASKING and not now_standing.paused and now_standing.position == position


def spent_ms(room: Room, now: datetime) -> int:
    """How much of the question's time has gone, pauses not counted."""
    left = seconds_left(room, now)
    return 0 if left is None else max(0, int((room.plan.seconds - left) * 1000))


def points(answer: Answer, seconds: int) -> int:
    """A right answer is worth more the sooner it comes; a wrong one nothing."""
    if answer.choice != 0:
        return 0
    share = min(answer.ms / (seconds * 1000), 1.0)
    return round(MOST_POINTS - (MOST_POINTS - LEAST_POINTS) * share)


def scores(state: RoomState) -> dict[int, int]:
    """Points by pupil; everybody who joined is there."""
    found = {pupil.id: 0 for pupil in state.pupils}
    for answer in state.answers:
        if answer.pupil_id in found:
            found[answer.pupil_id] += points(answer, state.room.plan.seconds)
    return found


def podium(state: RoomState) -> list[tuple[int, str, int]]:
    """The first three places as (place, name, points); equal points share a place, nobody without points stands there."""
    names = {pupil.id: pupil.name for pupil in state.pupils}
    ranked = sorted(((score, names[pupil]) for pupil, score in scores(state).items() if score), key=lambda item: (-item[0], item[1]))
    placed = [(1 + sum(other > score for other, _ in ranked), name, score) for score, name in ranked]
    return [entry for entry in placed if entry[0] <= PLACES][: 2 * PLACES]


def counts(state: RoomState, position: int, options: int) -> list[int]:
    """How many chose each option, by the option's number in the bank."""
    chosen = Counter(answer.choice for answer in state.to(position))
    return [chosen.get(number, 0) for number in range(options)]


def report(state: RoomState, bank: Bank) -> dict[str, Any]:
    """What is kept of a class: counts only. No pupil, no animal name, nothing typed."""
    plan = state.room.plan
    rows = []
    for position, question_id in enumerate(plan.questions[: state.room.position + 1]):
        question = bank.questions[question_id]
        chosen = counts(state, position, len(question.wordings["zh"].options))
        rows.append({"question": question_id, "counts": chosen, "answered": sum(chosen), "card": question.card})
    return {
        "level": plan.level,
        "topic": plan.topic,
        "language": plan.language,
        "day": state.room.created_at.date().isoformat(),
        "pupils": len(state.pupils),
        "planned": len(plan.questions),
        "questions": rows,
    }


def share_right(row: Mapping[str, Any]) -> float | None:
    """The share of right answers in a report's row; None when nobody answered."""
    return row["counts"][0] / row["answered"] if row["answered"] else None


def hard(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that fewer than half got right, hardest first."""
    asked = [(share, row) for row in rows if (share := share_right(row)) is not None]
    return [row for share, row in sorted(asked, key=lambda item: item[0]) if share < HARD]
