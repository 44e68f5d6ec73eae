"""TOML files → KnowledgeBase: every entry read, checked against its type, and found by its id."""

import os
from collections.abc import Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from knowledge import code as codes
from knowledge import prebuilt
from knowledge.model import Cookie, Entry, Language, Letter, Message, State, TimerEntry

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from knowledge.answer_model import Answer

T = TypeVar("T")


class EntryError(ValueError):
    """An entry file that cannot be read: names the file, the field and what is wrong with it."""


class KnowledgeBase:
    """All entries. `get(id)` finds one; iterating gives them in table order."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        if len(self._entries) != len(entries):
            seen: set[str] = set()
            twice = sorted({e.id for e in entries if e.id in seen or seen.add(e.id)})  # type: ignore[func-returns-value]
            raise EntryError(f"two entries for {', '.join(twice)}: an id has one entry")

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def get(self, id: str) -> Entry | None:
        """The entry with this id (`sC`, `cookie:NI`, `pos1:C`, `timer:Tc`, `message:nosrv`), None where there is none."""
        return self._entries.get(id)

    def answer(self, text: str, language: Language | None = None) -> "Answer":
        """What is said to any text; see `knowledge.answer.answer`."""
        from knowledge.answer import answer

        return answer(self, text, language)

    def _of(self, kind: type[T]) -> dict[str, T]:
        return {id: entry for id, entry in self._entries.items() if isinstance(entry, kind)}

    @cached_property
    def states(self) -> dict[str, State]:
        return self._of(State)

    @cached_property
    def cookies(self) -> dict[str, Cookie]:
        return self._of(Cookie)

    @cached_property
    def timers(self) -> dict[str, TimerEntry]:
        return self._of(TimerEntry)

    @cached_property
    def messages(self) -> dict[str, Message]:
        return self._of(Message)

    def letter(self, position: int, letter: str) -> Letter:
        """The meaning of `letter` in `position` (1–4). KeyError where the alphabet has no such letter there."""
        entry = self._entries[f"pos{position}:{letter}"]
        assert isinstance(entry, Letter)
        return entry


def _convert(raw: Any, kind: type[T], name: str) -> T:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise EntryError(f"{name}: {error}") from None


def _parse(path: "Traversable") -> dict[str, Any]:
    import tomllib  # loaded where TOML is read: not where the entries are kept already

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EntryError(f"{path.name}: {error}") from None


def _folder(path: "Traversable", kind: type[T]) -> Iterator[T]:
    for file in sorted(path.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            yield _convert(_parse(file), kind, file.name)


def _list(path: "Traversable", key: str, kind: type[T]) -> list[T]:
    raw = _parse(path)
    if set(raw) != {key}:
        raise EntryError(f"{path.name}: one list [[{key}]] and nothing else is expected, found {', '.join(sorted(raw))}")
    return [_convert(item, kind, f"{path.name} [[{key}]] {n}") for n, item in enumerate(raw[key], 1)]


class _Entries(msgspec.Struct, frozen=True, array_like=True):
    """All entries by kind, each in table order: what is kept of a folder."""

    states: list[State]
    cookies: list[Cookie]
    letters: list[Letter]
    timers: list[TimerEntry]
    messages: list[Message]


def _read(root: "Traversable") -> _Entries:
    order = {code: n for n, code in enumerate(codes.PAIRS)}
    cookie_order = {code: n for n, code in enumerate(codes.COOKIE_PAIRS)}
    return _Entries(
        sorted(_folder(root / "states", State), key=lambda s: order.get(s.code, 0)),
        sorted(_folder(root / "cookies", Cookie), key=lambda c: cookie_order.get(c.code, 0)),
        _list(root / "letters.toml", "letter", Letter),
        _list(root / "timers.toml", "timer", TimerEntry),
        _list(root / "messages.toml", "message", Message),
    )


def _base(found: _Entries) -> KnowledgeBase:
    return KnowledgeBase([*found.states, *found.cookies, *found.letters, *found.timers, *found.messages])


def read(root: "Traversable") -> KnowledgeBase:
    """The knowledge base in the folder `root` (laid out as `entries/`). EntryError names the file and field at fault."""
    return _base(_read(root))


def load_folder(root: str, kept_in: str = prebuilt.FOLDER) -> KnowledgeBase:
    """As `read`, from what is kept in the folder `kept_in` of the last time while no file of `root` has changed."""

    def parse() -> _Entries:
        from pathlib import Path

        return _read(Path(root))

    parts = ("states", "cookies", "letters.toml", "timers.toml", "messages.toml")
    sources = [os.path.join(root, part) for part in parts]
    return _base(prebuilt.kept("entries", sources, _Entries, parse, kept_in))


@cache
def load() -> KnowledgeBase:
    """The knowledge base that ships with this package, read once."""
    return load_folder(os.path.join(prebuilt.ROOT, "entries"))
