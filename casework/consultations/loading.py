"""Reads `data/stations.yml`, `experts.yml`, `services.yml` and `bring.yml`, and checks them row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from casework.consultations.directory import Directory
from casework.consultations.places import (
    Confirmation,
    Expert,
    Language,
    Leave,
    Mode,
    PlanException,
    Right,
    Service,
    Shift,
    Station,
    WorkingPlan,
)
from casework.datafile import Node, optional, required, root_of, rows_of
from casework.errors import DataFileError
from casework.regions import all_regions
from casework.timing import WEEKDAYS

T = TypeVar("T", Station, Expert, Service)

DATA = Path(__file__).with_name("data")
_HOURS = {"weekdays", *WEEKDAYS}


def load_directory(folder: Path = DATA) -> Directory:
    """Read and check the four files. Raises DataFileError with file, line and remedy."""
    stations = _unique(folder / "stations.yml", _station)
    services = _unique(folder / "services.yml", _service)
    experts = _unique(folder / "experts.yml", lambda row: _expert(row, stations))
    _check_cover(folder / "stations.yml", stations)
    _check_staffed(folder / "experts.yml", stations, experts)
    return Directory(stations, experts, services, _bring(folder / "bring.yml"))


def _unique(path: Path, read: Callable[[Node], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for row in rows_of(path):
        item = read(row)
        if item.id in found:
            raise row.error(f"id {item.id!r} stands twice", "Give each row its own id.")
        found[item.id] = item
    return found


def _station(row: Node) -> Station:
    keys = row.mapping({"id", "sample", "name", "region", "address", "modes", "hours", "breaks", "makeup_day", "exceptions"})
    name, name_en = required(row, keys, "name").both_languages()
    address, address_en = required(row, keys, "address").both_languages()
    return Station(
        id=required(row, keys, "id").slug(),
        name=name,
        name_en=name_en,
        region=_region(required(row, keys, "region")),
        address=address,
        address_en=address_en,
        modes=required(row, keys, "modes").set_of(Mode),
        plan=_plan(required(row, keys, "hours"), keys),
        exceptions=optional(keys, "exceptions", _exceptions, ()),
        sample=optional(keys, "sample", Node.boolean, False),
    )


def _expert(row: Node, stations: Mapping[str, Station]) -> Expert:
    keys = row.mapping({"id", "sample", "name", "stations", "rights", "languages", "modes", "hours", "breaks", "leave"})
    name, name_en = required(row, keys, "name").both_languages()
    return Expert(
        id=required(row, keys, "id").slug(),
        name=name,
        name_en=name_en,
        stations=tuple(_known(item, stations) for item in required(row, keys, "stations").items()),
        rights=required(row, keys, "rights").set_of(Right),
        languages=required(row, keys, "languages").set_of(Language),
        modes=required(row, keys, "modes").set_of(Mode),
        plan=_plan(keys["hours"], keys) if "hours" in keys else None,
        leave=optional(keys, "leave", _leave, ()),
        sample=optional(keys, "sample", Node.boolean, False),
    )


def _service(row: Node) -> Service:
    numbers = (
        "duration_minutes",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "step_minutes",
        "lead_time_hours",
        "horizon_days",
        "capacity",
        "max_coming_per_phone",
    )
    keys = row.mapping({"id", "sample", "name", "confirmation", "modes", "rights", *numbers})
    name, name_en = required(row, keys, "name").both_languages()

    def minutes(key: str, low: int = 15) -> timedelta:
        return timedelta(minutes=required(row, keys, key).integer(low, 8 * 60, multiple_of=15))

    return Service(
        id=required(row, keys, "id").slug(),
        name=name,
        name_en=name_en,
        duration=minutes("duration_minutes"),
        buffer_before=minutes("buffer_before_minutes", 0),
        buffer_after=minutes("buffer_after_minutes", 0),
        slot_step=minutes("step_minutes"),
        lead_time=timedelta(hours=required(row, keys, "lead_time_hours").integer(0, 24 * 60)),
        horizon=timedelta(days=required(row, keys, "horizon_days").integer(1, 365)),
        capacity=required(row, keys, "capacity").integer(1, 500),
        confirmation=required(row, keys, "confirmation").one_of(Confirmation),
        modes=required(row, keys, "modes").set_of(Mode),
        rights=required(row, keys, "rights").set_of(Right),
        max_coming_per_phone=required(row, keys, "max_coming_per_phone").integer(1, 100),
        sample=optional(keys, "sample", Node.boolean, False),
    )


def _plan(hours: Node, keys: Mapping[str, Node]) -> WorkingPlan:
    shifts: dict[int, tuple[Shift, ...]] = {}
    written = hours.mapping(_HOURS)
    if "weekdays" in written:
        shifts = dict.fromkeys(range(5), _shifts(written.pop("weekdays")))
    for name, value in written.items():
        shifts[WEEKDAYS.index(name)] = _shifts(value)
    makeup = keys.get("makeup_day")
    if makeup is not None and makeup.text() not in WEEKDAYS:
        raise makeup.error(f"{makeup.text()!r} is no weekday", f"Use one of {', '.join(WEEKDAYS)}.")
    weekday = WEEKDAYS.index(makeup.text()) if makeup is not None else 0
    return WorkingPlan(shifts, _shifts(keys["breaks"]) if "breaks" in keys else (), weekday)


def _shifts(node: Node) -> tuple[Shift, ...]:
    shifts: list[Shift] = []
    for item in node.items():
        start, end = item.shift()
        if shifts and start < shifts[-1].end:
            raise item.error("these hours begin before the ones before them end", "Put them in order.")
        shifts.append(Shift(start, end))
    return tuple(shifts)


def _exceptions(node: Node) -> tuple[PlanException, ...]:
    found = []
    for item in node.items():
        keys = item.mapping({"day", "hours", "closed"})
        closed = optional(keys, "closed", Node.boolean, False)
        if closed == ("hours" in keys):
            raise item.error("an exception is either closed or has hours", "Write `closed: true` or `hours: […]`.")
        shifts = () if closed else _shifts(keys["hours"])
        found.append(PlanException(required(item, keys, "day").day(), shifts))
    return tuple(found)


def _leave(node: Node) -> tuple[Leave, ...]:
    found = []
    for item in node.items():
        keys = item.mapping({"from", "to"})
        first, last = required(item, keys, "from").day(), required(item, keys, "to").day()
        if last < first:
            raise item.error("leave ends before it begins", "Exchange `from` and `to`.")
        found.append(Leave(first, last + timedelta(days=1)))
    return tuple(found)


def _bring(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    root = root_of(path)
    names = {"common", *(right.value for right in Right)}
    keys = root.mapping(names)
    lists: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in names:
        node = required(root, keys, name)
        both = node.mapping({"zh", "en"})
        lists[name] = {language: tuple(item.text() for item in required(node, both, language).items()) for language in ("zh", "en")}
    return lists


def _region(node: Node) -> str:
    known = [region.id for region in all_regions()]
    if node.text() not in known:
        raise node.error(f"{node.text()!r} is no region", f"Use one of {', '.join(known)}.")
    return node.text()


def _known(node: Node, stations: Mapping[str, Station]) -> str:
    if node.text() not in stations:
        raise node.error(f"there is no station {node.text()!r}", f"Use one of {', '.join(stations)}.")
    return node.text()


def _check_cover(path: Path, stations: Mapping[str, Station]) -> None:
    served = {station.region for station in stations.values()}
    missing = [region.id for region in all_regions() if region.id not in served]
    if missing:
        raise DataFileError(path, 1, f"no station in {', '.join(missing)}", "Add a station for each region.")


def _check_staffed(path: Path, stations: Mapping[str, Station], experts: Mapping[str, Expert]) -> None:
    staffed = {station for expert in experts.values() for station in expert.stations}
    missing = [station for station in stations if station not in staffed]
    if missing:
        raise DataFileError(path, 1, f"nobody works at {', '.join(missing)}", "Add an expert for each station.")
