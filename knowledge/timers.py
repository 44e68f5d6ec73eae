"""What the timers of a line add up to: which phase took the time, and which timeout or how many attempts it equals."""

from msgspec import Struct

from knowledge.logrecord import LogLine

_ROUND = (
    *(100, 150, 200, 250, 300, 400, 500, 600, 700, 750, 800, 900),
    *(1000 * s for s in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 90)),
    *(1000 * s for s in (100, 110, 120, 125, 150, 180, 200, 240, 250, 300, 330, 360, 400, 420, 450, 480, 500, 600, 660, 720)),
    *(60_000 * m for m in (15, 20, 25, 30, 35, 40, 45, 50, 60, 61, 75, 90, 120, 180, 240, 300, 360, 480, 600, 720, 1440, 2880)),
)  # fmt: skip
"""The durations in ms that people configure."""


class Phases(Struct, frozen=True):
    """Where the time of a session went, in ms; None where the line does not tell. `reached` is the last phase that was
    entered: "request", "queue", "connect", "response", "data" (None: the line has no timers to tell by)."""

    reached: str | None
    elapsed: int | None
    connecting: int | None
    waiting: int | None
    transfer: int | None


_TCP_ORDER = (("Tw", "queue"), ("Tc", "connect"))
_HTTP_ORDER = (("TR", "request"), *_TCP_ORDER, ("Tr", "response"))


def phases(line: LogLine) -> Phases:
    """The phases of a line, from its -1s and sums. Source: manual 8.4 (timing events)."""
    t, total = line.timers, line.total
    reached = None
    order = _TCP_ORDER if line.mode == "tcp" else _HTTP_ORDER
    if all(name in t for name, _ in order):
        reached = next((phase for name, phase in order if t[name] == -1), "data")
    connecting = waiting = transfer = None
    if total is not None and not line.logasap and reached is not None:
        if reached == "connect":
            connecting = _rest(total, t, ("TR", "Tw"))
        elif reached == "response":
            waiting = _rest(total, t, ("TR", "Tw", "Tc"))
        elif reached == "data":
            transfer = _rest(total, t, ("TR", "Tw", "Tc", "Tr"))
    return Phases(reached, total, connecting, waiting, transfer)


def _rest(total: int, timers: dict[str, int], before: tuple[str, ...]) -> int | None:
    rest = total - sum(max(0, timers.get(name, 0)) for name in before)
    return rest if rest >= 0 else None


def as_timeout(elapsed: int) -> str | None:
    """The configured duration that `elapsed` ms ran into (30001 → `30s`), None where it is near none.

    HAProxy's timers fire at or a few ms after their time, never before it; its clock is rounded to 1 ms.
    """
    for candidate in _ROUND:
        if -2 <= elapsed - candidate <= (4 if candidate < 1000 else max(12, candidate // 400)):
            return spell(candidate)
    return None


def spell(ms: int) -> str:
    """A duration as configurations write it: `500ms`, `30s`, `5m`, `1h`."""
    for unit, size in (("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if ms >= size and ms % size == 0 and not (unit == "m" and ms < 120_000 and ms != 60_000):
            return f"{ms // size}{unit}"
    return f"{ms}ms"


def attempts(line: LogLine, connecting: int) -> tuple[int, str] | None:
    """How many connection attempts `connecting` ms were, and the `timeout connect` that each ran into."""
    if line.retries is None or line.retries < 0:
        return None
    count = line.retries + 1
    each = as_timeout(round(connecting / count)) if connecting >= count * 90 else None
    return (count, each) if each else None
