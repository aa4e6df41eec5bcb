"""How often something may happen: moving windows per key, in memory or in a store that all processes share."""

from __future__ import annotations

import time
from functools import lru_cache

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from sync_server.problems import TooMany


class Limiter:
    """A rate is written as `10/minute` or `100/15 minutes`; `key` is who or what is counted."""

    def __init__(self, storage: str, *, on: bool = True) -> None:
        self._limiter = MovingWindowRateLimiter(storage_from_string(storage or "memory://"))
        self.on = on
        self.is_local = not storage or storage.startswith("memory")
        """Counting is a matter of microseconds, not of a connection."""

    def hit(self, what: str, key: str, rate: str) -> None:
        """Count one. Raises TooMany with the seconds to wait when it is one too many."""
        item = _parsed(rate)
        if self.on and not self._limiter.hit(item, what, key):
            self._refuse(item, what, key)

    def check(self, what: str, key: str, rate: str) -> None:
        """As `hit`, but counts nothing."""
        item = _parsed(rate)
        if self.on and not self._limiter.test(item, what, key):
            self._refuse(item, what, key)

    def forget(self, what: str, key: str, rate: str) -> None:
        self._limiter.clear(_parsed(rate), what, key)

    def _refuse(self, item: RateLimitItem, what: str, key: str) -> None:
        wait = max(1.0, self._limiter.get_window_stats(item, what, key).reset_time - time.time())
        raise TooMany(f"That was too often; try again in {round(wait)} s.", retry_after_s=wait)


@lru_cache
def _parsed(rate: str) -> RateLimitItem:
    return parse(rate)
