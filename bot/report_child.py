"""The child that fetches and counts a log for the bot: a task on standard input, an answer with its picture on standard output.

It runs beside the bot at the lowest priority, so that acks stay fast. Nothing touches a disk; what it may fetch, unpack
and take of time and memory is bounded; the token goes to the hosts of the task and nowhere else, whatever redirects say.
"""

import base64
import http.client
import io
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from knowledge.base import load
from knowledge.model import Language
from knowledge.report import from_tally
from knowledge.report_answer import answer
from knowledge.report_chart import png
from knowledge.report_files import scan_stream, unpacked

NICE = 19
REDIRECTS = 3
SILENT_SECONDS = 15
"""Seconds that a server may say nothing."""
MEMORY = 1 << 30
"""Bytes of address space: a damaged or hostile archive must not take the machine's."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


BEGINNING = 4096
"""Bytes at the beginning of a text that hold no zero."""


class Task(msgspec.Struct, frozen=True):
    """What to fetch, for whom, and the limits: bytes of the file, bytes unpacked, seconds in all."""

    url: str
    token: str
    hosts: tuple[str, ...]
    language: Language
    most: int
    most_unpacked: int
    seconds: int


class Refused(Exception):
    """Why there is no answer: a key that the bot has a sentence for."""


class Bounded(io.RawIOBase):
    """A stream that gives up beyond so many bytes, and, where it has to be `text`, on zero bytes at its beginning."""

    def __init__(self, inner: Any, most: int, *, text: bool = False) -> None:
        self._inner, self._left, self._unchecked = inner, most, BEGINNING if text else 0
        self._refusal = "file_bomb" if text else "file_large"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        got = int(self._inner.readinto(buffer) or 0)
        self._left -= got
        if self._left < 0:
            raise Refused(self._refusal)
        if self._unchecked > 0:
            if b"\0" in bytes(memoryview(buffer)[: min(got, self._unchecked)]):
                raise Refused("file_unreadable")
            self._unchecked -= got
        return got


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def allowed(url: str, hosts: Sequence[str]) -> bool:
    """True for https to one of the hosts (with its port, where it is not https's own); http only to this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.username or parts.password or not parts.hostname:
        return False
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    place = parts.hostname if port in (None, usual) else f"{parts.hostname}:{port}"
    return place in hosts and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def fetch(task: Task) -> http.client.HTTPResponse:
    """The file, opened. Refused where it is elsewhere, or Slack shows its sign-in page instead. OSError as urllib's."""
    opener = urllib.request.build_opener(_NoRedirect)
    url = task.url
    for _ in range(REDIRECTS + 1):
        if not allowed(url, task.hosts):
            raise Refused("file_elsewhere" if url == task.url else "missing_scope")
        request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})  # noqa: S310 `allowed` has checked it
        request.add_unredirected_header("Authorization", f"Bearer {task.token}")
        try:
            response: http.client.HTTPResponse = opener.open(request, timeout=SILENT_SECONDS)
        except urllib.error.HTTPError as error:
            if error.code not in (301, 302, 303, 307, 308):
                raise Refused("missing_scope" if error.code in (401, 403) else "file_failed") from None
            url = urljoin(url, error.headers.get("Location", ""))
            continue
        if response.headers.get_content_type() == "text/html":
            # A token that may not read files gets the sign-in page, with status 200.
            raise Refused("missing_scope")
        return response
    raise Refused("file_failed")


def read(task: Task) -> bytes:
    """The answer about the file and its picture, as JSON. Refused says why there is none."""
    try:
        with fetch(task) as response:
            stream = Bounded(response, task.most)
            head = b""
            while len(head) < 512 and (more := stream.read(512 - len(head))):
                head += more
            if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
                raise Refused("missing_scope")
            tally = scan_stream(Bounded(unpacked(head, stream), task.most_unpacked, text=True))  # type: ignore[arg-type]
            if response.length:
                raise Refused("file_failed")  # the connection ended before the file did
    except (EOFError, ValueError, MemoryError):
        raise Refused("file_unreadable") from None
    except (TimeoutError, http.client.HTTPException):
        raise Refused("file_slow") from None
    except OSError as error:
        raise Refused("file_unreadable" if type(error).__name__ == "BadGzipFile" else "file_failed") from None
    report = from_tally(tally)
    found = answer(load(), report, task.language)
    picture = png(report) or b""
    return msgspec.json.encode({"answer": found, "png": base64.b64encode(picture).decode()})


def main() -> int:
    """0 with the answer, or with `{"refused": key}`, on standard output."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    if hasattr(os, "nice"):
        os.nice(NICE)
        signal.alarm(task.seconds + 2)  # the bot asks for its end before; this is for a bot that was killed
        _limit_memory()
    try:
        said = read(task)
    except Refused as refused:
        said = msgspec.json.encode({"refused": str(refused)})
    sys.stdout.buffer.write(said)
    return 0


def _limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
