"""Stations, experts and services: who can be booked, where, for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from casework.consultations.places import (
    TICK,
    Confirmation,
    Expert,
    Language,
    Mode,
    Right,
    Service,
    Station,
    WorkingPlan,
)


@dataclass(frozen=True, slots=True)
class Directory:
    """Ids are unique and every reference between the rows resolves (see `load_directory`)."""

    stations: Mapping[str, Station]
    experts: Mapping[str, Expert]
    services: Mapping[str, Service]
    bring: Mapping[str, Mapping[str, tuple[str, ...]]]

    def stations_in(self, region: str) -> list[Station]:
        """The stations of a region; all of them for an empty region."""
        return [s for s in self.stations.values() if not region or s.region == region]

    def experts_at(self, station: Station, right: Right, language: Language, mode: Mode) -> list[Expert]:
        """Who can help there with this right, in this language and mode."""
        return [
            expert
            for expert in self.experts.values()
            if station.id in expert.stations and right in expert.rights and language in expert.languages and mode in expert.modes
        ]

    def station_or_stub(self, station_id: str) -> Station:
        """The station, or a bare one under its id: old cases outlive rows that an officer removed."""
        return self.stations.get(station_id) or Station(station_id, station_id, station_id, "", "", "", frozenset(), WorkingPlan({}))

    def expert_or_stub(self, expert_id: str) -> Expert:
        """The expert, or a bare one under the id (see `station_or_stub`)."""
        return self.experts.get(expert_id) or Expert(expert_id, expert_id, expert_id, (), frozenset(), frozenset(), frozenset())

    def service_or_stub(self, service_id: str) -> Service:
        """The service, or a bare one under the id (see `station_or_stub`)."""
        none = timedelta()
        return self.services.get(service_id) or Service(
            service_id,
            service_id,
            service_id,
            TICK,
            none,
            none,
            TICK,
            none,
            none,
            1,
            Confirmation.OFFICER,
            frozenset(),
            frozenset(),
        )

    def what_to_bring(self, right: Right, language: str = "zh") -> tuple[str, ...]:
        """What to bring for this kind of problem, as sentences of the data file."""
        return (*self.bring["common"][language], *self.bring[right.value][language])

    def sample_rows(self) -> tuple[str, ...]:
        """Rows marked `sample: true`, as `station hohhot`; production refuses to start with any."""
        return tuple(
            f"{kind} {row_id}"
            for kind, ids in (
                ("station", [s.id for s in self.stations.values() if s.sample]),
                ("expert", [e.id for e in self.experts.values() if e.sample]),
                ("service", [s.id for s in self.services.values() if s.sample]),
            )
            for row_id in ids
        )
