"""Bookers for the race: many threads in many processes, real clocks, one target."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from pathlib import Path

from casework.consultations import ConsultationService
from casework.errors import CaseworkError
from storage import Keyring, SqlStore, open_database
from tests.casework.factories import TestClock, a_directory, a_person, a_service, consent, details


def race(url: str, key: str, free_time_id: str, process: int, threads: int, seats: int, experts: int) -> dict:
    """`threads` bookers go for one time at once; returns outcomes and the slowest confirm in seconds."""
    service, clock = racing_service(url, key, seats, experts)
    outcomes: Counter[str] = Counter()
    seconds: list[float] = []
    barrier = threading.Barrier(threads)

    def book(number: int) -> None:
        who = f"p{process}-t{number}"
        barrier.wait()
        started = time.perf_counter()
        try:
            service.hold(who, free_time_id)
            service.record_consent(who, consent(clock))
            service.confirm(who, "key", details(person=a_person(phone=f"+86138{process:02d}{number:06d}")))
            outcomes["booked"] += 1
        except CaseworkError as error:
            outcomes[error.code] += 1
        except Exception as error:  # counted, so that the test names it
            outcomes[type(error).__name__] += 1
        seconds.append(time.perf_counter() - started)

    workers = [threading.Thread(target=book, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"outcomes": dict(outcomes), "slowest": max(seconds)}


def racing_service(url: str, key: str, seats: int, experts: int) -> tuple[ConsultationService, TestClock]:
    """`seats` seats in all: that many experts, or one sitting with that capacity."""
    clock = TestClock()
    directory = a_directory(experts=experts, services=(a_service(capacity=seats // experts, max_coming_per_phone=9),))
    return ConsultationService(SqlStore(open_database(url), Keyring([key])), directory, clock), clock


def hold_and_wait(url: str, key: str, free_time_id: str, flag: Path) -> None:
    """Take a hold and a consent, say so, and wait to be killed."""
    service, clock = racing_service(url, key, 1, 1)
    service.hold("victim", free_time_id)
    service.record_consent("victim", consent(clock))
    service.save_draft("victim", {"name": "张丽"})
    flag.write_text("held")
    time.sleep(60)


def confirm_half_way(url: str, key: str, flag: Path) -> None:
    """Die inside the transaction that confirms: everything written, nothing committed."""
    service, _ = racing_service(url, key, 1, 1)
    store = service._steps._store

    def stuck(*, read_only: bool = False) -> object:
        unit = store(read_only=read_only)

        def wait() -> None:
            flag.write_text("half way")
            time.sleep(60)

        unit.commit = wait  # type: ignore[attr-defined, method-assign]
        return unit

    service._steps._store = stuck  # type: ignore[assignment]
    service.confirm("victim", "key", details())


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    {
        "hold": lambda: hold_and_wait(arguments[0], arguments[1], arguments[2], Path(arguments[3])),
        "confirm": lambda: confirm_half_way(arguments[0], arguments[1], Path(arguments[2])),
    }[name]()
