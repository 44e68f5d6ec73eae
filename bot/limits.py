"""How many questions a user and a workspace may ask a minute: token buckets in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 20_000
"""Users and workspaces kept at most; those forgotten start with a full bucket."""


class RateLimit:
    """`per_minute` questions of a user at once and then one every 60/`per_minute` seconds, and the same for a workspace
    with `team_per_minute`; 0 is no limit."""

    def __init__(self, per_minute: int, team_per_minute: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._user, self._team = float(per_minute), float(team_per_minute)
        self._now = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait(self, team: str, user: str) -> float:
        """Takes one question; 0 where it may be asked, else the seconds until it may. A refused one costs nothing."""
        now = self._now()
        asked = [((team, user), self._user), ((team, ""), self._team)]
        left = [(key, size, self._left(key, size, now)) for key, size in asked if size]
        seconds = max(((1 - level) * 60 / size for _, size, level in left), default=0.0)
        for key, _, level in left:
            self._buckets[key] = (level - 1 if seconds <= 0 else level, now)
            self._buckets.move_to_end(key)
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return max(0.0, seconds)

    def _left(self, key: tuple[str, str], size: float, now: float) -> float:
        level, at = self._buckets.get(key, (size, now))
        return min(size, level + (now - at) * size / 60)
