"""The lab's backend servers: a script per connection, or one of the ways in which a host does not answer at all."""

import asyncio
import contextlib
import socket
from typing import NamedTuple

from tests.lab.steps import Lab, Peer, Script, read_head, readable, send

BODY = b"hello"


def response(status: int = 200, *headers: str, body: bytes = BODY, length: int | None = None) -> bytes:
    """A whole HTTP/1.1 response; a `length` other than the body's makes it promise more than it holds."""
    head = [f"HTTP/1.1 {status} Reason", f"content-length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def head(status: int = 200, *headers: str) -> bytes:
    """The head of a response, without a length unless `headers` give one."""
    return "\r\n".join([f"HTTP/1.1 {status} Reason", *headers]).encode() + b"\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


class Serve(NamedTuple):
    """Accepts, and runs the first script on the first connection, the next on the next, the last one on all others.

    A script starts with the first byte that HAProxy sends, so that a health check's bare connection takes none of
    them; `eager` ones start at once.
    """

    scripts: tuple[Script, ...]
    eager: bool = False


class Refuse(NamedTuple):
    """Nothing listens on the port: the kernel answers with a RST."""


class Silent(NamedTuple):
    """The queue of waiting connections is full: the kernel drops every SYN without an answer."""


class Absent(NamedTuple):
    """The address in the configuration stays as it is (a UNIX socket's path, a name …)."""


Server = Serve | Refuse | Silent | Absent

REFUSE, SILENT, ABSENT = Refuse(), Silent(), Absent()


def serve(*scripts: Script, eager: bool = False) -> Serve:
    return Serve(scripts, eager)


ANSWER = serve((read_head, send(response())))


class Host:
    """A running server: has an address from the start, and serves once `run` is awaited."""

    def __init__(self, server: Server, lab: Lab) -> None:
        self.server = server
        self.lab = lab
        self.peers: list[Peer] = []
        self.sockets: list[socket.socket] = []
        self.tasks: set[asyncio.Task[None]] = set()
        if isinstance(server, Absent):
            self.address = ""
            return
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        self.sockets.append(listener)
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        if isinstance(server, Silent):
            listener.listen(0)
            for _ in range(2):
                filler = socket.socket()
                filler.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    filler.connect(listener.getsockname())
                self.sockets.append(filler)
        elif isinstance(server, Serve):
            listener.listen(64)
            self.accepting = asyncio.create_task(self._accept(listener, server))
            self.tasks.add(self.accepting)

    async def _accept(self, listener: socket.socket, server: Serve) -> None:
        while True:
            await readable(listener)
            sock, _ = listener.accept()
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = Peer(self.lab)
            peer.connected(sock)
            self.tasks.add(asyncio.create_task(self._serve(peer, server)))

    async def _serve(self, peer: Peer, server: Serve) -> None:
        if not server.eager and not await peer.receive():
            peer.close()
            return
        self.peers.append(peer)
        script = server.scripts[min(len(self.peers), len(server.scripts)) - 1]
        for step in script:
            await step(peer)

    def stop(self) -> None:
        """Listens no more: new connections are refused, those that are there stay."""
        self.accepting.cancel()
        self.sockets[0].close()

    def fault(self) -> BaseException | None:
        """What went wrong in a script, None where nothing did."""
        done = [task for task in self.tasks if task.done() and not task.cancelled()]
        return next((error for task in done if (error := task.exception())), None)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for peer in self.peers:
            peer.close()
        for sock in self.sockets:
            sock.close()
