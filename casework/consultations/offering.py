"""Which times are offered: availability over stations, experts and modes, and the ids that buttons carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from casework.consultations.availability import Slot, availability, searched_days
from casework.consultations.directory import Directory
from casework.consultations.holidays import HolidayCalendar
from casework.consultations.model import FreeTime, FreeTimeQuery, Obstacle, Occupied
from casework.consultations.places import Expert, Language, Mode, Right, Service, Station
from casework.errors import FreeTimeGoneError
from casework.timing import SHANGHAI, local_day, local_instant
from casework.unit_of_work import Store

#: Days looked at per database query; most searches end in the first chunk.
_CHUNK = 7
_STAMP = "%Y%m%dT%H%M"


class Offering:
    """Reads the taken sittings and asks the pure availability function."""

    def __init__(self, store: Store, directory: Directory, calendar: HolidayCalendar) -> None:
        self._store, self._directory, self._calendar = store, directory, calendar

    def search(self, query: FreeTimeQuery, now: datetime, limit: int) -> list[FreeTime]:
        """Free times, earliest first, one per start and station."""
        service = self._service(query.service_id)
        days = searched_days(service, now, query.first, query.until)
        found: list[FreeTime] = []
        for begin in range(0, len(days), _CHUNK):
            found += self._on_days(query, service, days[begin : begin + _CHUNK], now)
            if len(found) >= limit:
                break
        return found[:limit]

    def scheduled(self, free_time_id: str, now: datetime, grace: timedelta) -> FreeTime:
        """The time behind an id, whether or not somebody has it by now; the database decides that.

        `grace`: what was just offered stays good although its lead time runs out while the citizen reads.
        Raises FreeTimeGoneError if it is malformed, past, or not in the plan (any more).
        """
        query, start = self._decoded(free_time_id)
        service = self._service(query.service_id)
        lenient = replace(service, lead_time=max(timedelta(0), service.lead_time - grace))
        for offered in self._grouped(query, lenient, [local_day(start)], [], now):
            if offered.id == free_time_id:
                return replace(offered, service=service)
        raise FreeTimeGoneError("this time is not offered (any more)")

    def obstacle(self, query: FreeTimeQuery, now: datetime) -> Obstacle:
        """Why a search that found nothing found nothing."""
        service = self._service(query.service_id)
        last = local_day(now + service.horizon)
        if query.first is not None and query.first > last:
            return Obstacle.TOO_FAR
        # Planned sittings of whole days, whoever has them, also those too soon to be booked.
        midnight = local_instant(local_day(now), datetime.min.time()) - timedelta(seconds=1)
        at_once = replace(service, lead_time=timedelta(0))
        planned = self._grouped(query, at_once, searched_days(at_once, midnight, query.first, query.until), [], midnight)
        if not planned:
            return Obstacle.CLOSED
        wanted = [time for time in planned if _in_window(time, query)]
        if not wanted:
            return Obstacle.BETWEEN if _between(planned, query) else Obstacle.OUTSIDE_HOURS
        return Obstacle.FULL if any(time.start >= now + service.lead_time for time in wanted) else Obstacle.TOO_SOON

    def _on_days(self, query: FreeTimeQuery, service: Service, days: Sequence[date], now: datetime) -> list[FreeTime]:
        experts = sorted(
            {e.id for station in self._stations(query) for mode in self._modes(query, station) for e in self._experts(query, station, mode)}
        )
        if not experts or not days:
            return []
        start = local_instant(days[0], datetime.min.time())
        end = local_instant(days[-1] + timedelta(days=1), datetime.min.time())
        margin = service.buffer_before + service.buffer_after
        with self._store(read_only=True) as unit:
            taken = unit.seats.occupied(experts, start - margin, end + margin, now)
        wanted = [time for time in self._grouped(query, service, days, taken, now) if _in_window(time, query)]
        return _capped(_one_per_start(wanted), query.per_day)

    def _grouped(
        self,
        query: FreeTimeQuery,
        service: Service,
        days: Sequence[date],
        taken: Sequence[Occupied],
        now: datetime,
    ) -> list[FreeTime]:
        times: list[FreeTime] = []
        for station in self._stations(query):
            for mode in self._modes(query, station):
                slots: dict[datetime, list[Slot]] = {}
                for expert in self._experts(query, station, mode):
                    for slot in availability(station, expert, service, mode, days, taken, now, self._calendar):
                        slots.setdefault(slot.start, []).append(slot)
                times += [_free_time(query, station, service, mode, same) for same in slots.values()]
        return sorted(times, key=lambda time: (time.start, time.station.id))

    def _service(self, service_id: str) -> Service:
        try:
            return self._directory.services[service_id]
        except KeyError:
            raise FreeTimeGoneError(f"there is no service {service_id!r}") from None

    def _stations(self, query: FreeTimeQuery) -> list[Station]:
        if query.station_id:
            station = self._directory.stations.get(query.station_id)
            return [station] if station is not None else []
        return self._directory.stations_in(query.region)

    def _modes(self, query: FreeTimeQuery, station: Station) -> list[Mode]:
        return [query.mode] if query.mode else [mode for mode in Mode if mode in station.modes]

    def _experts(self, query: FreeTimeQuery, station: Station, mode: Mode) -> list[Expert]:
        experts = self._directory.experts_at(station, query.right, query.language, mode)
        # Local experts first; those who serve many stations are kept for whoever has nobody else.
        return sorted(experts, key=lambda expert: len(expert.stations))

    def _decoded(self, free_time_id: str) -> tuple[FreeTimeQuery, datetime]:
        try:
            service, station, mode, right, language, stamp = free_time_id.split(".")
            start = datetime.strptime(stamp, _STAMP).replace(tzinfo=SHANGHAI)
            query = FreeTimeQuery(service, Right(right), "", station, Mode(mode), Language(language))
        except ValueError:
            raise FreeTimeGoneError("this is no id of a free time") from None
        return query, start


def free_time_id(query: FreeTimeQuery, station: Station, service: Service, mode: Mode, start: datetime) -> str:
    """A short printable id without personal data: service.station.mode.right.language.start."""
    stamp = start.astimezone(SHANGHAI).strftime(_STAMP)
    return ".".join((service.id, station.id, mode.value, query.right.value, query.language.value, stamp))


def _free_time(query: FreeTimeQuery, station: Station, service: Service, mode: Mode, slots: Sequence[Slot]) -> FreeTime:
    first = slots[0]
    return FreeTime(
        id=free_time_id(query, station, service, mode, first.start),
        start=first.start,
        end=first.end,
        station=station,
        service=service,
        mode=mode,
        right=query.right,
        language=query.language,
        expert_ids=tuple(slot.expert_id for slot in slots),
        seats_left=sum(slot.seats_left for slot in slots),
        provisional=first.provisional,
    )


def _in_window(time: FreeTime, query: FreeTimeQuery) -> bool:
    if query.window is None:
        return True
    at = time.start.astimezone(SHANGHAI).time()
    return query.window[0] <= at < query.window[1]


def _between(planned: Sequence[FreeTime], query: FreeTimeQuery) -> bool:
    starts = [time.start.astimezone(SHANGHAI).time() for time in planned]
    return query.window is not None and min(starts) < query.window[0] and query.window[1] <= max(starts)


def _one_per_start(times: Iterable[FreeTime]) -> list[FreeTime]:
    seen: dict[tuple[datetime, str], FreeTime] = {}
    for time in times:
        seen.setdefault((time.start, time.station.id), time)
    return list(seen.values())


def _capped(times: Sequence[FreeTime], per_day: int | None) -> list[FreeTime]:
    if per_day is None:
        return list(times)
    kept: list[FreeTime] = []
    counts: dict[date, int] = {}
    for time in times:
        day = local_day(time.start)
        counts[day] = counts.get(day, 0) + 1
        if counts[day] <= per_day:
            kept.append(time)
    return kept
