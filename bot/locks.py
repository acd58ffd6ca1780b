"""One turn at a time in each conversation: within this process, or among all replicas by Redis.

Rasa's own RedisLockStore reads a ticket list, changes it and writes it back in separate steps, so two replicas can both
believe that it is their turn, and it blocks the event loop meanwhile. redis-py's lock is one atomic command.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock_store import InMemoryLockStore, LockError, LockStore
from redis import asyncio as redis_asyncio
from redis.exceptions import LockError as LockLostError
from redis.exceptions import RedisError

log = logging.getLogger("zhiwen.locks")
LIFE_SECONDS = 20.0  # what a killed replica leaves locked opens again by itself after this
WAIT_SECONDS = 25.0
_LOOK_SECONDS = 0.05
_ANSWER_SECONDS = 3.0  # a Redis that hangs must not hang the citizen


class SharedLocks(LockStore):
    """Rasa's lock store over redis-py's lock. A Redis that does not answer raises RedisError: the turn is not begun."""

    def __init__(self, url: str, life: float = LIFE_SECONDS, wait: float = WAIT_SECONDS) -> None:
        super().__init__()
        self._redis = redis_asyncio.from_url(url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS)
        self._life, self._wait = life, wait

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncIterator[Any]:
        """Hold the conversation's lock; raises LockError when its turn does not come in time."""
        lock = self._redis.lock(f"zhiwen:turn:{conversation_id}", timeout=self._life, sleep=_LOOK_SECONDS, blocking_timeout=self._wait)
        if not await lock.acquire():
            raise LockError("another message of this conversation is still being handled")
        try:
            yield lock
        finally:
            await _release(lock)


async def _release(lock: Any) -> None:
    try:
        await lock.release()
    except (LockLostError, RedisError) as error:  # the turn is done and stored; the lock opens by itself
        log.warning("lock not released: %s", type(error).__name__)


def locks_for(redis_url: str | None) -> LockStore:
    """Shared locks where ZHIWEN_REDIS_URL is set, else this process's own."""
    return SharedLocks(redis_url) if redis_url else InMemoryLockStore()
