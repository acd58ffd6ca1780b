"""How fast one session and one address may send. The only file that knows the limits library."""

from __future__ import annotations

from limits import parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

# One address may hold a classroom or an office behind one router.
ADDRESS_FACTOR = 10


class RateLimit:
    """Counts hits per session and per address; off when no rate is set."""

    def __init__(self, rate: str | None, redis_url: str | None = None) -> None:
        self._rate = parse(rate) if rate else None
        self._storage = RedisStorage(redis_url) if redis_url else MemoryStorage()  # the limiter itself holds it only weakly
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._per_address = parse(f"{self._rate.amount * ADDRESS_FACTOR}/{self._rate.GRANULARITY.name}") if self._rate else None

    def allows(self, address: str, session: str | None = None) -> bool:
        """Count one hit; False when the session or the address sends too fast."""
        if self._rate is None:
            return True
        if session is not None and not self._limiter.hit(self._rate, "session", session):
            return False
        return bool(self._limiter.hit(self._per_address, "address", address))
