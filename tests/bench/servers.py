"""Servers under load: the floor, the bare Bolt echo and haflag, each a process of its own on one processor."""

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.bench import load
from tests.bench.measure import ENVIRONMENT, ROOT, haflag, pinned, run

SERVER, CLIENT = 0, 1
"""Processors: servers on the first, load and the stand-in for Slack on the second."""


class Server:
    """A running server: its port, its process id, and the seconds from its start to its first signed answer."""

    def __init__(self, port: int, pid: int, ready: float) -> None:
        self.port, self.pid, self.ready = port, pid, ready

    def load(self, connections: int, seconds: float, kind: str, most: int = 0, rate: float = 0) -> dict[str, float]:
        """A load on this server, of `most` requests, at `rate` a second. RuntimeError where an answer was wrong or lacking."""
        command = [sys.executable, "-m", "tests.bench.load", str(self.port), str(connections), str(seconds), kind]
        done = run([*command, str(most), *([str(rate)] if rate else [])], processor=CLIENT)
        found: dict[str, float] = json.loads(done.out)
        if found["failed"]:
            raise RuntimeError(f"{found['failed']:.0f} of {found['requests']:.0f} answers were wrong")
        return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def started(
    command: list[str], port: int, processor: int, answers: bytes = b"HTTP/1.1 200", **environment: str
) -> Iterator[Server]:
    """A server, once it has answered as `answers` says; ended after the block."""
    began = time.perf_counter()
    child = subprocess.Popen(pinned(command, processor), env={**ENVIRONMENT, **environment}, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port, answers):
            if child.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError(f"{' '.join(command[-3:])} does not start")
            time.sleep(0.002)
        yield Server(port, child.pid, time.perf_counter() - began)
    finally:
        child.terminate()
        child.wait(15)


def _answers(port: int, expected: bytes) -> bool:
    """True where a signed request is answered as expected (the stand-in for Slack answers anything, files nothing)."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(next(load.requests([load.slash("cD")], 1)))
        return connection.recv(12).startswith(expected)
    return False


@contextmanager
def floor() -> Iterator[Server]:
    port = free_port()
    with started([sys.executable, "-m", "tests.bench.floor", str(port)], port, SERVER) as server:
        yield server


@contextmanager
def echo() -> Iterator[Server]:
    port = free_port()
    with started([sys.executable, "-m", "tests.bench.echo", str(port)], port, SERVER) as server:
        yield server


@contextmanager
def slack() -> Iterator[Server]:
    port = free_port()
    with started([sys.executable, "-m", "tests.bench.slack", str(port)], port, CLIENT) as server:
        yield server


@contextmanager
def files(folder: Path) -> Iterator[Server]:
    """The place that a log is fetched from; its processor is that of the load."""
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    with started(command, port, CLIENT, answers=b"HTTP/1.") as server:
        yield server


@contextmanager
def bot(slack_port: int, folder: str = "") -> Iterator[Server]:
    """haflag as it is deployed for HTTP, with the stand-in for Slack and no rate limit; its database is in `folder`, else new."""
    with ExitStack() as closing:
        data = folder or closing.enter_context(tempfile.TemporaryDirectory())
        port = free_port()
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": load.SECRET, "PORT": str(port),
            "HAFLAG_RATE_LIMIT": "0", "HAFLAG_TEAM_RATE_LIMIT": "0",
            "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/", "HAFLAG_DATA": data, "HAFLAG_HOST": "127.0.0.1",
        }  # fmt: skip
        yield closing.enter_context(started([*haflag(), "serve"], port, SERVER, **environment))


def counts(port: int) -> dict[str, object]:
    """What the stand-in for Slack has counted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/counts")
    found: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return found
