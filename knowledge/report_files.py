"""Files and streams of any size → a Report: plain, gzip or zstd, in two processes where a plain file is worth it."""

import gc
import gzip
import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from knowledge.report import Report, from_tally
from knowledge.report_scan import BLOCK, Scanner
from knowledge.report_tally import Tally

Progress = Callable[[int], None]
"""Told the bytes that were read since it was last called."""

_WORTH_A_PROCESS = 16_000_000
_MOST_PROCESSES = 4


def _nothing(read: int) -> None:
    pass


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """What is found in a block lives for a moment and holds no cycle: walking it took a twentieth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@_rarely_collected()
def scan_stream(stream: BinaryIO, limit: int | None = None, progress: Progress = _nothing) -> Tally:
    """Counts `stream` to its end, or its first `limit` bytes. The last line may lack its newline."""
    scanner = Scanner()
    buffer = bytearray(2 * BLOCK)
    view = memoryview(buffer)
    kept = unreported = 0
    readinto: Callable[[memoryview], int | None] = stream.readinto  # type: ignore[attr-defined]
    skipping = False
    while True:
        room = BLOCK if limit is None else min(BLOCK, limit)
        got = readinto(view[kept : kept + room]) if room else 0
        if not got:
            break
        if limit is not None:
            limit -= got
        unreported += got
        if unreported >= 8_000_000:
            progress(unreported)
            unreported = 0
        end = buffer.rfind(b"\n", kept, kept + got) + 1
        total = kept + got
        if end:
            start = 0
            if skipping:  # the rest of a line longer than the buffer, whose beginning was counted
                start = buffer.find(b"\n") + 1
                skipping = False
            if start:
                block = bytes(view[start:end])
                scanner.feed(block, len(block))
            else:
                scanner.feed(buffer, end)
            kept = total - end
            view[:kept] = bytes(view[end:total])
        elif total > BLOCK:
            if not skipping:
                scanner.feed(bytes(view[:total]) + b"\n", total + 1)
                skipping = True
            kept = 0
        else:
            kept = total
    if kept and not skipping:
        scanner.feed(bytes(view[:kept]) + b"\n", kept + 1)
    progress(unreported)
    return scanner.finish()


class _Ahead(io.RawIOBase):
    """A stream whose first bytes were read already, put back in front: pipes cannot be rewound."""

    def __init__(self, head: bytes, rest: io.RawIOBase) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._head:
            taken = self._head[: len(buffer)]
            buffer[: len(taken)] = taken
            self._head = self._head[len(taken) :]
            return len(taken)
        return self._rest.readinto(buffer) or 0

    def close(self) -> None:
        self._rest.close()
        super().close()


def open_stream(name: str | Path) -> BinaryIO:
    """A log file for reading (`-`: standard input), unpacked where its first bytes are gzip's or zstd's.

    OSError where it cannot be opened. Reading a broken packed file gives OSError, EOFError or ValueError.
    """
    raw = io.FileIO(0, closefd=False) if name == "-" else io.FileIO(name)
    head = raw.read(4)
    if is_packed(head) or name == "-":
        return unpacked(head, raw)
    raw.seek(0)
    return raw


def is_packed(head: bytes) -> bool:
    """True for the first bytes of gzip or zstd."""
    return head[:2] == b"\x1f\x8b" or head[:4] == b"\x28\xb5\x2f\xfd"


def unpacked(head: bytes, rest: io.RawIOBase) -> BinaryIO:
    """A stream whose first bytes (at least four, where there are so many) were read already, unpacked where they are gzip's
    or zstd's. Reading gives `open_stream`'s errors."""
    whole = _Ahead(head, rest)
    if not is_packed(head):
        return whole  # type: ignore[return-value]
    if head[:2] == b"\x1f\x8b":
        return gzip.open(io.BufferedReader(whole, 1 << 18), "rb")  # type: ignore[return-value]
    return _Zstd(whole)  # type: ignore


class _Zstd(io.RawIOBase):
    """A zstd file unpacked, with its faults as ValueError."""

    def __init__(self, packed: BinaryIO) -> None:
        import zstandard  # loaded only where it is used

        self._error = zstandard.ZstdError
        self._stream = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            return int(self._stream.readinto(buffer))
        except self._error as error:
            raise ValueError(f"broken zstd data: {error}") from None

    def close(self) -> None:
        self._stream.close()  # type: ignore[no-untyped-call]
        super().close()


def scan_file(name: str | Path, progress: Progress = _nothing, processes: int | None = None) -> Tally:
    """Counts one file (`-`: standard input). A big plain one is counted in parts, one process each; `processes` bounds them.

    Errors as `open_stream`'s.
    """
    with open_stream(name) as stream:
        size = os.fstat(stream.fileno()).st_size if isinstance(stream, io.FileIO) and name != "-" else 0
        count = min(processes or _processors(), _MOST_PROCESSES, size // _WORTH_A_PROCESS)
        if count < 2 or not hasattr(os, "fork"):
            return scan_stream(stream, progress=progress)
    path = Path(name)
    return _in_parts(path, _cuts(path, size, count), progress)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cuts(path: Path, size: int, count: int) -> list[tuple[int, int]]:
    """Where the parts of a file begin and end: at line ends."""
    edges = [0]
    with path.open("rb") as file:
        for part in range(1, count):
            file.seek(max(edges[-1], size * part // count))
            file.readline(1_000_000)
            edges.append(min(file.tell(), size))
    edges.append(size)
    return [(start, end) for start, end in pairwise(edges) if end > start]


def _part(path: Path, start: int, end: int, progress: Progress = _nothing) -> Tally:
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        return scan_stream(file, end - start, progress)


def _in_parts(path: Path, parts: list[tuple[int, int]], progress: Progress) -> Tally:
    children: list[tuple[int, int]] = []
    for start, end in parts[1:]:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _child(path, start, end, reading, writing)
        os.close(writing)
        children.append((child, reading))
    tally = _part(path, *parts[0], lambda read: progress(read * len(parts)))
    for (child, reading), (start, end) in zip(children, parts[1:], strict=True):
        with os.fdopen(reading, "rb") as pipe:
            raw = pipe.read()
        _, status = os.waitpid(child, 0)
        tally.merge(msgspec.msgpack.decode(raw, type=Tally) if status == 0 and raw else _part(path, start, end))
    return tally


def _child(path: Path, start: int, end: int, reading: int, writing: int) -> None:
    """Counts one part in a forked process, writes the Tally to the pipe, and ends the process."""
    code = 1
    try:
        os.close(reading)
        raw = msgspec.msgpack.encode(_part(path, start, end))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(raw)
        code = 0
    finally:
        os._exit(code)


def summarise_files(names: Iterable[str | Path], progress: Progress = _nothing, processes: int | None = None) -> Report:
    """The Report of all files together. Errors as `scan_file`'s."""
    tally = Tally(keys={}, times={})
    for name in names:
        tally.merge(scan_file(name, progress, processes))
    return from_tally(tally)


def summarise_stream(stream: BinaryIO, progress: Progress = _nothing) -> Report:
    """The Report of a stream of plain text."""
    return from_tally(scan_stream(stream, progress=progress))
