"""Timers quoted in a question (`0/5000/-1/-1/5000`): the phase that they end in, and whether a timeout ran out."""

import re

_TIMERS = re.compile(r"(?<![\d/.])(-1|\d{1,7})/(-1|\d{1,7})/(-1|\d{1,7})/(-1|\d{1,7})/\+?(\d{1,8})(?![\d/])")
_SET = re.compile(
    r"(?:timeout (client|server)|(client|server)(?:[- ]side)? timeout)(?:s? (?:is|at|of|set to|only))?"
    r"[ =:]{0,3}(?:设|設|是|为|為|只有|成|了){0,2}[ =:]{0,3}(\d{1,6}) ?(ms|s|sec|m|min|h|d|秒|分|小时|小時)?",
    re.IGNORECASE,
)
"""A timeout of HAProxy's and its value: `timeout client 30s`, "client timeout is 1h"."""
_UNITS = {"ms": 0.001, "m": 60.0, "min": 60.0, "分": 60.0, "h": 3600.0, "小时": 3600.0, "小時": 3600.0, "d": 86400.0}
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


def shorter(text: str) -> set[str]:
    """`shorter.client` or `shorter.server` where `text` gives a value for both timeouts: the shorter one runs out first."""
    if text.count("timeout") + text.count("Timeout") < 2:
        return set()
    found = {
        (hit[1] or hit[2]).casefold(): int(hit[3]) * _UNITS.get((hit[4] or "s").casefold(), 1.0) for hit in _SET.finditer(text)
    }
    if len(found) < 2 or found["client"] == found["server"]:
        return set()
    return {f"shorter.{min(found, key=found.__getitem__)}"}
