"""A booking in words: days and times, what was heard, the review, the receipt, the calendar file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from casework.consultations.calendar_file import CalendarWords
from casework.consultations.directory import Directory
from casework.consultations.model import Booking, Hold
from casework.consultations.when import HALVES, When
from casework.masking import mask_email
from casework.phones import mask_phone, mask_phones_in
from casework.regions import region_of
from desk.clock import SHANGHAI
from desk.hearing import label, title, vocabulary
from desk.outcomes import Outcome
from desk.reply import Reply
from desk.steps import Fields, listed

_OUTCOMES = {"booked": Outcome.BOOKED, "moved": Outcome.MOVED, "cancelled": Outcome.CANCELLED}


def day_text(day: dt.date, language: str) -> str:
    """`11月25日（周三）`, `Wed 25 Nov`."""
    weekday = vocabulary()["titles"]["weekdays"][language][day.weekday()]
    if language == "en":
        return f"{weekday} {day.day} {day:%b}"
    return f"{day.month}月{day.day}日（{weekday}）"


def time_text(moment: dt.datetime, language: str, provisional: bool = False) -> str:
    """Day, weekday and time in Asia/Shanghai; year and note where the day may still change."""
    local = moment.astimezone(SHANGHAI)
    year = f"{local.year}年" if provisional and language == "zh" else ""
    note = vocabulary()["calendar"]["provisional"][language] if provisional else ""
    mark = "" if not note else f"（{note}）" if language == "zh" else f" ({note.lower()})"
    return f"{year}{day_text(local.date(), language)} {local:%H:%M}{mark}"


def when_text(when: When, language: str) -> str:
    """A wish with weekday and date: `12月2日（周三） 上午`, `11月24日（周二）至11月30日（周一）`."""
    parts = []
    if when.first is not None:
        days = day_text(when.first, language)
        if when.until is not None and (when.until - when.first).days > 1:
            days += label("until", language) + day_text(when.until - dt.timedelta(days=1), language)
        parts.append(days)
    half = next((h for h, window in HALVES.items() if window == when.window), None)
    if half is not None:
        parts.append(title("halves", half.value, language))
    elif when.window is not None:
        first, last = (t.hour * 60 + t.minute for t in when.window)
        parts.append(f"{when.window[0]:%H:%M}" + (f"–{when.window[1]:%H:%M}" if last - first > 1 and last < 23 * 60 + 59 else ""))
    return " ".join(parts)


def value_text(name: str, value: Any, language: str) -> str:
    """A field's value as it is said back; phone and e-mail masked."""
    if name in ("c_right", "c_mode"):
        return title(name[2:], value, language)
    if name == "c_region":
        region = region_of(value)
        return region.zh if language == "zh" else region.en
    if name == "c_phone":
        return mask_phone(value)
    if name == "c_email":
        return label("skip", language) if value in (None, "-") else mask_email(value)
    return mask_phones_in(str(value or ""), "****")


def facts_text(facts: Fields, names: list[str], language: str, wish: str = "") -> str:
    """What was heard, said back."""
    shown = [value_text(name, facts[name], language) for name in names]
    return listed([*shown, *([wish] if wish else [])], language)


def summary(fields: Fields, hold: Hold | None, language: str) -> dict[str, str]:
    """What the review shows."""
    names = ("c_problem", "c_right", "c_region", "c_mode", "c_name", "c_phone", "c_email")
    shown = {name[2:]: value_text(name, fields.get(name), language) for name in names}
    return shown | {"time": time_text(hold.start, language, hold.provisional) if hold else ""}


def receipt(booking: Booking, directory: Directory, what: str, language: str, now: dt.datetime, *, mails: bool) -> Reply:
    """A booking in words, with reference and calendar link. `what`: booked, moved, cancelled or found."""
    english = language == "en"
    standing = booking.standing(now)
    station = booking.station.name_en if english else booking.station.name
    address = booking.station.address_en if english else booking.station.address
    bring = directory.bring
    items = [*bring["common"][language], *bring.get(booking.right.value, bring["other"])[language]]
    values = {
        "reference": booking.reference,
        "time": time_text(booking.start, language, booking.provisional),
        "mode": title("mode", booking.mode.value, language),
        "place": title("places", booking.mode.value, language).format(station=station, address=address, phone=mask_phone(booking.person.phone)),
        "bring": ("; " if english else "；").join(items),
        "reminder": label(_reminder(booking, mails=mails), language),
    }
    response = f"utter_c_{what}" if what != "booked" or booking.state.value == "confirmed" else "utter_c_requested"
    if what == "found":
        response = f"utter_c_found_{standing}"
    links = ({"title": "calendar", "url": f"/calendar/{booking.download_token}.ics"},) if standing in ("requested", "confirmed") else ()
    return Reply("receipt", _OUTCOMES.get(what, Outcome.LOOKED_UP), response, values=values, reference=booking.reference, links=links)


def _reminder(booking: Booking, *, mails: bool) -> str:
    """Which sentence says whether a reminder will come."""
    if booking.person.telegram_chat:
        return "reminder_by_chat"
    if not booking.person.email:
        return "reminder_none"
    return "reminder_by_mail" if mails else "reminder_no_mail"


def calendar_words(booking: Booking, language: str, *, demo: bool) -> CalendarWords:
    """The wording of a booking's calendar file, with the demonstration notice where it applies."""
    labels = vocabulary()["calendar"]
    english = language == "en"
    station = booking.station.name_en if english else booking.station.name
    address = booking.station.address_en if english else booking.station.address
    values = {"reference": booking.reference, "mode": title("mode", booking.mode.value, language), "station": station}
    notices = [labels["demo"][language]] if demo else []
    if booking.provisional:
        notices.append(labels["provisional"][language])
    return CalendarWords(
        labels["summary"][language].format(**values), labels["description"][language].format(**values),
        f"{station} {address}", notice="\n".join(notices),
    )  # fmt: skip
