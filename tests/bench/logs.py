"""Logs to measure with: HTTP with captures, TCP, notices, handshake failures and a forged record, of any size."""

import random
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import CACHE

_STATES = ["----"] * 60 + ["--NI", "--VN", "LR--", "cD--", "sH--", "SC--", "sC--", "PR--", "CD--", "SD--", "sQ--", "CH--"]
_STATUS = {"sH--": "504", "SC--": "503", "sC--": "503", "PR--": "403", "sQ--": "503", "SD--": "200", "CH--": "-1"}
_PATHS = ("/", "/cart", "/api/v1/orders?page=2", "/static/app.js", "/login", "/search?q=a+b", "/healthz")
FORGED = "[24/Nov/2026:00:00:01.000] web app0/s1 0/0/1/2/3 503 0 - - SC-- 1/1/1/1/0 0/0 {x} GET / HTTP/1.1"
"""What a client may send as its User-Agent: no record."""
_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", FORGED)
_DATE = "24/Nov/2026:00:00"


def template(lines: int = 20_000) -> bytes:
    """A block of whole lines, the same on every machine; its dates are all in the minute `_DATE`."""
    dice = random.Random(9)
    return "".join(_line(dice) + "\n" for _ in range(lines)).encode()


def _line(dice: random.Random) -> str:
    address = f"192.0.2.{dice.randrange(1, 255)}:{dice.randrange(1024, 65535)}"
    head = f"Nov 24 00:00:{dice.randrange(60):02d} lb1 haproxy[812]: "
    date = f"[{_DATE}:{dice.randrange(60):02d}.{dice.randrange(1000):03d}]"
    kind = dice.random()
    if kind < 0.004:
        return f"{head}Server app/s{dice.randrange(8)} is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active left."
    if kind < 0.008:
        return f"{head}{address} {date} web/1: SSL handshake failure"
    server, conns = f"app{dice.randrange(4)}/s{dice.randrange(8)}", f"{dice.randrange(400)}/{dice.randrange(300)}/3/1/0 0/0"
    if kind < 0.1:
        return f"{head}{address} {date} db {server} 0/1/{dice.randrange(90000)} 873 {dice.choice(('--', 'cD', 'SD'))} {conns}"
    state = dice.choice(_STATES)
    status = _STATUS.get(state, dice.choice(("200", "200", "200", "304", "302", "404")))
    timers = f"0/0/{dice.randrange(9)}/{dice.randrange(900)}/{dice.randrange(2000)}"
    agent = dice.choice(_AGENTS) if dice.random() < 0.01 else dice.choice(_AGENTS[:2])
    return (
        f"{head}{address} {date} web {server} {timers} {status} {dice.randrange(90000)} - - {state} {conns} "
        f'{{www.example.com|{agent}}} "GET {dice.choice(_PATHS)} HTTP/1.1"'
    )


def stream(size: int) -> Iterator[bytes]:
    """Blocks of about `size` bytes together, a new minute of one day every block."""
    block, old = template(), _DATE.encode()
    for number in range(max(1, round(size / len(block)))):
        minute = b"24/Nov/2026:%02d:%02d" % (number // 60 % 24, number % 60)
        yield block.replace(old, minute)


def file(size: int) -> Path:
    """A log of about `size` bytes in the cache; its pages are warm as it was just written or is read once more."""
    path = CACHE / f"haproxy-{size // 1_000_000}M.log"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        with draft.open("wb") as out:
            out.writelines(stream(size))
        draft.rename(path)
    with path.open("rb") as given:
        while given.read(1 << 20):
            pass
    return path
