"""The lock that replicas share, on a real Redis."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockError
from redis.exceptions import RedisError

from bot.locks import SharedLocks, locks_for
from tests.replicas.conftest import Redis

pytestmark = pytest.mark.redis


async def test_two_replicas_take_turns_in_one_conversation(redis: Redis) -> None:
    inside, most = 0, 0

    async def turn(locks: SharedLocks) -> None:
        nonlocal inside, most
        async with locks.lock("web-1"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(turn(SharedLocks(redis.url)) for _ in range(6)))
    assert (inside, most) == (0, 1)


async def test_other_conversations_do_not_wait(redis: Redis) -> None:
    locks = SharedLocks(redis.url, wait=0.2)
    async with locks.lock("web-1"), locks.lock("web-2"):
        with pytest.raises(LockError):
            async with locks.lock("web-1"):
                pass


async def test_what_a_killed_replica_leaves_locked_opens_by_itself(redis: Redis) -> None:
    await SharedLocks(redis.url, life=0.3).lock("web-3").__aenter__()  # never left
    async with SharedLocks(redis.url, wait=2).lock("web-3") as lock:
        assert await lock.owned()


async def test_without_redis_no_turn_begins_and_with_it_again_it_does(redis: Redis) -> None:
    locks = SharedLocks(redis.url)
    async with locks.lock("web-4"):
        redis.stop()  # in the middle of a turn: the turn is not undone
    with pytest.raises(RedisError):
        async with locks.lock("web-4"):
            pytest.fail("the turn must not begin")
    redis.start()
    async with locks.lock("web-4") as lock:
        assert await lock.owned()


def test_one_process_without_redis_keeps_its_own_locks() -> None:
    assert isinstance(locks_for(None), InMemoryLockStore)
