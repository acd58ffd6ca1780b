"""Officers' lists: masked, unmasked only for a recorded reason, exported without formulas."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from casework.cases import CaseFilter, CaseKind
from casework.consultations import Booking
from casework.errors import CaseNotFoundError, ReasonRequiredError
from casework.office import COLUMNS, CaseOffice, Table, exported, narrowed_by
from storage import SqlStore
from tests.casework.factories import TestClock, a_consultation_service, a_person, booked

SECRETS = ("张丽", "13812345678", "zhangli@", "抢注")


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def booking(store: SqlStore, clock: TestClock) -> Booking:
    return booked(a_consultation_service(store, clock), clock)


@pytest.fixture
def office(store: SqlStore, clock: TestClock) -> CaseOffice:
    return CaseOffice(store, clock)


def test_a_list_is_masked(office: CaseOffice, booking: Booking) -> None:
    table = office.listed(CaseFilter(), "wang")
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert (row["reference"], row["name"], row["phone"]) == (booking.reference, "张*", "138****5678")
    assert row["starts_at"] == "2026-11-23 10:00"
    assert not any(secret in repr(table) for secret in SECRETS)


def test_unmasking_needs_a_reason_which_is_recorded_with_every_case(office: CaseOffice, booking: Booking) -> None:
    with pytest.raises(ReasonRequiredError):
        office.listed(CaseFilter(), "wang", unmask_reason=" ")
    table = office.listed(CaseFilter(), "wang", unmask_reason="打印接待表")
    assert dict(zip(COLUMNS, table.rows[0], strict=True))["phone"] == "+8613812345678"
    file = office.file(booking.reference, "wang", unmask_reason="核对")
    assert [(e.actor, e.note) for e in file.trail if e.action == "unmasked"] == [
        ("wang", "打印接待表"),
        ("wang", "核对"),
    ]


def test_a_masked_file_shows_the_course_of_things_but_no_person(office: CaseOffice, booking: Booking) -> None:
    office.note(booking.reference, "wang", "张丽的电话打不通")
    file = office.file(booking.reference, "wang")
    assert [entry.action for entry in file.trail] == ["booked", "noted"]
    assert file.remarks[0].text == "***"
    assert file.masked
    assert {m.template for m in file.pending} == {"consultation_booked", "staff_consultation_booked"}
    assert not any(secret in repr(file) for secret in SECRETS)
    assert office.file(booking.reference, "wang", unmask_reason="x").remarks[0].text == "张丽的电话打不通"


def test_lists_are_narrowed(office: CaseOffice, booking: Booking, clock: TestClock) -> None:
    def count(narrowed: CaseFilter) -> int:
        return len(office.listed(narrowed, "wang").rows)

    assert count(narrowed_by(["consultation"], ["confirmed"], "hohhot")) == 1
    assert count(narrowed_by(["intake"])) == count(narrowed_by(states=["cancelled"])) == 0
    assert count(CaseFilter(region="baotou")) == 0
    assert count(CaseFilter(created_from=clock(), created_until=clock() + timedelta(seconds=1))) == 1
    assert count(CaseFilter(created_until=clock())) == 0
    assert count(CaseFilter(kinds=(CaseKind.CONSULTATION,), offset=1)) == 0
    assert count(CaseFilter(starts_from=booking.start, station_id="hohhot")) == 1
    assert count(CaseFilter(starts_until=booking.start)) == count(CaseFilter(station_id="baotou")) == 0


def test_an_unknown_reference_is_told_as_such(office: CaseOffice) -> None:
    with pytest.raises(CaseNotFoundError):
        office.file("WQ-000-000-000", "wang")


@pytest.mark.parametrize("dangerous", ["=1+1", "+8613812345678", "@cmd", "-1"])
def test_exports_run_no_formula(dangerous: str) -> None:
    table = Table(("a",), ((dangerous,),))
    rows = list(csv.reader(io.StringIO(exported(table, "csv").decode("utf-8-sig"))))
    assert rows == [["a"], ["'" + dangerous]]
    sheet = load_workbook(io.BytesIO(exported(table, "xlsx"))).active
    assert sheet is not None
    assert sheet["A2"].value == "'" + dangerous


def test_a_name_like_a_formula_is_harmless_in_the_export(store: SqlStore, clock: TestClock) -> None:
    booked(a_consultation_service(store, clock), clock, person=a_person(name="=HYPERLINK(1)"))
    table = CaseOffice(store, clock).listed(CaseFilter(), "wang", unmask_reason="x")
    assert b"'=HYPERLINK" in exported(table, "csv")
