"""Appointments with a rights-assistance station (维权援助): availability, booking, moving, cancelling."""

from casework.consultations.directory import Directory
from casework.consultations.loading import load_directory
from casework.consultations.model import Booking, BookingDetails, FreeTime, FreeTimeQuery, Hold, State
from casework.consultations.places import Language, Mode, Right
from casework.consultations.service import ConsultationPolicy, ConsultationService

__all__ = [
    "Booking",
    "BookingDetails",
    "ConsultationPolicy",
    "ConsultationService",
    "Directory",
    "FreeTime",
    "FreeTimeQuery",
    "Hold",
    "Language",
    "Mode",
    "Right",
    "State",
    "load_directory",
]
