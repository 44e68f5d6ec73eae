"""How many questions a user may ask a minute: a token bucket per user, in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 20_000
"""Users kept at most; those forgotten start with a full bucket."""


class RateLimit:
    """`per_minute` questions at once and then one every 60/`per_minute` seconds; 0 is no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = per_minute
        self._now = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait(self, team: str, user: str) -> float:
        """Takes one question; 0 where it may be asked, else the seconds until it may."""
        if not self._size:
            return 0.0
        now, rate = self._now(), self._size / 60
        left, at = self._buckets.pop((team, user), (float(self._size), now))
        left = min(float(self._size), left + (now - at) * rate)
        allowed = left >= 1
        self._buckets[team, user] = (left - 1 if allowed else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / rate
