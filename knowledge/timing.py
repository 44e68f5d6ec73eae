"""Timers quoted in a question (`0/5000/-1/-1/5000`): the phase that they end in, and whether a timeout ran out."""

import re

_TIMERS = re.compile(r"(?<![\d/.])(-1|\d{1,7})/(-1|\d{1,7})/(-1|\d{1,7})/(-1|\d{1,7})/\+?(\d{1,8})(?![\d/])")
_PHASES = ("request", "queue", "connect", "headers")


def clues(text: str) -> set[str]:
    """Features of the first five HTTP timers in `text`, none where there are none.

    `timers.PHASE` names the phase of the first timer that is -1; `timers.expired` and `timers.early` say whether the whole
    time is a round one, as timeouts are, or too short for one.
    """
    found = _TIMERS.search(text) if "-1" in text and "/" in text else None
    if not found:
        return set()
    values = [int(part) for part in found.groups()]
    total = values[4]
    place = next((n for n, value in enumerate(values[:4]) if value == -1), None)
    if place is None:
        return set()
    if place == 2 and values[1] >= 1000 and values[1] >= total - max(values[0], 0) - 50:
        place = 1  # all the time went by in the queue
    elif place == 1 and values[0] >= 0:
        place = 2  # neither queued nor connected: no server was tried
    late = total >= 1000 and total % 500 <= max(20, total // 200)
    return {f"timers.{_PHASES[place]}", *(["timers.expired"] if late else ["timers.early"] if total < 500 else [])}
