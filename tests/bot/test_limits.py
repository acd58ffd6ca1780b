from __future__ import annotations

import pytest

from bot.channels.limits import ADDRESS_FACTOR, RateLimit, neighbourhood


def test_a_session_that_sends_too_fast_is_stopped_and_others_are_not() -> None:
    limit = RateLimit("3/minute")
    assert [limit.allows("10.0.0.1", "one") for _ in range(5)] == [True, True, True, False, False]
    assert limit.allows("10.0.0.1", "two")


def test_a_classroom_behind_one_address_may_send_but_not_without_end() -> None:
    limit = RateLimit("3/minute")
    allowed = [limit.allows("10.0.0.1", f"session-{n}") for n in range(3 * ADDRESS_FACTOR + 5)]
    assert sum(allowed) == 3 * ADDRESS_FACTOR
    assert limit.allows("10.0.0.2", "another")


def test_opening_sessions_counts_for_the_address() -> None:
    limit = RateLimit("1/minute")
    assert sum(limit.allows("10.0.0.1") for _ in range(50)) == ADDRESS_FACTOR


def test_off_is_off() -> None:
    limit = RateLimit(None)
    assert all(limit.allows("10.0.0.1", "one") for _ in range(1000))


def test_every_unit_of_a_rate_is_understood() -> None:
    for unit in ("second", "minute", "hour"):
        assert RateLimit(f"2/{unit}").allows("10.0.0.1", "one")


def test_the_time_to_wait_is_told_in_seconds_of_the_unit() -> None:
    limit = RateLimit("2/minute")
    assert [limit.wait("10.0.0.1", "one") for _ in range(2)] == [None, None]
    wait = limit.wait("10.0.0.1", "one")
    assert wait is not None
    assert 50 <= wait <= 60
    assert RateLimit(None).wait("10.0.0.1", "one") is None


def test_all_addresses_of_one_network_of_the_new_kind_count_as_one() -> None:
    limit = RateLimit("1/hour")
    allowed = [limit.allows(f"2001:db8:1:2::{n:x}") for n in range(1, 30)]
    assert sum(allowed) == ADDRESS_FACTOR
    assert limit.allows("2001:db8:1:3::1")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted
