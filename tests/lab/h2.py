"""As much of HTTP/2 as the lab's client needs: frames, requests with literal headers, and statuses read back.

HAProxy writes `:status` as an indexed field or as a literal without Huffman code, so no HPACK library is needed.
"""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
CANCEL = struct.pack(">I", 8)

_INDEXED = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _literal(name: str, value: str) -> bytes:
    return b"".join([b"\x00", bytes([len(name)]), name.encode(), bytes([len(value)]), value.encode()])


def start(window: int | None = None) -> bytes:
    """The preface and SETTINGS; `window` is the initial size of every stream's window."""
    settings = b"" if window is None else struct.pack(">HI", 4, window)
    return PREFACE + frame(SETTINGS, 0, 0, settings)


def request(method: str = "GET", path: str = "/", headers: dict[str, str] | None = None, *, body: bool = False) -> bytes:
    """A HEADERS frame on stream 1; with `body` the stream stays open for DATA."""
    fields = {":method": method, ":scheme": "http", ":authority": "www.example.com", ":path": path, **(headers or {})}
    block = b"".join(_literal(name, value) for name, value in fields.items())
    return frame(HEADERS, END_HEADERS | (0 if body else END_STREAM), 1, block)


def frames(received: bytes) -> list[tuple[int, int, int, bytes]]:
    """The whole frames in `received`: kind, flags, stream, payload."""
    found, at = [], 0
    while len(received) >= at + 9:
        size = int.from_bytes(received[at : at + 3], "big")
        kind, flags, stream = struct.unpack(">BBI", received[at + 3 : at + 9])
        found.append((kind, flags, stream & 0x7FFFFFFF, received[at + 9 : at + 9 + size]))
        at += 9 + size
    return found


def statuses(received: bytes) -> list[int]:
    """The status of every response whose HEADERS have come."""
    found = []
    for kind, _, _, payload in frames(received):
        # A dynamic table size update may come before the status.
        block = payload.lstrip(b"\x20") if kind == HEADERS else b""
        if block[:1] and block[0] in _INDEXED:
            found.append(_INDEXED[block[0]])
        elif block[:2] in (b"\x08\x03", b"\x48\x03", b"\x18\x03"):
            found.append(int(block[2:5]))
    return [status for status in found if status >= 200]
