"""How fast one session and one address may send. The only file that knows the limits library."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

# One address may hold a classroom or an office behind one router.
ADDRESS_FACTOR = 10
_OWN_NETWORK = 64  # bits: whoever has an IPv6 address has all that begin like it


def neighbourhood(address: str) -> str:
    """What counts as one address: an IPv4 address, the /64 network of an IPv6 address, anything else as it is."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, _OWN_NETWORK), strict=False))


class RateLimit:
    """Counts hits per session and per address; off when no rate is set."""

    def __init__(self, rate: str | None, redis_url: str | None = None) -> None:
        self._rate = parse(rate) if rate else None
        self._storage = RedisStorage(redis_url) if redis_url else MemoryStorage()  # the limiter itself holds it only weakly
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._per_address = parse(f"{self._rate.amount * ADDRESS_FACTOR}/{self._rate.GRANULARITY.name}") if self._rate else None

    def allows(self, address: str, session: str | None = None) -> bool:
        """Count one hit; False when the session or the address sends too fast."""
        return self.wait(address, session) is None

    def wait(self, address: str, session: str | None = None) -> int | None:
        """Count one hit; None when it is allowed, else the whole seconds until the next one may come."""
        if self._rate is None:
            return None
        if session is not None and not self._limiter.hit(self._rate, "session", session):
            return self._seconds(self._rate, "session", session)
        place = neighbourhood(address)
        if not self._limiter.hit(self._per_address, "address", place):
            return self._seconds(self._per_address, "address", place)
        return None

    def _seconds(self, rate: RateLimitItem, *who: str) -> int:
        reset = self._limiter.get_window_stats(rate, *who)[0]
        return max(1, min(math.ceil(reset - time.time()), rate.get_expiry()))
