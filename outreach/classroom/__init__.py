"""The classroom: a teacher's room, pupils with made-up animal names, questions, charts, a podium, a report without names."""

from outreach.classroom.model import Answer, Phase, Plan, Pupil, Room, RoomState
from outreach.classroom.service import ClassroomPolicy, ClassroomService

__all__ = ["Answer", "ClassroomPolicy", "ClassroomService", "Phase", "Plan", "Pupil", "Room", "RoomState"]
