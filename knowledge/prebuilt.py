"""What was read from TOML, kept in one file beside the bytecode: used again while no source has changed, as bytecode is.

Parsing the entries takes 100 ms and more, reading them back 3 ms. A stamp of all sources (name, size, date in ns) goes
with what is kept, so an edited, added or removed file is read anew; where nothing can be written, nothing is kept.
"""

import os
import sys
import zlib
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

T = TypeVar("T")

ROOT = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.dirname(__spec__.cached) if __spec__ is not None and __spec__.cached else os.path.join(ROOT, "__pycache__")
"""Where bytecode goes, wherever the interpreter was told to put it."""

_SHAPE = tuple(os.path.join(ROOT, name) for name in ("model.py", "base.py", "prebuilt.py"))
"""A change of the types is a change of what is kept."""


def kept(name: str, sources: Iterable[str], kind: type[T], read: Callable[[], object], folder: str = FOLDER) -> T:
    """What `read` makes of the files and folders `sources` (a folder stands for the files in it), decoded as `kind`.

    It is taken from what is kept under `name` where no source has changed since. Raises what `read` raises.
    """
    path = os.path.join(folder, f"{name}.msgpack")
    stamp = _stamp(sources)
    try:
        if (content := _content(path, stamp)) is not None:
            return msgspec.msgpack.decode(content, type=kind)
    except msgspec.DecodeError:
        pass
    fresh = msgspec.msgpack.encode(read())
    _keep(path, stamp, fresh)
    return msgspec.msgpack.decode(fresh, type=kind)


def built(name: str, sources: Iterable[str], kind: type[T], make: Callable[[], T], folder: str = FOLDER) -> T:
    """What `make` builds of `sources`, an object of plain data, pickled as it is: for what takes longer to build than to read.

    It is taken from what is kept under `name` where no source has changed since and this Python wrote it. Raises what
    `make` raises. What lies beside the bytecode is trusted as bytecode is.
    """
    import pickle  # loaded where it is needed

    path = os.path.join(folder, f"{name}.{sys.implementation.cache_tag}.pickle")
    stamp = _stamp(sources)
    try:
        if (content := _content(path, stamp)) is not None:
            held = pickle.loads(content)  # noqa: S301
            if isinstance(held, kind):
                return held
    except Exception:  # noqa: S110 # whatever is wrong with what is kept, it can be built again
        pass
    fresh = make()
    _keep(path, stamp, pickle.dumps(fresh, pickle.HIGHEST_PROTOCOL))
    return fresh


def _content(path: str, stamp: bytes) -> memoryview | None:
    """What is kept at `path` under `stamp`; None where that is nothing, something older, or no longer whole."""
    try:
        with open(path, "rb") as file:
            found = file.read()
    except OSError:
        return None
    content = memoryview(found)[len(stamp) + 4 :]
    return content if found.startswith(stamp) and found[len(stamp) : len(stamp) + 4] == _sum(content) else None


def _sum(content: bytes | memoryview) -> bytes:
    """A checksum: parts are decoded long after the file was opened, too late to find that a disk has lost them."""
    return zlib.crc32(content).to_bytes(4, "big")


def table(name: str, kind: type[T]) -> T:
    """The file `entries/NAME.toml` as `kind`. msgspec.ValidationError names the field at fault."""
    path = os.path.join(ROOT, "entries", f"{name}.toml")

    def read() -> object:
        import tomllib  # loaded where TOML is read

        with open(path, "rb") as file:
            raw = tomllib.load(file)
        msgspec.convert(raw, kind)
        return raw

    return kept(f"table-{name}", [path], kind, read)


def _stamp(sources: Iterable[str]) -> bytes:
    """Every file's name, size and date, taken before a byte is read: what changes meanwhile makes the stamp an old one."""
    seen = []
    for source in (*sources, *_SHAPE):
        if os.path.isdir(source):
            with os.scandir(source) as found:
                seen += sorted((entry.name, (s := entry.stat()).st_size, s.st_mtime_ns) for entry in found if entry.is_file())
        else:
            status = os.stat(source)
            seen.append((os.path.basename(source), status.st_size, status.st_mtime_ns))
    return msgspec.msgpack.encode(seen)


def _keep(path: str, stamp: bytes, content: bytes) -> None:
    """Writes whole or not at all, for other processes read it meanwhile."""
    draft = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(draft, "wb") as file:
            file.write(stamp + _sum(content) + content)
        os.replace(draft, path)
    except OSError:
        pass
