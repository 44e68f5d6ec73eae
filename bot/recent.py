"""What was seen lately, in a few bytes each: signatures against replay, deliveries that were answered."""

import math
import time
from collections.abc import Callable


class Recent:
    """Strings, of which the last `most` at least are remembered, and each of those for `seconds` at least.

    Only their hashes are kept (keyed anew for every process), in two generations: a string costs 70 bytes instead of 300, and
    two different ones are taken for each other once in 2^64.
    """

    def __init__(self, most: int, seconds: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._now = most, seconds, clock
        self._new: set[int] = set()
        self._old: set[int] = set()
        self._until = clock() + seconds

    def __contains__(self, text: str) -> bool:
        number = hash(text)
        return number in self._new or number in self._old

    def add(self, text: str) -> None:
        """Remembers a string."""
        if len(self._new) >= self._most or self._now() >= self._until:
            self._old, self._new = self._new, set()
            self._until = self._now() + self._seconds
        self._new.add(hash(text))

    def discard(self, text: str) -> None:
        """Forgets a string."""
        number = hash(text)
        self._new.discard(number)
        self._old.discard(number)
