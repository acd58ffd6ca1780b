"""The appointment as an .ics file (RFC 5545, through icalendar): stable UID, growing SEQUENCE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from casework.consultations.model import Booking, State
from casework.timing import SHANGHAI, UTC

#: What the download is served and mailed as.
MEDIA_TYPE = "text/calendar"


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """The wording, in the citizen's language; `notice`: the line of a demonstration or provisional one."""

    summary: str
    description: str
    location: str
    product: str = "-//Zhiwen//Consultations//ZH"
    notice: str = ""


def calendar_file(booking: Booking, words: CalendarWords, now: datetime, *, remind: bool = True) -> bytes:
    """The file. A cancelled booking gives METHOD:CANCEL under the same UID, so calendars remove it.

    It holds no name and no phone number: it is downloaded by whoever has the link.
    """
    cancelled = booking.state is State.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", words.product)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = Event()
    event.add("uid", booking.uid)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", booking.start.astimezone(SHANGHAI))
    event.add("dtend", booking.end.astimezone(SHANGHAI))
    event.add("summary", words.summary)
    event.add("location", words.location)
    event.add("description", "\n\n".join(part for part in (words.notice, words.description) if part))
    event.add("status", _status(booking.state))
    if remind and not cancelled:
        event.add_component(_alarm(words.summary))
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _status(state: State) -> str:
    if state is State.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if state is State.REQUESTED else "CONFIRMED"


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(days=-1))
    return alarm
