"""What the lab's clients say: requests, whole and half, and how the statuses they got are read back."""

import re

from tests.lab import h2
from tests.lab.steps import Script, read_end, send

HOST = "Host: www.example.com"


def request(method: str = "GET", path: str = "/", *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", HOST, *headers]).encode() + b"\r\n\r\n" + body


GET = request()
CLOSE = request("GET", "/", "Connection: close")
HALF = b"GET / HTTP/1.1\r\nHost: www.ex"


def post(sent: int, promised: int | None = None, *headers: str) -> bytes:
    """A POST that promises `promised` bytes (default: what it sends) and brings `sent` of them."""
    return request("POST", "/", f"Content-Length: {sent if promised is None else promised}", *headers, body=b"x" * sent)


ASK: Script = (send(GET), read_end)


def statuses(received: bytes) -> list[int]:
    """The statuses that a client received, in order, interim ones (1xx) but 101 left out."""
    if not received.startswith(b"HTTP/"):
        return h2.statuses(received)
    found = [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", received)]
    return [status for status in found if status >= 200 or status == 101]
