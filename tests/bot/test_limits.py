from __future__ import annotations

from bot.channels.limits import ADDRESS_FACTOR, RateLimit


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
