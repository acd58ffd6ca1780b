"""One person's data: exported, erased, and gone after its time; a raw search finds nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.consultations import ConsultationService
from casework.enquiries import EnquiryService
from casework.errors import CaseNotFoundError
from casework.oversight import FeedbackBook, FeedbackReason, GapBook, Privacy, Retention
from storage import Database, Keyring, SqlStore, new_key, rotate_keys
from storage.tables import metadata
from tests.casework.factories import (
    PHONE,
    TestClock,
    a_consultation_service,
    a_person,
    a_query,
    booked,
    consent,
    details,
)

SECRETS = ("张丽", "13812345678", "zhangli@example.com", "抢注", "驼奶粉", "me-conversation")


class World:
    """A person with a booking, an enquiry, a gap, feedback and a draft; and somebody else."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock = store, TestClock()
        self.service: ConsultationService = a_consultation_service(store, self.clock)
        self.privacy = Privacy(store, self.clock)
        self.mine = booked(self.service, self.clock, conversation="me-conversation")
        self.other = booked(self.service, self.clock, person=a_person(name="李强", phone="+8615900001111"))
        self.enquiries = EnquiryService(store, self.clock)
        self.service.save_draft("me-conversation", {"name": "张丽", "phone": PHONE})
        GapBook(store, self.clock).record("驼奶粉的地理标志", outcome="not_found", conversation_id="me-conversation")
        FeedbackBook(store, self.clock).record("a/b", FeedbackReason.UNCLEAR, conversation_id="me-conversation", comment="驼奶粉")
        self.asked = self._ask()

    def _ask(self) -> str:
        with self.store() as unit:
            unit.consents.give("me-conversation", replace(consent(self.clock), purpose="enquiry"))
            unit.commit()
        return self.enquiries.submit("me-conversation", "q", "驼奶粉能注册商标吗", a_person()).reference


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def everything_in(database: Database) -> str:
    """Every cell of every table, as text."""
    with database.transaction(read_only=True) as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(sa.select(table)).all()]
    return repr(rows)


def test_no_personal_word_stands_in_any_cell(world: World) -> None:
    cells = everything_in(world.store.database)
    assert world.mine.reference in cells
    for secret in (*SECRETS, world.mine.download_token):
        assert secret not in cells, secret


def test_no_personal_word_stands_in_any_file(tmp_path: Path, sqlite_store: SqlStore) -> None:
    world = World(sqlite_store)
    target = world.service.free_times(a_query(), limit=1)[0]
    world.service.move(world.mine.reference, "5678", target.id, caller="me-conversation")
    world.service.cancel(world.mine.reference, "5678", reason="驼奶粉卖完了", caller="me-conversation")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name.endswith("-wal") for path in files)
    raw = b"".join(path.read_bytes() for path in files)
    for secret in SECRETS:
        assert secret.encode() not in raw, secret
        assert secret.encode("utf-16-le") not in raw, secret
        assert json.dumps(secret)[1:-1].encode() not in raw, secret


def test_the_export_holds_everything_of_this_person_and_nobody_else(world: World) -> None:
    data = json.dumps(world.privacy.export(world.mine.reference, "138 1234 5678", "wang"), ensure_ascii=False)
    for expected in ("张丽", PHONE, "抢注", "驼奶粉", world.mine.reference, world.asked, "2026-11"):
        assert expected in data
    assert "李强" not in data
    assert world.other.reference not in data


@pytest.mark.parametrize("fact", ["13900000000", "0000", ""])
def test_the_wrong_fact_opens_nothing(world: World, fact: str) -> None:
    with pytest.raises(CaseNotFoundError):
        world.privacy.export(world.mine.reference, fact, "wang")
    with pytest.raises(CaseNotFoundError):
        world.privacy.erase(world.mine.reference, fact, "wang")


def test_erasing_removes_this_person_everywhere_and_frees_the_seat(world: World) -> None:
    erasure = world.privacy.erase(world.mine.reference, PHONE, "wang")
    assert set(erasure.references) == {world.mine.reference, world.asked}
    assert (erasure.gaps, erasure.feedback, erasure.conversation_ids) == (1, 1, ("me-conversation",))
    assert world.service.load_draft("me-conversation") is None
    assert world.service.free_times(a_query(), limit=1)[0].start == world.mine.start
    for secret in (world.mine.reference, world.asked):
        with pytest.raises(CaseNotFoundError):
            world.service.find(secret, "5678", caller="me")
    with pytest.raises(CaseNotFoundError):
        world.service.by_download_token(world.mine.download_token)
    assert world.service.find(world.other.reference, "1111", caller="x").person.name == "李强"


def test_what_was_erased_cannot_be_opened_even_with_the_key(world: World) -> None:
    world.privacy.erase(world.mine.reference, PHONE, "wang")
    opened = []
    with world.store.database.transaction(read_only=True) as connection:
        for table in metadata.sorted_tables:
            for column in (c for c in table.c if c.name.startswith("sealed")):
                tokens = connection.execute(sa.select(column).where(column.isnot(None))).scalars()
                opened.extend(world.store.keyring.open(token) for token in tokens if token)
    for secret in ("张丽", "13812345678", "驼奶粉", "me-conversation"):
        assert secret not in repr(opened), secret


def test_erasing_is_recorded_without_naming_anybody(world: World) -> None:
    world.privacy.erase(world.mine.reference, PHONE, "wang")
    with world.store(read_only=True) as unit:
        case = unit.cases.by_reference(world.mine.reference)
        assert case is not None
        assert case.erased
        assert case.state == "cancelled"
        trail = unit.trail.of_case(case)
    assert (trail[-1].actor, trail[-1].action) == ("wang", "privacy_erase")


def test_a_case_on_a_shared_device_with_another_phone_stays(store: SqlStore) -> None:
    clock = TestClock()
    service = a_consultation_service(store, clock)
    mine = booked(service, clock, conversation="kiosk")
    theirs = service.free_times(a_query(), limit=1)[0]
    service.hold("kiosk", theirs.id)
    service.record_consent("kiosk", consent(clock))
    other = service.confirm("kiosk", "second", details(person=a_person(phone="+8615900001111")))
    assert Privacy(store, clock).erase(mine.reference, PHONE, "wang").references == (mine.reference,)
    assert service.find(other.reference, "1111", caller="x").state.value == "confirmed"


def test_retention_removes_what_is_older_than_it_may_be(world: World) -> None:
    retention = Retention(world.store, world.clock)
    world.service.hold("visitor", world.service.free_times(a_query(), limit=1)[0].id)
    assert not any(retention.run().values())
    world.clock.advance(days=2)
    done = retention.run()
    assert (done["drafts"], done["holds"]) == (1, 1)
    world.clock.advance(days=89)
    assert retention.run()["gaps"] == 1
    world.clock.advance(days=300)
    assert retention.run()["cases"] == 3
    assert not any(retention.run().values())
    with world.store(read_only=True) as unit:
        case = unit.cases.by_reference(world.mine.reference)
    assert case is not None
    assert case.erased
    assert case.person.name == ""


def test_after_a_change_of_key_the_old_one_is_not_needed(database: Database) -> None:
    old, new = new_key(), new_key()
    world = World(SqlStore(database, Keyring([old])))
    both = Keyring([new, old])
    beside = a_consultation_service(SqlStore(database, both), world.clock)
    assert beside.find(world.mine.reference, "5678", caller="me").person == a_person()
    assert rotate_keys(database, both, batch=2) > 8
    alone = a_consultation_service(SqlStore(database, Keyring([new])), world.clock)
    found = alone.find(world.mine.reference, "5678", caller="me")
    assert found.person == a_person()
    assert alone.by_download_token(found.download_token).reference == found.reference
    export = Privacy(SqlStore(database, Keyring([new])), world.clock).export(found.reference, PHONE, "wang")
    assert len(export["cases"]) == 2
