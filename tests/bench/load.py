"""The load: signed requests on connections that are kept, every answer checked, one JSON line of what came out.

`python -m tests.bench.load PORT CONNECTIONS SECONDS KIND [MOST [RATE]]`, KIND a key of `KINDS`. Everything is signed before
it starts, but for a load at a RATE (requests a second), which is signed as it goes: signatures age.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SECRET = "a-signing-secret-of-the-bench"
TEAM, USER = "T0BENCH001", "U0BENCH001"
PATH = "/slack/events"
_MOST = 25_000
_QUESTIONS = Path(__file__).resolve().parents[1] / "eval" / "questions.jsonl"


def questions() -> list[str]:
    """Symptom questions in both languages, as people put them."""
    rows = [json.loads(line) for line in _QUESTIONS.read_text("utf-8").splitlines()]
    return [row["query"] for row in rows if row["expected"] and len(row["query"]) > 12]


def unlike(count: int) -> list[str]:
    """As many questions, no two alike: each ends with a word that means nothing."""
    asked, words = questions(), product("abcdefghij", repeat=4)
    return [f"{asked[n % len(asked)]} zq{''.join(word)}" for n, word in zip(range(count), words, strict=False)]


def slash(text: str) -> str:
    return urlencode({"command": "/haflag", "text": text, "team_id": TEAM, "user_id": USER, "channel_id": "C0BENCH001"})


def interaction(**payload: Any) -> str:
    who = {"user": {"id": USER}, "team": {"id": TEAM}, "channel": {"id": "C0BENCH001"}, "trigger_id": "1.2.3"}
    return urlencode({"payload": json.dumps({**who, **payload})})


def click() -> str:
    action = {"type": "button", "action_id": "haflag:page:0", "block_id": "b", "value": "en cD"}
    return interaction(type="block_actions", actions=[action], container={"type": "message", "is_ephemeral": True})


KINDS: dict[str, tuple[Callable[[], list[str]], bytes]] = {
    "code": (lambda: [slash("cD")], b"cD"),
    "words": (lambda: [slash(text) for text in questions()], b'"text"'),
    "new": (lambda: [slash(text) for text in unlike(4_000)], b'"text"'),
    "click": (lambda: [click()], b""),
    "shortcut": (lambda: [interaction(type="shortcut", callback_id="haflag:none")], b""),
    "closed": (lambda: [interaction(type="view_closed", view={"type": "modal", "callback_id": "haflag:none"})], b""),
}
"""Bodies of each kind of request, and what its answer must hold."""


def requests(bodies: list[str], most: int) -> Iterator[bytes]:
    """Signed requests, no two alike: a repeated one is refused."""
    stamp = str(int(time.time()))
    unique = f"{time.time_ns():x}"
    heads = [(hmac.new(SECRET.encode(), f"v0:{stamp}:{body}&n={unique}-".encode(), hashlib.sha256), body) for body in bodies]
    for number in range(most):
        signing, body = heads[number % len(heads)]
        tail = f"{number:06d}"
        signed = signing.copy()
        signed.update(tail.encode())
        whole = f"{body}&n={unique}-{tail}"
        yield (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(whole)}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
            f"X-Slack-Signature: v0={signed.hexdigest()}\r\n\r\n{whole}"
        ).encode()


def fresh(bodies: list[str], most: int) -> Iterator[bytes]:
    """The same, signed a hundred at a time, so that none is older than Slack's five minutes."""
    for at in range(0, most, 100):
        yield from requests(bodies[at % len(bodies) :] + bodies[: at % len(bodies)], min(100, most - at))


class Connection(asyncio.Protocol):
    """One request after the other on one connection."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.got = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.load.open += 1
        self.due = time.perf_counter()
        self.next()

    def pace(self) -> None:
        """Sends the next request when it is due; at once where the answer came late or no rate is asked for."""
        self.due += self.load.interval
        wait = self.due - time.perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self.next)
        else:
            self.next()

    def next(self) -> None:
        request = next(self.load.requests, None) if time.perf_counter() < self.load.until else None
        if request is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, blank, body = self.got.partition(b"\r\n\r\n")
        if not blank:
            return
        low = head.lower()
        at = low.find(b"content-length:")
        length = int(low[at + 15 :].split(b"\r\n", 1)[0]) if at > 0 else 0
        if len(body) < length:
            return
        self.got = b""
        self.load.waits.append(time.perf_counter() - self.sent)
        if not head.startswith(b"HTTP/1.1 200") or self.load.marker not in body:
            self.load.failed += 1
        self.pace()

    def connection_lost(self, exc: Exception | None) -> None:
        self.load.failed += exc is not None
        self.load.open -= 1
        if not self.load.open:
            self.load.over.set()


class Load:
    """All connections of one run."""

    def __init__(self, kind: str, most: int, rate: float = 0) -> None:
        bodies, self.marker = KINDS[kind]
        self.requests: Iterator[bytes] = fresh(bodies(), most) if rate else iter(list(requests(bodies(), most)))
        self.rate, self.interval = rate, 0.0
        self.waits: list[float] = []
        self.failed = self.open = 0
        self.until = 0.0
        self.over = asyncio.Event()

    async def run(self, port: int, connections: int, seconds: float) -> dict[str, float]:
        """Requests, requests/s, p50 and p99 in ms, and how many answers were wrong or lacking."""
        started = time.perf_counter()
        self.until = started + seconds
        self.interval = connections / self.rate if self.rate else 0.0
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", port)
        await asyncio.wait_for(self.over.wait(), seconds + 20)
        took = time.perf_counter() - started
        waits = sorted(self.waits)
        at = {name: 1000 * waits[min(len(waits) - 1, int(len(waits) * share))] for name, share in (("p50", 0.5), ("p99", 0.99))}
        return {"requests": len(waits), "rate": len(waits) / took, **at, "failed": self.failed}


def main(argv: list[str]) -> None:
    port, connections, seconds, kind = int(argv[0]), int(argv[1]), float(argv[2]), argv[3]
    most, rate = (int(argv[4]), float(argv[5])) if len(argv) > 5 else (int(argv[4]) if len(argv) > 4 else 0, 0.0)
    load = Load(kind, most or min(_MOST, int(seconds * 12_000)), rate)
    try:
        import uvloop
    except ImportError:
        print(json.dumps(asyncio.run(load.run(port, connections, seconds))))
    else:
        print(json.dumps(uvloop.run(load.run(port, connections, seconds))))


if __name__ == "__main__":
    main(sys.argv[1:])
