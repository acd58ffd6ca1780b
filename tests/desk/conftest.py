"""A booking desk over a small world: sample station, clock that stands still, SQLite in the test's folder."""

from __future__ import annotations

import pytest

from casework.consultations import ConsultationService
from desk.consultation_desk import ConsultationDesk
from storage import SqlStore
from tests.casework.factories import TestClock, a_directory
from tests.support.stores import keyring, sqlite_store

__all__ = ["keyring", "sqlite_store"]


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def service(sqlite_store: SqlStore, clock: TestClock) -> ConsultationService:
    return ConsultationService(sqlite_store, a_directory(), clock)


@pytest.fixture
def desk(service: ConsultationService, clock: TestClock) -> ConsultationDesk:
    return ConsultationDesk(service, a_directory(), clock, "示例运营单位")
