"""Several servers, one database, one Redis: what citizens see when parts of it fail, and what is lost."""

from __future__ import annotations

import threading
from contextlib import suppress
from http.client import HTTPException
from typing import Any

import pytest

from casework.cases import CaseFilter, CaseKind
from storage import Keyring, SqlStore, open_database
from tests.conversations.booking import TO_REVIEW
from tests.replicas.conftest import Redis, Replicas, control, kill
from tests.support.server import Answer, RunningServer

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(400)]


def say(server: RunningServer, token: str, text: str) -> Answer:
    return server.call("POST", "/chat/messages", {"text": text}, token)


def asks(answer: Answer) -> Any:
    assert answer.status == 200, answer
    return (answer.json["form"] or {}).get("asks")


def at_review(replicas: Replicas, phone: str) -> str:
    """A booking up to its review, each line said to the other replica; the session's token."""
    token = replicas.servers[0].open_session()
    answer = None
    for turn, line in enumerate(TO_REVIEW):
        answer = say(replicas.servers[turn % 2], token, phone if line == "13812345678" else line)
    assert answer is not None
    assert answer.json["outcome"] == "collecting", answer
    return token


def stored(replicas: Replicas, phone: str) -> list[str]:
    """References of the confirmed bookings with this phone."""
    database = open_database(replicas.database_url)
    with SqlStore(database, Keyring([replicas.key]))(read_only=True) as unit:
        cases = unit.cases.select(CaseFilter((CaseKind.CONSULTATION,)))
    database.close()
    return [c.reference for c in cases if c.person.phone == f"+86{phone}" and c.state == "confirmed"]


def refused_clearly(answer: Answer) -> bool:
    """Said in words, with a number to call, and never as a success."""
    if answer.status == 200:
        return answer.json["outcome"] == "error" and "12345" in str(answer.json["messages"])
    return answer.status >= 500 and "12345" in answer.json["error"]["message"]


def test_a_conversation_that_hops_between_replicas_keeps_its_context(replicas: Replicas) -> None:
    token = at_review(replicas, "13800000001")
    assert say(replicas.servers[1], token, "确认").json["outcome"] == "booked"
    assert len(stored(replicas, "13800000001")) == 1
    assert replicas.servers[0].said_by_user(token) == replicas.servers[1].said_by_user(token)


def test_messages_of_one_conversation_sent_to_both_at_once_are_handled_one_after_the_other(replicas: Replicas) -> None:
    token = replicas.servers[0].open_session()
    sent = [f"第{n}次问：发明专利保护多少年？" for n in range(8)]
    threads = [threading.Thread(target=say, args=(replicas.servers[n % 2], token, line)) for n, line in enumerate(sent)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(replicas.servers[0].said_by_user(token)) == sent


def test_confirming_on_both_replicas_at_once_books_once(replicas: Replicas) -> None:
    token = at_review(replicas, "13800000002")
    threads = [threading.Thread(target=say, args=(server, token, "确认")) for server in replicas.servers[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored(replicas, "13800000002")) == 1


def test_redis_stopped_is_said_clearly_and_loses_no_case(replicas: Replicas, redis: Redis) -> None:
    token = at_review(replicas, "13800000003")
    redis.stop()
    try:
        during = say(replicas.servers[0], token, "确认")
    finally:
        redis.start()
    assert refused_clearly(during), during
    assert stored(replicas, "13800000003") == []
    assert say(replicas.servers[1], token, "确认").json["outcome"] == "booked"
    assert len(stored(replicas, "13800000003")) == 1


def test_postgresql_stopped_is_said_clearly_and_loses_no_case(replicas: Replicas) -> None:
    before, token = stored(replicas, "13800000001"), at_review(replicas, "13800000004")
    control("-m", "fast", "stop")
    try:
        during = say(replicas.servers[0], token, "确认")
        ready = replicas.servers[0].call("GET", "/health/ready").status
        live = replicas.servers[0].call("GET", "/health/live").status
    finally:
        control("start")
    assert refused_clearly(during), during
    assert (ready, live) == (503, 200)
    assert stored(replicas, "13800000001") == before
    assert say(replicas.servers[1], token, "确认").json["outcome"] == "booked"
    assert len(stored(replicas, "13800000004")) == 1


def test_a_replica_killed_while_it_books_leaves_one_booking_or_none_and_the_other_goes_on(replicas: Replicas) -> None:
    token, victim = at_review(replicas, "13800000005"), replicas.servers[0]

    def confirm() -> None:
        with suppress(OSError, HTTPException):  # the connection breaks with the server
            say(victim, token, "确认")

    booker = threading.Thread(target=confirm)
    booker.start()
    booker.join(timeout=0.02)  # the message is under way
    kill(victim)
    booker.join()
    assert len(stored(replicas, "13800000005")) <= 1
    answer = say(replicas.servers[1], token, "确认")  # waits until the lock of the dead opens
    assert answer.status == 200, answer
    assert len(stored(replicas, "13800000005")) == 1
