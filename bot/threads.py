"""What a conversation is about, which message of ours answers which question, and what was heard already: in memory."""

import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from bot.logs import fields

if TYPE_CHECKING:
    from bot.store import Store

log = logging.getLogger(__name__)

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 20_000


class Place(NamedTuple):
    """A conversation: `thread` is its first message's ts, empty for a direct message outside of threads."""

    team: str
    channel: str
    thread: str


class Threads:
    """The last canonical question (never a pasted line) of each conversation, and the replies that can be updated."""

    def __init__(self, store: "Store | None") -> None:
        self._store = store
        self._subjects: OrderedDict[Place, str] = OrderedDict()
        self._replies: OrderedDict[tuple[str, str, str], str] = OrderedDict()
        self._heard: OrderedDict[str, None] = OrderedDict()

    def subject(self, place: Place) -> str:
        """What was last answered there, as a question that can be asked again; empty where that is not known."""
        return self._subjects.get(place, "")

    def about(self, place: Place, question: str) -> None:
        """Remembers what was answered."""
        _keep(self._subjects, place, question)

    def reply(self, team: str, channel: str, ts: str) -> str:
        """The ts of our answer to the message `ts`, empty where there is none to update."""
        return self._replies.get((team, channel, ts), "")

    def replied(self, team: str, channel: str, ts: str, reply: str) -> None:
        """Remembers which message answers which."""
        _keep(self._replies, (team, channel, ts), reply)

    async def first(self, *keys: str) -> bool:
        """True where none of the keys was heard before, by this process or by another on the same database.

        A database out of reach must not silence the bot: then this process's own memory decides.
        """
        known = any(key in self._heard for key in keys)
        for key in keys:
            _keep(self._heard, key, None)
        if known or self._store is None:
            return not known
        try:
            return all([await self._store.first_time(key) for key in keys])
        except Exception as error:
            log.error("deliveries are not compared with other processes", extra=fields(error=type(error).__name__))
            return True


def _keep(memory: "OrderedDict[K, V]", key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
