"""Steps that servers and clients of the lab are made of: each does one thing to one connection.

A script that ends leaves its connection open until the run is over, so "stall" is simply the end of a script.
"""

import asyncio
import contextlib
import os
import re
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Protocol


class Lab(Protocol):
    """What a step may ask of the run it is part of."""

    pid: int

    def event(self, name: str) -> asyncio.Event: ...
    async def admin(self, command: str) -> str: ...
    async def logged(self, lines: int) -> None: ...
    def client(self) -> socket.socket: ...
    async def connect(self, sock: socket.socket) -> None: ...
    def stop(self, server: str) -> None: ...


class Peer:
    """One TCP connection of a scripted server or client; `ended` until it is there and once it is over."""

    sock: socket.socket

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.port = 0
        self.received = bytearray()
        self.ended = True
        self.others: list[socket.socket] = []

    def connected(self, sock: socket.socket) -> None:
        self.sock = sock
        self.port = sock.getsockname()[1]
        self.ended = False

    async def send(self, data: bytes) -> None:
        # A peer that has gone is an outcome of its own: the log tells what HAProxy made of it.
        try:
            await asyncio.get_running_loop().sock_sendall(self.sock, data)
        except OSError:
            self.ended = True

    async def receive(self) -> bool:
        """Takes what has come. False at the end of the connection, in peace or by reset."""
        if self.ended:
            return False
        # Not sock_recv: a task that is cancelled at the wrong moment would lose what it has just read.
        await readable(self.sock)
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        self.received += data
        self.ended = not data
        return bool(data)

    def close(self) -> None:
        self.ended = True
        if self.port:
            self.sock.close()


async def readable(sock: socket.socket) -> None:
    """Returns when there is something to read, or the end, or a connection to accept."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sock, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sock)


Step = Callable[[Peer], Awaitable[None]]
Script = tuple[Step, ...]


def send(*parts: bytes) -> Step:
    """Sends all parts in one go."""

    async def step(peer: Peer) -> None:
        await peer.send(b"".join(parts))

    return step


def read(size: int) -> Step:
    """Reads until `size` bytes have come in all, or the other side ended."""

    async def step(peer: Peer) -> None:
        while len(peer.received) < size and await peer.receive():
            pass

    return step


def read_until(end: bytes, times: int = 1) -> Step:
    """Reads until `end` has come `times` times in all, or the other side ended."""

    async def step(peer: Peer) -> None:
        while peer.received.count(end) < times and await peer.receive():
            pass

    return step


async def read_end(peer: Peer) -> None:
    """Reads until the other side ends the connection."""
    while await peer.receive():
        pass


def read_end_for(milliseconds: int) -> Step:
    """Reads until the other side ends the connection, or for this long."""

    async def step(peer: Peer) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(milliseconds / 1000):
                await read_end(peer)

    return step


read_head = read_until(b"\r\n\r\n")


async def close(peer: Peer) -> None:
    """Closes both directions in peace (FIN)."""
    peer.close()


async def shut(peer: Peer) -> None:
    """Closes the sending direction only."""
    peer.sock.shutdown(socket.SHUT_WR)


async def reset(peer: Peer) -> None:
    """Closes with a RST."""
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def tell(name: str) -> Step:
    async def step(peer: Peer) -> None:
        peer.lab.event(name).set()

    return step


def wait(name: str) -> Step:
    """Waits until some other script tells `name`."""

    async def step(peer: Peer) -> None:
        await peer.lab.event(name).wait()

    return step


def logged(lines: int = 1) -> Step:
    """Waits until HAProxy has logged `lines` lines in all."""

    async def step(peer: Peer) -> None:
        await peer.lab.logged(lines)

    return step


def pause(milliseconds: int) -> Step:
    async def step(_: Peer) -> None:
        await asyncio.sleep(milliseconds / 1000)

    return step


async def flood(peer: Peer) -> None:
    """Sends without end, until the other side goes."""
    while not peer.ended:
        await peer.send(b"x" * 65536)
        # What goes out at once does not give way to the other peers.
        await asyncio.sleep(0)


def admin(*commands: str) -> Step:
    """Says something on HAProxy's stats socket."""

    async def step(peer: Peer) -> None:
        for command in commands:
            answer = (await peer.lab.admin(command)).strip()
            if re.search(r"Unknown|rror|ot found|Invalid|No such", answer):
                raise AssertionError(f"{command}: {answer}")

    return step


def stop(server: str) -> Step:
    """The server listens no more."""

    async def step(peer: Peer) -> None:
        peer.lab.stop(server)

    return step


def until(command: str, pattern: str) -> Step:
    """Asks the stats socket until the answer matches `pattern`."""

    async def step(peer: Peer) -> None:
        while not re.search(pattern, await peer.lab.admin(command)):
            await asyncio.sleep(0.01)

    return step


def kill_sessions(mark: str = " fe=web ") -> Step:
    """`shutdown session` on every stream whose line in `show sess` has `mark`."""

    async def step(peer: Peer) -> None:
        for line in (await peer.lab.admin("show sess")).splitlines():
            if mark in line:
                await peer.lab.admin(f"shutdown session {line.split(':')[0]}")

    return step


def fill_descriptors(limit: int, left: int = 1) -> Step:
    """Opens idle connections until HAProxy has only `left` file descriptors below `limit`."""

    async def step(peer: Peer) -> None:
        def taken() -> int:
            return sum(int(name) < limit for name in os.listdir(f"/proc/{peer.lab.pid}/fd"))

        while taken() < limit - left:
            peer.others.append(peer.lab.client())
            await peer.lab.connect(peer.others[-1])
            await asyncio.sleep(0.01)

    return step
