"""Nobody gets a seat twice: threads, processes, and processes that are killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.consultations import ConsultationService
from casework.errors import SeatTakenError
from casework.timing import SHANGHAI
from storage import Database, new_key
from tests.casework.factories import TestClock, a_person, a_query, booked, consent, details
from tests.support.bookers import race, racing_service

ROOT = Path(__file__).parents[3]
SEATS = 5


def _run(url: str, key: str, *, processes: int, threads: int, experts: int) -> tuple[Counter[str], float]:
    service, _ = racing_service(url, key, SEATS, experts)
    target = service.free_times(a_query(), limit=1)[0].id
    if processes == 1:
        results = [race(url, key, target, 0, threads, SEATS, experts)]
    else:
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            results = pool.starmap(race, [(url, key, target, n, threads, SEATS, experts) for n in range(processes)])
    outcomes: Counter[str] = Counter()
    for result in results:
        outcomes.update(result["outcomes"])
    return outcomes, max(result["slowest"] for result in results)


def _report(line: str) -> None:
    """Figures for the records: shown with `pytest -s`."""
    sys.stderr.write(f"\n{line}\n")


def _stored(database: Database, table: str, clause: str = "1 = 1") -> int:
    with database.transaction(read_only=True) as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table} WHERE {clause}")).scalar_one())


@pytest.mark.parametrize("experts", [1, SEATS], ids=["one sitting of 5", "5 experts"])
def test_thirty_threads_for_five_seats_give_exactly_five_bookings(database_url: str, database: Database, experts: int) -> None:
    outcomes, _ = _run(database_url, new_key(), processes=1, threads=30, experts=experts)
    assert outcomes == {"booked": SEATS, "seat_taken": 25}
    assert _stored(database, "zw_cases") == _stored(database, "zw_seats", "case_id IS NOT NULL") == SEATS


@pytest.mark.parametrize("experts", [1, SEATS], ids=["one sitting of 5", "5 experts"])
def test_two_processes_for_five_seats_give_exactly_five_bookings(database_url: str, database: Database, experts: int) -> None:
    outcomes, _ = _run(database_url, new_key(), processes=2, threads=8, experts=experts)
    assert outcomes == {"booked": SEATS, "seat_taken": 11}
    assert _stored(database, "zw_cases") == SEATS


@pytest.mark.slow
@pytest.mark.parametrize("experts", [1, SEATS], ids=["one sitting of 5", "5 experts"])
def test_two_hundred_threads_in_four_processes_for_five_seats(database_url: str, database: Database, experts: int) -> None:
    outcomes, slowest = _run(database_url, new_key(), processes=4, threads=50, experts=experts)
    _report(f"200 bookers, 4 processes, 5 seats: {dict(outcomes)}, slowest {slowest:.2f} s")
    assert outcomes == {"booked": SEATS, "seat_taken": 195}
    assert _stored(database, "zw_cases") == _stored(database, "zw_seats") == SEATS


@pytest.mark.slow
def test_two_hundred_threads_in_one_process_for_five_seats(database_url: str, database: Database) -> None:
    outcomes, slowest = _run(database_url, new_key(), processes=1, threads=200, experts=1)
    _report(f"200 bookers, 1 process, 5 seats: {dict(outcomes)}, slowest {slowest:.2f} s")
    assert outcomes == {"booked": SEATS, "seat_taken": 195}
    assert _stored(database, "zw_cases") == SEATS


@pytest.mark.slow
def test_confirm_is_quick_under_thirty_two_bookers(database_url: str) -> None:
    service, clock = racing_service(database_url, new_key(), 32 * 6, 1)
    times = service.free_times(a_query(), limit=6)
    seconds: list[float] = []

    def book(number: int) -> None:
        for round_number, target in enumerate(times):
            who = f"{number}-{round_number}"
            service.hold(who, target.id)
            service.record_consent(who, consent(clock))
            person = a_person(phone=f"+86139{number:04d}{round_number:04d}")
            started = time.perf_counter()
            service.confirm(who, "key", details(person=person))
            seconds.append(time.perf_counter() - started)

    _all_at_once([lambda n=n: book(n) for n in range(32)])
    seconds.sort()
    p95 = seconds[int(len(seconds) * 0.95)]
    middle = seconds[len(seconds) // 2]
    _report(f"confirm under 32 bookers: p50 {middle * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms")
    assert len(seconds) == 32 * len(times)
    assert p95 < 2.0


def test_the_same_confirmation_sent_ten_times_at_once_is_one_booking(database_url: str) -> None:
    service, clock = racing_service(database_url, new_key(), 1, 1)
    service.hold("me", service.free_times(a_query(), limit=1)[0].id)
    service.record_consent("me", consent(clock))
    references: list[str] = []
    _all_at_once([lambda: references.append(service.confirm("me", "key", details()).reference)] * 10)
    assert len(references) == 10
    assert len(set(references)) == 1


def test_two_who_swap_their_times_never_both_lose_or_share(database_url: str) -> None:
    service, clock = racing_service(database_url, new_key(), 1, 1)
    one = booked(service, clock, position=0)
    two = booked(service, clock, position=1)
    stamps = [b.start.astimezone(SHANGHAI).strftime("%Y%m%dT%H%M") for b in (one, two)]
    ids = [f"consultation.hohhot.on_site.trademark.zh.{stamp}" for stamp in stamps]

    def move(reference: str, target: str) -> None:
        for _ in range(10):
            try:
                service.move(reference, "5678", target, caller=reference)
            except SeatTakenError:
                continue

    _all_at_once([lambda: move(one.reference, ids[1]), lambda: move(two.reference, ids[0])])
    starts = {service.find(b.reference, "5678", caller="x").start for b in (one, two)}
    assert starts == {one.start, two.start}


def test_a_reader_is_served_while_a_writer_holds_the_database(database_url: str) -> None:
    service, _ = racing_service(database_url, new_key(), 1, 1)
    with service._store() as unit:
        unit.gaps.drop_of(["nobody"])
        started = time.perf_counter()
        assert service.free_times(a_query(), limit=1)
        assert time.perf_counter() - started < 2


def _started(kind: str, *arguments: str, flag: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", "tests.support.bookers", kind, *arguments, str(flag)], cwd=ROOT)
    deadline = time.monotonic() + 60
    while not flag.exists():
        assert process.poll() is None, "the victim died early"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def _killed(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def _a_world(database_url: str) -> tuple[ConsultationService, TestClock, str, str]:
    key = new_key()
    service, clock = racing_service(database_url, key, 1, 1)
    return service, clock, key, service.free_times(a_query(), limit=1)[0].id


def test_killed_between_hold_and_confirm_nothing_is_lost_and_the_seat_is_blocked_for_the_hold_only(
    database_url: str, tmp_path: Path
) -> None:
    service, clock, key, target = _a_world(database_url)
    _killed(_started("hold", database_url, key, target, flag=tmp_path / "flag"))
    with pytest.raises(SeatTakenError):
        service.hold("other", target)
    draft = service.load_draft("victim")
    assert draft is not None
    assert draft.fields == {"name": "张丽"}
    # The citizen comes back to a restarted server within the hold …
    assert service.confirm("victim", "key", details()).person == a_person()
    # … and where nobody comes back, the seat is free after it.
    later = service.free_times(a_query(), limit=1)[0].id
    service.hold("victim", later)
    clock.advance(minutes=16)
    assert service.hold("other", later).expires_at > clock()


def test_killed_inside_the_confirming_transaction_nothing_is_half_done(database_url: str, database: Database, tmp_path: Path) -> None:
    service, _, key, target = _a_world(database_url)
    _killed(_started("hold", database_url, key, target, flag=tmp_path / "held"))
    _killed(_started("confirm", database_url, key, flag=tmp_path / "half"))
    assert _stored(database, "zw_cases") == 0
    assert service.confirm("victim", "key", details()).reference
    assert _stored(database, "zw_cases") == _stored(database, "zw_seats") == 1


def _all_at_once(steps: list[Callable[[], object]]) -> None:
    barrier = threading.Barrier(len(steps))
    failures: list[Exception] = []

    def run(step: Callable[[], object]) -> None:
        barrier.wait()
        try:
            step()
        except Exception as error:  # handed to the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
