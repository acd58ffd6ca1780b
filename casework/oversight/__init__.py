"""Steering the bot: gaps, feedback, off switches, the live release, privacy and retention."""

from casework.oversight.figures import GapSeen, Standing
from casework.oversight.gaps import FeedbackBook, GapBook
from casework.oversight.model import Feedback, FeedbackReason, Gap, LiveSnapshot, LiveValue
from casework.oversight.privacy import Erasure, Privacy, Retention, RetentionPolicy
from casework.oversight.switches import LiveControl, LiveView
from casework.oversight.turns import TurnBook, TurnSeen

__all__ = [
    "Erasure",
    "Feedback",
    "FeedbackBook",
    "FeedbackReason",
    "Gap",
    "GapBook",
    "GapSeen",
    "LiveControl",
    "LiveSnapshot",
    "LiveValue",
    "LiveView",
    "Privacy",
    "Retention",
    "RetentionPolicy",
    "Standing",
    "TurnBook",
    "TurnSeen",
]
