"""TOML files → KnowledgeBase: every entry read, checked against its type, and found by its id."""

import os
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from knowledge import code as codes
from knowledge import prebuilt
from knowledge.model import Cookie, Entry, Language, Letter, Message, State, TimerEntry

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from knowledge.answer_model import Answer

T = TypeVar("T")
E = TypeVar("E", State, Cookie, Letter, TimerEntry, Message)


PARTS = ("states", "cookies", "letters.toml", "timers.toml", "messages.toml")
"""What a folder of entries holds."""


class EntryError(ValueError):
    """An entry file that cannot be read: names the file, the field and what is wrong with it."""


class Shelf(Mapping[str, T]):
    """The entries of one kind by id, each decoded when it is first asked for: an answer needs few of them."""

    def __init__(self, kind: type[T], raw: Mapping[str, msgspec.Raw]) -> None:
        self._kind, self._raw = kind, raw
        self._read: dict[str, T] = {}

    def __getitem__(self, id: str) -> T:
        entry = self._read.get(id)
        if entry is None:
            entry = self._read[id] = msgspec.msgpack.decode(self._raw[id], type=self._kind)
        return entry

    def __contains__(self, id: object) -> bool:
        return id in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class KnowledgeBase:
    """All entries. `get(id)` finds one; iterating gives them in table order."""

    def __init__(
        self, states: Mapping[str, State], cookies: Mapping[str, Cookie], letters: Mapping[str, Letter],
        timers: Mapping[str, TimerEntry], messages: Mapping[str, Message],
    ) -> None:  # fmt: skip
        self.states, self.cookies, self.letters, self.timers, self.messages = states, cookies, letters, timers, messages
        self._entries: ChainMap[str, Entry] = ChainMap(states, cookies, letters, timers, messages)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Entry]:
        for shelf in (self.states, self.cookies, self.letters, self.timers, self.messages):
            yield from shelf.values()

    def get(self, id: str) -> Entry | None:
        """The entry with this id (`sC`, `cookie:NI`, `pos1:C`, `timer:Tc`, `message:nosrv`), None where there is none."""
        return self._entries.get(id)

    def answer(self, text: str, language: Language | None = None) -> "Answer":
        """What is said to any text; see `knowledge.answer.answer`."""
        from knowledge.answer import answer

        return answer(self, text, language)

    def letter(self, position: int, letter: str) -> Letter:
        """The meaning of `letter` in `position` (1–4). KeyError where the alphabet has no such letter there."""
        return self.letters[f"pos{position}:{letter}"]


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


class Entries(msgspec.Struct, frozen=True, array_like=True):
    """All entries by kind and id, each kind in table order: what is read of a folder, and what is kept of it."""

    states: dict[str, State]
    cookies: dict[str, Cookie]
    letters: dict[str, Letter]
    timers: dict[str, TimerEntry]
    messages: dict[str, Message]


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """`Entries`, no entry decoded."""

    states: dict[str, msgspec.Raw]
    cookies: dict[str, msgspec.Raw]
    letters: dict[str, msgspec.Raw]
    timers: dict[str, msgspec.Raw]
    messages: dict[str, msgspec.Raw]


def _by_id(entries: Iterable[E]) -> dict[str, E]:
    found: dict[str, E] = {}
    for entry in entries:
        if found.setdefault(entry.id, entry) is not entry:
            raise EntryError(f"two entries for {entry.id}: an id has one entry")
    return found


def _read(root: "Traversable") -> Entries:
    order = {code: n for n, code in enumerate(codes.PAIRS)}
    cookie_order = {code: n for n, code in enumerate(codes.COOKIE_PAIRS)}
    return Entries(
        _by_id(sorted(_folder(root / "states", State), key=lambda s: order.get(s.code, 0))),
        _by_id(sorted(_folder(root / "cookies", Cookie), key=lambda c: cookie_order.get(c.code, 0))),
        _by_id(_list(root / "letters.toml", "letter", Letter)),
        _by_id(_list(root / "timers.toml", "timer", TimerEntry)),
        _by_id(_list(root / "messages.toml", "message", Message)),
    )


def read(root: "Traversable") -> KnowledgeBase:
    """The knowledge base in the folder `root` (laid out as `entries/`). EntryError names the file and field at fault."""
    found = _read(root)
    return KnowledgeBase(found.states, found.cookies, found.letters, found.timers, found.messages)


def load_folder(root: str, kept_in: str = prebuilt.FOLDER) -> KnowledgeBase:
    """As `read`, from what is kept in the folder `kept_in` of the last time while no file of `root` has changed."""

    def entries() -> Entries:
        from pathlib import Path

        return _read(Path(root))

    found = prebuilt.kept("entries", [os.path.join(root, part) for part in PARTS], _Kept, entries, kept_in)
    return KnowledgeBase(
        Shelf(State, found.states), Shelf(Cookie, found.cookies), Shelf(Letter, found.letters),
        Shelf(TimerEntry, found.timers), Shelf(Message, found.messages),
    )  # fmt: skip


@cache
def load() -> KnowledgeBase:
    """The knowledge base that ships with this package, read once."""
    return load_folder(os.path.join(prebuilt.ROOT, "entries"))
