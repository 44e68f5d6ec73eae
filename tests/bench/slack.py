"""What the bot needs of Slack to start and to be clicked, on loopback, counting connections and calls.

`python -m tests.bench.slack PORT`; GET /counts answers {"connections": …, "calls": {method: …}}.
"""

import asyncio
import json
import sys

_KNOWN = {
    "auth.test": {"team_id": "T0BENCH001", "user_id": "U0BOT", "bot_id": "B0BOT", "team": "bench"},
    "users.info": {"user": {"id": "U0BENCH001", "locale": "en-US"}},
}


class Counts:
    def __init__(self) -> None:
        self.connections = 0
        self.calls: dict[str, int] = {}


class Connection(asyncio.Protocol):
    """HTTP/1.1 as far as the bot's client speaks it: bodies with a length, connections kept."""

    def __init__(self, counts: Counts) -> None:
        self.counts, self.got, self.counted = counts, b"", False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.got += data
        while True:
            head, blank, rest = self.got.partition(b"\r\n\r\n")
            if not blank:
                return
            low = head.lower()
            at = low.find(b"content-length:")
            length = int(low[at + 15 :].split(b"\r\n", 1)[0]) if at > 0 else 0
            if len(rest) < length:
                return
            self.got = rest[length:]
            self.answer(head.split(b" ", 2)[1].decode().partition("?")[0].rpartition("/")[2])

    def answer(self, method: str) -> None:
        if method == "counts":
            said: object = {"connections": self.counts.connections, "calls": self.counts.calls}
        elif method == "healthz":
            said = {}
        else:
            self.counts.connections += not self.counted
            self.counted = True
            self.counts.calls[method] = self.counts.calls.get(method, 0) + 1
            said = {"ok": True, **_KNOWN.get(method, {})}
        body = json.dumps(said).encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )


async def serve(port: int) -> None:
    counts = Counts()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(counts), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
